import ComplexModule

/// The eigenvalues and eigenvectors of a Hermitian (symmetric, where real) matrix, A = V diag(λ) Vᴴ, or of
/// a pair with a positive definite second matrix, AV = BV diag(λ) with VᴴBV = 1.
///
/// LAPACK's divide and conquer (`?syevd`, `?heevd`, `?sygvd`, `?hegvd`), O(n³).
public struct SymmetricEigendecomposition<Scalar: BLASScalar>: Sendable {
    /// The eigenvalues in ascending order.
    public let eigenvalues: DenseVector<Scalar.RealScalar>

    /// The orthonormal eigenvectors as columns, in the order of the eigenvalues.
    public let eigenvectors: DenseMatrix<Scalar>

    /// Decomposes a Hermitian matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not Hermitian (beyond rounding) or
    ///   not finite.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        (eigenvalues, eigenvectors) = try Self.decompose(matrix, relativeTo: nil, vectors: true)
    }

    /// Solves Av = λBv.
    ///
    /// - Parameters:
    ///   - matrix: A, Hermitian.
    ///   - metric: B, Hermitian and positive definite, of the same shape.
    /// - Throws: `LinearAlgebraError` if a matrix is not square, not Hermitian (beyond rounding) or not
    ///   finite, the shapes differ, or B is not positive definite.
    public init(
        _ matrix: DenseMatrix<Scalar>, relativeTo metric: DenseMatrix<Scalar>
    ) throws(LinearAlgebraError) {
        (eigenvalues, eigenvectors) = try Self.decompose(matrix, relativeTo: metric, vectors: true)
    }

    fileprivate static func decompose(
        _ matrix: DenseMatrix<Scalar>, relativeTo metric: DenseMatrix<Scalar>?, vectors: Bool
    ) throws(LinearAlgebraError) -> (DenseVector<Scalar.RealScalar>, DenseMatrix<Scalar>) {
        try matrix.requireHermitian("matrix")
        let order = matrix.rows
        if let metric {
            try metric.requireHermitian("metric")
            try metric.requireRows(order, "metric", of: "matrix", matrix.shapeText)
        }
        let values = Storage<Scalar.RealScalar>(repeating: 0, count: order)
        let work = BLAS.workingCopy(matrix)
        guard order > 0 else { return ([], matrix) }
        // LAPACK sees Aᵀ = Ā, which has the same eigenvalues and the conjugate eigenvectors.
        if let metric {
            let factor = BLAS.workingCopy(metric)
            let status = LAPACK.hermitianEigen(
                order, work.pointer, relativeTo: factor.pointer, vectors: vectors, values: values.pointer)
            withExtendedLifetime(factor) {}
            if status > order {
                throw .notPositiveDefinite(argument: "metric", rows: order, leadingMinor: status - order)
            }
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "sygvd") }
        } else {
            let status = LAPACK.hermitianEigen(order, work.pointer, vectors: vectors, values: values.pointer)
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "syevd") }
        }
        let result = DenseMatrix(rows: order, columns: order, storage: work)
        return (DenseVector(storage: values), vectors ? result.adjoint : result)
    }

    /// The Hermitian matrix V diag(f(λ)) Vᴴ.
    public func applying(_ function: (Scalar.RealScalar) -> Scalar.RealScalar) -> DenseMatrix<Scalar> {
        let values = DenseVector<Scalar>(real: eigenvalues.map(function))
        return eigenvectors.scalingColumns(by: values).multiplied(byAdjointOf: eigenvectors)
    }
}

/// The eigenvalues and eigenvectors of a Hermitian complex matrix.
public typealias HermitianEigendecomposition<Real: LinearAlgebraScalar> = SymmetricEigendecomposition<Complex<Real>>

extension DenseMatrix {
    /// The eigenvalues of a Hermitian (symmetric, where real) matrix in ascending order, without the
    /// eigenvectors.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not Hermitian (beyond rounding) or not
    ///   finite.
    public func symmetricEigenvalues() throws(LinearAlgebraError) -> DenseVector<Scalar.RealScalar> {
        try SymmetricEigendecomposition.decompose(self, relativeTo: nil, vectors: false).0
    }

    /// The eigenvalues λ of Av = λBv in ascending order, for A Hermitian and B positive definite.
    ///
    /// - Throws: `LinearAlgebraError` if a matrix is not square, not Hermitian (beyond rounding) or not
    ///   finite, the shapes differ, or B is not positive definite.
    public func symmetricEigenvalues(
        relativeTo metric: DenseMatrix
    ) throws(LinearAlgebraError) -> DenseVector<Scalar.RealScalar> {
        try SymmetricEigendecomposition.decompose(self, relativeTo: metric, vectors: false).0
    }
}
