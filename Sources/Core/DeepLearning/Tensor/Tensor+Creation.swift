import Mathematics

extension Tensor {
    /// A tensor of a shape whose elements are those of a collection, in the order of the axes.
    ///
    /// Stops the program unless there are exactly as many.
    public init(shape: TensorShape, scalars: some Collection<Scalar>) {
        guard scalars.count == shape.scalarCount else {
            fatalError("\(scalars.count) scalars cannot have the shape \(shape), which has \(shape.scalarCount)")
        }
        self.init(uninitialized: shape)
        var next = storage.pointer
        for scalar in scalars {
            next.initialize(to: scalar)
            next += 1
        }
    }

    /// A vector of the elements of a collection.
    public init(_ scalars: some Collection<Scalar>) { self.init(shape: [scalars.count], scalars: scalars) }

    /// A scalar tensor, of the shape `[]`.
    public init(_ scalar: Scalar) {
        self.init(uninitialized: [])
        storage.pointer.initialize(to: scalar)
    }

    /// A matrix of rows of equal length.
    public init(_ rows: [[Scalar]]) {
        let columns = rows.first?.count ?? 0
        for (index, row) in rows.enumerated() where row.count != columns {
            fatalError("row \(index) of a matrix has \(row.count) elements: expected \(columns), as in row 0")
        }
        self.init(shape: [rows.count, columns], scalars: rows.flatMap { $0 })
    }

    /// A tensor whose elements are all equal.
    public init(repeating value: Scalar, shape: TensorShape) {
        self.init(storage: Storage(repeating: value, count: shape.scalarCount), shape: shape)
    }

    /// The results of a function of each element, in a tensor of the same shape, outside any differentiation.
    public func mapped<Result: TensorElement>(_ transform: (Scalar) -> Result) -> Tensor<Result> {
        let source = packed()
        let result = Tensor<Result>(uninitialized: shape)
        for index in 0..<count { (result.storage.pointer + index).initialize(to: transform(source.pointer[index])) }
        return result
    }
}

extension Tensor where Scalar: TensorScalar {
    /// A tensor of zeros.
    public static func zeros(_ shape: TensorShape) -> Tensor { Tensor(repeating: 0, shape: shape) }

    /// A tensor of ones.
    public static func ones(_ shape: TensorShape) -> Tensor { Tensor(repeating: 1, shape: shape) }

    /// The identity matrix of an order.
    public static func identity(_ order: Int) -> Tensor {
        let result = zeros([order, order])
        for index in 0..<order { result.storage.pointer[index * order + index] = 1 }
        return result
    }

    /// `count` numbers equally spaced from `first` to `last`, both included.
    public static func linearlySpaced(from first: Scalar, to last: Scalar, count: Int) -> Tensor {
        Tensor(DenseVector.linearlySpaced(from: first, to: last, count: count))
    }

    /// 0, 1, …, `count` − 1.
    public static func range(_ count: Int) -> Tensor { Tensor((0..<count).map { Scalar($0) }) }

    /// One row for each index, 1 at the index and 0 elsewhere: the shape of `indices` and `count` behind it.
    ///
    /// Stops the program if an index does not lie in 0 ..< `count`.
    public static func oneHot(_ indices: Tensor<Int>, count: Int) -> Tensor {
        var shape = indices.shape
        shape.append(count)
        let result = zeros(shape)
        for (row, index) in indices.scalars.enumerated() {
            guard index >= 0, index < count else { fatalError("oneHot: index \(index) is not in 0 ..< \(count)") }
            result.storage.pointer[row * count + index] = 1
        }
        return result
    }

    /// Independent standard normal numbers.
    public static func randomNormal<G: RandomNumberGenerator>(
        _ shape: TensorShape, mean: Scalar = 0, standardDeviation: Scalar = 1, using generator: inout G
    ) -> Tensor {
        let result = Tensor(uninitialized: shape)
        for index in 0..<result.count {
            result.storage.pointer[index] = mean + standardDeviation * Scalar(generator.normal())
        }
        return result
    }

    /// Independent numbers uniform in `lower` ..< `upper`.
    public static func randomUniform<G: RandomNumberGenerator>(
        _ shape: TensorShape, from lower: Scalar = 0, to upper: Scalar = 1, using generator: inout G
    ) -> Tensor {
        let result = Tensor(uninitialized: shape)
        for index in 0..<result.count {
            result.storage.pointer[index] = lower + (upper - lower) * Scalar(generator.uniform())
        }
        return result
    }

    /// A vector's elements, without a copy.
    public init(_ vector: DenseVector<Scalar>) { self.init(storage: vector.storage, shape: [vector.count]) }

    /// A matrix's elements, without a copy.
    public init(_ matrix: DenseMatrix<Scalar>) {
        self.init(storage: matrix.storage, shape: [matrix.rows, matrix.columns])
    }

    /// The elements in another precision, outside any differentiation.
    public init<Other: TensorScalar>(_ other: Tensor<Other>) {
        self = other.mapped { Scalar($0) }
    }

    /// The numbers of a tensor of indices.
    public init(_ indices: Tensor<Int>) { self = indices.mapped { Scalar($0) } }

    /// The elements of a tensor with one axis as a vector, without a copy where they are contiguous.
    public var vector: DenseVector<Scalar> {
        guard rank == 1 else { fatalError("a tensor of the shape \(shape) is not a vector: expected one axis") }
        return DenseVector(storage: wholeStorage)
    }

    /// The elements of a tensor with two axes as a matrix, without a copy where they are contiguous.
    public var matrix: DenseMatrix<Scalar> {
        guard rank == 2 else { fatalError("a tensor of the shape \(shape) is not a matrix: expected two axes") }
        return DenseMatrix(rows: shape[0], columns: shape[1], storage: wholeStorage)
    }

    /// A storage of exactly the tensor's elements, in the order of the axes.
    private var wholeStorage: Storage<Scalar> {
        let packed = packed()
        if packed.offset == 0, packed.storage.count == count { return packed.storage }
        let copy = Tensor(uninitialized: shape)
        copy.storage.pointer.initialize(from: packed.pointer, count: count)
        return copy.storage
    }
}

extension Tensor: ExpressibleByArrayLiteral where Scalar: TensorScalar {
    /// A vector of numbers, or a stack of lists of equal shape: `[[1, 2], [3, 4]]` is a matrix.
    public init(arrayLiteral elements: TensorLiteral<Scalar>...) { self = TensorLiteral.list(elements).tensor }
}

/// What a tensor's literal is made of: numbers and lists of them.
///
/// A type of its own, since a bare number must not become a tensor wherever an operator would allow it.
public indirect enum TensorLiteral<Scalar: TensorScalar>: Sendable {
    case number(Scalar)
    case list([TensorLiteral])

    var tensor: Tensor<Scalar> {
        switch self {
        case .number(let number): return Tensor(number)
        case .list(let parts):
            return parts.isEmpty ? Tensor(uninitialized: [0]) : Tensor.stacking(parts.map(\.tensor))
        }
    }
}

extension TensorLiteral: ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByArrayLiteral {
    public init(integerLiteral value: Int) { self = .number(Scalar(value)) }
    public init(floatLiteral value: Double) { self = .number(Scalar(value)) }
    public init(arrayLiteral elements: TensorLiteral...) { self = .list(elements) }

    /// Negative numbers in a literal.
    public static prefix func - (literal: TensorLiteral) -> TensorLiteral {
        switch literal {
        case .number(let number): .number(-number)
        case .list(let parts): .list(parts.map { -$0 })
        }
    }
}

extension Tensor: Equatable where Scalar: Equatable {
    /// Whether two tensors have the same shape and equal elements.
    public static func == (a: Tensor, b: Tensor) -> Bool {
        a.shape == b.shape && a.withUnsafeScalars { a in b.withUnsafeScalars { b in a.elementsEqual(b) } }
    }
}

extension Tensor: CustomStringConvertible {
    /// The elements in nested brackets, long axes shortened to their ends, and the shape of large ones.
    public var description: String {
        let text = Self.text(self)
        return count > 64 ? "\(text)\nshape \(shape)" : text
    }

    private static func text(_ tensor: Tensor) -> String {
        guard tensor.rank > 0 else { return String(describing: tensor.scalar) }
        let size = tensor.shape[0]
        let isLong = size > 8
        let parts = (isLong ? Array(0..<3) + Array(size - 3..<size) : Array(0..<size)).map { text(tensor[$0]) }
        let separator = tensor.rank == 1 ? ", " : ",\n "
        guard isLong else { return "[" + parts.joined(separator: separator) + "]" }
        return "[" + (parts[..<3] + ["…"] + parts[3...]).joined(separator: separator) + "]"
    }
}
