/// How a quantile is read between the order statistics of a sample: types 1 … 9 of Hyndman and Fan,
/// "Sample quantiles in statistical packages", 1996.
public enum QuantileMethod: Int, Sendable, CaseIterable {
    /// Type 1: the inverse of the empirical distribution function.
    case inverseDistribution = 1
    /// Type 2: the same, averaged where it jumps.
    case averagedInverseDistribution
    /// Type 3: the observation nearest to n·p, even one in ties.
    case nearestObservation
    /// Type 4: linear interpolation of the empirical distribution function.
    case interpolatedInverseDistribution
    /// Type 5: linear through the midpoints of the steps (Hazen).
    case hazen
    /// Type 6: position p(n + 1) (Weibull).
    case weibull
    /// Type 7: position 1 + p(n − 1), the default of NumPy and R.
    case linear
    /// Type 8: approximately median-unbiased for any distribution.
    case medianUnbiased
    /// Type 9: approximately unbiased for normal samples.
    case normalUnbiased
}

// swiftcore: quantile
/// The quantile of a sample.
///
/// - Parameters:
///   - sample: at least one finite number, in any order.
///   - probability: in [0, 1].
///   - method: how to interpolate.
/// - Throws: `StatisticsError` if the sample is empty or not finite, or the probability out of range.
/// - Complexity: O(n log n).
public func quantile(
    of sample: some Collection<Double>, at probability: Double, method: QuantileMethod = .linear
) throws(StatisticsError) -> Double {
    try quantiles(of: sample, at: [probability], method: method)[0]
}

// swiftcore: quantiles
/// Several quantiles of a sample, which is sorted once.
public func quantiles(
    of sample: some Collection<Double>, at probabilities: [Double], method: QuantileMethod = .linear
) throws(StatisticsError) -> [Double] {
    try sample.requireSample("sample")
    for probability in probabilities { try StatisticsError.requireProbability(probability, "probability") }
    let sorted = sample.sorted()
    return probabilities.map { sortedQuantile(sorted, $0, method) }
}

// swiftcore: median
/// The median of a sample.
public func median(of sample: some Collection<Double>) throws(StatisticsError) -> Double {
    try quantile(of: sample, at: 0.5)
}

// swiftcore: interquartile_range
/// The distance between the quantiles at ¼ and ¾.
public func interquartileRange(
    of sample: some Collection<Double>, method: QuantileMethod = .linear
) throws(StatisticsError) -> Double {
    let ends = try quantiles(of: sample, at: [0.25, 0.75], method: method)
    return ends[1] - ends[0]
}

// swiftcore: median_absolute_deviation
/// The median distance from the median. Multiplied by 1.4826 it estimates a normal standard deviation.
public func medianAbsoluteDeviation(of sample: some Collection<Double>) throws(StatisticsError) -> Double {
    let center = try median(of: sample)
    return try median(of: sample.map { ($0 - center).magnitude })
}

// swiftcore: weighted_quantile
/// The smallest observation x such that observations ≤ x hold at least the share `probability` of the weight.
///
/// - Parameters:
///   - sample: at least one finite number.
///   - weights: as many non-negative weights with a positive sum.
///   - probability: in [0, 1]; 0 gives the smallest observation with weight.
public func weightedQuantile(
    of sample: some Collection<Double>, weights: some Collection<Double>, at probability: Double
) throws(StatisticsError) -> Double {
    try sample.requireSample("sample")
    try StatisticsError.requireEqualCounts(weights.count, "weights", sample.count, "sample")
    let total = try weights.requireWeights("weights")
    try StatisticsError.requireProbability(probability, "probability")
    let pairs = zip(sample, weights).filter { $0.1 > 0 }.sorted { $0.0 < $1.0 }
    var sum = 0.0
    for (value, weight) in pairs {
        sum += weight
        // Two units of rounding, so that 0.5 of ten equal weights is not pushed to the next one.
        if sum >= probability * total * (1 - 2 * Double.ulpOfOne) { return value }
    }
    return pairs[pairs.count - 1].0
}

/// The quantile of a sorted sample that is not empty.
func sortedQuantile(_ sorted: [Double], _ p: Double, _ method: QuantileMethod) -> Double {
    let n = Double(sorted.count)
    func at(_ position: Double) -> Double { sorted[Int(min(max(position, 1), n)) - 1] }
    func between(_ position: Double) -> Double {
        let lower = position.rounded(.down)
        let fraction = position - lower
        let (a, b) = (at(lower), at(lower + 1))
        // From the nearer end, so that a constant sample gives its constant.
        return fraction < 0.5 ? a + fraction * (b - a) : b - (1 - fraction) * (b - a)
    }
    // n·p that is whole but for rounding is taken as whole.
    let product = n * p
    let whole = (product - product.rounded()).magnitude < 4 * n * Double.ulpOfOne ? product.rounded() : product
    switch method {
    case .inverseDistribution: return at(whole.rounded(.up))
    case .averagedInverseDistribution:
        return whole == whole.rounded() ? (at(whole) + at(whole + 1)) / 2 : at(whole.rounded(.up))
    case .nearestObservation: return at(whole.rounded(.toNearestOrEven))
    case .interpolatedInverseDistribution: return between(product)
    case .hazen: return between(product + 0.5)
    case .weibull: return between((n + 1) * p)
    case .linear: return between((n - 1) * p + 1)
    case .medianUnbiased: return between((n + 1.0 / 3) * p + 1.0 / 3)
    case .normalUnbiased: return between((n + 0.25) * p + 0.375)
    }
}
