/// What can be wrong with the input of a transport, assignment or flow problem.
public enum TransportError: Error, Equatable, CustomStringConvertible {
    /// A vector or matrix has the wrong shape.
    case wrongShape(argument: String, shape: String, expected: String)
    /// An element is out of its range.
    case invalidElement(argument: String, index: Int, value: Double, expected: String)
    /// A parameter is out of its range.
    case outOfRange(argument: String, value: Double, expected: String)
    /// The masses to be sent and to be received differ.
    case unequalMasses(source: Double, target: Double)
    /// No assignment or flow satisfies the constraints.
    case infeasible(reason: String)
    /// The cost falls without bound along a cycle of negative cost and infinite capacity.
    case unbounded
    /// The iteration stopped before the tolerance was reached.
    case notConverged(iterations: Int, violation: Double, tolerance: Double)

    public var description: String {
        switch self {
        case .wrongShape(let argument, let shape, let expected):
            "\(argument) has shape \(shape): expected \(expected)"
        case .invalidElement(let argument, let index, let value, let expected):
            "\(argument) holds \(value) at position \(index): expected \(expected)"
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .unequalMasses(let source, let target):
            "the masses \(source) of the source and \(target) of the target differ: expected equal sums"
        case .infeasible(let reason):
            "no solution exists: \(reason)"
        case .unbounded:
            "the cost is unbounded: a cycle of negative cost has infinite capacity"
        case .notConverged(let iterations, let violation, let tolerance):
            "the marginals are violated by \(violation) after \(iterations) iterations: expected at most \(tolerance)"
        }
    }
}

/// Checks masses: as many as expected, finite, not negative, not all zero; returns their sum.
func requireMasses(_ masses: Vector, count: Int, _ argument: String) throws(TransportError) -> Double {
    if masses.count != count {
        throw .wrongShape(argument: argument, shape: "(\(masses.count))", expected: "(\(count))")
    }
    for (index, value) in masses.enumerated() where !(value >= 0 && value < .infinity) {
        throw .invalidElement(argument: argument, index: index, value: value, expected: "finite masses of at least 0")
    }
    let sum = masses.sum
    if !(sum > 0 && sum < .infinity) {
        throw .outOfRange(argument: "the sum of \(argument)", value: sum, expected: "a positive finite mass")
    }
    return sum
}

func requireCosts(_ costs: Matrix, _ argument: String) throws(TransportError) {
    if costs.count == 0 {
        throw .wrongShape(
            argument: argument, shape: "(\(costs.rows), \(costs.columns))", expected: "at least one row and column")
    }
    let finite = costs.withUnsafeBufferPointer { $0.allSatisfy { $0.isFinite } }
    if !finite {
        for (index, value) in costs.flattened.enumerated() where !value.isFinite {
            throw .invalidElement(argument: argument, index: index, value: value, expected: "finite costs")
        }
    }
}

/// Checks that two masses are equal up to rounding.
func requireEqual(_ source: Double, _ target: Double) throws(TransportError) {
    if abs(source - target) > 1e-9 * max(source, target) { throw .unequalMasses(source: source, target: target) }
}
