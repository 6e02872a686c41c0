/// The thin singular value decomposition of a matrix, A = U diag(s) Vᵀ.
///
/// LAPACK's divide and conquer (`?gesdd`). For an m × n matrix with k = min(m, n): O(mnk).
public struct SingularValueDecomposition<Scalar: LinearAlgebraScalar>: Sendable {
    /// U: the left singular vectors as columns, m × k.
    public let left: DenseMatrix<Scalar>

    /// The singular values in descending order, k of them.
    public let singularValues: DenseVector<Scalar>

    /// Vᵀ: the right singular vectors as rows, k × n.
    public let rightTransposed: DenseMatrix<Scalar>

    /// Decomposes a matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try matrix.requireFinite("matrix")
        let (rows, columns) = matrix.shape
        let rank = min(rows, columns)
        let values = Storage<Scalar>(repeating: 0, count: rank)
        let left = Storage<Scalar>(repeating: 0, count: rows * rank)
        let right = Storage<Scalar>(repeating: 0, count: rank * columns)
        if rank > 0 {
            let work = matrix.storage.copy()
            let status = Scalar.lapackSVD(
                rows, columns, work.pointer, values: values.pointer, left: left.pointer, right: right.pointer)
            if status != 0 { throw .notConverged(argument: "matrix", shape: matrix.shapeText, routine: "gesdd") }
        }
        self.left = DenseMatrix(rows: rows, columns: rank, storage: left)
        singularValues = DenseVector(storage: values)
        rightTransposed = DenseMatrix(rows: rank, columns: columns, storage: right)
    }

    /// The singular values below which a matrix computed in this precision cannot be told from one of
    /// lower rank: the largest times the larger side times the machine's precision.
    public var defaultTolerance: Scalar {
        (singularValues.first ?? 0) * Scalar(max(left.rows, rightTransposed.columns)) * Scalar.ulpOfOne
    }

    /// The number of singular values above a tolerance.
    public func rank(tolerance: Scalar? = nil) -> Int {
        singularValues.count { $0 > tolerance ?? defaultTolerance }
    }

    /// The ratio of the largest to the smallest singular value.
    public var conditionNumber: Scalar {
        guard let largest = singularValues.first, let smallest = singularValues.last else { return .nan }
        return largest / smallest
    }

    /// The Moore–Penrose pseudo-inverse V diag(1/s) Uᵀ over the singular values above a tolerance.
    public func pseudoInverse(tolerance: Scalar? = nil) -> DenseMatrix<Scalar> {
        let threshold = tolerance ?? defaultTolerance
        return rightTransposed.transposed.scalingColumns(by: singularValues.map { $0 > threshold ? 1 / $0 : 0 })
            .multiplied(byTransposeOf: left)
    }

    /// The x of least ‖x‖ among those of least ‖Ax − b‖.
    public func leastSquares(
        _ right: DenseVector<Scalar>, tolerance: Scalar? = nil
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(left.rows, "right", of: "matrix", "(\(left.rows), \(rightTransposed.columns))")
        let threshold = tolerance ?? defaultTolerance
        let coordinates = left.transposeMultiplied(by: right)
        return rightTransposed.transposeMultiplied(
            by: coordinates.combined(with: singularValues) { $1 > threshold ? $0 / $1 : 0 })
    }
}

extension DenseMatrix {
    /// The Moore–Penrose pseudo-inverse.
    ///
    /// - Parameter tolerance: singular values up to it count as zero; by default the largest times the
    ///   larger side times the machine's precision.
    public func pseudoInverse(tolerance: Scalar? = nil) throws(LinearAlgebraError) -> DenseMatrix {
        try SingularValueDecomposition(self).pseudoInverse(tolerance: tolerance)
    }

    /// The x of least ‖x‖ among those of least ‖Ax − b‖, for any shape and rank.
    public func leastSquares(
        _ right: DenseVector<Scalar>, tolerance: Scalar? = nil
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try SingularValueDecomposition(self).leastSquares(right, tolerance: tolerance)
    }
}
