import Mathematics

/// Gradient boosting of the pinball loss (Friedman 2001): for each level a sum of small trees, each grown on the signs
/// of the residuals and predicting the residuals' quantile in its leaves.
public struct BoostedQuantileTrees: QuantileLearner, Hashable {
    /// Trees of each level.
    public var rounds: Int
    /// The part of a tree's prediction that is added.
    public var learningRate: Double
    /// The greatest depth of a tree.
    public var depth: Int
    /// The least number of observations in a leaf.
    public var minimumLeafSize: Int

    public init(rounds: Int = 80, learningRate: Double = 0.1, depth: Int = 3, minimumLeafSize: Int = 10) {
        self.rounds = rounds
        self.learningRate = learningRate
        self.depth = depth
        self.minimumLeafSize = minimumLeafSize
    }

    public var name: String { "boosted trees" }

    private struct Model: QuantileModel {
        let starts: [Double]
        /// Trees with the values of their leaves, level by level.
        let trees: [[(tree: RegressionTree, values: [Double])]]
        let featureCount: Int

        func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix {
            guard features.columns == featureCount else {
                throw .countMismatch(
                    argument: "features", count: features.columns, other: "the training features",
                    otherCount: featureCount)
            }
            var result = Matrix(rows: features.rows, columns: starts.count) { starts[$1] }
            for (level, trees) in trees.enumerated() {
                for (tree, values) in trees {
                    for (row, leaf) in tree.leaves(of: features).enumerated() { result[row, level] += values[leaf] }
                }
            }
            return result
        }
    }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        try requireTraining(features: features, response: response, levels: levels)
        guard rounds >= 0, depth >= 1, minimumLeafSize >= 1, learningRate > 0, learningRate.isFinite else {
            throw .undefined(
                argument: "rounds \(rounds), depth \(depth), minimumLeafSize \(minimumLeafSize), "
                    + "learningRate \(learningRate)",
                reason: "expected positive numbers")
        }
        let bins = try FeatureBins(features)
        let options = RegressionTreeOptions(maximumDepth: depth, minimumLeafSize: minimumLeafSize)
        let values = Array(response)
        let all = Array(values.indices)
        let starts = try quantiles(of: values, at: levels)
        var ensembles: [[(tree: RegressionTree, values: [Double])]] = []
        for (level, start) in zip(levels, starts) {
            var residuals = values.map { $0 - start }
            var trees: [(tree: RegressionTree, values: [Double])] = []
            for _ in 0..<rounds {
                let slopes = residuals.map { $0 >= 0 ? level : level - 1 }
                let tree = RegressionTree(
                    bins: bins, response: slopes, observations: all, options: options, using: &generator)
                let steps = tree.leaves.map { members in
                    learningRate * interpolatedQuantile(of: members.map { residuals[$0] }, at: level)
                }
                for (members, step) in zip(tree.leaves, steps) {
                    for member in members { residuals[member] -= step }
                }
                trees.append((tree, steps))
            }
            ensembles.append(trees)
        }
        return Model(starts: starts, trees: ensembles, featureCount: features.columns)
    }
}

/// `quantile(of:at:)` without its checks and for arrays alone: it is called for every leaf of thousands of trees.
private func interpolatedQuantile(of numbers: [Double], at level: Double) -> Double {
    let sorted = numbers.sorted()
    let position = Double(sorted.count - 1) * level
    let below = Int(position)
    let above = min(below + 1, sorted.count - 1)
    return sorted[below] + (position - Double(below)) * (sorted[above] - sorted[below])
}
