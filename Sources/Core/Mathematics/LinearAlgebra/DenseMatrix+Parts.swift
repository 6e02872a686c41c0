extension DenseMatrix {
    /// All scalars, row after row, as a vector on the same memory.
    public var flattened: DenseVector<Scalar> { DenseVector(storage: storage) }

    /// Row `index`, copied.
    public func row(_ index: Int) -> DenseVector<Scalar> {
        if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
        let result = Storage<Scalar>(uninitializedCount: columns)
        result.pointer.initialize(from: memory.pointer + index * columns, count: columns)
        return DenseVector(storage: result)
    }

    /// Column `index`, copied.
    public func column(_ index: Int) -> DenseVector<Scalar> {
        if index < 0 || index >= columns { indexOutOfRange("matrix column", index, columns) }
        return DenseVector(count: rows) { memory.pointer[$0 * columns + index] }
    }

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
        return DenseMatrix(rows: rows, columns: chosen.count) { memory.pointer[$0 * columns + chosen[$1]] }
    }

    /// Replaces row `index`.
    public mutating func setRow(_ index: Int, to row: DenseVector<Scalar>) {
        if index < 0 || index >= rows { indexOutOfRange("matrix row", index, rows) }
        if row.count != columns {
            shapeMismatch("setRow", shapeText, "(\(row.count))", "the row must have as many scalars as columns")
        }
        makeUnique()
        (memory.pointer + index * columns).update(from: row.memory.pointer, count: columns)
    }

    /// The scalars on the main diagonal.
    public var diagonal: DenseVector<Scalar> {
        DenseVector(count: Swift.min(rows, columns)) { memory.pointer[$0 * (columns + 1)] }
    }

    /// The sum of the main diagonal.
    public var trace: Scalar { diagonal.sum }

    /// The transpose, copied in blocks that fit the cache.
    public var transposed: DenseMatrix {
        let result = Storage<Scalar>(uninitializedCount: count)
        let block = 32
        for rowStart in stride(from: 0, to: rows, by: block) {
            for columnStart in stride(from: 0, to: columns, by: block) {
                for row in rowStart..<Swift.min(rowStart + block, rows) {
                    for column in columnStart..<Swift.min(columnStart + block, columns) {
                        result.pointer[column * rows + row] = memory.pointer[row * columns + column]
                    }
                }
            }
        }
        return DenseMatrix(rows: columns, columns: rows, storage: result)
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
        return DenseMatrix(rows: rows, columns: columns + other.columns) {
            $1 < columns ? self[$0, $1] : other[$0, $1 - columns]
        }
    }

    /// The sum of each row.
    public var rowSums: DenseVector<Scalar> { self * .ones(columns) }

    /// The sum of each column.
    public var columnSums: DenseVector<Scalar> { transposeMultiplied(by: DenseVector.ones(rows)) }

    /// The mean of each column.
    public var columnMeans: DenseVector<Scalar> { columnSums / Scalar(rows) }
}
