import CVectorMath

/// How a linear recurrence is computed. All forms give the same numbers to rounding.
public enum RecurrenceForm: String, Sendable, CaseIterable {
    /// Step by step in one kernel.
    case sequential
    /// In ⌈log₂ time⌉ rounds over the whole sequence, each combining a place with the one 2^r before it (Hillis and Steele 1986).
    case parallelScan
    /// As a product with the matrix M[t, s] = a_t a_{t−1} ⋯ a_{s+1}, s ≤ t.
    case matrix
}

/// h_t = a_t ⊙ h_{t−1} + b_t for all t: the linear recurrence with a diagonal transition.
///
/// - Parameters:
///   - a: the transitions, [batch, time, channels], or of a shape that broadcasts to that of `b`: [time, 1] for a scalar
///     transition, for example.
///   - b: what enters, [batch, time, channels].
///   - start: h before the first step, [batch, channels]; nil for zeros.
///   - form: how it is computed. The matrix form takes time · time · channels numbers of memory a sample.
/// - Returns: h after each step, [batch, time, channels].
public func linearRecurrence<S: TensorScalar>(
    transitions a: Tensor<S>, inputs b: Tensor<S>, from start: Tensor<S>? = nil, form: RecurrenceForm = .sequential
) -> Tensor<S> {
    guard b.rank == 3 else { fatalError("linearRecurrence: inputs of the shape \(b.shape): expected [batch, time, channels]") }
    let a = a.expanded(to: b.shape)
    let start = start ?? .zeros([b.shape[0], b.shape[2]])
    guard start.shape == [b.shape[0], b.shape[2]] else {
        shapesDoNotFit("linearRecurrence", b.shape, start.shape, "the state before the first step is [batch, channels]")
    }
    if b.count == 0 { return b }
    switch form {
    case .sequential: return scan(a, b, start, isReversed: false)
    case .parallelScan: return doublingScan(a, b, start)
    case .matrix:
        let matrix = transitionMatrix(a)
        let first = matrix[0..., 0..., 0..., 0]
        return (matrix * b.transposed(1, 2).expandingShape(at: 2)).sum(along: -1).transposed(1, 2)
            + (first * a[0..., 0].expandingShape(at: 2) * start.expandingShape(at: 2)).transposed(1, 2)
    }
}

/// The recurrence unrolled: M[t, s] = a_t a_{t−1} ⋯ a_{s+1} for s ≤ t and 0 above, for each channel.
///
/// - Parameter a: [batch, time, channels].
/// - Returns: [batch, channels, time, time].
public func transitionMatrix<S: TensorScalar>(_ a: Tensor<S>) -> Tensor<S> {
    let (batch, time, channels) = (a.shape[0], a.shape[1], a.shape[2])
    var rows: [Tensor<S>] = []
    var row = Tensor<S>.zeros([batch, channels, 0])
    for t in 0..<time {
        let decayed = t == 0 ? row : row * a[0..., t].expandingShape(at: 2)
        row = .concatenating([decayed, .ones([batch, channels, 1])], along: 2)
        rows.append(t + 1 == time ? row : .concatenating([row, .zeros([batch, channels, time - t - 1])], along: 2))
    }
    return .stacking(rows, along: 2)
}

/// The recurrence forward or backward in time by the kernel. Its pullback is a recurrence in the other direction.
private func scan<S: TensorScalar>(
    _ a: Tensor<S>, _ b: Tensor<S>, _ start: Tensor<S>, isReversed: Bool
) -> Tensor<S> {
    Tensor.recording([a, b, start]) { arguments in
        let a = arguments[0].packed(), b = arguments[1].packed(), start = arguments[2].packed()
        let result = Tensor<S>(uninitialized: b.shape)
        let (batch, time, channels) = (b.shape[0], b.shape[1], b.shape[2])
        for sample in 0..<batch {
            let place = sample * time * channels
            vm_scan(
                S.usesDoubleKernels ? 1 : 0, time, channels, isReversed ? 1 : 0, a.pointer + place, b.pointer + place,
                start.pointer + sample * channels, result.pointer + place)
        }
        return result
    } pullback: { arguments, h in
        let a = arguments[0], start = arguments[2], time = h.shape[1]
        // The factor with which the state at t enters the next step in the direction of the recurrence.
        func shifted(_ x: Tensor<S>, _ edge: Tensor<S>, towardsStart: Bool) -> Tensor<S> {
            let edge = edge.expandingShape(at: 1)
            return towardsStart
                ? .concatenating([x[0..., 1...], edge], along: 1)
                : .concatenating([edge, x[0..., 0..<time - 1]], along: 1)
        }
        return { cotangent, _ in
            let zeros = Tensor<S>.zeros(start.shape)
            let adjoint = scan(shifted(a, zeros, towardsStart: !isReversed), cotangent, zeros, isReversed: !isReversed)
            let before = shifted(h, start, towardsStart: isReversed)
            let first = isReversed ? time - 1 : 0
            return [adjoint * before, adjoint, adjoint[0..., first] * a[0..., first]]
        }
    }
}

/// The recurrence by doubling: after round r each place holds the composition of the 2^r steps that end at it.
private func doublingScan<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>, _ start: Tensor<S>) -> Tensor<S> {
    let (batch, time, channels) = (b.shape[0], b.shape[1], b.shape[2])
    var factor = a, sum = b, distance = 1
    while distance < time {
        let one = Tensor<S>.ones([batch, distance, channels]), zero = Tensor<S>.zeros([batch, distance, channels])
        let earlierFactor = Tensor.concatenating([one, factor[0..., 0..<time - distance]], along: 1)
        let earlierSum = Tensor.concatenating([zero, sum[0..., 0..<time - distance]], along: 1)
        sum = factor * earlierSum + sum
        factor = factor * earlierFactor
        distance *= 2
    }
    return sum + factor * start.expandingShape(at: 1)
}
