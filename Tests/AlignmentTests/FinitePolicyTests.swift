import Alignment
import Foundation
import Mathematics
import Testing

@Suite struct FinitePolicyTests {
    private let outcomes: RewardedOutcomes

    init() throws {
        outcomes = try RewardedOutcomes(weights: [0.1, 0.25, 0.05, 0.4, 0.2, 0], rewards: [1, -0.5, 2, 0.3, 1, 9])
    }

    /// All N-tuples, the first of the best kept: what best-of-N is by definition.
    private func enumeratedBestOfN(_ count: Int) -> [Double] {
        let p = Array(outcomes.reference.probabilities)
        var law = [Double](repeating: 0, count: p.count)
        func draw(_ left: Int, _ best: Int?, _ probability: Double) {
            guard left > 0 else {
                if let best { law[best] += probability }
                return
            }
            for y in p.indices where p[y] > 0 {
                let kept = best.map { outcomes.rewards[y] > outcomes.rewards[$0] ? y : $0 } ?? y
                draw(left - 1, kept, probability * p[y])
            }
        }
        draw(count, nil, 1)
        return law
    }

    @Test(arguments: 1...6)
    func bestOfNIsTheLawOfTheFirstBestDraw(_ count: Int) throws {
        let law = try outcomes.bestOfN(count: count).probabilities
        for (value, expected) in zip(law, enumeratedBestOfN(count)) { #expect(abs(value - expected) < 1e-14) }
    }

    @Test func manyDrawsKeepTheDigitsOfRareOutcomes() throws {
        // Two outcomes, the better with probability e^-200: G = 1 − (1 − e^-200)^(e^200) = 1 − 1/e.
        let rare = try RewardedOutcomes(reference: FinitePolicy(logWeights: [0, -200]), rewards: [0, 1])
        let law = try rare.bestOfN(logCount: 200).probabilities
        #expect(abs(law[1] - (1 - exp(-1.0))) < 1e-12)
        // With e^150 draws it is e^-50.
        #expect(abs(try rare.bestOfN(logCount: 150).logProbabilities[1] + 50) < 1e-12)
    }

    @Test func simulationAgreesWithTheLaw() throws {
        var generator = Philox(seed: 3)
        let table = try AliasTable(weights: outcomes.reference.probabilities)
        let law = try outcomes.bestOfN(count: 4).probabilities
        var counts = [Int](repeating: 0, count: outcomes.count)
        let draws = 40_000
        for _ in 0..<draws { counts[outcomes.sampleBestOfN(count: 4, table: table, using: &generator)] += 1 }
        for (count, p) in zip(counts, law) {
            // Five standard deviations of a binomial count.
            #expect(abs(Double(count) - p * Double(draws)) <= 5 * (p * (1 - p) * Double(draws)).squareRoot() + 1e-9)
        }
    }

    @Test func theTiltMaximisesRewardMinusDivergence() throws {
        // KL(φ ‖ p) − βE r + log Z = KL(φ ‖ φ_β), so the gap of every other policy is its distance.
        var generator = Philox(seed: 1)
        let strength = 1.3
        let tilt = outcomes.tilted(strength: strength)
        #expect(tilt.probabilities[5] == 0)
        for _ in 0..<200 {
            let weights = Array(generator.dirichlet(concentrations: [Double](repeating: 0.7, count: 5))) + [0]
            let policy = try FinitePolicy(weights: weights)
            let p = outcomes.reference.probabilities
            var (divergence, reward) = (0.0, 0.0)
            for index in 0..<5 {
                divergence += weights[index] * log(weights[index] / p[index])
                reward += weights[index] * outcomes.rewards[index]
            }
            let z = (0..<5).reduce(0.0) { $0 + p[$1] * exp(strength * outcomes.rewards[$1]) }
            #expect(abs(divergence - strength * reward + log(z) - policy.divergence(from: tilt)) < 1e-12)
        }
    }

    @Test(arguments: [0, 1e-6, 0.02, 0.5, 1.5, 2.9])
    func strengthSolvesTheDivergence(_ divergence: Double) throws {
        let strength = try outcomes.strength(divergence: divergence)
        let tilt = outcomes.tilted(strength: strength).probabilities, p = outcomes.reference.probabilities
        let measured = (0..<5).reduce(0.0) { $0 + tilt[$1] * log(tilt[$1] / p[$1]) }
        #expect(abs(measured - divergence) < 1e-11)
        // −log p(best) = −log 0.05
        #expect(abs(outcomes.largestDivergence + log(0.05)) < 1e-12)
    }

    @Test func topQuantileAcceptsItsShare() throws {
        // A share of 0.2: all of the reward 2 (0.05) and half of the reward 1 (0.15 of 0.3).
        let policy = try outcomes.topQuantile(logShare: log(0.2)).probabilities
        for (value, expected) in zip(policy, [0.05 / 0.2, 0, 0.05 / 0.2, 0, 0.1 / 0.2, 0]) {
            #expect(abs(value - expected) < 1e-12)
        }
        #expect(try outcomes.topQuantile(logShare: 0) == outcomes.reference)
    }

    @Test func functionsOfArraysAreTheSame() throws {
        let (p, r) = ([0.5, 0.3, 0.2], [0.0, 1, 3])
        // Best of two: (1 − .5)² is the chance that neither is the first, and so on.
        let best = try bestOfN(p, rewards: r, draws: 2)
        for (value, expected) in zip(best, [0.25, 0.64 - 0.25, 1 - 0.64]) { #expect(abs(value - expected) < 1e-14) }
        let tilt = try exponentialTilt(p, rewards: r, divergence: 0.3)
        #expect(abs(zip(tilt, p).reduce(0) { $0 + $1.0 * log($1.0 / $1.1) } - 0.3) < 1e-11)
        // A tilt's log ratio to p is linear in the reward.
        let logs = zip(tilt, p).map { log($0 / $1) }
        #expect(abs((logs[2] - logs[0]) - 3 * (logs[1] - logs[0])) < 1e-11)
        let coin = try compareBestOfN([0.7, 0.3], rewards: [0, 1], length: 100, divergence: 0.2)
        #expect(abs(coin.bestOfNReward - 0.5883316227) < 1e-9)
        let rate = try rewardRate([0.7, 0.3], rewards: [0, 1], mean: 0.8)
        #expect(abs(rate - (0.8 * log(0.8 / 0.3) + 0.2 * log(0.2 / 0.7))) < 1e-12)
    }

    @Test func theProximalSolverReachesTheTilt() throws {
        let path = try ProximalPolicySolver().path(for: outcomes, strength: 0.8)
        let last = try #require(path.last)
        #expect(last.divergence(from: outcomes.tilted(strength: 0.8)) < 1e-10)
        // No round may change a ratio far beyond the clip.
        let largest = zip(path, path.dropFirst()).map { old, new in
            (0..<5).map { exp(new.logProbabilities[$0] - old.logProbabilities[$0]) }.max() ?? 1
        }.max() ?? 1
        #expect(largest < 2)
    }

    @Test func filesAreReadAndTheirFaultsNamed() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("outcomes-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("outcomes.csv").path
        func read(_ text: String) throws -> RewardedOutcomes {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            return try RewardedOutcomes(path: path)
        }
        let read1 = try read("reward,probability\n2,0.25\n-1,0.75\n")
        #expect(read1.rewards == [2, -1] && abs(read1.reference.probabilities[0] - 0.25) < 1e-15)
        #expect(try read("0.25,2\n0.75,-1\n").rewards == [2, -1])
        let faults = [
            ("probability,reward\n0.2,1\n", "0.2"), ("p,r\n1,2\n", "probability"), ("-0.5,1\n1.5,2", "-0.5"),
        ]
        for (text, word) in faults {
            let error = #expect(throws: DataFileError.self) { _ = try read(text) }
            #expect(error?.description.contains(word) == true)
        }
        #expect(throws: StatisticsError.self) { _ = try RewardedOutcomes(weights: [1, -1], rewards: [0, 0]) }
        #expect(throws: StatisticsError.self) { _ = try outcomes.strength(divergence: 4) }
        #expect(throws: StatisticsError.self) { _ = try outcomes.bestOfN(count: 0) }
    }
}
