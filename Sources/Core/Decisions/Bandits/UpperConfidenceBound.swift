import Foundation
import Mathematics

/// What a bandit algorithm has done after its last pull.
public struct BanditOutcome: Sendable, Hashable {
    /// Σ (μ* − μ) over all pulls.
    public let regret: Double
    /// The pulls of each arm.
    public let pulls: [Int]

    /// The arm pulled most; of equals the first.
    public var mostPulledArm: Int { pulls.indices.max { pulls[$0] < pulls[$1] } ?? 0 }
}

// swiftcore: upper_confidence_bound_regret
/// Plays UCB2 (Auer, Cesa-Bianchi and Fischer 2002), which keeps all arms in memory.
///
/// An arm that has been chosen r times has been pulled τ(r) = ⌈(1 + α)ʳ⌉ times, and is chosen next if its mean plus
/// √((1 + α) ln(e t/τ(r)) / (2τ(r))) is largest, where t counts all pulls. It is then pulled until it has τ(r + 1)
/// pulls, in one binomial draw: the logarithmic regret of UCB1 for few decisions, so that horizons of billions can be
/// played.
///
/// - Parameters:
///   - means: of the arms' Bernoulli rewards, in [0, 1].
///   - horizon: T, the number of pulls; at least one an arm.
///   - growth: α in (0, 1), the relative length of an epoch.
///   - generator: draws the rewards.
/// - Throws: ``BanditError`` for an argument out of range.
/// - Complexity: O(K) for each of O(K ln T / α) decisions.
public func upperConfidenceBound(
    means: [Double], horizon: Int, growth: Double = 0.5, using generator: inout some RandomNumberGenerator
) throws(BanditError) -> BanditOutcome {
    var bandit = try BernoulliBandit(means: means)
    try requireBandit(horizon >= means.count, "horizon", horizon, "at least one pull for each of \(means.count) arms")
    try requireBandit(growth > 0 && growth < 1, "growth", growth, "a number between 0 and 1")
    var rewards = [Double](repeating: 0, count: means.count)
    var epochs = [Int](repeating: 0, count: means.count)
    // The parts of the index that change only when the arm is pulled: mean, (1 + α)/(2τ) and 1 − ln τ.
    var average = rewards, spread = rewards, offset = rewards
    func length(_ epoch: Int) -> Double { pow(1 + growth, Double(epoch)).rounded(.up) }
    func refresh(_ arm: Int) {
        let tau = length(epochs[arm])
        average[arm] = rewards[arm] / Double(bandit.pulls[arm])
        spread[arm] = (1 + growth) / (2 * tau)
        offset[arm] = 1 - log(tau)
    }
    for arm in means.indices {
        rewards[arm] = Double(bandit.pull(arm, times: 1, using: &generator))
        refresh(arm)
    }
    while bandit.totalPulls < horizon {
        let logTime = log(Double(bandit.totalPulls))
        var best = 0
        var bestIndex = -Double.infinity
        for arm in average.indices {
            let index = average[arm] + (spread[arm] * (offset[arm] + logTime)).squareRoot()
            if index > bestIndex { (best, bestIndex) = (arm, index) }
        }
        let wanted = length(epochs[best] + 1) - length(epochs[best])
        let times = Int(min(wanted, Double(horizon - bandit.totalPulls)))
        rewards[best] += Double(bandit.pull(best, times: times, using: &generator))
        epochs[best] += 1
        refresh(best)
    }
    return BanditOutcome(regret: bandit.regret, pulls: bandit.pulls)
}
