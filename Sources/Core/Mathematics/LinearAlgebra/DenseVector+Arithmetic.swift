import RealModule

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
    public static func + (left: DenseVector, right: DenseVector) -> DenseVector {
        left.requireSameCount(as: right, "vector + vector")
        return DenseVector(storage: BLAS.sum(left.count, left.memory.pointer, right.memory.pointer, subtracting: false))
    }

    /// The elementwise difference.
    public static func - (left: DenseVector, right: DenseVector) -> DenseVector {
        left.requireSameCount(as: right, "vector - vector")
        return DenseVector(storage: BLAS.sum(left.count, left.memory.pointer, right.memory.pointer, subtracting: true))
    }

    /// The elementwise product.
    public static func .* (left: DenseVector, right: DenseVector) -> DenseVector {
        left.requireSameCount(as: right, "vector .* vector")
        let result = left.memory.copy()
        BLAS.multiplyElements(left.count, by: right.memory.pointer, result.pointer)
        return DenseVector(storage: result)
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
    public static func * (scalar: Scalar, vector: DenseVector) -> DenseVector {
        DenseVector(storage: BLAS.scaled(vector.memory, by: scalar))
    }

    /// The vector scaled.
    public static func * (vector: DenseVector, scalar: Scalar) -> DenseVector {
        DenseVector(storage: BLAS.scaled(vector.memory, by: scalar))
    }

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
    public static func *= (vector: inout DenseVector, scalar: Scalar) {
        BLAS.multiplyElements(vector.count, by: scalar, vector.mutablePointer)
    }

    /// Divides by a scalar in place.
    @inlinable
    public static func /= (vector: inout DenseVector, scalar: Scalar) {
        vector.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] /= scalar } }
    }

    /// Adds `factor` times another vector in place (`axpy`).
    public mutating func add(_ factor: Scalar, times other: DenseVector) {
        requireSameCount(as: other, "vector + factor × vector")
        makeUnique()
        BLAS.add(count, factor, other.memory.pointer, to: memory.pointer)
    }

    /// Adds `factor` times a view of a vector, a row or a column in place (`axpy`).
    public mutating func add(_ factor: Scalar, times other: VectorView<Scalar>) {
        if count != other.count {
            shapeMismatch("vector + factor × view", "(\(count))", "(\(other.count))", "the lengths must be equal")
        }
        makeUnique()
        BLAS.add(count, factor, other.start, stride: other.stride, to: memory.pointer)
    }

    /// Replaces every scalar by `transform` of it, without new memory.
    @inlinable
    public mutating func mapInPlace<E: Error>(_ transform: (Scalar) throws(E) -> Scalar) throws(E) {
        makeUnique()
        let pointer = memory.pointer
        for index in 0..<count { pointer[index] = try transform(pointer[index]) }
    }

    /// Replaces every scalar by `transform` of it and the scalar of another vector at the same position.
    @inlinable
    public mutating func combineInPlace(
        with other: DenseVector, _ operation: StaticString = "elementwise operation",
        _ transform: (Scalar, Scalar) -> Scalar
    ) {
        requireSameCount(as: other, operation)
        makeUnique()
        let pointer = memory.pointer
        for index in 0..<count { pointer[index] = transform(pointer[index], other.memory.pointer[index]) }
    }

    /// The inner product Σ x̄ᵢyᵢ, linear in `other`; without conjugates where the scalars are real.
    public func dot(_ other: DenseVector) -> Scalar {
        requireSameCount(as: other, "dot product")
        return BLAS.dot(count, memory.pointer, other.memory.pointer)
    }

    /// The inner product Σ x̄ᵢyᵢ with a view of a vector, a row or a column.
    public func dot(_ other: VectorView<Scalar>) -> Scalar { view.dot(other) }

    /// The Euclidean norm √Σ|xᵢ|², without overflow.
    public var norm: Scalar.RealScalar { BLAS.norm(count, memory.pointer) }

    /// The squared Euclidean norm Σ|xᵢ|².
    public var squaredNorm: Scalar.RealScalar { BLAS.dot(count, memory.pointer, memory.pointer).realPart }

    /// The sum of absolute values Σ|xᵢ|.
    @inlinable
    public var absoluteSum: Scalar.RealScalar { withUnsafeBufferPointer { $0.reduce(0) { $0 + $1.modulus } } }

    /// The largest absolute value; 0 for an empty vector. NaNs are passed over.
    @inlinable
    public var maximumMagnitude: Scalar.RealScalar {
        withUnsafeBufferPointer { $0.reduce(0) { Swift.max($0, $1.modulus) } }
    }

    /// The sum of the scalars.
    @inlinable
    public var sum: Scalar { withUnsafeBufferPointer { $0.reduce(0, +) } }

    /// The arithmetic mean; NaN for an empty vector.
    @inlinable
    public var mean: Scalar { sum / Scalar(Scalar.RealScalar(count)) }

    /// The matrix xyᵀ of all products, `count` × `other.count`. Nothing is conjugated.
    public func outerProduct(_ other: DenseVector) -> DenseMatrix<Scalar> {
        var result = DenseMatrix<Scalar>.zeros(count, other.count)
        result.addOuterProduct(1, self, other)
        return result
    }

    /// The vector divided by its Euclidean norm; the zero vector as it is.
    public var normalized: DenseVector {
        let norm = norm
        return norm == 0 ? self : self / Scalar(norm)
    }
}

// The standard library concatenates arrays and other sequences by `+`. To a vector the literal `[1, 1]` is
// more readily an array than a vector, so that without these two, `vector + [1, 1]` would be an array of
// all their elements.
extension DenseVector {
    /// The elementwise sum with the vector of an array's elements.
    @inlinable
    public static func + (left: DenseVector, right: [Scalar]) -> DenseVector { left + DenseVector(right) }

    /// The elementwise sum with the vector of an array's elements.
    @inlinable
    public static func + (left: [Scalar], right: DenseVector) -> DenseVector { DenseVector(left) + right }
}
