import Foundation
import Mathematics
import Testing

@Suite struct RandomNumberTests {
    private func normalDistribution(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }

    @Test(arguments: [0.01, 0.3, 1, 2.5, 1000])
    func gammaMomentsAreClosed(_ shape: Double) {
        var generator = Philox(seed: 21)
        let sample = Array(generator.gammaVector(count: 200_000, shape: shape, scale: 3))
        expectMoments(sample, mean: 3 * shape, variance: 9 * shape, "shape \(shape)")
    }

    @Test func gammaNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 22)
        // Whole shapes are sums of exponentials: the Erlang distribution; ½ is half a squared normal number.
        let erlang = Array(generator.gammaVector(count: 200_000, shape: 3, scale: 0.5))
        expectDistribution(erlang) { 1 - exp(-2 * $0) * (1 + 2 * $0 + 2 * $0 * $0) }
        let half = Array(generator.gammaVector(count: 200_000, shape: 0.5, scale: 2))
        expectDistribution(half) { erf(($0 / 2).squareRoot()) }
        let one = (0..<100_000).map { _ in generator.chiSquared(degreesOfFreedom: 2) }
        expectDistribution(one) { 1 - exp(-$0 / 2) }
        // For a tiny shape α the logarithm is nearly −exponential/α: P(log ≤ x) → e^(αx).
        let tiny = (0..<100_000).map { _ in generator.logGamma(shape: 1e-6) }
        #expect(tiny.allSatisfy { $0.isFinite })
        expectDistribution(tiny) { min(1, exp(1e-6 * $0)) }
    }

    @Test func betaNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 23)
        expectDistribution(Array(generator.betaVector(count: 100_000, alpha: 2, beta: 1))) { $0 * $0 }
        expectDistribution(Array(generator.betaVector(count: 100_000, alpha: 1, beta: 3))) { 1 - pow(1 - $0, 3) }
        expectDistribution(Array(generator.betaVector(count: 100_000, alpha: 0.5, beta: 0.5))) {
            2 / Double.pi * asin($0.squareRoot())
        }
        expectDistribution(Array(generator.betaVector(count: 100_000, alpha: 0.1, beta: 1))) { pow($0, 0.1) }
        let extreme = Array(generator.betaVector(count: 40_000, alpha: 1e-5, beta: 3e-5))
        #expect(extreme.allSatisfy { $0 >= 0 && $0 <= 1 })
        #expect(abs(Double(extreme.count { $0 > 0.5 }) - 10_000) < 4 * 7500.0.squareRoot())
    }

    @Test func studentNumbersHaveTheirDistribution() {
        var generator = Philox(seed: 24)
        expectDistribution((0..<100_000).map { _ in generator.studentT(degreesOfFreedom: 1) }) {
            0.5 + atan($0) / .pi
        }
        expectDistribution((0..<100_000).map { _ in generator.studentT(degreesOfFreedom: 2) }) {
            0.5 + $0 / (2 * (2 + $0 * $0).squareRoot())
        }
        expectDistribution((0..<100_000).map { _ in generator.studentT(degreesOfFreedom: 1e12) }) { normalDistribution($0) }
    }

    @Test func locationScaleFamiliesHaveTheirDistributions() {
        var generator = Philox(seed: 25)
        func sample(_ draw: (inout Philox) -> Double) -> [Double] { (0..<100_000).map { _ in draw(&generator) } }
        expectDistribution(sample { $0.gumbel(location: 1, scale: 2) }) { exp(-exp(-($0 - 1) / 2)) }
        expectDistribution(sample { $0.laplace(location: 1, scale: 2) }) {
            $0 < 1 ? exp(($0 - 1) / 2) / 2 : 1 - exp(-($0 - 1) / 2) / 2
        }
        expectDistribution(sample { $0.logistic(location: 1, scale: 2) }) { 1 / (1 + exp(-($0 - 1) / 2)) }
        expectDistribution(sample { $0.cauchy(location: 1, scale: 2) }) { 0.5 + atan(($0 - 1) / 2) / .pi }
        expectDistribution(sample { $0.pareto(minimum: 2, shape: 1.5) }) { 1 - pow(2 / $0, 1.5) }
        expectDistribution(sample { $0.weibull(shape: 0.7, scale: 2) }) { 1 - exp(-pow($0 / 2, 0.7)) }
        expectDistribution(sample { $0.logNormal(logMean: 1, logStandardDeviation: 2) }) {
            normalDistribution((log($0) - 1) / 2)
        }
    }

    @Test(arguments: [(-1.0, 2.0), (-0.3, 0.4), (0, .infinity), (2, .infinity), (8, 9), (30, .infinity), (30, 30.01),
        (-.infinity, -5), (-.infinity, .infinity), (-9, -8.5), (-10, 0)])
    func truncatedNormalsHaveTheirDistribution(_ lower: Double, _ upper: Double) {
        var generator = Philox(seed: 26)
        let sample = (0..<50_000).map { _ in
            generator.truncatedNormal(mean: 5, standardDeviation: 2, in: (5 + 2 * lower)...(5 + 2 * upper))
        }.map { ($0 - 5) / 2 }
        #expect(sample.allSatisfy { $0 >= lower - 1e-12 && $0 <= upper + 1e-12 })
        // Through the nearer tail, so that nothing cancels.
        let sign = lower + upper > 0 ? 1.0 : -1.0
        let (a, b) = sign > 0 ? (lower, upper) : (-upper, -lower)
        func tail(_ x: Double) -> Double { erfc(x / 2.0.squareRoot()) }
        expectDistribution(sample.map { sign * $0 }) { (tail(a) - tail($0)) / (tail(a) - tail(b)) }
    }

    @Test func dirichletMomentsAreClosed() {
        var generator = Philox(seed: 27)
        let alpha = [0.2, 1.0, 3.0]
        let sample = (0..<50_000).map { _ in generator.dirichlet(concentrations: alpha) }
        for index in 0..<3 {
            let mean = alpha[index] / 4.2
            expectMoments(sample.map { $0[index] }, mean: mean, variance: mean * (1 - mean) / 5.2)
        }
        #expect(sample.allSatisfy { abs($0.sum - 1) < 1e-14 })
        let sparse = generator.dirichlet(concentrations: [1e-4, 1e-4, 1e-4])
        #expect(abs(sparse.sum - 1) < 1e-14)
        // The first coordinate of a uniform point of the simplex is beta(1, d − 1).
        let simplex = (0..<50_000).map { _ in generator.uniformOnSimplex(dimension: 4)[0] }
        expectDistribution(simplex) { 1 - pow(1 - $0, 3) }
    }

    @Test func directionsAreUniform() {
        var generator = Philox(seed: 28)
        // In three dimensions each coordinate is uniform (Archimedes).
        let sphere = (0..<50_000).map { _ in generator.uniformOnSphere(dimension: 3) }
        for index in 0..<3 { expectDistribution(sphere.map { $0[index] }) { ($0 + 1) / 2 } }
        #expect(sphere.allSatisfy { abs($0.norm - 1) < 1e-15 * 4 })
        let ball = (0..<50_000).map { _ in generator.uniformInBall(dimension: 3, radius: 2).norm }
        expectDistribution(ball) { pow($0 / 2, 3) }
        #expect(abs(generator.uniformOnSphere(dimension: 1)[0]) == 1)
    }

    @Test(arguments: [0, 0.5, 20, 1e4, 1e8])
    func vonMisesFisherCosinesHaveTheirDistribution(_ concentration: Double) {
        var generator = Philox(seed: 29)
        let axis: Vector = [2, -1, 2]
        let sample = (0..<50_000).map { _ in
            generator.vonMisesFisher(meanDirection: axis, concentration: concentration)
        }
        #expect(sample.allSatisfy { abs($0.norm - 1) < 1e-14 })
        // In three dimensions 1 − cos has the density of an exponential cut at 2. The squared distance from
        // the axis is 2(1 − cos) and does not cancel.
        let mean = axis / 3
        let complements = sample.map { ($0 - mean).squaredNorm / 2 }
        expectDistribution(complements) {
            concentration == 0 ? $0 / 2 : expm1(-concentration * $0) / expm1(-2 * concentration)
        }
        // Around the axis the angle is uniform.
        let across: Vector = [1, 2, 0]
        let third: Vector = [-4, 2, 5]
        expectDistribution(sample.map { atan2($0.dot(across) / 5.0.squareRoot(), $0.dot(third) / 45.0.squareRoot()) }) {
            ($0 + .pi) / (2 * .pi)
        }
    }

    @Test func vonMisesFisherInOtherDimensionsHasItsMeanLength() {
        var generator = Philox(seed: 30)
        // scipy.special: ive(d/2, k)/ive(d/2 - 1, k), the mean of the cosine.
        for (dimension, concentration, expected) in [
            (2, 1.5, 0.5961332388312908), (10, 5.0, 0.42245015101530214), (50, 100.0, 0.7836607183585961),
        ] {
            let axis = Vector(count: dimension) { $0 == 0 ? 1 : 0 }
            let cosines = (0..<40_000).map { _ in
                generator.vonMisesFisher(meanDirection: axis, concentration: concentration)[0]
            }
            let mean = cosines.reduce(0, +) / 40_000
            let variance = 1 - expected * expected - Double(dimension - 1) / concentration * expected
            #expect(abs(mean - expected) < 4 * (variance / 40_000).squareRoot(), "dimension \(dimension)")
        }
    }

    @Test func multivariateNormalsHaveTheirCovariance() throws {
        var generator = Philox(seed: 31)
        let covariance: Matrix = [[4, 1.2, -0.5], [1.2, 2, 0.3], [-0.5, 0.3, 1]]
        let factor = try CholeskyDecomposition(covariance).lower
        let n = 100_000
        let sample = generator.multivariateNormalMatrix(count: n, mean: [1, -2, 3], choleskyFactor: factor)
        let centred = Matrix(rows: n, columns: 3) { sample[$0, $1] - [1, -2, 3][$1] }
        let estimate = centred.columnGram / Double(n)
        for i in 0..<3 {
            #expect(abs(sample.columnMeans[i] - [1, -2, 3][i]) < 4 * (covariance[i, i] / Double(n)).squareRoot())
            for j in 0..<3 {
                let variance = covariance[i, i] * covariance[j, j] + covariance[i, j] * covariance[i, j]
                #expect(abs(estimate[i, j] - covariance[i, j]) < 4 * (variance / Double(n)).squareRoot())
            }
        }
        var other = Philox(seed: 31)
        #expect(other.multivariateNormal(mean: [1, -2, 3], choleskyFactor: factor) == sample.row(0))
    }

    @Test func wishartMomentsAreClosed() throws {
        var generator = Philox(seed: 32)
        let scale: Matrix = [[2, 0.6], [0.6, 1]]
        let factor = try CholeskyDecomposition(scale).lower
        let sample = (0..<50_000).map { _ in generator.wishart(degreesOfFreedom: 4.5, scaleFactor: factor) }
        for (i, j) in [(0, 0), (0, 1), (1, 1)] {
            expectMoments(
                sample.map { $0[i, j] }, mean: 4.5 * scale[i, j],
                variance: 4.5 * (scale[i, j] * scale[i, j] + scale[i, i] * scale[j, j]), "(\(i), \(j))")
        }
        // |W|/|Σ| is the product of chi-squared numbers of 4.5 and 3.5 degrees of freedom.
        let determinants = sample.map { ($0[0, 0] * $0[1, 1] - $0[0, 1] * $0[1, 0]) / (2 - 0.36) }
        expectMoments(determinants, mean: 4.5 * 3.5, variance: 4.5 * 6.5 * 3.5 * 5.5 - 15.75 * 15.75)
    }

    @Test func haarMatricesAreOrthogonalAndUniform() {
        var generator = Philox(seed: 33)
        for order in [1, 2, 7, 40] {
            let matrix = generator.haarOrthogonal(order: order)
            #expect((matrix.columnGram - .identity(order)).frobeniusNorm < 1e-13)
        }
        let frame = generator.haarOrthonormalColumns(rows: 30, columns: 4)
        #expect((frame.columnGram - .identity(4)).frobeniusNorm < 1e-14)
        #expect(generator.haarOrthogonal(order: 0).count == 0)
        // Every entry of a 3 × 3 matrix is uniform; the trace has variance 1; half the determinants are −1.
        let sample = (0..<30_000).map { _ in generator.haarOrthogonal(order: 3) }
        for i in 0..<3 { for j in 0..<3 { expectDistribution(sample.map { $0[i, j] }) { ($0 + 1) / 2 } } }
        let traces = sample.map(\.trace)
        expectMoments(traces, mean: 0, variance: 1)
        // A Haar matrix of order 1 is ±1, and of order 2 a rotation or a reflection by a uniform angle.
        let plane = (0..<30_000).map { _ in generator.haarOrthogonal(order: 2) }
        let rotations = plane.filter { $0[0, 0] * $0[1, 1] - $0[0, 1] * $0[1, 0] > 0 }
        #expect(abs(rotations.count - 15_000) < 4 * 87)
        expectDistribution(rotations.map { atan2($0[1, 0], $0[0, 0]) }) { ($0 + .pi) / (2 * .pi) }
        let signs = (0..<10_000).map { _ in generator.haarOrthogonal(order: 1)[0, 0] }
        #expect(abs(signs.reduce(0, +)) < 4 * 100)
    }
}
