import COpenBLAS

/// A floating-point type for which BLAS and LAPACK have routines: `Float` or `Double`.
///
/// The requirements are thin names for the routines of each precision, so that everything above them
/// is written once. Matrices are row-major; counts and strides are in elements. They check nothing:
/// call them through `DenseVector` and `DenseMatrix`.
public protocol LinearAlgebraScalar: BinaryFloatingPoint, BitwiseCopyable, Sendable, LosslessStringConvertible {
    /// xᵀy (`?dot`).
    static func blasDot(_ count: Int, _ x: UnsafePointer<Self>, _ y: UnsafePointer<Self>) -> Self
    /// ‖x‖₂ without overflow (`?nrm2`).
    static func blasNorm(_ count: Int, _ x: UnsafePointer<Self>) -> Self
    /// y ← ax + y (`?axpy`).
    static func blasAdd(_ count: Int, _ a: Self, _ x: UnsafePointer<Self>, to y: UnsafeMutablePointer<Self>)
    /// y ← op(A)x for the `rows` × `columns` matrix A (`?gemv`).
    static func blasMultiply(
        _ rows: Int, _ columns: Int, _ a: UnsafePointer<Self>, transposed: Bool,
        _ x: UnsafePointer<Self>, into y: UnsafeMutablePointer<Self>)
    /// C ← op(A)op(B), with C `rows` × `columns` and the sum over `inner` terms (`?gemm`).
    static func blasMultiply(
        _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<Self>, transposed: Bool,
        _ b: UnsafePointer<Self>, transposed: Bool, into c: UnsafeMutablePointer<Self>)
    /// The upper triangle of C ← AᵀA (`transposed`) or AAᵀ, C of order `order` (`?syrk`).
    static func blasGram(
        _ order: Int, _ inner: Int, _ a: UnsafePointer<Self>, transposed: Bool,
        into c: UnsafeMutablePointer<Self>)

    /// Eigenvalues in ascending order into `values`, eigenvectors as the columns of `a` (`?syevd`).
    static func lapackSymmetricEigen(
        _ order: Int, _ a: UnsafeMutablePointer<Self>, vectors: Bool, values: UnsafeMutablePointer<Self>) -> Int
    /// A = LLᵀ in the lower triangle of `a` (`?potrf`).
    static func lapackCholesky(_ order: Int, _ a: UnsafeMutablePointer<Self>) -> Int
    /// Solves LLᵀX = B in place (`?potrs`).
    static func lapackCholeskySolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Self>, _ b: UnsafeMutablePointer<Self>) -> Int
    /// PA = LU in place (`?getrf`).
    static func lapackLU(_ order: Int, _ a: UnsafeMutablePointer<Self>, pivots: UnsafeMutablePointer<Int32>) -> Int
    /// Solves AX = B in place from the factors (`?getrs`).
    static func lapackLUSolve(
        _ order: Int, _ columns: Int, _ factor: UnsafePointer<Self>, pivots: UnsafePointer<Int32>,
        _ b: UnsafeMutablePointer<Self>) -> Int
    /// The thin singular value decomposition; destroys `a` (`?gesdd`).
    static func lapackSVD(
        _ rows: Int, _ columns: Int, _ a: UnsafeMutablePointer<Self>, values: UnsafeMutablePointer<Self>,
        left: UnsafeMutablePointer<Self>, right: UnsafeMutablePointer<Self>) -> Int
    /// Solves LX = B or LᵀX = B in place for a lower triangle L (`?trsm`).
    static func blasTriangularSolve(
        _ order: Int, _ columns: Int, _ lower: UnsafePointer<Self>, transposed: Bool,
        _ b: UnsafeMutablePointer<Self>)
}
