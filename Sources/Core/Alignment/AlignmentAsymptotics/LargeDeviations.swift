import Mathematics
import RealModule

// Large deviations of the reward per symbol under the tilt (alignment-asymptotics, arXiv:2404.01730).

extension RewardedOutcomes {
    /// The rate function I(x) = min {KL(q ‖ φ_β) : E_q r = x}: P(reward per symbol ≈ x) decays as e^{−m I(x)} when the
    /// symbols are drawn from the tilt φ_β.
    ///
    /// The minimum is at the tilt with the mean x, so that I(x) = (β′ − β)x − log Z(β′) + log Z(β).
    ///
    /// - Parameters:
    ///   - mean: x, strictly between the least and the greatest reward that p allows.
    ///   - strength: β of the law that is drawn from; 0 for p itself.
    /// - Throws: `StatisticsError` for an x out of range.
    public func rate(ofMeanReward mean: Double, strength: Double) throws(StatisticsError) -> Double {
        let minimizer = try self.strength(meanReward: mean)
        return max(
            0, (minimizer - strength) * mean - logPartition(strength: minimizer) + logPartition(strength: strength))
    }

    /// The scaled cumulant log E_φ e^{ρr} = log Z(β + ρ) − log Z(β) of one symbol under the tilt φ_β; of m symbols,
    /// (1/m) log E e^{ρ Σr} is the same.
    ///
    /// - Parameters:
    ///   - argument: ρ.
    ///   - strength: β.
    public func cumulant(at argument: Double, strength: Double) -> Double {
        logPartition(strength: strength + argument) - logPartition(strength: strength)
    }

    /// The reward's variance under the tilt φ_β: the second derivative of log Z.
    public func rewardVariance(strength: Double) -> Double {
        let tilt = tilted(strength: strength)
        let mean = tilt.expectation(of: rewards)
        return tilt.expectation(of: rewards.map { ($0 - mean) * ($0 - mean) })
    }

    /// The bound a + βb on KL(φ ‖ φ_Δ) of a policy whose KL exceeds Δ by at most a, and whose reward falls short of
    /// the tilt's by at most b; for the least such a and b it is an equality (the Pythagorean identity behind
    /// theorem 3 of the paper).
    ///
    /// - Parameters:
    ///   - policy: φ, over the same outcomes.
    ///   - divergence: Δ.
    /// - Returns: a = KL(φ ‖ p) − Δ, b = E_{φ_Δ} r − E_φ r, the bound, and KL(φ ‖ φ_Δ) itself.
    /// - Throws: `StatisticsError` for a Δ out of range or a policy of another size.
    public func pythagoreanBound(
        of policy: FinitePolicy, divergence: Double
    ) throws(StatisticsError) -> (excessDivergence: Double, rewardShortfall: Double, bound: Double, distance: Double) {
        guard policy.count == count else {
            throw .countMismatch(argument: "policy", count: policy.count, other: "outcomes", otherCount: count)
        }
        let strength = try strength(divergence: divergence)
        let tilt = tilted(strength: strength)
        let excess = policy.divergence(from: reference) - divergence
        let shortfall = tilt.expectation(of: rewards) - policy.expectation(of: rewards)
        return (excess, shortfall, excess + strength * shortfall, policy.divergence(from: tilt))
    }
}

/// Rényi's cross entropy H_α(p; q) = log(Σ p q^{α − 1})/(1 − α) in nats; −Σ p log q for α = 1.
///
/// With the reward log q the cumulants of the tilts are differences of these:
/// log Z(β) = −β H_{1+β}(p; q).
///
/// - Parameters:
///   - policy: p.
///   - other: q, over the same outcomes.
///   - order: α, finite.
/// - Throws: `StatisticsError` if the counts differ.
public func renyiCrossEntropy(
    _ policy: FinitePolicy, _ other: FinitePolicy, order: Double
) throws(StatisticsError) -> Double {
    guard policy.count == other.count else {
        throw .countMismatch(argument: "other", count: other.count, other: "policy", otherCount: policy.count)
    }
    if order == 1 { return -policy.expectation(of: other.logProbabilities) }
    let terms = zip(policy.logProbabilities, other.logProbabilities).map { own, theirs in
        own == -.infinity ? own : own + (order - 1) * theirs
    }
    return terms.asVector.logSumExp() / (1 - order)
}
