import Mathematics
import RealModule

/// A distribution over finitely many outcomes, as logarithms of probabilities.
///
/// Outcomes may be single responses or classes of responses that a policy treats alike; logarithms hold the
/// probabilities of classes of sequences, which can be smaller than the smallest number.
public struct FinitePolicy: Sendable, Hashable {
    /// log π(y) of each outcome; −∞ for an outcome that never happens. Their exponentials sum to 1.
    public let logProbabilities: Vector

    /// A policy from weights, which are divided by their sum.
    ///
    /// - Throws: `StatisticsError` if a weight is negative or not finite, or all are 0.
    public init(weights: some Collection<Double>) throws(StatisticsError) {
        for (index, weight) in weights.enumerated() where !(weight >= 0 && weight < .infinity) {
            throw .invalidElement(
                argument: "weights", index: index, value: weight, expected: "non-negative finite weights")
        }
        try self.init(logWeights: weights.map { Double.log($0) }, argument: "weights")
    }

    /// A policy from logarithms of weights, whose exponentials are divided by their sum.
    ///
    /// - Throws: `StatisticsError` if one is NaN or ∞, or all are −∞.
    public init(logWeights: some Collection<Double>) throws(StatisticsError) {
        try self.init(logWeights: Array(logWeights), argument: "logWeights")
    }

    private init(logWeights: [Double], argument: String) throws(StatisticsError) {
        guard !logWeights.isEmpty else { throw .tooFew(argument: argument, count: 0, expected: "at least 1") }
        for (index, weight) in logWeights.enumerated() where weight.isNaN || weight == .infinity {
            throw .invalidElement(
                argument: argument, index: index, value: weight, expected: "logarithms of finite weights, or −∞")
        }
        let total = Vector(logWeights).logSumExp()
        guard total > -.infinity else {
            throw .undefined(argument: argument, reason: "every weight is 0: expected a positive one")
        }
        logProbabilities = Vector(logWeights.map { $0 - total })
    }

    /// For weights that are known to be some outcomes' logarithms of probabilities, not all −∞.
    init(normalizing logWeights: Vector) {
        let total = logWeights.logSumExp()
        logProbabilities = logWeights.map { $0 - total }
    }

    /// The number of outcomes.
    public var count: Int { logProbabilities.count }

    /// π(y) of each outcome.
    public var probabilities: Vector { logProbabilities.map { Double.exp($0) } }

    /// Σ π(y) f(y); outcomes of probability 0 do not count, whatever their value.
    ///
    /// Stops the program unless there is one value an outcome.
    public func expectation(of values: Vector) -> Double {
        precondition(values.count == count, "\(values.count) values for \(count) outcomes")
        return zip(logProbabilities, values).reduce(0) { $1.0 == -.infinity ? $0 : $0 + Double.exp($1.0) * $1.1 }
    }

    /// −Σ π log π, in nats.
    public var entropy: Double { -expectation(of: logProbabilities) }

    /// KL(π ‖ reference) in nats; ∞ where the reference never does what the policy does.
    ///
    /// Stops the program unless both have as many outcomes.
    public func divergence(from reference: FinitePolicy) -> Double {
        precondition(reference.count == count, "\(reference.count) outcomes against \(count)")
        var sum = 0.0
        for (own, other) in zip(logProbabilities, reference.logProbabilities) where own > -.infinity {
            if other == -.infinity { return .infinity }
            // π log(π/ρ) − π + ρ has no negative terms, so that near-equal policies keep their digits.
            let difference = other - own
            sum +=
                difference < 1
                ? Double.exp(own) * (Double.expMinusOne(difference) - difference)
                : Double.exp(other) - Double.exp(own) * (1 + difference)
        }
        // The terms ρ of outcomes that the policy leaves out.
        for (own, other) in zip(logProbabilities, reference.logProbabilities) where own == -.infinity {
            sum += Double.exp(other)
        }
        return sum
    }

    /// Draws an outcome.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        generator.index(weightedBy: probabilities)
    }
}
