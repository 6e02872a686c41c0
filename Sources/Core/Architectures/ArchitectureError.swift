import Mathematics

/// What can be wrong with the input of a network's building block.
public enum ArchitectureError: Error, Equatable, CustomStringConvertible {
    /// An argument is not what was expected.
    case invalid(argument: String, value: String, expected: String)
    /// Two shapes do not fit.
    case shapeMismatch(argument: String, shape: String, other: String, otherShape: String, expected: String)
    /// A solver of linear algebra refused its input.
    case linearAlgebra(LinearAlgebraError)

    public var description: String {
        switch self {
        case .invalid(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        case .shapeMismatch(let argument, let shape, let other, let otherShape, let expected):
            "\(argument) has shape \(shape) and \(other) has shape \(otherShape): expected \(expected)"
        case .linearAlgebra(let error): error.description
        }
    }
}

/// Throws the field's error about an argument unless a condition holds.
func requireArgument(
    _ condition: Bool, _ argument: String, _ value: @autoclosure () -> some CustomStringConvertible, _ expected: String
) throws(ArchitectureError) {
    if !condition { throw .invalid(argument: argument, value: "\(value())", expected: expected) }
}

func requirePositive(_ value: Double, _ argument: String) throws(ArchitectureError) {
    try requireArgument(value > 0 && value.isFinite, argument, value, "a positive finite number")
}

/// Calls linear algebra and wraps its error.
func linearAlgebra<R>(_ body: () throws(LinearAlgebraError) -> R) throws(ArchitectureError) -> R {
    do throws(LinearAlgebraError) { return try body() } catch { throw .linearAlgebra(error) }
}
