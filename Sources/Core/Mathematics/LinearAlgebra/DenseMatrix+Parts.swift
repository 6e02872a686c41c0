import RealModule

extension DenseMatrix {
    /// All scalars, row after row, as a vector on the same memory.
    public var flattened: DenseVector<Scalar> { DenseVector(storage: storage) }

    /// Row `index`, copied; `view.row(_:)` does not copy.
    public func row(_ index: Int) -> DenseVector<Scalar> { DenseVector(view.row(index)) }

    /// Column `index`, copied; `view.column(_:)` does not copy.
    public func column(_ index: Int) -> DenseVector<Scalar> { DenseVector(view.column(index)) }

    /// The rows at the given indices, in that order (repetitions allowed).
    public func selectingRows(_ indices: some Collection<Int>) -> DenseMatrix {
        let result = Storage<Scalar>(uninitializedCount: indices.count * columns)
        for (position, index) in indices.enumerated() {
            if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
            (result.pointer + position * columns).initialize(from: memory.pointer + index * columns, count: columns)
        }
        return DenseMatrix(rows: indices.count, columns: columns, storage: result)
    }

    /// The columns at the given indices, in that order (repetitions allowed).
    public func selectingColumns(_ indices: some Collection<Int>) -> DenseMatrix {
        let chosen = Array(indices)
        for index in chosen where index < 0 || index >= columns { indexOutOfRange("matrix column", index, columns) }
        let result = Storage<Scalar>(uninitializedCount: rows * chosen.count)
        for (position, index) in chosen.enumerated() {
            BLAS.copy(
                rows, memory.pointer + index, stride: columns, to: result.pointer + position, by: chosen.count)
        }
        return DenseMatrix(rows: rows, columns: chosen.count, storage: result)
    }

    /// The block of the given rows and columns: read as a copy (`view[…]` does not copy), written in place.
    public subscript(rowRange: Range<Int>, columnRange: Range<Int>) -> DenseMatrix {
        get { DenseMatrix(view[rowRange, columnRange]) }
        set { setBlock(rowRange, columnRange, to: newValue.view) }
    }

    /// Replaces the block of the given rows and columns.
    public mutating func setBlock(_ rowRange: Range<Int>, _ columnRange: Range<Int>, to block: MatrixView<Scalar>) {
        if rowRange.lowerBound < 0 || columnRange.lowerBound < 0 || rowRange.upperBound > rows
            || columnRange.upperBound > columns || rowRange.count != block.rows || columnRange.count != block.columns
        {
            shapeMismatch(
                "setBlock(\(rowRange), \(columnRange))", shapeText, block.shapeText,
                "the ranges must lie inside the matrix and have the shape of the block")
        }
        let offset = rowRange.lowerBound * columns + columnRange.lowerBound
        withExtendedLifetime(block) {
            makeUnique()
            for row in 0..<block.rows {
                BLAS.copy(
                    block.columns, block.start + row * block.rowStride, stride: block.columnStride,
                    to: memory.pointer + offset + row * columns)
            }
        }
    }

    /// Replaces row `index`.
    public mutating func setRow(_ index: Int, to row: DenseVector<Scalar>) {
        if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
        if row.count != columns {
            shapeMismatch("setRow", shapeText, "(\(row.count))", "the row must have as many scalars as columns")
        }
        makeUnique()
        BLAS.copy(columns, row.memory.pointer, to: memory.pointer + index * columns)
    }

    /// Replaces column `index`.
    public mutating func setColumn(_ index: Int, to column: DenseVector<Scalar>) {
        if index < 0 || index >= columns { indexOutOfRange("matrix column", index, columns) }
        if column.count != rows {
            shapeMismatch("setColumn", shapeText, "(\(column.count))", "the column must have as many scalars as rows")
        }
        makeUnique()
        BLAS.copy(rows, column.memory.pointer, to: memory.pointer + index, by: columns)
    }

    /// Calls `body` with the scalars of one row, to be changed in place.
    @inlinable
    public mutating func withUnsafeMutableRow<R, E: Error>(
        _ index: Int, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: memory.pointer + index * columns, count: columns))
    }

    /// The scalars on the main diagonal.
    public var diagonal: DenseVector<Scalar> { DenseVector(view.diagonal) }

    /// The sum of the main diagonal.
    public var trace: Scalar { diagonal.sum }

    /// The transpose, copied in blocks that fit the cache; `view.transposed` does not copy.
    public var transposed: DenseMatrix {
        DenseMatrix(
            rows: columns, columns: rows,
            storage: BLAS.transposedCopy(rows, columns, memory.pointer, rowStride: columns))
    }

    /// The conjugate transpose Aᴴ; the transpose, where the scalars are real.
    public var adjoint: DenseMatrix {
        DenseMatrix(
            rows: columns, columns: rows,
            storage: BLAS.transposedCopy(rows, columns, memory.pointer, rowStride: columns, conjugated: true))
    }

    /// The rows of this matrix followed by those of another with as many columns.
    public func appendingRows(of other: DenseMatrix) -> DenseMatrix {
        if columns != other.columns {
            shapeMismatch("appendingRows", shapeText, other.shapeText, "the numbers of columns must be equal")
        }
        let result = Storage<Scalar>(uninitializedCount: count + other.count)
        result.pointer.initialize(from: memory.pointer, count: count)
        (result.pointer + count).initialize(from: other.memory.pointer, count: other.count)
        return DenseMatrix(rows: rows + other.rows, columns: columns, storage: result)
    }

    /// This matrix with the columns of another with as many rows at its right.
    public func appendingColumns(of other: DenseMatrix) -> DenseMatrix {
        if rows != other.rows {
            shapeMismatch("appendingColumns", shapeText, other.shapeText, "the numbers of rows must be equal")
        }
        var result = DenseMatrix(
            rows: rows, columns: columns + other.columns,
            storage: Storage(uninitializedCount: count + other.count))
        result.setBlock(0..<rows, 0..<columns, to: view)
        result.setBlock(0..<rows, columns..<columns + other.columns, to: other.view)
        return result
    }

    /// The sum of each row.
    public var rowSums: DenseVector<Scalar> { self * .ones(columns) }

    /// The sum of each column.
    public var columnSums: DenseVector<Scalar> { transposeMultiplied(by: DenseVector.ones(rows)) }

    /// The mean of each column; NaN where there are no rows.
    public var columnMeans: DenseVector<Scalar> { columnSums / Scalar(Scalar.RealScalar(rows)) }

    /// The mean of each row; NaN where there are no columns.
    public var rowMeans: DenseVector<Scalar> { rowSums / Scalar(Scalar.RealScalar(columns)) }
}
