import Mathematics

// The same for plain arrays, as Python calls them.

// swiftcore: exponential_tilt
/// The policy of the greatest reward at a KL divergence from a reference policy.
///
/// - Parameters:
///   - probabilities: the reference policy, divided by its sum.
///   - rewards: one an outcome.
///   - divergence: Δ in nats, at least 0 and below −log p(the best outcomes).
/// - Returns: the tilt's probabilities.
/// - Throws: `StatisticsError` naming what is wrong.
public func exponentialTilt(
    _ probabilities: [Double], rewards: [Double], divergence: Double
) throws(StatisticsError) -> [Double] {
    let outcomes = try RewardedOutcomes(weights: probabilities, rewards: rewards)
    return Array(outcomes.tilted(strength: try outcomes.strength(divergence: divergence)).probabilities)
}

// swiftcore: best_of_n
/// The law of the best of some draws from a reference policy.
///
/// - Parameters:
///   - probabilities: the reference policy, divided by its sum.
///   - rewards: one an outcome; ties are shared in proportion to the policy.
///   - draws: N, at least 1.
/// - Returns: the probabilities of the best draw.
/// - Throws: `StatisticsError` naming what is wrong.
public func bestOfN(_ probabilities: [Double], rewards: [Double], draws: Int) throws(StatisticsError) -> [Double] {
    Array(try RewardedOutcomes(weights: probabilities, rewards: rewards).bestOfN(count: draws).probabilities)
}

// swiftcore: compare_best_of_n
/// Best-of-N with N = e^{mΔ} beside the tilt, on sequences of independent symbols (alignment-asymptotics,
/// arXiv:2404.01730).
///
/// - Parameters:
///   - probabilities: the law of one symbol, divided by its sum.
///   - rewards: one a symbol.
///   - length: m.
///   - divergence: Δ in nats per symbol.
/// - Throws: `StatisticsError` naming what is wrong.
public func compareBestOfN(
    _ probabilities: [Double], rewards: [Double], length: Int, divergence: Double
) throws(StatisticsError) -> SequenceComparison {
    try MemorylessModel(symbol: RewardedOutcomes(weights: probabilities, rewards: rewards))
        .compareBestOfN(length: length, divergence: divergence)
}

// swiftcore: reward_rate
/// The rate I(x) at which means of the reward deviate under the tilt. See `RewardedOutcomes.rate`.
///
/// - Parameters:
///   - probabilities: the law of one symbol, divided by its sum.
///   - rewards: one a symbol.
///   - mean: x, strictly between the least and the greatest reward.
///   - strength: β of the tilt; 0 for the law itself.
/// - Throws: `StatisticsError` naming what is wrong.
public func rewardRate(
    _ probabilities: [Double], rewards: [Double], mean: Double, strength: Double = 0
) throws(StatisticsError) -> Double {
    try RewardedOutcomes(weights: probabilities, rewards: rewards).rate(ofMeanReward: mean, strength: strength)
}
