/// The solution of an initial value problem.
public struct ODESolution: Sendable {
    /// The times asked for, or those of the steps if none were. The last is earlier than asked if a terminal
    /// event ended the integration.
    public let times: Vector
    /// The state at each time, one a row.
    public let states: Matrix
    /// The events that occurred, in the order of their times.
    public let events: [ODEEventOccurrence]
    /// The terminal event that ended the integration, if one did.
    public let terminalEvent: ODEEventOccurrence?
    /// How much work it took.
    public let statistics: ODEStatistics

    let trajectory: ODETrajectory

    /// The state at the end.
    public var finalState: Vector { trajectory.state(at: trajectory.endTime) }

    /// When the integration ended.
    public var finalTime: Double { trajectory.endTime }

    /// The state at any time between the start and the end, by the method's continuous output. O(log steps).
    ///
    /// Outside, the polynomial of the first or last step continues.
    public func state(at time: Double) -> Vector { trajectory.state(at: time) }
}

/// The polynomials of all steps, y(t₀ + θh) = Σ cₖθᵏ.
struct ODETrajectory: Sendable {
    let dimension: Int
    /// Coefficients a step: the degree + 1.
    let terms: Int
    var startTimes: [Double] = []
    var steps: [Double] = []
    var coefficients: [Double] = []
    var endTime: Double

    mutating func append(start: Double, step: Double, _ polynomial: UnsafePointer<Double>) {
        startTimes.append(start)
        steps.append(step)
        coefficients.append(contentsOf: UnsafeBufferPointer(start: polynomial, count: terms * dimension))
    }

    func state(at time: Double) -> Vector {
        var result = Vector.zeros(dimension)
        result.withUnsafeMutableBufferPointer { write(at: time, into: $0) }
        return result
    }

    func write(at time: Double, into state: UnsafeMutableBufferPointer<Double>) {
        let forward = (steps.first ?? 1) > 0
        var (low, high) = (0, steps.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if forward ? startTimes[middle] <= time : startTimes[middle] >= time { low = middle } else { high = middle }
        }
        let theta = (time - startTimes[low]) / steps[low]
        coefficients.withUnsafeBufferPointer { buffer in
            guard let base = buffer.baseAddress, let state = state.baseAddress else { return }
            Self.evaluate(base + low * terms * dimension, terms, dimension, at: theta, into: state)
        }
    }

    @inline(__always)
    static func evaluate(
        _ polynomial: UnsafePointer<Double>, _ terms: Int, _ dimension: Int, at theta: Double,
        into state: UnsafeMutablePointer<Double>
    ) {
        for component in 0..<dimension {
            var value = polynomial[(terms - 1) * dimension + component]
            for term in stride(from: terms - 2, through: 0, by: -1) {
                value = value * theta + polynomial[term * dimension + component]
            }
            state[component] = value
        }
    }
}
