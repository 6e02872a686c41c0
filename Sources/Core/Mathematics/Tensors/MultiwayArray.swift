import RealModule

/// Scalars with any number of indices, a tensor of multilinear algebra, with the meaning of a value.
///
/// The scalars are contiguous, the last index running fastest, as in NumPy's arrays. A mode is one of the
/// indices, counted from 0.
///
/// ```swift
/// let x = MultiwayArray<Double>(shape: [2, 3, 4]) { Double($0[0] + $0[1] * $0[2]) }
/// x.unfolded(along: 1)        // 3 × 8
/// ```
public struct MultiwayArray<Scalar: BLASScalar>: Sendable, Equatable {
    /// The length of each mode.
    public let shape: [Int]

    /// The scalars, the last index running fastest.
    public private(set) var flattened: DenseVector<Scalar>

    /// The number of modes.
    public var order: Int { shape.count }

    /// The number of scalars.
    public var count: Int { flattened.count }

    @usableFromInline var shapeText: String { "(\(shape.map(String.init).joined(separator: ", ")))" }

    /// An array of the scalars of a vector, without a copy.
    @inlinable
    public init(shape: [Int], _ scalars: DenseVector<Scalar>) {
        precondition(shape.allSatisfy { $0 >= 0 }, "an array cannot have the shape \(shape)")
        if shape.reduce(1, *) != scalars.count {
            shapeMismatch("array", "\(shape)", "(\(scalars.count))", "there must be as many scalars as the shape has")
        }
        self.init(unchecked: shape, scalars)
    }

    @usableFromInline
    init(unchecked shape: [Int], _ scalars: DenseVector<Scalar>) {
        self.shape = shape
        flattened = scalars
    }

    /// The array whose element at indices (i₀, i₁, …) is `element([i₀, i₁, …])`.
    @inlinable
    public init<E: Error>(shape: [Int], _ element: ([Int]) throws(E) -> Scalar) throws(E) {
        precondition(shape.allSatisfy { $0 >= 0 }, "an array cannot have the shape \(shape)")
        var index = [Int](repeating: 0, count: shape.count)
        let scalars = try DenseVector<Scalar>(count: shape.reduce(1, *)) { (position: Int) throws(E) -> Scalar in
            if position > 0 {
                var mode = shape.count - 1
                index[mode] += 1
                while index[mode] == shape[mode] {
                    index[mode] = 0
                    mode -= 1
                    index[mode] += 1
                }
            }
            return try element(index)
        }
        self.init(unchecked: shape, scalars)
    }

    /// An array of zeros.
    public static func zeros(_ shape: [Int]) -> MultiwayArray {
        MultiwayArray(shape: shape, .zeros(shape.reduce(1, *)))
    }

    /// The product v₀ ∘ v₁ ∘ … of vectors: the element (i₀, i₁, …) is v₀[i₀]v₁[i₁]….
    public init(outerProductOf vectors: [DenseVector<Scalar>]) {
        var result: DenseVector<Scalar> = [1]
        for vector in vectors { result = result.outerProduct(vector).flattened }
        self.init(shape: vectors.map(\.count), result)
    }

    /// The scalar at some indices.
    public subscript(indices: Int...) -> Scalar {
        get { self[indices] }
        set { self[indices] = newValue }
    }

    /// The scalar at some indices.
    public subscript(indices: [Int]) -> Scalar {
        get { flattened[position(indices)] }
        set { flattened[position(indices)] = newValue }
    }

    private func position(_ indices: [Int]) -> Int {
        if indices.count != order {
            shapeMismatch("array subscript", shapeText, "\(indices.count) indices", "one index a mode is needed")
        }
        var result = 0
        for (mode, index) in indices.enumerated() {
            if index < 0 || index >= shape[mode] { indexOutOfRange("index of mode \(mode)", index, shape[mode]) }
            result = result * shape[mode] + index
        }
        return result
    }

    /// The same scalars, in their order in memory, with another shape.
    public func reshaped(_ shape: [Int]) -> MultiwayArray { MultiwayArray(shape: shape, flattened) }

    /// The array with its modes in another order: mode k of the result is mode `modes[k]` of this.
    public func permuted(_ modes: [Int]) -> MultiwayArray {
        precondition(
            modes.sorted() == Array(0..<order), "\(modes) is not an order of the modes 0 ..< \(order)")
        var strides = [Int](repeating: 1, count: order)
        for mode in stride(from: order - 2, through: 0, by: -1) { strides[mode] = strides[mode + 1] * shape[mode + 1] }
        let newShape = modes.map { shape[$0] }
        guard order > 1, count > 0 else { return MultiwayArray(unchecked: newShape, flattened) }
        let lastLength = newShape[order - 1]
        let lastStride = strides[modes[order - 1]]
        var result = DenseVector<Scalar>(storage: Storage(uninitializedCount: count))
        let (source, target) = (flattened.memory.pointer, result.mutablePointer)
        var index = [Int](repeating: 0, count: order)
        for start in stride(from: 0, to: count, by: lastLength) {
            var offset = 0
            for mode in 0..<order - 1 { offset += index[mode] * strides[modes[mode]] }
            BLAS.copy(lastLength, source + offset, stride: lastStride, to: target + start)
            var mode = order - 2
            while mode >= 0 {
                index[mode] += 1
                if index[mode] < newShape[mode] { break }
                index[mode] = 0
                mode -= 1
            }
        }
        return MultiwayArray(unchecked: newShape, result)
    }

    /// The products of the lengths before a mode, and after it.
    private func sides(of mode: Int) -> (before: Int, after: Int) {
        if mode < 0 || mode >= order { indexOutOfRange("mode", mode, order) }
        return (shape[..<mode].reduce(1, *), shape[(mode + 1)...].reduce(1, *))
    }

    /// The unfolding X₍ₙ₎ along a mode: the fibres of that mode as columns, Iₙ × ∏ of the other lengths.
    ///
    /// The columns are in the order of the other indices, the last running fastest (Kolda and Bader, SIAM
    /// Review 51 (2009) 455, let the first run fastest), so that X₍ₙ₎ = Aₙ(A₀ ⊙ … ⊙ A_N)ᵀ, without Aₙ, for the
    /// sum of rank-one arrays with factors A.
    public func unfolded(along mode: Int) -> DenseMatrix<Scalar> {
        let (before, after) = sides(of: mode)
        let length = shape[mode]
        if before == 1 { return DenseMatrix(rows: length, columns: after, flattened) }
        if after == 1 { return DenseMatrix(rows: before, columns: length, flattened).transposed }
        var result = DenseMatrix<Scalar>(
            rows: length, columns: before * after, storage: Storage(uninitializedCount: count))
        for block in 0..<before {
            let slice = MatrixView(
                memory: flattened.memory, offset: block * length * after, rows: length, columns: after,
                rowStride: after, columnStride: 1)
            result.setBlock(0..<length, block * after..<(block + 1) * after, to: slice)
        }
        return result
    }

    /// The array whose unfolding along a mode is the given matrix.
    public init(folding matrix: DenseMatrix<Scalar>, along mode: Int, shape: [Int]) {
        var result = MultiwayArray.zeros(shape)
        let (before, after) = result.sides(of: mode)
        let length = shape[mode]
        if matrix.rows != length || matrix.columns != before * after {
            shapeMismatch(
                "folding along mode \(mode)", matrix.shapeText, "\(shape)",
                "the matrix must be \(length) × \(before * after)")
        }
        let target = result.flattened.mutablePointer
        for block in 0..<before {
            for row in 0..<length {
                BLAS.copy(
                    after, matrix.memory.pointer + row * matrix.columns + block * after,
                    to: target + (block * length + row) * after)
            }
        }
        self = result
    }

    /// The product X ×ₙ M along a mode: every fibre of the mode multiplied by M, Y₍ₙ₎ = MX₍ₙ₎. Nothing is unfolded.
    public func modeProduct(_ matrix: DenseMatrix<Scalar>, along mode: Int) -> MultiwayArray {
        let (before, after) = sides(of: mode)
        let length = shape[mode]
        if matrix.columns != length {
            shapeMismatch(
                "product along mode \(mode)", shapeText, matrix.shapeText,
                "the matrix must have \(length) columns")
        }
        var newShape = shape
        newShape[mode] = matrix.rows
        if after == 1 {
            let product = DenseMatrix(rows: before, columns: length, flattened).multiplied(byTransposeOf: matrix)
            return MultiwayArray(unchecked: newShape, product.flattened)
        }
        var result = DenseVector<Scalar>.zeros(before * matrix.rows * after)
        guard result.count > 0, length > 0 else { return MultiwayArray(unchecked: newShape, result) }
        let target = result.mutablePointer
        for block in 0..<before {
            BLAS.multiply(
                matrix.rows, after, length, 1, matrix.memory.pointer, rowStride: length, .identity,
                flattened.memory.pointer + block * length * after, rowStride: after, .identity,
                into: target + block * matrix.rows * after, rowStride: after)
        }
        return MultiwayArray(unchecked: newShape, result)
    }

    /// The products along all modes, X ×₀ M₀ ×₁ M₁ …; a `nil` leaves its mode as it is.
    public func modeProducts(_ matrices: [DenseMatrix<Scalar>?]) -> MultiwayArray {
        if matrices.count != order {
            shapeMismatch("products along all modes", shapeText, "\(matrices.count) matrices", "one a mode is needed")
        }
        var result = self
        for (mode, matrix) in matrices.enumerated() {
            if let matrix { result = result.modeProduct(matrix, along: mode) }
        }
        return result
    }

    /// The square root of the sum of the squared absolute values.
    public var norm: Scalar.RealScalar { flattened.norm }

    /// The sum of the products of the conjugate scalars with those of another array.
    public func dot(_ other: MultiwayArray) -> Scalar {
        requireSameShape(as: other, "dot product")
        return flattened.dot(other.flattened)
    }

    @usableFromInline
    func requireSameShape(as other: MultiwayArray, _ operation: String) {
        if shape != other.shape { shapeMismatch(operation, shapeText, other.shapeText, "the shapes must be equal") }
    }

    /// The elementwise sum.
    @inlinable
    public static func + (left: MultiwayArray, right: MultiwayArray) -> MultiwayArray {
        left.requireSameShape(as: right, "array + array")
        return MultiwayArray(unchecked: left.shape, left.flattened + right.flattened)
    }

    /// The elementwise difference.
    @inlinable
    public static func - (left: MultiwayArray, right: MultiwayArray) -> MultiwayArray {
        left.requireSameShape(as: right, "array - array")
        return MultiwayArray(unchecked: left.shape, left.flattened - right.flattened)
    }

    /// The array scaled.
    @inlinable
    public static func * (scalar: Scalar, array: MultiwayArray) -> MultiwayArray {
        MultiwayArray(unchecked: array.shape, scalar * array.flattened)
    }

    /// The array of `transform` of every scalar.
    @inlinable
    public func map<E: Error>(_ transform: (Scalar) throws(E) -> Scalar) throws(E) -> MultiwayArray {
        MultiwayArray(unchecked: shape, try flattened.map(transform))
    }

    func requireFinite(_ argument: String) throws(LinearAlgebraError) { try flattened.requireFinite(argument) }
}
