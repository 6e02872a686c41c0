/// A contiguous run of scalars in memory, shared by whoever retains it.
///
/// `DenseVector` and `DenseMatrix` keep their elements in one, copy it before they write to it while
/// somebody else holds it, and hand it out so that other libraries (NumPy arrays, for example) can
/// show the same memory without a copy. Memory that belongs to somebody else can be adopted: it is
/// released by the closure given with it, and is never written to unless the adopter says so.
///
/// The scalars must be plain bits (numbers, or structures of numbers such as `Complex`): they are copied
/// as bytes and never destroyed one by one.
public final class Storage<Scalar>: @unchecked Sendable {
    // Unchecked: the memory is written only by a value that holds the sole reference to it.

    /// The first scalar. Valid as long as this object lives.
    public let pointer: UnsafeMutablePointer<Scalar>

    /// The number of scalars.
    public let count: Int

    /// Whether the sole owner of this object may write to the memory.
    public let isWritable: Bool

    /// What gives foreign memory back; nil for memory of our own.
    private let release: (@Sendable () -> Void)?

    /// The size of our own memory.
    private let allocatedBytes: Int

    /// Allocates memory for `count` scalars, aligned to a cache line and not initialised.
    public convenience init(uninitializedCount count: Int) {
        self.init(uninitializedCount: count, padding: 0)
    }

    /// The same with memory for `padding` scalars more behind them.
    init(uninitializedCount count: Int, padding: Int) {
        precondition(count >= 0, "a storage cannot hold \(count) scalars")
        allocatedBytes = (count + padding) * MemoryLayout<Scalar>.stride
        let memory = StoragePool.allocate(allocatedBytes)
        self.pointer = memory.bindMemory(to: Scalar.self, capacity: count)
        self.count = count
        self.isWritable = true
        self.release = nil
    }

    /// Allocates `count` scalars, all equal to `value`.
    public convenience init(repeating value: Scalar, count: Int) {
        self.init(uninitializedCount: count)
        pointer.initialize(repeating: value, count: count)
    }

    /// Takes over memory that belongs to somebody else.
    ///
    /// - Parameters:
    ///   - pointer: the first scalar; the memory must stay where it is until `release` is called.
    ///   - count: the number of scalars.
    ///   - isWritable: whether the sole owner of this object may write in place. False makes every
    ///     change of a vector or matrix on this memory copy it first, so that the other owner never
    ///     sees it change.
    ///   - release: called once, when nobody uses the memory any more.
    public init(
        adopting pointer: UnsafeMutablePointer<Scalar>, count: Int, isWritable: Bool = false,
        release: @escaping @Sendable () -> Void
    ) {
        precondition(count >= 0, "a storage cannot hold \(count) scalars")
        self.pointer = pointer
        self.count = count
        self.isWritable = isWritable
        self.release = release
        allocatedBytes = 0
    }

    deinit {
        if let release { return release() }
        StoragePool.deallocate(UnsafeMutableRawPointer(pointer), allocatedBytes)
    }

    /// A copy of the scalars in memory of its own.
    public func copy() -> Storage {
        let copy = Storage(uninitializedCount: count)
        copy.pointer.initialize(from: pointer, count: count)
        return copy
    }
}
