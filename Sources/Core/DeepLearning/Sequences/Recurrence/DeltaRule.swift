import CVectorMath

/// The updates of a matrix-valued state, one or several a token.
///
/// At each update n, S ← (I − β_n k_n k_nᵀ) Diag(α_n) S + γ_n k_n v_nᵀ, with S of the shape [keys, values]. It covers linear
/// attention (α = 1, β = 0), gated linear attention (β = 0; Yang et al. 2023, arXiv:2312.06635), DeltaNet (α = 1, β = γ; Yang et
/// al. 2024, arXiv:2406.06484), its gated form (arXiv:2412.06464), and with several updates a token DeltaProduct (arXiv:2502.10297).
/// For ‖k‖ = 1 and β in [0, 2] the eigenvalues of the transition reach to −1 (Grazzi et al. 2024, arXiv:2411.12537).
public struct DeltaRuleInputs<Scalar: TensorScalar>: Sendable {
    /// k, [batch, heads, updates, keys].
    public var keys: Tensor<Scalar>
    /// v, [batch, heads, updates, values].
    public var values: Tensor<Scalar>
    /// β, [batch, heads, updates].
    public var erasure: Tensor<Scalar>
    /// γ, [batch, heads, updates].
    public var writing: Tensor<Scalar>
    /// α, of a shape that broadcasts to that of the keys.
    public var decay: Tensor<Scalar>

    /// By default nothing decays.
    public init(
        keys: Tensor<Scalar>, values: Tensor<Scalar>, erasure: Tensor<Scalar>, writing: Tensor<Scalar>,
        decay: Tensor<Scalar>? = nil
    ) {
        self.keys = keys
        self.values = values
        self.erasure = erasure
        self.writing = writing
        self.decay = decay ?? .ones([1])
    }
}

/// Reads the state after each token: y_t = S_tᵀ q_t.
///
/// - Parameters:
///   - inputs: the updates, `updatesPerToken` for each token, in order.
///   - queries: [batch, heads, time, keys].
///   - updatesPerToken: how many updates come before each reading.
///   - start: S before the first update, [batch, heads, keys, values]; nil for zeros.
///   - form: `.sequential` is one kernel; `.parallelScan` composes transitions in log₂ rounds; `.matrix` solves for the
///     updates of all steps at once and reads through a time × time matrix; it takes a decay that is the same for all channels.
/// - Returns: [batch, heads, time, values].
public func deltaRule<S: TensorScalar>(
    _ inputs: DeltaRuleInputs<S>, queries: Tensor<S>, updatesPerToken: Int = 1, from start: Tensor<S>? = nil,
    form: RecurrenceForm = .sequential
) -> Tensor<S> {
    let k = inputs.keys, v = inputs.values, shape = k.shape
    guard k.rank == 4, v.rank == 4, queries.rank == 4, updatesPerToken > 0, shape[2] == queries.shape[2] * updatesPerToken else {
        shapesDoNotFit(
            "deltaRule", k.shape, queries.shape, "they are [batch, heads, updates, keys] and [batch, heads, time, keys]")
    }
    let start = start ?? .zeros([shape[0], shape[1], shape[3], v.shape[3]])
    let scalars: TensorShape = [shape[0], shape[1], shape[2]]
    let arguments = [
        inputs.decay.expanded(to: shape), k, v, inputs.erasure.expanded(to: scalars), inputs.writing.expanded(to: scalars),
        queries, start,
    ]
    switch form {
    case .sequential:
        return Tensor.fused(arguments) {
            DeltaRule.steps($0, updatesPerToken)
        } compute: { arguments, _ in
            DeltaRuleKernels.forward(arguments, updatesPerToken)
        } pullback: { arguments, _, kept, cotangent, _ in
            DeltaRuleKernels.pullback(arguments, kept.states, kept.readings, cotangent, updatesPerToken)
        }
    case .parallelScan: return DeltaRule.scan(arguments, updatesPerToken)
    case .matrix: return DeltaRule.matrix(arguments, updatesPerToken)
    }
}

/// The delta rule in tensor operations.
private enum DeltaRule {
    /// The state after each update, read after each token.
    static func steps<S: TensorScalar>(_ arguments: [Tensor<S>], _ factors: Int) -> Tensor<S> {
        let (decay, k, v, beta, gamma, q) =
            (arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5])
        var state = arguments[6]
        var results: [Tensor<S>] = []
        for n in 0..<k.shape[2] {
            let key = k[0..., 0..., n].expandingShape(at: 3)
            let decayed = state * decay[0..., 0..., n].expandingShape(at: 3)
            let reading = matmul(key.transposed(), decayed)
            let written = scalar(gamma, n) * v[0..., 0..., n].expandingShape(at: 2) - scalar(beta, n) * reading
            state = decayed + matmul(key, written)
            if (n + 1) % factors == 0 {
                results.append(matmul(q[0..., 0..., n / factors].expandingShape(at: 2), state))
            }
        }
        return .concatenating(results, along: 2)
    }

    private static func scalar<S: TensorScalar>(_ x: Tensor<S>, _ n: Int) -> Tensor<S> {
        x[0..., 0..., n].expandingShape(at: 2).expandingShape(at: 3)
    }

    /// Transitions and inputs as matrices, composed by doubling.
    static func scan<S: TensorScalar>(_ arguments: [Tensor<S>], _ factors: Int) -> Tensor<S> {
        let (decay, k, v, beta, gamma, q, start) =
            (arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], arguments[6])
        let (batch, heads, steps, keys) = (k.shape[0], k.shape[1], k.shape[2], k.shape[3])
        let column = k.expandingShape(at: 4), row = k.expandingShape(at: 3)
        let projector = column * row * beta.expandingShape(at: 3).expandingShape(at: 4)
        var transition = (Tensor<S>.identity(keys) - projector) * decay.expandingShape(at: 3)
        var sum = column * v.expandingShape(at: 3) * gamma.expandingShape(at: 3).expandingShape(at: 4)
        var distance = 1
        while distance < steps {
            let identity = Tensor<S>.identity(keys).expanded(to: [batch, heads, distance, keys, keys])
            let zero = Tensor<S>.zeros([batch, heads, distance, keys, v.shape[3]])
            let earlier = Tensor.concatenating([identity, transition[0..., 0..., 0..<steps - distance]], along: 2)
            let earlierSum = Tensor.concatenating([zero, sum[0..., 0..., 0..<steps - distance]], along: 2)
            sum = matmul(transition, earlierSum) + sum
            transition = matmul(transition, earlier)
            distance *= 2
        }
        let states = matmul(transition, start.expandingShape(at: 2)) + sum
        let read = states.sliced(factors - 1..<steps, step: factors, along: 2)
        return matmul(q.expandingShape(at: 3), read).squeezed(at: 3)
    }

    /// The updates w_n of all steps from one triangular system, (I + L)W = ΓV − β(decayed K)S₀ with
    /// L[n, m] = β_n (Π α) k_nᵀk_m below the diagonal, and the readings from another product.
    static func matrix<S: TensorScalar>(_ arguments: [Tensor<S>], _ factors: Int) -> Tensor<S> {
        let (decay, k, v, beta, gamma, q, start) =
            (arguments[0], arguments[1], arguments[2], arguments[3], arguments[4], arguments[5], arguments[6])
        let (batch, heads, steps) = (k.shape[0], k.shape[1], k.shape[2])
        let first = decay.detached()[0..., 0..., 0..., 0..<1].expanded(to: decay.shape)
        guard first == decay.detached().packed() else {
            fatalError("deltaRule: the matrix form takes a decay that is the same for all channels of a head")
        }
        let alpha = decay[0..., 0..., 0..., 0].reshaped(to: [batch * heads, steps]).transposed().expandingShape(at: 0)
        // D[n, m] = α_{m+1} ⋯ α_n, and the decay since the start.
        let decays = transitionMatrix(alpha).reshaped(to: [batch, heads, steps, steps])
        let sinceStart = (decays[0..., 0..., 0..., 0] * decay[0..., 0..., 0..<1, 0]).expandingShape(at: 3)
        let lower = matmul(k, k.transposed()) * decays * beta.expandingShape(at: 3)
            * Tensor<S>(strictlyLower: steps)
        let target = v * gamma.expandingShape(at: 3)
            - matmul(k, start) * sinceStart * beta.expandingShape(at: 3)
        var rows: [Tensor<S>] = []
        for n in 0..<steps {
            var row = target[0..., 0..., n..<n + 1]
            if n > 0 { row = row - matmul(lower[0..., 0..., n..<n + 1, 0..<n], .concatenating(rows, along: 2)) }
            rows.append(row)
        }
        let updates = Tensor.concatenating(rows, along: 2)
        func everyToken(_ x: Tensor<S>) -> Tensor<S> { x.sliced(factors - 1..<steps, step: factors, along: 2) }
        return matmul(matmul(q, k.transposed()) * everyToken(decays), updates) + matmul(q, start) * everyToken(sinceStart)
    }
}

extension Tensor where Scalar: TensorScalar {
    /// Ones below the diagonal of a square matrix.
    init(strictlyLower order: Int) {
        self.init(
            shape: [order, order],
            scalars: (0..<order * order).map { Scalar($0 % order < $0 / order ? 1 : 0) })
    }
}

/// The delta rule sequence by sequence and head by head.
private enum DeltaRuleKernels {
    static func forward<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ factors: Int
    ) -> (Tensor<S>, (states: Tensor<S>, readings: Tensor<S>)) {
        let packed = arguments.map { $0.packed() }
        let k = packed[1], v = packed[2], q = packed[5]
        let (lines, steps, keys, values) = (k.shape[0] * k.shape[1], k.shape[2], k.shape[3], v.shape[3])
        let time = q.shape[2]
        let states = Tensor<S>(uninitialized: [lines, steps + 1, keys, values])
        let readings = Tensor<S>(uninitialized: [lines, steps, values])
        let result = Tensor<S>(uninitialized: [k.shape[0], k.shape[1], time, values])
        for line in 0..<lines {
            let state = states.pointer + line * (steps + 1) * keys * values
            state.update(from: packed[6].pointer + line * keys * values, count: keys * values)
            vm_delta_rule(
                S.usesDoubleKernels ? 1 : 0, steps, factors, keys, values, packed[0].pointer + line * steps * keys,
                k.pointer + line * steps * keys, v.pointer + line * steps * values, packed[3].pointer + line * steps,
                packed[4].pointer + line * steps, q.pointer + line * time * keys, state,
                readings.pointer + line * steps * values, result.pointer + line * time * values)
        }
        return (result, (states, readings))
    }

    static func pullback<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ states: Tensor<S>, _ readings: Tensor<S>, _ cotangent: Tensor<S>, _ factors: Int
    ) -> [Tensor<S>?] {
        let packed = arguments.map { $0.packed() }, g = cotangent.packed()
        let k = packed[1], v = packed[2], q = packed[5]
        let (lines, steps, keys, values) = (k.shape[0] * k.shape[1], k.shape[2], k.shape[3], v.shape[3])
        let time = q.shape[2], size = keys * values
        let results = packed.map { Tensor<S>(uninitialized: $0.shape) }
        results[6].pointer.update(repeating: 0, count: results[6].count)
        let work = Tensor<S>(uninitialized: [2 * values])
        for line in 0..<lines {
            vm_delta_rule_pullback(
                S.usesDoubleKernels ? 1 : 0, steps, factors, keys, values, packed[0].pointer + line * steps * keys,
                k.pointer + line * steps * keys, v.pointer + line * steps * values, packed[3].pointer + line * steps,
                packed[4].pointer + line * steps, q.pointer + line * time * keys, states.pointer + line * (steps + 1) * size,
                readings.pointer + line * steps * values, g.pointer + line * time * values,
                results[6].pointer + line * size, results[0].pointer + line * steps * keys,
                results[1].pointer + line * steps * keys, results[2].pointer + line * steps * values,
                results[3].pointer + line * steps, results[4].pointer + line * steps,
                results[5].pointer + line * time * keys, work.pointer)
        }
        return results
    }
}
