import Mathematics

/// Arms with Bernoulli rewards, a counter of pulls and the exact pseudo-regret.
///
/// Many pulls of one arm are one binomial draw, exact at any number. The regret of a pull is μ* − μ of the pulled arm:
/// no reward enters it.
public struct BernoulliBandit: Sendable {
    /// The probability of a reward for each arm.
    public let means: [Double]
    /// The largest mean μ*.
    public let bestMean: Double
    /// The pulls of each arm so far.
    public private(set) var pulls: [Int]
    /// All pulls so far.
    public private(set) var totalPulls = 0
    /// Σ (μ* − μ) over all pulls so far.
    public private(set) var regret = 0.0

    /// A bandit that has not been pulled.
    ///
    /// - Parameter means: at least one number in [0, 1].
    /// - Throws: ``BanditError`` if there is none or one lies elsewhere.
    public init(means: [Double]) throws(BanditError) {
        try requireBandit(!means.isEmpty, "means", "empty", "at least one arm")
        for (arm, mean) in means.enumerated() {
            try requireBandit(mean >= 0 && mean <= 1, "means[\(arm)]", mean, "a probability")
        }
        self.means = means
        bestMean = means.max() ?? 0
        pulls = Array(repeating: 0, count: means.count)
    }

    /// The number of arms.
    public var armCount: Int { means.count }

    /// Pulls an arm many times and returns the number of rewards.
    ///
    /// - Parameters:
    ///   - arm: which, from 0.
    ///   - times: 0 or more.
    ///   - generator: draws the rewards.
    public mutating func pull(_ arm: Int, times: Int, using generator: inout some RandomNumberGenerator) -> Int {
        charge(arm, times: times)
        return generator.binomial(trials: times, probability: means[arm])
    }

    /// Pulls an arm many times without looking at the rewards.
    public mutating func charge(_ arm: Int, times: Int) {
        precondition(times >= 0, "an arm cannot be pulled \(times) times")
        pulls[arm] += times
        totalPulls += times
        regret += (bestMean - means[arm]) * Double(times)
    }
}
