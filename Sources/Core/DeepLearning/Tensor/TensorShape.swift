/// The sizes of a tensor's axes, from the slowest to the fastest: at most eight.
///
/// A collection of `Int`; written as a literal: `[16, 64, 3]`. The shape of a scalar is `[]`.
/// It is kept in one vector register, so that making and comparing shapes allocates nothing.
public struct TensorShape: Sendable, Hashable {
    /// The largest number of axes.
    public static let maximumRank = 8

    var sizes: SIMD8<Int32>
    var rank32: Int32

    /// The number of axes.
    public var rank: Int { Int(rank32) }

    /// The shape of a scalar.
    public init() {
        sizes = .zero
        rank32 = 0
    }

    /// The sizes of a collection.
    public init(_ sizes: some Collection<Int>) {
        self.init()
        for size in sizes { append(size) }
    }

    /// `rank` axes of the same size.
    init(repeating size: Int, rank: Int) {
        self.init()
        for _ in 0..<rank { append(size) }
    }

    mutating func append(_ size: Int) {
        guard rank < Self.maximumRank else {
            fatalError("a tensor has at most \(Self.maximumRank) axes: \(self) cannot take another of size \(size)")
        }
        sizes[rank] = Int32(size)
        rank32 += 1
    }

    mutating func insert(_ size: Int, at axis: Int) {
        var copy = TensorShape()
        for index in 0..<axis { copy.append(self[index]) }
        copy.append(size)
        for index in axis..<rank { copy.append(self[index]) }
        self = copy
    }

    @discardableResult
    mutating func remove(at axis: Int) -> Int {
        let removed = self[axis]
        for index in axis..<rank - 1 { sizes[index] = sizes[index + 1] }
        sizes[rank - 1] = 0
        rank32 -= 1
        return removed
    }

    /// The number of scalars: the product of the sizes.
    public var scalarCount: Int {
        var product = 1
        for axis in 0..<rank { product *= Int(sizes[axis]) }
        return product
    }

    /// The strides of a contiguous tensor of this shape.
    var contiguousStrides: TensorShape {
        var strides = self
        var next: Int32 = 1
        for axis in stride(from: rank - 1, through: 0, by: -1) {
            strides.sizes[axis] = next
            next *= Swift.max(sizes[axis], 1)
        }
        return strides
    }

    /// The shape without one axis.
    func removing(_ axis: Int) -> TensorShape {
        var copy = self
        copy.remove(at: axis)
        return copy
    }

    /// The shape with another size on one axis.
    func replacing(_ axis: Int, with size: Int) -> TensorShape {
        var copy = self
        copy.sizes[axis] = Int32(size)
        return copy
    }

    /// The axis that an index names; negative ones count from the end.
    ///
    /// Stops the program if there is no such axis.
    func axis(_ index: Int, _ operation: String) -> Int {
        let axis = index < 0 ? index + rank : index
        guard axis >= 0, axis < rank else {
            fatalError("\(operation): there is no axis \(index) in the shape \(self): expected \(-rank) ..< \(rank)")
        }
        return axis
    }

    /// The common shape of two that are combined element by element: sizes agree from the last axis on, or one
    /// of them is 1 or missing; nil where they do not.
    func broadcast(with other: TensorShape) -> TensorShape? {
        if self == other { return self }
        let rank = Swift.max(self.rank, other.rank)
        var result = TensorShape(repeating: 1, rank: rank)
        for fromEnd in 1...Swift.max(rank, 1) where rank > 0 {
            let mine = fromEnd <= self.rank ? self[self.rank - fromEnd] : 1
            let theirs = fromEnd <= other.rank ? other[other.rank - fromEnd] : 1
            guard mine == theirs || mine == 1 || theirs == 1 else { return nil }
            result.sizes[rank - fromEnd] = Int32(mine == 1 ? theirs : mine)
        }
        return result
    }
}

extension TensorShape: RandomAccessCollection {
    public var startIndex: Int { 0 }
    public var endIndex: Int { rank }

    public subscript(axis: Int) -> Int {
        get {
            precondition(axis >= 0 && axis < rank, "axis \(axis) of the shape \(self)")
            return Int(sizes[axis])
        }
    }
}

extension TensorShape: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: Int...) { self.init(elements) }
}

extension TensorShape: CustomStringConvertible {
    /// As it is written: `[16, 64, 3]`.
    public var description: String { "[" + map(String.init).joined(separator: ", ") + "]" }
}
