import Foundation
import Mathematics

/// The single-pass algorithms that streaming-bandits (arXiv:2306.02208) compares.
///
/// All look for an arm that is ε-best with ε = (K/T)^⅓ while the stream passes, and pull it to the end.
public enum StreamingAlgorithm: String, Sendable, CaseIterable {
    /// ⌈(T/K)^⅔ (ln T)^⅓⌉ pulls of every arm, keep the best. One arm in memory.
    case uniformExploration
    /// ⌈ln K/ε²⌉ pulls of every arm, keep the best. One arm in memory.
    case naiveBestArm
    /// A tower of ⌊ln K⌋ kings with 1.2^l/ε² pulls at level l.
    case logMemory
    /// A tower of ⌊ln ln K⌋ + 1 kings, the last with ln K/ε² pulls.
    case logLogMemory
    /// A tower of log* K kings with pulls that grow as a tower of powers.
    case logStarMemory
    /// Game of Arms: a king with a bank of pulls that pays for its challengers. Two arms in memory.
    case gameOfArms

    /// The arms that the algorithm may hold besides the arriving one, for a stream of K arms.
    public func memoryBound(armCount: Int) -> Int {
        switch self {
        case .uniformExploration, .naiveBestArm: 1
        case .gameOfArms: 2
        case .logMemory, .logLogMemory, .logStarMemory: tower(armCount: armCount, unit: 1)?.levels.count ?? 1
        }
    }

    /// The levels of a tower algorithm whose unit of pulls is 1/ε²; nil for the others.
    func tower(armCount: Int, unit: Double) -> KingTower? {
        switch self {
        case .logMemory: .logarithmic(armCount: armCount, unit: unit)
        case .logLogMemory: .doublyLogarithmic(armCount: armCount, unit: unit)
        case .logStarMemory: .iteratedLogarithmic(armCount: armCount, unit: unit)
        default: nil
        }
    }
}

/// The precision ε = (K/T)^⅓ to which streaming-bandits (arXiv:2306.02208) identifies a best arm.
public func streamingPrecision(armCount: Int, horizon: Int) -> Double {
    cbrt(Double(armCount) / Double(horizon))
}

/// What a single-pass algorithm has done after its last pull.
public struct StreamingOutcome: Sendable, Hashable {
    /// The exact pseudo-regret Σ (μ* − μ) over all T pulls.
    public let regret: Double
    /// The arm that was pulled to the end, by its place in the stream.
    public let chosenArm: Int
    /// μ* − μ of that arm.
    public let chosenGap: Double
    /// The pulls before the algorithm committed to it.
    public let explorationPulls: Int
    /// All pulls; equal to the horizon.
    public let totalPulls: Int
    /// The largest number of arms stored at a time, the arriving one included.
    public let peakMemory: Int

    init(_ stream: ArmStream, chosenArm: Int, explorationPulls: Int) {
        regret = stream.regret
        self.chosenArm = chosenArm
        chosenGap = stream.gap(of: chosenArm)
        self.explorationPulls = explorationPulls
        totalPulls = stream.totalPulls
        peakMemory = stream.peakMemory
    }
}

// swiftcore: streaming_bandit
/// Plays a stream of Bernoulli arms by one of the single-pass algorithms of streaming-bandits (arXiv:2306.02208).
///
/// - Parameters:
///   - means: μ of each arm in [0, 1], in the order of arrival; at least three arms.
///   - horizon: T, at least the number of arms.
///   - algorithm: which algorithm.
///   - generator: draws the rewards, and what the algorithm samples.
/// - Throws: ``BanditError`` for an argument out of range.
/// - Complexity: O(K) binomial draws for all but Game of Arms, which makes O(K log K).
public func playStreamingBandit(
    means: [Double], horizon: Int, algorithm: StreamingAlgorithm, using generator: inout some RandomNumberGenerator
) throws(BanditError) -> StreamingOutcome {
    try requireBandit(means.count >= 3, "means", "\(means.count) arms", "at least three arms")
    try requireBandit(horizon >= means.count, "horizon", horizon, "at least one pull for each of \(means.count) arms")
    var stream = try ArmStream(means: means, horizon: horizon)
    let k = Double(means.count)
    let epsilon = streamingPrecision(armCount: means.count, horizon: horizon)
    let unit = 1 / (epsilon * epsilon)
    let chosen: Int
    switch algorithm {
    case .uniformExploration:
        chosen = keepBest(&stream, pulls: unit * cbrt(log(Double(horizon))), using: &generator)
    case .naiveBestArm: chosen = keepBest(&stream, pulls: unit * log(k), using: &generator)
    case .gameOfArms: chosen = gameOfArms(&stream, epsilon: epsilon, using: &generator)
    case .logMemory, .logLogMemory, .logStarMemory:
        guard var tower = algorithm.tower(armCount: means.count, unit: unit) else {
            preconditionFailure("\(algorithm) has no tower")
        }
        chosen = tower.play(&stream, using: &generator)
    }
    let explored = stream.totalPulls
    stream.commit(to: chosen)
    return StreamingOutcome(stream, chosenArm: chosen, explorationPulls: explored)
}

/// Pulls every arm equally often and keeps the one with the largest mean reward; of equals the first.
func keepBest(
    _ stream: inout ArmStream, pulls: Double, using generator: inout some RandomNumberGenerator
) -> Int {
    var best: (arm: Int, mean: Double)?
    while stream.remainingPulls > 0, let arm = stream.next() {
        let mean = stream.pull(arm, times: pulls, using: &generator)
        if let king = best, king.mean >= mean {
            stream.discard(arm)
        } else {
            if let king = best { stream.discard(king.arm) }
            best = (arm, mean)
        }
    }
    return best?.arm ?? 0
}
