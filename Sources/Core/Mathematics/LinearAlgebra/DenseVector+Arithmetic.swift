infix operator .* : MultiplicationPrecedence
infix operator ./ : MultiplicationPrecedence

extension DenseVector {
    /// The vector of `transform` of every scalar.
    @inlinable
    public func map<E: Error>(_ transform: (Scalar) throws(E) -> Scalar) throws(E) -> DenseVector {
        let result = Storage<Scalar>(uninitializedCount: count)
        for index in 0..<count { result.pointer[index] = try transform(memory.pointer[index]) }
        return DenseVector(storage: result)
    }

    /// The vector of `transform` of every pair of scalars at the same position.
    @inlinable
    public func combined(
        with other: DenseVector, _ operation: StaticString = "elementwise operation",
        _ transform: (Scalar, Scalar) -> Scalar
    ) -> DenseVector {
        requireSameCount(as: other, operation)
        let result = Storage<Scalar>(uninitializedCount: count)
        for index in 0..<count {
            result.pointer[index] = transform(memory.pointer[index], other.memory.pointer[index])
        }
        return DenseVector(storage: result)
    }

    @inlinable
    func requireSameCount(as other: DenseVector, _ operation: StaticString) {
        if count != other.count {
            shapeMismatch("\(operation)", "(\(count))", "(\(other.count))", "the lengths must be equal")
        }
    }

    /// The elementwise sum.
    @inlinable
    public static func + (left: DenseVector, right: DenseVector) -> DenseVector {
        left.combined(with: right, "vector + vector", +)
    }

    /// The elementwise difference.
    @inlinable
    public static func - (left: DenseVector, right: DenseVector) -> DenseVector {
        left.combined(with: right, "vector - vector", -)
    }

    /// The elementwise product.
    @inlinable
    public static func .* (left: DenseVector, right: DenseVector) -> DenseVector {
        left.combined(with: right, "vector .* vector", *)
    }

    /// The elementwise quotient.
    @inlinable
    public static func ./ (left: DenseVector, right: DenseVector) -> DenseVector {
        left.combined(with: right, "vector ./ vector", /)
    }

    /// The vector with every sign turned.
    @inlinable
    public static prefix func - (vector: DenseVector) -> DenseVector { vector.map { -$0 } }

    /// The vector with a scalar added to every element.
    @inlinable
    public static func + (vector: DenseVector, scalar: Scalar) -> DenseVector { vector.map { $0 + scalar } }

    /// The vector with a scalar added to every element.
    @inlinable
    public static func + (scalar: Scalar, vector: DenseVector) -> DenseVector { vector.map { scalar + $0 } }

    /// The vector with a scalar taken from every element.
    @inlinable
    public static func - (vector: DenseVector, scalar: Scalar) -> DenseVector { vector.map { $0 - scalar } }

    /// A scalar minus every element.
    @inlinable
    public static func - (scalar: Scalar, vector: DenseVector) -> DenseVector { vector.map { scalar - $0 } }

    /// The vector scaled.
    @inlinable
    public static func * (scalar: Scalar, vector: DenseVector) -> DenseVector { vector.map { scalar * $0 } }

    /// The vector scaled.
    @inlinable
    public static func * (vector: DenseVector, scalar: Scalar) -> DenseVector { vector.map { $0 * scalar } }

    /// Every element divided by a scalar.
    @inlinable
    public static func / (vector: DenseVector, scalar: Scalar) -> DenseVector { vector.map { $0 / scalar } }

    /// A scalar divided by every element.
    @inlinable
    public static func / (scalar: Scalar, vector: DenseVector) -> DenseVector { vector.map { scalar / $0 } }

    /// Adds a vector in place.
    public static func += (left: inout DenseVector, right: DenseVector) { left.add(1, times: right) }

    /// Subtracts a vector in place.
    public static func -= (left: inout DenseVector, right: DenseVector) { left.add(-1, times: right) }

    /// Scales in place.
    @inlinable
    public static func *= (vector: inout DenseVector, scalar: Scalar) {
        vector.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= scalar } }
    }

    /// Divides by a scalar in place.
    @inlinable
    public static func /= (vector: inout DenseVector, scalar: Scalar) {
        vector.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] /= scalar } }
    }

    /// Adds `factor` times another vector in place.
    public mutating func add(_ factor: Scalar, times other: DenseVector) {
        requireSameCount(as: other, "vector + factor × vector")
        makeUnique()
        Scalar.blasAdd(count, factor, other.memory.pointer, to: memory.pointer)
    }

    /// The inner product Σ xᵢyᵢ.
    public func dot(_ other: DenseVector) -> Scalar {
        requireSameCount(as: other, "dot product")
        return Scalar.blasDot(count, memory.pointer, other.memory.pointer)
    }

    /// The Euclidean norm √Σxᵢ², without overflow.
    public var norm: Scalar { Scalar.blasNorm(count, memory.pointer) }

    /// The squared Euclidean norm Σxᵢ².
    public var squaredNorm: Scalar { Scalar.blasDot(count, memory.pointer, memory.pointer) }

    /// The sum of absolute values Σ|xᵢ|.
    public var absoluteSum: Scalar { withUnsafeBufferPointer { $0.reduce(0) { $0 + $1.magnitude } } }

    /// The largest absolute value; 0 for an empty vector.
    public var maximumMagnitude: Scalar {
        withUnsafeBufferPointer { $0.reduce(0) { Swift.max($0, $1.magnitude) } }
    }

    /// The sum of the scalars.
    public var sum: Scalar { withUnsafeBufferPointer { $0.reduce(0, +) } }

    /// The arithmetic mean; NaN for an empty vector.
    public var mean: Scalar { sum / Scalar(count) }

    /// The matrix xyᵀ of all products, `count` × `other.count`.
    public func outerProduct(_ other: DenseVector) -> DenseMatrix<Scalar> {
        DenseMatrix(rows: count, columns: other.count) { self[$0] * other[$1] }
    }
}
