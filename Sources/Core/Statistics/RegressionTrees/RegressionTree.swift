import Mathematics

/// How far a regression tree grows.
public struct RegressionTreeOptions: Sendable, Hashable {
    /// The greatest number of splits from the root to a leaf.
    public var maximumDepth: Int
    /// The least number of observations in a leaf.
    public var minimumLeafSize: Int
    /// How many features, drawn anew at each node, are tried for a split; nil for all.
    public var triedFeatures: Int?

    public init(maximumDepth: Int = 64, minimumLeafSize: Int = 5, triedFeatures: Int? = nil) {
        self.maximumDepth = maximumDepth
        self.minimumLeafSize = minimumLeafSize
        self.triedFeatures = triedFeatures
    }
}

/// A binary tree that splits features at thresholds so that a response varies least within its leaves (CART, Breiman
/// et al. 1984).
///
/// The tree knows its leaves by number and which training observations fell into each; what a leaf predicts is the
/// caller's: a mean, a quantile, the observations themselves.
public struct RegressionTree: Sendable, Hashable {
    private struct Node: Sendable, Hashable {
        /// −1 for a leaf, whose number is `low`.
        var feature: Int
        var threshold: Double
        var low: Int
        var high: Int
    }

    private var nodes: [Node] = []
    /// The training observations of each leaf; one that was drawn twice is there twice.
    public private(set) var leaves: [[Int]] = []

    /// Grows a tree on some observations of a binned sample.
    ///
    /// - Parameters:
    ///   - bins: the sample's features.
    ///   - response: one number an observation of the sample, finite.
    ///   - observations: which of them, with repetitions if wanted; not empty.
    ///   - options: how far.
    ///   - generator: draws the features to try, if not all.
    /// - Complexity: O(observations · features) a level of depth.
    public init<G: RandomNumberGenerator>(
        bins: FeatureBins, response: [Double], observations: [Int], options: RegressionTreeOptions,
        using generator: inout G
    ) {
        precondition(response.count == bins.count, "\(response.count) responses for \(bins.count) observations")
        precondition(!observations.isEmpty, "a tree needs an observation")
        let featureCount = bins.thresholds.count
        // The inner loops run over plain memory: one tree of a boosted model is a few microseconds of additions.
        let values = UnsafeMutablePointer<Double>.allocate(capacity: response.count)
        values.initialize(from: response, count: response.count)
        let sums = UnsafeMutablePointer<Double>.allocate(capacity: 256)
        let counts = UnsafeMutablePointer<Int>.allocate(capacity: 256)
        sums.initialize(repeating: 0, count: 256)
        counts.initialize(repeating: 0, count: 256)
        defer {
            values.deallocate()
            sums.deallocate()
            counts.deallocate()
        }
        func grow(_ rows: [Int], _ depth: Int, _ tree: inout RegressionTree, _ generator: inout G) -> Int {
            let index = tree.nodes.count
            tree.nodes.append(Node(feature: -1, threshold: 0, low: 0, high: 0))
            func makeLeaf() -> Int {
                tree.nodes[index].low = tree.leaves.count
                tree.leaves.append(rows)
                return index
            }
            guard depth < options.maximumDepth, rows.count >= 2 * options.minimumLeafSize else { return makeLeaf() }
            let total = rows.reduce(0.0) { $0 + values[$1] }
            let n = Double(rows.count)
            var best = (gain: 1e-12 * max(1, total.magnitude), feature: -1, bin: 0)
            let tried = options.triedFeatures.map {
                generator.sample(min($0, featureCount), withoutReplacementBelow: featureCount)
            }
            for feature in tried ?? Array(0..<featureCount) where !bins.thresholds[feature].isEmpty {
                let binCount = bins.thresholds[feature].count + 1
                sums.update(repeating: 0, count: binCount)
                counts.update(repeating: 0, count: binCount)
                bins.codes[feature].withUnsafeBufferPointer { codes in
                    for row in rows {
                        sums[Int(codes[row])] += values[row]
                        counts[Int(codes[row])] += 1
                    }
                }
                var (sum, count) = (0.0, 0)
                for bin in 0..<binCount - 1 {
                    sum += sums[bin]
                    count += counts[bin]
                    guard min(count, rows.count - count) >= options.minimumLeafSize else { continue }
                    // The fall of the sum of squares about the means.
                    let difference = sum / Double(count) - (total - sum) / Double(rows.count - count)
                    let gain = difference * difference * Double(count) * Double(rows.count - count) / n
                    if gain > best.gain { best = (gain, feature, bin) }
                }
            }
            guard best.feature >= 0 else { return makeLeaf() }
            let codes = bins.codes[best.feature]
            let low = rows.filter { Int(codes[$0]) <= best.bin }
            let high = rows.filter { Int(codes[$0]) > best.bin }
            tree.nodes[index].feature = best.feature
            tree.nodes[index].threshold = bins.thresholds[best.feature][best.bin]
            tree.nodes[index].low = grow(low, depth + 1, &tree, &generator)
            tree.nodes[index].high = grow(high, depth + 1, &tree, &generator)
            return index
        }
        _ = grow(observations, 0, &self, &generator)
    }

    /// The number of the leaf that an observation falls into.
    public func leaf(of features: UnsafeBufferPointer<Double>) -> Int {
        var node = nodes[0]
        while node.feature >= 0 { node = nodes[features[node.feature] <= node.threshold ? node.low : node.high] }
        return node.low
    }

    /// The leaf of each row of a matrix of features.
    public func leaves(of features: Matrix) -> [Int] {
        features.withUnsafeBufferPointer { all in
            (0..<features.rows).map {
                leaf(of: UnsafeBufferPointer(rebasing: all[$0 * features.columns..<($0 + 1) * features.columns]))
            }
        }
    }
}
