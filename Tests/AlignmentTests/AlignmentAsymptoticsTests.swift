import Alignment
import Foundation
import Mathematics
import Testing

@Suite struct AlignmentAsymptoticsTests {
    @Test func typesHoldTheLawOfAllSequences() throws {
        let symbol = try RewardedOutcomes(weights: [0.5, 0.3, 0.2], rewards: [0, 1, 2.5])
        let model = MemorylessModel(symbol: symbol)
        let (outcomes, counts) = try model.types(length: 5)
        #expect(outcomes.count == 21)
        var expected: [[Int]: Double] = [:]
        for code in 0..<243 {
            let word = (0..<5).map { code / [1, 3, 9, 27, 81][$0] % 3 }
            let type = (0..<3).map { letter in word.filter { $0 == letter }.count }
            expected[type, default: 0] += word.reduce(1) { $0 * [0.5, 0.3, 0.2][$1] }
        }
        for (index, type) in counts.enumerated() {
            #expect(abs(outcomes.reference.probabilities[index] - (expected[type] ?? 0)) < 1e-14)
            #expect(abs(outcomes.rewards[index] - (Double(type[1]) + 2.5 * Double(type[2]))) < 1e-12)
        }
    }

    @Test func bestOfNApproachesTheTilt() throws {
        // q log(q/0.3) + (1 − q) log((1 − q)/0.7) = 0.2; scipy.optimize.brentq gives 0.6062906292.
        let model = try MemorylessModel.bernoulli(0.3)
        let strength = try model.symbol.strength(divergence: 0.2)
        let mean = model.symbol.tilted(strength: strength).expectation(of: model.symbol.rewards)
        #expect(abs(mean * log(mean / 0.3) + (1 - mean) * log((1 - mean) / 0.7) - 0.2) < 1e-12)
        #expect(abs(mean - 0.60629) < 5e-6)
        // mpmath, 250 digits: with S[k] = P(Binomial(m, 0.3) ≥ k), N = e^(m/5) and b[k] = (1 − S[k+1])^N − (1 − S[k])^N:
        // Σ k b[k]/m, Σ b[k] log(b[k]/t[k])/m with t the Binomial(m, q) law, and Σ b[k] log(b[k]/p[k])/m.
        for (length, reward, fromTilt, divergence) in [
            (100, 0.5883316227, 0.01186077477, 0.1888959671), (200, 0.5960344489, 0.007522623732, 0.1944099398),
            (800, 0.6030668939, 0.002707855034, 0.198589859),
        ] {
            let value = try model.compareBestOfN(length: length, divergence: 0.2)
            #expect(abs(value.bestOfNReward - reward) < 1e-9)
            #expect(abs(value.divergenceFromTilt - fromTilt) < 1e-10)
            #expect(abs(value.bestOfNDivergence - divergence) < 1e-9)
            #expect(abs(value.tiltReward - mean) < 1e-12)
        }
    }

    @Test func rateIsTheLegendreTransformOfTheCumulant() throws {
        let symbol = try RewardedOutcomes(weights: [0.2, 0.5, 0.3], rewards: [-1, 0.5, 2])
        for x in [-0.5, 0.4, 1.7] {
            let rate = try symbol.rate(ofMeanReward: x, strength: 0.4)
            // sup over ρ of ρx − Λ(ρ) by golden section.
            let best = try minimizeByGoldenSection({ -($0 * x - symbol.cumulant(at: $0, strength: 0.4)) }, in: -20...20)
            #expect(abs(rate + best.value) < 1e-9)
        }
        // Bernoulli: I(x) is the binary divergence.
        let coin = try MemorylessModel.bernoulli(0.3).symbol
        let expected = 0.8 * log(0.8 / 0.3) + 0.2 * log(0.2 / 0.7)
        #expect(abs(try coin.rate(ofMeanReward: 0.8, strength: 0) - expected) < 1e-12)
    }

    @Test func cumulantsAreRenyiCrossEntropies() throws {
        let p = try FinitePolicy(weights: [0.2, 0.5, 0.3]), q = try FinitePolicy(weights: [0.6, 0.1, 0.3])
        let symbol = try RewardedOutcomes(reference: p, rewards: q.logProbabilities)
        for (strength, argument) in [(0.5, 1.0), (2, -1), (1, -1)] {
            let total = strength + argument
            let expected =
                -total * (try renyiCrossEntropy(p, q, order: 1 + total))
                + strength * (try renyiCrossEntropy(p, q, order: 1 + strength))
            #expect(abs(symbol.cumulant(at: argument, strength: strength) - expected) < 1e-12)
        }
        // Shannon's cross entropy by its definition.
        let shannon = -(0.2 * log(0.6) + 0.5 * log(0.1) + 0.3 * log(0.3))
        #expect(abs(try renyiCrossEntropy(p, q, order: 1) - shannon) < 1e-14)
    }

    @Test func tailsOfABinomial() throws {
        let model = try MemorylessModel.bernoulli(0.3)
        let tail = try model.tailExponent(mean: 0.5, strength: 0, length: 20)
        // scipy.stats.binom.sf(9, 20, 0.3)
        #expect(abs(tail.measured + log(0.04796189733134342) / 20) < 1e-12)
        #expect(abs(tail.corrected - (tail.measured - log(20.0) / 40)) < 1e-15)
        let lower = try model.tailExponent(mean: 0.1, strength: 0, length: 20)
        // scipy.stats.binom.cdf(2, 20, 0.3)
        #expect(abs(lower.measured + log(0.03548313229846864) / 20) < 1e-12)
    }

    @Test func thePythagoreanBoundIsMetWithEquality() throws {
        let outcomes = try RewardedOutcomes(weights: [0.2, 0.5, 0.3], rewards: [-1, 0.5, 2])
        let bound = try outcomes.pythagoreanBound(of: FinitePolicy(weights: [0.3, 0.3, 0.4]), divergence: 0.3)
        let tilt = outcomes.tilted(strength: try outcomes.strength(divergence: 0.3)).probabilities
        let distance = zip([0.3, 0.3, 0.4], tilt).reduce(0.0) { $0 + $1.0 * log($1.0 / $1.1) }
        #expect(abs(bound.bound - distance) < 1e-11 && abs(bound.distance - distance) < 1e-12)
    }

    @Test func theBoundOnTheDivergence() throws {
        #expect(abs(bestOfNDivergenceBound(logCount: log(16)) - (log(16) - 15.0 / 16)) < 1e-14)
        let equal = try RewardedOutcomes(
            weights: [Double](repeating: 1, count: 1000), rewards: (0..<1000).map(Double.init))
        let divergence = try equal.bestOfN(count: 16).divergence(from: equal.reference)
        #expect(divergence <= bestOfNDivergenceBound(logCount: log(16)))
        #expect(divergence > bestOfNDivergenceBound(logCount: log(16)) - 0.05)
    }
}
