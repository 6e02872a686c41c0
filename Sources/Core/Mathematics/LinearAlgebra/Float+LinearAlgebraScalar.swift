import COpenBLAS

extension Float: LinearAlgebraScalar {
    public static func blasDot(_ count: Int, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>) -> Float {
        cblas_sdot(blasint(count), x, 1, y, 1)
    }

    public static func blasNorm(_ count: Int, _ x: UnsafePointer<Float>) -> Float {
        cblas_snrm2(blasint(count), x, 1)
    }

    public static func blasAdd(
        _ count: Int, _ a: Float, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
    ) {
        cblas_saxpy(blasint(count), a, x, 1, y, 1)
    }

    public static func blasMultiply(
        _ rows: Int, _ columns: Int, _ a: UnsafePointer<Float>, transposed: Bool,
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        cblas_sgemv(
            CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), 1,
            a, blasint(max(columns, 1)), x, 1, 0, y, 1)
    }

    public static func blasMultiply(
        _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Float>, transposed transposedA: Bool,
        _ b: UnsafePointer<Float>, transposed transposedB: Bool, into c: UnsafeMutablePointer<Float>
    ) {
        cblas_sgemm(
            CblasRowMajor, transposedA ? CblasTrans : CblasNoTrans, transposedB ? CblasTrans : CblasNoTrans,
            blasint(rows), blasint(columns), blasint(inner), 1,
            a, blasint(max(transposedA ? rows : inner, 1)), b, blasint(max(transposedB ? inner : columns, 1)),
            0, c, blasint(max(columns, 1)))
    }

    public static func blasGram(
        _ order: Int, _ inner: Int, _ a: UnsafePointer<Float>, transposed: Bool,
        into c: UnsafeMutablePointer<Float>
    ) {
        cblas_ssyrk(
            CblasRowMajor, CblasUpper, transposed ? CblasTrans : CblasNoTrans, blasint(order), blasint(inner),
            1, a, blasint(max(transposed ? order : inner, 1)), 0, c, blasint(max(order, 1)))
    }

    public static func blasTriangularSolve(
        _ order: Int, _ columns: Int, _ lower: UnsafePointer<Float>, transposed: Bool,
        _ b: UnsafeMutablePointer<Float>
    ) {
        cblas_strsm(
            CblasRowMajor, CblasLeft, CblasLower, transposed ? CblasTrans : CblasNoTrans, CblasNonUnit,
            blasint(order), blasint(columns), 1, lower, blasint(max(order, 1)), b, blasint(max(columns, 1)))
    }

    public static func lapackSymmetricEigen(
        _ order: Int, _ a: UnsafeMutablePointer<Float>, vectors: Bool, values: UnsafeMutablePointer<Float>
    ) -> Int {
        Int(
            LAPACKE_ssyevd(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: vectors ? "V" : "N")), CChar(UInt8(ascii: "L")),
                Int32(order), a, Int32(max(order, 1)), values))
    }

    public static func lapackCholesky(_ order: Int, _ a: UnsafeMutablePointer<Float>) -> Int {
        Int(
            LAPACKE_spotrf(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(order), a, Int32(max(order, 1))))
    }

    public static func lapackCholeskySolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Float>, _ b: UnsafeMutablePointer<Float>
    ) -> Int {
        Int(
            LAPACKE_spotrs(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "L")), Int32(order), Int32(columns), factor,
                Int32(max(order, 1)), b, Int32(max(columns, 1))))
    }

    public static func lapackLU(
        _ order: Int, _ a: UnsafeMutablePointer<Float>, pivots: UnsafeMutablePointer<Int32>
    ) -> Int {
        Int(
            LAPACKE_sgetrf(
                LAPACK_ROW_MAJOR, Int32(order), Int32(order), a, Int32(max(order, 1)), pivots))
    }

    public static func lapackLUSolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Float>, pivots: UnsafePointer<Int32>,
        _ b: UnsafeMutablePointer<Float>
    ) -> Int {
        Int(
            LAPACKE_sgetrs(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "N")), Int32(order), Int32(columns), factor,
                Int32(max(order, 1)), pivots, b, Int32(max(columns, 1))))
    }

    public static func lapackSVD(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Float>, values: UnsafeMutablePointer<Float>,
        left: UnsafeMutablePointer<Float>, right: UnsafeMutablePointer<Float>
    ) -> Int {
        let rank = min(rows, columns)
        return Int(
            LAPACKE_sgesdd(
                LAPACK_ROW_MAJOR, CChar(UInt8(ascii: "S")), Int32(rows), Int32(columns), a,
                Int32(max(columns, 1)), values, left, Int32(max(rank, 1)), right,
                Int32(max(columns, 1))))
    }
}
