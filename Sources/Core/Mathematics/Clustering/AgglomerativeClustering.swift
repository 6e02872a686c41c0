/// A tree of clusters, built by joining the two nearest again and again.
///
/// The nearest-neighbour-chain algorithm with the update formulas of Lance and Williams (Müllner, "Modern hierarchical,
/// agglomerative clustering algorithms", arXiv 1109.2378). O(n²) time and memory. The tree is SciPy's
/// `scipy.cluster.hierarchy.linkage`.
public struct AgglomerativeClustering: Sendable {
    /// The distance between two clusters.
    public enum Linkage: Sendable {
        /// Of their nearest points.
        case single
        /// Of their farthest points.
        case complete
        /// The mean over all pairs.
        case average
        /// √(2|A||B|/(|A| + |B|)) times the distance of their means: the growth of the squared error (Euclidean
        /// distances only).
        case ward
    }

    /// Two clusters becoming one.
    public struct Merge: Sendable, Equatable {
        /// The clusters joined, the lower number first: points are 0 ..< n, the cluster of merge i is n + i.
        public let first: Int
        /// The other.
        public let second: Int
        /// Their distance.
        public let distance: Double
        /// How many points the new cluster has.
        public let count: Int
    }

    /// The number of points.
    public let pointCount: Int
    /// The n − 1 merges in the order of their distances.
    public let merges: [Merge]

    // swiftcore: agglomerative_clustering
    /// Clusters points by their Euclidean distances.
    ///
    /// - Throws: `LinearAlgebraError` if a coordinate is not finite.
    public init(_ points: Matrix, linkage: Linkage) throws(LinearAlgebraError) {
        try points.requireFinite("points")
        // Differences, not products: equal points must have distance 0.
        let n = points.rows
        var distances = Matrix.zeros(n, n)
        points.withUnsafeBufferPointer { x in
            distances.withUnsafeMutableBufferPointer { out in
                let d = points.columns
                for i in 0..<n {
                    for j in 0..<i {
                        var sum = 0.0
                        for c in 0..<d {
                            let difference = x[i * d + c] - x[j * d + c]
                            sum += difference * difference
                        }
                        out[i * n + j] = sum.squareRoot()
                        out[j * n + i] = out[i * n + j]
                    }
                }
            }
        }
        self.init(checked: distances, linkage)
    }

    /// Clusters by given distances.
    ///
    /// - Parameters:
    ///   - distances: a symmetric matrix, not negative.
    ///   - linkage: the distance between clusters; `ward` takes the distances to be Euclidean.
    /// - Throws: `LinearAlgebraError` if the matrix is not symmetric, finite and non-negative.
    public init(distances: Matrix, linkage: Linkage) throws(LinearAlgebraError) {
        try distances.requireHermitian("distances")
        try distances.requireFinite("distances")
        for value in distances.flattened where value < 0 {
            throw .outOfRange(argument: "distances", value: value, expected: "distances of at least 0")
        }
        self.init(checked: distances, linkage)
    }

    private init(checked: Matrix, _ linkage: Linkage) {
        let n = checked.rows
        pointCount = n
        var distances = linkage == .ward ? checked.map { $0 * $0 } : checked
        var sizes = [Double](repeating: 1, count: n)
        var isAlive = [Bool](repeating: true, count: n)
        var found: [(first: Int, second: Int, distance: Double)] = []
        distances.withUnsafeMutableBufferPointer { d in
            var chain: [Int] = []
            var lowestAlive = 0
            while found.count < n - 1 {
                if chain.isEmpty {
                    while !isAlive[lowestAlive] { lowestAlive += 1 }
                    chain.append(lowestAlive)
                }
                while true {
                    let end = chain[chain.count - 1]
                    // The one before wins a tie, else the chain could go round in a circle.
                    var nearest = chain.count > 1 ? chain[chain.count - 2] : -1
                    var least = nearest >= 0 ? d[end * n + nearest] : .infinity
                    for other in 0..<n where isAlive[other] && other != end {
                        if d[end * n + other] < least || nearest < 0 {
                            least = d[end * n + other]
                            nearest = other
                        }
                    }
                    if chain.count > 1, nearest == chain[chain.count - 2] {
                        chain.removeLast(2)
                        let (a, b) = (min(end, nearest), max(end, nearest))
                        found.append((a, b, linkage == .ward ? least.squareRoot() : least))
                        // The union lives on as b.
                        isAlive[a] = false
                        for other in 0..<n where isAlive[other] && other != b {
                            let (x, y) = (d[a * n + other], d[b * n + other])
                            let joined: Double
                            switch linkage {
                            case .single: joined = min(x, y)
                            case .complete: joined = max(x, y)
                            case .average: joined = (sizes[a] * x + sizes[b] * y) / (sizes[a] + sizes[b])
                            case .ward:
                                let total = sizes[a] + sizes[b] + sizes[other]
                                joined =
                                    ((sizes[a] + sizes[other]) * x + (sizes[b] + sizes[other]) * y - sizes[other]
                                        * least)
                                    / total
                            }
                            d[b * n + other] = joined
                            d[other * n + b] = joined
                        }
                        sizes[b] += sizes[a]
                        break
                    }
                    chain.append(nearest)
                }
            }
        }
        // In the order of their distances, with the numbers the clusters have then.
        let order = found.indices.sorted { (found[$0].distance, $0) < (found[$1].distance, $1) }
        var sets = DisjointSets(count: n)
        var number = Array(0..<n)
        merges = order.enumerated().map { step, index in
            let merge = found[index]
            let (a, b) = (
                number[sets.representative(of: merge.first)], number[sets.representative(of: merge.second)]
            )
            sets.unite(merge.first, merge.second)
            number[sets.representative(of: merge.first)] = n + step
            return Merge(
                first: min(a, b), second: max(a, b), distance: merge.distance, count: sets.size(ofSetWith: merge.first))
        }
    }

    /// The cluster of each point when there are so many, numbered in the order of their first points.
    ///
    /// - Throws: `LinearAlgebraError.outOfRange` unless 1 ≤ clusters ≤ points.
    public func labels(clusters: Int) throws(LinearAlgebraError) -> [Int] {
        guard clusters >= 1, clusters <= pointCount else {
            throw .outOfRange(
                argument: "clusters", value: Double(clusters), expected: "a number in 1 ... \(pointCount)")
        }
        return labels(after: pointCount - clusters)
    }

    /// The cluster of each point when all merges up to a distance are made.
    public func labels(distanceAtMost distance: Double) -> [Int] {
        labels(after: merges.prefix { $0.distance <= distance }.count)
    }

    private func labels(after count: Int) -> [Int] {
        var sets = DisjointSets(count: pointCount)
        var member = Array(0..<pointCount)
        for merge in merges.prefix(count) {
            sets.unite(member[merge.first], member[merge.second])
            member.append(member[merge.first])
        }
        var numbers: [Int: Int] = [:]
        return (0..<pointCount).map { point in
            let representative = sets.representative(of: point)
            let number = numbers[representative] ?? numbers.count
            numbers[representative] = number
            return number
        }
    }
}
