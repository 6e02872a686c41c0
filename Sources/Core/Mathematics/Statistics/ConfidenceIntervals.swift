/// A range that holds an unknown quantity in a given share of repetitions.
public struct ConfidenceInterval: Sendable, Hashable {
    /// The lower end.
    public let lower: Double
    /// The upper end.
    public let upper: Double
    /// The share of repetitions, in (0, 1).
    public let level: Double

    /// An interval at a level.
    public init(lower: Double, upper: Double, level: Double) {
        self.lower = lower
        self.upper = upper
        self.level = level
    }

    /// Whether the interval holds a number, ends included.
    public func contains(_ x: Double) -> Bool { lower <= x && x <= upper }

    /// upper − lower.
    public var width: Double { upper - lower }

    /// An interval symmetric around an estimate by Student's t.
    static func studentT(
        _ estimate: Double, standardError: Double, degreesOfFreedom: Double, level: Double
    ) throws(StatisticsError) -> ConfidenceInterval {
        try StatisticsError.requireLevel(level, "level")
        let t = try StudentTDistribution(degreesOfFreedom: degreesOfFreedom).upperQuantile((1 - level) / 2)
        return ConfidenceInterval(lower: estimate - t * standardError, upper: estimate + t * standardError, level: level)
    }
}

/// How the interval of a binomial proportion is made.
public enum ProportionMethod: Sendable, CaseIterable {
    /// Wilson, 1927: the score test inverted. Close to its level at any size.
    case wilson
    /// Clopper and Pearson, 1934: the exact test inverted. Never below its level.
    case clopperPearson
    /// Agresti and Coull, 1998: the normal interval around Wilson's centre.
    case agrestiCoull
    /// Jeffreys: the beta quantiles of the posterior under a beta(½, ½) prior.
    case jeffreys
}

// swiftcore: proportion_confidence_interval
/// A confidence interval of a probability from successes among independent trials.
///
/// - Parameters:
///   - successes: 0 … trials.
///   - trials: at least 1.
///   - level: in (0, 1).
///   - method: how to make it.
/// - Throws: `StatisticsError` naming the argument that is out of range.
public func proportionConfidenceInterval(
    successes: Int, trials: Int, level: Double = 0.95, method: ProportionMethod = .wilson
) throws(StatisticsError) -> ConfidenceInterval {
    guard trials >= 1 else { throw .outOfRange(argument: "trials", value: Double(trials), expected: "at least 1") }
    guard (0...trials).contains(successes) else {
        throw .outOfRange(argument: "successes", value: Double(successes), expected: "0 ... \(trials), the trials")
    }
    try StatisticsError.requireLevel(level, "level")
    let (k, n) = (Double(successes), Double(trials))
    let tail = (1 - level) / 2
    let z = -normalQuantile(tail)
    switch method {
    case .wilson:
        let p = k / n
        let centre = (p + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (p * (1 - p) / n + z * z / (4 * n * n)).squareRoot()
        return ConfidenceInterval(
            lower: successes == 0 ? 0 : max(0, centre - half), upper: successes == trials ? 1 : min(1, centre + half),
            level: level)
    case .clopperPearson:
        return ConfidenceInterval(
            lower: successes == 0 ? 0 : inverseRegularizedBeta(tail, k, n - k + 1),
            upper: successes == trials ? 1 : inverseRegularizedBetaComplement(tail, k + 1, n - k), level: level)
    case .agrestiCoull:
        let total = n + z * z
        let p = (k + z * z / 2) / total
        let half = z * (p * (1 - p) / total).squareRoot()
        return ConfidenceInterval(lower: max(0, p - half), upper: min(1, p + half), level: level)
    case .jeffreys:
        return ConfidenceInterval(
            lower: successes == 0 ? 0 : inverseRegularizedBeta(tail, k + 0.5, n - k + 0.5),
            upper: successes == trials ? 1 : inverseRegularizedBetaComplement(tail, k + 0.5, n - k + 0.5), level: level)
    }
}

// swiftcore: mean_confidence_interval
/// The confidence interval of a mean by Student's t, exact for normal samples.
///
/// - Parameters:
///   - sample: at least two finite numbers.
///   - level: in (0, 1).
/// - Throws: `StatisticsError` naming what is wrong.
public func meanConfidenceInterval(
    of sample: some Collection<Double>, level: Double = 0.95
) throws(StatisticsError) -> ConfidenceInterval {
    try sample.requireSample("sample", atLeast: 2)
    let moments = StreamingMoments(sample)
    return try .studentT(
        moments.mean, standardError: moments.standardError, degreesOfFreedom: Double(moments.count - 1), level: level)
}
