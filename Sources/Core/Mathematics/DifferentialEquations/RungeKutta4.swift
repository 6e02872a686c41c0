/// Solves y′ = f(t, y) by the classical Runge-Kutta method with a fixed number of equal steps.
///
/// Error O(h⁴); four evaluations a step and no memory allocated in it.
///
/// - Parameters:
///   - function: writes f(t, y) into its last argument.
///   - start: the first time.
///   - end: the last time, before or after the first.
///   - initial: the state at the first time.
///   - steps: how many, at least 1.
///   - keepEvery: every how many steps the state is kept; the first and the last always are.
/// - Returns: the kept times, and the state at each as a row.
/// - Throws: `ODEError.invalidArgument`; `.notFinite` if the solution overflows.
public func integrateRungeKutta4(
    _ function: ODEFunction, from start: Double, to end: Double, startingAt initial: Vector, steps: Int,
    keepEvery: Int = 1
) throws(ODEError) -> (times: Vector, states: Matrix) {
    for (argument, value) in [("steps", steps), ("keepEvery", keepEvery)] where value < 1 {
        throw .invalidArgument(argument: argument, value: Double(value), expected: "at least 1")
    }
    for (argument, value) in [("from", start), ("to", end)] where !value.isFinite {
        throw .invalidArgument(argument: argument, value: value, expected: "a finite number")
    }
    let count = initial.count
    let h = (end - start) / Double(steps)
    let kept = 1 + (steps - 1) / keepEvery + 1
    var times = Vector.zeros(kept)
    var states = Matrix.zeros(kept, count)
    let work = Storage<Double>(repeating: 0, count: 6 * max(count, 1))
    let (y, moved, k1) = (work.pointer, work.pointer + count, work.pointer + 2 * count)
    let (k2, k3, k4) = (k1 + count, k1 + 2 * count, k1 + 3 * count)
    let input = UnsafeBufferPointer(start: moved, count: count)
    for index in 0..<count { y[index] = initial[index] }
    times[0] = start
    states.withUnsafeMutableBufferPointer { $0.baseAddress?.update(from: y, count: count) }
    var row = 1
    for step in 0..<steps {
        let time = start + Double(step) * h
        function(
            time, UnsafeBufferPointer(start: y, count: count), UnsafeMutableBufferPointer(start: k1, count: count))
        for index in 0..<count { moved[index] = y[index] + h / 2 * k1[index] }
        function(time + h / 2, input, UnsafeMutableBufferPointer(start: k2, count: count))
        for index in 0..<count { moved[index] = y[index] + h / 2 * k2[index] }
        function(time + h / 2, input, UnsafeMutableBufferPointer(start: k3, count: count))
        for index in 0..<count { moved[index] = y[index] + h * k3[index] }
        function(time + h, input, UnsafeMutableBufferPointer(start: k4, count: count))
        for index in 0..<count { y[index] += h / 6 * (k1[index] + 2 * (k2[index] + k3[index]) + k4[index]) }
        let isLast = step == steps - 1
        if isLast || (step + 1).isMultiple(of: keepEvery) {
            for index in 0..<count where !y[index].isFinite {
                throw .notFinite(time: time + h, component: index, value: y[index])
            }
            times[row] = isLast ? end : start + Double(step + 1) * h
            states.withUnsafeMutableBufferPointer { buffer in
                if count > 0 { (buffer.baseAddress)?.advanced(by: row * count).update(from: y, count: count) }
            }
            row += 1
        }
    }
    withExtendedLifetime(work) {}
    return (times, states)
}
