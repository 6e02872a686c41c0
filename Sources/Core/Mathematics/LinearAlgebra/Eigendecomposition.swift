import COpenBLAS
import ComplexModule

/// The eigenvalues and right eigenvectors of a general square matrix, AV = V diag(λ), complex where need be.
///
/// LAPACK's `?geev` (balancing, Hessenberg form, shifted QR), about 25n³ operations. The eigenvalues of a
/// real matrix come as real numbers and conjugate pairs, the one of positive imaginary part first.
public struct Eigendecomposition<Scalar: BLASScalar>: Sendable {
    /// A complex number of the same precision.
    public typealias ComplexScalar = Complex<Scalar.RealScalar>

    /// The eigenvalues, in the order in which LAPACK finds them.
    public let eigenvalues: DenseVector<ComplexScalar>

    /// The eigenvectors of Euclidean norm 1 as columns. Of a defective matrix they are dependent.
    public let eigenvectors: DenseMatrix<ComplexScalar>

    /// The left eigenvectors u of Euclidean norm 1 as columns, uᴴA = λuᴴ, if they were asked for.
    public let leftEigenvectors: DenseMatrix<ComplexScalar>?

    /// Decomposes a square matrix.
    ///
    /// - Parameters:
    ///   - matrix: the matrix A, n × n.
    ///   - includingLeft: whether the left eigenvectors are computed too.
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or the iteration fails.
    public init(_ matrix: DenseMatrix<Scalar>, includingLeft: Bool = false) throws(LinearAlgebraError) {
        let order = matrix.rows
        let left: Storage<Scalar>? = includingLeft ? BLAS.working(order, order) : nil
        let right: Storage<Scalar> = BLAS.working(order, order)
        let values = try Self.decompose(matrix, left: left?.pointer, right: right.pointer)
        eigenvalues = values
        leftEigenvectors = left.map { complexVectors($0, order, values) }
        eigenvectors = complexVectors(right, order, values)
    }

    fileprivate static func decompose(
        _ matrix: DenseMatrix<Scalar>, left: UnsafeMutablePointer<Scalar>?, right: UnsafeMutablePointer<Scalar>?
    ) throws(LinearAlgebraError) -> DenseVector<ComplexScalar> {
        try matrix.requireSquare("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        guard order > 0 else { return [] }
        let work = BLAS.transposedCopy(order, order, matrix.memory.pointer, rowStride: order)
        let values = DenseVector<Scalar>.zeros(order)
        let imaginary = DenseVector<Scalar>.zeros(order)
        let status = LAPACK.eigen(
            order, work.pointer, values: values.memory.pointer, imaginary: imaginary.memory.pointer, left: left,
            right: right)
        withExtendedLifetime(work) {}
        if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "geev") }
        return complexValues(values, imaginary)
    }
}

/// The solutions of Av = λBv for general square matrices, λ = α/β (infinite where β is 0).
///
/// LAPACK's `?ggev` (QZ), about 60n³ operations.
public struct GeneralizedEigendecomposition<Scalar: BLASScalar>: Sendable {
    /// A complex number of the same precision.
    public typealias ComplexScalar = Complex<Scalar.RealScalar>

    /// The numerators of the eigenvalues.
    public let numerators: DenseVector<ComplexScalar>

    /// The denominators of the eigenvalues; 0 (beside a numerator that is not) where B is singular.
    public let denominators: DenseVector<ComplexScalar>

    /// The eigenvectors as columns, their largest |re| + |im| equal to 1.
    public let eigenvectors: DenseMatrix<ComplexScalar>

    /// The eigenvalues α/β.
    public var eigenvalues: DenseVector<ComplexScalar> { numerators ./ denominators }

    /// Solves Av = λBv.
    ///
    /// - Throws: `LinearAlgebraError` if a matrix is not square or not finite, the shapes differ, or the
    ///   iteration fails.
    public init(
        _ matrix: DenseMatrix<Scalar>, relativeTo metric: DenseMatrix<Scalar>
    ) throws(LinearAlgebraError) {
        try matrix.requireSquare("matrix")
        try matrix.requireFinite("matrix")
        try metric.requireSquare("metric")
        try metric.requireFinite("metric")
        try metric.requireRows(matrix.rows, "metric", of: "matrix", matrix.shapeText)
        let order = matrix.rows
        guard order > 0 else {
            (numerators, denominators, eigenvectors) = ([], [], .zeros(0, 0))
            return
        }
        let a = BLAS.transposedCopy(order, order, matrix.memory.pointer, rowStride: order)
        let b = BLAS.transposedCopy(order, order, metric.memory.pointer, rowStride: order)
        let alpha = DenseVector<Scalar>.zeros(order)
        let imaginary = DenseVector<Scalar>.zeros(order)
        let beta = DenseVector<Scalar>.zeros(order)
        let vectors = Storage<Scalar>(repeating: 0, count: order * order)
        let status = LAPACK.eigen(
            order, a.pointer, relativeTo: b.pointer, values: alpha.memory.pointer,
            imaginary: imaginary.memory.pointer, beta: beta.memory.pointer, right: vectors.pointer)
        withExtendedLifetime((a, b)) {}
        if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "ggev") }
        numerators = complexValues(alpha, imaginary)
        denominators = beta.complex
        eigenvectors = complexVectors(vectors, order, numerators)
    }
}

private func complexValues<Scalar: BLASScalar>(
    _ values: DenseVector<Scalar>, _ imaginary: DenseVector<Scalar>
) -> DenseVector<Complex<Scalar.RealScalar>> {
    Scalar.blasType.isComplex
        ? values.complex : DenseVector(real: values.realParts, imaginary: imaginary.realParts)
}

/// Column-major eigenvectors, of which a conjugate pair of a real matrix shares two columns.
private func complexVectors<Scalar: BLASScalar>(
    _ vectors: Storage<Scalar>, _ order: Int, _ eigenvalues: DenseVector<Complex<Scalar.RealScalar>>
) -> DenseMatrix<Complex<Scalar.RealScalar>> {
    if Scalar.blasType.isComplex {
        return DenseMatrix(rows: order, columns: order, storage: vectors).complex.transposed
    }
    var result = DenseMatrix<Complex<Scalar.RealScalar>>.zeros(order, order)
    typed_paired_eigenvectors(
        Scalar.blasType.rawValue, order, vectors.pointer, eigenvalues.memory.pointer, result.mutablePointer)
    return result
}

extension DenseMatrix {
    /// The eigenvalues of a general square matrix, without eigenvectors; see `Eigendecomposition`.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or the iteration fails.
    public func eigenvalues() throws(LinearAlgebraError) -> DenseVector<Complex<Scalar.RealScalar>> {
        try Eigendecomposition.decompose(self, left: nil, right: nil)
    }

    /// The largest absolute value of an eigenvalue; 0 of the matrix without rows.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or the iteration fails.
    public func spectralRadius() throws(LinearAlgebraError) -> Scalar.RealScalar {
        try eigenvalues().maximumMagnitude
    }
}

/// The Schur form of a square matrix, A = ZTZᴴ with Z unitary and T upper triangular.
///
/// LAPACK's `?gees`, about 25n³ operations. The form of a real matrix comes from its real Schur form, by a complex
/// rotation for each conjugate pair of eigenvalues.
public struct SchurDecomposition<Real: LinearAlgebraScalar>: Sendable {
    /// Z: the Schur vectors as columns.
    public let vectors: DenseMatrix<Complex<Real>>

    /// T: upper triangular, the eigenvalues on its diagonal.
    public let triangle: DenseMatrix<Complex<Real>>

    /// Decomposes a square matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square or not finite, or the iteration fails.
    public init<Scalar: BLASScalar>(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError)
    where Scalar.RealScalar == Real {
        try matrix.requireSquare("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        let work = BLAS.transposedCopy(order, order, matrix.memory.pointer, rowStride: order)
        let basis: Storage<Scalar> = BLAS.working(order, order)
        if order > 0 {
            let values = DenseVector<Scalar>.zeros(order), imaginary = DenseVector<Scalar>.zeros(order)
            let status = LAPACK.schur(
                order, work.pointer, values: values.memory.pointer, imaginary: imaginary.memory.pointer,
                vectors: basis.pointer)
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "gees") }
        }
        if Scalar.blasType.isComplex {
            vectors = DenseMatrix(rows: order, columns: order, storage: basis).complex.transposed
            triangle = DenseMatrix(rows: order, columns: order, storage: work).complex.transposed.triangle(.upper)
        } else {
            var vectors = DenseMatrix<Complex<Real>>.zeros(order, order)
            var triangle = vectors
            typed_complex_schur_form(
                Scalar.blasType.rawValue, order, work.pointer, basis.pointer, triangle.mutablePointer,
                vectors.mutablePointer)
            withExtendedLifetime((work, basis)) {}
            self.vectors = vectors
            self.triangle = triangle.triangle(.upper)
        }
    }
}
