import RealModule

extension DenseMatrix {
    /// The matrix of `transform` of every scalar.
    @inlinable
    public func map<E: Error>(_ transform: (Scalar) throws(E) -> Scalar) throws(E) -> DenseMatrix {
        let result = Storage<Scalar>(uninitializedCount: count)
        for index in 0..<count { result.pointer[index] = try transform(memory.pointer[index]) }
        return DenseMatrix(rows: rows, columns: columns, storage: result)
    }

    /// The matrix of `transform` of every pair of scalars at the same place.
    @inlinable
    public func combined(
        with other: DenseMatrix, _ operation: StaticString = "elementwise operation",
        _ transform: (Scalar, Scalar) -> Scalar
    ) -> DenseMatrix {
        requireSameShape(as: other, operation)
        let result = Storage<Scalar>(uninitializedCount: count)
        for index in 0..<count {
            result.pointer[index] = transform(memory.pointer[index], other.memory.pointer[index])
        }
        return DenseMatrix(rows: rows, columns: columns, storage: result)
    }

    @inlinable
    func requireSameShape(as other: DenseMatrix, _ operation: StaticString) {
        if rows != other.rows || columns != other.columns {
            shapeMismatch("\(operation)", shapeText, other.shapeText, "the shapes must be equal")
        }
    }

    /// The elementwise sum.
    public static func + (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        left.requireSameShape(as: right, "matrix + matrix")
        return DenseMatrix(
            rows: left.rows, columns: left.columns,
            storage: BLAS.sum(left.count, left.memory.pointer, right.memory.pointer, subtracting: false))
    }

    /// The elementwise difference.
    public static func - (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        left.requireSameShape(as: right, "matrix - matrix")
        return DenseMatrix(
            rows: left.rows, columns: left.columns,
            storage: BLAS.sum(left.count, left.memory.pointer, right.memory.pointer, subtracting: true))
    }

    /// The elementwise product.
    public static func .* (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        left.requireSameShape(as: right, "matrix .* matrix")
        let result = left.memory.copy()
        BLAS.multiplyElements(left.count, by: right.memory.pointer, result.pointer)
        return DenseMatrix(rows: left.rows, columns: left.columns, storage: result)
    }

    /// The elementwise quotient.
    @inlinable
    public static func ./ (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        left.combined(with: right, "matrix ./ matrix", /)
    }

    /// The matrix with every sign turned.
    @inlinable
    public static prefix func - (matrix: DenseMatrix) -> DenseMatrix { matrix.map { -$0 } }

    /// The matrix scaled.
    public static func * (scalar: Scalar, matrix: DenseMatrix) -> DenseMatrix {
        DenseMatrix(rows: matrix.rows, columns: matrix.columns, storage: BLAS.scaled(matrix.memory, by: scalar))
    }

    /// The matrix scaled.
    public static func * (matrix: DenseMatrix, scalar: Scalar) -> DenseMatrix {
        DenseMatrix(rows: matrix.rows, columns: matrix.columns, storage: BLAS.scaled(matrix.memory, by: scalar))
    }

    /// Every element divided by a scalar.
    @inlinable
    public static func / (matrix: DenseMatrix, scalar: Scalar) -> DenseMatrix { matrix.map { $0 / scalar } }

    /// Adds a matrix in place.
    public static func += (left: inout DenseMatrix, right: DenseMatrix) { left.add(1, times: right) }

    /// Subtracts a matrix in place.
    public static func -= (left: inout DenseMatrix, right: DenseMatrix) { left.add(-1, times: right) }

    /// Scales in place.
    public static func *= (matrix: inout DenseMatrix, scalar: Scalar) {
        BLAS.multiplyElements(matrix.count, by: scalar, matrix.mutablePointer)
    }

    /// Divides by a scalar in place.
    @inlinable
    public static func /= (matrix: inout DenseMatrix, scalar: Scalar) {
        matrix.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] /= scalar } }
    }

    /// Adds `factor` times another matrix in place (`axpy`).
    public mutating func add(_ factor: Scalar, times other: DenseMatrix) {
        requireSameShape(as: other, "matrix + factor × matrix")
        makeUnique()
        BLAS.add(count, factor, other.memory.pointer, to: memory.pointer)
    }

    /// Replaces every scalar by `transform` of it, without new memory.
    @inlinable
    public mutating func mapInPlace<E: Error>(_ transform: (Scalar) throws(E) -> Scalar) throws(E) {
        makeUnique()
        let pointer = memory.pointer
        for index in 0..<count { pointer[index] = try transform(pointer[index]) }
    }

    /// Adds a scalar to every element of the main diagonal in place.
    public mutating func addToDiagonal(_ scalar: Scalar) {
        makeUnique()
        for index in 0..<Swift.min(rows, columns) { memory.pointer[index * (columns + 1)] += scalar }
    }

    /// Multiplies row i by `factors[i]` in place: self ← diag(factors) · self.
    public mutating func scaleRows(by factors: DenseVector<Scalar>) {
        if factors.count != rows {
            shapeMismatch("scalingRows", shapeText, "(\(factors.count))", "one factor a row is needed")
        }
        makeUnique()
        for row in 0..<rows {
            BLAS.multiplyElements(columns, by: factors.memory.pointer[row], memory.pointer + row * columns)
        }
    }

    /// Multiplies column j by `factors[j]` in place: self ← self · diag(factors).
    public mutating func scaleColumns(by factors: DenseVector<Scalar>) {
        if factors.count != columns {
            shapeMismatch("scalingColumns", shapeText, "(\(factors.count))", "one factor a column is needed")
        }
        makeUnique()
        for row in 0..<rows {
            BLAS.multiplyElements(columns, by: factors.memory.pointer, memory.pointer + row * columns)
        }
    }

    /// Row i multiplied by `factors[i]`: the product diag(factors) · self.
    public func scalingRows(by factors: DenseVector<Scalar>) -> DenseMatrix {
        var result = self
        result.scaleRows(by: factors)
        return result
    }

    /// Column j multiplied by `factors[j]`: the product self · diag(factors).
    public func scalingColumns(by factors: DenseVector<Scalar>) -> DenseMatrix {
        var result = self
        result.scaleColumns(by: factors)
        return result
    }

    /// The Frobenius norm √Σ|aᵢⱼ|².
    public var frobeniusNorm: Scalar.RealScalar { flattened.norm }

    /// The largest absolute value of an element; 0 for an empty matrix. NaNs are passed over.
    public var maximumMagnitude: Scalar.RealScalar { flattened.maximumMagnitude }
}
