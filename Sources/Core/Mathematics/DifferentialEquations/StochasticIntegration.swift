/// A method for stochastic differential equations with fixed steps.
public enum SDEMethod: Sendable, Equatable {
    /// Itô; strong order 1/2 (1 for additive noise), weak order 1.
    case eulerMaruyama
    /// Stratonovich; the trapezoidal predictor-corrector, strong order 1 for commutative noise.
    case heun
    /// Itô with diagonal noise; strong order 1. The derivative of bᵢ along xᵢ is a difference over bᵢ√h (Kloeden
    /// and Platen 1992, section 11.1), so that none need be given.
    case milstein
}

/// How the noise of an equation enters.
public enum SDENoise: Sendable, Equatable {
    /// One Wiener process a component: the diffusion writes n numbers. For `.milstein` the i-th may depend on the
    /// i-th component only, besides time.
    case diagonal
    /// m Wiener processes: the diffusion writes an n × m matrix, row-major.
    case general(sources: Int)
}

/// Solves dx = a(t, x)dt + b(t, x)dW (Itô, or Stratonovich for `.heun`) with equal steps, drawing the noise.
///
/// With `to` before `from` time runs backwards: h is negative, and the noise has variance |h|.
///
/// - Parameters:
///   - drift: writes a(t, x).
///   - diffusion: writes b(t, x): n numbers, or n × m for general noise.
///   - start: the first time.
///   - end: the last time.
///   - initial: the state at the first time, n numbers.
///   - steps: how many, at least 1.
///   - method: see `SDEMethod`.
///   - noise: how the noise enters; `.milstein` needs diagonal noise.
///   - keepEvery: every how many steps the state is kept; the first and the last always are.
///   - generator: draws the noise, a normal number for each step and Wiener process in turn.
/// - Returns: the kept times, and the state at each as a row.
/// - Throws: `ODEError.invalidArgument`; `.notFinite` if the solution overflows.
public func integrateSDE(
    drift: ODEFunction, diffusion: ODEFunction, from start: Double, to end: Double, startingAt initial: Vector,
    steps: Int, method: SDEMethod = .eulerMaruyama, noise: SDENoise = .diagonal, keepEvery: Int = 1,
    using generator: inout some RandomNumberGenerator
) throws(ODEError) -> (times: Vector, states: Matrix) {
    let scale = steps > 0 ? ((end - start).magnitude / Double(steps)).squareRoot() : 0
    return try integrateSDE(
        drift, diffusion, start, end, initial, steps, method, noise, keepEvery
    ) { _, increments in
        for index in 0..<increments.count { increments[index] = scale * generator.normal() }
    }
}

/// Solves dx = a(t, x)dt + b(t, x)dW along given Wiener increments, one row a step.
///
/// For comparing methods and step sizes on the same path: sums of rows are the increments of longer steps.
///
/// - Parameters:
///   - drift: writes a(t, x).
///   - diffusion: writes b(t, x): n numbers, or n × m for general noise.
///   - start: the first time.
///   - end: the last time.
///   - initial: the state at the first time, n numbers.
///   - increments: the increments of the Wiener processes, (steps, processes), of variance |h|.
///   - method: see `SDEMethod`.
///   - noise: how the noise enters; `.milstein` needs diagonal noise.
///   - keepEvery: every how many steps the state is kept.
/// - Throws: `ODEError.invalidArgument`; `.notFinite` if the solution overflows.
public func integrateSDE(
    drift: ODEFunction, diffusion: ODEFunction, from start: Double, to end: Double, startingAt initial: Vector,
    increments: Matrix, method: SDEMethod = .eulerMaruyama, noise: SDENoise = .diagonal, keepEvery: Int = 1
) throws(ODEError) -> (times: Vector, states: Matrix) {
    let sources = if case .general(let sources) = noise { sources } else { initial.count }
    guard increments.columns == sources else {
        throw .invalidArgument(
            argument: "columns of increments", value: Double(increments.columns), expected: "\(sources)")
    }
    return try increments.withUnsafeBufferPointer { buffer throws(ODEError) in
        try integrateSDE(
            drift, diffusion, start, end, initial, increments.rows, method, noise, keepEvery
        ) { step, target in
            for index in 0..<sources { target[index] = buffer[step * sources + index] }
        }
    }
}

private func integrateSDE(
    _ drift: ODEFunction, _ diffusion: ODEFunction, _ start: Double, _ end: Double, _ initial: Vector, _ steps: Int,
    _ method: SDEMethod, _ noise: SDENoise, _ keepEvery: Int,
    _ draw: (Int, UnsafeMutableBufferPointer<Double>) -> Void
) throws(ODEError) -> (times: Vector, states: Matrix) {
    for (argument, value) in [("steps", steps), ("keepEvery", keepEvery)] where value < 1 {
        throw .invalidArgument(argument: argument, value: Double(value), expected: "at least 1")
    }
    for (argument, value) in [("from", start), ("to", end)] where !value.isFinite {
        throw .invalidArgument(argument: argument, value: value, expected: "a finite number")
    }
    let n = initial.count
    var (sources, diffusionSize, isDiagonal) = (n, n, true)
    if case .general(let count) = noise {
        guard count >= 1 else {
            throw .invalidArgument(argument: "noise", value: Double(count), expected: "at least one source")
        }
        guard method != .milstein else {
            throw .invalidArgument(argument: "noise", value: Double(count), expected: "diagonal noise for .milstein")
        }
        (sources, diffusionSize, isDiagonal) = (count, n * count, false)
    }
    let h = (end - start) / Double(steps)
    let root = h.magnitude.squareRoot()
    let work = Storage<Double>(repeating: 0, count: max(1, 4 * n + 2 * diffusionSize + sources))
    defer { withExtendedLifetime(work) {} }
    let (x, a, moved, movedA) = (work.pointer, work.pointer + n, work.pointer + 2 * n, work.pointer + 3 * n)
    let (b, movedB) = (work.pointer + 4 * n, work.pointer + 4 * n + diffusionSize)
    let increments = UnsafeMutableBufferPointer(start: work.pointer + 4 * n + 2 * diffusionSize, count: sources)
    let (state, trial) = (UnsafeBufferPointer(start: x, count: n), UnsafeBufferPointer(start: moved, count: n))

    @inline(__always)
    func shock(_ b: UnsafePointer<Double>, _ row: Int) -> Double {
        if isDiagonal { return b[row] * increments[row] }
        var sum = 0.0
        for source in 0..<sources { sum += b[row * sources + source] * increments[source] }
        return sum
    }

    for index in 0..<n { x[index] = initial[index] }
    let kept = 1 + (steps - 1) / keepEvery + 1
    var times = Vector.zeros(kept)
    var states = Matrix.zeros(kept, n)
    times[0] = start
    states.withUnsafeMutableBufferPointer { for index in 0..<n { $0[index] = x[index] } }
    var row = 1
    for step in 0..<steps {
        let time = start + Double(step) * h
        draw(step, increments)
        drift(time, state, UnsafeMutableBufferPointer(start: a, count: n))
        diffusion(time, state, UnsafeMutableBufferPointer(start: b, count: diffusionSize))
        switch method {
        case .eulerMaruyama:
            // The shock reads b only, so that x may change in place.
            for i in 0..<n { x[i] += h * a[i] + shock(b, i) }
        case .heun:
            for i in 0..<n { moved[i] = x[i] + h * a[i] + shock(b, i) }
            drift(time + h, trial, UnsafeMutableBufferPointer(start: movedA, count: n))
            diffusion(time + h, trial, UnsafeMutableBufferPointer(start: movedB, count: diffusionSize))
            for i in 0..<n { x[i] += (h * (a[i] + movedA[i]) + shock(b, i) + shock(movedB, i)) / 2 }
        case .milstein:
            for i in 0..<n { moved[i] = x[i] + h * a[i] + b[i] * root }
            diffusion(time, trial, UnsafeMutableBufferPointer(start: movedB, count: n))
            for i in 0..<n {
                let square = increments[i] * increments[i] - h.magnitude
                x[i] += h * a[i] + b[i] * increments[i] + (movedB[i] - b[i]) * square / (2 * root)
            }
        }
        let isLast = step == steps - 1
        if isLast || (step + 1).isMultiple(of: keepEvery) {
            for i in 0..<n where !x[i].isFinite { throw .notFinite(time: time + h, component: i, value: x[i]) }
            times[row] = isLast ? end : start + Double(step + 1) * h
            states.withUnsafeMutableBufferPointer { for i in 0..<n { $0[row * n + i] = x[i] } }
            row += 1
        }
    }
    return (times, states)
}
