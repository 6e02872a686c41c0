/// What can be wrong with the input of a distribution, an estimator, a test or another statistical method.
public enum StatisticsError: Error, Equatable, CustomStringConvertible {
    /// A parameter is out of its range.
    case outOfRange(argument: String, value: Double, expected: String)
    /// An element of a sample is not allowed, for example because it is not a number.
    case invalidElement(argument: String, index: Int, value: Double, expected: String)
    /// A sample has too few elements.
    case tooFew(argument: String, count: Int, expected: String)
    /// Two samples that belong together do not have the same number of elements.
    case countMismatch(argument: String, count: Int, other: String, otherCount: Int)
    /// The sample has the right shape but the quantity is not defined for it.
    case undefined(argument: String, reason: String)
    /// An iteration did not converge.
    case notConverged(argument: String, iterations: Int, reason: String)
    /// Two shapes do not fit.
    case shapeMismatch(argument: String, shape: String, other: String, otherShape: String, expected: String)
    /// A decomposition or a solver of linear algebra refused its input.
    case linearAlgebra(LinearAlgebraError)
    /// An equation has no root where one was expected.
    case rootFinding(equation: String, RootFindingError)

    public var description: String {
        switch self {
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .invalidElement(let argument, let index, let value, let expected):
            "\(argument) holds \(value) at position \(index): expected \(expected)"
        case .tooFew(let argument, let count, let expected):
            "\(argument) has \(count) elements: expected \(expected)"
        case .countMismatch(let argument, let count, let other, let otherCount):
            "\(argument) has \(count) elements and \(other) has \(otherCount): expected as many in both"
        case .undefined(let argument, let reason):
            "\(argument): \(reason)"
        case .notConverged(let argument, let iterations, let reason):
            "\(argument): no convergence in \(iterations) iterations: \(reason)"
        case .shapeMismatch(let argument, let shape, let other, let otherShape, let expected):
            "\(argument) has shape \(shape) and \(other) has shape \(otherShape): expected \(expected)"
        case .linearAlgebra(let error):
            error.description
        case .rootFinding(let equation, let error):
            "\(equation): \(error)"
        }
    }
}

extension StatisticsError {
    /// Checks a parameter that must be positive and finite.
    static func requirePositive(_ value: Double, _ argument: String) throws(StatisticsError) {
        guard value > 0, value < .infinity else {
            throw .outOfRange(argument: argument, value: value, expected: "a positive finite number")
        }
    }

    /// Checks a parameter that must be finite.
    static func requireFinite(_ value: Double, _ argument: String) throws(StatisticsError) {
        guard value.isFinite else { throw .outOfRange(argument: argument, value: value, expected: "a finite number") }
    }

    /// Checks a probability.
    static func requireProbability(_ value: Double, _ argument: String) throws(StatisticsError) {
        guard value >= 0, value <= 1 else {
            throw .outOfRange(argument: argument, value: value, expected: "a probability in [0, 1]")
        }
    }

    /// Checks a level strictly between 0 and 1, as of a confidence interval.
    static func requireLevel(_ value: Double, _ argument: String) throws(StatisticsError) {
        guard value > 0, value < 1 else {
            throw .outOfRange(argument: argument, value: value, expected: "a number in (0, 1)")
        }
    }

    /// Checks that two samples that belong together are of one size.
    static func requireEqualCounts(
        _ count: Int, _ argument: String, _ otherCount: Int, _ other: String
    ) throws(StatisticsError) {
        guard count == otherCount else {
            throw .countMismatch(argument: argument, count: count, other: other, otherCount: otherCount)
        }
    }

    /// Runs a computation of linear algebra and passes its error on.
    static func wrapping<R>(_ body: () throws(LinearAlgebraError) -> R) throws(StatisticsError) -> R {
        do { return try body() } catch { throw .linearAlgebra(error) }
    }
}

extension Collection where Element == Double {
    /// Checks that a sample is finite and large enough.
    func requireSample(_ argument: String, atLeast minimum: Int = 1) throws(StatisticsError) {
        guard count >= minimum else {
            throw .tooFew(argument: argument, count: count, expected: "at least \(minimum)")
        }
        for (index, value) in enumerated() where !value.isFinite {
            throw .invalidElement(argument: argument, index: index, value: value, expected: "finite numbers")
        }
    }

    /// Checks non-negative finite weights with a positive finite sum, and returns the sum.
    func requireWeights(_ argument: String) throws(StatisticsError) -> Double {
        guard !isEmpty else { throw .tooFew(argument: argument, count: 0, expected: "at least 1") }
        var total = 0.0
        for (index, weight) in enumerated() {
            guard weight >= 0, weight < .infinity else {
                throw .invalidElement(
                    argument: argument, index: index, value: weight, expected: "non-negative finite weights")
            }
            total += weight
        }
        guard total > 0, total < .infinity else {
            throw .outOfRange(argument: "the sum of \(argument)", value: total, expected: "a positive finite number")
        }
        return total
    }
}
