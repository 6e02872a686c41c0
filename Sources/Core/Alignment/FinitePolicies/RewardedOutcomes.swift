import Mathematics
import RealModule

/// A reference policy p over finitely many outcomes and the reward r of each: what alignment starts from.
public struct RewardedOutcomes: Sendable, Hashable {
    /// p.
    public let reference: FinitePolicy
    /// r(y) of each outcome.
    public let rewards: Vector

    /// A reference policy with rewards.
    ///
    /// - Parameters:
    ///   - reference: p.
    ///   - rewards: a finite number for each outcome.
    /// - Throws: `StatisticsError` if the counts differ or a reward is not finite.
    public init(reference: FinitePolicy, rewards: Vector) throws(StatisticsError) {
        guard rewards.count == reference.count else {
            throw .countMismatch(
                argument: "rewards", count: rewards.count, other: "reference", otherCount: reference.count)
        }
        for (index, reward) in rewards.enumerated() where !reward.isFinite {
            throw .invalidElement(argument: "rewards", index: index, value: reward, expected: "finite rewards")
        }
        self.reference = reference
        self.rewards = rewards
    }

    /// Weights, divided by their sum, with rewards. Errors as of `FinitePolicy.init(weights:)`.
    public init(weights: [Double], rewards: [Double]) throws(StatisticsError) {
        try self.init(reference: FinitePolicy(weights: weights), rewards: Vector(rewards))
    }

    /// Reads the columns `probability` and `reward` of a CSV file.
    ///
    /// - Parameters:
    ///   - path: the file; without a header its first two columns are probability and reward.
    ///   - tolerance: how far the probabilities' sum may be from 1; they are divided by it.
    /// - Throws: `DataFileError` naming the file, the place and what was expected there.
    public init(path: String, tolerance: Double = 1e-6) throws(DataFileError) {
        let table = try NumericTable(path: path)
        let isNamed = table.columns.first != "column 1"
        guard table.columns.count >= 2 else {
            throw DataFileError(file: path, place: "columns", value: "1", expected: "a probability and a reward")
        }
        let probabilities = try table.column(isNamed ? "probability" : "column 1")
        let rewards = try table.column(isNamed ? "reward" : "column 2")
        for (index, probability) in probabilities.enumerated() where probability < 0 {
            throw DataFileError(
                file: path, place: "probability \(index + 1)", value: "\(probability)", expected: "0 or more")
        }
        guard (probabilities.sum - 1).magnitude <= tolerance else {
            throw DataFileError(
                file: path, place: "the sum of the probabilities", value: "\(probabilities.sum)", expected: "1")
        }
        do {
            try self.init(weights: Array(probabilities), rewards: Array(rewards))
        } catch {
            throw DataFileError(file: path, place: "content", value: "\(error)", expected: "probabilities and rewards")
        }
    }

    /// The number of outcomes.
    public var count: Int { rewards.count }

    /// log Z(β) = log Σ p e^{βr}.
    public func logPartition(strength: Double) -> Double {
        zip(reference.logProbabilities, rewards).map { $0 == -.infinity ? $0 : $0 + strength * $1 }.asVector.logSumExp()
    }

    /// The exponential tilt φ_β ∝ p e^{βr}: the policy of the largest reward among those as near to p in KL
    /// (alignment-asymptotics, arXiv:2404.01730, equation 4).
    ///
    /// - Parameter strength: β, finite; negative ones lower the reward.
    public func tilted(strength: Double) -> FinitePolicy {
        FinitePolicy(
            normalizing: zip(reference.logProbabilities, rewards)
                .map { $0 == -.infinity ? $0 : $0 + strength * $1 }.asVector)
    }

    /// The least and greatest reward of an outcome that p allows.
    public var rewardRange: ClosedRange<Double> {
        let allowed = zip(reference.logProbabilities, rewards).filter { $0.0 > -.infinity }.map(\.1)
        return (allowed.min() ?? 0)...(allowed.max() ?? 0)
    }

    /// The KL from p that no tilt reaches: −log p(the outcomes of the greatest reward).
    public var largestDivergence: Double {
        let top = rewardRange.upperBound
        return -zip(reference.logProbabilities, rewards).filter { $0.1 == top }.map(\.0).asVector.logSumExp()
    }

    /// The β ≥ 0 whose tilt is at a KL of Δ from p, by a bracketed root of the monotone KL(φ_β ‖ p) = Δ.
    ///
    /// - Parameter divergence: Δ in nats, at least 0 and below `largestDivergence`.
    /// - Throws: `StatisticsError` for a Δ out of this range.
    public func strength(divergence: Double) throws(StatisticsError) -> Double {
        let largest = largestDivergence
        guard divergence >= 0, divergence < largest else {
            throw .outOfRange(
                argument: "divergence", value: divergence, expected: "at least 0 and below −log p(best) = \(largest)")
        }
        if divergence == 0 { return 0 }
        return try root("KL(tilt ‖ reference) = \(divergence)", isIncreasing: true) {
            tilted(strength: $0).divergence(from: reference) - divergence
        }
    }

    /// The β, of any sign, whose tilt has a given mean reward.
    ///
    /// - Parameter mean: strictly between the least and the greatest reward that p allows.
    /// - Throws: `StatisticsError` for a mean out of this range.
    public func strength(meanReward mean: Double) throws(StatisticsError) -> Double {
        let range = rewardRange
        guard mean > range.lowerBound, mean < range.upperBound else {
            throw .outOfRange(
                argument: "mean", value: mean, expected: "strictly between \(range.lowerBound) and \(range.upperBound)")
        }
        let difference = { tilted(strength: $0).expectation(of: rewards) - mean }
        if difference(0) == 0 { return 0 }
        let sign: Double = difference(0) < 0 ? 1 : -1
        return try sign * root("E r = \(mean)", isIncreasing: true) { sign * difference(sign * $0) }
    }

    /// A positive root of a function that is negative at 0 and increases, with its bracket grown by doubling.
    private func root(
        _ equation: String, isIncreasing: Bool, _ function: (Double) -> Double
    ) throws(StatisticsError) -> Double {
        let range = rewardRange
        var upper = 1 / (range.upperBound - range.lowerBound)
        while function(upper) < 0, upper < 1e300 { upper *= 2 }
        do { return try findRoot(of: function, in: 0...upper) } catch { throw .rootFinding(equation: equation, error) }
    }
}

extension Array where Element == Double {
    var asVector: Vector { Vector(self) }
}
