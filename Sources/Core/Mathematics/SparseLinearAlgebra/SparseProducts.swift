import COpenBLAS
import RealModule

extension CompressedRowMatrix {
    /// The product Ax. O(stored elements).
    public static func * (matrix: CompressedRowMatrix, vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        if matrix.columns != vector.count {
            shapeMismatch(
                "sparse matrix * vector", matrix.shapeText, "(\(vector.count))",
                "the vector must have \(matrix.columns) scalars")
        }
        var result = DenseVector<Scalar>.zeros(matrix.rows)
        matrix.accumulateProduct(vector, into: &result)
        return result
    }

    /// result ← result + Ax, without new memory.
    public func accumulateProduct(_ vector: DenseVector<Scalar>, into result: inout DenseVector<Scalar>) {
        if rows != result.count || columns != vector.count {
            shapeMismatch(
                "accumulating a product with a sparse matrix into a vector of \(result.count)", shapeText,
                "(\(vector.count))", "the vectors must have as many scalars as the matrix has rows and columns")
        }
        multiply(vector.memory.pointer, columns: 1, into: result.mutablePointer)
    }

    /// The product with a dense matrix. O(stored elements · columns of B).
    public static func * (matrix: CompressedRowMatrix, other: DenseMatrix<Scalar>) -> DenseMatrix<Scalar> {
        if matrix.columns != other.rows {
            shapeMismatch(
                "sparse matrix * matrix", matrix.shapeText, other.shapeText,
                "the inner lengths \(matrix.columns) and \(other.rows) must be equal")
        }
        var result = DenseMatrix<Scalar>.zeros(matrix.rows, other.columns)
        matrix.multiply(other.memory.pointer, columns: other.columns, into: result.mutablePointer)
        return result
    }

    private func multiply(_ x: UnsafePointer<Scalar>, columns width: Int, into y: UnsafeMutablePointer<Scalar>) {
        rowStarts.withUnsafeBufferPointer { starts in
            columnIndices.withUnsafeBufferPointer { indices in
                values.withUnsafeBufferPointer { values in
                    typed_sparse_multiply(
                        Scalar.blasType.rawValue, rows, starts.baseAddress, indices.baseAddress, values.baseAddress,
                        width, x, y)
                }
            }
        }
    }

    /// Aᵀx without forming the transpose. O(stored elements).
    public func transposeMultiplied(by vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        if rows != vector.count {
            shapeMismatch(
                "transpose of sparse matrix * vector", shapeText, "(\(vector.count))",
                "the vector must have \(rows) scalars")
        }
        var result = DenseVector<Scalar>.zeros(columns)
        let target = result.mutablePointer
        rowStarts.withUnsafeBufferPointer { starts in
            columnIndices.withUnsafeBufferPointer { indices in
                values.withUnsafeBufferPointer { values in
                    typed_sparse_multiply_transposed(
                        Scalar.blasType.rawValue, rows, starts.baseAddress, indices.baseAddress, values.baseAddress,
                        vector.memory.pointer, target)
                }
            }
        }
        return result
    }

    /// The transpose. O(stored elements + columns).
    public var transposed: CompressedRowMatrix { reordered(conjugated: false) }

    /// The conjugate transpose; the transpose, where the scalars are real.
    public var adjoint: CompressedRowMatrix { reordered(conjugated: Scalar.blasType.isComplex) }

    private func reordered(conjugated: Bool) -> CompressedRowMatrix {
        var starts = [Int](repeating: 0, count: columns + 1)
        var indices = [Int32](repeating: 0, count: values.count)
        let moved = [Scalar](unsafeUninitializedCapacity: values.count) { buffer, count in
            count = values.count
            guard count > 0 else { return }
            rowStarts.withUnsafeBufferPointer { rowStarts in
                columnIndices.withUnsafeBufferPointer { columnIndices in
                    values.withUnsafeBufferPointer { values in
                        typed_sparse_transpose(
                            Scalar.blasType.rawValue, conjugated ? 1 : 0, rows, columns, rowStarts.baseAddress,
                            columnIndices.baseAddress, values.baseAddress, &starts, &indices, buffer.baseAddress)
                    }
                }
            }
        }
        return CompressedRowMatrix(unchecked: columns, rows, starts, indices, moved)
    }

    /// The product of two sparse matrices, by Gustavson's method: row i is the sum of the rows of B that row i
    /// of A names. O(multiplications + the sorting of each row). Zeros that arise by cancellation are kept.
    @inlinable
    public static func * (left: CompressedRowMatrix, right: CompressedRowMatrix) -> CompressedRowMatrix {
        if left.columns != right.rows {
            shapeMismatch(
                "sparse matrix * sparse matrix", left.shapeText, right.shapeText,
                "the inner lengths \(left.columns) and \(right.rows) must be equal")
        }
        // First the number of elements in each row, then the elements.
        var starts = [0]
        starts.reserveCapacity(left.rows + 1)
        var lastRow = [Int](repeating: -1, count: right.columns)
        for row in 0..<left.rows {
            var count = 0
            for place in left.rowStarts[row]..<left.rowStarts[row + 1] {
                let inner = Int(left.columnIndices[place])
                for index in right.rowStarts[inner]..<right.rowStarts[inner + 1] {
                    let column = Int(right.columnIndices[index])
                    if lastRow[column] != row {
                        lastRow[column] = row
                        count += 1
                    }
                }
            }
            starts.append(starts[row] + count)
        }
        let total = starts[left.rows]
        var indices = [Int32](repeating: 0, count: total)
        var sums = [Scalar](repeating: 0, count: right.columns)
        let values = [Scalar](unsafeUninitializedCapacity: total) { buffer, count in
            count = total
            indices.withUnsafeMutableBufferPointer { indices in
                for row in 0..<left.rows {
                    let first = starts[row]
                    var next = first
                    for place in left.rowStarts[row]..<left.rowStarts[row + 1] {
                        let inner = Int(left.columnIndices[place])
                        let factor = left.values[place]
                        for index in right.rowStarts[inner]..<right.rowStarts[inner + 1] {
                            let column = Int(right.columnIndices[index])
                            // Rows are marked anew, below the first pass's marks.
                            if lastRow[column] == -2 - row {
                                sums[column] += factor * right.values[index]
                            } else {
                                lastRow[column] = -2 - row
                                sums[column] = factor * right.values[index]
                                indices[next] = right.columnIndices[index]
                                next += 1
                            }
                        }
                    }
                    indices[first..<next].sort()
                    for place in first..<next { buffer[place] = sums[Int(indices[place])] }
                }
            }
        }
        return CompressedRowMatrix(unchecked: left.rows, right.columns, starts, indices, values)
    }

    /// The elementwise sum.
    @inlinable
    public static func + (left: CompressedRowMatrix, right: CompressedRowMatrix) -> CompressedRowMatrix {
        sum(left, right, 1, "sparse matrix + sparse matrix")
    }

    /// The elementwise difference.
    @inlinable
    public static func - (left: CompressedRowMatrix, right: CompressedRowMatrix) -> CompressedRowMatrix {
        sum(left, right, -1, "sparse matrix - sparse matrix")
    }

    @inlinable
    static func sum(
        _ left: CompressedRowMatrix, _ right: CompressedRowMatrix, _ factor: Scalar, _ name: String
    ) -> CompressedRowMatrix {
        if left.rows != right.rows || left.columns != right.columns {
            shapeMismatch(name, left.shapeText, right.shapeText, "the shapes must be equal")
        }
        var starts = [0]
        var indices: [Int32] = []
        var values: [Scalar] = []
        starts.reserveCapacity(left.rows + 1)
        indices.reserveCapacity(left.storedCount + right.storedCount)
        values.reserveCapacity(left.storedCount + right.storedCount)
        for row in 0..<left.rows {
            var (i, j) = (left.rowStarts[row], right.rowStarts[row])
            let (iEnd, jEnd) = (left.rowStarts[row + 1], right.rowStarts[row + 1])
            while i < iEnd || j < jEnd {
                let column = Swift.min(
                    i < iEnd ? left.columnIndices[i] : .max, j < jEnd ? right.columnIndices[j] : .max)
                var value: Scalar = 0
                if i < iEnd, left.columnIndices[i] == column {
                    value += left.values[i]
                    i += 1
                }
                if j < jEnd, right.columnIndices[j] == column {
                    value += factor * right.values[j]
                    j += 1
                }
                indices.append(column)
                values.append(value)
            }
            starts.append(values.count)
        }
        return CompressedRowMatrix(unchecked: left.rows, left.columns, starts, indices, values)
    }

    /// The matrix of `transform` of every stored element; the others stay 0.
    @inlinable
    public func mapStored(_ transform: (Scalar) -> Scalar) -> CompressedRowMatrix {
        CompressedRowMatrix(unchecked: rows, columns, rowStarts, columnIndices, values.map(transform))
    }

    /// The matrix scaled.
    @inlinable
    public static func * (scalar: Scalar, matrix: CompressedRowMatrix) -> CompressedRowMatrix {
        matrix.mapStored { scalar * $0 }
    }

    /// Row i multiplied by `factors[i]`: the product diag(factors) · self.
    public func scalingRows(by factors: DenseVector<Scalar>) -> CompressedRowMatrix {
        if factors.count != rows {
            shapeMismatch("scalingRows", shapeText, "(\(factors.count))", "one factor a row is needed")
        }
        var result = self
        for row in 0..<rows {
            for index in rowStarts[row]..<rowStarts[row + 1] { result.values[index] *= factors[row] }
        }
        return result
    }

    /// Column j multiplied by `factors[j]`: the product self · diag(factors).
    public func scalingColumns(by factors: DenseVector<Scalar>) -> CompressedRowMatrix {
        if factors.count != columns {
            shapeMismatch("scalingColumns", shapeText, "(\(factors.count))", "one factor a column is needed")
        }
        var result = self
        for index in values.indices { result.values[index] *= factors[Int(columnIndices[index])] }
        return result
    }

    /// The sum of each row.
    public var rowSums: DenseVector<Scalar> { self * .ones(columns) }

    /// The sum of each column.
    public var columnSums: DenseVector<Scalar> { transposeMultiplied(by: .ones(rows)) }
}
