import Foundation
import Mathematics
import Testing

/// Summaries of samples against NumPy 2.4 and SciPy 1.17.
@Suite struct DescriptiveTests {
    let x = [3.2, 1.5, 9.9, 4.4, 4.4, -2.0, 7.1, 0.3, 5.5, 2.2]
    let y = [1, 1.2, 8, 5, 3.3, -1, 9.5, 2.2, 3.1, 2.1]

    /// numpy.quantile(x, [0, .1, .25, .33, .5, .9, 1], method=...), in the order of Hyndman and Fan's types.
    @Test func quantilesAreNumPys() throws {
        let expected: [[Double]] = [
            [-2.0, -2.0, 1.5, 2.2, 3.2, 7.1, 9.9], [-2.0, -0.85, 1.5, 2.2, 3.8, 8.5, 9.9], [-2.0, -2.0, 0.3, 1.5, 3.2, 7.1, 9.9],
            [-2.0, -2.0, 0.9, 1.71, 3.2, 7.1, 9.9], [-2.0, -0.85, 1.5, 2.06, 3.8, 8.5, 9.9],
            [-2.0, -1.77, 1.2, 1.941, 3.8, 9.62, 9.9], [-2.0, 0.07, 1.675, 2.179, 3.8, 7.38, 9.9],
            [-2.0, -1.1566666666666667, 1.4, 2.0203333333333338, 3.8, 8.873333333333331, 9.9],
            [-2.0, -1.08, 1.425, 2.03025, 3.8, 8.78, 9.9],
        ]
        for (method, values) in zip(QuantileMethod.allCases, expected) {
            let found = try quantiles(of: x, at: [0, 0.1, 0.25, 0.33, 0.5, 0.9, 1], method: method)
            for (a, b) in zip(found, values) { #expect(abs(a - b) < 1e-14, "\(method): \(a), expected \(b)") }
        }
        #expect(try median(of: [7]) == 7)
        // median_abs_deviation(x), iqr(x)
        #expect(abs(try medianAbsoluteDeviation(of: x) - 2) < 1e-15)
        #expect(abs(try interquartileRange(of: x) - 3.55) < 1e-14)
        #expect(try weightedQuantile(of: [3, 1, 2], weights: [1, 0, 1], at: 0.5) == 2)
        #expect(throws: StatisticsError.self) { _ = try median(of: []) }
        #expect(throws: StatisticsError.self) { _ = try quantile(of: [1, .nan], at: 0.5) }
        #expect(throws: StatisticsError.self) { _ = try quantile(of: x, at: 1.01) }
    }

    @Test func momentsStreamAndMerge() throws {
        // mean, var(ddof=1), scipy.stats.skew, kurtosis
        var whole = StreamingMoments(x)
        #expect(abs(whole.mean - 3.65) < 1e-14 && abs(whole.variance - 11.731666666666667) < 1e-13)
        #expect(abs(whole.skewness - 0.1788005106554375) < 1e-14 && abs(whole.excessKurtosis + 0.4428910042408245) < 1e-13)
        for split in 0...x.count {
            var first = StreamingMoments(x.prefix(split))
            first.merge(StreamingMoments(x.suffix(x.count - split)))
            #expect(first.count == 10 && first.minimum == -2 && first.maximum == 9.9)
            #expect(abs(first.mean - whole.mean) < 1e-14 && abs(first.variance - whole.variance) < 1e-13)
            #expect(abs(first.skewness - whole.skewness) < 1e-13 && abs(first.excessKurtosis - whole.excessKurtosis) < 1e-13)
        }
        // A shift by 10⁹ leaves the variance.
        let shifted = StreamingMoments(x.map { $0 + 1e9 })
        #expect(abs(shifted.variance / whole.variance - 1) < 1e-6)
        #expect(StreamingMoments().mean.isNaN && StreamingMoments([1]).variance.isNaN && StreamingMoments([2, 2]).skewness.isNaN)
        whole.add(.infinity)
        #expect(!whole.mean.isFinite)
    }

    @Test func covariancesAreNumPys() throws {
        // numpy.cov(x, y)[0, 1], corrcoef
        #expect(abs(try covariance(x, y) - 9.66) < 1e-13)
        let rows = Matrix(rows: 10, columns: 2) { $1 == 0 ? x[$0] : y[$0] }
        #expect(abs(try covarianceMatrix(rows)[0, 1] - 9.66) < 1e-13)
        #expect(abs(try correlationMatrix(rows)[1, 0] - 0.8721967854613154) < 1e-14)
        var streaming = StreamingCovariance(rows: rows[0..<4, 0..<2])
        streaming.merge(StreamingCovariance(rows: rows[4..<10, 0..<2]))
        #expect(abs(streaming.covariance[0, 1] - 9.66) < 1e-13 && abs(streaming.correlation[0, 1] - 0.8721967854613154) < 1e-14)
        // pearsonr, spearmanr, kendalltau
        #expect(abs(try pearsonCorrelation(x, y) - 0.8721967854613154) < 1e-14)
        #expect(abs(try spearmanCorrelation(x, y) - 0.8389096502784892) < 1e-14)
        // 1 - 6 Σd² / (n³ - n) = 1 - 12 / 60: exact, so that a bar at 0.8 is met.
        #expect(try spearmanCorrelation([4, 3, 2, 1], [4, 2, 3, 1]) == 0.8)
        #expect(abs(try kendallCorrelation(x, y) - 0.6292532049656926) < 1e-14)
        let constant = try (pearsonCorrelation([1, 1, 1], [1, 2, 3]), kendallCorrelation([1, 1], [1, 2]))
        #expect(constant.0.isNaN && constant.1.isNaN)
        #expect(try pearsonCorrelation([1e300, 2e300, 3e300], [1e-300, 2e-300, 3e-300]) > 1 - 1e-15)
        #expect(try midranks(of: [5, 1, 5, 2]) == [3.5, 1, 3.5, 2])
        #expect(throws: StatisticsError.self) { _ = try pearsonCorrelation([1, 2], [1]) }
    }

    @Test func kendallCountsEveryPair() throws {
        var generator = Philox(seed: 501)
        for _ in 0..<50 {
            let n = 2 + generator.integer(below: 30)
            let a = (0..<n).map { _ in Double(generator.integer(below: 6)) }
            let b = (0..<n).map { _ in Double(generator.integer(below: 6)) }
            var (score, untiedA, untiedB) = (0.0, 0.0, 0.0)
            for i in 0..<n {
                for j in 0..<i {
                    let (s, t) = ((a[i] - a[j]).sign == .minus ? -1.0 : 1, (b[i] - b[j]).sign == .minus ? -1.0 : 1)
                    if a[i] != a[j], b[i] != b[j] { score += s * t }
                    if a[i] != a[j] { untiedA += 1 }
                    if b[i] != b[j] { untiedB += 1 }
                }
            }
            let tau = try kendallCorrelation(a, b)
            if untiedA * untiedB > 0 {
                #expect(abs(tau - score / (untiedA * untiedB).squareRoot()) < 1e-14)
            } else {
                #expect(tau.isNaN)
            }
        }
    }

    @Test func histogramsAreNumPys() throws {
        // numpy.histogram(x, 5), numpy.histogram(x, [-2, 0, 2, 4.4, 9.9]), histogram_bin_edges(x, 'fd')
        let equal = try Histogram(of: x, bins: 5)
        #expect(equal.counts == [2, 2, 3, 2, 1] && equal.outside == 0 && equal.edges.count == 6)
        #expect(try Histogram(of: x, edges: [-2, 0, 2, 4.4, 9.9]).counts == [1, 2, 2, 5])
        #expect(try Histogram(of: x, edges: [0, 1]).outside == 9)
        #expect(try Histogram.freedmanDiaconisBins(for: x) == 4)
        #expect(abs(equal.densities.reduce(0) { $0 + $1 * 2.38 } - 1) < 1e-14)
        #expect(try Histogram(of: [1, 1], edges: [0, 2], weights: [0.5, 2]).counts == [2.5])
        #expect(try Histogram(of: [3], bins: 2).counts == [0, 1])
        #expect(throws: StatisticsError.self) { _ = try Histogram(of: x, edges: [0, 0]) }
        #expect(throws: StatisticsError.self) { _ = try Histogram(of: x, bins: 0) }
    }

    @Test func isotonicRegressionIsSciPys() throws {
        // scipy.optimize.isotonic_regression(x).x, weights=[1, 2, 3, 1, 2, 1, 1, 4, 1, 2]
        let plain = try IsotonicRegression.fit(x)
        #expect(zip(plain, [2.35, 2.35] + [Double](repeating: 3.975, count: 8)).allSatisfy { abs($0 - $1) < 1e-14 })
        let weighted = try IsotonicRegression.fit(x, weights: [1, 2, 3, 1, 2, 1, 1, 4, 1, 2])
        let expected = [2.066666666666667, 2.066666666666667] + [Double](repeating: 3.94, count: 8)
        #expect(zip(weighted, expected).allSatisfy { abs($0 - $1) < 1e-14 })
        // Equal predictors share a value; between the predictors the fit is linear.
        let curve = try IsotonicRegression(predictors: [2, 1, 2, 4], responses: [3, 1, 5, 10])
        #expect(curve.predictors == [1, 2, 4] && curve.fitted == [1, 4, 10] && curve(3) == 7 && curve(0) == 1 && curve(9) == 10)
        #expect(throws: StatisticsError.self) { _ = try IsotonicRegression.fit([1, 2], weights: [1, 0]) }
    }

    @Test func empiricalDistributionsCount() throws {
        let distribution = try EmpiricalDistribution(of: x)
        for t in [-3, -2, 0, 4.4, 4.5, 9.9, 11] {
            #expect(distribution.cumulative(t) == Double(x.count { $0 <= t }) / 10)
        }
        #expect(try distribution.quantile(0.5) == 3.2)
        #expect(try distribution.quantile(0.25, method: .linear) == quantile(of: x, at: 0.25))
        #expect(abs(try distribution.bandHalfWidth(level: 0.95) - (log(40) / 20).squareRoot()) < 1e-15)
        #expect(throws: StatisticsError.self) { _ = try EmpiricalDistribution(of: []) }
    }
}
