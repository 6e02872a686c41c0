/// The Cholesky factor of a Hermitian (symmetric, where real) positive definite matrix, A = LLᴴ.
///
/// LAPACK's `?potrf`, n³/3 operations; each solve takes 2n² a right-hand side. The matrix without rows is
/// positive definite, with determinant 1.
public struct CholeskyDecomposition<Scalar: BLASScalar>: Sendable {
    /// The lower triangle L, zero above the diagonal, its diagonal real and positive.
    public private(set) var lower: DenseMatrix<Scalar>

    /// Factors a Hermitian positive definite matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, Hermitian, finite and positive definite.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try matrix.requireHermitian("matrix")
        let order = matrix.rows
        let work = BLAS.workingCopy(matrix)
        if order > 0 {
            let minor = LAPACK.cholesky(order, work.pointer)
            if minor != 0 { throw .notPositiveDefinite(argument: "matrix", rows: order, leadingMinor: minor) }
        }
        lower = DenseMatrix(rows: order, columns: order, storage: work).adjoint
        let pointer = lower.mutablePointer
        for row in 0..<order { BLAS.fill(pointer + row * order + row + 1, with: 0, order - row - 1) }
    }

    /// Solves AX = B.
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A.
    public func solve(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        var result = right
        try solve(inPlace: &result)
        return result
    }

    /// Solves Ax = b.
    ///
    /// - Throws: `LinearAlgebraError` if b has not as many scalars as A has rows.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(lower.rows, "right", of: "matrix", lower.shapeText)
        return try solve(right.asColumn).flattened
    }

    /// Replaces B by the X that solves AX = B.
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A.
    public func solve(inPlace right: inout DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try right.requireRows(lower.rows, "right", of: "matrix", lower.shapeText)
        right.makeUnique()
        let order = lower.rows
        for operation in [BLAS.Operation.identity, .adjoint] {
            BLAS.triangularSolve(
                order, right.columns, lower.memory.pointer, isLower: true, operation, right.memory.pointer)
        }
    }

    /// Solves LX = B, which whitens vectors of covariance A.
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A.
    public func solveLower(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(lower.rows, "right", of: "matrix", lower.shapeText)
        let result = right.storage.copy()
        BLAS.triangularSolve(
            lower.rows, right.columns, lower.memory.pointer, isLower: true, .identity, result.pointer)
        return DenseMatrix(rows: right.rows, columns: right.columns, storage: result)
    }

    /// Solves Lx = b; ‖x‖² is the squared Mahalanobis norm bᴴA⁻¹b.
    ///
    /// - Throws: `LinearAlgebraError` if b has not as many scalars as A has rows.
    public func solveLower(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(lower.rows, "right", of: "matrix", lower.shapeText)
        return try solveLower(right.asColumn).flattened
    }

    /// ln det A.
    public var logDeterminant: Scalar.RealScalar {
        Scalar.RealScalar(2 * lower.diagonal.reduce(0.0) { $0 + PortableFunctions.logarithm(Double($1.realPart)) })
    }

    /// The inverse A⁻¹. Prefer `solve`, which is faster and more accurate.
    public func inverse() throws(LinearAlgebraError) -> DenseMatrix<Scalar> { try solve(.identity(lower.rows)) }

    /// Makes this the factor of A + xxᴴ. O(n²).
    ///
    /// - Throws: `LinearAlgebraError` if x has not as many scalars as A has rows, or is not finite.
    public mutating func update(adding vector: DenseVector<Scalar>) throws(LinearAlgebraError) {
        try rotate(vector, sign: 1)
    }

    /// Makes this the factor of A − xxᴴ. O(n²).
    ///
    /// Hyperbolic rotations in Chambers' mixed form: the error grows as A − xxᴴ comes near to a singular
    /// matrix.
    ///
    /// - Throws: `LinearAlgebraError` if x has not as many scalars as A has rows or is not finite, or if
    ///   A − xxᴴ is not positive definite; the factor stays as it was then.
    public mutating func downdate(subtracting vector: DenseVector<Scalar>) throws(LinearAlgebraError) {
        try rotate(vector, sign: -1)
    }

    private mutating func rotate(
        _ vector: DenseVector<Scalar>, sign: Scalar.RealScalar
    ) throws(LinearAlgebraError) {
        try vector.requireCount(lower.rows, "vector", of: "matrix", lower.shapeText)
        try vector.requireFinite("vector")
        let work = lower.storage.copy()
        let failed = BLAS.rotateTriangle(lower.rows, work.pointer, vector.memory.pointer, subtracting: sign < 0)
        if failed > 0 {
            throw .notPositiveDefinite(argument: "matrix − vector·vectorᴴ", rows: lower.rows, leadingMinor: failed)
        }
        lower = DenseMatrix(rows: lower.rows, columns: lower.columns, storage: work)
    }
}

/// The Cholesky factor of a Hermitian positive semidefinite matrix with diagonal pivoting, PᵀAP = LLᴴ.
///
/// LAPACK's `?pstrf`. In each step the largest remaining diagonal element is the pivot, so that the first
/// r columns are a good approximation of rank r: A[permutation, permutation] = LLᴴ up to `tolerance`.
public struct PivotedCholeskyDecomposition<Scalar: BLASScalar>: Sendable {
    /// L: n × rank, lower trapezoidal.
    public let lower: DenseMatrix<Scalar>

    /// Which row and column of A each row of L stands for.
    public let permutation: [Int]

    /// The number of pivots above the tolerance.
    public var rank: Int { lower.columns }

    /// Factors a Hermitian positive semidefinite matrix.
    ///
    /// A negative eigenvalue is not noticed unless it is met as a pivot, where the factorisation stops.
    ///
    /// - Parameters:
    ///   - matrix: the matrix A, n × n.
    ///   - tolerance: pivots up to it end the factorisation; by default n · ε · the largest diagonal element.
    /// - Throws: `LinearAlgebraError` if the matrix is not square, Hermitian and finite.
    public init(_ matrix: DenseMatrix<Scalar>, tolerance: Scalar.RealScalar? = nil) throws(LinearAlgebraError) {
        try matrix.requireHermitian("matrix")
        let order = matrix.rows
        let work = BLAS.workingCopy(matrix)
        var pivots = [Int32](repeating: 0, count: order)
        var rank: Int32 = 0
        if order > 0, matrix.diagonal.contains(where: { $0.realPart > 0 }) {
            _ = LAPACK.pivotedCholesky(
                order, work.pointer, pivots: &pivots, rank: &rank, tolerance: tolerance.map(Double.init) ?? -1)
            permutation = pivots.map { Int($0) - 1 }
        } else {
            permutation = Array(0..<order)
        }
        let factor = DenseMatrix(rows: order, columns: order, storage: work)
        var lower = DenseMatrix<Scalar>.zeros(order, Int(rank))
        for row in 0..<order {
            let length = Swift.min(row + 1, Int(rank))
            lower.setBlock(row..<row + 1, 0..<length, to: factor.view[row..<row + 1, 0..<length])
        }
        self.lower = lower
    }
}
