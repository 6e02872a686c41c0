import Foundation
import Mathematics

/// The tower algorithms of streaming-bandits (arXiv:2306.02208): levels that hold one king each.
///
/// An arm that comes to level l is pulled s_l times; the better of it and the king by mean reward stays. When the
/// pulls at the level reach its budget, its king rises to level l + 1 and comes there as a new arm. Arms of the stream
/// come to level 0. After the stream every king is pulled s₀ times, and the best is chosen.
struct KingTower {
    struct Level {
        /// The pulls s_l of an arm that comes to the level.
        let pulls: Double
        /// The pulls at the level after which its king rises.
        let budget: Double
        var used = 0.0
        var king: (arm: Int, mean: Double)?
    }

    private(set) var levels: [Level]

    /// The last king never rises.
    init(_ levels: [(pulls: Double, budget: Double)]) {
        self.levels = levels.indices.map {
            Level(pulls: levels[$0].pulls, budget: $0 == levels.count - 1 ? .infinity : levels[$0].budget)
        }
    }

    /// ⌊ln K⌋ levels, s_l = 1.2^l/ε², budget 6 s_l. `unit` is 1/ε².
    static func logarithmic(armCount: Int, unit: Double) -> KingTower {
        KingTower(
            (0..<max(1, Int(log(Double(armCount))))).map { level in
                let pulls = (pow(1.2, Double(level)) * unit).rounded(.up)
                return (pulls, 6 * pulls)
            })
    }

    /// ⌊ln ln K⌋ + 1 levels, s_l = 1.2^l/ε² and budget 10 s_l; at the last level ln K/ε² pulls.
    static func doublyLogarithmic(armCount: Int, unit: Double) -> KingTower {
        let logarithm = log(Double(armCount))
        let count = max(0, Int(log(logarithm))) + 1
        return KingTower(
            (0..<count).map { level in
                let pulls = ((level < count - 1 ? pow(1.2, Double(level)) : logarithm) * unit).rounded(.up)
                return (pulls, 10 * pulls)
            })
    }

    /// log* K levels: s₀ = 1/ε² and budget 4/ε², then s_l = r_l/ε² and budget 2^{r_l} s_l / 2^{r_{l−1}}, with r₀ = 2
    /// and r_{l+1} = 2^{r_l}.
    ///
    /// There are as many levels as K has iterated logarithms down to one that is below 1, and one. Numbers of pulls
    /// end at 10²⁰, which no horizon reaches.
    static func iteratedLogarithmic(armCount: Int, unit: Double) -> KingTower {
        var count = 1
        var iterated = Double(armCount)
        while iterated >= 1 {
            count += 1
            iterated = log(iterated)
        }
        var r = 2.0
        var levels = [(pulls: unit.rounded(.up), budget: 4 * unit)]
        while levels.count < count {
            let next = exp2(r)
            let pulls = min((next * unit).rounded(.up), 1e20)
            levels.append((pulls, pulls * exp2(min(next - r, 1000))))
            r = next
        }
        return KingTower(levels)
    }

    /// Plays a stream to its end and returns the chosen king, which alone is still stored.
    mutating func play(_ stream: inout ArmStream, using generator: inout some RandomNumberGenerator) -> Int {
        while stream.remainingPulls > 0, let arm = stream.next() {
            var rising: Int? = arm
            for level in levels.indices {
                guard let challenger = rising else { break }
                rising = challenge(level, by: challenger, &stream, using: &generator)
            }
        }
        var best: (arm: Int, mean: Double)?
        for level in levels.reversed() {
            guard let king = level.king else { continue }
            // A king of a higher level has won more, and stays where there is no pull left to tell.
            let mean = stream.remainingPulls > 0 ? stream.pull(king.arm, times: levels[0].pulls, using: &generator) : -1
            if let known = best, known.mean >= mean {
                stream.discard(king.arm)
            } else {
                if let known = best { stream.discard(known.arm) }
                best = (king.arm, mean)
            }
        }
        return best?.arm ?? 0
    }

    /// Lets an arm come to a level; returns the king that rises from it, if one does.
    private mutating func challenge(
        _ index: Int, by arm: Int, _ stream: inout ArmStream, using generator: inout some RandomNumberGenerator
    ) -> Int? {
        let mean = stream.pull(arm, times: levels[index].pulls, using: &generator)
        levels[index].used += levels[index].pulls
        // Without any pull left the mean is not a number, and the king stays.
        if let king = levels[index].king, !(mean > king.mean) {
            stream.discard(arm)
        } else {
            if let king = levels[index].king { stream.discard(king.arm) }
            levels[index].king = (arm, mean)
        }
        guard levels[index].used >= levels[index].budget else { return nil }
        let risen = levels[index].king?.arm
        levels[index].king = nil
        levels[index].used = 0
        return risen
    }
}
