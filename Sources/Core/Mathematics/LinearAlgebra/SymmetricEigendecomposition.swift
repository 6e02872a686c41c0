/// The eigenvalues and eigenvectors of a real symmetric matrix, A = V diag(λ) Vᵀ.
///
/// LAPACK's divide and conquer (`?syevd`), O(n³).
public struct SymmetricEigendecomposition<Scalar: LinearAlgebraScalar>: Sendable {
    /// The eigenvalues in ascending order.
    public let eigenvalues: DenseVector<Scalar>

    /// The orthonormal eigenvectors as columns, in the order of the eigenvalues.
    public let eigenvectors: DenseMatrix<Scalar>

    /// Decomposes a symmetric matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not symmetric (beyond rounding) or
    ///   not finite.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        (eigenvalues, eigenvectors) = try Self.decompose(matrix, vectors: true)
    }

    fileprivate static func decompose(
        _ matrix: DenseMatrix<Scalar>, vectors: Bool
    ) throws(LinearAlgebraError) -> (DenseVector<Scalar>, DenseMatrix<Scalar>) {
        try matrix.requireSymmetric("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        let values = Storage<Scalar>(repeating: 0, count: order)
        let work = matrix.storage.copy()
        if order > 0 {
            let status = Scalar.lapackSymmetricEigen(order, work.pointer, vectors: vectors, values: values.pointer)
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "syevd") }
        }
        return (DenseVector(storage: values), DenseMatrix(rows: order, columns: order, storage: work))
    }

    /// The symmetric matrix V diag(f(λ)) Vᵀ.
    public func applying(_ function: (Scalar) -> Scalar) -> DenseMatrix<Scalar> {
        eigenvectors.scalingColumns(by: eigenvalues.map(function)).multiplied(byTransposeOf: eigenvectors)
    }
}

extension DenseMatrix {
    /// The eigenvalues of a symmetric matrix in ascending order, without the eigenvectors.
    public func symmetricEigenvalues() throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try SymmetricEigendecomposition.decompose(self, vectors: false).0
    }
}
