/// The factors of a square matrix by Gaussian elimination with row exchanges, PA = LU.
///
/// LAPACK's `?getrf`, 2n³/3 operations; each solve takes 2n² a right-hand side. The matrix without rows
/// has determinant 1.
public struct LUDecomposition<Scalar: BLASScalar>: Sendable {
    /// (L − 1 + U)ᵀ: LAPACK's column-major factors, seen row-major.
    private let factors: DenseMatrix<Scalar>
    private let exchanges: [Int32]
    private let matrix: DenseMatrix<Scalar>

    /// Factors a square matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not finite or exactly singular.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try matrix.requireSquare("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        let work = BLAS.transposedCopy(order, order, matrix.memory.pointer, rowStride: order)
        var pivots = [Int32](repeating: 0, count: order)
        if order > 0 {
            let zeroPivot = LAPACK.lu(order, order, work.pointer, pivots: &pivots)
            if zeroPivot != 0 { throw .singular(argument: "matrix", rows: order, pivot: zeroPivot) }
        }
        factors = DenseMatrix(rows: order, columns: order, storage: work)
        exchanges = pivots
        self.matrix = matrix
    }

    /// L: the unit lower triangle.
    public var lower: DenseMatrix<Scalar> {
        DenseMatrix(rows: factors.rows, columns: factors.rows) { $0 == $1 ? 1 : $0 > $1 ? factors[$1, $0] : 0 }
    }

    /// U: the upper triangle.
    public var upper: DenseMatrix<Scalar> {
        DenseMatrix(rows: factors.rows, columns: factors.rows) { $0 <= $1 ? factors[$1, $0] : 0 }
    }

    /// Which row of A each row of LU is: A.selectingRows(permutation) = LU.
    public var permutation: [Int] {
        var rows = Array(0..<factors.rows)
        for (row, other) in exchanges.enumerated() { rows.swapAt(row, Int(other) - 1) }
        return rows
    }

    /// Solves AX = B.
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A.
    public func solve(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(factors.rows, "right", of: "matrix", factors.shapeText)
        let result = right.selectingRows(permutation)
        let (order, columns) = (factors.rows, right.columns)
        BLAS.triangularSolve(
            order, columns, factors.memory.pointer, isLower: false, .transpose, unitDiagonal: true,
            result.memory.pointer)
        BLAS.triangularSolve(
            order, columns, factors.memory.pointer, isLower: true, .transpose, result.memory.pointer)
        return result
    }

    /// Solves Ax = b.
    ///
    /// - Throws: `LinearAlgebraError` if b has not as many scalars as A has rows.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(factors.rows, "right", of: "matrix", factors.shapeText)
        guard factors.rows > 0 else { return right }
        var result = right
        LAPACK.solveWithLU(factors.rows, 1, factors.memory.pointer, pivots: exchanges, result.mutablePointer)
        return result
    }

    /// The inverse A⁻¹. Prefer `solve`, which is faster and more accurate.
    public func inverse() throws(LinearAlgebraError) -> DenseMatrix<Scalar> { try solve(.identity(factors.rows)) }

    /// The determinant; overflows where `logAbsoluteDeterminant` does not.
    public var determinant: Scalar {
        let count = exchanges.enumerated().count { Int($0.element) != $0.offset + 1 }
        return factors.diagonal.reduce(count.isMultiple(of: 2) ? 1 : -1, *)
    }

    /// ln |det A|.
    public var logAbsoluteDeterminant: Scalar.RealScalar {
        Scalar.RealScalar(factors.diagonal.reduce(0.0) { $0 + PortableFunctions.logarithm(Double($1.modulus)) })
    }

    /// An estimate of 1 / (‖A‖₁‖A⁻¹‖₁) (`?gecon`): near the machine's precision, solutions mean nothing.
    public var reciprocalCondition: Scalar.RealScalar {
        guard factors.rows > 0 else { return 1 }
        var result: Scalar.RealScalar = 0
        _ = LAPACK.reciprocalCondition(factors.rows, factors.memory.pointer, norm: matrix.norm(.one), into: &result)
        return result
    }
}

extension DenseMatrix {
    /// Solves AX = B for a square matrix A.
    ///
    /// - Throws: `LinearAlgebraError` if A is not square, not finite or exactly singular, or the rows differ.
    public func solve(_ right: DenseMatrix) throws(LinearAlgebraError) -> DenseMatrix {
        try LUDecomposition(self).solve(right)
    }

    /// Solves Ax = b for a square matrix A.
    ///
    /// - Throws: `LinearAlgebraError` if A is not square, not finite or exactly singular, or b has not as
    ///   many scalars as A has rows.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try LUDecomposition(self).solve(right)
    }

    /// The inverse of a square matrix. Prefer `solve`, which is faster and more accurate.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not finite or exactly singular.
    public func inverse() throws(LinearAlgebraError) -> DenseMatrix { try LUDecomposition(self).inverse() }

    /// The determinant, by elimination: 1 of the matrix without rows, 0 of an exactly singular one.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite.
    public func determinant() throws(LinearAlgebraError) -> Scalar {
        do throws(LinearAlgebraError) {
            return try LUDecomposition(self).determinant
        } catch {
            if case .singular = error { return 0 }
            throw error
        }
    }
}
