import CVectorMath

/// Scaled dot-product attention (Vaswani et al. 2017, arXiv:1706.03762): softmax(scale · QKᵀ + bias)V over the keys that
/// the mask allows.
///
/// With slopes it has linear biases (ALiBi, Press et al. 2022, arXiv:2108.12409): −slope · distance for each head.
public struct SoftmaxAttention<Scalar: TensorScalar>: AttentionMechanism {
    /// The factor of the products; nil for 1/√width.
    public var scale: Scalar?
    /// ALiBi's slope of each head; nil without.
    public var slopes: [Scalar]?

    public init(scale: Scalar? = nil, slopes: [Scalar]? = nil) {
        self.scale = scale
        self.slopes = slopes
    }

    /// ALiBi's slopes 2^(−8h/heads), h = 1 … heads, for a power of two; its authors' interpolation otherwise.
    public static func alibiSlopes(heads: Int) -> [Scalar] {
        func powers(_ count: Int) -> [Scalar] { (1...count).map { Scalar.pow(2, -8 * Scalar($0) / Scalar(count)) } }
        guard heads > 0 else { return [] }
        let power = 1 << (Int.bitWidth - 1 - heads.leadingZeroBitCount)
        if power == heads { return powers(heads) }
        let extra = powers(2 * power)
        return powers(power) + (0..<heads - power).map { extra[2 * $0] }
    }

    public func weights(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>? {
        let bias = bias(queries, keys, context)
        let blocked = context.allowedPairs(batch: queries.shape[0], queries: queries.shape[1], keys: keys.shape[1])?
            .mapped { !$0 }
        return Self.weights(queries, keys, bias, blocked, scale(queries))
    }

    public func callAsFunction(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, values: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar> {
        checkShapes(queries, keys, values)
        let batch = queries.shape[0], heads = queries.shape[2]
        let plan = AttentionPlan(context, batch: batch, queries: queries.shape[1], keys: keys.shape[1])
        let scale = scale(queries)
        var arguments = [queries, keys, values]
        if let bias = bias(queries, keys, context) { arguments.append(bias) }
        return Tensor.fused(arguments) { arguments in
            let bias = arguments.count > 3 ? arguments[3] : nil
            let weights = Self.weights(arguments[0], arguments[1], bias, plan.blocked(), scale)
            return matmul(weights, arguments[2].repeatingHeads(heads).permuted(0, 2, 1, 3)).permuted(0, 2, 1, 3)
        } compute: { arguments, _ in
            AttentionKernels.forward(arguments, plan, scale)
        } pullback: { arguments, _, weights, cotangent, wanted in
            AttentionKernels.pullback(arguments, weights, cotangent, wanted, scale)
        }
    }

    private static func weights(
        _ queries: Tensor<Scalar>, _ keys: Tensor<Scalar>, _ bias: Tensor<Scalar>?, _ blocked: Tensor<Bool>?, _ scale: Scalar
    ) -> Tensor<Scalar> {
        let scores = attentionScores(queries, keys, scale: scale, bias)
        guard let blocked else { return scores.softmax() }
        // Finite, so that a query without any key has weights that the second replacement can make zero.
        return scores.replacing(where: blocked, with: -1e30).softmax().replacing(where: blocked, with: 0)
    }

    private func scale(_ queries: Tensor<Scalar>) -> Scalar { scale ?? 1 / Scalar(queries.shape[3]).squareRoot() }

    private func bias(
        _ queries: Tensor<Scalar>, _ keys: Tensor<Scalar>, _ context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>? {
        guard let slopes else { return context.bias }
        guard slopes.count == queries.shape[2] else {
            fatalError("attention: there are \(slopes.count) slopes for \(queries.shape[2]) heads")
        }
        let (q, k) = context.positions(queries: queries.shape[1], keys: keys.shape[1])
        let distance = abs(Tensor<Scalar>(q).expandingShape(at: 2) - Tensor<Scalar>(k).expandingShape(at: 1)).expandingShape(at: 1)
        let linear = distance * -Tensor(shape: [slopes.count, 1, 1], scalars: slopes)
        return context.bias.map { $0 + linear } ?? linear
    }

    private func checkShapes(_ q: Tensor<Scalar>, _ k: Tensor<Scalar>, _ v: Tensor<Scalar>) {
        guard q.rank == 4, k.rank == 4, v.rank == 4, q.shape[0] == k.shape[0], q.shape[3] == k.shape[3] else {
            shapesDoNotFit("attention", q.shape, k.shape, "queries and keys are [batch, time, heads, width] of one batch and width")
        }
        guard v.shape[0] == k.shape[0], v.shape[1] == k.shape[1], v.shape[2] == k.shape[2] else {
            shapesDoNotFit("attention", k.shape, v.shape, "there is a value for each key")
        }
        checkHeads(q.shape[2], k.shape[2])
    }
}

/// Which keys each query sees, in the form that the kernels take: runs of keys where the mask allows it.
struct AttentionPlan: Sendable {
    let runs: (begin: [Int32], end: [Int32])?
    let allowed: Tensor<Bool>?
    let batch: Int, queries: Int, keys: Int

    init<S>(_ context: AttentionContext<S>, batch: Int, queries: Int, keys: Int) {
        (self.batch, self.queries, self.keys) = (batch, queries, keys)
        runs = context.keyRuns(batch: batch, queries: queries, keys: keys)
        allowed = runs == nil ? context.allowedPairs(batch: batch, queries: queries, keys: keys) : nil
    }

    /// True where a query may not see a key; nil where all may.
    func blocked() -> Tensor<Bool>? {
        guard let runs else { return allowed?.mapped { !$0 } }
        let samples = runs.begin.count / Swift.max(queries, 1)
        var flags: [Bool] = []
        flags.reserveCapacity(runs.begin.count * keys)
        for (begin, end) in zip(runs.begin, runs.end) {
            for key in 0..<keys { flags.append(key < Int(begin) || key >= Int(end)) }
        }
        return flags.contains(true) ? Tensor(shape: [samples, 1, queries, keys], scalars: flags) : nil
    }
}

/// Softmax attention head by head through BLAS, on queries, keys and values where they lie.
enum AttentionKernels {
    /// The result and the weights.
    static func forward<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ plan: AttentionPlan, _ scale: S
    ) -> (Tensor<S>, Tensor<S>) {
        let q = arguments[0].withRowsOfHeads(), k = arguments[1].withRowsOfHeads(), v = arguments[2].withRowsOfHeads()
        let (batch, queries, heads, width) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
        let keys = k.shape[1], groups = k.shape[2], valueWidth = v.shape[3], share = heads / groups
        let result = Tensor<S>(uninitialized: [batch, queries, heads, valueWidth])
        let weights = Tensor<S>(uninitialized: [batch, heads, queries, keys])
        let full: TensorShape = [batch, heads, queries, keys]
        let bias = arguments.count > 3 ? arguments[3].expanded(to: full) : nil
        let allowed = plan.allowed?.repeatedView(full)
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        for sample in 0..<batch {
            for head in 0..<heads {
                let p = weights.pointer + (sample * heads + head) * queries * keys
                MatrixKernels.multiply(
                    rows: queries, columns: keys, inner: width, scale: scale, left: q.head(sample, head),
                    leftStride: q.strides[1], right: k.head(sample, head / share), rightStride: k.strides[1],
                    isRightTransposed: true, into: p, stride: keys)
                if let bias { add(bias[sample, head], to: p) }
                if let runs = plan.runs {
                    let start = runs.begin.count == queries ? 0 : sample * queries
                    runs.begin.withUnsafeBufferPointer { begin in
                        runs.end.withUnsafeBufferPointer { end in
                            guard let begin = begin.baseAddress, let end = end.baseAddress else { return }
                            vm_softmax_rows_limited(isDouble, queries, keys, begin + start, end + start, p, p)
                        }
                    }
                } else if let allowed {
                    let mask = allowed[sample, head].packed()
                    replace(p, -1e30, mask)
                    vm_softmax_rows(isDouble, queries, keys, p, p)
                    replace(p, 0, mask)
                } else {
                    vm_softmax_rows(isDouble, queries, keys, p, p)
                }
                MatrixKernels.multiply(
                    rows: queries, columns: valueWidth, inner: keys, left: p, leftStride: keys, right:
                    v.head(sample, head / share), rightStride: v.strides[1], into: result.pointer + (sample *
                    queries * heads + head) * valueWidth, stride: heads * valueWidth)
            }
        }
        return (result, weights)
    }

    /// The cotangents of queries, keys, values and bias.
    static func pullback<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ weights: Tensor<S>, _ cotangent: Tensor<S>, _ wanted: [Bool], _ scale: S
    ) -> [Tensor<S>?] {
        let q = arguments[0].withRowsOfHeads(), k = arguments[1].withRowsOfHeads(), v = arguments[2].withRowsOfHeads()
        let g = cotangent.withRowsOfHeads()
        let (batch, queries, heads, width) = (q.shape[0], q.shape[1], q.shape[2], q.shape[3])
        let keys = k.shape[1], groups = k.shape[2], valueWidth = v.shape[3], share = heads / groups
        let dq = Tensor<S>(uninitialized: q.shape), dk = Tensor<S>(uninitialized: k.shape)
        let dv = Tensor<S>(uninitialized: v.shape)
        let wantsBias = wanted.count > 3 && wanted[3]
        let scores = Tensor<S>(uninitialized: wantsBias ? weights.shape : [queries, keys])
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        for sample in 0..<batch {
            for head in 0..<heads {
                let place = sample * heads + head
                let p = weights.pointer + place * queries * keys
                let ds = scores.pointer + (wantsBias ? place * queries * keys : 0)
                let group = head / share, repeats = head % share != 0
                let go = g.head(sample, head)
                MatrixKernels.multiply(
                    rows: keys, columns: valueWidth, inner: queries, left: p, leftStride: keys, isLeftTransposed:
                    true, right: go, rightStride: g.strides[1], into: dv.head(sample, group), stride: groups *
                    valueWidth, accumulating: repeats)
                MatrixKernels.multiply(
                    rows: queries, columns: keys, inner: valueWidth, left: go, leftStride: g.strides[1], right:
                    v.head(sample, group), rightStride: v.strides[1], isRightTransposed: true, into: ds, stride:
                    keys)
                vm_softmax_rows_pullback(isDouble, queries, keys, p, ds, ds)
                MatrixKernels.multiply(
                    rows: queries, columns: width, inner: keys, scale: scale, left: ds, leftStride: keys, right:
                    k.head(sample, group), rightStride: k.strides[1], into: dq.head(sample, head), stride: heads *
                    width)
                MatrixKernels.multiply(
                    rows: keys, columns: width, inner: queries, scale: scale, left: ds, leftStride: keys,
                    isLeftTransposed: true, right: q.head(sample, head), rightStride: q.strides[1], into:
                    dk.head(sample, group), stride: groups * width, accumulating: repeats)
            }
        }
        var result: [Tensor<S>?] = [dq, dk, dv]
        if wanted.count > 3 { result.append(wantsBias ? scores.summed(to: arguments[3].shape) : nil) }
        return result
    }

    private static func add<S: TensorScalar>(_ bias: Tensor<S>, to scores: UnsafeMutablePointer<S>) {
        let bias = bias.packed()
        vm_add_scaled(S.usesDoubleKernels ? 1 : 0, bias.count, 1, bias.pointer, scores)
    }

    @specialized(where S == Float)
    @specialized(where S == Double)
    private static func replace<S: TensorScalar>(_ scores: UnsafeMutablePointer<S>, _ value: S, _ allowed: Tensor<Bool>) {
        let flags = allowed.pointer
        for index in 0..<allowed.count where !flags[index] { scores[index] = value }
    }
}

extension Tensor {
    /// [batch, time, heads, width] in a form in which each head is a matrix that BLAS takes.
    func withRowsOfHeads() -> Tensor {
        (strides[3] == 1 || shape[3] == 1) && strides[1] >= shape[3] ? self : packed()
    }

    /// Where one sample's head begins.
    func head(_ sample: Int, _ head: Int) -> UnsafeMutablePointer<Scalar> {
        pointer + sample * strides[0] + head * strides[2]
    }
}
