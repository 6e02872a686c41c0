/// A vector of Doubles.
public typealias Vector = DenseVector<Double>

/// A vector of real or complex scalars in contiguous memory, with the meaning of a value.
///
/// Copies share their memory until one of them is changed. It is a collection of its scalars, can be
/// written as a literal, and knows the arithmetic of vectors; products run in BLAS.
///
/// ```swift
/// let direction: Vector = [3, 4]
/// direction.norm            // 5
/// 2 * direction + 1         // [7, 9]
/// ```
public struct DenseVector<Scalar: BLASScalar>: Sendable {
    /// The memory of the scalars; retain it to share them without a copy.
    @inlinable
    public var storage: Storage<Scalar> { memory }

    @usableFromInline var memory: Storage<Scalar>

    /// A vector on existing memory, without a copy.
    @inlinable
    public init(storage: Storage<Scalar>) { memory = storage }

    /// A vector of `count` scalars, all equal to `value`.
    public init(repeating value: Scalar, count: Int) { memory = BLAS.repeated(value, count) }

    /// A vector of `count` zeros.
    public static func zeros(_ count: Int) -> DenseVector { DenseVector(repeating: 0, count: count) }

    /// A vector of `count` ones.
    public static func ones(_ count: Int) -> DenseVector { DenseVector(repeating: 1, count: count) }

    /// The scalars of a collection, in its order.
    @inlinable
    public init(_ scalars: some Collection<Scalar>) {
        memory = Storage(uninitializedCount: scalars.count)
        var next = memory.pointer
        for scalar in scalars {
            next.initialize(to: scalar)
            next += 1
        }
    }

    /// The vector whose element i is `element(i)`.
    @inlinable
    public init<E: Error>(count: Int, _ element: (Int) throws(E) -> Scalar) throws(E) {
        memory = Storage(uninitializedCount: count)
        for index in 0..<count { memory.pointer[index] = try element(index) }
    }

    /// Copies the memory if anybody else can see it.
    @inlinable
    mutating func makeUnique() {
        if !isKnownUniquelyReferenced(&memory) || !memory.isWritable { memory = memory.copy() }
    }

    /// Calls `body` with the scalars in memory.
    @inlinable
    public func withUnsafeBufferPointer<R, E: Error>(
        _ body: (UnsafeBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        defer { withExtendedLifetime(storage) {} }
        return try body(UnsafeBufferPointer(start: memory.pointer, count: memory.count))
    }

    /// Calls `body` with the scalars in memory, to be changed in place.
    @inlinable
    public mutating func withUnsafeMutableBufferPointer<R, E: Error>(
        _ body: (UnsafeMutableBufferPointer<Scalar>) throws(E) -> R
    ) throws(E) -> R {
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: memory.pointer, count: memory.count))
    }
}

extension DenseVector where Scalar: LinearAlgebraScalar {
    /// `count` scalars equally spaced from `first` to `last`, both included.
    public static func linearlySpaced(from first: Scalar, to last: Scalar, count: Int) -> DenseVector {
        guard count > 1 else { return DenseVector(repeating: first, count: count) }
        let step = (last - first) / Scalar(count - 1)
        return DenseVector(count: count) { $0 == count - 1 ? last : first + Scalar($0) * step }
    }

    /// `count` positive scalars in geometric progression from `first` to `last`, both included.
    public static func logarithmicallySpaced(from first: Scalar, to last: Scalar, count: Int) -> DenseVector {
        precondition(first > 0 && last > 0, "logarithmic spacing needs positive ends, got \(first) and \(last)")
        guard count > 1 else { return DenseVector(repeating: first, count: count) }
        let logarithms = Vector.linearlySpaced(
            from: PortableFunctions.logarithm(Double(first)), to: PortableFunctions.logarithm(Double(last)),
            count: count)
        return DenseVector(count: count) {
            $0 == 0 ? first : $0 == count - 1 ? last : Scalar(PortableFunctions.exponential(logarithms[$0]))
        }
    }
}

extension DenseVector: RandomAccessCollection, MutableCollection {
    /// The position of the first scalar: 0.
    @inlinable
    public var startIndex: Int { 0 }

    /// One past the last scalar.
    @inlinable
    public var endIndex: Int { memory.count }

    /// The number of scalars.
    @inlinable
    public var count: Int { memory.count }

    /// The scalar at a position from 0.
    @inlinable
    public subscript(index: Int) -> Scalar {
        get {
            if index < 0 || index >= memory.count { indexOutOfRange("vector index", index, memory.count) }
            return memory.pointer[index]
        }
        set {
            if index < 0 || index >= memory.count { indexOutOfRange("vector index", index, memory.count) }
            makeUnique()
            memory.pointer[index] = newValue
        }
    }

    @inlinable
    public func withContiguousStorageIfAvailable<R>(
        _ body: (UnsafeBufferPointer<Scalar>) throws -> R
    ) rethrows -> R? {
        try withUnsafeBufferPointer(body)
    }
}

extension DenseVector: ExpressibleByArrayLiteral {
    /// A vector of the literal's scalars.
    public init(arrayLiteral elements: Scalar...) { self.init(elements) }
}

extension DenseVector: Equatable, Hashable {
    /// Whether two vectors have the same length and equal scalars.
    public static func == (left: DenseVector, right: DenseVector) -> Bool {
        left.storage === right.storage ? !left.contains { $0 != $0 } : left.elementsEqual(right)
    }

    /// Hashes the scalars.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(count)
        for scalar in self { hasher.combine(scalar) }
    }
}
