/// A matrix of Doubles.
public typealias Matrix = DenseMatrix<Double>

/// A matrix of real or complex scalars in contiguous memory, row after row, with the meaning of a value.
///
/// Copies share their memory until one of them is changed. Products run in BLAS, decompositions in
/// LAPACK.
///
/// ```swift
/// let rotation: Matrix = [[0, -1], [1, 0]]
/// rotation * [1, 0]         // [0, 1]
/// ```
///
/// Operators stop the program where shapes do not fit, naming both; decompositions and solvers throw a
/// ``LinearAlgebraError``. Products pass NaN and infinity on; what throws says so. A product over zero
/// terms is a matrix of zeros.
public struct DenseMatrix<Scalar: BLASScalar>: Sendable, Equatable, Hashable {
    /// The number of rows.
    public let rows: Int

    /// The number of columns.
    public let columns: Int

    /// The memory of the scalars, row-major; retain it to share them without a copy.
    @inlinable
    public var storage: Storage<Scalar> { memory }

    @usableFromInline var memory: Storage<Scalar>

    /// A matrix on existing row-major memory, without a copy.
    @inlinable
    public init(rows: Int, columns: Int, storage: Storage<Scalar>) {
        precondition(rows >= 0 && columns >= 0, "a matrix cannot have the shape (\(rows), \(columns))")
        if storage.count != rows * columns {
            shapeMismatch(
                "matrix on a storage", "(\(rows), \(columns))", "(\(storage.count))",
                "the storage must hold rows × columns scalars")
        }
        self.rows = rows
        self.columns = columns
        memory = storage
    }

    /// A matrix with all elements equal to `value`.
    public init(repeating value: Scalar, rows: Int, columns: Int) {
        self.init(rows: rows, columns: columns, storage: BLAS.repeated(value, rows * columns))
    }

    /// The matrix whose element (i, j) is `element(i, j)`.
    @inlinable
    public init<E: Error>(rows: Int, columns: Int, _ element: (Int, Int) throws(E) -> Scalar) throws(E) {
        self.init(rows: rows, columns: columns, storage: Storage(uninitializedCount: rows * columns))
        var next = memory.pointer
        for row in 0..<rows {
            for column in 0..<columns {
                next.initialize(to: try element(row, column))
                next += 1
            }
        }
    }

    /// A matrix of the scalars of a vector, read row after row, without a copy.
    public init(rows: Int, columns: Int, _ scalars: DenseVector<Scalar>) {
        self.init(rows: rows, columns: columns, storage: scalars.storage)
    }

    /// A matrix with the given rows, which must have equal lengths.
    public init(rows: some Collection<some Collection<Scalar>>) {
        let columns = rows.first?.count ?? 0
        self.init(
            rows: rows.count, columns: columns, storage: Storage(uninitializedCount: rows.count * columns))
        var next = memory.pointer
        for (index, row) in rows.enumerated() {
            if row.count != columns {
                shapeMismatch("row \(index)", "(\(row.count))", "(\(columns))", "all rows must have equal lengths")
            }
            for scalar in row {
                next.initialize(to: scalar)
                next += 1
            }
        }
    }

    /// A matrix of zeros.
    public static func zeros(_ rows: Int, _ columns: Int) -> DenseMatrix {
        DenseMatrix(repeating: 0, rows: rows, columns: columns)
    }

    /// The identity matrix.
    public static func identity(_ order: Int) -> DenseMatrix {
        diagonal(.ones(order))
    }

    /// The square matrix with the given diagonal and zeros elsewhere.
    public static func diagonal(_ diagonal: DenseVector<Scalar>) -> DenseMatrix {
        let result = zeros(diagonal.count, diagonal.count)
        for index in diagonal.indices { result.memory.pointer[index * (diagonal.count + 1)] = diagonal[index] }
        return result
    }

    /// The number of rows and of columns.
    public var shape: (rows: Int, columns: Int) { (rows, columns) }

    /// The number of scalars.
    @inlinable
    public var count: Int { memory.count }

    @usableFromInline var shapeText: String { "(\(rows), \(columns))" }

    @inlinable
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&memory) || !memory.isWritable { memory = memory.copy() }
    }

    @inlinable
    func offset(_ row: Int, _ column: Int) -> Int {
        if row < 0 || row >= rows { indexOutOfRange("matrix row", row, rows) }
        if column < 0 || column >= columns { indexOutOfRange("matrix column", column, columns) }
        return row * columns + column
    }

    /// The scalar in a row and a column, both from 0.
    @inlinable
    public subscript(row: Int, column: Int) -> Scalar {
        get { memory.pointer[offset(row, column)] }
        set {
            let offset = offset(row, column)
            makeUnique()
            memory.pointer[offset] = newValue
        }
    }

    /// Calls `body` with the scalars in memory, row-major.
    @inlinable
    public func withUnsafeBufferPointer<R, E: Error>(
        _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: memory.pointer, count: memory.count))
    }

    /// Calls `body` with the scalars in memory, row-major, to be changed in place.
    @inlinable
    public mutating func withUnsafeMutableBufferPointer<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: memory.pointer, count: memory.count))
    }

    /// Whether two matrices have the same shape and equal scalars.
    public static func == (left: DenseMatrix, right: DenseMatrix) -> Bool {
        left.rows == right.rows && left.columns == right.columns && left.flattened == right.flattened
    }

    /// Hashes the shape and the scalars.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(rows)
        hasher.combine(flattened)
    }
}

extension DenseMatrix: ExpressibleByArrayLiteral {
    /// A matrix with the literal's rows.
    public init(arrayLiteral rows: [Scalar]...) { self.init(rows: rows) }
}
