/// The factors of a matrix with orthonormal columns and upper triangular, A = QR, or AP = QR with columns
/// exchanged so that the diagonal of R falls in absolute value.
///
/// LAPACK's `?geqrf` (`?geqp3` with pivoting). For an m × n matrix with k = min(m, n): 2mnk − … operations.
public struct QRDecomposition<Scalar: BLASScalar>: Sendable {
    /// LAPACK's column-major factors, seen row-major: R above the diagonal's image, Householder vectors beyond.
    private let factors: DenseMatrix<Scalar>
    private let scales: DenseVector<Scalar>

    /// Which column of A each column of QR is: A.selectingColumns(permutation) = QR.
    public let permutation: [Int]

    /// The number of rows of A.
    public var rows: Int { factors.columns }

    /// The number of columns of A.
    public var columns: Int { factors.rows }

    /// Factors a matrix.
    ///
    /// - Parameters:
    ///   - matrix: the matrix A, m × n.
    ///   - pivoting: whether columns are exchanged, which reveals the rank.
    /// - Throws: `LinearAlgebraError` if the matrix is not finite.
    public init(_ matrix: DenseMatrix<Scalar>, pivoting: Bool = false) throws(LinearAlgebraError) {
        try matrix.requireFinite("matrix")
        let (rows, columns) = matrix.shape
        let work = BLAS.transposedCopy(rows, columns, matrix.memory.pointer, rowStride: columns)
        let scales = Storage<Scalar>(repeating: 0, count: min(rows, columns))
        var pivots = [Int32](repeating: 0, count: columns)
        if pivoting, matrix.count > 0 {
            _ = LAPACK.pivotedQR(rows, columns, work.pointer, pivots: &pivots, scales: scales.pointer)
            permutation = pivots.map { Int($0) - 1 }
        } else {
            if matrix.count > 0 { _ = LAPACK.qr(rows, columns, work.pointer, scales: scales.pointer) }
            permutation = Array(0..<columns)
        }
        factors = DenseMatrix(rows: columns, columns: rows, storage: work)
        self.scales = DenseVector(storage: scales)
    }

    /// The thin Q: m × k with orthonormal columns, k = min(m, n).
    public var orthogonal: DenseMatrix<Scalar> { formOrthogonal(min(rows, columns)) }

    /// The full Q: m × m and orthogonal (unitary, where complex).
    public var fullOrthogonal: DenseMatrix<Scalar> { formOrthogonal(rows) }

    /// R: k × n, upper triangular (trapezoidal where m < n).
    public var upper: DenseMatrix<Scalar> {
        var result = DenseMatrix(factors.view[0..<columns, 0..<min(rows, columns)].transposed)
        for row in 1..<max(result.rows, 1) {
            BLAS.fill(result.mutablePointer + row * columns, with: 0, min(row, columns))
        }
        return result
    }

    /// The number of diagonal elements of R above `tolerance` times the largest; meaningful with pivoting.
    ///
    /// - Parameter tolerance: by default the larger side of A times the machine's precision.
    public func rank(tolerance: Scalar.RealScalar? = nil) -> Int {
        let diagonal = factors.diagonal.map { Scalar($0.modulus) }
        let threshold = diagonal.maximumMagnitude
            * (tolerance ?? Scalar.RealScalar(max(rows, columns)) * Scalar.RealScalar.ulpOfOne)
        return diagonal.count { $0.realPart > threshold }
    }

    /// QᴴB, for the full Q, without forming it: m × B's columns.
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A.
    public func adjointOrthogonalMultiplied(
        by right: DenseMatrix<Scalar>
    ) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(rows, "right", of: "matrix", "(\(rows), \(columns))")
        guard right.count > 0, factors.count > 0 else { return right }
        let work = BLAS.transposedCopy(right.rows, right.columns, right.memory.pointer, rowStride: right.columns)
        _ = LAPACK.multiplyByQ(
            adjoint: true, rows, right.columns, min(rows, columns), factors.memory.pointer,
            scales: scales.memory.pointer, work.pointer)
        return DenseMatrix(rows: right.columns, columns: right.rows, storage: work).transposed
    }

    /// The X of least ‖AX − B‖ for a matrix of full column rank (m ≥ n).
    ///
    /// - Throws: `LinearAlgebraError` if B has not as many rows as A, A has fewer rows than columns, or a
    ///   diagonal element of R is zero.
    public func leastSquares(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        let shape = "(\(rows), \(columns))"
        if rows < columns {
            throw .shapeMismatch(
                argument: "matrix", shape: shape, other: "right", otherShape: right.shapeText,
                expected: "matrix to have at least as many rows as columns")
        }
        if let zero = factors.diagonal.firstIndex(of: 0) {
            throw .singular(argument: "matrix", rows: rows, pivot: zero + 1)
        }
        let rotated = try adjointOrthogonalMultiplied(by: right)[0..<columns, 0..<right.columns]
        var result = DenseMatrix<Scalar>.zeros(columns, right.columns)
        let triangle = upper
        BLAS.triangularSolve(
            columns, right.columns, triangle.memory.pointer, isLower: false, .identity, rotated.memory.pointer)
        for (position, column) in permutation.enumerated() { result.setRow(column, to: rotated.row(position)) }
        return result
    }

    /// The x of least ‖Ax − b‖ for a matrix of full column rank (m ≥ n).
    ///
    /// - Throws: `LinearAlgebraError` if b has not as many scalars as A has rows, A has fewer rows than
    ///   columns, or a diagonal element of R is zero.
    public func leastSquares(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(rows, "right", of: "matrix", "(\(rows), \(columns))")
        return try leastSquares(right.asColumn).flattened
    }

    private func formOrthogonal(_ count: Int) -> DenseMatrix<Scalar> {
        guard rows > 0, count > 0 else { return .zeros(rows, count) }
        guard columns > 0 else { return .identity(rows) }
        var work = DenseMatrix<Scalar>.zeros(count, rows)
        let filled = min(count, columns)
        work.setBlock(0..<filled, 0..<rows, to: factors.view[0..<filled, 0..<rows])
        _ = LAPACK.formQ(
            rows, count, min(rows, columns), work.mutablePointer, scales: scales.memory.pointer)
        return work.transposed
    }
}
