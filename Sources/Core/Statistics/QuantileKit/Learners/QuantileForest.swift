import Mathematics

/// A quantile regression forest (Meinshausen 2006): the trees of a random forest weigh the training responses by how
/// often they share a leaf with an observation, and the quantiles are those of the weighted responses.
public struct QuantileForest: QuantileLearner, Hashable {
    /// The number of trees.
    public var treeCount: Int
    /// The least number of observations in a leaf.
    public var minimumLeafSize: Int

    public init(treeCount: Int = 100, minimumLeafSize: Int = 5) {
        self.treeCount = treeCount
        self.minimumLeafSize = minimumLeafSize
    }

    public var name: String { "forest" }

    private struct Model: QuantileModel {
        let trees: [RegressionTree]
        /// Training observations in ascending order of their responses, and those.
        let order: [Int]
        let response: [Double]
        let levels: [Double]
        let featureCount: Int

        func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix {
            guard features.columns == featureCount else {
                throw .countMismatch(
                    argument: "features", count: features.columns, other: "the training features",
                    otherCount: featureCount)
            }
            let leaves = trees.map { $0.leaves(of: features) }
            var weights = [Double](repeating: 0, count: response.count)
            var result = Matrix.zeros(features.rows, levels.count)
            for row in 0..<features.rows {
                for index in weights.indices { weights[index] = 0 }
                for (tree, leaves) in zip(trees, leaves) {
                    let members = tree.leaves[leaves[row]]
                    for member in members { weights[member] += 1 / (Double(members.count) * Double(trees.count)) }
                }
                var (level, sum) = (0, 0.0)
                for index in order where level < levels.count {
                    sum += weights[index]
                    while level < levels.count, sum >= levels[level] - 1e-12 {
                        result[row, level] = response[index]
                        level += 1
                    }
                }
            }
            return result
        }
    }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        try requireTraining(features: features, response: response, levels: levels)
        guard treeCount >= 1, minimumLeafSize >= 1 else {
            throw .outOfRange(
                argument: "treeCount or minimumLeafSize", value: Double(min(treeCount, minimumLeafSize)),
                expected: "at least 1")
        }
        let bins = try FeatureBins(features)
        let options = RegressionTreeOptions(
            minimumLeafSize: minimumLeafSize, triedFeatures: max(1, (features.columns + 2) / 3))
        let values = Array(response)
        var trees: [RegressionTree] = []
        for _ in 0..<treeCount {
            let drawn = (0..<values.count).map { _ in generator.integer(below: values.count) }
            trees.append(
                RegressionTree(bins: bins, response: values, observations: drawn, options: options, using: &generator))
        }
        return Model(
            trees: trees, order: values.indices.sorted { (values[$0], $0) < (values[$1], $1) }, response: values,
            levels: levels, featureCount: features.columns)
    }
}
