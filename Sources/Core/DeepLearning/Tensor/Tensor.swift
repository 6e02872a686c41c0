import Mathematics

/// An n-dimensional array with the meaning of a value, whose arithmetic can be differentiated.
///
/// A tensor is a view of shared memory: slices, transpositions and broadcasts copy nothing, and memory
/// is copied only when a tensor that shares it is written to. Arithmetic works element by element and
/// broadcasts as NumPy's does; `matmul` and `einsum` multiply matrices through BLAS.
///
/// ```swift
/// let x: Tensor<Float> = [[1, 2], [3, 4]]
/// let slope = gradient(at: x) { x in exp(x).sum() }      // exp(x)
/// ```
///
/// Operators stop the program, naming both shapes, when shapes do not fit.
public struct Tensor<Scalar: TensorElement>: Sendable {
    var storage: Storage<Scalar>
    var offset: Int
    /// The sizes of the axes.
    public internal(set) var shape: TensorShape
    var strides: TensorShape
    /// How the tensor came about, while it is being differentiated.
    var trace: Trace<Scalar>?

    init(storage: Storage<Scalar>, offset: Int = 0, shape: TensorShape, strides: TensorShape) {
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
    }

    /// A contiguous tensor on existing memory, without a copy.
    ///
    /// Stops the program unless the storage holds exactly as many scalars as the shape asks for.
    public init(storage: Storage<Scalar>, shape: TensorShape) {
        guard storage.count == shape.scalarCount else {
            fatalError("a storage of \(storage.count) scalars cannot have the shape \(shape), which has \(shape.scalarCount)")
        }
        self.init(storage: storage, shape: shape, strides: shape.contiguousStrides)
    }

    /// Uninitialised memory of a shape.
    init(uninitialized shape: TensorShape) {
        self.init(
            storage: Storage(uninitializedCount: shape.scalarCount), shape: shape, strides: shape.contiguousStrides)
    }

    /// The number of axes.
    public var rank: Int { shape.rank }

    /// The number of scalars.
    public var count: Int { shape.scalarCount }

    /// Whether the scalars lie in memory one after the other in the order of the axes.
    public var isContiguous: Bool {
        var expected = 1
        for axis in stride(from: rank - 1, through: 0, by: -1) {
            let size = shape[axis]
            if size != 1, strides[axis] != expected { return size == 0 || count == 0 }
            expected *= size
        }
        return true
    }

    /// The first scalar in memory.
    var pointer: UnsafeMutablePointer<Scalar> { storage.pointer + offset }

    /// The same scalars, contiguous in memory: itself where they are already.
    func packed() -> Tensor {
        if isContiguous { return self }
        var copy = Tensor(uninitialized: shape)
        copyStrided(from: pointer, strides: strides, to: copy.pointer, shape: shape)
        copy.trace = trace
        return copy
    }

    /// The tensor with another shape and strides on the same memory, outside any differentiation.
    func viewed(_ shape: TensorShape, strides: TensorShape, offset: Int? = nil) -> Tensor {
        Tensor(storage: storage, offset: offset ?? self.offset, shape: shape, strides: strides)
    }

    /// Makes the memory this tensor's own and contiguous, so that it can be written to in place.
    mutating func makeUnique() {
        if isKnownUniquelyReferenced(&storage), storage.isWritable, isContiguous { return }
        let fresh = Tensor(uninitialized: shape)
        copyStrided(from: pointer, strides: strides, to: fresh.pointer, shape: shape)
        storage = fresh.storage
        offset = 0
        strides = fresh.strides
    }

    /// The scalars in the order of the axes.
    public var scalars: [Scalar] {
        let packed = packed()
        return Array(UnsafeBufferPointer(start: packed.pointer, count: count))
    }

    /// The one scalar of a tensor that has a single one. Stops the program on any other.
    public var scalar: Scalar {
        guard count == 1 else { fatalError("a tensor of the shape \(shape) is not a single scalar") }
        return pointer.pointee
    }

    /// Calls `body` with the scalars in the order of the axes.
    public func withUnsafeScalars<R, E: Error>(_ body: (UnsafeBufferPointer<Scalar>) throws(E) -> R) throws(E) -> R {
        let packed = packed()
        defer { withExtendedLifetime(packed) {} }
        return try body(UnsafeBufferPointer(start: packed.pointer, count: count))
    }

    /// Calls `body` with the scalars, in the order of the axes, to change them in place.
    ///
    /// The change is not differentiated: the tensor forgets how it came about.
    public mutating func withUnsafeMutableScalars<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        trace = nil
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: pointer, count: count))
    }
}
