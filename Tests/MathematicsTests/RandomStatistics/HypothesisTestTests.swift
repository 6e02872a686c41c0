import Foundation
import Mathematics
import Testing

/// Hypothesis tests against scipy.stats 1.17; the call is beside each value.
@Suite struct HypothesisTestTests {
    let x = [1.2, 3.4, 2.2, 5.1, 4.4, 2.9, 3.3]
    let y = [2.1, 4.4, 5.2, 6.1, 3.4, 5.9]
    let z = [7.2, 1.1, 3.3, 9.4, 2.5]
    let a = [
        0.126, -0.132, 0.64, 0.105, -0.536, 0.362, 1.304, 0.947, -0.704, -1.265, -0.623, 0.041, -2.325, -0.219, -1.246, -0.732,
        -0.544, -0.316, 0.412, 1.043, -0.129, 1.366, -0.665, 0.352, 0.903, 0.094, -0.743, -0.922, -0.458, 0.22, -1.01, -0.209,
        -0.159, 0.541, 0.215, 0.355, -0.654, -0.13, 0.784, 1.493,
    ]
    let b = [
        -0.759, 2.014, 1.846, 1.281, 0.764, 0.186, 1.958, 2.46, 2.302, 1.815, 0.857, -0.708, 0.496, 1.156, -0.788, 0.895, 0.93,
        1.196, -0.684, -0.162, 0.064, -0.67, 2.239, 0.004, 0.829, 0.241, 2.083, 1.82, 1.133, -1.704, 0.552, 1.184, 1.504, -0.118,
        2.322, -0.82, -0.162, 1.435, 0.549, 2.502, 0.689, -0.133, 0.122, -0.591, -0.778, 1.13, 1.081, 1.795, -0.255, 2.189,
        0.213, 2.074, 0.067, -0.235, 0.75,
    ]

    private func expect(
        _ test: HypothesisTest, _ statistic: Double, _ pValue: Double, relative: Double = 1e-10,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(relativeError(test.statistic, statistic) < 1e-11, "\(test)", sourceLocation: sourceLocation)
        #expect(relativeError(test.pValue, pValue) < relative, "\(test)", sourceLocation: sourceLocation)
    }

    private func expect(_ value: Double, _ reference: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(relativeError(value, reference) < 1e-10, "\(value) and \(reference)", sourceLocation: sourceLocation)
    }

    @Test func meanTests() throws {
        // ttest_1samp(x, 2.5)
        expect(try tTest(x, mean: 2.5), 1.4502402763769946, 0.19717798957388585)
        expect(try tTest(x, mean: 2.5, alternative: .less).pValue, 0.9014110052130571)
        // ttest_rel(x[:6], y)
        expect(try pairedTTest(x.prefix(6), y), -2.1351351351351346, 0.08584423355510018)
        // ttest_ind(x, y, equal_var=False), ttest_ind(x, y)
        let welch = try twoSampleTTest(x, y)
        expect(welch, -1.6251901773043613, 0.13555656999654242)
        #expect(abs((welch.degreesOfFreedom ?? 0) - 9.879236591473946) < 1e-12)
        expect(try twoSampleTTest(x, y, assumingEqualVariances: true), -1.6486819447038856, 0.12744977551588885)
        expect(
            try twoSampleTTest(x, y, assumingEqualVariances: true, alternative: .greater).pValue, 0.9362751122420556)
        // f_oneway(x, y, z), levene(x, y, z, center='median')
        expect(try analysisOfVariance([x, y, z]), 0.8864085268139976, 0.4326526496673026)
        expect(try brownForsytheTest([x, y, z]), 2.058942799426267, 0.16213825864735815)
        // Two groups: F is the square of the pooled t.
        expect(try analysisOfVariance([x, y]), 1.6486819447038856 * 1.6486819447038856, 0.12744977551588885)
    }

    @Test func hotellingGeneralisesStudent() throws {
        // In one dimension T² = t².
        let one = try hotellingTest(Matrix(rows: 7, columns: 1, Vector(x)), mean: [2.5])
        expect(one, 1.4502402763769946 * 1.4502402763769946, 0.19717798957388585)
        let two = try hotellingTest(Matrix(rows: 7, columns: 1, Vector(x)), Matrix(rows: 6, columns: 1, Vector(y)))
        expect(two, 1.6486819447038856 * 1.6486819447038856, 0.12744977551588885)
        // A linear map of the observations changes nothing.
        let plane = Matrix(rows: 6, columns: 2) { $1 == 0 ? x[$0] : y[$0] }
        let map: Matrix = [[2, 1], [-1, 3]]
        let first = try hotellingTest(plane, mean: [3, 3])
        let second = try hotellingTest(plane * map, mean: map.transposeMultiplied(by: [3, 3] as Vector))
        #expect(abs(first.statistic - second.statistic) < 1e-10 * first.statistic)
        // The p-values of normal samples are uniform.
        var generator = Philox(seed: 301)
        let pValues = try (0..<2000).map { _ in
            try hotellingTest(generator.normalMatrix(rows: 6, columns: 3), generator.normalMatrix(rows: 5, columns: 3)).pValue
        }
        expectDistribution(pValues) { $0 }
    }

    @Test func rankTests() throws {
        // mannwhitneyu(x, y), alternative='less', with ties, asymptotic
        expect(try mannWhitneyTest(x, y), 10, 0.13254585342192138, relative: 1e-9)
        expect(try mannWhitneyTest(x, y.map { $0 + 0.01 }, alternative: .less), 9, try exactMannWhitney(9, 7, 6))
        expect(try mannWhitneyTest(x, y + [3.4, 2.2]), 18, 0.2690084684227796)
        expect(try mannWhitneyTest(x, y, alternative: .greater, method: .asymptotic), 10, 0.950260960138643)
        // wilcoxon(d)
        let d = [1.1, -0.3, 2.2, 0.7, -1.5, 3.1, 0.4, 1.9]
        expect(try wilcoxonSignedRankTest(d), 6, 0.109375)
        expect(try wilcoxonSignedRankTest(d, alternative: .greater), 30, 0.0546875)
        expect(try wilcoxonSignedRankTest(d, alternative: .less), 30, 0.9609375)
        // wilcoxon(d + [1.1, 0, -2.2], method='asymptotic')
        expect(try wilcoxonSignedRankTest(d + [1.1, 0, -2.2]), 15.5, 0.22067136191984682)
        // kruskal(x, y, z + [3.3, 3.4])
        expect(try kruskalWallisTest([x, y, z + [3.3, 3.4]]), 1.9665386972351357, 0.37408607962781326)
        // friedmanchisquare(*M.T)
        let m: Matrix = [[1, 2, 3, 2.5], [2, 1, 4, 4], [1.5, 1.7, 3.2, 3.9], [3, 2.2, 5, 4.1], [1, 1, 2, 2.2]]
        expect(try friedmanTest(m), 12.5, 0.005852662593326735)
        #expect(try meanRanks(of: [[1, 5, 5], [2, 1, 3]]) == [1.5, 1.75, 2.75])
        // studentized_range.isf(.05, k, inf)/sqrt(2)*sqrt(k(k+1)/(6n)): Demšar 2006, table 5a has q = 2.728 for k = 5.
        for (k, q) in [(2, 2.771807648699355), (3, 3.314493155398122), (5, 3.857655510378623), (10, 4.474124221725907)] {
            let expected = q / 2.0.squareRoot() * (Double(k * (k + 1)) / (6 * 12)).squareRoot()
            #expect(abs(try nemenyiCriticalDifference(treatments: k, subjects: 12) - expected) < 1e-9)
        }
    }

    /// P(U ≤ u) by counting all choices of ranks.
    private func exactMannWhitney(_ u: Int, _ n: Int, _ m: Int) throws -> Double {
        var (below, all) = (0.0, 0.0)
        for bits in 0..<(1 << (n + m)) where bits.nonzeroBitCount == n {
            let ranks = (0..<(n + m)).filter { bits >> $0 & 1 == 1 }.reduce(0) { $0 + $1 + 1 }
            all += 1
            if ranks - n * (n + 1) / 2 <= u { below += 1 }
        }
        return below / all
    }

    @Test func exactRankTestsAreEnumerations() throws {
        let distinct = y.map { $0 + 0.01 }
        for (first, second) in [(x, distinct), (distinct, x), ([1.0], [2.0]), ([5.0, 6], [1, 2, 3])] {
            let test = try mannWhitneyTest(first, second, alternative: .less)
            let expected = try exactMannWhitney(Int(test.statistic), first.count, second.count)
            expect(test.pValue, expected)
        }
        #expect(throws: StatisticsError.self) { _ = try mannWhitneyTest([1, 1], [1, 2], method: .exact) }
        #expect(throws: StatisticsError.self) { _ = try wilcoxonSignedRankTest([0, 0]) }
    }

    @Test func kolmogorovSmirnovOfOneSample() throws {
        // kstest(u, 'uniform')
        let u = [0.02, 0.11, 0.13, 0.35, 0.37, 0.42, 0.55, 0.61, 0.68, 0.99]
        expect(try kolmogorovSmirnovTest(u, distribution: UniformDistribution()), 0.21999999999999997, 0.64254440170734)
        // kstwo.sf(D, n): samples equally spaced but for a shift have D = shift + 1/(2n).
        for (d, n, p) in [
            (0.05, 10, 1.0), (0.2, 10, 0.7487190399999999), (0.3, 10, 0.27053557479999946), (0.45, 10, 0.022891810311718164),
            (0.7, 10, 1.9544800000000034e-05), (0.1, 100, 0.2526927570063874), (0.03, 400, 0.8534115453673426),
            (0.2, 400, 1.6851732606146157e-14), (0.3, 3, 0.8862222222222222),
        ] {
            let half = 0.5 / Double(n)
            let sample = (0..<n).map { (Double($0) + 0.5) / Double(n) }
            let test = try kolmogorovSmirnovTest(sample) { max(0, $0 - (d - half)) }
            #expect(abs(test.statistic - d) < 1e-14)
            // SciPy approximates the one of 400 numbers and D = 0.03 (Pelz and Good).
            #expect(relativeError(test.pValue, p) < (n == 400 && d < 0.1 ? 1e-6 : 1e-8), "D = \(d), n = \(n): \(test.pValue), expected \(p)")
        }
        // kstwo.sf(0.05, 1000), and beyond 3000 numbers an approximation: kstwo.sf(0.012, 5000), kstwo.sf(0.02, 5000)
        for (d, n, p, tolerance) in [(0.05, 1000, 0.013012074781090332, 1e-6), (0.012, 5000, 0.4639912166690192, 1e-4), (0.02, 5000, 0.03613941395325637, 1e-4)] {
            let half = 0.5 / Double(n)
            let sample = (0..<n).map { (Double($0) + 0.5) / Double(n) }
            let value = try kolmogorovSmirnovTest(sample) { max(0, $0 - (d - half)) }.pValue
            #expect(relativeError(value, p) < tolerance, "D = \(d), n = \(n): \(value), expected \(p)")
        }
    }

    @Test func kolmogorovSmirnovOfTwoSamples() throws {
        // ks_2samp(x, y), ks_2samp(a, b, method='exact')
        expect(try kolmogorovSmirnovTest(x, y), 0.5, 0.3327505827505828)
        expect(try kolmogorovSmirnovTest(a, b), 0.38181818181818183, 0.001567662827626208)
        #expect(try kolmogorovSmirnovTest(x, x).pValue == 1)
    }

    @Test func goodnessOfFit() throws {
        // cramervonmises(a, 'norm').statistic and 1 - scipy.stats._hypotests._cdf_cvm_inf(statistic)
        let cramer = try cramerVonMisesTest(a) { NormalDistribution.standard.cumulative($0) }
        #expect(abs(cramer.statistic - 0.11667120022613109) < 1e-13)
        // anderson(b, 'norm').statistic
        #expect(abs(try andersonDarlingNormalityTest(b).statistic - 0.5410957651784898) < 1e-12)
        // jarque_bera(b), shapiro(...)
        expect(try jarqueBeraTest(b), 2.0673208351222594, 0.3557025548125438)
        for (sample, w, p) in [
            (b, 0.9646574188073169, 0.10540067368512357), (x, 0.9846272822837341, 0.9788903312066832),
            ([1, 2, 4], 0.9642857142857142, 0.6368868450289689), ([1, 2, 4, 9], 0.8946862708551955, 0.4051472112475074),
            (b.map { exp($0) }, 0.8272414634672959, 1.6244962796302533e-06),
        ] {
            let test = try shapiroWilkTest(sample)
            // SciPy runs Royston's algorithm in single precision weights.
            #expect(abs(test.statistic - w) < 1e-6 && relativeError(test.pValue, p) < 1e-4, "\(test), expected \(w), \(p)")
        }
    }

    @Test func pValuesAreUniformUnderTheHypothesis() throws {
        var generator = Philox(seed: 302)
        var (anderson, cramer, normality, shapiro): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
        for _ in 0..<2000 {
            let sample = Array(generator.normalVector(count: 40))
            anderson.append(try andersonDarlingTest(sample, distribution: NormalDistribution.standard).pValue)
            cramer.append(try cramerVonMisesTest(sample) { NormalDistribution.standard.cumulative($0) }.pValue)
            normality.append(try andersonDarlingNormalityTest(sample).pValue)
            shapiro.append(try shapiroWilkTest(sample).pValue)
        }
        for pValues in [anderson, cramer, normality, shapiro] { expectDistribution(pValues) { $0 } }
    }

    @Test func countTests() throws {
        // binomtest(k, n, p, alternative).pvalue
        for (k, n, p, alternative, expected) in [
            (3, 15, 0.1, Alternative.twoSided, 0.18406106910639106), (7, 10, 0.5, .twoSided, 0.34375),
            (2, 40, 0.2, .twoSided, 0.015857991148334357), (5, 20, 0.4, .less, 0.12559897272303744),
            (12, 20, 0.4, .greater, 0.056526367034253025), (0, 5, 0.5, .twoSided, 0.0625),
        ] { expect(try binomialTest(successes: k, trials: n, probability: p, alternative: alternative).pValue, expected) }
        // fisher_exact(table, alternative).pvalue
        for (table, alternative, expected) in [
            ([[8, 2], [1, 5]], Alternative.twoSided, 0.034965034965034975), ([[8, 2], [1, 5]], .less, 0.9991258741258742),
            ([[8, 2], [1, 5]], .greater, 0.024475524475524483), ([[0, 7], [9, 3]], .twoSided, 0.0030959752321981426),
            ([[120, 80], [90, 110]], .twoSided, 0.0036351855558814402),
        ] { expect(try fisherExactTest(table, alternative: alternative).pValue, expected) }
        // The exact McNemar test of 15 against 5 is 0.0414: 2·Σ C(20, k)/2²⁰ over k ≤ 5.
        let ways = [1.0, 20, 190, 1140, 4845, 15504].reduce(0, +)
        expect(try mcNemarTest(onlyFirst: 15, onlySecond: 5).pValue, 2 * ways / 1_048_576)
        #expect(try mcNemarTest(onlyFirst: 0, onlySecond: 0).pValue == 1)
        // chisquare(f_obs), chisquare(f_obs, f_exp)
        expect(try chiSquaredTest(observed: [16, 18, 16, 14, 12, 12]), 2, 0.8491450360846096)
        expect(
            try chiSquaredTest(observed: [16, 18, 16, 14, 12, 12], expected: [16, 16, 16, 16, 16, 8]), 3.5,
            0.6233876277495822)
        // chi2_contingency(T, correction=False), lambda_='log-likelihood', [[12, 5], [3, 9]] with Yates' correction
        let table: Matrix = [[10, 20, 30], [6, 9, 17]]
        expect(try independenceTest(table), 0.27157465150403504, 0.873028283380073)
        expect(try independenceTest(table, statistic: .likelihoodRatio), 0.2740265420246606, 0.8719586542812721)
        expect(try independenceTest([[12, 5], [3, 9]], statistic: .yates), 4.171457749766574, 0.04111041419430694)
        // contingency.association(T)
        expect(try cramersV(table), 0.05433137570422292)
    }

    @Test func correlationTests() throws {
        let first = Array(x.prefix(6))
        // pearsonr, spearmanr, kendalltau of (x[:6], y)
        expect(try pearsonTest(first, y), 0.4870000229798001, 0.32725062520544446)
        expect(try spearmanTest(first, y), 0.48571428571428577, 0.3287230320699708)
        expect(try kendallTest(first, y), 0.3333333333333333, 0.46944444444444444)
        expect(try kendallTest(first, y, alternative: .less).pValue, 0.8638888888888888)
        expect(
            try kendallTest([1, 2, 2, 3, 4, 4, 5, 1], [2, 1, 3, 3, 5, 4, 4, 2]), 0.6799999999999999, 0.027733756243859906)
        // kendalltau(a, b[:40])
        expect(try kendallTest(a, b.prefix(40)), -0.060295073340437454, 0.5839420056357454)
    }

    @Test func multipleTesting() throws {
        let p = [0.01, 0.04, 0.03, 0.005, 0.2, 0.9]
        func near(_ a: [Double], _ b: [Double]) -> Bool { zip(a, b).allSatisfy { abs($0 - $1) < 1e-14 } && a.count == b.count }
        // false_discovery_control(p), method='by'
        #expect(near(try adjustedPValues(p, method: .benjaminiHochberg), [0.03, 0.06, 0.06, 0.03, 0.24, 0.9]))
        #expect(near(try adjustedPValues(p, method: .benjaminiYekutieli), [0.0735, 0.147, 0.147, 0.0735, 0.588, 1]))
        // By hand: 6·0.005, 5·0.01, 4·0.03, then the running maximum.
        #expect(near(try adjustedPValues(p, method: .holm), [0.05, 0.12, 0.12, 0.03, 0.4, 0.9]))
        #expect(near(try adjustedPValues(p, method: .bonferroni), [0.06, 0.24, 0.18, 0.03, 1, 1]))
        #expect(near(try adjustedPValues(p, method: .hochberg), [0.05, 0.12, 0.12, 0.03, 0.4, 0.9]))
        #expect(near(try adjustedPValues([0.04, 0.05], method: .hochberg), [0.05, 0.05]))
        #expect(try adjustedPValues([], method: .holm) == [])
        #expect(throws: StatisticsError.self) { _ = try adjustedPValues([1.2], method: .holm) }
    }

    @Test func permutationTestsEnumerateOrDraw() throws {
        var generator = Philox(seed: 303)
        // Of the 20 ways to choose 3 of 6, only the one observed has so large a difference.
        let exact = try permutationTest([7.0, 8, 9], [1.0, 2, 3], alternative: .greater, using: &generator)
        #expect(exact.statistic == 6 && abs(exact.pValue - 0.05) < 1e-15)
        #expect(abs(try permutationTest([7.0, 8, 9], [1.0, 2, 3], using: &generator).pValue - 0.1) < 1e-15)
        // One of 2⁵ signs.
        #expect(abs(try pairedPermutationTest([1.0, 2, 3, 4, 5], alternative: .greater, using: &generator).pValue - 1.0 / 32) < 1e-15)
        // Drawn permutations agree with all of them.
        let all = try permutationTest(x, y, maximumPermutations: 1716, using: &generator).pValue
        let drawn = try permutationTest(x, y, maximumPermutations: 1715, using: &generator).pValue
        #expect(abs(all - drawn) < 4 * 2 * (all / 2 * (1 - all / 2) / 1715).squareRoot())
        let signs = try pairedPermutationTest(a, using: &generator).pValue
        let t = try tTest(a).pValue
        #expect(abs(signs - t) < 0.03)
    }

    @Test func intervals() throws {
        // binomtest(k, n).proportion_ci(.95, method)
        for (method, k, n, lower, upper) in [
            (ProportionMethod.wilson, 0, 10, 0.0, 0.27753279986288926), (.wilson, 3, 10, 0.10779126740630102, 0.6032218525388546),
            (.wilson, 10, 10, 0.7224672001371109, 1), (.wilson, 450, 1000, 0.41941538407429674, 0.48096729177425873),
            (.clopperPearson, 0, 10, 0, 0.30849710781876294), (.clopperPearson, 3, 10, 0.06673951117773447, 0.652452850060008),
            (.clopperPearson, 10, 10, 0.6915028921812371, 1), (.clopperPearson, 450, 1000, 0.4188517096799507, 0.48144346662340654),
            // beta(3.5, 7.5).ppf([.025, .975])
            (.jeffreys, 3, 10, 0.09269459393815316, 0.6058183181486713),
        ] {
            let interval = try proportionConfidenceInterval(successes: k, trials: n, method: method)
            expect(interval.lower, lower)
            expect(interval.upper, upper)
        }
        // Agresti and Coull's interval is centred at Wilson's and wider.
        let wilson = try proportionConfidenceInterval(successes: 3, trials: 10)
        let wider = try proportionConfidenceInterval(successes: 3, trials: 10, method: .agrestiCoull)
        #expect(abs(wilson.lower + wilson.upper - wider.lower - wider.upper) < 1e-12 && wider.width > wilson.width)
        // ttest_1samp(x, 0).confidence_interval(.9)
        let mean = try meanConfidenceInterval(of: x, level: 0.9)
        expect(mean.lower, 2.2572126435244537)
        expect(mean.upper, 4.171358785046974)
        #expect(throws: StatisticsError.self) { _ = try proportionConfidenceInterval(successes: 4, trials: 3) }
        #expect(throws: StatisticsError.self) { _ = try meanConfidenceInterval(of: [1], level: 0.9) }
        #expect(throws: StatisticsError.self) { _ = try meanConfidenceInterval(of: x, level: 1) }
    }

    @Test func badSamplesAreNamed() {
        #expect(throws: StatisticsError.tooFew(argument: "x", count: 1, expected: "at least 2")) {
            _ = try twoSampleTTest([1], [1, 2])
        }
        #expect(throws: StatisticsError.countMismatch(argument: "y", count: 2, other: "x", otherCount: 3)) {
            _ = try pairedTTest([1, 2, 3], [1, 2])
        }
        #expect(throws: StatisticsError.self) { _ = try tTest([1, .nan, 2]) }
        #expect(throws: StatisticsError.self) { _ = try analysisOfVariance([[1, 2]]) }
        #expect(throws: StatisticsError.self) { _ = try fisherExactTest([[1, 2]]) }
        #expect(throws: StatisticsError.self) { _ = try shapiroWilkTest([1, 1, 1]) }
        #expect(throws: StatisticsError.self) { _ = try independenceTest([[1, 0], [2, 0]]) }
    }
}
