import Foundation
import Mathematics
import Testing

/// Estimators against SciPy 1.17, NumPy 2.4 or brute force; the expression is beside each value.
@Suite struct EstimatorTests {
    let x = [1.2, 3.4, 2.2, 5.1, 4.4, 2.9, 3.3]
    let y = [2.1, 4.4, 5.2, 6.1, 3.4, 5.9]
    let p = [0.1, 0.2, 0.7]
    let q = [0.3, 0.3, 0.4]

    private func expect(
        _ value: Double, _ reference: Double, relative: Double = 1e-11, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(relativeError(value, reference) < relative, "\(value) and \(reference)", sourceLocation: sourceLocation)
    }

    @Test func entropiesAndDivergences() throws {
        // scipy.stats.entropy(p), base=2, (p, q); jensenshannon(p, q)**2, base=2
        expect(try entropy(of: p), 0.8018185525433373)
        expect(try entropy(of: [1, 2, 7], base: 2), 1.1567796494470395)
        expect(try kullbackLeiblerDivergence(p, q), 0.20077680106635193)
        expect(try jensenShannonDivergence(p, q), 0.05191225923810343)
        expect(try jensenShannonDivergence(p, q, base: 2), 0.07489355896415409)
        expect(try crossEntropy(p, q), 1.0025953536096894)
        expect(try totalVariationDistance(p, q), 0.3)
        // sqrt(((sqrt(p) - sqrt(q))**2).sum()/2), log((p**2/q).sum()), -2 log sqrt(p q).sum(), -log (p**2).sum()
        expect(try hellingerDistance(p, q), 0.22955540235828983)
        expect(try renyiDivergence(p, q, order: 2), 0.3305020696347091)
        expect(try renyiDivergence(p, q, order: 0.5), 0.10826977737328881)
        expect(try renyiEntropy(of: p, order: 2), 0.6161861394238172)
        expect(try chiSquaredDivergence(p, q), 0.3916666666666665)
        expect(try tsallisEntropy(of: p, order: 2), 0.46)
        expect(try tsallisEntropy(of: p, order: 1.5), 0.5865449714489437)
    }

    @Test func divergencesAtTheEnds() throws {
        #expect(try entropy(of: [0, 5, 0]) == 0)
        #expect(try kullbackLeiblerDivergence([1, 1], [1, 0]) == .infinity)
        expect(try kullbackLeiblerDivergence([1, 0], [1, 1]), log(2))
        #expect(abs(try jensenShannonDivergence([1, 0], [0, 1], base: 2) - 1) < 1e-15)
        #expect(try hellingerDistance([1, 0], [0, 1]) == 1 && totalVariationDistance([1, 0], [0, 1]) == 1)
        #expect(try renyiDivergence([1, 1], [1, 0], order: 3) == .infinity)
        expect(try renyiDivergence(p, q, order: .infinity), log(0.7 / 0.4))
        expect(try renyiEntropy(of: p, order: .infinity), -log(0.7))
        expect(try renyiEntropy(of: [0.5, 0, 0.5], order: 0), log(2))
        // Limits of the order towards 1.
        expect(try renyiDivergence(p, q, order: 1 + 1e-7), 0.20077680106635193, relative: 1e-6)
        expect(try tsallisEntropy(of: p, order: 1 + 1e-9), 0.8018185525433373, relative: 1e-8)
        // Near each other: KL ≈ Σ δ²/(2q), of which differences of logarithms would leave no digit.
        let d = 1e-9
        expect(try kullbackLeiblerDivergence([0.5 + d, 0.5 - d], [0.5, 0.5]), 2 * d * d, relative: 1e-6)
        #expect(throws: StatisticsError.self) { _ = try entropy(of: [1, -1]) }
        #expect(throws: StatisticsError.self) { _ = try kullbackLeiblerDivergence([1], [1, 2]) }
        #expect(throws: StatisticsError.self) { _ = try entropy(of: [1, 1], base: 1) }
    }

    @Test func mutualInformationOfTables() throws {
        // (J log(J/outer(rows, columns))).sum() for J = [[10, 3, 2], [1, 8, 6]]/30
        expect(try mutualInformation(of: [[10, 3, 2], [1, 8, 6]]), 0.2166419462555737)
        let (u, v) = ([0, 0, 1, 1, 1], ["a", "a", "b", "b", "b"])
        expect(try mutualInformation(u, v, base: 2), try entropy(of: [2, 3], base: 2))
        // X and Y are independent bits, Z = X xor Y: nothing in pairs, one bit given Z.
        let (first, second) = ([0, 0, 1, 1], [0, 1, 0, 1])
        #expect(abs(try mutualInformation(first, second)) < 1e-15)
        expect(try conditionalMutualInformation(first, second, given: zip(first, second).map { $0 ^ $1 }, base: 2), 1)
    }

    @Test func nearestNeighboursFindTheInformationOfNormals() throws {
        var generator = Philox(seed: 401)
        for correlation in [0, 0.6, 0.9] {
            let n = 2000
            let pairs = generator.normalMatrix(rows: n, columns: 2)
            let a = Matrix(rows: n, columns: 1) { row, _ in pairs[row, 0] }
            let b = Matrix(rows: n, columns: 1) { row, _ in
                correlation * pairs[row, 0] + (1 - correlation * correlation).squareRoot() * pairs[row, 1]
            }
            // −½ ln(1 − ρ²); the estimator's deviation at n = 2000 and k = 3 is about 0.02 (figure 4 of the paper).
            let expected = -log(1 - correlation * correlation) / 2
            #expect(abs(try nearestNeighbourMutualInformation(a, b) - expected) < 0.06, "ρ = \(correlation)")
        }
        #expect(throws: StatisticsError.self) { _ = try nearestNeighbourMutualInformation([[1], [2]], [[1], [2]]) }
    }

    @Test func clusterings() throws {
        let agreement = try ClusterAgreement([0, 0, 0, 1, 1, 2, 2, 2, 2, 1], [1, 1, 0, 0, 0, 2, 2, 1, 2, 2])
        // By enumeration of the 45 pairs, and by the sum over scipy.stats.hypergeom for the expected information.
        expect(agreement.randIndex, 0.6888888888888889)
        expect(agreement.adjustedRandIndex, 0.2045454545454545)
        expect(agreement.mutualInformation, 0.48205741652081247)
        expect(agreement.normalisedMutualInformation, 0.44270128334604975)
        expect(agreement.homogeneity, 0.44270128334604975)
        expect(agreement.adjustedMutualInformation, 0.23728877770133522)
        expect(agreement.purity, 0.7)
        let renamed = try ClusterAgreement([0, 0, 1, 2], ["c", "c", "a", "b"])
        #expect(renamed.adjustedRandIndex == 1 && abs(renamed.normalisedMutualInformation - 1) < 1e-15)
        #expect(renamed.variationOfInformation < 1e-15 && abs(renamed.adjustedMutualInformation - 1) < 1e-12)
    }

    @Test func kernelTwoSampleDistances() throws {
        let a: Matrix = [[0, 0], [1, 0], [2, 2]]
        let b: Matrix = [[0, 1], [3, 3], [1, -1], [5, 0]]
        // k = exp(-cdist**2/(2 bw**2)), bw the median of the distances of all pairs
        let discrepancy = try MaximumMeanDiscrepancy(a, b)
        expect(discrepancy.bandwidth, 3.1622776601683795)
        expect(discrepancy.unbiased, -0.08289641836170869)
        expect(discrepancy.biased, 0.11328472695627845)
        expect(try energyDistance(a, b), 1.1087770626991773)
        // scipy.stats.energy_distance([1, 2, 4], [2, 5, 7, 1])**2
        expect(try energyDistance([[1], [2], [4]], [[2], [5], [7], [1]]), 0.875)
        // cdist(a, b).min(1).max(), .min(0).max(), quantile(cdist.min(0), .9)
        let hausdorff = try HausdorffDistance(a, b)
        expect(hausdorff.forward, 1.4142135623730951)
        expect(hausdorff.backward, 3.605551275463989)
        #expect(hausdorff.symmetric == hausdorff.backward)
        expect(try HausdorffDistance(a, b, share: 0.9).backward, 2.9481499615367213)
    }

    @Test func kernelDensities() throws {
        // gaussian_kde(x)(t), 'silverman', weights, two dimensions, integrate_box_1d(-inf, 2.5)
        let scott = try KernelDensity(of: x)
        for (t, value) in [(0, 0.028922483866962896), (2.5, 0.2294393146490447), (10, 1.3392173790493906e-08)] {
            expect(try scott.density(at: t), value, relative: 1e-10)
        }
        let silverman = try KernelDensity(of: x, bandwidth: .silverman)
        for (t, value) in [(0, 0.031289268606652806), (2.5, 0.22631907033456383), (10, 6.781146972063999e-08)] {
            expect(try silverman.density(at: t), value, relative: 1e-10)
        }
        expect(try KernelDensity(of: x, weights: [1, 2, 3, 1, 1, 1, 1]).density(at: 2.5), 0.2761112462986332)
        let plane = try KernelDensity(points: Matrix(rows: 6, columns: 2) { $1 == 0 ? x[$0] : y[$0] })
        expect(try plane.density(at: [2.5, 4]), 0.04057405634053557)
        expect(try scott.cumulative(at: 2.5), 0.3202301286231442)
        // The robust rule: 0.9 min(s, IQR/1.349) n^(−1/5).
        let robust = try KernelDensity(of: x, bandwidth: .robustSilverman)
        let width = try 0.9 * min(StreamingMoments(x).standardDeviation, interquartileRange(of: x) / 1.349) * pow(7, -0.2)
        expect(robust.kernelCovariance[0, 0], width * width)
        #expect(try scott.logDensity(at: [1000]) < -1e5)
        var generator = Philox(seed: 402)
        let sample = (0..<20_000).map { _ in scott.sample(using: &generator)[0] }
        expectDistribution(sample) { (try? scott.cumulative(at: $0)) ?? .nan }
        #expect(throws: StatisticsError.self) { _ = try KernelDensity(of: [1, 1, 1]) }
        #expect(throws: StatisticsError.self) { _ = try plane.density(at: 1) }
    }

    @Test func bandsOfLinearFits() throws {
        let predictors: Matrix = [[1.2, 0.5], [3.4, 1.5], [2.2, -1], [5.1, 2], [4.4, 0.2], [2.9, 1.1]]
        let fit = try LinearFit(predictors: predictors, response: Vector(y))
        // D = [1, X]; G = inv(D'D); f ± t.isf(.025, 3) sqrt(s2 (p0'G p0)), and with s2 added, at p0 = (1, 3, 1)
        let band = try fit.confidenceInterval(at: [3, 1])
        expect(band.lower, 1.9368853147182334)
        expect(band.upper, 6.934489292274927)
        let prediction = try fit.predictionInterval(at: [3, 1])
        expect(prediction.lower, -1.6514589069482941)
        expect(prediction.upper, 10.522833513941455)
        expect(fit.interceptStandardError, 1.946017880587347)
        let whole = try fit.significanceTest()
        expect(whole.statistic, 0.47046453563056945)
        expect(whole.pValue, 0.6641771867426893)
        let one = try fit.significanceTest(ofCoefficient: 0)
        expect(one.statistic, 0.7793243069343644)
        expect(one.pValue, 0.4926168455678807)
        let interval = try fit.confidenceInterval(ofCoefficient: 0)
        expect(interval.lower, -1.546728662760531)
        expect(interval.upper, 2.5499263730302006)
        #expect(throws: StatisticsError.self) { _ = try fit.confidenceInterval(at: [1]) }
        #expect(throws: StatisticsError.self) { _ = try fit.significanceTest(ofCoefficient: 2) }
        let law = try PowerLawFit(variable: [1, 2, 4, 8], values: [3, 7, 11, 26])
        let lawBand = try law.confidenceInterval(at: [3])
        #expect(lawBand.contains(law([3])))
        #expect(try law.predictionInterval(at: [3]).width > lawBand.width)
        #expect(try law.confidenceInterval(ofExponent: 0).contains(1))
    }

    @Test func logisticRegressionIsTheMaximum() throws {
        let predictors: Matrix = [
            [0.35, 0.82], [0.33, -1.3], [0.91, 0.45], [-0.54, 0.58], [0.36, 0.29], [0.03, 0.55], [-0.74, -0.16], [-0.48, 0.6],
            [0.04, -0.29], [-0.78, -0.26], [0.01, -0.28], [1.29, 1.01], [-2.71, -1.89], [-0.17, -0.42], [0.21, 0.22],
            [2.12, -1.11], [-0.38, 2.04], [0.65, 0.66], [-0.51, -1.65], [0.17, 0.11], [-1.23, -0.68], [-0.07, -0.94],
            [-0.1, 0.1], [0.04, -0.51], [0.59, 0.89], [0.32, -0.82], [0.73, -0.5], [0.88, -1.07], [0.91, -0.02], [-1.25, -0.31],
        ]
        let labels = [1, 1, 1, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 1, 0, 1, 1, 1, 0].map { $0 == 1 }
        // Newton in NumPy, checked with scipy.optimize.minimize(method='BFGS'); standard errors sqrt(diag(inv(H)))
        let plain = try LogisticRegression(predictors: predictors, responses: labels)
        expect(plain.coefficients[0], 1.0733009682784025, relative: 1e-9)
        expect(plain.coefficients[1], -0.3017560079566298, relative: 1e-9)
        expect(plain.intercept, 0.07785271752847422, relative: 1e-8)
        expect(plain.standardErrors[0], 0.5830095670479711, relative: 1e-8)
        expect(plain.interceptStandardError, 0.3965904579574377, relative: 1e-8)
        expect(plain.logLikelihood, -18.466861988159128)
        let ridge = try LogisticRegression(predictors: predictors, responses: labels, penalty: 1)
        expect(ridge.coefficients[0], 0.8122295565338047, relative: 1e-9)
        expect(ridge.coefficients[1], -0.20024965594049535, relative: 1e-9)
        expect(ridge.standardErrors[1], 0.4347258835802433, relative: 1e-8)
        expect(try plain.significanceTest(ofCoefficient: 0).pValue, erfc(1.0733009682784025 / 0.5830095670479711 / 2.0.squareRoot()), relative: 1e-7)
        #expect(abs(plain.probabilities(predictors)[3] - plain([-0.54, 0.58])) < 1e-15)
        #expect(throws: StatisticsError.self) {
            _ = try LogisticRegression(predictors: [[1], [2], [3], [4]], responses: [false, false, true, true])
        }
        #expect(throws: StatisticsError.self) { _ = try LogisticRegression(predictors: [[1], [2]], responses: [true, true]) }
        let separated = try LogisticRegression(
            predictors: [[1], [2], [3], [4]], responses: [false, false, true, true], penalty: 0.1)
        #expect(separated.coefficients[0] > 0 && abs(separated([2.5]) - 0.5) < 1e-9)
    }

    @Test func rankings() throws {
        let scores = [0.9, 0.8, 0.8, 0.7, 0.55, 0.5, 0.5, 0.4, 0.3, 0.1]
        let labels = [1, 1, 0, 1, 0, 1, 0, 0, 1, 0].map { $0 == 1 }
        // mean of (a > b) + (a == b)/2 over pairs of a positive and a negative; the sum over the thresholds
        let curve = try ROCCurve(scores: scores, isPositive: labels)
        expect(curve.area, 0.68)
        #expect(curve.falsePositiveRates.last == 1 && curve.truePositiveRates.last == 1 && curve.thresholds.count == 9)
        let precision = try PrecisionRecallCurve(scores: scores, isPositive: labels)
        expect(precision.averagePrecision, 0.7087301587301588)
        #expect(precision.bestF1.threshold == 0.7 && abs(precision.bestF1.f1 - 2 * 0.75 * 0.6 / 1.35) < 1e-15
            || precision.bestF1.f1 > 2 * 0.75 * 0.6 / 1.35)
        // Σ (2, 0, 1)/log₂(2, 3, 4) over Σ (2, 1, 0)/log₂(2, 3, 4)
        expect(try normalisedDiscountedCumulativeGain([2, 0, 1]), 2.5 / (2 + 1 / log2(3)))
        #expect(try normalisedDiscountedCumulativeGain([0, 0]) == 0)
        expect(try meanReciprocalRank([[false, true], [true], [false, false, false, true]]), (0.5 + 1 + 0.25) / 3)
        expect(try meanReciprocalRank([[false, true], [true], [false, false, false, true]], cutoff: 3), 0.5)
        #expect(throws: StatisticsError.self) { _ = try ROCCurve(scores: [1, 2], isPositive: [true, true]) }
        #expect(throws: StatisticsError.self) { _ = try ROCCurve(scores: [1, .nan], isPositive: [true, false]) }
    }

    @Test func calibrationErrors() throws {
        let confidences = [0.1, 0.2, 0.35, 0.6, 0.62, 0.7, 0.81, 0.9, 0.95, 1.0]
        let hits = [0, 1, 0, 1, 0, 1, 1, 1, 0, 1].map { $0 == 1 }
        // Σ share |mean hit − mean confidence| over (i/5, (i + 1)/5], and over numpy.array_split(range(10), 5)
        expect(try Calibration(confidences: confidences, isCorrect: hits, binning: .equalWidth(5)).expectedError, 0.243)
        let mass = try Calibration(confidences: confidences, isCorrect: hits, binning: .equalMass(5))
        expect(mass.expectedError, 0.231)
        #expect(mass.bins.allSatisfy { $0.count == 2 })
        expect(try brierScore(probabilities: confidences, outcomes: hits), 0.23555)
        #expect(try Calibration(confidences: [0, 1, 1], isCorrect: [false, true, true]).expectedError == 0)
        let probabilities: Matrix = [[0.7, 0.2, 0.1], [0.1, 0.3, 0.6]]
        expect(try brierScore(probabilities: probabilities, labels: [0, 1]), (0.09 + 0.04 + 0.01 + 0.01 + 0.49 + 0.36) / 2)
        expect(try negativeLogLikelihood(probabilities: probabilities, labels: [0, 1]), -(log(0.7) + log(0.3)) / 2)
        expect(try Calibration.ofTopLabel(probabilities: probabilities, labels: [0, 1]).expectedError, (0.3 + 0.6) / 2)
        // Each class: two single bins, Σ |hit − p|/2.
        expect(
            try Calibration.classwiseExpectedError(probabilities: probabilities, labels: [0, 1]),
            ((0.3 + 0.1) / 2 + (0.2 + 0.7) / 2 + (0.1 + 0.6) / 2) / 3)
        #expect(throws: StatisticsError.self) { _ = try brierScore(probabilities: [1.2], outcomes: [true]) }
        #expect(throws: StatisticsError.self) { _ = try brierScore(probabilities: probabilities, labels: [0, 3]) }
    }

    @Test func seriesOfMarkovChains() throws {
        // (d[:n-k] d[k:]).sum()/(d d).sum()
        let z = [1.0, 3, 2, 5, 4, 6, 3, 2, 2, 1]
        let expected = [1, 0.25261044176706826, 0.25622489959839356, -0.41887550200803203]
        for (a, b) in zip(try autocorrelation(of: z, maximumLag: 3), expected) { #expect(abs(a - b) < 1e-14) }
        // An autoregression with factor φ has n(1 − φ)/(1 + φ) effective draws.
        var generator = Philox(seed: 403)
        for phi in [0.0, 0.5, 0.9] {
            var value = 0.0
            let series = (0..<40_000).map { _ in
                value = phi * value + generator.normal()
                return value
            }
            let ratio = try effectiveSampleSize(of: series) / (40_000 * (1 - phi) / (1 + phi))
            #expect(abs(ratio - 1) < 0.15, "φ = \(phi): \(ratio)")
        }
        expect(try effectiveSampleSize(weights: [1, 1, 2]), 16.0 / 6)
        let chains = (0..<4).map { _ in Array(generator.normalVector(count: 2000)) }
        #expect(abs(try potentialScaleReduction(chains) - 1) < 0.01)
        #expect(try potentialScaleReduction(chains.enumerated().map { i, c in c.map { $0 + Double(i) } }) > 1.3)
        #expect(throws: StatisticsError.self) { _ = try autocorrelation(of: [2, 2, 2]) }
    }

    @Test func bootstrapIntervalsCoverTheMean() throws {
        var generator = Philox(seed: 404)
        @Sendable func mean(_ sample: [Double]) -> Double { sample.reduce(0, +) / Double(sample.count) }
        // The resampled mean has variance Σ(x − x̄)²/n², and its bias is 0.
        let moments = StreamingMoments(x)
        let one = try Bootstrap(of: x, resamples: 20_000, using: &generator, statistic: mean)
        let deviation = (moments.populationVariance / 7).squareRoot()
        #expect(abs(one.standardError / deviation - 1) < 0.03)
        #expect(abs(one.bias) < 4 * deviation / 20_000.0.squareRoot())
        let percentile = try one.confidenceInterval(method: .percentile)
        let basic = try one.confidenceInterval(method: .basic)
        #expect(abs(basic.lower - (2 * one.estimate - percentile.upper)) < 1e-14)
        // The same bits at any number of threads.
        var (first, second) = (Philox(seed: 405), Philox(seed: 405))
        let a = try Bootstrap(of: x, resamples: 500, maximumThreads: 1, using: &first, statistic: mean)
        let b = try Bootstrap(of: x, resamples: 500, maximumThreads: 3, using: &second, statistic: mean)
        #expect(a.replicates == b.replicates && first == second)
        // Coverage of 90% intervals for the mean of 25 exponential numbers: BCa 87 to 90%.
        for (method, least) in [(BootstrapMethod.percentile, 0.82), (.bca, 0.83)] {
            let covered = try (0..<300).count { _ in
                let sample = Array(generator.exponentialVector(count: 25))
                let bootstrap = try Bootstrap(of: sample, resamples: 400, using: &generator, statistic: mean)
                return try bootstrap.confidenceInterval(level: 0.9, method: method).contains(1)
            }
            #expect(Double(covered) / 300 > least && Double(covered) / 300 < 0.96, "\(method): \(covered)")
        }
        #expect(throws: StatisticsError.self) { _ = try Bootstrap(of: [1.0], using: &generator, statistic: mean) }
    }

    @Test func bcaIsTheFormula() throws {
        var generator = Philox(seed: 406)
        let bootstrap = try Bootstrap(of: x, resamples: 999, using: &generator) { $0.reduce(0, +) / Double($0.count) }
        // Efron and Tibshirani, equations 14.9 to 14.15; for the mean a = Σd³/(6(Σd²)^1.5).
        let mean = x.reduce(0, +) / 7
        let d = x.map { $0 - mean }
        let a = d.reduce(0) { $0 + $1 * $1 * $1 } / (6 * pow(d.reduce(0) { $0 + $1 * $1 }, 1.5))
        let below = bootstrap.replicates.reduce(0.0) { $1 < bootstrap.estimate ? $0 + 1 : $1 == bootstrap.estimate ? $0 + 0.5 : $0 }
        let normal = NormalDistribution.standard
        let z0 = normal.quantile(below / 999)
        func level(_ p: Double) -> Double {
            let z = normal.quantile(p)
            return normal.cumulative(z0 + (z0 + z) / (1 - a * (z0 + z)))
        }
        let interval = try bootstrap.confidenceInterval()
        expect(interval.lower, try quantile(of: bootstrap.replicates, at: level(0.025)), relative: 1e-9)
        expect(interval.upper, try quantile(of: bootstrap.replicates, at: level(0.975)), relative: 1e-9)
    }
}
