/// Which triangle of a matrix is meant.
public enum Triangle: Sendable {
    /// The diagonal and what is below.
    case lower
    /// The diagonal and what is above.
    case upper
}

extension DenseMatrix {
    /// The triangle of this matrix, with zeros elsewhere.
    public func triangle(_ triangle: Triangle) -> DenseMatrix {
        var result = self
        let pointer = result.mutablePointer
        for row in 0..<rows {
            switch triangle {
            case .lower:
                let first = Swift.min(row + 1, columns)
                BLAS.fill(pointer + row * columns + first, with: 0, columns - first)
            case .upper:
                BLAS.fill(pointer + row * columns, with: 0, Swift.min(row, columns))
            }
        }
        return result
    }

    /// Solves TX = B, TᵀX = B or TᴴX = B, where T is a triangle of this square matrix; the rest is not read.
    ///
    /// - Parameters:
    ///   - triangle: which triangle T is.
    ///   - right: B, as many rows as T.
    ///   - transposed: whether Tᴴ (Tᵀ where real) stands in place of T.
    ///   - unitDiagonal: whether the diagonal counts as ones.
    /// - Throws: `LinearAlgebraError` if the matrix is not square, a diagonal element is zero or the rows
    ///   differ. NaN and infinity pass through.
    public func solveTriangular(
        _ triangle: Triangle, _ right: DenseMatrix, transposed: Bool = false, unitDiagonal: Bool = false
    ) throws(LinearAlgebraError) -> DenseMatrix {
        try requireSquare("matrix")
        try right.requireRows(rows, "right", of: "matrix", shapeText)
        if !unitDiagonal, let zero = diagonal.firstIndex(of: 0) {
            throw .singular(argument: "matrix", rows: rows, pivot: zero + 1)
        }
        var result = right
        BLAS.triangularSolve(
            rows, right.columns, memory.pointer, isLower: triangle == .lower, transposed ? .adjoint : .identity,
            unitDiagonal: unitDiagonal, result.mutablePointer)
        return result
    }

    /// Solves Tx = b, Tᵀx = b or Tᴴx = b, where T is a triangle of this square matrix; the rest is not read.
    ///
    /// - Parameters:
    ///   - triangle: which triangle T is.
    ///   - right: b, as many scalars as T has rows.
    ///   - transposed: whether Tᴴ (Tᵀ where real) stands in place of T.
    ///   - unitDiagonal: whether the diagonal counts as ones.
    /// - Throws: `LinearAlgebraError` if the matrix is not square, a diagonal element is zero or b has not as
    ///   many scalars as T has rows. NaN and infinity pass through.
    public func solveTriangular(
        _ triangle: Triangle, _ right: DenseVector<Scalar>, transposed: Bool = false, unitDiagonal: Bool = false
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(rows, "right", of: "matrix", shapeText)
        return try solveTriangular(
            triangle, right.asColumn, transposed: transposed, unitDiagonal: unitDiagonal
        ).flattened
    }
}
