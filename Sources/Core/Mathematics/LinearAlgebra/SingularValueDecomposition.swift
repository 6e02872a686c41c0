/// The singular value decomposition of a matrix, A = U diag(s) Vᴴ (Vᵀ where real).
///
/// LAPACK's divide and conquer (`?gesdd`), and QR iterations (`?gesvd`) on the rare matrix where that
/// fails. For an m × n matrix with k = min(m, n): O(mnk).
public struct SingularValueDecomposition<Scalar: BLASScalar>: Sendable {
    /// U: the left singular vectors as columns, m × k (m × m of a full decomposition).
    public let left: DenseMatrix<Scalar>

    /// The singular values in descending order, k of them.
    public let singularValues: DenseVector<Scalar.RealScalar>

    /// Vᴴ: the (conjugate) right singular vectors as rows, k × n (n × n of a full decomposition).
    public let rightTransposed: DenseMatrix<Scalar>

    /// How many singular vectors are computed.
    public enum Size: Sendable {
        /// min(m, n) on each side.
        case thin
        /// m on the left and n on the right: two orthogonal (unitary) matrices.
        case full
    }

    /// Decomposes a matrix.
    ///
    /// - Parameters:
    ///   - matrix: the matrix A, m × n.
    ///   - size: how many singular vectors are computed.
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public init(_ matrix: DenseMatrix<Scalar>, _ size: Size = .thin) throws(LinearAlgebraError) {
        try matrix.requireFinite("matrix")
        let (rows, columns) = matrix.shape
        let rank = min(rows, columns)
        let (leftCount, rightCount) = size == .thin ? (rank, rank) : (rows, columns)
        guard rank > 0 else {
            left = DenseMatrix(rows: rows, columns: leftCount) { $0 == $1 ? 1 : 0 }
            singularValues = []
            rightTransposed = DenseMatrix(rows: rightCount, columns: columns) { $0 == $1 ? 1 : 0 }
            return
        }
        let values = Storage<Scalar.RealScalar>(repeating: 0, count: rank)
        let left: Storage<Scalar> = BLAS.working(rows, leftCount)
        let right: Storage<Scalar> = BLAS.working(rightCount, columns)
        if 2 * rows > 3 * columns {
            // LAPACK's way for many rows is faster than that for many columns, by more than the copies cost.
            let work = BLAS.transposedCopy(rows, columns, matrix.memory.pointer, rowStride: columns)
            let status = LAPACK.svd(
                rows, columns, work.pointer, values: values.pointer, size == .thin ? .thin : .full,
                left: left.pointer, rightAdjoint: right.pointer)
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "gesdd") }
            self.left = DenseMatrix(rows: leftCount, columns: rows, storage: left).transposed
            singularValues = DenseVector(storage: values)
            rightTransposed = DenseMatrix(rows: columns, columns: rightCount, storage: right).transposed
            return
        }
        let work = BLAS.workingCopy(matrix)
        // LAPACK sees Aᵀ = V̄ diag(s) Uᵀ: its left vectors, column-major, are Vᴴ row-major; its right ones U.
        let status = LAPACK.svd(
            columns, rows, work.pointer, values: values.pointer, size == .thin ? .thin : .full,
            left: right.pointer, rightAdjoint: left.pointer)
        if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "gesdd") }
        self.left = DenseMatrix(rows: rows, columns: leftCount, storage: left)
        singularValues = DenseVector(storage: values)
        rightTransposed = DenseMatrix(rows: rightCount, columns: columns, storage: right)
    }

    /// A decomposition from its parts: m × k, k, k × n.
    init(
        left: DenseMatrix<Scalar>, singularValues: DenseVector<Scalar.RealScalar>,
        rightTransposed: DenseMatrix<Scalar>
    ) {
        self.left = left
        self.singularValues = singularValues
        self.rightTransposed = rightTransposed
    }

    /// The largest `rank` singular values and their vectors: the nearest matrix of that rank, in the
    /// spectral and in the Frobenius norm.
    public func truncated(to rank: Int) -> SingularValueDecomposition {
        precondition(rank >= 0, "a rank must not be negative, got \(rank)")
        let rank = min(rank, singularValues.count)
        return SingularValueDecomposition(
            left: left[0..<left.rows, 0..<rank], singularValues: DenseVector(singularValues.view(0..<rank)),
            rightTransposed: rightTransposed[0..<rank, 0..<rightTransposed.columns])
    }

    /// The product U diag(s) Vᴴ.
    public var product: DenseMatrix<Scalar> {
        let count = singularValues.count
        return left[0..<left.rows, 0..<count].scalingColumns(by: DenseVector(real: singularValues))
            * rightTransposed[0..<count, 0..<rightTransposed.columns]
    }

    /// The singular values below which a matrix computed in this precision cannot be told from one of
    /// lower rank: the largest times the larger side times the machine's precision.
    public var defaultTolerance: Scalar.RealScalar {
        (singularValues.first ?? 0) * Scalar.RealScalar(max(left.rows, rightTransposed.columns))
            * Scalar.RealScalar.ulpOfOne
    }

    /// The number of singular values above a tolerance.
    public func rank(tolerance: Scalar.RealScalar? = nil) -> Int {
        singularValues.count { $0 > tolerance ?? defaultTolerance }
    }

    /// The ratio of the largest to the smallest singular value; NaN of a matrix without elements.
    public var conditionNumber: Scalar.RealScalar {
        guard let largest = singularValues.first, let smallest = singularValues.last else { return .nan }
        return largest / smallest
    }

    /// The Moore–Penrose pseudo-inverse V diag(1/s) Uᴴ over the singular values above a tolerance.
    public func pseudoInverse(tolerance: Scalar.RealScalar? = nil) -> DenseMatrix<Scalar> {
        let thin = truncated(to: rank(tolerance: tolerance))
        let inverses = DenseVector<Scalar>(real: 1 / thin.singularValues)
        return thin.rightTransposed.scalingRows(by: inverses).adjointMultiplied(by: thin.left.adjoint)
    }

    /// The x of least ‖x‖ among those of least ‖Ax − b‖.
    ///
    /// - Throws: `LinearAlgebraError` if b has not as many scalars as A has rows.
    public func leastSquares(
        _ right: DenseVector<Scalar>, tolerance: Scalar.RealScalar? = nil
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(left.rows, "right", of: "matrix", "(\(left.rows), \(rightTransposed.columns))")
        let thin = truncated(to: rank(tolerance: tolerance))
        let coordinates = thin.left.adjointMultiplied(by: right)
        return thin.rightTransposed.adjointMultiplied(by: coordinates ./ DenseVector(real: thin.singularValues))
    }
}

extension DenseMatrix {
    /// The singular values in descending order, without vectors.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public func singularValues() throws(LinearAlgebraError) -> DenseVector<Scalar.RealScalar> {
        try requireFinite("matrix")
        guard count > 0 else { return [] }
        let values = Storage<Scalar.RealScalar>(repeating: 0, count: Swift.min(rows, columns))
        let work = BLAS.workingCopy(self)
        let status = LAPACK.svd(
            columns, rows, work.pointer, values: values.pointer, .none, left: nil, rightAdjoint: nil)
        if status != 0 { throw .notConverged(argument: "matrix", shape: shapeText, routine: "gesdd") }
        withExtendedLifetime(work) {}
        return DenseVector(storage: values)
    }

    /// The number of singular values above a tolerance: by default the largest times the larger side times
    /// the machine's precision.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public func rank(tolerance: Scalar.RealScalar? = nil) throws(LinearAlgebraError) -> Int {
        let values = try singularValues()
        let threshold = (values.first ?? 0) * Scalar.RealScalar(Swift.max(rows, columns)) * Scalar.RealScalar.ulpOfOne
        return values.count { $0 > tolerance ?? threshold }
    }

    /// The ratio of the largest to the smallest singular value: infinite of a singular matrix, NaN of one
    /// without elements or of zeros.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public func conditionNumber() throws(LinearAlgebraError) -> Scalar.RealScalar {
        let values = try singularValues()
        guard let largest = values.first, let smallest = values.last else { return .nan }
        return largest / smallest
    }

    /// The Moore–Penrose pseudo-inverse.
    ///
    /// - Parameter tolerance: singular values up to it count as zero; by default the largest times the
    ///   larger side times the machine's precision.
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public func pseudoInverse(tolerance: Scalar.RealScalar? = nil) throws(LinearAlgebraError) -> DenseMatrix {
        try SingularValueDecomposition(self).pseudoInverse(tolerance: tolerance)
    }
}
