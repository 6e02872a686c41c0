import Foundation
import Mathematics
import Testing

/// Counts against masses from the C library's lgamma, which the samplers do not use.
@Suite struct RandomCountTests {
    private func poissonMass(_ k: Int, _ mean: Double) -> Double {
        exp(Double(k) * log(mean) - mean - lgamma(Double(k) + 1))
    }

    private func choose(_ n: Int, _ k: Int) -> Double {
        lgamma(Double(n) + 1) - lgamma(Double(k) + 1) - lgamma(Double(n - k) + 1)
    }

    private func binomialMass(_ k: Int, _ n: Int, _ p: Double) -> Double {
        k < 0 || k > n ? 0 : exp(choose(n, k) + Double(k) * log(p) + Double(n - k) * log(1 - p))
    }

    @Test(arguments: [0.03, 1, 9.99, 10, 11.5, 40, 1000, 2.5e5])
    func poissonNumbersFollowTheirMasses(_ mean: Double) {
        var generator = Philox(seed: 11)
        let sample = generator.poissonNumbers(count: 200_000, mean: mean)
        expectMasses(sample, { poissonMass($0, mean) }, "mean \(mean)")
        expectMoments(sample.map(Double.init), mean: mean, variance: mean, "mean \(mean)")
        var other = Philox(seed: 11)
        #expect(other.poisson(mean: mean) == sample[0])
    }

    @Test func poissonNumbersAtTheEnds() {
        var generator = Philox(seed: 12)
        #expect(generator.poissonNumbers(count: 100, mean: 0) == Array(repeating: 0, count: 100))
        let huge = (0..<20_000).map { _ in (Double(generator.poisson(mean: 1e14)) - 1e14) / 1e7 }
        expectDistribution(huge) { erfc(-$0 / 2.0.squareRoot()) / 2 }
    }

    @Test(arguments: [(1, 0.3), (7, 0.5), (25, 0.4), (25, 0.6), (20, 0.5), (100, 0.07), (100, 0.1), (1000, 0.97),
        (1_000_000, 1e-5), (1_000_000, 0.3)])
    func binomialNumbersFollowTheirMasses(_ trials: Int, _ probability: Double) {
        var generator = Philox(seed: 13)
        let sample = generator.binomialNumbers(count: 200_000, trials: trials, probability: probability)
        expectMasses(sample, { binomialMass($0, trials, probability) }, "(\(trials), \(probability))")
        let mean = Double(trials) * probability
        expectMoments(sample.map(Double.init), mean: mean, variance: mean * (1 - probability))
    }

    @Test func binomialNumbersAtTheEnds() {
        var generator = Philox(seed: 14)
        #expect(generator.binomial(trials: 0, probability: 0.3) == 0)
        #expect(generator.binomial(trials: 9, probability: 0) == 0)
        #expect(generator.binomial(trials: 9, probability: 1) == 9)
        // 10¹⁵ trials: the normal limit, with a standard deviation of 1.58e7.
        let sample = (0..<20_000).map { _ in
            (Double(generator.binomial(trials: 1_000_000_000_000_000, probability: 0.5)) - 5e14) / 2.5e14.squareRoot()
        }
        expectDistribution(sample) { erfc(-$0 / 2.0.squareRoot()) / 2 }
    }

    @Test(arguments: [0.9, 0.3, 0.01])
    func geometricNumbersFollowTheirMasses(_ probability: Double) {
        var generator = Philox(seed: 15)
        let sample = (0..<100_000).map { _ in generator.geometric(probability: probability) }
        expectMasses(sample, { probability * pow(1 - probability, Double($0)) }, "\(probability)")
        #expect(generator.geometric(probability: 1) == 0)
        // 1e-300 cannot end before the largest integer.
        #expect(generator.geometric(probability: 1e-300) == Int.max)
    }

    @Test(arguments: [(1.0, 0.3), (2.5, 0.5), (0.2, 0.1), (50, 0.2)])
    func negativeBinomialNumbersFollowTheirMasses(_ r: Double, _ p: Double) {
        var generator = Philox(seed: 16)
        let sample = (0..<100_000).map { _ in generator.negativeBinomial(successes: r, probability: p) }
        expectMasses(sample, { k in
            let x = Double(k)
            let ways: Double = lgamma(x + r) - lgamma(x + 1) - lgamma(r)
            return exp(ways + r * log(p) + x * log(1 - p))
        }, "(\(r), \(p))")
    }

    @Test(arguments: [(5, 10, 30), (9, 90, 100), (40, 30, 100), (60, 70, 100), (500, 300, 1000), (3000, 5000, 100_000),
        (12, 12, 24), (90_000, 20_000, 100_000)])
    func hypergeometricNumbersFollowTheirMasses(_ draws: Int, _ successes: Int, _ population: Int) {
        var generator = Philox(seed: 17)
        let sample = (0..<100_000).map { _ in
            generator.hypergeometric(draws: draws, successes: successes, population: population)
        }
        expectMasses(sample, { k in
            k < max(0, draws + successes - population) || k > min(draws, successes)
                ? 0
                : exp(choose(successes, k) + choose(population - successes, draws - k) - choose(population, draws))
        }, "(\(draws), \(successes), \(population))")
        #expect(generator.hypergeometric(draws: population, successes: successes, population: population) == successes)
        #expect(generator.hypergeometric(draws: 0, successes: successes, population: population) == 0)
    }

    @Test func multinomialCountsFollowTheirMasses() {
        var generator = Philox(seed: 18)
        var counts: [[Int]: Int] = [:]
        let n = 50_000
        for _ in 0..<n { counts[generator.multinomial(trials: 3, weights: [1, 0, 3, 4]), default: 0] += 1 }
        var statistic = 0.0
        var cells = 0
        for a in 0...3 {
            for c in 0...(3 - a) {
                let d = 3 - a - c
                let factorials: [Double] = [1, 1, 2, 6]
                let ways = 6 / (factorials[a] * factorials[c] * factorials[d])
                let mass: Double = ways * pow(0.125, Double(a)) * pow(0.375, Double(c)) * pow(0.5, Double(d))
                let expected = Double(n) * mass
                statistic += pow(Double(counts[[a, 0, c, d]] ?? 0) - expected, 2) / expected
                cells += 1
            }
        }
        #expect(counts.count == cells)
        #expect(statistic < 9 + 4 * 18.0.squareRoot())
        #expect(generator.multinomial(trials: 5, weights: [0, 2]) == [0, 5])
    }

    @Test func aliasTablesFollowTheirWeights() throws {
        var generator = Philox(seed: 19)
        let weights = (0..<50).map { $0 % 7 == 0 ? 0 : pow(Double($0), 1.7) }
        let table = try AliasTable(weights: weights)
        let sample = table.samples(300_000, using: &generator)
        let total = weights.reduce(0, +)
        expectMasses(sample, { weights[$0] / total })
        #expect(!sample.contains { $0 % 7 == 0 })
        let one = try AliasTable(weights: [1e-300])
        #expect(one.sample(using: &generator) == 0)
        // 3 equal weights are not exact in binary: the rounding must not leave a hole.
        let sparse = try AliasTable(weights: [0, 1, 0, 1, 1, 0])
        #expect(Set(sparse.samples(10_000, using: &generator)) == [1, 3, 4])
    }

    @Test func weightedSamplesWithoutReplacementAreOrderedDraws() {
        var generator = Philox(seed: 20)
        var counts: [[Int]: Int] = [:]
        let weights = [1.0, 0, 2, 5]
        let n = 40_000
        for _ in 0..<n { counts[generator.sample(2, withoutReplacementWeightedBy: weights), default: 0] += 1 }
        var statistic = 0.0
        for i in [0, 2, 3] {
            for j in [0, 2, 3] where j != i {
                let expected = Double(n) * weights[i] / 8 * weights[j] / (8 - weights[i])
                statistic += pow(Double(counts[[i, j]] ?? 0) - expected, 2) / expected
            }
        }
        #expect(counts.count == 6)
        #expect(statistic < 5 + 4 * 10.0.squareRoot())
        #expect(Set(generator.sample(2, withoutReplacementWeightedBy: [.leastNonzeroMagnitude, 0, 1e308])) == [0, 2])
    }

    @Test func rademacherNumbersAreFairAndIndependent() {
        var generator = Philox(seed: 21)
        let signs = generator.rademacherMatrix(rows: 1000, columns: 100)
        #expect(signs.flattened.allSatisfy { $0 == 1 || $0 == -1 })
        #expect(abs(signs.flattened.sum) < 4 * 316)
        let neighbours = zip(signs.flattened, signs.flattened.dropFirst()).reduce(0.0) { $0 + $1.0 * $1.1 }
        #expect(abs(neighbours) < 4 * 316)
        #expect(abs((0..<10_000).reduce(0.0) { sum, _ in sum + generator.rademacher() }) < 400)
    }

    /// A generator that is not Philox itself, so that bulk fills take the slow way.
    private struct Wrapped: RandomNumberGenerator {
        var philox: Philox
        mutating func next() -> UInt64 { philox.next() }
    }

    @Test func bulkFillsAreTheSingleDraws() {
        for count in [0, 1, 2, 15, 16, 17, 1000] {
            for used in 0..<3 {
                var bulk = Philox(seed: 1 << 40 | 22, stream: 1 << 35)
                for _ in 0..<used { _ = bulk.next() }
                var single = Wrapped(philox: bulk)
                let normals = bulk.normalVector(count: count, mean: 1, standardDeviation: 3)
                #expect(normals == single.normalVector(count: count, mean: 1, standardDeviation: 3))
                #expect(bulk == single.philox, "\(count) normals after \(used)")
                #expect(bulk.uniformVector(count: count, in: -1..<5) == single.uniformVector(count: count, in: -1..<5))
                #expect(bulk == single.philox, "\(count) uniforms after \(used)")
            }
        }
        var generator = Philox(seed: 22)
        var other = generator
        var vector = Vector.zeros(10)
        generator.fillNormal(&vector)
        #expect(vector == Vector((0..<10).map { _ in other.normal() }))
        var matrix = Matrix.zeros(2, 3)
        generator.fillUniform(&matrix)
        #expect(matrix == other.uniformMatrix(rows: 2, columns: 3))
    }

    @Test func parallelNormalsDoNotDependOnThreads() {
        let generator = Philox(seed: 23)
        let one = generator.parallelNormalMatrix(rows: 700, columns: 300, maximumThreads: 1)
        #expect(one == generator.parallelNormalMatrix(rows: 700, columns: 300, maximumThreads: 3))
        expectDistribution(Array(one.flattened)) { erfc(-$0 / 2.0.squareRoot()) / 2 }
        #expect(generator.parallelNormalMatrix(rows: 0, columns: 3).count == 0)
    }

    @Test func badWeightsAreNamed() {
        #expect(throws: StatisticsError.invalidElement(
            argument: "weights", index: 1, value: -1, expected: "non-negative finite weights")
        ) { _ = try AliasTable(weights: [1, -1]) }
        #expect(throws: StatisticsError.self) { _ = try AliasTable(weights: [0, 0]) }
        #expect(throws: StatisticsError.self) { _ = try AliasTable(weights: [Double.nan]) }
        #expect(throws: StatisticsError.tooFew(argument: "weights", count: 0, expected: "at least 1")) {
            _ = try AliasTable(weights: [])
        }
    }
}
