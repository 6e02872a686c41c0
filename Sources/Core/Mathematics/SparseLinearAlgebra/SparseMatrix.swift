import RealModule

/// A sparse matrix of Doubles.
public typealias SparseMatrix = CompressedRowMatrix<Double>

/// One element of a sparse matrix: where it is and what it is.
public struct MatrixTriplet<Scalar: BLASScalar>: Sendable, Equatable {
    /// The row, from 0.
    public var row: Int
    /// The column, from 0.
    public var column: Int
    /// The scalar.
    public var value: Scalar

    /// An element at a place.
    @inlinable
    public init(_ row: Int, _ column: Int, _ value: Scalar) {
        (self.row, self.column, self.value) = (row, column, value)
    }
}

/// A sparse matrix in compressed rows (CSR): for each row the columns and values of its stored elements, in
/// the order of the columns.
///
/// ```swift
/// let path = SparseMatrix(rows: 2, columns: 2, triplets: [.init(0, 1, 1), .init(1, 0, 1)])
/// path * [1, 2]       // [2, 1]
/// ```
public struct CompressedRowMatrix<Scalar: BLASScalar>: Sendable, Equatable {
    /// The number of rows.
    public let rows: Int

    /// The number of columns.
    public let columns: Int

    /// Where each row begins in `columnIndices` and `values`; one more than there are rows.
    public let rowStarts: [Int]

    /// The columns of the stored elements, ascending within each row.
    public let columnIndices: [Int32]

    /// The stored elements, row after row.
    public internal(set) var values: [Scalar]

    /// A matrix from its compressed rows.
    ///
    /// - Throws: `LinearAlgebraError` if `rowStarts` does not rise from 0 to the number of elements in rows + 1
    ///   steps, the numbers of indices and values differ, or a column is out of range or not after the one
    ///   before it in its row.
    public init(
        rows: Int, columns: Int, rowStarts: [Int], columnIndices: [Int32], values: [Scalar]
    ) throws(LinearAlgebraError) {
        try require("rows", rows, rows >= 0, "at least 0")
        try require("columns", columns, columns >= 0 && columns <= Int(Int32.max), "0 ... \(Int32.max)")
        try require("rowStarts.count", rowStarts.count, rowStarts.count == rows + 1, "rows + 1 = \(rows + 1)")
        try require("rowStarts[0]", rowStarts[0], rowStarts[0] == 0, "0")
        try require(
            "rowStarts[\(rows)]", rowStarts[rows], rowStarts[rows] == values.count, "the number of values, \(values.count)")
        try require(
            "columnIndices.count", columnIndices.count, columnIndices.count == values.count,
            "the number of values, \(values.count)")
        for row in 0..<rows {
            try require(
                "rowStarts[\(row + 1)]", rowStarts[row + 1],
                rowStarts[row + 1] >= rowStarts[row] && rowStarts[row + 1] <= values.count,
                "\(rowStarts[row]) ... \(values.count)")
            var last = -1
            for index in rowStarts[row]..<rowStarts[row + 1] {
                let column = Int(columnIndices[index])
                try require(
                    "columnIndices[\(index)]", column, column > last && column < columns,
                    "\(last + 1) ..< \(columns), ascending within row \(row)")
                last = column
            }
        }
        self.init(unchecked: rows, columns, rowStarts, columnIndices, values)
    }

    @usableFromInline
    init(unchecked rows: Int, _ columns: Int, _ rowStarts: [Int], _ columnIndices: [Int32], _ values: [Scalar]) {
        self.rows = rows
        self.columns = columns
        self.rowStarts = rowStarts
        self.columnIndices = columnIndices
        self.values = values
    }

    /// The matrix with the given elements; those at the same place are added, in the order in which they come.
    ///
    /// Two counting sorts, O(elements + rows + columns). Zeros are kept; see `droppingZeros(tolerance:)`.
    @inlinable
    public init(rows: Int, columns: Int, triplets: some Collection<MatrixTriplet<Scalar>>) {
        precondition(
            rows >= 0 && columns >= 0 && columns <= Int(Int32.max),
            "a sparse matrix cannot have the shape (\(rows), \(columns))")
        // Sorted by column first, then stably by row.
        var columnCounts = [Int](repeating: 0, count: columns + 1)
        var rowCounts = [Int](repeating: 0, count: rows + 1)
        for triplet in triplets {
            if triplet.row < 0 || triplet.row >= rows { indexOutOfRange("triplet's row", triplet.row, rows) }
            if triplet.column < 0 || triplet.column >= columns {
                indexOutOfRange("triplet's column", triplet.column, columns)
            }
            columnCounts[triplet.column + 1] += 1
            rowCounts[triplet.row + 1] += 1
        }
        for column in 0..<columns { columnCounts[column + 1] += columnCounts[column] }
        for row in 0..<rows { rowCounts[row + 1] += rowCounts[row] }
        let count = columnCounts[columns]
        var byColumn = [MatrixTriplet<Scalar>](repeating: .init(0, 0, 0), count: count)
        for triplet in triplets {
            byColumn[columnCounts[triplet.column]] = triplet
            columnCounts[triplet.column] += 1
        }
        var next = rowCounts
        var indices = [Int32](repeating: 0, count: count)
        var sorted = [Scalar](repeating: 0, count: count)
        for triplet in byColumn {
            let place = next[triplet.row]
            indices[place] = Int32(truncatingIfNeeded: triplet.column)
            sorted[place] = triplet.value
            next[triplet.row] += 1
        }
        // Merge what stands at the same place.
        var starts = [0]
        starts.reserveCapacity(rows + 1)
        var kept = 0
        for row in 0..<rows {
            let first = kept
            for index in rowCounts[row]..<rowCounts[row + 1] {
                if kept > first, indices[kept - 1] == indices[index] {
                    sorted[kept - 1] += sorted[index]
                } else {
                    indices[kept] = indices[index]
                    sorted[kept] = sorted[index]
                    kept += 1
                }
            }
            starts.append(kept)
        }
        self.init(unchecked: rows, columns, starts, Array(indices[..<kept]), Array(sorted[..<kept]))
    }

    /// The elements of a dense matrix whose absolute values are above a tolerance.
    public init(_ matrix: DenseMatrix<Scalar>, tolerance: Scalar.RealScalar = 0) {
        var starts = [0]
        var indices: [Int32] = []
        var values: [Scalar] = []
        for row in 0..<matrix.rows {
            for column in 0..<matrix.columns {
                let value = matrix[row, column]
                if !(value.modulus <= tolerance) {
                    indices.append(Int32(column))
                    values.append(value)
                }
            }
            starts.append(values.count)
        }
        self.init(unchecked: matrix.rows, matrix.columns, starts, indices, values)
    }

    /// The identity matrix.
    public static func identity(_ order: Int) -> CompressedRowMatrix { diagonal(.ones(order)) }

    /// The square matrix with the given diagonal.
    public static func diagonal(_ diagonal: DenseVector<Scalar>) -> CompressedRowMatrix {
        let order = diagonal.count
        return CompressedRowMatrix(
            unchecked: order, order, Array(0...order), (0..<order).map { Int32($0) }, Array(diagonal))
    }

    /// The number of rows and of columns.
    public var shape: (rows: Int, columns: Int) { (rows, columns) }

    /// The number of stored elements.
    @inlinable
    public var storedCount: Int { values.count }

    @usableFromInline var shapeText: String { "(\(rows), \(columns))" }

    /// The element in a row and a column, 0 where none is stored. O(log of the row's elements).
    public subscript(row: Int, column: Int) -> Scalar {
        if row < 0 || row >= rows { indexOutOfRange("matrix row", row, rows) }
        if column < 0 || column >= columns { indexOutOfRange("matrix column", column, columns) }
        var (low, high) = (rowStarts[row], rowStarts[row + 1])
        while low < high {
            let middle = (low + high) / 2
            if Int(columnIndices[middle]) < column { low = middle + 1 } else { high = middle }
        }
        return low < rowStarts[row + 1] && Int(columnIndices[low]) == column ? values[low] : 0
    }

    /// The stored elements, row after row.
    public var triplets: [MatrixTriplet<Scalar>] {
        (0..<rows).flatMap { row in
            (rowStarts[row]..<rowStarts[row + 1]).map { MatrixTriplet(row, Int(columnIndices[$0]), values[$0]) }
        }
    }

    /// The same matrix with all its elements.
    public var dense: DenseMatrix<Scalar> {
        var result = DenseMatrix<Scalar>.zeros(rows, columns)
        let pointer = result.mutablePointer
        for row in 0..<rows {
            for index in rowStarts[row]..<rowStarts[row + 1] {
                pointer[row * columns + Int(columnIndices[index])] = values[index]
            }
        }
        return result
    }

    /// The elements on the main diagonal.
    public var diagonal: DenseVector<Scalar> { DenseVector(count: Swift.min(rows, columns)) { self[$0, $0] } }

    /// The rows of a range, in their order.
    public func selectingRows(_ range: Range<Int>) -> CompressedRowMatrix {
        if range.lowerBound < 0 || range.upperBound > rows { indexOutOfRange("matrix row", range.upperBound, rows) }
        let (first, last) = (rowStarts[range.lowerBound], rowStarts[range.upperBound])
        return CompressedRowMatrix(
            unchecked: range.count, columns, rowStarts[range.lowerBound...range.upperBound].map { $0 - first },
            Array(columnIndices[first..<last]), Array(values[first..<last]))
    }

    /// The matrix without the elements of absolute value up to a tolerance.
    public func droppingZeros(tolerance: Scalar.RealScalar = 0) -> CompressedRowMatrix {
        var starts = [0]
        var indices: [Int32] = []
        var kept: [Scalar] = []
        for row in 0..<rows {
            for index in rowStarts[row]..<rowStarts[row + 1] where !(values[index].modulus <= tolerance) {
                indices.append(columnIndices[index])
                kept.append(values[index])
            }
            starts.append(kept.count)
        }
        return CompressedRowMatrix(unchecked: rows, columns, starts, indices, kept)
    }
}
