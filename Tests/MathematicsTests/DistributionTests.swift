import Foundation
import Mathematics
import Testing

@Suite struct DistributionTests {
    /// The largest distance between the empirical distribution of a sample and a distribution function.
    private func kolmogorovDistance(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
        let sorted = sample.sorted()
        let n = Double(sorted.count)
        return sorted.enumerated().map { index, x in
            max(abs(distribution(x) - Double(index) / n), abs(distribution(x) - Double(index + 1) / n))
        }.max() ?? 0
    }

    private func normalDistribution(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    // The distance exceeds 1.95/√n with probability 1e-3; the seeds are fixed.
    @Test func uniformNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 1)
        let sample = Array(generator.uniformVector(count: 200_000, in: -2..<3))
        #expect(sample.allSatisfy { $0 >= -2 && $0 < 3 })
        #expect(kolmogorovDistance(sample) { ($0 + 2) / 5 } < 1.95 / 200_000.0.squareRoot())
    }

    @Test func normalNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 2)
        let n = 1_000_000
        let sample = Array(generator.normalVector(count: n))
        #expect(kolmogorovDistance(sample, normalDistribution) < 1.95 / Double(n).squareRoot())
        // Moments 2, 4 and 6 are 1, 3, 15 with variances 2, 96 and 10170.
        for (power, moment, variance) in [(2.0, 1.0, 2.0), (4, 3, 96), (6, 15, 10170)] {
            let mean = sample.reduce(0) { $0 + pow($1, power) } / Double(n)
            #expect(abs(mean - moment) < 4 * (variance / Double(n)).squareRoot(), "moment \(power)")
        }
        // Both sides of the edge of the ziggurat's tail at 3.654, and beyond.
        for threshold in [3.0, 3.6, 3.7, 4.0, 4.5] {
            let expected = Double(n) * erfc(threshold / 2.0.squareRoot())
            let seen = Double(sample.count { abs($0) > threshold })
            #expect(abs(seen - expected) < 4 * expected.squareRoot() + 1, "tail beyond \(threshold)")
        }
        var other = Philox(seed: 2)
        #expect(other.normal(mean: 10, standardDeviation: 2) == 10 + 2 * sample[0])
    }

    /// A change of any of these changes every published figure: they are what seed 2024 means.
    @Test func normalNumbersAreTheSameBitsEverywhere() {
        var generator = Philox(seed: 2024)
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for value in generator.normalVector(count: 100_000) {
            hash = (hash ^ value.bitPattern) &* 0x100_0000_01b3
        }
        #expect(hash == 671_115_936_156_647_209)
    }

    @Test func exponentialNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 3)
        let sample = (0..<200_000).map { _ in generator.exponential(rate: 2) }
        #expect(kolmogorovDistance(sample) { 1 - exp(-2 * $0) } < 1.95 / 200_000.0.squareRoot())
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func integersAreEquallyLikely(_ bound: Int) {
        var generator = Philox(seed: 4)
        var counts = [Int](repeating: 0, count: bound)
        let n = 100_000
        for _ in 0..<n { counts[generator.integer(below: bound)] += 1 }
        let expected = Double(n) / Double(bound)
        let chiSquare = counts.reduce(0) { $0 + pow(Double($1) - expected, 2) / expected }
        // Mean bound − 1, variance 2(bound − 1).
        #expect(chiSquare <= Double(bound - 1) + 4 * (2 * Double(bound - 1)).squareRoot())
    }

    @Test func largeBoundsAreUnbiased() {
        // For bound = 3·2⁶¹ taking the remainder of 64 bits would give the first third half of all draws.
        var generator = Philox(seed: 5)
        let bound = 3 << 61
        let low = (0..<30_000).count { _ in generator.integer(below: bound) < 1 << 61 }
        #expect(abs(Double(low) - 10_000) < 4 * (30_000.0 * 2 / 9).squareRoot())
    }

    @Test func permutationsAreEquallyLikely() {
        var generator = Philox(seed: 6)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<24_000 { counts[generator.permutation(4), default: 0] += 1 }
        #expect(counts.count == 24)
        let chiSquare = counts.values.reduce(0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
        #expect(chiSquare < 23 + 4 * 46.0.squareRoot())
    }

    @Test func samplesWithoutReplacementAreOrderedChoices() {
        var generator = Philox(seed: 7)
        var counts: [[Int]: Int] = [:]
        for _ in 0..<20_000 { counts[generator.sample(2, withoutReplacementBelow: 5), default: 0] += 1 }
        #expect(counts.count == 20)
        #expect(counts.keys.allSatisfy { Set($0).count == 2 })
        let chiSquare = counts.values.reduce(0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
        #expect(chiSquare < 19 + 4 * 38.0.squareRoot())
        #expect(generator.sample(10, withoutReplacementBelow: 10).sorted() == Array(0..<10))
    }

    @Test func weightedIndicesFollowTheirWeights() {
        var generator = Philox(seed: 8)
        var counts = [0, 0, 0]
        for _ in 0..<40_000 { counts[generator.index(weightedBy: [1, 0, 3])] += 1 }
        #expect(counts[1] == 0)
        #expect(abs(Double(counts[0]) - 10_000) < 4 * (40_000 * 0.25 * 0.75).squareRoot())
    }
}
