import RealModule

/// The distribution of a sample: each number with the same probability.
public struct EmpiricalDistribution: Sendable, Hashable {
    /// The numbers in ascending order.
    public let sorted: [Double]

    /// The distribution of a sample.
    ///
    /// - Parameter sample: at least one finite number.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(of sample: some Collection<Double>) throws(StatisticsError) {
        try sample.requireSample("sample")
        sorted = sample.sorted()
    }

    /// The number of observations.
    public var count: Int { sorted.count }

    /// The share of the sample that is at most x. O(log n).
    public func cumulative(_ x: Double) -> Double {
        if x.isNaN { return x }
        var (low, high) = (0, sorted.count)
        while low < high {
            let middle = (low + high) / 2
            if sorted[middle] <= x { low = middle + 1 } else { high = middle }
        }
        return Double(low) / Double(sorted.count)
    }

    /// The share of the sample that is greater than x. O(log n).
    public func survival(_ x: Double) -> Double { 1 - cumulative(x) }

    /// A quantile of the sample.
    ///
    /// - Throws: `StatisticsError` if the probability is not in [0, 1].
    public func quantile(_ probability: Double, method: QuantileMethod = .inverseDistribution) throws(StatisticsError) -> Double {
        try StatisticsError.requireProbability(probability, "probability")
        return sortedQuantile(sorted, probability, method)
    }

    /// Half the width of a band that holds the whole distribution function with the given probability, by the inequality of
    /// Dvoretzky, Kiefer and Wolfowitz with Massart's constant: √(ln(2/(1 − level))/(2n)).
    ///
    /// - Throws: `StatisticsError` if the level is not in (0, 1).
    public func bandHalfWidth(level: Double = 0.95) throws(StatisticsError) -> Double {
        try StatisticsError.requireLevel(level, "level")
        return (Double.log(2 / (1 - level)) / (2 * Double(count))).squareRoot()
    }

    /// A number of the sample, each with the same probability.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        sorted[generator.integer(below: sorted.count)]
    }
}
