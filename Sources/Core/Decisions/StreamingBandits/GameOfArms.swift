import Foundation
import Mathematics

/// Game of Arms, the algorithm of streaming-bandits (arXiv:2306.02208) that holds one king, with its fallback.
///
/// The king owns a bank of 1.2/ε² pulls, to which every arrival adds 1/ε². A challenger is tested with 2^l/ε² pulls
/// for l = 0, 1, …, paid by the bank, and leaves when its mean of a test is at most the king's estimate less ε/5. When
/// the bank cannot pay, the challenger becomes king: it is pulled 1.2/ε² times, its estimate is the mean of these, but
/// at least the old king's plus ε/2 and at most 1, and its bank starts anew. The first arm is crowned in the same way,
/// with an old estimate of 0; the published code crowns it unseen with the estimate ε/2, and so loses the best arm
/// whenever it comes first.
///
/// Beside it a sub-stream, which every arrival enters with probability 1.5/ln K, keeps its best arm by ln K/ε² pulls.
/// It is chosen if the tests and coronations cost more than 10K/ε² pulls, after which they stop.
func gameOfArms(
    _ stream: inout ArmStream, epsilon: Double, using generator: inout some RandomNumberGenerator
) -> Int {
    let unit = 1 / (epsilon * epsilon)
    let k = Double(stream.armCount)
    let sampledPulls = log(k) * unit
    let sampledShare = min(1, 1.5 / log(k))
    guard let first = stream.next() else { return 0 }
    var king = first
    var bank = 1.2 * unit
    var cost = bank
    var estimate = max(stream.pull(first, times: bank, using: &generator), epsilon / 2)
    // The king and the sub-stream's best arm may be the same; an arm is discarded when it is neither.
    var sampled = (arm: first, mean: stream.pull(first, times: sampledPulls, using: &generator))

    while stream.remainingPulls > 0, let arm = stream.next() {
        let oldKing = king, oldSampled = sampled.arm
        if cost <= 10 * k * unit {
            bank += unit
            var test = unit
            while true {
                if bank < test {
                    king = arm
                    bank = 1.2 * unit
                    let mean = stream.pull(arm, times: bank, using: &generator)
                    cost += bank
                    estimate = min(max(mean.isNaN ? 0 : mean, estimate + epsilon / 2), 1)
                    break
                }
                let mean = stream.pull(arm, times: test, using: &generator)
                cost += test
                bank -= test
                // Also when no pull is left, and the mean not a number.
                if !(mean > estimate - epsilon / 5) { break }
                test *= 2
            }
        }
        if stream.remainingPulls > 0, generator.uniform() < sampledShare {
            let mean = stream.pull(arm, times: sampledPulls, using: &generator)
            if mean > sampled.mean { sampled = (arm, mean) }
        }
        for candidate in Set([oldKing, oldSampled, arm]) where candidate != king && candidate != sampled.arm {
            stream.discard(candidate)
        }
    }
    return cost <= 10 * k * unit ? king : sampled.arm
}
