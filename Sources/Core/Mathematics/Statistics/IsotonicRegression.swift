/// The non-decreasing fit of least squares to a sequence.
///
/// The pool-adjacent-violators algorithm (Ayer et al. 1955): neighbours out of order are merged into a block
/// at their weighted mean. O(n) after sorting.
///
/// ```swift
/// try IsotonicRegression.fit([1, 3, 2, 4])     // [1, 2.5, 2.5, 4]
/// ```
public struct IsotonicRegression: Sendable {
    /// The different predictors in ascending order.
    public let predictors: [Double]
    /// The fitted responses there, non-decreasing.
    public let fitted: [Double]

    /// Fits responses by a non-decreasing function of a predictor; equal predictors share one value.
    ///
    /// - Parameters:
    ///   - predictors: finite numbers in any order.
    ///   - responses: as many finite numbers.
    ///   - weights: as many positive finite weights; by default 1 each.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(
        predictors: some Collection<Double>, responses: some Collection<Double>, weights: [Double]? = nil
    ) throws(StatisticsError) {
        try predictors.requireSample("predictors")
        try responses.requireSample("responses")
        try StatisticsError.requireEqualCounts(responses.count, "responses", predictors.count, "predictors")
        let weights = weights ?? [Double](repeating: 1, count: predictors.count)
        try StatisticsError.requireEqualCounts(weights.count, "weights", predictors.count, "predictors")
        for (index, weight) in weights.enumerated() where !(weight > 0 && weight < .infinity) {
            throw .invalidElement(argument: "weights", index: index, value: weight, expected: "positive finite weights")
        }
        let x = Array(predictors)
        let y = Array(responses)
        var points: [Double] = []
        var means: [Double] = []
        var sums: [Double] = []
        for index in x.indices.sorted(by: { (x[$0], $0) < (x[$1], $1) }) {
            if let last = points.last, last == x[index] {
                let place = sums.count - 1
                sums[place] += weights[index]
                means[place] += (y[index] - means[place]) * weights[index] / sums[place]
            } else {
                points.append(x[index])
                means.append(y[index])
                sums.append(weights[index])
            }
        }
        self.predictors = points
        fitted = Self.pooled(means, sums)
    }

    /// The non-decreasing sequence nearest to another in (weighted) squares.
    public static func fit(
        _ responses: some Collection<Double>, weights: [Double]? = nil
    ) throws(StatisticsError) -> [Double] {
        try IsotonicRegression(
            predictors: (0..<responses.count).map(Double.init), responses: responses, weights: weights
        ).fitted
    }

    private static func pooled(_ responses: [Double], _ weights: [Double]) -> [Double] {
        var blocks: [(mean: Double, weight: Double, count: Int)] = []
        for (response, weight) in zip(responses, weights) {
            var block = (mean: response, weight: weight, count: 1)
            while let last = blocks.last, last.mean >= block.mean {
                blocks.removeLast()
                let total = last.weight + block.weight
                block = (
                    last.mean + (block.mean - last.mean) * (block.weight / total), total, last.count + block.count
                )
            }
            blocks.append(block)
        }
        return blocks.flatMap { Array(repeating: $0.mean, count: $0.count) }
    }

    /// The fit at a point: linear between the predictors, constant beyond them.
    public func callAsFunction(_ x: Double) -> Double {
        guard !x.isNaN else { return .nan }
        if x <= predictors[0] { return fitted[0] }
        if x >= predictors[predictors.count - 1] { return fitted[fitted.count - 1] }
        var (low, high) = (0, predictors.count - 1)
        while high - low > 1 {
            let middle = (low + high) / 2
            if predictors[middle] <= x { low = middle } else { high = middle }
        }
        let share = (x - predictors[low]) / (predictors[high] - predictors[low])
        return fitted[low] + share * (fitted[high] - fitted[low])
    }
}
