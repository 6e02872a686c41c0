/// Count, mean, variance, skewness and kurtosis of numbers seen one at a time, without keeping them.
///
/// Welford's updates extended to the fourth central moment, and the merge of two such summaries: Pébay,
/// "Formulas for robust, one-pass parallel computation of covariances and arbitrary-order statistical
/// moments", 2008, equations 2.1 and 3.1. Merging two halves gives the summary of the whole up to rounding.
///
/// ```swift
/// var moments = StreamingMoments([1, 2, 4])
/// moments.add(9)
/// moments.mean                 // 4
/// moments.variance             // 38/3
/// ```
///
/// A number that is not finite makes everything but the count NaN or infinite.
public struct StreamingMoments: Sendable, Hashable {
    /// How many numbers have been added.
    public private(set) var count = 0
    private var average = 0.0
    private var second = 0.0
    private var third = 0.0
    private var fourth = 0.0
    /// The smallest number; infinity if there is none.
    public private(set) var minimum = Double.infinity
    /// The largest number; minus infinity if there is none.
    public private(set) var maximum = -Double.infinity

    /// A summary of nothing.
    public init() {}

    /// The summary of some numbers.
    public init(_ numbers: some Sequence<Double>) { for number in numbers { add(number) } }

    /// Adds a number.
    public mutating func add(_ number: Double) {
        let before = Double(count)
        count += 1
        let n = Double(count)
        let delta = number - average
        let step = delta / n
        let stepSquared = step * step
        let term = delta * step * before
        average += step
        fourth += term * stepSquared * (n * n - 3 * n + 3) + 6 * stepSquared * second - 4 * step * third
        third += term * step * (n - 2) - 3 * step * second
        second += term
        minimum = Swift.min(minimum, number)
        maximum = Swift.max(maximum, number)
    }

    /// Adds the numbers that another summary has seen.
    public mutating func merge(_ other: StreamingMoments) {
        guard other.count > 0 else { return }
        guard count > 0 else {
            self = other
            return
        }
        let (a, b) = (Double(count), Double(other.count))
        let n = a + b
        let delta = other.average - average
        let share = delta / n
        let square = share * share
        fourth += other.fourth + a * b * (a * a - a * b + b * b) * square * share * delta
            + 6 * (a * a * other.second + b * b * second) * square + 4 * (a * other.third - b * third) * share
        third += other.third + a * b * (a - b) * square * delta + 3 * (a * other.second - b * second) * share
        second += other.second + a * b * share * delta
        average += share * b
        count += other.count
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
    }

    /// The mean; NaN of nothing.
    public var mean: Double { count > 0 ? average : .nan }

    /// The unbiased variance, the sum of squared deviations over count − 1; NaN of fewer than two numbers.
    public var variance: Double { count > 1 ? second / Double(count - 1) : .nan }

    /// The mean squared deviation, over count; NaN of nothing.
    public var populationVariance: Double { count > 0 ? second / Double(count) : .nan }

    /// The root of the unbiased variance.
    public var standardDeviation: Double { variance.squareRoot() }

    /// The standard error of the mean, standardDeviation/√count.
    public var standardError: Double { (variance / Double(count)).squareRoot() }

    /// The skewness m₃/m₂^(3/2) of the sample (not corrected for bias); NaN if all numbers are equal.
    public var skewness: Double {
        second > 0 ? Double(count).squareRoot() * third / (second * second.squareRoot()) : .nan
    }

    /// The kurtosis m₄/m₂² − 3 of the sample in excess of a normal distribution's (not corrected for bias);
    /// NaN if all numbers are equal.
    public var excessKurtosis: Double { second > 0 ? Double(count) * fourth / (second * second) - 3 : .nan }
}
