/// A block of a matrix, or the transpose of one, without a copy.
///
/// A view has the meaning of a value: it retains the memory it shows, and whoever changes the matrix
/// meanwhile gets a copy first, so that the view keeps showing what it showed. Products take views; where
/// rows or columns are contiguous, as they are in every block and transpose of a matrix, BLAS reads them
/// where they are.
///
/// ```swift
/// let a: Matrix = [[1, 2, 3], [4, 5, 6]]
/// a.view[0..<2, 1..<3] * a.view.transposed[1..<3, 0..<1]
/// ```
public struct MatrixView<Scalar: BLASScalar>: Sendable {
    @usableFromInline let memory: Storage<Scalar>
    @usableFromInline let offset: Int

    /// The number of rows.
    public let rows: Int

    /// The number of columns.
    public let columns: Int

    /// The distance in memory from a scalar to the one below it, in scalars.
    public let rowStride: Int

    /// The distance in memory from a scalar to the one at its right, in scalars.
    public let columnStride: Int

    @usableFromInline
    init(memory: Storage<Scalar>, offset: Int, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
        self.memory = memory
        self.offset = offset
        self.rows = rows
        self.columns = columns
        self.rowStride = rowStride
        self.columnStride = columnStride
    }

    /// Equally spaced scalars in a storage as a matrix, without a copy.
    ///
    /// - Parameters:
    ///   - storage: the memory.
    ///   - offset: where the element (0, 0) is.
    ///   - rows: the number of rows.
    ///   - columns: the number of columns.
    ///   - rowStride: the distance from a scalar to the one below it; not negative.
    ///   - columnStride: the distance from a scalar to the one at its right; not negative.
    public init(
        storage: Storage<Scalar>, offset: Int = 0, rows: Int, columns: Int, rowStride: Int, columnStride: Int = 1
    ) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot have the shape (\(rows), \(columns))")
        precondition(
            offset >= 0 && rowStride >= 0 && columnStride >= 0,
            "offset and strides must not be negative, got \(offset), \(rowStride), \(columnStride)")
        if rows > 0, columns > 0, offset + (rows - 1) * rowStride + (columns - 1) * columnStride >= storage.count {
            shapeMismatch(
                "matrix view", "(\(rows), \(columns))", "(\(storage.count))", "the view must lie inside the storage")
        }
        self.init(
            memory: storage, offset: offset, rows: rows, columns: columns, rowStride: rowStride,
            columnStride: columnStride)
    }

    @usableFromInline var start: UnsafeMutablePointer<Scalar> { memory.pointer + offset }

    @usableFromInline var shapeText: String { "(\(rows), \(columns))" }

    /// The number of rows and of columns.
    public var shape: (rows: Int, columns: Int) { (rows, columns) }

    /// The scalar in a row and a column, both from 0.
    @inlinable
    public subscript(row: Int, column: Int) -> Scalar {
        if row < 0 || row >= rows { indexOutOfRange("matrix row", row, rows) }
        if column < 0 || column >= columns { indexOutOfRange("matrix column", column, columns) }
        return memory.pointer[offset + row * rowStride + column * columnStride]
    }

    /// The block of the given rows and columns.
    public subscript(rowRange: Range<Int>, columnRange: Range<Int>) -> MatrixView {
        if rowRange.lowerBound < 0 || columnRange.lowerBound < 0 || rowRange.upperBound > rows
            || columnRange.upperBound > columns
        {
            shapeMismatch(
                "matrix[\(rowRange), \(columnRange)]", shapeText,
                "(\(rowRange.upperBound), \(columnRange.upperBound))", "the block must lie inside the matrix")
        }
        return MatrixView(
            memory: memory, offset: offset + rowRange.lowerBound * rowStride + columnRange.lowerBound * columnStride,
            rows: rowRange.count, columns: columnRange.count, rowStride: rowStride, columnStride: columnStride)
    }

    /// Row `index`.
    public func row(_ index: Int) -> VectorView<Scalar> {
        if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
        return VectorView(memory: memory, offset: offset + index * rowStride, count: columns, stride: columnStride)
    }

    /// Column `index`.
    public func column(_ index: Int) -> VectorView<Scalar> {
        if index < 0 || index >= columns { indexOutOfRange("matrix column", index, columns) }
        return VectorView(memory: memory, offset: offset + index * columnStride, count: rows, stride: rowStride)
    }

    /// The main diagonal.
    public var diagonal: VectorView<Scalar> {
        VectorView(memory: memory, offset: offset, count: Swift.min(rows, columns), stride: rowStride + columnStride)
    }

    /// The transpose, on the same memory.
    public var transposed: MatrixView {
        MatrixView(
            memory: memory, offset: offset, rows: columns, columns: rows, rowStride: columnStride,
            columnStride: rowStride)
    }
}

extension DenseMatrix {
    /// The whole matrix, without a copy.
    public var view: MatrixView<Scalar> {
        MatrixView(memory: memory, offset: 0, rows: rows, columns: columns, rowStride: columns, columnStride: 1)
    }

    /// The scalars of a view, copied.
    public init(_ view: MatrixView<Scalar>) {
        let (rows, columns) = view.shape
        if view.columnStride != 1, view.rowStride == 1 {
            self.init(
                rows: rows, columns: columns,
                storage: BLAS.transposedCopy(columns, rows, view.start, rowStride: view.columnStride))
            return
        }
        self.init(rows: rows, columns: columns, storage: Storage(uninitializedCount: rows * columns))
        for row in 0..<rows {
            BLAS.copy(
                columns, view.start + row * view.rowStride, stride: view.columnStride,
                to: memory.pointer + row * columns)
        }
    }
}
