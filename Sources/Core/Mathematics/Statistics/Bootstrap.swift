/// How a bootstrap interval is made from the distribution of the resampled statistic (Efron and Tibshirani 1993).
public enum BootstrapMethod: Sendable, CaseIterable {
    /// The quantiles of the resampled statistic.
    case percentile
    /// The quantiles mirrored at the estimate (chapter 13).
    case basic
    /// Bias-corrected and accelerated (chapter 14), with the acceleration from the jackknife.
    case bca
}

/// The bootstrap distribution of a statistic.
///
/// Every resample draws from a stream of its own, so that the result depends on the generator's state alone and not on
/// the number of threads.
///
/// ```swift
/// let bootstrap = try Bootstrap(of: errors, using: &generator) { $0.reduce(0, +) / Double($0.count) }
/// try bootstrap.confidenceInterval(level: 0.95, method: .bca)
/// ```
public struct Bootstrap: Sendable {
    /// The statistic of the sample itself.
    public let estimate: Double
    /// The statistic of each resample, in the order in which they were drawn.
    public let replicates: [Double]
    /// The statistic without each of the observations, for the acceleration.
    private let jackknife: [Double]

    /// The standard deviation of the resampled statistic, which estimates the standard error of the estimate.
    public var standardError: Double { StreamingMoments(replicates).standardDeviation }

    /// Mean of the resampled statistic minus the estimate.
    public var bias: Double { StreamingMoments(replicates).mean - estimate }

    /// Resamples a sample with replacement.
    ///
    /// - Parameters:
    ///   - sample: at least two observations of any kind (numbers, pairs, rows).
    ///   - resamples: how many, at least 2.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    ///   - generator: split once for the resamples.
    ///   - statistic: of a sample; called from several threads.
    /// - Throws: `StatisticsError` if the sample is too small or the statistic of the sample is not finite.
    public init<Element: Sendable, G: RandomNumberGenerator>(
        of sample: [Element], resamples: Int = 9999, maximumThreads: Int? = nil, using generator: inout G,
        statistic: @escaping @Sendable ([Element]) -> Double
    ) throws(StatisticsError) {
        guard sample.count >= 2 else { throw .tooFew(argument: "sample", count: sample.count, expected: "at least 2") }
        guard resamples >= 2 else {
            throw .outOfRange(argument: "resamples", value: Double(resamples), expected: "at least 2")
        }
        estimate = statistic(sample)
        guard estimate.isFinite else {
            throw .undefined(argument: "statistic", reason: "it is \(estimate) for the sample itself")
        }
        let root = Philox(seed: generator.next(), stream: generator.next())
        replicates = parallelMap(resamples, maximumThreads: maximumThreads) { index in
            var stream = root.stream(index)
            return statistic(stream.sample(sample.count, withReplacementFrom: sample))
        }
        jackknife = parallelMap(sample.count, maximumThreads: maximumThreads) { index in
            var rest = sample
            rest.remove(at: index)
            return statistic(rest)
        }
    }

    /// A confidence interval of the statistic.
    ///
    /// - Parameters:
    ///   - level: in (0, 1).
    ///   - method: how to make it.
    /// - Throws: `StatisticsError` if the level is out of range, a resampled statistic is not finite, or (for BCa) all
    ///   of them lie on one side of the estimate.
    public func confidenceInterval(
        level: Double = 0.95, method: BootstrapMethod = .bca
    ) throws(StatisticsError) -> ConfidenceInterval {
        try StatisticsError.requireLevel(level, "level")
        try replicates.requireSample("replicates")
        let sorted = replicates.sorted()
        var probabilities = ((1 - level) / 2, (1 + level) / 2)
        if method == .bca {
            let below = sorted.reduce(0.0) { $1 < estimate ? $0 + 1 : $1 == estimate ? $0 + 0.5 : $0 }
            let bias = normalQuantile(below / Double(sorted.count))
            guard bias.isFinite else {
                throw .undefined(argument: "replicates", reason: "all lie on one side of the estimate \(estimate)")
            }
            let acceleration = try self.acceleration()
            func adjusted(_ probability: Double) -> Double {
                let z = bias + normalQuantile(probability)
                return normalCDF(bias + z / (1 - acceleration * z))
            }
            probabilities = (adjusted(probabilities.0), adjusted(probabilities.1))
        }
        let lower = sortedQuantile(sorted, probabilities.0, .linear)
        let upper = sortedQuantile(sorted, probabilities.1, .linear)
        if method == .basic {
            return ConfidenceInterval(lower: 2 * estimate - upper, upper: 2 * estimate - lower, level: level)
        }
        return ConfidenceInterval(lower: lower, upper: upper, level: level)
    }

    private func acceleration() throws(StatisticsError) -> Double {
        try jackknife.requireSample("the statistic without one observation")
        let mean = jackknife.reduce(0, +) / Double(jackknife.count)
        let cubes = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) * (mean - $1) }
        let squares = jackknife.reduce(0) { $0 + (mean - $1) * (mean - $1) }
        return squares > 0 ? cubes / (6 * squares * squares.squareRoot()) : 0
    }
}

extension RandomNumberGenerator {
    /// The elements of a sample drawn with replacement, as many as it has: one resample of the bootstrap.
    public mutating func resample<Element>(_ sample: [Element]) -> [Element] {
        self.sample(sample.count, withReplacementFrom: sample)
    }
}
