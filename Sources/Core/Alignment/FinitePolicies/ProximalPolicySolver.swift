import Mathematics
import RealModule

/// Reaches the KL-regularised optimum step by step, as proximal policy optimisation does (Schulman et al. 2017,
/// arXiv:1707.06347): a softmax policy over a small set ascends the clipped surrogate of r − (1/β) log(π/p), with
/// expectations in place of samples.
public struct ProximalPolicySolver: Sendable, Hashable {
    /// ε: the ratio π/π_old counts up to 1 ± ε.
    public var clip = 0.2
    /// How many times the old policy is renewed.
    public var rounds = 2000
    /// Gradient steps on the surrogate in each round.
    public var steps = 4
    /// The length of a step on the logits, relative to 1/standard deviation of the advantage.
    public var learningRate = 0.5

    public init() {}

    /// Ascends from p.
    ///
    /// - Parameters:
    ///   - outcomes: p and r.
    ///   - strength: β, positive.
    /// - Returns: the policy of every round, the first being p.
    /// - Throws: `StatisticsError` if a setting is not positive.
    public func path(for outcomes: RewardedOutcomes, strength: Double) throws(StatisticsError) -> [FinitePolicy] {
        for (value, name) in [
            (strength, "strength"), (clip, "clip"), (learningRate, "learningRate"), (Double(rounds), "rounds"),
            (Double(steps), "steps"),
        ] where !(value > 0 && value < .infinity) {
            throw .outOfRange(argument: name, value: value, expected: "a positive finite number")
        }
        let reference = outcomes.reference
        var policies = [reference]
        for _ in 0..<rounds {
            let old = policies[policies.count - 1]
            // The reward with its KL penalty; the soft optimum has a constant one.
            let gain = Vector(
                (0..<reference.count).map { index in
                    let log = old.logProbabilities[index]
                    if log == -.infinity { return 0.0 }
                    return outcomes.rewards[index] - (log - reference.logProbabilities[index]) / strength
                })
            let mean = old.expectation(of: gain)
            let advantage = gain.map { $0 - mean }
            let deviation = old.expectation(of: advantage.map { $0 * $0 }).squareRoot()
            guard deviation > 1e-15 else { break }
            let length = learningRate * min(strength, 1 / deviation) / Double(steps)
            var policy = old
            for _ in 0..<steps {
                let probabilities = policy.probabilities
                // d/dπ of Σ π_old min(ρA, clip(ρ)A): A where the clip is not active.
                let slope = Vector(
                    (0..<reference.count).map { index in
                        let ratio = Double.exp(policy.logProbabilities[index] - old.logProbabilities[index])
                        let isClipped = advantage[index] > 0 ? ratio > 1 + clip : ratio < 1 - clip
                        return isClipped || old.logProbabilities[index] == -.infinity ? 0 : advantage[index]
                    })
                let baseline = probabilities.dot(slope)
                // The natural gradient on the logits is the slope itself; bounded, so that rare outcomes move too.
                policy = FinitePolicy(
                    normalizing: Vector(
                        (0..<reference.count).map { index in
                            let log = policy.logProbabilities[index]
                            return log == -.infinity ? log : log + length * (slope[index] - baseline)
                        }))
            }
            policies.append(policy)
        }
        return policies
    }
}
