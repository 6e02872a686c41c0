public import Mathematics

// Core's vectors and matrices as NumPy arrays and back. Their memory is a `Storage` object, which NumPy retains; and
// NumPy's memory becomes a `Storage` that retains the array.

extension NumPyArray {
    /// A one-dimensional array over a vector's memory, shared and read-only.
    public init<Scalar: BLASScalar & PythonScalar>(_ vector: DenseVector<Scalar>) throws {
        try self.init(storage: vector.storage, shape: [vector.count])
    }

    /// An array of shape (rows, columns) over a matrix's memory, shared and read-only.
    public init<Scalar: BLASScalar & PythonScalar>(_ matrix: DenseMatrix<Scalar>) throws {
        try self.init(storage: matrix.storage, shape: [matrix.rows, matrix.columns])
    }

    private init<Scalar: PythonScalar>(storage: Storage<Scalar>, shape: [Int]) throws {
        try self.init(
            address: UnsafeRawPointer(storage.pointer), format: Scalar.bufferFormat,
            itemSize: MemoryLayout<Scalar>.stride, shape: shape, owner: storage)
    }

    /// A storage of the array's elements, and its shape.
    fileprivate static func storage<Scalar: BLASScalar & PythonScalar>(
        of object: PythonObject, _ type: Scalar.Type, dimensions: Int, shares: Bool
    ) throws -> (storage: Storage<Scalar>, shape: [Int], transfer: PythonArrayTransfer) {
        let array = try NumPyArray(converting: object, to: Scalar.self, dimensions: dimensions)
        var transfer = array.transfer
        if shares, transfer.isShared {
            let refusal = try String(PythonInterpreter.support("freeze", array.pythonObject))
            if !refusal.isEmpty { transfer = .copied(reason: refusal) }
        }
        let view = try MemoryView(array.pythonObject)
        let address = view.data?.assumingMemoryBound(to: Scalar.self)
        // An array that was converted just now is nobody else's: its memory need not be copied again.
        if let address, view.elementCount > 0, shares ? transfer.isShared : !array.transfer.isShared {
            let storage = Storage(adopting: address, count: view.elementCount) { withExtendedLifetime(view) {} }
            return (storage, view.shape, transfer)
        }
        let storage = Storage<Scalar>(uninitializedCount: view.elementCount)
        if let address { storage.pointer.initialize(from: address, count: view.elementCount) }
        return (storage, view.shape, transfer)
    }
}

extension DenseVector: PythonConvertible where Scalar: PythonScalar {
    /// A read-only NumPy array over the vector's own memory.
    public var pythonObject: PythonObject { PythonObject(catching: { try NumPyArray(self).pythonObject }) }
}

extension DenseMatrix: PythonConvertible where Scalar: PythonScalar {
    /// A read-only NumPy array of shape (rows, columns) over the matrix's own memory.
    public var pythonObject: PythonObject { PythonObject(catching: { try NumPyArray(self).pythonObject }) }
}

extension DenseVector: ConvertibleFromPython where Scalar: PythonScalar {
    /// The elements of a one-dimensional array, list or other sequence of numbers, copied.
    ///
    /// Throws a ValueError for another number of dimensions, a TypeError for elements that are not real numbers.
    public init(_ object: PythonObject) throws {
        self.init(storage: try NumPyArray.storage(of: object, Scalar.self, dimensions: 1, shares: false).storage)
    }

    /// A vector on a NumPy array's own memory where that is safe, and what was done.
    ///
    /// Shared is a contiguous array of this scalar type that owns its memory or cannot be written to. It becomes
    /// read-only in Python, so that the vector keeps its values (a writable view of it, made earlier, can still
    /// change them). Anything else is copied. A later change of the vector copies first, as always.
    public static func sharing(_ object: PythonObject) throws -> (vector: DenseVector, transfer: PythonArrayTransfer) {
        let (storage, _, transfer) = try NumPyArray.storage(of: object, Scalar.self, dimensions: 1, shares: true)
        return (DenseVector(storage: storage), transfer)
    }
}

extension DenseMatrix: ConvertibleFromPython where Scalar: PythonScalar {
    /// The elements of a two-dimensional array, or of a list of rows, copied.
    ///
    /// Throws a ValueError for another number of dimensions, a TypeError for elements that are not real numbers.
    public init(_ object: PythonObject) throws {
        let (storage, shape, _) = try NumPyArray.storage(of: object, Scalar.self, dimensions: 2, shares: false)
        self.init(rows: shape[0], columns: shape[1], storage: storage)
    }

    /// A matrix on a NumPy array's own memory where that is safe, and what was done; see `DenseVector.sharing(_:)`.
    /// Shared are arrays in row-major order; transposed ones are copied.
    public static func sharing(_ object: PythonObject) throws -> (matrix: DenseMatrix, transfer: PythonArrayTransfer) {
        let (storage, shape, transfer) = try NumPyArray.storage(of: object, Scalar.self, dimensions: 2, shares: true)
        return (DenseMatrix(rows: shape[0], columns: shape[1], storage: storage), transfer)
    }
}
