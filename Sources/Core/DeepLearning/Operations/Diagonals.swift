extension Tensor {
    /// The elements whose indices along two axes differ by `offset` (second less first), in a new last axis in the
    /// place of the two; a view.
    public func diagonal(offset: Int = 0, along first: Int = -2, _ second: Int = -1) -> Tensor {
        let a = shape.axis(first, "diagonal"), b = shape.axis(second, "diagonal")
        guard a != b else { fatalError("diagonal: axis \(first) of the shape \(shape) is given twice") }
        let rest = (0..<rank).filter { $0 != a && $0 != b }
        let matrices = permuted(rest + [a, b])
        let rows = shape[a], columns = shape[b]
        let row = Swift.max(-offset, 0), column = Swift.max(offset, 0)
        let count = Swift.max(0, Swift.min(rows - row, columns - column))
        return matrices.viewing({ x in
            let last = x.rank - 1
            var shape = x.shape, strides = x.strides
            let start = count == 0 ? x.offset : x.offset + row * strides[last - 1] + column * strides[last]
            let step = strides[last - 1] + strides[last]
            for _ in 0..<2 {
                shape.remove(at: shape.rank - 1)
                strides.remove(at: strides.rank - 1)
            }
            shape.append(count)
            strides.append(step)
            return x.viewed(shape, strides: strides, offset: start)
        }) { $0.placedOnDiagonal(rows: rows, columns: columns, offset: offset) }
    }

    /// Matrices of zeros with the last axis on a diagonal: the transpose of `diagonal`.
    func placedOnDiagonal(rows: Int, columns: Int, offset: Int) -> Tensor {
        viewing({ x in
            let lines = x.packed()
            let length = x.shape[x.rank - 1]
            var shape = x.shape.removing(x.rank - 1)
            shape.append(rows)
            shape.append(columns)
            let result = Tensor(uninitialized: shape)
            memset0(result.storage)
            let row = Swift.max(-offset, 0), column = Swift.max(offset, 0)
            for line in 0..<(length == 0 ? 0 : x.count / length) {
                let to = result.pointer + line * rows * columns + row * columns + column
                for index in 0..<length { to[index * (columns + 1)] = lines.pointer[line * length + index] }
            }
            return result
        }) { $0.diagonal(offset: offset) }
    }
}

extension Tensor where Scalar: TensorScalar {
    /// Square matrices of zeros with the last axis on the diagonal `offset` places above the main one.
    public func diagonalMatrix(offset: Int = 0) -> Tensor {
        guard rank > 0 else { fatalError("diagonalMatrix: a scalar has no axis to put on a diagonal") }
        let order = shape[rank - 1] + Swift.abs(offset)
        return placedOnDiagonal(rows: order, columns: order, offset: offset)
    }

    /// The sums of the diagonals of the matrices in the last two axes.
    public func matrixTrace() -> Tensor { diagonal().sum(along: -1) }

    /// The matrices in the last two axes with zeros above the diagonal `offset` places above the main one.
    public func lowerTriangle(offset: Int = 0) -> Tensor {
        guard rank >= 2 else { fatalError("lowerTriangle: the shape \(shape) has no matrices in its last two axes") }
        let mask = Tensor<Bool>.upperTriangle(rows: shape[rank - 2], columns: shape[rank - 1], offset: offset + 1)
        return replacing(where: mask, with: 0)
    }

    /// The matrices in the last two axes with zeros below the diagonal `offset` places above the main one.
    public func upperTriangle(offset: Int = 0) -> Tensor {
        guard rank >= 2 else { fatalError("upperTriangle: the shape \(shape) has no matrices in its last two axes") }
        let mask = Tensor<Bool>.lowerTriangle(rows: shape[rank - 2], columns: shape[rank - 1], offset: offset - 1)
        return replacing(where: mask, with: 0)
    }
}

extension Tensor where Scalar == Bool {
    /// True where column − row ≤ offset.
    public static func lowerTriangle(rows: Int, columns: Int, offset: Int = 0) -> Tensor {
        let result = Tensor(uninitialized: [rows, columns])
        for row in 0..<rows {
            for column in 0..<columns { result.pointer[row * columns + column] = column - row <= offset }
        }
        return result
    }

    /// True where column − row ≥ offset: with the offset 1 what a causal mask hides.
    public static func upperTriangle(rows: Int, columns: Int, offset: Int = 0) -> Tensor {
        let result = Tensor(uninitialized: [rows, columns])
        for row in 0..<rows {
            for column in 0..<columns { result.pointer[row * columns + column] = column - row >= offset }
        }
        return result
    }
}
