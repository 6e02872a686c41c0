import Mathematics
import RealModule

/// How fast a tail of the reward per symbol decays at one length, against its rate.
public struct TailExponent: Sendable, Hashable {
    /// The mean reward x that bounds the tail.
    public let mean: Double
    /// I(x), the limit.
    public let rate: Double
    /// −(1/m) log P(the tail), from the exact probability.
    public let measured: Double
    /// The same with ½ log m / m taken off: the factor 1/√m before the exponential.
    public let corrected: Double
}

extension MemorylessModel {
    /// The exponent of the tail beyond x, above it where x exceeds the mean, below it elsewhere, of m symbols from the
    /// tilt φ_β, summed exactly over the types.
    ///
    /// - Parameters:
    ///   - mean: x.
    ///   - strength: β.
    ///   - length: m.
    /// - Throws: `StatisticsError` for an x out of range, or if no type lies beyond it.
    public func tailExponent(mean: Double, strength: Double, length: Int) throws(StatisticsError) -> TailExponent {
        let rate = try symbol.rate(ofMeanReward: mean, strength: strength)
        let (outcomes, _) = try types(length: length)
        let tilt = outcomes.tilted(strength: strength)
        let isUpper = mean >= symbol.tilted(strength: strength).expectation(of: symbol.rewards)
        // A reward that is x up to rounding belongs to the tail.
        let threshold = mean * Double(length)
        let slack = 1e-9 * max(1, threshold.magnitude)
        let logTail = zip(tilt.logProbabilities, outcomes.rewards)
            .filter { isUpper ? $0.1 >= threshold - slack : $0.1 <= threshold + slack }
            .map(\.0).asVector.logSumExp()
        guard logTail > -.infinity else {
            throw .undefined(argument: "mean",
                reason: "no type of \(length) symbols has a reward beyond \(mean) a symbol")
        }
        let m = Double(length)
        return TailExponent(
            mean: mean, rate: rate, measured: -logTail / m, corrected: (-logTail - Double.log(m) / 2) / m)
    }
}
