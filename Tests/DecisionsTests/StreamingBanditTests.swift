import Decisions
import Foundation
import Mathematics
import Testing

@Suite struct StreamingBanditTests {
    /// The pulls of a tower before it commits, which no reward changes: all arms at level 0, one in `group` of each
    /// level at the next, and s₀ for every level that holds a king in the end.
    private func towerPulls(_ arms: Int, pulls: [Int], groups: [Int]) -> Int {
        var (coming, total, kings) = (arms, 0, 0)
        for (level, s) in pulls.enumerated() {
            total += coming * s
            let rising = level < groups.count ? coming / groups[level] : 0
            kings += level < groups.count ? (coming % groups[level] > 0 ? 1 : 0) : (coming > 0 ? 1 : 0)
            coming = rising
        }
        return total + kings * pulls[0]
    }

    @Test(arguments: [20, 500, 1296])
    func towersPullAsTheirPlansSay(_ arms: Int) throws {
        let horizon = 777 * arms * arms
        let unit = pow(Double(horizon) / Double(arms), 2.0 / 3)
        let k = Double(arms)
        var generator = Philox(seed: 1)
        let means = try drawStreamMeans(.mixed, armCount: arms, horizon: horizon, using: &generator)
        func pulls(_ factor: Double) -> Int { Int((factor * unit).rounded(.up)) }
        func explored(_ algorithm: StreamingAlgorithm) throws -> Int {
            try playStreamingBandit(means: means, horizon: horizon, algorithm: algorithm, using: &generator)
                .explorationPulls
        }

        #expect(try explored(.uniformExploration) == arms * pulls(pow(log(Double(horizon)), 1.0 / 3)))
        #expect(try explored(.naiveBestArm) == arms * pulls(log(k)))
        let logLevels = Int(log(k))
        #expect(
            try explored(.logMemory)
                == towerPulls(
                    arms, pulls: (0..<logLevels).map { pulls(pow(1.2, Double($0))) },
                    groups: Array(repeating: 6, count: logLevels - 1)))
        // ⌊ln ln K⌋ + 1 is 2 for all of these.
        #expect(try explored(.logLogMemory) == towerPulls(arms, pulls: [pulls(1), pulls(log(k))], groups: [10]))
        // r = 2, 4, 16: groups of four, of 2⁴/2² = 4 and of 2¹⁶/2⁴ = 4096.
        #expect(
            try explored(.logStarMemory)
                == towerPulls(arms, pulls: [pulls(1), pulls(4), pulls(16)], groups: [4, 4, 4096]))
    }

    @Test(arguments: StreamingAlgorithm.allCases)
    func certainRewardsAreJudgedRightly(_ algorithm: StreamingAlgorithm) throws {
        let arms = 300
        for place in [0, 1, 150, 299] {
            var means = [Double](repeating: 0, count: arms)
            means[place] = 1
            var generator = Philox(seed: 4)
            let outcome = try playStreamingBandit(
                means: means, horizon: 123_456_789, algorithm: algorithm, using: &generator)
            #expect(outcome.chosenArm == place)
            #expect(outcome.chosenGap == 0)
            #expect(outcome.totalPulls == 123_456_789)
            #expect(outcome.regret <= Double(outcome.explorationPulls))
            #expect(outcome.regret >= Double(arms - 1) * pow(123_456_789.0 / 300, 2.0 / 3))
            #expect(outcome.peakMemory <= algorithm.memoryBound(armCount: arms) + 1)
        }
    }

    @Test func gameOfArmsPaysForItsTests() throws {
        // The best arm comes last. The first is crowned with 1.2 u. Every challenger before it loses one test of u
        // pulls, which its arrival has paid; the last wins it and is crowned with 1.2 u, since 1.2 u cannot pay 2 u.
        // Beside it sampled arms cost ln K u each.
        let arms = 100
        var means = [Double](repeating: 0, count: arms)
        means[arms - 1] = 1
        let horizon = 7_654_321
        let unit = pow(Double(horizon) / Double(arms), 2.0 / 3)
        var generator = Philox(seed: 2)
        let outcome = try playStreamingBandit(means: means, horizon: horizon, algorithm: .gameOfArms, using: &generator)
        let tests = (arms - 1) * Int(unit.rounded(.up)) + 2 * Int((1.2 * unit).rounded(.up))
        let sampling = outcome.explorationPulls - tests
        let each = Int((log(100.0) * unit).rounded(.up))
        #expect(sampling % each == 0)
        // The first arm and a share of 1.5/ln K of the others.
        let expected = 1 + 99 * 1.5 / log(100.0)
        #expect(abs(Double(sampling / each) - expected) < 4 * (99 * 0.3257 * 0.6743).squareRoot())
        #expect(outcome.chosenArm == arms - 1)
    }

    @Test(arguments: StreamingAlgorithm.allCases)
    func theBestArmMayComeFirst(_ algorithm: StreamingAlgorithm) throws {
        for seed in 0..<20 {
            var means = [Double](repeating: 0.5, count: 60)
            means[0] = 0.9
            var generator = Philox(seed: UInt64(seed))
            let outcome = try playStreamingBandit(
                means: means, horizon: 60_000_000, algorithm: algorithm, using: &generator)
            #expect(outcome.chosenArm == 0)
        }
    }

    @Test(arguments: StreamingAlgorithm.allCases)
    func everyHorizonIsPlayedToItsEnd(_ algorithm: StreamingAlgorithm) throws {
        for (arms, horizon) in [(3, 3), (7, 50), (40, 41), (100, 5000), (1000, 1_000_000_000_000_000)] {
            var generator = Philox(seed: UInt64(arms))
            let means = try drawStreamMeans(.mixed, armCount: arms, horizon: horizon, using: &generator)
            let outcome = try playStreamingBandit(
                means: means, horizon: horizon, algorithm: algorithm, using: &generator)
            #expect(outcome.totalPulls == horizon)
            #expect(outcome.peakMemory <= algorithm.memoryBound(armCount: arms) + 1)
            #expect(outcome.regret >= 0 && outcome.regret <= Double(horizon))
            let best = means.max() ?? 0
            #expect(outcome.chosenGap == best - means[outcome.chosenArm])
        }
    }

    @Test func memoryBoundsAreThePapers() {
        #expect(StreamingAlgorithm.uniformExploration.memoryBound(armCount: 1000) == 1)
        #expect(StreamingAlgorithm.naiveBestArm.memoryBound(armCount: 1000) == 1)
        #expect(StreamingAlgorithm.gameOfArms.memoryBound(armCount: 1000) == 2)
        // ln 50 000 = 10.8, ln ln 50 000 = 2.38, and 50 000 → 10.8 → 2.38 → 0.87 has three numbers of at least 1.
        #expect(StreamingAlgorithm.logMemory.memoryBound(armCount: 50_000) == 10)
        #expect(StreamingAlgorithm.logLogMemory.memoryBound(armCount: 50_000) == 3)
        #expect(StreamingAlgorithm.logStarMemory.memoryBound(armCount: 50_000) == 4)
    }

    @Test func settingsDrawTheirMeans() throws {
        var generator = Philox(seed: 3)
        let clear = try drawStreamMeans(.clearCut, armCount: 5000, horizon: 10_000, using: &generator)
        #expect(clear.count { $0 == 0.82 } == 1)
        #expect(clear.allSatisfy { $0 >= 0 && ($0 <= 0.8 || $0 == 0.82) })
        // N(0.5, 0.1²) cut at 3 and 5 standard deviations has the mean 0.49956.
        #expect(abs(StreamingMoments(clear).mean - 0.49962) < 0.006)
        #expect(abs(StreamingMoments(clear).standardDeviation - 0.1) < 0.005)

        var late = 0
        var places: Set<Int> = []
        for _ in 0..<400 {
            let hard = try drawStreamMeans(.hard, armCount: 10, horizon: 10_000, using: &generator)
            // (10/10 000)^⅓/4 = 0.025
            let better = hard.indices.filter { abs(hard[$0] - 0.525) < 1e-12 }
            #expect(better.count == 1)
            places.insert(better[0])
            #expect(hard.count { $0 == 0.5 } == (hard[9] == 0.75 ? 8 : 9))
            if hard[9] == 0.75 { late += 1 }
        }
        #expect(abs(late - 200) < 40)
        #expect(places == Set(0..<9))
        #expect(try drawStreamMeans(.hardWithLateArm, armCount: 5, horizon: 9, using: &generator)[4] == 0.75)
        #expect(try drawStreamMeans(.hardWithoutLateArm, armCount: 5, horizon: 9, using: &generator)[4] == 0.5)
    }

    @Test func theSameSeedPlaysTheSameGame() throws {
        var draw = Philox(seed: 8)
        let means = try drawStreamMeans(.clearCut, armCount: 60, horizon: 3_600_000, using: &draw)
        for algorithm in StreamingAlgorithm.allCases {
            var first = Philox(seed: 1), second = Philox(seed: 1)
            let outcome = try playStreamingBandit(
                means: means, horizon: 3_600_000, algorithm: algorithm, using: &first)
            let again = try playStreamingBandit(
                means: means, horizon: 3_600_000, algorithm: algorithm, using: &second)
            #expect(again == outcome)
        }
    }

    @Test func badInputIsNamed() {
        var generator = Philox(seed: 0)
        let error = #expect(throws: BanditError.self) {
            _ = try playStreamingBandit(means: [0.1, 0.2], horizon: 10, algorithm: .logMemory, using: &generator)
        }
        #expect(error?.description == "means is 2 arms: expected at least three arms")
        #expect(throws: BanditError.self) {
            _ = try playStreamingBandit(means: [0.1, 0.2, 3], horizon: 10, algorithm: .logMemory, using: &generator)
        }
        #expect(throws: BanditError.self) {
            _ = try playStreamingBandit(means: [0.1, 0.2, 0.3], horizon: 2, algorithm: .gameOfArms, using: &generator)
        }
        #expect(throws: BanditError.self) {
            _ = try drawStreamMeans(.hard, armCount: 2, horizon: 10, using: &generator)
        }
    }
}
