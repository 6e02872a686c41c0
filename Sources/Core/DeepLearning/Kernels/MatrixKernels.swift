import COpenBLAS
import CVectorMath
import Mathematics

extension MatrixKernels {
    /// From so many multiplications on BLAS, which copies its arguments into the order in which it reads them, is faster.
    private static let largestProduct = 1 << 27
    /// Up to so many OpenBLAS takes one thread by itself.
    private static let largestOfBLAS = 1 << 18
    /// From so many on OpenBLAS's threads pay off, where it may use several.
    private static let largestSingle = 1 << 24
    /// A transposed right matrix up to this size is turned for tall left ones.
    private static let largestTurned = 1 << 16

    /// C ← scale · op(A)op(B) + βC on matrices anywhere in memory: pointers, distances between rows, whether transposed.
    ///
    /// The same bits at any number of threads.
    static func multiply<S: TensorScalar>(
        rows: Int, columns: Int, inner: Int, scale: S = 1, left a: UnsafePointer<S>, leftStride aStride: Int,
        isLeftTransposed aTransposed: Bool = false, right b: UnsafePointer<S>, rightStride bStride: Int,
        isRightTransposed bTransposed: Bool = false, into c: UnsafeMutablePointer<S>, stride cStride: Int,
        accumulating: Bool = false
    ) {
        guard rows > 0, columns > 0 else { return }
        let work = rows * columns * inner
        let isForThreads = work >= largestSingle && Swift.min(rows, columns) >= 16 && openblas_get_num_threads() > 1
        if scale == 1, work <= largestProduct, !isForThreads {
            let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
            let aRow = aTransposed ? 1 : aStride, aStep = aTransposed ? aStride : 1
            if !bTransposed {
                if vm_product(
                    isDouble, rows, columns, inner, a, aRow, aStep, b, bStride, c, cStride, accumulating ? 1 : 0) != 0
                {
                    return
                }
            } else if rows >= 128, inner * columns <= largestTurned {
                let turned = Storage<S>(uninitializedCount: inner * columns)
                vm_transpose(isDouble, columns, inner, b, bStride, turned.pointer)
                if vm_product(
                    isDouble, rows, columns, inner, a, aRow, aStep, turned.pointer, columns, c, cStride,
                    accumulating ? 1 : 0) != 0
                {
                    return
                }
            } else if !aTransposed, rows <= columns, work > largestOfBLAS, inner * rows <= largestTurned {
                // The left matrix is the smaller one to turn: Cᵀ = BAᵀ.
                let turned = Storage<S>(uninitializedCount: inner * rows)
                let product = Storage<S>(uninitializedCount: rows * columns)
                vm_transpose(isDouble, rows, inner, a, aStride, turned.pointer)
                if vm_product(
                    isDouble, columns, rows, inner, b, bStride, 1, turned.pointer, rows, product.pointer, rows, 0) != 0
                {
                    let back = Storage<S>(uninitializedCount: rows * columns)
                    vm_transpose(isDouble, columns, rows, product.pointer, rows, back.pointer)
                    for row in 0..<rows {
                        let source = back.pointer + row * columns, target = c + row * cStride
                        if accumulating {
                            vm_add_scaled(isDouble, columns, 1, source, target)
                        } else {
                            target.update(from: source, count: columns)
                        }
                    }
                    return
                }
            }
        }
        // OpenBLAS cuts a long inner axis in other places with more threads, which changes the bits: it gets the pieces
        // that our own kernel takes, which it does not cut.
        let depth = work <= largestOfBLAS ? Swift.max(inner, 1) : Int(VM_PRODUCT_DEPTH) / MemoryLayout<S>.size
        var start = 0
        repeat {
            let steps = Swift.min(depth, inner - start)
            let left = a + start * (aTransposed ? aStride : 1), right = b + start * (bTransposed ? 1 : bStride)
            let isAdding = accumulating || start > 0
            if S.usesDoubleKernels {
                cblas_dgemm(
                    CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
                    Int32(rows), Int32(columns), Int32(steps), Double(scale),
                    UnsafeRawPointer(left).assumingMemoryBound(to: Double.self), Int32(aStride),
                    UnsafeRawPointer(right).assumingMemoryBound(to: Double.self), Int32(bStride), isAdding ? 1 : 0,
                    UnsafeMutableRawPointer(c).assumingMemoryBound(to: Double.self), Int32(cStride))
            } else {
                cblas_sgemm(
                    CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
                    Int32(rows), Int32(columns), Int32(steps), Float(scale),
                    UnsafeRawPointer(left).assumingMemoryBound(to: Float.self), Int32(aStride),
                    UnsafeRawPointer(right).assumingMemoryBound(to: Float.self), Int32(bStride), isAdding ? 1 : 0,
                    UnsafeMutableRawPointer(c).assumingMemoryBound(to: Float.self), Int32(cStride))
            }
            start += steps
        } while start < inner
    }

    /// C ← op(A)op(B) + βC, C contiguous.
    @inline(__always)
    static func multiply<S: TensorScalar>(
        _ rows: Int, _ columns: Int, _ inner: Int, _ a: UnsafePointer<S>, _ aStride: Int, _ aTransposed: Bool,
        _ b: UnsafePointer<S>, _ bStride: Int, _ bTransposed: Bool, _ c: UnsafeMutablePointer<S>,
        accumulating: Bool = false
    ) {
        multiply(
            rows: rows, columns: columns, inner: inner, left: a, leftStride: aStride, isLeftTransposed: aTransposed,
            right: b, rightStride: bStride, isRightTransposed: bTransposed, into: c, stride: columns,
            accumulating: accumulating)
    }
}
