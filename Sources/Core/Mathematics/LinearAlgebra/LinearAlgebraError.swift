/// What can be wrong with the input of a decomposition or a solver.
public enum LinearAlgebraError: Error, Equatable, CustomStringConvertible {
    /// A matrix that must be square is not.
    case notSquare(argument: String, rows: Int, columns: Int)
    /// A matrix that must be symmetric is not, at the given element.
    case notSymmetric(argument: String, row: Int, column: Int, element: Double, mirrored: Double)
    /// Two shapes do not fit.
    case shapeMismatch(argument: String, shape: String, other: String, otherShape: String, expected: String)
    /// An element is infinite or not a number.
    case notFinite(argument: String, index: Int, value: Double)
    /// A matrix is not positive definite: its leading minor of this order is not.
    case notPositiveDefinite(argument: String, rows: Int, leadingMinor: Int)
    /// A matrix is exactly singular: this pivot is zero.
    case singular(argument: String, rows: Int, pivot: Int)
    /// An iteration of LAPACK did not converge.
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

extension DenseVector {
    func requireFinite(_ argument: String) throws(LinearAlgebraError) {
        // NaN and infinity survive a sum of x·0; a second look finds where.
        guard withUnsafeBufferPointer({ $0.reduce(Scalar(0)) { $0 + $1 * 0 } }) != 0 else { return }
        for (index, value) in enumerated() where !value.isFinite {
            throw .notFinite(argument: argument, index: index, value: Double(value))
        }
    }
}

extension DenseMatrix {
    func requireFinite(_ argument: String) throws(LinearAlgebraError) { try flattened.requireFinite(argument) }

    func requireSquare(_ argument: String) throws(LinearAlgebraError) {
        if rows != columns { throw .notSquare(argument: argument, rows: rows, columns: columns) }
    }

    func requireNotEmpty(_ argument: String) throws(LinearAlgebraError) {
        if count == 0 { throw .empty(argument: argument, shape: shapeText) }
    }

    /// Allows the rounding of products that are symmetric in exact arithmetic.
    func requireSymmetric(_ argument: String) throws(LinearAlgebraError) {
        try requireSquare(argument)
        let tolerance = Scalar(max(rows, 1)) * 16 * Scalar.ulpOfOne * maximumMagnitude
        for row in 0..<rows {
            for column in 0..<row where (self[row, column] - self[column, row]).magnitude > tolerance {
                throw .notSymmetric(
                    argument: argument, row: row, column: column, element: Double(self[row, column]),
                    mirrored: Double(self[column, row]))
            }
        }
    }

    func requireRows(
        _ rows: Int, _ argument: String, of other: String, _ otherShape: String
    ) throws(LinearAlgebraError) {
        if self.rows != rows {
            throw .shapeMismatch(
                argument: argument, shape: shapeText, other: other, otherShape: otherShape,
                expected: "\(argument) to have \(rows) rows")
        }
    }
}

extension DenseVector {
    func requireCount(
        _ count: Int, _ argument: String, of other: String, _ otherShape: String
    ) throws(LinearAlgebraError) {
        if self.count != count {
            throw .shapeMismatch(
                argument: argument, shape: "(\(self.count))", other: other, otherShape: otherShape,
                expected: "\(argument) to have \(count) elements")
        }
    }

    /// The vector as a matrix of one column on the same memory.
    var asColumn: DenseMatrix<Scalar> { DenseMatrix(rows: count, columns: 1, self) }
}
