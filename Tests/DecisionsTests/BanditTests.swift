import Decisions
import Foundation
import Mathematics
import Testing

@Suite struct BanditTests {
    @Test func pullsAndRegretAreCounted() throws {
        var bandit = try BernoulliBandit(means: [0.2, 0.7, 0.5])
        var generator = Philox(seed: 1)
        let rewards = bandit.pull(0, times: 100_000, using: &generator)
        // Binomial(100 000, 0.2) has the standard deviation 126.
        #expect(abs(rewards - 20_000) < 600)
        bandit.charge(1, times: 50)
        _ = bandit.pull(2, times: 10, using: &generator)
        #expect(bandit.pulls == [100_000, 50, 10])
        #expect(bandit.totalPulls == 100_060)
        #expect(abs(bandit.regret - (100_000 * 0.5 + 10 * 0.2)) < 1e-9)
    }

    @Test func aStreamMetersItsMemoryAndEndsAtItsHorizon() throws {
        var stream = try ArmStream(means: [1, 0, 0.5], horizon: 100)
        var generator = Philox(seed: 1)
        let first = stream.next() ?? -1
        #expect(first == 0)
        let firstMean = stream.pull(first, times: 30.2, using: &generator)
        #expect(firstMean == 1)
        #expect(stream.totalPulls == 31)
        let second = stream.next() ?? -1
        let secondMean = stream.pull(second, times: 60, using: &generator)
        #expect(secondMean == 0)
        #expect(stream.peakMemory == 2)
        stream.discard(second)
        let third = stream.next() ?? -1
        #expect(third == 2)
        #expect(stream.peakMemory == 2)
        let fourth = stream.next()
        #expect(fourth == nil)
        // Nine pulls are left of the 20 asked for.
        _ = stream.pull(third, times: 20, using: &generator)
        #expect(stream.remainingPulls == 0)
        let afterTheEnd = stream.pull(first, times: 1, using: &generator)
        #expect(afterTheEnd.isNaN)
        #expect(abs(stream.regret - (60 + 9 * 0.5)) < 1e-12)
        #expect(stream.gap(of: third) == 0.5)
    }

    @Test func upperConfidenceBoundFollowsItsIndexOnCertainRewards() throws {
        var generator = Philox(seed: 1)
        let outcome = try upperConfidenceBound(means: [0, 1, 0, 1], horizon: 3000, using: &generator)
        // Python: the loop of UCB2 on rewards 0 and 1 with tau = ceil(1.5**r), first of equal indices, T = 3000.
        #expect(outcome.pulls == [6, 1510, 6, 1478])
        #expect(outcome.regret == Double(outcome.pulls[0] + outcome.pulls[2]))
        #expect(outcome.mostPulledArm == (outcome.pulls[1] >= outcome.pulls[3] ? 1 : 3))
    }

    @Test func upperConfidenceBoundHasLogarithmicRegret() throws {
        let means = [0.9, 0.6, 0.5, 0.3]
        var regrets: [Double] = []
        for horizon in [10_000, 1_000_000, 100_000_000] {
            var total = 0.0
            for seed in 0..<20 {
                var generator = Philox(seed: UInt64(seed))
                let outcome = try upperConfidenceBound(means: means, horizon: horizon, using: &generator)
                #expect(outcome.pulls.reduce(0, +) == horizon)
                total += outcome.regret / 20
            }
            regrets.append(total)
            // Theorem 2 of Auer et al. without its constant: Σ (1 + α)(1 + 4α) ln(2eΔ²T)/(2Δ).
            let bound = means.dropFirst().reduce(0.0) { sum, mean in
                let gap = 0.9 - mean
                return sum + 1.5 * 3 * log(2 * M_E * gap * gap * Double(horizon)) / (2 * gap)
            }
            #expect(total < bound)
        }
        // Each factor of 100 in T adds about the same.
        let (first, second) = (regrets[1] - regrets[0], regrets[2] - regrets[1])
        #expect(second > 0 && second < 2.5 * max(first, 1))
    }

    @Test func badInputIsNamed() {
        var generator = Philox(seed: 0)
        #expect(throws: BanditError(argument: "means[1]", value: "1.5", expected: "a probability")) {
            _ = try BernoulliBandit(means: [0.5, 1.5])
        }
        #expect(throws: BanditError.self) { _ = try BernoulliBandit(means: []) }
        #expect(throws: BanditError.self) { _ = try BernoulliBandit(means: [.nan]) }
        #expect(throws: BanditError.self) { _ = try ArmStream(means: [0.5], horizon: 0) }
        let error = #expect(throws: BanditError.self) {
            _ = try upperConfidenceBound(means: [0.1, 0.2, 0.3], horizon: 2, using: &generator)
        }
        #expect(error?.description == "horizon is 2: expected at least one pull for each of 3 arms")
        #expect(throws: BanditError.self) {
            _ = try upperConfidenceBound(means: [0.1], horizon: 2, growth: 1, using: &generator)
        }
    }
}
