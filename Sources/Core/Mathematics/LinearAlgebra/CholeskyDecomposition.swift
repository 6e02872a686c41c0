/// The Cholesky factor of a symmetric positive definite matrix, A = LLᵀ.
///
/// LAPACK's `?potrf`, n³/3 operations; each solve takes 2n² a right-hand side.
public struct CholeskyDecomposition<Scalar: LinearAlgebraScalar>: Sendable {
    /// The lower triangle L, zero above the diagonal.
    public let lower: DenseMatrix<Scalar>

    /// Factors a symmetric positive definite matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, symmetric, finite and positive definite.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try matrix.requireSymmetric("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        let work = matrix.storage.copy()
        if order > 0 {
            let minor = Scalar.lapackCholesky(order, work.pointer)
            if minor != 0 { throw .notPositiveDefinite(argument: "matrix", rows: order, leadingMinor: minor) }
        }
        for row in 0..<order {
            (work.pointer + row * order + row + 1).update(repeating: 0, count: order - row - 1)
        }
        lower = DenseMatrix(rows: order, columns: order, storage: work)
    }

    /// Solves AX = B.
    public func solve(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(lower.rows, "right", of: "matrix", lower.shapeText)
        let result = right.storage.copy()
        if right.count > 0 {
            _ = Scalar.lapackCholeskySolve(lower.rows, right.columns, lower.storage.pointer, result.pointer)
        }
        return DenseMatrix(rows: right.rows, columns: right.columns, storage: result)
    }

    /// Solves Ax = b.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try solve(right.asColumn).flattened
    }

    /// Solves LX = B, which whitens vectors of covariance A.
    public func solveLower(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(lower.rows, "right", of: "matrix", lower.shapeText)
        let result = right.storage.copy()
        if right.count > 0 {
            Scalar.blasTriangularSolve(
                lower.rows, right.columns, lower.storage.pointer, transposed: false, result.pointer)
        }
        return DenseMatrix(rows: right.rows, columns: right.columns, storage: result)
    }

    /// ln det A.
    public var logDeterminant: Scalar {
        Scalar(2 * lower.diagonal.reduce(0.0) { $0 + PortableFunctions.logarithm(Double($1)) })
    }

    /// The inverse A⁻¹. Prefer `solve`, which is faster and more accurate.
    public func inverse() throws(LinearAlgebraError) -> DenseMatrix<Scalar> { try solve(.identity(lower.rows)) }
}
