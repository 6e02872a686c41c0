import Mathematics

// swiftcore: linear_pool
/// Averages the distribution functions of several models, in contrast to their quantiles (vincentisation), and reads
/// the quantiles of the mixture.
///
/// Each model's distribution function is linear between its quantiles; beyond the outermost ones the density of the
/// neighbouring gap goes on until the probability is used up.
///
/// - Parameters:
///   - predictions: one matrix a model, [observations, levels], all of one shape; rows are sorted first.
///   - levels: increasing numbers in (0, 1), at least 2.
///   - weights: one a model, non-negative with a positive sum; by default equal.
/// - Throws: `StatisticsError` naming what is wrong.
/// - Complexity: O(observations · levels · models · log levels) times about 60 bisections.
public func linearPool(
    _ predictions: [Matrix], levels: [Double], weights: [Double]? = nil
) throws(StatisticsError) -> Matrix {
    try requireLevels(levels)
    guard levels.count >= 2 else { throw .tooFew(argument: "levels", count: levels.count, expected: "at least 2") }
    guard let first = predictions.first else {
        throw .tooFew(argument: "predictions", count: 0, expected: "at least 1 model")
    }
    for matrix in predictions where matrix.rows != first.rows || matrix.columns != levels.count {
        throw .shapeMismatch(
            argument: "predictions", shape: "(\(matrix.rows), \(matrix.columns))", other: "the first model by levels",
            otherShape: "(\(first.rows), \(levels.count))", expected: "one shape")
    }
    let weights = weights ?? [Double](repeating: 1, count: predictions.count)
    guard weights.count == predictions.count else {
        throw .countMismatch(
            argument: "weights", count: weights.count, other: "predictions", otherCount: predictions.count)
    }
    let total = weights.reduce(0, +)
    guard weights.allSatisfy({ $0 >= 0 }), total > 0, total.isFinite else {
        throw .outOfRange(argument: "the sum of weights", value: total, expected: "non-negative weights, not all 0")
    }
    var result = Matrix.zeros(first.rows, levels.count)
    for row in 0..<first.rows {
        let curves = predictions.map { Array($0.row(row)).sorted() }
        func mixture(_ x: Double) -> Double {
            zip(curves, weights).reduce(0) { $0 + $1.1 * distribution(at: x, quantiles: $1.0, levels: levels) } / total
        }
        // The mixture's quantile lies between the models' own.
        for (column, level) in levels.enumerated() {
            let own = curves.map { $0[column] }
            var (low, high) = (own.min() ?? 0, own.max() ?? 0)
            for _ in 0..<60 where high - low > 1e-13 * (1 + high.magnitude) {
                let middle = (low + high) / 2
                if mixture(middle) < level { low = middle } else { high = middle }
            }
            result[row, column] = (low + high) / 2
        }
    }
    return result
}

/// The distribution function through sorted quantiles.
private func distribution(at x: Double, quantiles: [Double], levels: [Double]) -> Double {
    let last = levels.count - 1
    func line(_ a: Int, _ b: Int) -> Double {
        let gap = quantiles[b] - quantiles[a]
        guard gap > 0 else { return x < quantiles[a] ? levels[a] - 1 : levels[b] + 1 }
        return levels[a] + (levels[b] - levels[a]) * (x - quantiles[a]) / gap
    }
    if x < quantiles[0] { return max(0, line(0, 1)) }
    if x >= quantiles[last] { return x == quantiles[last] ? levels[last] : min(1, line(last - 1, last)) }
    var (low, high) = (0, last)
    while high - low > 1 {
        let middle = (low + high) / 2
        if quantiles[middle] <= x { low = middle } else { high = middle }
    }
    return line(low, low + 1)
}
