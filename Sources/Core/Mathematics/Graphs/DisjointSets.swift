/// A partition of 0 ..< n into sets that can be united (union-find).
///
/// Union by size with path halving: nearly constant time an operation (Tarjan, 1975).
public struct DisjointSets: Sendable {
    private var parents: [Int]
    private var sizes: [Int]

    /// The number of sets.
    public private(set) var setCount: Int

    /// `count` sets of one element each.
    public init(count: Int) {
        precondition(count >= 0, "a partition of \(count) elements does not exist")
        parents = Array(0..<count)
        sizes = Array(repeating: 1, count: count)
        setCount = count
    }

    /// The element that stands for the set of an element.
    public mutating func representative(of element: Int) -> Int {
        var current = element
        while parents[current] != current {
            parents[current] = parents[parents[current]]
            current = parents[current]
        }
        return current
    }

    /// Whether two elements are in one set.
    public mutating func areUnited(_ first: Int, _ second: Int) -> Bool {
        representative(of: first) == representative(of: second)
    }

    /// Unites the sets of two elements; false if they were one already.
    @discardableResult
    public mutating func unite(_ first: Int, _ second: Int) -> Bool {
        var (a, b) = (representative(of: first), representative(of: second))
        if a == b { return false }
        if sizes[a] < sizes[b] { swap(&a, &b) }
        parents[b] = a
        sizes[a] += sizes[b]
        setCount -= 1
        return true
    }

    /// How many elements the set of an element has.
    public mutating func size(ofSetWith element: Int) -> Int { sizes[representative(of: element)] }
}
