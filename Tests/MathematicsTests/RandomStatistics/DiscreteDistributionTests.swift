import Foundation
import Mathematics
import Testing

@Suite struct DiscreteDistributionTests {
    /// `moments` are mean, variance and entropy, each point is (k, d.logpmf(k), d.cdf(k), d.sf(k)), each
    /// quantile is (p, d.ppf(p)).
    /// Where SciPy's values are not accurate (the binomial's logpmf(10), whose log-gammas cancel, and the entropy of
    /// the large Poisson, whose sum it ends too soon), they are mpmath's and ½ ln(2πe·2e4) − 1/(12·2e4).
    struct CountCase: Sendable {
        let distribution: any DiscreteDistribution
        let moments: [Double]
        let points: [[Double]]
        let quantiles: [[Double]]

        init(_ distribution: any DiscreteDistribution, moments: [Double], points: [[Double]], quantiles: [[Double]]) {
            self.distribution = distribution
            self.moments = moments
            self.points = points
            self.quantiles = quantiles
        }
    }

    static let cases: [CountCase] = (try? makeCases()) ?? []

    static func makeCases() throws -> [CountCase] { [
        // d = scipy.stats.binom(40, 0.3)
        CountCase(
            try BinomialDistribution(trials: 40, successProbability: 0.3),
            moments: [12.0, 8.4, 2.481304584577367],
            points: [[0.0, -14.266997757549298, 6.366805760909033e-07, 0.999999363319424],
                [5.0, -5.106514691197057, 0.008618053311374194, 0.9913819466886258],
                [12.0, -1.9908900002817802, 0.5771809245034385, 0.4228190754965615],
                [30.0, -19.127942776313695, 0.999999999226945, 7.730549481218749e-10],
                [40.0, -48.15891217303744, 1.0, 0.0]],
            quantiles: [[1e-09, 0.0], [0.01, 6.0], [0.3, 10.0], [0.5, 12.0], [0.99, 19.0], [0.999999999, 30.0]]),
        // d = scipy.stats.binom(1000000, 1e-5)
        CountCase(
            try BinomialDistribution(trials: 1_000_000, successProbability: 1e-5),
            moments: [10.0, 9.9999, 2.5614051954234656],
            points: [[0.0, -10.000050000333337, 4.5397659807612985e-05, 0.9999546023401924],
                [3.0, -4.884027190537079, 0.010335785844903855, 0.9896642141550962],
                [10.0, -2.0785566431108915, 0.5830397501940283, 0.4169602498059717],
                [60.0, -60.47428787604376, 1.0, 1.0644651449066242e-27]],
            quantiles: [[1e-09, 0.0], [0.01, 3.0], [0.3, 8.0], [0.5, 10.0], [0.99, 18.0], [0.999999999, 34.0]]),
        // d = scipy.stats.poisson(3.5)
        CountCase(
            try PoissonDistribution(mean: 3.5),
            moments: [3.5, 3.5, 2.015172522512972],
            points: [[0.0, -3.5, 0.0301973834223185, 0.9698026165776815],
                [3.0, -1.5334705637419508, 0.536632667900785, 0.463367332099215],
                [10.0, -6.076782888121835, 0.998980605562383, 0.0010193944376170052],
                [60.0, -116.96239531394954, 1.0, 9.72358863151729e-53]],
            quantiles: [[1e-09, 0.0], [0.01, 0.0], [0.3, 2.0], [0.5, 3.0], [0.99, 8.0], [0.999999999, 20.0]]),
        // d = scipy.stats.poisson(2e4)
        CountCase(
            try PoissonDistribution(mean: 2e4),
            moments: [20000.0, 20000.0, 6.370678142701897],
            points: [[19000.0, -31.27244668477215, 5.148739846085501e-13, 0.9999999999994851],
                [20000.0, -5.8706864761479665, 0.5018806199300643, 0.4981193800699357],
                [20100.0, -6.122764598054346, 0.7615278780931256, 0.23847212190687442],
                [21000.0, -30.488528917863732, 0.9999999999988746, 1.1254598103807748e-12]],
            quantiles: [[1e-09, 19158.0], [0.01, 19672.0], [0.3, 19926.0], [0.5, 20000.0], [0.99, 20330.0], [0.999999999, 20854.0]]),
        // d = scipy.stats.geom(0.2, loc=-1)
        CountCase(
            try GeometricDistribution(successProbability: 0.2),
            moments: [4.0, 20.0, 2.5020121176909393],
            points: [[0.0, -1.6094379124341003, 0.2, 0.7999999999999999],
                [3.0, -2.2788685663767296, 0.5904, 0.40959999999999996],
                [10.0, -3.8408734255761976, 0.91410065408, 0.08589934592000001],
                [300.0, -68.55250330669703, 1.0, 6.762169998536496e-30]],
            quantiles: [[1e-09, 0.0], [0.01, 0.0], [0.3, 1.0], [0.5, 3.0], [0.99, 20.0], [0.999999999, 92.0]]),
        // d = scipy.stats.nbinom(2.5, 0.4)
        CountCase(
            try NegativeBinomialDistribution(successes: 2.5, successProbability: 0.4),
            moments: [3.75, 9.374999999999998, 2.3647952306962874],
            points: [[0.0, -2.2907268296853873, 0.10119288512538815, 0.8988071148746118],
                [3.0, -1.9418320730656171, 0.5558019215511945, 0.44419807844880554],
                [10.0, -4.053730998957281, 0.9645608619098024, 0.03543913809019768],
                [80.0, -36.84517520393122, 0.9999999999999999, 1.564097601942895e-16]],
            quantiles: [[1e-09, 0.0], [0.01, 0.0], [0.3, 2.0], [0.5, 3.0], [0.99, 14.0], [0.999999999, 48.0]]),
        // d = scipy.stats.hypergeom(100, 30, 20)
        CountCase(
            try HypergeometricDistribution(draws: 20, successes: 30, population: 100),
            moments: [6.0, 3.393939393939394, 2.0281214275314445],
            points: [[0.0, -8.104974655865867, 0.0003020328849768121, 0.9996979671150232],
                [3.0, -2.8188546575113724, 0.08235541736910464, 0.9176445826308953],
                [6.0, -1.541353826533089, 0.6150798562336992, 0.38492014376630085],
                [12.0, -6.486799173839375, 0.9996928079820275, 0.0003071920179724748],
                [20.0, -30.512427494115137, 1.0, 0.0]],
            quantiles: [[1e-09, 0.0], [0.01, 2.0], [0.3, 5.0], [0.5, 6.0], [0.99, 10.0], [0.999999999, 17.0]]),
        // d = scipy.stats.rv_discrete(values=([0, 2, 3], [.125, .375, .5]))
        CountCase(
            try CategoricalDistribution(weights: [1, 0, 3, 4]),
            moments: [2.25, 0.9375, 0.9743147528693494],
            points: [[0.0, -2.0794415416798357, 0.125, 0.875],
                [2.0, -0.9808292530117262, 0.5, 0.5],
                [3.0, -0.6931471805599453, 1.0, 0.0]],
            quantiles: [[1e-09, 0.0], [0.01, 0.0], [0.3, 2.0], [0.5, 2.0], [0.99, 3.0], [0.999999999, 3.0]]),
    ] }

    private func expect(
        _ value: Double, _ reference: Double, _ name: String, relative: Double = 1e-10,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            value == reference || abs(value - reference) <= relative * abs(reference),
            "\(name): \(value), expected \(reference)", sourceLocation: sourceLocation)
    }

    @Test func casesAreComplete() throws { #expect(try Self.makeCases().count == Self.cases.count && !Self.cases.isEmpty) }

    @Test(arguments: cases)
    func valuesAreSciPys(_ example: CountCase) throws {
        let d = example.distribution
        expect(d.mean, example.moments[0], "mean \(d)")
        expect(d.variance, example.moments[1], "variance \(d)")
        expect(d.entropy, example.moments[2], "entropy \(d)", relative: 1e-8)
        for point in example.points {
            let k = Int(point[0])
            expect(d.logProbability(k), point[1], "logProbability(\(k)) of \(d)")
            expect(d.cumulative(k), point[2], "cumulative(\(k)) of \(d)")
            expect(d.survival(k), point[3], "survival(\(k)) of \(d)")
        }
        for quantile in example.quantiles {
            #expect(try d.quantile(quantile[0]) == Int(quantile[1]), "quantile(\(quantile[0])) of \(d)")
        }
        #expect(try d.quantile(0) == d.support.lowerBound && d.quantile(1) == d.support.upperBound)
        #expect(throws: StatisticsError.self) { _ = try d.quantile(1.5) }
        #expect(d.probability(-1) == 0 && d.cumulative(-1) == 0 && d.survival(-1) == 1)
    }

    @Test(arguments: cases)
    func samplesFollowTheDistribution(_ example: CountCase) {
        let d = example.distribution
        var generator = Philox(seed: 102)
        expectMasses(d.samples(30_000, using: &generator), { d.probability($0) })
    }

    @Test func degenerateCounts() throws {
        let none = try BinomialDistribution(trials: 0, successProbability: 0.4)
        #expect(none.probability(0) == 1 && none.cumulative(0) == 1 && none.entropy == 0)
        #expect(try BinomialDistribution(trials: 5, successProbability: 1).quantile(0.3) == 5)
        #expect(try PoissonDistribution(mean: 0).quantile(0.9) == 0)
        #expect(try GeometricDistribution(successProbability: 1).entropy == 0)
        #expect(try HypergeometricDistribution(draws: 0, successes: 0, population: 0).probability(0) == 1)
        #expect(throws: StatisticsError.self) { _ = try BinomialDistribution(trials: -1, successProbability: 0.5) }
        #expect(throws: StatisticsError.self) { _ = try GeometricDistribution(successProbability: 0) }
        #expect(throws: StatisticsError.self) { _ = try HypergeometricDistribution(draws: 4, successes: 1, population: 3) }
    }

    // scipy.stats.<name>(...).logpdf(x), .entropy()
    @Test func multivariateValuesAreSciPys() throws {
        // multivariate_normal([1, -2], [[2, .6], [.6, 1]])
        let normal = try MultivariateNormalDistribution(mean: [1, -2], covariance: [[2, 0.6], [0.6, 1]])
        expect(try normal.logDensity([0.5, 1]), -8.198030065376184, "normal")
        expect(normal.entropy, 3.085225187327399, "normal entropy")
        // dirichlet([.2, 1, 3])
        let dirichlet = try DirichletDistribution(concentrations: [0.2, 1, 3])
        expect(try dirichlet.logDensity([0.3, 0.1, 0.6]), -0.2271283701013722, "dirichlet")
        expect(dirichlet.entropy, -4.334538551896626, "dirichlet entropy")
        #expect(try dirichlet.logDensity([0.3, 0.1, 0.7]) == -.infinity)
        // multinomial(6, [.125, .375, .5]).logpmf([1, 2, 3])
        expect(try MultinomialDistribution(trials: 6, weights: [1, 3, 4]).logProbability([1, 2, 3]), -2.02619703, "m", relative: 1e-8)
        // wishart(4.5, [[2, .6], [.6, 1]]).logpdf([[3, 1], [1, 2]])
        let wishart = try WishartDistribution(degreesOfFreedom: 4.5, scale: [[2, 0.6], [0.6, 1]])
        expect(try wishart.logDensity([[3, 1], [1, 2]]), -5.40627864204886, "wishart")
    }

    /// scipy.stats.vonmises_fisher(mu, k): logpdf at an angle of arccos 0.6 from mu, and entropy.
    @Test(arguments: [
        (3, 5.0, -2.228393753014882, 1.2279397331047859), (2, 1.5, -1.4366644341249617, 1.4424645758780255),
        (10, 50, -10.507323555377369, -5.153156438309665), (50, 3000, -1048.776008899933, -126.81997989884894),
        (400, 20, 639.7951653229568, -628.7926900000457),
    ])
    func vonMisesFisherIsSciPys(_ dimension: Int, _ concentration: Double, _ logDensity: Double, _ entropy: Double) throws {
        let d = try VonMisesFisherDistribution(
            meanDirection: Vector(count: dimension) { $0 == 0 ? 3 : 0 }, concentration: concentration)
        let x = Vector(count: dimension) { $0 == 0 ? 0.6 : $0 == 1 ? 0.8 : 0 }
        expect(try d.logDensity(x), logDensity, "logDensity")
        expect(d.entropy, entropy, "entropy")
    }

    @Test func divergencesAgreeWithSamples() throws {
        var generator = Philox(seed: 103)
        let p = try MultivariateNormalDistribution(mean: [0, 1], covariance: [[1, 0.5], [0.5, 2]])
        let q = try MultivariateNormalDistribution(mean: [1, 1], covariance: [[2, 0], [0, 1]])
        let ratios = try (0..<40_000).map { _ in
            let x = p.sample(using: &generator)
            return try p.logDensity(x) - q.logDensity(x)
        }
        let moments = StreamingMoments(ratios)
        #expect(abs(moments.mean - (try p.divergence(from: q))) < 4 * moments.standardError)
        #expect(abs(try p.divergence(from: p)) < 1e-14)
        let a = try DirichletDistribution(concentrations: [1, 2, 3])
        let b = try DirichletDistribution(concentrations: [2, 2, 0.7])
        let simplex = StreamingMoments(try (0..<40_000).map { _ in
            let x = a.sample(using: &generator)
            return try a.logDensity(x) - b.logDensity(x)
        })
        #expect(abs(simplex.mean - (try a.divergence(from: b))) < 4 * simplex.standardError)
    }

    @Test func badShapesAreNamed() {
        #expect(throws: StatisticsError.self) { _ = try MultivariateNormalDistribution(mean: [0], covariance: .identity(2)) }
        #expect(throws: StatisticsError.self) { _ = try MultivariateNormalDistribution(mean: [0, 0], covariance: [[1, 2], [2, 1]]) }
        #expect(throws: StatisticsError.self) { _ = try DirichletDistribution(concentrations: [1, 0]) }
        #expect(throws: StatisticsError.self) { _ = try VonMisesFisherDistribution(meanDirection: [0, 0], concentration: 1) }
        #expect(throws: StatisticsError.self) { _ = try WishartDistribution(degreesOfFreedom: 1, scale: .identity(2)) }
        #expect(throws: StatisticsError.self) { _ = try CategoricalDistribution(weights: [0, -1]) }
    }
}
