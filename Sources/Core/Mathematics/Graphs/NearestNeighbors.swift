/// The nearest points of a set to any point, by a k-d tree.
///
/// Splits at the median of the widest coordinate; leaves hold 16 points. O(n log n) to build, about O(log n) a
/// query in few dimensions. In many (more than about 15) nothing beats looking at all points, which
/// `nearestNeighbors(of:among:count:)` does by matrix products.
public struct KDTree: Sendable {
    /// The points, one a row.
    public let points: Matrix

    private struct Node: Sendable {
        /// The coordinate and value of the split; a leaf has axis −1.
        var axis: Int
        var split: Double
        /// The nodes below, or the range of a leaf in `order`.
        var low: Int
        var high: Int
    }

    private let order: [Int]
    private let nodes: [Node]

    /// Builds the tree of some points.
    ///
    /// - Throws: `LinearAlgebraError.notFinite` for a coordinate that is not.
    public init(_ points: Matrix) throws(LinearAlgebraError) {
        try points.requireFinite("points")
        self.points = points
        var order = Array(0..<points.rows)
        var nodes: [Node] = []
        points.withUnsafeBufferPointer { coordinates in
            let columns = points.columns
            func build(_ range: Range<Int>) -> Int {
                let index = nodes.count
                nodes.append(Node(axis: -1, split: 0, low: range.lowerBound, high: range.upperBound))
                guard range.count > 16, columns > 0 else { return index }
                var (axis, widest) = (0, -1.0)
                for column in 0..<columns {
                    var (least, greatest) = (Double.infinity, -Double.infinity)
                    for place in range {
                        let value = coordinates[order[place] * columns + column]
                        least = min(least, value)
                        greatest = max(greatest, value)
                    }
                    if greatest - least > widest { (axis, widest) = (column, greatest - least) }
                }
                guard widest > 0 else { return index }
                order[range].sort { (coordinates[$0 * columns + axis], $0) < (coordinates[$1 * columns + axis], $1) }
                let middle = (range.lowerBound + range.upperBound) / 2
                let split = coordinates[order[middle] * columns + axis]
                let low = build(range.lowerBound..<middle)
                let high = build(middle..<range.upperBound)
                nodes[index] = Node(axis: axis, split: split, low: low, high: high)
                return index
            }
            if !order.isEmpty { _ = build(0..<order.count) }
        }
        self.order = order
        self.nodes = nodes
    }

    /// The nearest points to a point, the nearest first; equal distances in the order of the rows.
    ///
    /// - Parameters:
    ///   - point: as many coordinates as the points have; finite.
    ///   - count: how many; all if there are fewer.
    ///   - excluded: a row to leave out, such as the point's own.
    /// - Throws: `LinearAlgebraError` if the point does not fit or is not finite.
    public func nearest(
        to point: Vector, count: Int, excluding excluded: Int? = nil
    ) throws(LinearAlgebraError) -> [(index: Int, distance: Double)] {
        try point.requireCount(points.columns, "point", of: "points", "(\(points.rows), \(points.columns))")
        try point.requireFinite("point")
        guard count > 0, !nodes.isEmpty else { return [] }
        var best: [(key: Double, index: Int)] = []
        points.withUnsafeBufferPointer { coordinates in
            point.withUnsafeBufferPointer { query in
                search(0, coordinates, query, count, excluded ?? -1, &best)
            }
        }
        return best.map { ($0.index, $0.key.squareRoot()) }
    }

    private func search(
        _ index: Int, _ coordinates: UnsafeBufferPointer<Double>, _ query: UnsafeBufferPointer<Double>, _ count: Int,
        _ excluded: Int, _ best: inout [(key: Double, index: Int)]
    ) {
        let node = nodes[index]
        guard node.axis < 0 else {
            let difference = query[node.axis] - node.split
            search(difference < 0 ? node.low : node.high, coordinates, query, count, excluded, &best)
            // Equal distances may still win by their number.
            if best.count < count || difference * difference <= best[best.count - 1].key {
                search(difference < 0 ? node.high : node.low, coordinates, query, count, excluded, &best)
            }
            return
        }
        let columns = points.columns
        for place in node.low..<node.high where order[place] != excluded {
            let row = order[place]
            var key = 0.0
            for column in 0..<columns {
                let difference = query[column] - coordinates[row * columns + column]
                key += difference * difference
            }
            insertNeighbor((key, row), into: &best, count)
        }
    }
}

/// Keeps the `count` smallest entries in order.
@inline(__always)
private func insertNeighbor(
    _ entry: (key: Double, index: Int), into best: inout [(key: Double, index: Int)], _ count: Int
) {
    if best.count == count {
        if entry >= best[count - 1] { return }
        best.removeLast()
    }
    var place = best.count
    while place > 0, entry < best[place - 1] { place -= 1 }
    best.insert(entry, at: place)
}

/// The nearest rows of `points` to each row of `queries`, by looking at all, the nearest first.
///
/// Distances come from blocks of matrix products; equal ones are in the order of the rows. O(queries · points ·
/// dimensions).
///
/// - Parameters:
///   - queries: one point a row.
///   - points: one point a row, with as many columns.
///   - count: how many; all if there are fewer.
/// - Throws: `LinearAlgebraError` if the columns differ or a coordinate is not finite.
public func nearestNeighbors(
    of queries: Matrix, among points: Matrix, count: Int
) throws(LinearAlgebraError) -> [[(index: Int, distance: Double)]] {
    try nearestNeighbors(of: queries, among: points, count: count, excludingSelf: false)
}

private func nearestNeighbors(
    of queries: Matrix, among points: Matrix, count: Int, excludingSelf: Bool
) throws(LinearAlgebraError) -> [[(index: Int, distance: Double)]] {
    if queries.columns != points.columns {
        throw .shapeMismatch(
            argument: "queries", shape: "(\(queries.rows), \(queries.columns))", other: "points",
            otherShape: "(\(points.rows), \(points.columns))", expected: "equal numbers of columns")
    }
    try queries.requireFinite("queries")
    try points.requireFinite("points")
    let block = 256
    return parallelMap((queries.rows + block - 1) / block) { part in
        let range = part * block..<min((part + 1) * block, queries.rows)
        let distances = pairwiseSquaredDistances(queries[range, 0..<queries.columns], points)
        return range.map { query in
            var best: [(key: Double, index: Int)] = []
            distances.withUnsafeBufferPointer { d in
                let row = (query - range.lowerBound) * points.rows
                for index in 0..<points.rows where count > 0 && !(excludingSelf && index == query) {
                    insertNeighbor((d[row + index], index), into: &best, count)
                }
            }
            return best.map { ($0.index, $0.key.squareRoot()) }
        }
    }.flatMap { $0 }
}

extension Graph {
    /// How a nearest-neighbour graph is made undirected.
    public enum NeighborRule: Sendable {
        /// An edge where either point is among the nearest of the other.
        case either
        /// An edge where each point is among the nearest of the other.
        case mutual
    }

    /// The graph that joins each point to its nearest ones.
    ///
    /// - Parameters:
    ///   - points: one point a row.
    ///   - neighbors: how many of the others each is joined to.
    ///   - rule: when an undirected edge is made of a one-sided relation.
    ///   - weight: the weight of an edge from its length; the length itself if nil.
    /// - Throws: `LinearAlgebraError` if a coordinate is not finite or `neighbors` is negative.
    public init(
        nearestNeighborsAmong points: Matrix, neighbors: Int, rule: NeighborRule = .either,
        weight: ((Double) -> Double)? = nil
    ) throws(LinearAlgebraError) {
        guard neighbors >= 0 else {
            throw .outOfRange(argument: "neighbors", value: Double(neighbors), expected: "at least 0")
        }
        var nearest: [[(index: Int, distance: Double)]]
        if points.columns <= 12 {
            let tree = try KDTree(points)
            nearest = []
            for row in 0..<points.rows {
                nearest.append(try tree.nearest(to: points.row(row), count: neighbors, excluding: row))
            }
        } else {
            nearest = try Mathematics.nearestNeighbors(of: points, among: points, count: neighbors, excludingSelf: true)
        }
        var lengths: [Edge: Int] = [:]
        var edges: [Edge] = []
        for (row, others) in nearest.enumerated() {
            for other in others {
                let key = Edge(min(row, other.index), max(row, other.index))
                lengths[key, default: 0] += 1
                if lengths[key] == 1 {
                    edges.append(Edge(key.source, key.target, weight: weight?(other.distance) ?? other.distance))
                }
            }
        }
        if rule == .mutual { edges = edges.filter { lengths[Edge($0.source, $0.target)] == 2 } }
        self.init(checked: points.rows, edges, false)
    }
}
