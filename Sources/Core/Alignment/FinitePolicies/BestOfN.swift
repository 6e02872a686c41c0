import Mathematics
import RealModule

extension RewardedOutcomes {
    /// The law of best-of-N: the outcome of the greatest reward among N draws from p, exactly.
    ///
    /// With G(r) = 1 − (1 − P(reward ≥ r))^N the best has the reward r with probability G(r) − G(next greater
    /// reward). Outcomes of equal reward share it in proportion to p, as when the first of the best draws is kept.
    /// Computed from the logarithms of the tails, so that N may be e^{mΔ} for sequences of hundreds of symbols.
    ///
    /// - Parameters:
    ///   - logCount: log N, at least 0; N need not be whole.
    ///   - tieTolerance: rewards that differ by at most this times the greatest magnitude of a reward are one reward.
    /// - Throws: `StatisticsError` for a negative or infinite log N.
    /// - Complexity: O(n log n).
    public func bestOfN(logCount: Double, tieTolerance: Double = 1e-12) throws(StatisticsError) -> FinitePolicy {
        guard logCount >= 0, logCount < .infinity else {
            throw .outOfRange(argument: "logCount", value: logCount, expected: "a finite number not below 0")
        }
        let tolerance = tieTolerance * rewards.maximumMagnitude
        let order = rewards.indices.sorted { (rewards[$0], $0) > (rewards[$1], $1) }
        var logWeights = Vector(repeating: -.infinity, count: count)
        // log P(reward > r) and log(1 − G) of it, the probability that no draw is better.
        var (logTail, logNoneBetter) = (-Double.infinity, 0.0)
        var position = 0
        while position < order.count {
            var end = position
            while end < order.count, rewards[order[end - (end > position ? 1 : 0)]] - rewards[order[end]] <= tolerance {
                end += 1
            }
            let group = order[position..<end]
            let logLevel = group.map { reference.logProbabilities[$0] }.asVector.logSumExp()
            position = end
            guard logLevel > -.infinity else { continue }
            logTail = min(0, logAddExp(logTail, logLevel))
            let logNone = Self.logNoneAbove(logTail: logTail, logCount: logCount)
            // The best is of this level: no draw is better, but one is as good.
            let logShare =
                logNoneBetter == -.infinity
                ? -.infinity : logNoneBetter + log1mexp(min(0, logNone - logNoneBetter))
            for index in group {
                logWeights[index] = logShare + reference.logProbabilities[index] - logLevel
            }
            logNoneBetter = logNone
        }
        return FinitePolicy(normalizing: logWeights)
    }

    /// log (1 − S)^N from log S and log N.
    private static func logNoneAbove(logTail: Double, logCount: Double) -> Double {
        if logTail >= 0 { return -.infinity }
        // log(1 − S) is −S to within S², which no longer counts for S below 1e-17.
        let logMagnitude = logTail < -40 ? logTail : Double.log(-log1mexp(logTail))
        return -Double.exp(logCount + logMagnitude)
    }

    /// The law of best-of-N for a number of draws. See `bestOfN(logCount:tieTolerance:)`.
    public func bestOfN(count: Int) throws(StatisticsError) -> FinitePolicy {
        guard count >= 1 else {
            throw .outOfRange(argument: "count", value: Double(count), expected: "at least 1 draw")
        }
        return try bestOfN(logCount: Double.log(Double(count)))
    }

    /// One draw of best-of-N: the first of the greatest reward among `count` draws.
    public func sampleBestOfN<G: RandomNumberGenerator>(
        count: Int, table: AliasTable, using generator: inout G
    ) -> Int {
        precondition(count >= 1 && table.count == self.count, "needs a draw and a table of the \(self.count) outcomes")
        var best = table.sample(using: &generator)
        for _ in 1..<count {
            let candidate = table.sample(using: &generator)
            if rewards[candidate] > rewards[best] { best = candidate }
        }
        return best
    }
}

/// The bound log N − (N − 1)/N on KL(best-of-N ‖ reference), in nats; equality for a continuous reward (Beirami et
/// al. 2024, arXiv:2401.01879).
///
/// - Parameter logCount: log N ≥ 0.
public func bestOfNDivergenceBound(logCount: Double) -> Double {
    precondition(logCount >= 0, "log N is \(logCount): expected at least 0")
    return logCount + Double.expMinusOne(-logCount)
}
