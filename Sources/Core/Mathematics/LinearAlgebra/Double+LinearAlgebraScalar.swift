import COpenBLAS

extension Double: LinearAlgebraScalar {
    public static func blasDot(_ count: Int, _ x: UnsafePointer<Double>, _ y: UnsafePointer<Double>) -> Double {
        cblas_ddot(blasint(count), x, 1, y, 1)
    }

    public static func blasNorm(_ count: Int, _ x: UnsafePointer<Double>) -> Double {
        cblas_dnrm2(blasint(count), x, 1)
    }

    public static func blasAdd(
        _ count: Int, _ a: Double, _ x: UnsafePointer<Double>, to y: UnsafeMutablePointer<Double>
    ) {
        cblas_daxpy(blasint(count), a, x, 1, y, 1)
    }

    public static func blasMultiply(
        _ rows: Int, _ columns: Int, _ a: UnsafePointer<Double>, transposed: Bool,
        _ x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
    ) {
        cblas_dgemv(
            CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), 1,
            a, blasint(max(columns, 1)), x, 1, 0, y, 1)
    }

    public static func blasMultiply(
        _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Double>, transposed transposedA: Bool,
        _ b: UnsafePointer<Double>, transposed transposedB: Bool, into c: UnsafeMutablePointer<Double>
    ) {
        cblas_dgemm(
            CblasRowMajor, transposedA ? CblasTrans : CblasNoTrans, transposedB ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), 1,
            a, blasint(max(transposedA ? rows : inner, 1)), b, blasint(max(transposedB ? inner : columns, 1)),
            0, c, blasint(max(columns, 1)))
    }

    public static func blasGram(
        _ order: Int, _ inner: Int, _ a: UnsafePointer<Double>, transposed: Bool,
        into c: UnsafeMutablePointer<Double>
    ) {
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, transposed ? CblasTrans : CblasNoTrans, blasint(order), blasint(inner),
            1, a, blasint(max(transposed ? order : inner, 1)), 0, c, blasint(max(order, 1)))
    }

    public static func blasTriangularSolve(
        _ order: Int, _ columns: Int, _ lower: UnsafePointer<Double>, transposed: Bool,
        _ b: UnsafeMutablePointer<Double>
    ) {
        cblas_dtrsm(
            CblasRowMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
            blasint(order), blasint(columns), 1, lower, blasint(max(order, 1)), b, blasint(max(columns, 1)))
    }

    public static func lapackSymmetricEigen(
        _ order: Int, _ a: UnsafeMutablePointer<Double>, vectors: Bool, values: UnsafeMutablePointer<Double>
    ) -> Int {
        Int(
            LAPACKE_dsyevd(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: vectors ? "V" : "N")), CChar(UInt8(ascii: "L")),
                Int32(order), a, Int32(max(order, 1)), values))
    }

    public static func lapackCholesky(_ order: Int, _ a: UnsafeMutablePointer<Double>) -> Int {
        Int(
            LAPACKE_dpotrf(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(order), a, Int32(max(order, 1))))
    }

    public static func lapackCholeskySolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Double>, _ b: UnsafeMutablePointer<Double>
    ) -> Int {
        Int(
            LAPACKE_dpotrs(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(order), Int32(columns), factor,
                Int32(max(order, 1)), b, Int32(max(columns, 1))))
    }

    public static func lapackLU(
        _ order: Int, _ a: UnsafeMutablePointer<Double>, pivots: UnsafeMutablePointer<Int32>
    ) -> Int {
        Int(
            LAPACKE_dgetrf(
                LAPACK_ROW_MAJOR, Int32(order), Int32(order), a, Int32(max(order, 1)), pivots))
    }

    public static func lapackLUSolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Double>, pivots: UnsafePointer<Int32>,
        _ b: UnsafeMutablePointer<Double>
    ) -> Int {
        Int(
            LAPACKE_dgetrs(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), Int32(order), Int32(columns), factor,
                Int32(max(order, 1)), pivots, b, Int32(max(columns, 1))))
    }

    public static func lapackSVD(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>,
        left: UnsafeMutablePointer<Double>, right: UnsafeMutablePointer<Double>
    ) -> Int {
        let rank = min(rows, columns)
        return Int(
            LAPACKE_dgesdd(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), Int32(rows), Int32(columns), a,
                Int32(max(columns, 1)), values, left, Int32(max(rank, 1)), right,
                Int32(max(columns, 1))))
    }
}
