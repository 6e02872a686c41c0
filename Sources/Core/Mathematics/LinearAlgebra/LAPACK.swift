import COpenBLAS

/// LAPACK for any element type. Arrays are column-major and dense (the leading dimension is the number
/// of rows); a row-major matrix is the transpose of what LAPACK sees. The results are LAPACK's `info`.
enum LAPACK {
    /// A = LLᴴ: on a row-major matrix, Lᴴ in its upper triangle.
    static func cholesky<S: BLASScalar>(_ order: Int, _ a: UnsafeMutablePointer<S>) -> Int {
        // LAPACK sees Aᵀ = Ā = MMᴴ and leaves M, column-major: Mᵀ = Lᴴ row-major. The other triangle would
        // need no transposition but is a third slower.
        Int(typed_potrf(S.blasType.rawValue, letter("L"), Int32(order), a, leading(order)))
    }

    /// PA = LU.
    static func lu<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<S>, pivots: UnsafeMutablePointer<Int32>
    ) -> Int {
        Int(typed_getrf(S.blasType.rawValue, Int32(rows), Int32(columns), a, leading(rows), pivots))
    }

    /// AX = B from those factors, B column-major.
    static func solveWithLU<S: BLASScalar>(
        _ order: Int, _ columns: Int, _ factors: UnsafePointer<S>, pivots: [Int32], _ b: UnsafeMutablePointer<S>
    ) {
        _ = typed_getrs(S.blasType.rawValue, Int32(order), Int32(columns), factors, pivots, b)
    }

    /// An estimate of 1/κ₁(A) from the LU factors.
    static func reciprocalCondition<S: BLASScalar>(
        _ order: Int, _ factors: UnsafePointer<S>, norm: S.RealScalar, into result: inout S.RealScalar
    ) -> Int {
        withUnsafeMutablePointer(to: &result) {
            Int(
                typed_gecon(
                    S.blasType.rawValue, letter("1"), Int32(order), factors, leading(order), Double(norm), $0))
        }
    }

    /// A = QR: R and the Householder vectors in `a`.
    static func qr<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<S>, scales: UnsafeMutablePointer<S>
    ) -> Int {
        Int(typed_geqrf(S.blasType.rawValue, Int32(rows), Int32(columns), a, leading(rows), scales))
    }

    /// AP = QR with column pivoting; the pivots count from 1.
    static func pivotedQR<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<S>, pivots: UnsafeMutablePointer<Int32>,
        scales: UnsafeMutablePointer<S>
    ) -> Int {
        Int(typed_geqp3(S.blasType.rawValue, Int32(rows), Int32(columns), a, leading(rows), pivots, scales))
    }

    /// The first `columns` columns of the product of `reflectors` Householder reflections.
    static func formQ<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ reflectors: Int, _ a: UnsafeMutablePointer<S>, scales: UnsafePointer<S>
    ) -> Int {
        Int(
            typed_orgqr(
                S.blasType.rawValue, Int32(rows), Int32(columns), Int32(reflectors), a, leading(rows), scales))
    }

    /// B ← QB or QᴴB for the product Q of `reflectors` Householder reflections.
    static func multiplyByQ<S: BLASScalar>(
        adjoint: Bool, _ rows: Int, _ columns: Int, _ reflectors: Int, _ a: UnsafePointer<S>,
        scales: UnsafePointer<S>, _ b: UnsafeMutablePointer<S>
    ) -> Int {
        Int(
            typed_ormqr(
                S.blasType.rawValue, adjoint ? 1 : 0, Int32(rows), Int32(columns), Int32(reflectors), a,
                leading(rows), scales, b, leading(rows)))
    }

    /// PᵀAP = LLᴴ with diagonal pivoting, stopping at pivots up to the tolerance (or, where it is negative,
    /// n·ε·max aᵢᵢ): on a row-major matrix, L in its lower triangle. The pivots count from 1.
    static func pivotedCholesky<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, pivots: UnsafeMutablePointer<Int32>, rank: inout Int32,
        tolerance: Double
    ) -> Int {
        Int(
            typed_pstrf(
                S.blasType.rawValue, letter("U"), Int32(order), a, leading(order), pivots, &rank, tolerance))
    }

    /// The x of least ‖x‖ among those of least ‖Ax − b‖ for each column of `b`, which has
    /// max(rows, columns) rows. Singular values up to `tolerance` times the largest count as zero.
    static func leastSquares<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ rightColumns: Int, _ a: UnsafeMutablePointer<S>,
        _ b: UnsafeMutablePointer<S>, values: UnsafeMutablePointer<S.RealScalar>, tolerance: Double,
        rank: inout Int32
    ) -> Int {
        Int(
            typed_gelsd(
                S.blasType.rawValue, Int32(rows), Int32(columns), Int32(rightColumns), a, leading(rows), b,
                leading(max(rows, columns)), values, tolerance, &rank))
    }

    /// What of the singular vectors is wanted.
    enum SingularVectors { case none, thin, full }

    /// A = U diag(s) Vᴴ by divide and conquer; where that fails (it can on some matrices), by QR
    /// iterations. Destroys `a`.
    static func svd<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<S>, values: UnsafeMutablePointer<S.RealScalar>,
        _ vectors: SingularVectors, left: UnsafeMutablePointer<S>?, rightAdjoint: UnsafeMutablePointer<S>?
    ) -> Int {
        let job: StaticString = vectors == .none ? "N" : vectors == .thin ? "S" : "A"
        let rightRows = vectors == .full ? columns : min(rows, columns)
        let backup: Storage<S> = BLAS.working(rows, columns)
        defer { withExtendedLifetime(backup) {} }
        backup.pointer.initialize(from: a, count: rows * columns)
        let status = typed_gesdd(
            S.blasType.rawValue, letter(job), Int32(rows), Int32(columns), a, leading(rows), values, left,
            leading(rows), rightAdjoint, leading(rightRows))
        guard status > 0 else { return Int(status) }
        let superdiagonal = Storage<S.RealScalar>(repeating: 0, count: min(rows, columns))
        return Int(
            typed_gesvd(
                S.blasType.rawValue, letter(job), Int32(rows), Int32(columns), backup.pointer, leading(rows), values,
                left, leading(rows), rightAdjoint, leading(rightRows), superdiagonal.pointer))
    }

    /// Eigenvalues of a Hermitian matrix in ascending order, eigenvectors as columns of `a`.
    static func hermitianEigen<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, vectors: Bool, values: UnsafeMutablePointer<S.RealScalar>
    ) -> Int {
        Int(
            typed_heevd(
                S.blasType.rawValue, letter(vectors ? "V" : "N"), letter("U"), Int32(order), a, leading(order),
                values))
    }

    /// The same for Ax = λBx with B positive definite.
    static func hermitianEigen<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, relativeTo b: UnsafeMutablePointer<S>, vectors: Bool,
        values: UnsafeMutablePointer<S.RealScalar>
    ) -> Int {
        Int(
            typed_hegvd(
                S.blasType.rawValue, letter(vectors ? "V" : "N"), letter("U"), Int32(order), a, leading(order), b,
                leading(order), values))
    }

    /// Eigenvalues and right eigenvectors of a general matrix. For real types the imaginary parts of the
    /// eigenvalues go to `imaginary`, and a conjugate pair shares two columns of `right`.
    static func eigen<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, values: UnsafeMutablePointer<S>,
        imaginary: UnsafeMutablePointer<S>, left: UnsafeMutablePointer<S>?, right: UnsafeMutablePointer<S>?
    ) -> Int {
        Int(
            typed_geev(
                S.blasType.rawValue, letter(left == nil ? "N" : "V"), letter(right == nil ? "N" : "V"),
                Int32(order), a, leading(order), values, imaginary, left, right))
    }

    /// The same for Ax = λBx: λ = (values + i·imaginary) / beta.
    static func eigen<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, relativeTo b: UnsafeMutablePointer<S>,
        values: UnsafeMutablePointer<S>, imaginary: UnsafeMutablePointer<S>, beta: UnsafeMutablePointer<S>,
        right: UnsafeMutablePointer<S>
    ) -> Int {
        Int(typed_ggev(S.blasType.rawValue, letter("V"), Int32(order), a, b, values, imaginary, beta, right))
    }

    /// A = ZTZᴴ: T in `a`, Z in `vectors`.
    static func schur<S: BLASScalar>(
        _ order: Int, _ a: UnsafeMutablePointer<S>, values: UnsafeMutablePointer<S>,
        imaginary: UnsafeMutablePointer<S>, vectors: UnsafeMutablePointer<S>
    ) -> Int {
        Int(typed_gees(S.blasType.rawValue, Int32(order), a, values, imaginary, vectors))
    }

    private static func letter(_ text: StaticString) -> CChar { CChar(text.utf8Start.pointee) }

    private static func leading(_ rows: Int) -> Int32 { Int32(max(rows, 1)) }
}
