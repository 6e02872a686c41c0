import RealModule

/// Equally spaced scalars of a vector or matrix, such as a row, a column or a diagonal, without a copy.
///
/// A view has the meaning of a value: it retains the memory it shows, and whoever changes the vector or
/// matrix meanwhile gets a copy first, so that the view keeps showing what it showed.
///
/// ```swift
/// let a: Matrix = [[1, 2], [3, 4]]
/// a.view.column(1).dot(a.view.row(0))     // 2·1 + 4·2 = 10
/// ```
public struct VectorView<Scalar: BLASScalar>: Sendable, RandomAccessCollection {
    @usableFromInline let memory: Storage<Scalar>
    @usableFromInline let offset: Int

    /// The number of scalars.
    public let count: Int

    /// The distance between neighbours in memory, in scalars.
    public let stride: Int

    @usableFromInline
    init(memory: Storage<Scalar>, offset: Int, count: Int, stride: Int) {
        self.memory = memory
        self.offset = offset
        self.count = count
        self.stride = stride
    }

    @usableFromInline var start: UnsafeMutablePointer<Scalar> { memory.pointer + offset }

    /// The position of the first scalar: 0.
    @inlinable
    public var startIndex: Int { 0 }

    /// One past the last scalar.
    @inlinable
    public var endIndex: Int { count }

    /// The scalar at a position from 0.
    @inlinable
    public subscript(index: Int) -> Scalar {
        if index < 0 || index >= count { indexOutOfRange("vector index", index, count) }
        return memory.pointer[offset + index * stride]
    }

    /// The inner product Σ x̄ᵢyᵢ.
    public func dot(_ other: VectorView) -> Scalar {
        if count != other.count {
            shapeMismatch("dot product", "(\(count))", "(\(other.count))", "the lengths must be equal")
        }
        return BLAS.dot(count, start, stride: stride, other.start, stride: other.stride)
    }

    /// The inner product Σ x̄ᵢyᵢ.
    public func dot(_ other: DenseVector<Scalar>) -> Scalar { dot(other.view) }

    /// The Euclidean norm √Σ|xᵢ|², without overflow.
    public var norm: Scalar.RealScalar { BLAS.norm(count, start, stride: stride) }

    /// The sum of the scalars.
    @inlinable
    public var sum: Scalar { reduce(0, +) }
}

extension DenseVector {
    /// All scalars, without a copy.
    public var view: VectorView<Scalar> { VectorView(memory: memory, offset: 0, count: count, stride: 1) }

    /// The scalars at the positions of a range, without a copy.
    public func view(_ range: Range<Int>) -> VectorView<Scalar> {
        if range.lowerBound < 0 || range.upperBound > count {
            shapeMismatch("vector.view(\(range))", "(\(count))", "(\(range.upperBound))", "the range must lie inside")
        }
        return VectorView(memory: memory, offset: range.lowerBound, count: range.count, stride: 1)
    }

    /// Every `stride`-th scalar from position `first` on, without a copy.
    public func view(from first: Int, stride: Int) -> VectorView<Scalar> {
        precondition(stride > 0, "the stride of a view must be positive, got \(stride)")
        if first < 0 || first > count { indexOutOfRange("vector index", first, count + 1) }
        return VectorView(memory: memory, offset: first, count: (count - first + stride - 1) / stride, stride: stride)
    }

    /// The scalars of a view, copied.
    public init(_ view: VectorView<Scalar>) {
        self.init(storage: Storage(uninitializedCount: view.count))
        BLAS.copy(view.count, view.start, stride: view.stride, to: memory.pointer)
    }
}
