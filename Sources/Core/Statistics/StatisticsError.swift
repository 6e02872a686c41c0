import Mathematics

/// What can be wrong with the input of a statistical method.
public enum StatisticsError: Error, Equatable, CustomStringConvertible {
    /// A number is outside the values it may take.
    case outOfRange(argument: String, value: Double, expected: String)
    /// Two shapes do not fit.
    case shapeMismatch(argument: String, shape: String, other: String, otherShape: String, expected: String)
    /// A decomposition or a solver refused its input.
    case linearAlgebra(LinearAlgebraError)
    /// An equation has no root where one was expected.
    case rootFinding(equation: String, RootFindingError)

    public var description: String {
        switch self {
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .shapeMismatch(let argument, let shape, let other, let otherShape, let expected):
            "\(argument) has shape \(shape) and \(other) has shape \(otherShape): expected \(expected)"
        case .linearAlgebra(let error): error.description
        case .rootFinding(let equation, let error): "\(equation): \(error)"
        }
    }
}

/// Calls linear algebra and wraps its error.
func linearAlgebra<R>(_ body: () throws(LinearAlgebraError) -> R) throws(StatisticsError) -> R {
    do throws(LinearAlgebraError) { return try body() } catch { throw .linearAlgebra(error) }
}

func requirePositive(_ value: Double, _ argument: String) throws(StatisticsError) {
    guard value > 0, value.isFinite else {
        throw .outOfRange(argument: argument, value: value, expected: "a positive finite number")
    }
}

func requireNonNegative(_ value: Double, _ argument: String) throws(StatisticsError) {
    guard value >= 0, value.isFinite else {
        throw .outOfRange(argument: argument, value: value, expected: "a finite number not below 0")
    }
}

func requireResponse(_ response: Vector, of predictors: Matrix) throws(StatisticsError) {
    if response.count != predictors.rows {
        throw .shapeMismatch(
            argument: "response", shape: "(\(response.count))", other: "predictors",
            otherShape: "(\(predictors.rows), \(predictors.columns))",
            expected: "one response a row of the predictors")
    }
}
