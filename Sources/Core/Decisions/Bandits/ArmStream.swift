import Mathematics

/// Arms that arrive one after another in a single pass: an arm can be pulled only while it is stored.
///
/// It counts stored arms, the arriving one included, and ends every pull at the horizon.
///
/// ```swift
/// var stream = try ArmStream(means: means, horizon: 1_000_000)
/// while let arm = stream.next() {
///     let estimate = stream.pull(arm, times: 100, using: &generator)
///     …
///     stream.discard(arm)
/// }
/// ```
public struct ArmStream: Sendable {
    private var bandit: BernoulliBandit
    private var stored: Set<Int> = []
    private var arrivals = 0
    /// The number T of pulls in all.
    public let horizon: Int
    /// The largest number of arms stored at a time, the arriving one included.
    public private(set) var peakMemory = 0

    /// A stream from which no arm has arrived.
    ///
    /// - Parameters:
    ///   - means: of the arms' Bernoulli rewards in [0, 1], in the order of their arrival.
    ///   - horizon: T, positive.
    /// - Throws: ``BanditError`` for an argument out of range.
    public init(means: [Double], horizon: Int) throws(BanditError) {
        bandit = try BernoulliBandit(means: means)
        try requireBandit(horizon > 0, "horizon", horizon, "a positive number of pulls")
        self.horizon = horizon
    }

    /// The number K of arms in the stream.
    public var armCount: Int { bandit.armCount }
    /// The pulls so far.
    public var totalPulls: Int { bandit.totalPulls }
    /// The pulls that are left.
    public var remainingPulls: Int { horizon - bandit.totalPulls }
    /// The exact pseudo-regret so far.
    public var regret: Double { bandit.regret }
    /// μ* − μ of an arm.
    public func gap(of arm: Int) -> Double { bandit.bestMean - bandit.means[arm] }

    /// Stores the next arm and returns its number; nil after the last.
    public mutating func next() -> Int? {
        guard arrivals < bandit.armCount else { return nil }
        stored.insert(arrivals)
        peakMemory = max(peakMemory, stored.count)
        arrivals += 1
        return arrivals - 1
    }

    /// Forgets an arm for good.
    public mutating func discard(_ arm: Int) {
        let removed = stored.remove(arm)
        precondition(removed != nil, "arm \(arm) is not stored")
    }

    /// Pulls a stored arm and returns its mean reward; fewer times than asked where the horizon ends, NaN if never.
    ///
    /// - Parameters:
    ///   - arm: a stored arm.
    ///   - times: rounded up to a whole number.
    ///   - generator: draws the rewards.
    public mutating func pull(
        _ arm: Int, times: Double, using generator: inout some RandomNumberGenerator
    ) -> Double {
        precondition(stored.contains(arm), "arm \(arm) is not stored")
        let count = times >= Double(remainingPulls) ? remainingPulls : Int(times.rounded(.up))
        let rewards = bandit.pull(arm, times: count, using: &generator)
        return Double(rewards) / Double(count)
    }

    /// Pulls a stored arm to the end of the horizon.
    public mutating func commit(to arm: Int) {
        precondition(stored.contains(arm), "arm \(arm) is not stored")
        bandit.charge(arm, times: remainingPulls)
    }
}
