import CVectorMath

/// The selective scan of a state-space model (S6; Gu and Dao 2023, arXiv:2312.00752, algorithm 2).
///
/// For each channel d and state n: h ← a h + δ_t B_t[n] x_t[d] with a = exp(δ_t[d] A[d, n]), and y_t[d] = Σ_n C_t[n] h[d, n].
/// With negative eigenvalues a = 2 exp(δA) − 1 (Grazzi et al. 2024, arXiv:2411.12537), in (−1, 1) instead of (0, 1).
///
/// - Parameters:
///   - x: [batch, time, channels].
///   - delta: δ > 0, [batch, time, channels].
///   - a: A < 0, [channels, states].
///   - b: [batch, time, states].
///   - c: [batch, time, states].
///   - start: h before the first step, [batch, states, channels]; nil for zeros.
///   - allowsNegativeEigenvalues: whether a reaches to −1.
/// - Returns: y, [batch, time, channels], and h after the last step, [batch, states, channels].
public func selectiveScan<S: TensorScalar>(
    _ x: Tensor<S>, delta: Tensor<S>, a: Tensor<S>, b: Tensor<S>, c: Tensor<S>, from start: Tensor<S>? = nil,
    allowsNegativeEigenvalues: Bool = false
) -> (y: Tensor<S>, state: Tensor<S>) {
    guard x.rank == 3, x.shape == delta.shape, a.rank == 2, a.shape[0] == x.shape[2] else {
        shapesDoNotFit("selectiveScan", x.shape, a.shape, "they are [batch, time, channels] and [channels, states]")
    }
    let batch = x.shape[0], time = x.shape[1], channels = x.shape[2], states = a.shape[1]
    guard b.shape == [batch, time, states], c.shape == b.shape else {
        shapesDoNotFit("selectiveScan", b.shape, c.shape, "both are [batch, time, states] = [\(batch), \(time), \(states)]")
    }
    let scale: S = allowsNegativeEigenvalues ? 2 : 1
    let arguments = [x, delta, a.transposed(), b, c, start ?? .zeros([batch, states, channels])]
    // One line a sample: y of all steps, then the last state.
    let joint = Tensor.fused(arguments) {
        selectiveReference($0, scale)
    } compute: { arguments, _ in
        (SelectiveScanKernels.forward(arguments, scale), ())
    } pullback: { arguments, _, _, cotangent, _ in
        SelectiveScanKernels.pullback(arguments, cotangent, scale)
    }
    return (joint[0..., 0..<time], joint[0..., time...])
}

/// y and behind it the last state, [batch, time + states, channels], in tensor operations.
private func selectiveReference<S: TensorScalar>(_ arguments: [Tensor<S>], _ scale: S) -> Tensor<S> {
    let (x, delta, a, b, c) = (arguments[0], arguments[1], arguments[2], arguments[3], arguments[4])
    var state = arguments[5]
    var results: [Tensor<S>] = []
    for t in 0..<x.shape[1] {
        let step = delta[0..., t].expandingShape(at: 1)
        let transition = exp(step * a) * scale + (1 - scale)
        let input = step * x[0..., t].expandingShape(at: 1) * b[0..., t].expandingShape(at: 2)
        state = transition * state + input
        results.append((state * c[0..., t].expandingShape(at: 2)).sum(along: 1, keepingAxes: true))
    }
    return .concatenating(results + [state], along: 1)
}

private enum SelectiveScanKernels {
    static func forward<S: TensorScalar>(_ arguments: [Tensor<S>], _ scale: S) -> Tensor<S> {
        let packed = arguments.map { $0.packed() }
        let (x, delta, a, b, c, start) = (packed[0], packed[1], packed[2], packed[3], packed[4], packed[5])
        let (batch, time, channels, states) = (x.shape[0], x.shape[1], x.shape[2], a.shape[0])
        let result = Tensor<S>(uninitialized: [batch, time + states, channels])
        let work = Tensor<S>(uninitialized: [states, channels])
        for sample in 0..<batch {
            let y = result.pointer + sample * (time + states) * channels
            let h = y + time * channels
            h.update(from: start.pointer + sample * states * channels, count: states * channels)
            vm_selective_scan(
                S.usesDoubleKernels ? 1 : 0, time, channels, states, Double(scale), x.pointer + sample * time * channels,
                delta.pointer + sample * time * channels, a.pointer, b.pointer + sample * time * states,
                c.pointer + sample * time * states, h, work.pointer, y)
        }
        return result
    }

    static func pullback<S: TensorScalar>(_ arguments: [Tensor<S>], _ cotangent: Tensor<S>, _ scale: S) -> [Tensor<S>?] {
        let packed = arguments.map { $0.packed() }, g = cotangent.packed()
        let (x, delta, a, b, c, start) = (packed[0], packed[1], packed[2], packed[3], packed[4], packed[5])
        let (batch, time, channels, states) = (x.shape[0], x.shape[1], x.shape[2], a.shape[0])
        let results = packed.map { Tensor<S>(uninitialized: $0.shape) }
        results[2].pointer.update(repeating: 0, count: results[2].count)
        let work = Tensor<S>(uninitialized: [((2 * time + 1) * states + 3) * channels])
        for sample in 0..<batch {
            let sequence = sample * time * channels, line = sample * time * states, state = sample * states * channels
            let dy = g.pointer + sample * (time + states) * channels
            let dh = results[5].pointer + state
            dh.update(from: dy + time * channels, count: states * channels)
            vm_selective_scan_pullback(
                S.usesDoubleKernels ? 1 : 0, time, channels, states, Double(scale), x.pointer + sequence,
                delta.pointer + sequence, a.pointer, b.pointer + line, c.pointer + line, start.pointer + state, dy, dh,
                results[0].pointer + sequence, results[1].pointer + sequence, results[2].pointer,
                results[3].pointer + line, results[4].pointer + line, work.pointer)
        }
        return results
    }
}
