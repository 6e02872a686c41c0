import Mathematics

/// The matrix product over the last two axes; the axes before broadcast as in arithmetic.
///
/// A vector on the left counts as a row, one on the right as a column, and that axis is dropped from the
/// result. [..., m, k] × [..., k, n] gives [..., m, n].
public func matmul<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
    if a.rank == 1 { return matmul(a.expandingShape(at: 0), b).squeezed(at: b.rank == 1 ? 0 : -2) }
    if b.rank == 1 { return matmul(a, b.expandingShape(at: 1)).squeezed(at: -1) }
    guard a.rank >= 2, b.rank >= 2, a.shape[a.rank - 1] == b.shape[b.rank - 2] else {
        shapesDoNotFit("matmul", a.shape, b.shape, "the last size of the first is the last but one of the second")
    }
    // One product for many matrices on the left and one on the right.
    if a.rank > 2, b.rank == 2 {
        var shape = a.shape
        shape.sizes[a.rank - 1] = b.shape.sizes[1]
        let inner = a.shape[a.rank - 1]
        return matmul(a.reshaped(to: [inner == 0 ? shape.removing(a.rank - 1).scalarCount : a.count / inner, inner]), b)
            .reshaped(to: shape)
    }
    return Tensor.recording(a, b, MatrixKernels.product) { a, b, _ in
        ({ matmul($0, b) }, { matmul(a, $0) })
    } pullbacks: { a, b, _ in
        let (aShape, bShape) = (a.shape, b.shape)
        return (
            { matmul($0, b.transposed()).summed(to: aShape) },
            { matmul(a.transposed(), $0).summed(to: bShape) }
        )
    }
}

/// Products of matrices through BLAS.
enum MatrixKernels {
    /// [..., m, k] × [..., k, n], outside any differentiation.
    static func product<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
        let rows = a.shape[a.rank - 2], inner = a.shape[a.rank - 1], columns = b.shape[b.rank - 1]
        if a.rank == 2, b.rank == 2 {
            let result = Tensor<S>(uninitialized: [rows, columns])
            let (a, aStride, aTransposed) = operand(a), (b, bStride, bTransposed) = operand(b)
            multiply(
                rows, columns, inner, a.pointer, aStride, aTransposed, b.pointer, bStride, bTransposed, result.pointer)
            return result
        }
        var aBatch = a.shape, bBatch = b.shape
        aBatch.remove(at: a.rank - 1)
        aBatch.remove(at: a.rank - 2)
        bBatch.remove(at: b.rank - 1)
        bBatch.remove(at: b.rank - 2)
        guard let batch = aBatch.broadcast(with: bBatch) else {
            shapesDoNotFit("matmul", a.shape, b.shape, "the sizes before the matrices are equal or 1")
        }
        var shape = batch
        shape.append(rows)
        shape.append(columns)
        let result = Tensor<S>(uninitialized: shape)
        guard result.count > 0 else { return result }
        let (left, aStride, aTransposed) = operand(a), (right, bStride, bTransposed) = operand(b)
        let leftOffsets = offsets(left, batch), rightOffsets = offsets(right, batch)
        for index in 0..<batch.scalarCount {
            multiply(
                rows, columns, inner, left.pointer + leftOffsets[index], aStride, aTransposed,
                right.pointer + rightOffsets[index], bStride, bTransposed, result.pointer + index * rows * columns)
        }
        return result
    }

    /// The tensor in a form that BLAS takes: its matrices row-major or column-major, with the distance between
    /// their rows or columns.
    private static func operand<S: TensorScalar>(_ x: Tensor<S>) -> (Tensor<S>, stride: Int, isTransposed: Bool) {
        let rows = x.shape[x.rank - 2], columns = x.shape[x.rank - 1]
        let rowStride = x.strides[x.rank - 2], columnStride = x.strides[x.rank - 1]
        if columnStride == 1 || columns == 1, rowStride >= columns || rows == 1 {
            return (x, rows == 1 ? Swift.max(columns, 1) : rowStride, false)
        }
        if rowStride == 1 || rows == 1, columnStride >= rows || columns == 1 {
            return (x, columns == 1 ? Swift.max(rows, 1) : columnStride, true)
        }
        return (x.packed(), Swift.max(columns, 1), false)
    }

    /// Where in memory each matrix of the broadcast batch begins.
    private static func offsets<S>(_ x: Tensor<S>, _ batch: TensorShape) -> [Int] {
        var shape = x.shape, strides = x.strides
        for _ in 0..<2 {
            shape.remove(at: shape.rank - 1)
            strides.remove(at: strides.rank - 1)
        }
        let view = x.viewed(shape, strides: strides).repeatedView(batch)
        var offsets: [Int] = []
        offsets.reserveCapacity(batch.scalarCount)
        forEachRun(view.shape, view.strides) { _, offset, count, stride in
            for index in 0..<count { offsets.append(offset + index * stride) }
        }
        return offsets
    }
}
