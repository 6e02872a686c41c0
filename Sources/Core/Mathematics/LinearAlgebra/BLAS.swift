import COpenBLAS

/// BLAS for any element type: row-major arrays, strides and leading dimensions in elements.
///
/// Thin names that check nothing; `DenseVector` and `DenseMatrix` and their views check shapes.
@usableFromInline
enum BLAS {
    /// What is done to a matrix before it is multiplied.
    enum Operation {
        case identity, transpose, adjoint

        var code: CBLAS_TRANSPOSE {
            switch self {
            case .identity: CblasNoTrans
            case .transpose: CblasTrans
            case .adjoint: CblasConjTrans
            }
        }

        var exchangesSides: Bool { self != .identity }
    }

    /// Σ x̄ᵢyᵢ where `conjugated`, else Σ xᵢyᵢ.
    static func dot<S: BLASScalar>(
        _ count: Int, _ x: UnsafePointer<S>, stride xStride: Int = 1, _ y: UnsafePointer<S>,
        stride yStride: Int = 1, conjugated: Bool = true
    ) -> S {
        var result = S.zero
        if count > 0 {
            withUnsafeMutablePointer(to: &result) {
                typed_dot(
                    S.blasType.rawValue, Int32(count), x, Int32(xStride), y, Int32(yStride), conjugated ? 1 : 0, $0)
            }
        }
        return result
    }

    /// ‖x‖₂ without overflow.
    static func norm<S: BLASScalar>(_ count: Int, _ x: UnsafePointer<S>, stride: Int = 1) -> S.RealScalar {
        count > 0 ? S.RealScalar(typed_norm(S.blasType.rawValue, Int32(count), x, Int32(stride))) : 0
    }

    /// y ← ax + y.
    static func add<S: BLASScalar>(
        _ count: Int, _ factor: S, _ x: UnsafePointer<S>, stride xStride: Int = 1,
        to y: UnsafeMutablePointer<S>, stride yStride: Int = 1
    ) {
        guard count > 0 else { return }
        withUnsafePointer(to: factor) {
            typed_axpy(S.blasType.rawValue, Int32(count), $0, x, Int32(xStride), y, Int32(yStride))
        }
    }

    /// y ← α op(A)x + βy for the `rows` × `columns` matrix A.
    static func multiply<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ alpha: S = 1, _ a: UnsafePointer<S>, rowStride: Int,
        _ operation: Operation = .identity, _ x: UnsafePointer<S>, stride xStride: Int = 1, beta: S = 0,
        into y: UnsafeMutablePointer<S>, stride yStride: Int = 1
    ) {
        if S.blasType.isComplex, operation != .identity {
            // As a product of matrices, for the reason given at `working`.
            multiply(
                columns, 1, rows, alpha, a, rowStride: rowStride, operation, x, rowStride: xStride, .identity,
                beta: beta, into: y, rowStride: yStride)
            return
        }
        withUnsafePointer(to: alpha) { alpha in
            withUnsafePointer(to: beta) { beta in
                typed_gemv(
                    S.blasType.rawValue, operation.code, Int32(rows), Int32(columns), alpha, a,
                    Int32(max(rowStride, 1)), x, Int32(xStride), beta, y, Int32(yStride))
            }
        }
    }

    /// A ← αxyᵀ + A, or αxyᴴ + A where `conjugated`.
    static func addOuterProduct<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ alpha: S, _ x: UnsafePointer<S>, stride xStride: Int = 1,
        _ y: UnsafePointer<S>, stride yStride: Int = 1, conjugated: Bool = false,
        to a: UnsafeMutablePointer<S>, rowStride: Int
    ) {
        guard rows > 0, columns > 0 else { return }
        withUnsafePointer(to: alpha) { alpha in
            typed_ger(
                S.blasType.rawValue, Int32(rows), Int32(columns), alpha, x, Int32(xStride), y, Int32(yStride),
                conjugated ? 1 : 0, a, Int32(rowStride))
        }
    }

    /// C ← α op(A)op(B) + βC, with C `rows` × `columns` and sums over `inner` terms.
    static func multiply<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ inner: Int, _ alpha: S = 1,
        _ a: UnsafePointer<S>, rowStride aStride: Int, _ aOperation: Operation,
        _ b: UnsafePointer<S>, rowStride bStride: Int, _ bOperation: Operation,
        beta: S = 0, into c: UnsafeMutablePointer<S>, rowStride cStride: Int
    ) {
        withUnsafePointer(to: alpha) { alpha in
            withUnsafePointer(to: beta) { beta in
                typed_gemm(
                    S.blasType.rawValue, aOperation.code, bOperation.code, Int32(rows), Int32(columns),
                    Int32(inner), alpha, a, Int32(max(aStride, 1)), b, Int32(max(bStride, 1)), beta, c,
                    Int32(max(cStride, 1)))
            }
        }
    }

    /// The upper triangle of C ← AᴴA (`transposed`) or AAᴴ, C of order `order`.
    static func gram<S: BLASScalar>(
        _ order: Int, _ inner: Int, _ a: UnsafePointer<S>, transposed: Bool, into c: UnsafeMutablePointer<S>
    ) {
        typed_herk(
            S.blasType.rawValue, transposed ? 1 : 0, Int32(order), Int32(inner), a,
            Int32(max(transposed ? order : inner, 1)), c, Int32(max(order, 1)))
    }

    /// B ← op(T)⁻¹B for a triangle T.
    static func triangularSolve<S: BLASScalar>(
        _ order: Int, _ columns: Int, _ triangle: UnsafePointer<S>, isLower: Bool,
        _ operation: Operation, unitDiagonal: Bool = false, _ b: UnsafeMutablePointer<S>
    ) {
        guard order > 0, columns > 0 else { return }
        if columns == 1, !S.blasType.isComplex {
            typed_trsv(
                S.blasType.rawValue, isLower ? CblasLower : CblasUpper, operation.code,
                unitDiagonal ? CblasUnit : CblasNonUnit, Int32(order), triangle, Int32(order), b)
            return
        }
        withUnsafePointer(to: S.one) { one in
            typed_trsm(
                S.blasType.rawValue, isLower ? CblasLower : CblasUpper, operation.code,
                unitDiagonal ? CblasUnit : CblasNonUnit, Int32(order), Int32(columns), one, triangle,
                Int32(order), b, Int32(columns))
        }
    }
}

extension BLASScalar {
    /// 1; `AlgebraicField` names only 0.
    @usableFromInline static var one: Self { 1 }
}

extension BLAS {
    /// x ← ax.
    static func scale<S: BLASScalar>(
        _ count: Int, by factor: S, _ x: UnsafeMutablePointer<S>, stride: Int = 1
    ) {
        guard count > 0 else { return }
        withUnsafePointer(to: factor) { typed_scal(S.blasType.rawValue, Int32(count), $0, x, Int32(stride)) }
    }

    /// xᵢ ← axᵢ as defined, where a = 0 gives NaN for infinite and NaN xᵢ; BLAS need not.
    static func multiplyElements<S: BLASScalar>(_ count: Int, by factor: S, _ x: UnsafeMutablePointer<S>) {
        withUnsafePointer(to: factor) { typed_multiply(S.blasType.rawValue, count, $0, 0, x) }
    }

    /// xᵢ ← aᵢxᵢ.
    static func multiplyElements<S: BLASScalar>(
        _ count: Int, by factors: UnsafePointer<S>, _ x: UnsafeMutablePointer<S>
    ) {
        typed_multiply(S.blasType.rawValue, count, factors, 1, x)
    }

    /// The lower triangle of A ± xxᴴ from that of A: 0, or the order of the minor that is not positive.
    static func rotateTriangle<S: BLASScalar>(
        _ order: Int, _ lower: UnsafeMutablePointer<S>, _ x: UnsafePointer<S>, subtracting: Bool
    ) -> Int {
        let rotations = Storage<S>(uninitializedCount: 2 * order)
        defer { withExtendedLifetime(rotations) {} }
        return Int(typed_rotate(S.blasType.rawValue, order, lower, x, subtracting ? -1 : 1, rotations.pointer))
    }

    /// Σ|xᵢ|, with true absolute values (BLAS adds |re| + |im|).
    static func absoluteSum<S: BLASScalar>(_ count: Int, _ x: UnsafePointer<S>, stride: Int = 1) -> S.RealScalar {
        S.RealScalar(typed_absolute_sum(S.blasType.rawValue, count, x, stride))
    }

    /// z ← x + y or x − y.
    @usableFromInline
    static func sum<S: BLASScalar>(
        _ count: Int, _ x: UnsafePointer<S>, _ y: UnsafePointer<S>, subtracting: Bool
    ) -> Storage<S> {
        let result = Storage<S>(uninitializedCount: count)
        typed_sum(S.blasType.rawValue, count, x, y, subtracting ? 1 : 0, result.pointer)
        return result
    }

    /// ax, elementwise.
    static func scaled<S: BLASScalar>(_ x: Storage<S>, by factor: S) -> Storage<S> {
        let result = x.copy()
        multiplyElements(x.count, by: factor, result.pointer)
        return result
    }

    /// `count` times the same number.
    static func repeated<S: BLASScalar>(_ value: S, _ count: Int) -> Storage<S> {
        let result = Storage<S>(uninitializedCount: count)
        fill(result.pointer, with: value, count)
        return result
    }

    static func fill<S: BLASScalar>(_ target: UnsafeMutablePointer<S>, with value: S, _ count: Int) {
        withUnsafePointer(to: value) { typed_fill(S.blasType.rawValue, count, $0, target) }
    }

    /// y ← x.
    static func copy<S: BLASScalar>(
        _ count: Int, _ x: UnsafePointer<S>, stride xStride: Int = 1, to y: UnsafeMutablePointer<S>,
        by yStride: Int = 1
    ) {
        guard count > 0 else { return }
        typed_copy(S.blasType.rawValue, Int32(count), x, Int32(xStride), y, Int32(yStride))
    }

    /// The transpose (or adjoint) of a `rows` × `columns` matrix, in memory of its own.
    static func transposedCopy<S: BLASScalar>(
        _ rows: Int, _ columns: Int, _ a: UnsafePointer<S>, rowStride: Int, conjugated: Bool = false
    ) -> Storage<S> {
        let result: Storage<S> = working(rows, columns)
        typed_transpose(S.blasType.rawValue, conjugated ? 1 : 0, rows, columns, a, rowStride, result.pointer)
        return result
    }

    /// Memory for a matrix that LAPACK will work on.
    ///
    /// The kernels of OpenBLAS 0.3.21 for the product of a complex matrix and a vector read (and do not use) one
    /// column behind the last one, which can be memory that does not exist. The padding makes it exist.
    static func working<S: BLASScalar>(_ rows: Int, _ columns: Int) -> Storage<S> {
        Storage(uninitializedCount: rows * columns, padding: S.blasType.isComplex ? max(rows, columns) : 0)
    }

    /// A copy of a matrix for LAPACK to work on.
    static func workingCopy<S: BLASScalar>(_ matrix: DenseMatrix<S>) -> Storage<S> {
        let result: Storage<S> = working(matrix.rows, matrix.columns)
        result.pointer.initialize(from: matrix.memory.pointer, count: matrix.count)
        return result
    }

    /// Copies the conjugates of what stands above the diagonal to below it.
    static func mirrorUpperTriangle<S: BLASScalar>(_ order: Int, _ a: UnsafeMutablePointer<S>) {
        typed_mirror(S.blasType.rawValue, order, a)
    }
}
