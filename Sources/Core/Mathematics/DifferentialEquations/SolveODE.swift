/// Solves the initial value problem y′ = f(t, y), y(t₀) = y₀.
///
/// ```swift
/// // A pendulum, until it passes the vertical.
/// let solution = try solveODE({ _, y, dy in
///     dy[0] = y[1]
///     dy[1] = -sin(y[0])
/// }, from: 0, to: 10, startingAt: [1, 0], events: [ODEEvent(isTerminal: true) { _, y in y[0] }])
/// ```
///
/// No memory is allocated in a step of the explicit method, but for the record of the trajectory.
///
/// - Parameters:
///   - function: writes f(t, y) into its last argument; it must be finite.
///   - start: t₀.
///   - end: the end, before or after t₀.
///   - initial: y₀.
///   - outputTimes: when to report the state, between t₀ and the end and in the direction of the integration;
///     at every step if nil.
///   - method: explicit by default; take `.radau` for stiff problems.
///   - jacobian: ∂f/∂y for the implicit method; finite differences if nil.
///   - events: what to watch for.
///   - options: tolerances and limits.
/// - Throws: `ODEError`.
public func solveODE(
    _ function: ODEFunction, from start: Double, to end: Double, startingAt initial: Vector,
    outputTimes: Vector? = nil, method: ODEMethod = .dormandPrince, jacobian: ODEJacobian? = nil,
    events: [ODEEvent] = [], options: ODEOptions = ODEOptions()
) throws(ODEError) -> ODESolution {
    try options.validate()
    for (argument, value) in [("from", start), ("to", end)] where !value.isFinite {
        throw .invalidArgument(argument: argument, value: value, expected: "a finite number")
    }
    for value in initial where !value.isFinite {
        throw .invalidArgument(argument: "startingAt", value: value, expected: "finite numbers")
    }
    let sign: Double = end >= start ? 1 : -1
    var previous = start
    for time in outputTimes ?? [] {
        guard time * sign >= previous * sign, time * sign <= end * sign else {
            throw .invalidArgument(
                argument: "outputTimes", value: time, expected: "ordered times between \(start) and \(end)")
        }
        previous = time
    }
    switch method {
    case .dormandPrince:
        let stepper = try DormandPrinceStepper(function, start, end, initial, options)
        return try run(stepper, function, nil, end, initial, outputTimes, events, options)
    case .radau:
        let stepper = try RadauStepper(function, start, end, initial, options)
        return try run(stepper, function, jacobian, end, initial, outputTimes, events, options)
    }
}

// swiftcore: solve_ode; without: events; keepsShape: function
/// Solves the initial value problem y′ = f(t, y) with a right-hand side that returns a vector.
///
/// As the form that writes into a buffer, which is faster.
///
/// - Throws: `ODEError`.
public func solveODE(
    _ function: (_ time: Double, _ state: Vector) -> Vector, from start: Double, to end: Double,
    startingAt initial: Vector, outputTimes: Vector? = nil, method: ODEMethod = .dormandPrince,
    events: [ODEEvent] = [], options: ODEOptions = ODEOptions()
) throws(ODEError) -> ODESolution {
    try solveODE(
        { time, state, derivative in
            let value = function(time, Vector(state))
            precondition(
                value.count == derivative.count,
                "the right-hand side has \(value.count) components: expected \(derivative.count)")
            for index in 0..<derivative.count { derivative[index] = value[index] }
        }, from: start, to: end, startingAt: initial, outputTimes: outputTimes, method: method, events: events,
        options: options)
}

/// A method that advances by one accepted step at a time.
protocol ODEStepper {
    /// Degree + 1 of the continuous output.
    static var terms: Int { get }
    var time: Double { get }
    /// The start and the length of the step just taken.
    var stepStart: Double { get }
    var stepLength: Double { get }
    /// The state at `time`.
    var state: UnsafeMutablePointer<Double> { get }
    /// The coefficients of the step just taken.
    var polynomial: UnsafeMutablePointer<Double> { get }
    var statistics: ODEStatistics { get }
    mutating func advance(_ function: ODEFunction, _ jacobian: ODEJacobian?, to end: Double) throws(ODEError)
}

/// Steps to the end and watches for events and output times.
private func run<Stepper: ODEStepper>(
    _ initialStepper: Stepper, _ function: ODEFunction, _ jacobian: ODEJacobian?, _ end: Double, _ initial: Vector,
    _ outputTimes: Vector?, _ events: [ODEEvent], _ options: ODEOptions
) throws(ODEError) -> ODESolution {
    var stepper = initialStepper
    let (dimension, start, terms) = (initial.count, stepper.time, Stepper.terms)
    var trajectory = ODETrajectory(dimension: dimension, terms: terms, endTime: start)
    var occurrences: [ODEEventOccurrence] = []
    var terminal: ODEEventOccurrence?
    let scratch = Storage<Double>(repeating: 0, count: dimension)
    let scratchBuffer = UnsafeBufferPointer(start: scratch.pointer, count: dimension)

    func eventValue(_ index: Int, _ time: Double, _ state: UnsafeBufferPointer<Double>) throws(ODEError) -> Double {
        let value = events[index].function(time, state)
        if value.isNaN { throw .eventNotANumber(event: index, time: time) }
        return value
    }
    var eventValues: [Double] = []
    let stateBuffer = UnsafeBufferPointer(start: stepper.state, count: dimension)
    for index in events.indices { eventValues.append(try eventValue(index, start, stateBuffer)) }

    if start == end {
        // The constant polynomial of a step of no length.
        let still = Storage<Double>(repeating: 0, count: terms * dimension)
        still.pointer.update(from: stepper.state, count: dimension)
        trajectory.append(start: start, step: 1, still.pointer)
    }
    while stepper.time != end, terminal == nil {
        if stepper.statistics.acceptedSteps + stepper.statistics.rejectedSteps >= options.maximumSteps {
            throw .tooManySteps(time: stepper.time, limit: options.maximumSteps)
        }
        try stepper.advance(function, jacobian, to: end)
        trajectory.append(start: stepper.stepStart, step: stepper.stepLength, stepper.polynomial)
        trajectory.endTime = stepper.time
        guard !events.isEmpty else { continue }

        var found: [ODEEventOccurrence] = []
        for index in events.indices {
            let old = eventValues[index]
            let new = try eventValue(index, stepper.time, UnsafeBufferPointer(start: stepper.state, count: dimension))
            eventValues[index] = new
            guard events[index].fires(from: old, to: new) else { continue }
            // Where rounding hides the change of sign from the polynomial, the event is at the end.
            func value(_ theta: Double) -> Double {
                if theta == 0 { return old }
                if theta == 1 { return new }
                ODETrajectory.evaluate(stepper.polynomial, terms, dimension, at: theta, into: scratch.pointer)
                return events[index].function(stepper.stepStart + theta * stepper.stepLength, scratchBuffer)
            }
            let theta: Double
            do throws(RootFindingError) {
                theta = try findRoot(of: value, in: 0...1)
            } catch {
                throw .eventNotANumber(event: index, time: stepper.time)
            }
            ODETrajectory.evaluate(stepper.polynomial, terms, dimension, at: theta, into: scratch.pointer)
            let time = theta == 1 ? stepper.time : stepper.stepStart + theta * stepper.stepLength
            found.append(ODEEventOccurrence(event: index, time: time, state: Vector(scratchBuffer)))
        }
        let forward = stepper.stepLength > 0
        found.sort { forward ? $0.time < $1.time : $0.time > $1.time }
        for occurrence in found {
            occurrences.append(occurrence)
            if events[occurrence.event].isTerminal {
                terminal = occurrence
                trajectory.endTime = occurrence.time
                break
            }
        }
    }
    withExtendedLifetime(scratch) {}

    let forward = end >= start
    let reached = trajectory.endTime
    let times: Vector
    if let outputTimes {
        times = Vector(outputTimes.filter { forward ? $0 <= reached : $0 >= reached })
    } else {
        times = Vector(start == end ? [start] : trajectory.startTimes + [reached])
    }
    var states = Matrix.zeros(times.count, dimension)
    states.withUnsafeMutableBufferPointer { buffer in
        for (row, time) in times.enumerated() {
            trajectory.write(
                at: time, into: UnsafeMutableBufferPointer(rebasing: buffer[row * dimension..<(row + 1) * dimension]))
        }
    }
    return ODESolution(
        times: times, states: states, events: occurrences, terminalEvent: terminal, statistics: stepper.statistics,
        trajectory: trajectory)
}

/// The root mean square of xᵢ/(absolute + relative·max(|yᵢ|, |zᵢ|)); NaN becomes infinite.
@inline(__always)
func scaledNorm(
    _ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>, _ z: UnsafePointer<Double>,
    _ options: ODEOptions
) -> Double {
    var sum = 0.0
    for index in 0..<count {
        let scale = options.absoluteTolerance + options.relativeTolerance * max(y[index].magnitude, z[index].magnitude)
        let ratio = x[index] == 0 ? 0 : x[index] / scale
        sum += ratio * ratio
    }
    let norm = (sum / Double(max(count, 1))).squareRoot()
    return norm.isNaN ? .infinity : norm
}

/// The first step of Hairer, Nørsett and Wanner, "Solving ODEs I", section II.4, for a method of order `order`.
func firstStep(
    _ function: ODEFunction, _ start: Double, _ end: Double, _ state: UnsafeMutablePointer<Double>,
    _ slope: UnsafeMutablePointer<Double>, _ count: Int, order: Int, _ options: ODEOptions
) -> Double {
    let span = (end - start).magnitude
    if let step = options.initialStep { return min(step, span, options.maximumStep) }
    let work = Storage<Double>(repeating: 0, count: 2 * count)
    let (moved, movedSlope) = (work.pointer, work.pointer + count)
    let d0 = scaledNorm(count, state, state, state, options)
    let d1 = scaledNorm(count, slope, state, state, options)
    let direction: Double = end >= start ? 1 : -1
    var h = d0 < 1e-5 || d1 < 1e-5 ? 1e-6 : 0.01 * d0 / d1
    h = min(h, span, options.maximumStep)
    for index in 0..<count { moved[index] = state[index] + direction * h * slope[index] }
    function(
        start + direction * h, UnsafeBufferPointer(start: moved, count: count),
        UnsafeMutableBufferPointer(start: movedSlope, count: count))
    for index in 0..<count { movedSlope[index] -= slope[index] }
    let d2 = scaledNorm(count, movedSlope, state, state, options) / h
    let largest = max(d1, d2)
    let second = largest <= 1e-15 ? max(1e-6, h * 1e-3) : power(0.01 / largest, 1 / Double(order + 1))
    withExtendedLifetime(work) {}
    return min(100 * h, second.isFinite && second > 0 ? second : h, span, options.maximumStep)
}

/// Throws if a value of the right-hand side is not finite; `slope` may hold several stages of `dimension`.
func requireFiniteSlope(
    _ slope: UnsafePointer<Double>, _ count: Int, dimension: Int? = nil, at time: Double
) throws(ODEError) {
    for index in 0..<count where !slope[index].isFinite {
        throw .notFinite(time: time, component: index % (dimension ?? count), value: slope[index])
    }
}

@inline(__always)
func power(_ base: Double, _ exponent: Double) -> Double {
    PortableFunctions.exponential(exponent * PortableFunctions.logarithm(base))
}
