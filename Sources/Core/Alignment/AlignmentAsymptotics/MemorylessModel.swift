import Mathematics
import RealModule

/// A language model without memory: sequences of m symbols drawn independently from p, with the reward Σ r(yᵢ)
/// (alignment-asymptotics, arXiv:2404.01730, section IV).
///
/// Everything that a tilt or best-of-N does to a sequence depends on its type alone, how often each symbol occurs,
/// so that laws over |Y|^m sequences are computed over the types, of which there are C(m + |Y| − 1, |Y| − 1).
public struct MemorylessModel: Sendable, Hashable {
    /// The law of one symbol, and its reward.
    public let symbol: RewardedOutcomes

    /// A model of one symbol's law and reward.
    public init(symbol: RewardedOutcomes) { self.symbol = symbol }

    /// Symbols 0 and 1, the second with probability `probability` and reward 1.
    ///
    /// - Throws: `StatisticsError` for a probability outside of (0, 1).
    public static func bernoulli(_ probability: Double) throws(StatisticsError) -> MemorylessModel {
        guard probability > 0, probability < 1 else {
            throw .outOfRange(argument: "probability", value: probability, expected: "a number in (0, 1)")
        }
        return MemorylessModel(symbol: try RewardedOutcomes(weights: [1 - probability, probability], rewards: [0, 1]))
    }

    /// The types of sequences of a length: their probabilities under p and their rewards Σ nₐ r(a).
    ///
    /// - Parameters:
    ///   - length: m, at least 1.
    ///   - maximumCount: an error above so many types.
    /// - Returns: one outcome a type; the counts of the symbols of each type in the same order.
    /// - Throws: `StatisticsError` for a length below 1 or with too many types.
    public func types(
        length: Int, maximumCount: Int = 4_000_000
    ) throws(StatisticsError) -> (outcomes: RewardedOutcomes, counts: [[Int]]) {
        guard length >= 1 else {
            throw .outOfRange(argument: "length", value: Double(length), expected: "at least 1 symbol")
        }
        let symbols = symbol.count
        let estimate = Double.exp(
            logGamma(Double(length + symbols)) - logGamma(Double(symbols)) - logGamma(Double(length + 1)))
        guard estimate <= Double(maximumCount) + 0.5 else {
            throw .outOfRange(
                argument: "length", value: Double(length),
                expected: "a length with at most \(maximumCount) types for \(symbols) symbols")
        }
        let logFactorials = (0...length).map { logGamma(Double($0 + 1)) }
        let logProbabilities = symbol.reference.logProbabilities
        var (logWeights, rewards, types): ([Double], [Double], [[Int]]) = ([], [], [])
        var counts = [Int](repeating: 0, count: symbols)
        func place(_ index: Int, left: Int) {
            if index == symbols - 1 {
                counts[index] = left
                var (weight, reward) = (logFactorials[length], 0.0)
                for (a, n) in counts.enumerated() where n > 0 {
                    weight += Double(n) * logProbabilities[a] - logFactorials[n]
                    reward += Double(n) * symbol.rewards[a]
                }
                logWeights.append(weight)
                rewards.append(reward)
                types.append(counts)
                return
            }
            for n in 0...left {
                counts[index] = n
                place(index + 1, left: left - n)
            }
        }
        place(0, left: length)
        let outcomes = try RewardedOutcomes(
            reference: try FinitePolicy(logWeights: logWeights), rewards: Vector(rewards))
        return (outcomes, types)
    }
}

/// Best-of-N against the tilt on sequences of one length, per symbol.
public struct SequenceComparison: Sendable, Hashable {
    /// m.
    public let length: Int
    /// The mean reward per symbol of the tilt, which is that of one symbol's tilt.
    public let tiltReward: Double
    /// The mean reward per symbol of best-of-N.
    public let bestOfNReward: Double
    /// KL(best-of-N ‖ p)/m in nats.
    public let bestOfNDivergence: Double
    /// KL(best-of-N ‖ tilt)/m in nats.
    public let divergenceFromTilt: Double
}

extension MemorylessModel {
    /// Best-of-N with N = e^{mΔ} beside the tilt at a KL of mΔ, exactly over the types (theorem 5 of the paper: their
    /// KL per symbol vanishes).
    ///
    /// - Parameters:
    ///   - length: m.
    ///   - divergence: Δ, nats per symbol, at least 0 and below the symbol's `largestDivergence`.
    /// - Throws: `StatisticsError` naming what is wrong.
    public func compareBestOfN(length: Int, divergence: Double) throws(StatisticsError) -> SequenceComparison {
        let strength = try symbol.strength(divergence: divergence)
        let (outcomes, _) = try types(length: length)
        let best = try outcomes.bestOfN(logCount: Double(length) * divergence)
        let tilt = outcomes.tilted(strength: strength)
        let m = Double(length)
        return SequenceComparison(
            length: length, tiltReward: tilt.expectation(of: outcomes.rewards) / m,
            bestOfNReward: best.expectation(of: outcomes.rewards) / m,
            bestOfNDivergence: best.divergence(from: outcomes.reference) / m,
            divergenceFromTilt: best.divergence(from: tilt) / m)
    }
}
