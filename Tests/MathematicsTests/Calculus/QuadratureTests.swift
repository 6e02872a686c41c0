import Foundation
import Mathematics
import Testing

@Suite struct QuadratureTests {
    @Test func gaussianNodesAndWeightsMatchMpmath() throws {
        // findroot(lambda t: legendre(100, t), 0.9997); 2/((1 - x**2) * diff(legendre, x)**2), 40 digits
        let legendre = try GaussianQuadrature.legendre(count: 100)
        expectRelative(legendre.nodes[99], 0.999713726773441234, 1e-16)
        expectRelative(legendre.weights[99], 0.00073463449050567173, 1e-12)
        #expect(legendre.nodes[0] == -legendre.nodes[99])
        // roots of hermite(n, t); 2**(n-1) n! sqrt(pi)/(n hermite(n-1, x))**2
        let hermite = try GaussianQuadrature.hermite(count: 20)
        expectRelative(hermite.nodes[19], 5.38748089001123286, 2e-16)
        expectRelative(hermite.weights[19], 2.22939364553415129e-13, 2e-14)
        let large = try GaussianQuadrature.hermite(count: 200)
        expectRelative(large.nodes[199], 19.3392486679114054, 3e-16)
        expectRelative(large.weights[199], 2.22909349628062776e-163, 2e-13)
        // roots of laguerre(30, 0.5, t); gamma(31.5) x/(30! (31 laguerre(31, 0.5, x))**2)
        let laguerre = try GaussianQuadrature.laguerre(count: 30, exponent: 0.5)
        expectRelative(laguerre.nodes[0], 0.0802554880806587184, 3e-14)
        expectRelative(laguerre.weights[0], 0.0419741656526704883, 1e-13)
        expectRelative(laguerre.nodes[29], 105.103742855253459, 1e-15)
        expectRelative(laguerre.weights[29], 3.49156116092673811e-44, 1e-12)
        // roots of jacobi(12, -0.3, 1.7, t); weights of scipy.special.roots_jacobi
        let jacobi = try GaussianQuadrature.jacobi(count: 12, alpha: -0.3, beta: 1.7)
        expectRelative(jacobi.nodes[0], -0.935823473837233068, 1e-15)
        expectRelative(jacobi.nodes[11], 0.989369343243307617, 1e-15)
        expectRelative(jacobi.weights[0], 0.0006847493783756704, 1e-12)
        expectRelative(jacobi.weights[11], 0.4291121937243088, 1e-12)
    }

    @Test(arguments: [1, 2, 3, 7, 64, 501])
    func gaussianRulesAreExactForPolynomials(count: Int) throws {
        let degree = min(2 * count - 1, 40)
        // ∫₀² xᵈ = 2^(d+1)/(d+1)
        let legendre = try GaussianQuadrature.legendre(count: count, on: 0...2)
        let exact = pow(2, Double(degree + 1)) / Double(degree + 1)
        expectRelative(legendre.integrate { pow($0, Double(degree)) }, exact, 1e-13)
        // E Z^(2k) = (2k − 1)!!
        let normal = try GaussianQuadrature.hermiteProbabilists(count: count)
        let even = min(2 * count - 2, 20)
        let moment = stride(from: 1.0, to: Double(even), by: 2).reduce(1, *)
        expectRelative(normal.integrate { pow($0, Double(even)) }, moment, 1e-12)
        expectRelative(normal.weights.sum, 1, 1e-13)
        // ∫ xᵈ x^α e⁻ˣ = Γ(d + α + 1)
        let laguerre = try GaussianQuadrature.laguerre(count: count, exponent: -0.5)
        let power = min(degree, 15)
        expectRelative(laguerre.integrate { pow($0, Double(power)) }, tgamma(Double(power) + 0.5), 1e-12)
        // Chebyshev's weight has the nodes cos((2i − 1)π/(2n)) and equal weights.
        let chebyshev = try GaussianQuadrature.jacobi(count: count, alpha: -0.5, beta: -0.5)
        for index in stride(from: 0, to: count, by: max(1, count / 5)) {
            let node = -cos((2 * Double(index) + 1) * .pi / Double(2 * count))
            #expect(abs(chebyshev.nodes[index] - node) < 5e-16)
            expectRelative(chebyshev.weights[index], .pi / Double(count), 1e-11)
        }
    }

    @Test func adaptiveQuadratureMeetsClosedForms() throws {
        func check(
            _ exact: Double, _ tolerance: Double, _ f: (Double) -> Double, _ from: Double, _ to: Double,
            _ breakpoints: [Double] = [], sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            let result = try integrate(f, from: from, to: to, breakpoints: breakpoints)
            expectRelative(result.value, exact, tolerance, floor: 1e-3, sourceLocation: sourceLocation)
            #expect(abs(result.value - exact) <= result.errorEstimate + 1e-14, sourceLocation: sourceLocation)
        }
        try check(exp(1) - 1, 1e-14, { exp($0) }, 0, 1)
        try check(1 - exp(1), 1e-14, { exp($0) }, 1, 0)
        try check(Double.pi.squareRoot(), 1e-11, { exp(-$0 * $0) }, -.infinity, .infinity)
        try check(Double.pi.squareRoot(), 1e-11, { exp(-($0 - 7) * ($0 - 7)) }, -.infinity, .infinity)
        try check(.pi, 1e-11, { 1 / (1 + $0 * $0) }, -.infinity, .infinity)
        try check(-1, 1e-11, { exp($0) }, 0, -.infinity)
        try check(2, 1e-9, { 1 / $0.squareRoot() }, 0, 1)
        try check(-1, 1e-10, { log($0) }, 0, 1)
        try check(Double.pi.squareRoot(), 1e-9, { exp(-$0) / $0.squareRoot() }, 0, .infinity)
        // ∫ ln x/√x = −4, ∫ x^(−0.9) = 10, ∫ (−x)^(−2/3) = 3·2^(1/3)
        try check(-4, 1e-10, { log($0) / $0.squareRoot() }, 0, 1)
        try check(10, 1e-9, { pow($0, -0.9) }, 0, 1)
        try check(3 * cbrt(2), 1e-9, { pow(-$0, -2.0 / 3) }, -2, 0)
        #expect(try integrate({ log($0) / $0.squareRoot() }, from: 0, to: 1).evaluations < 700)
        try check(0.5 * (0.49 + 0.09), 1e-14, { abs($0 - 0.7) }, 0, 1, [0.7])
        try check(2, 1e-9, { 1 / abs($0).squareRoot() }, -0.25, 0.25, [0])
        try check((1 - cos(300)) / 300, 1e-10, { sin(300 * $0) }, 0, 1)
        // A narrow peak that the first 21 points miss is found between breakpoints.
        try check(1e-4 * Double.pi.squareRoot(), 1e-9, { exp(-pow(($0 - 0.3) / 1e-4, 2)) }, 0, 1, [0.299, 0.3, 0.301])
        #expect(try integrate({ $0 }, from: 2, to: 2).value == 0)
    }

    @Test func adaptiveQuadratureFailsClearly() {
        #expect(throws: QuadratureError.self) { _ = try integrate({ 1 / $0 }, from: 0, to: 1) }
        #expect(throws: QuadratureError.self) { _ = try integrate({ 1 / $0 }, from: 1, to: .infinity) }
        #expect(throws: QuadratureError.self) { _ = try integrate({ _ in .nan }, from: 0, to: 1) }
        #expect(throws: QuadratureError.self) { _ = try integrate({ $0 }, from: .nan, to: 1) }
        #expect(throws: QuadratureError.self) { _ = try integrate({ sin(1 / $0) }, from: 0, to: 1, maximumPieces: 5) }
        #expect(throws: QuadratureError.self) { _ = try integrate({ $0 }, from: 0, to: 1, breakpoints: [.infinity]) }
        // An integrand with noise of 1e-3 cannot be integrated to 1e-10.
        var generator = Philox(seed: 3)
        #expect(throws: QuadratureError.self) {
            _ = try integrate({ $0 + 1e-3 * generator.uniform() }, from: 0, to: 1)
        }
        #expect(throws: QuadratureError.invalidArgument(argument: "count", value: 0, expected: "at least 1")) {
            _ = try GaussianQuadrature.legendre(count: 0)
        }
        #expect(throws: QuadratureError.self) { _ = try GaussianQuadrature.jacobi(count: 3, alpha: -1, beta: 0) }
        #expect(throws: QuadratureError.self) { _ = try GaussianQuadrature.laguerre(count: 3, exponent: .nan) }
    }

    @Test func tensorGridsFactorize() throws {
        let normal = try GaussianQuadrature.hermiteProbabilists(count: 24)
        let line = try GaussianQuadrature.legendre(count: 5, on: 0...1)
        // E exp(aXY) = 1/√(1 − a²) for independent standard normals
        let plane = TensorQuadrature(repeating: normal, dimension: 2)
        expectRelative(plane.integrate { exp($0[0] * $0[1] / 4) }, 1 / (1 - 1.0 / 16).squareRoot(), 1e-12)
        let mixed = TensorQuadrature([normal, line, line])
        #expect(mixed.count == 24 * 25)
        expectRelative(mixed.integrate { $0[0] * $0[0] * $0[1] * pow($0[2], 3) }, 1.0 / 8, 1e-13)
        let grid = mixed.grid()
        #expect(grid.points[1, 2] == line.nodes[1] && grid.points[5, 1] == line.nodes[1])
        expectRelative(grid.weights.sum, 1, 1e-13)
    }

    @Test func sobolMatchesJoeKuo() throws {
        var sobol = try SobolSequence(dimension: 8)
        // scipy.stats.qmc.Sobol(8, scramble=False).random(8)[5]
        #expect(sobol.points(8)[5..<6, 0..<8].flattened == [0.875, 0.875, 0.125, 0.375, 0.875, 0.625, 0.875, 0.375])
        // s = scipy.stats.qmc.Sobol(337, scramble=False); s.fast_forward(1000); s.random(1)[0]
        var large = try SobolSequence(dimension: 337)
        large.skip(to: 1000)
        let point = large.nextPoint()
        #expect([0, 1, 20, 100, 336].map { point[$0] } == [0.2197265625, 0.0966796875, 0.5224609375, 0.7685546875, 0.8193359375])
        var sequential = try SobolSequence(dimension: 337)
        #expect(sequential.points(1001)[1000..<1001, 0..<337].flattened == point)
        #expect(throws: QuadratureError.self) { _ = try SobolSequence(dimension: 338) }
    }

    @Test func scrambledSobolIsStillANet() throws {
        var generator = Philox(seed: 11)
        var sobol = try SobolSequence(dimension: 337, using: &generator)
        let points = sobol.points(256)
        // Every dyadic interval of length 1/256 holds one point of each coordinate.
        for column in 0..<337 {
            #expect(Set((0..<256).map { Int(points[$0, column] * 256) }).count == 256)
        }
        // The first two coordinates are a (0, 8, 2)-net: every elementary rectangle holds one point.
        for bits in 0...8 {
            let (wide, high) = (Double(1 << bits), Double(1 << (8 - bits)))
            let cells = Set((0..<256).map { Int(points[$0, 0] * wide) * 256 + Int(points[$0, 1] * high) })
            #expect(cells.count == 256)
        }
        var again = Philox(seed: 11)
        var same = try SobolSequence(dimension: 337, using: &again)
        #expect(same.points(256) == points)
    }

    @Test func haltonAndQuasiMonteCarlo() throws {
        var halton = try HaltonSequence(dimension: 6)
        let points = halton.points(100)
        // scipy.stats.qmc.Halton(6, scramble=False).random(100)[99]
        let reference = [
            0.7734375, 0.07818930041152262, 0.9840000000000001, 0.14868804664723032, 0.0743801652892562, 0.6568047337278107,
        ]
        for column in 0..<6 { expectRelative(points[99, column], reference[column], 1e-15) }
        var generator = Philox(seed: 5)
        var scrambled = try HaltonSequence(dimension: 6, using: &generator)
        let cloud = scrambled.points(2 * 3 * 5 * 7)
        // Stratification in each base survives the permutations.
        for (column, base) in [(0, 2), (1, 3), (2, 5), (3, 7)] {
            for cell in 0..<base {
                let hits = (0..<210).count { Int(cloud[$0, column] * Double(base)) == cell }
                #expect(hits == 210 / base)
            }
        }
        // ∏ (1 + (xᵢ − 1/2)/2) has mean 1; plain Monte Carlo with 8·4096 points errs by about 2e-3.
        let result = try quasiMonteCarloMean(
            of: { $0.reduce(1) { $0 * (1 + ($1 - 0.5) / 2) } }, dimension: 6, count: 4096, using: &generator)
        #expect(abs(result.value - 1) < 1e-5)
        #expect(abs(result.value - 1) < 5 * result.standardError && result.standardError < 5e-6)
        #expect(throws: QuadratureError.self) {
            _ = try quasiMonteCarloMean(of: { $0[0] }, dimension: 2, count: 0, using: &generator)
        }
    }

    @Test func samplesMatchSciPy() throws {
        let x: Vector = [0, 0.1, 0.35, 0.5, 1.0, 1.2]
        let y = x.map { exp($0) }
        // scipy.integrate.simpson(exp(x), x=x), with all and with five samples; numpy.trapezoid(exp(x), x)
        expectRelative(try simpson(Vector(y), at: x), 2.3231753869927627, 1e-14)
        expectRelative(try simpson(Vector(y.prefix(5)), at: Vector(x.prefix(5))), 1.7209927582653364, 1e-14)
        expectRelative(try trapezoid(Vector(y), at: x), 2.346463165593752, 1e-14)
        #expect(try cumulativeTrapezoid(Vector(y), at: x)[5] == trapezoid(Vector(y), at: x))
        expectRelative(try simpson([0, 1, 4, 9, 16], spacing: 1), 64.0 / 3, 1e-15)
        expectRelative(trapezoid([0, 1, 4], spacing: 0.5), 1.5, 1e-16)
        #expect(trapezoid([], spacing: 1) == 0 && trapezoid([3], spacing: 1) == 0)
        #expect(throws: QuadratureError.countMismatch(argument: "abscissas", count: 2, expected: 3)) {
            _ = try trapezoid([1, 2, 3], at: [0, 1])
        }
        #expect(throws: QuadratureError.self) { _ = try simpson([1, 2, 3], at: [0, 0, 1]) }
    }
}
