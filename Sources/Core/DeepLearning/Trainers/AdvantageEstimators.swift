/// How much better than expected each token of each rollout was.
public protocol AdvantageEstimator: Sendable {
    /// The advantage of each new token of each rollout, in their order.
    ///
    /// - Parameter rollouts: those of a group stand together or apart.
    mutating func advantages(of rollouts: [Rollout]) -> [[Double]]
}

/// An estimator that compares the rewards of the rollouts of one prompt, and gives all tokens of a rollout the same.
public protocol GroupAdvantageEstimator: AdvantageEstimator {
    /// The advantages of the rollouts of a group, from their rewards.
    func advantages(ofGroup rewards: [Double]) -> [Double]
}

extension GroupAdvantageEstimator {
    public func advantages(of rollouts: [Rollout]) -> [[Double]] {
        var result = [[Double]](repeating: [], count: rollouts.count)
        for (_, members) in Dictionary(grouping: rollouts.indices, by: { rollouts[$0].group }) {
            let advantages = advantages(ofGroup: members.map { rollouts[$0].reward })
            for (member, advantage) in zip(members, advantages) {
                result[member] = [Double](repeating: advantage, count: rollouts[member].completion.count)
            }
        }
        return result
    }
}

/// (r − mean)/(std + ε) with the unbiased standard deviation of the group (GRPO, Shao et al. 2024, arXiv:2402.03300,
/// section 4.1.2). 0 for all of a group of one.
public struct GroupStandardizedAdvantage: GroupAdvantageEstimator {
    /// ε.
    public var epsilon: Double

    public init(epsilon: Double = 1e-6) { self.epsilon = epsilon }

    public func advantages(ofGroup rewards: [Double]) -> [Double] {
        guard rewards.count > 1 else { return rewards.map { _ in 0 } }
        let mean = rewards.reduce(0, +) / Double(rewards.count)
        let squares = rewards.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        let deviation = (squares / Double(rewards.count - 1)).squareRoot()
        return rewards.map { ($0 - mean) / (deviation + epsilon) }
    }
}

/// r − mean of the group (Dr. GRPO, Liu et al. 2025, arXiv:2503.20783); use with a constant divisor of the token sum.
public struct GroupCenteredAdvantage: GroupAdvantageEstimator {
    public init() {}

    public func advantages(ofGroup rewards: [Double]) -> [Double] {
        let mean = rewards.reduce(0, +) / Double(rewards.count)
        return rewards.map { $0 - mean }
    }
}

/// r less the mean of the others of the group, K/(K − 1)·(r − mean) (RLOO, Ahmadian et al. 2024, arXiv:2402.14740).
/// 0 for a group of one.
public struct LeaveOneOutAdvantage: GroupAdvantageEstimator {
    public init() {}

    public func advantages(ofGroup rewards: [Double]) -> [Double] {
        guard rewards.count > 1 else { return rewards.map { _ in 0 } }
        let count = Double(rewards.count), mean = rewards.reduce(0, +) / count
        return rewards.map { count / (count - 1) * ($0 - mean) }
    }
}

/// r less an exponential moving average of the mean rewards of earlier batches: REINFORCE with a baseline (Williams
/// 1992). The first batch is compared with its own mean.
public struct MovingBaselineAdvantage: AdvantageEstimator {
    /// How much of the baseline a new batch leaves.
    public var decay: Double
    /// The baseline; nil before the first batch.
    public private(set) var baseline: Double?

    public init(decay: Double = 0.9) { self.decay = decay }

    public mutating func advantages(of rollouts: [Rollout]) -> [[Double]] {
        guard !rollouts.isEmpty else { return [] }
        let mean = rollouts.reduce(0) { $0 + $1.reward } / Double(rollouts.count)
        let old = baseline ?? mean
        baseline = decay * old + (1 - decay) * mean
        return rollouts.map { rollout in [Double](repeating: rollout.reward - old, count: rollout.completion.count) }
    }
}

/// Generalised advantage estimation (Schulman et al. 2016, arXiv:1506.02438, equation 16) with the reward at the last
/// token: δₜ = rₜ + γV₍ₜ₊₁₎ − Vₜ, Aₜ = δₜ + γλA₍ₜ₊₁₎, and no value behind the end.
///
/// The rollouts need values; the program stops where they have none.
public struct GeneralizedAdvantage: AdvantageEstimator {
    /// γ.
    public var discount: Double
    /// λ.
    public var decay: Double
    /// Whether the advantages of a batch's tokens are scaled to mean 0 and variance 1.
    public var isStandardized: Bool

    public init(discount: Double = 1, decay: Double = 0.95, isStandardized: Bool = true) {
        self.discount = discount
        self.decay = decay
        self.isStandardized = isStandardized
    }

    public func advantages(of rollouts: [Rollout]) -> [[Double]] {
        let raw = rollouts.map(rawAdvantages)
        guard isStandardized else { return raw }
        let all = raw.flatMap { $0 }
        guard all.count > 1 else { return raw }
        let mean = all.reduce(0, +) / Double(all.count)
        let deviation = (all.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(all.count)).squareRoot()
        return raw.map { $0.map { ($0 - mean) / (deviation + 1e-8) } }
    }

    /// The advantages of one rollout as they are, to which its values are added to get the critic's targets.
    public func rawAdvantages(of rollout: Rollout) -> [Double] {
        guard let values = rollout.values, values.count == rollout.completion.count else {
            fatalError("generalised advantage estimation needs a value before each token: the rollout has \(rollout.values?.count ?? 0) for \(rollout.completion.count) tokens")
        }
        var result = [Double](repeating: 0, count: values.count)
        var next = 0.0
        for place in values.indices.reversed() {
            let isLast = place == values.count - 1
            let delta = (isLast ? rollout.reward : discount * values[place + 1]) - values[place]
            next = delta + discount * decay * next
            result[place] = next
        }
        return result
    }
}
