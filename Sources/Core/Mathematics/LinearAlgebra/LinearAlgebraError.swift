/// What can be wrong with the input of a decomposition or a solver.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// A matrix that must be square is not.
    case notSquare(argument: String, rows: Int, columns: Int)
    /// A matrix that must be symmetric is not, at the given element.
    case notSymmetric(argument: String, row: Int, column: Int, element: Double, mirrored: Double)
    /// A complex matrix that must be Hermitian is not, at the given element.
    case notHermitian(argument: String, row: Int, column: Int, element: String, mirrored: String)
    /// Two shapes do not fit.
    case shapeMismatch(argument: String, shape: String, other: String, otherShape: String, expected: String)
    /// An element is infinite or not a number.
    case notFinite(argument: String, index: Int, value: Double)
    /// A matrix is not positive definite: its leading minor of this order is not.
    case notPositiveDefinite(argument: String, rows: Int, leadingMinor: Int)
    /// A matrix is exactly singular: this pivot is zero.
    case singular(argument: String, rows: Int, pivot: Int)
    /// An iteration did not converge.
    case notConverged(argument: String, shape: String, routine: String)
    /// A number is out of its range.
    case outOfRange(argument: String, value: Double, expected: String)
    /// A matrix or vector without elements was given where at least one is needed.
    case empty(argument: String, shape: String)

    public var description: String {
        switch self {
        case .notSquare(let argument, let rows, let columns):
            "\(argument) has shape (\(rows), \(columns)): expected a square matrix"
        case .notSymmetric(let argument, let row, let column, let element, let mirrored):
            "\(argument)[\(row), \(column)] = \(element) but \(argument)[\(column), \(row)] = \(mirrored): "
                + "expected a symmetric matrix"
        case .notHermitian(let argument, let row, let column, let element, let mirrored):
            "\(argument)[\(row), \(column)] = \(element) but \(argument)[\(column), \(row)] = \(mirrored): "
                + "expected a Hermitian matrix, whose mirrored elements are complex conjugates"
        case .shapeMismatch(let argument, let shape, let other, let otherShape, let expected):
            "\(argument) has shape \(shape) and \(other) has shape \(otherShape): expected \(expected)"
        case .notFinite(let argument, let index, let value):
            "\(argument) holds \(value) at position \(index): expected finite numbers"
        case .notPositiveDefinite(let argument, let rows, let leadingMinor):
            "\(argument) of shape (\(rows), \(rows)) is not positive definite: "
                + "its leading minor of order \(leadingMinor) is not positive"
        case .singular(let argument, let rows, let pivot):
            "\(argument) of shape (\(rows), \(rows)) is singular: pivot \(pivot) is zero"
        case .notConverged(let argument, let shape, let routine):
            "\(routine) did not converge for \(argument) of shape \(shape)"
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .empty(let argument, let shape):
            "\(argument) has shape \(shape): expected at least one element"
        }
    }
}
