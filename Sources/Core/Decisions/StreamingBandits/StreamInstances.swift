import Mathematics

/// The distributions of arms with which streaming-bandits (arXiv:2306.02208) is tried.
public enum StreamSetting: String, Sendable, CaseIterable {
    /// K − 1 means from N(0.5, 0.1²) truncated to [0, 0.8], and one arm of 0.82.
    case clearCut
    /// K means uniform in [0, 1].
    case mixed
    /// The hard instance: means of ½ but one of ½ + (K/T)^⅓/4 at a random place; with probability ½ the last arm is
    /// one of ¾.
    ///
    /// Who explores little misses the slightly better arm; who explores much pays for it if the last arm is far better.
    case hard
    /// The hard instance without a far better last arm.
    case hardWithoutLateArm
    /// The hard instance with the far better last arm.
    case hardWithLateArm
}

// swiftcore: stream_means
/// Draws the means of a stream of arms, in a random order of arrival.
///
/// - Parameters:
///   - setting: how means are distributed.
///   - armCount: K, at least 3.
///   - horizon: T, at least K; only the hard settings depend on it.
///   - generator: draws means and places.
/// - Throws: ``BanditError`` for an argument out of range.
public func drawStreamMeans(
    _ setting: StreamSetting, armCount: Int, horizon: Int, using generator: inout some RandomNumberGenerator
) throws(BanditError) -> [Double] {
    try requireBandit(armCount >= 3, "armCount", armCount, "at least three arms")
    try requireBandit(horizon >= armCount, "horizon", horizon, "at least one pull for each of \(armCount) arms")
    switch setting {
    case .clearCut:
        var means = (1..<armCount).map { _ in
            generator.truncatedNormal(mean: 0.5, standardDeviation: 0.1, in: 0...0.8)
        }
        means.insert(0.82, at: generator.integer(below: armCount))
        return means
    case .mixed: return (0..<armCount).map { _ in generator.uniform() }
    case .hard, .hardWithoutLateArm, .hardWithLateArm:
        var means = [Double](repeating: 0.5, count: armCount)
        // The far better arm, where there is one, takes the last place.
        means[generator.integer(below: armCount - 1)] += streamingPrecision(armCount: armCount, horizon: horizon) / 4
        let isLate =
            switch setting {
            case .hardWithLateArm: true
            case .hardWithoutLateArm: false
            default: generator.bernoulli(0.5)
            }
        if isLate { means[armCount - 1] = 0.75 }
        return means
    }
}
