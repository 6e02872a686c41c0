import Mathematics
import RealModule

extension RewardedOutcomes {
    /// The reference conditioned on its best outcomes (rejection sampling above a threshold of the reward), with
    /// p(accepted) = `share`.
    ///
    /// Outcomes of the reward at the threshold are accepted with the probability that makes up the share, so that
    /// every share can be met.
    ///
    /// - Parameter logShare: the logarithm of the share, at most 0.
    /// - Throws: `StatisticsError` for a share out of (0, 1].
    public func topQuantile(logShare: Double) throws(StatisticsError) -> FinitePolicy {
        guard logShare <= 0, logShare > -.infinity else {
            throw .outOfRange(argument: "logShare", value: logShare, expected: "the logarithm of a share in (0, 1]")
        }
        let order = rewards.indices.sorted { (rewards[$0], $0) > (rewards[$1], $1) }
        var logWeights = Vector(repeating: -.infinity, count: count)
        var logTaken = -Double.infinity
        var position = 0
        while position < order.count, logTaken < logShare {
            var end = position
            while end < order.count, rewards[order[end]] == rewards[order[position]] { end += 1 }
            let group = order[position..<end]
            position = end
            let logLevel = group.map { reference.logProbabilities[$0] }.asVector.logSumExp()
            guard logLevel > -.infinity else { continue }
            let logNext = logAddExp(logTaken, logLevel)
            let logAccepted = logNext <= logShare ? 0 : min(0, logSubtractExp(logShare, logTaken) - logLevel)
            for index in group { logWeights[index] = reference.logProbabilities[index] + logAccepted }
            logTaken = logNext
        }
        return FinitePolicy(normalizing: logWeights)
    }
}
