import Foundation
import Mathematics
import Testing

private typealias References = SpecialFunctionReferences

/// Expects a relative error below the tolerance; infinities must be met exactly.
func expectRelative(
    _ value: Double, _ reference: Double, _ tolerance: Double, floor: Double = 0, _ what: @autoclosure () -> String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if reference.isInfinite || reference == 0 && floor == 0 {
        #expect(value == reference, "\(what())", sourceLocation: sourceLocation)
        return
    }
    let error = abs(value - reference) / max(abs(reference), floor)
    #expect(error <= tolerance, "\(what()): \(value) for \(reference), error \(error)", sourceLocation: sourceLocation)
}

private func check(
    _ table: [(Double, Double)], _ tolerance: Double, floor: Double = 0,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: (Double) -> Double
) {
    for (x, reference) in table {
        expectRelative(function(x), reference, tolerance, floor: floor, "at \(x)", sourceLocation: sourceLocation)
    }
}

private func check(
    _ table: [(Double, Double, Double)], _ tolerance: Double,
    sourceLocation: SourceLocation = #_sourceLocation, _ function: (Double, Double) -> Double
) {
    for (a, x, reference) in table {
        expectRelative(
            function(a, x), reference, reference.magnitude < 1e-290 ? 1e-9 : tolerance, "at (\(a), \(x))",
            sourceLocation: sourceLocation)
    }
}

@Suite struct SpecialFunctionTests {
    @Test func errorFunctionFamily() {
        check(References.erfcx, 3e-15, erfcx)
        check(References.inverseErf, 2e-15, inverseErf)
        check(References.inverseErfc, 2e-15, inverseErfc)
        #expect(inverseErf(1) == .infinity && inverseErf(-1) == -.infinity && inverseErf(1.1).isNaN)
        #expect(inverseErfc(0) == .infinity && inverseErfc(2) == -.infinity && inverseErfc(-0.1).isNaN)
        #expect(erfcx(-30) == .infinity && erfcx(.infinity) == 0 && erfcx(.nan).isNaN)
    }

    @Test func normalFamily() {
        check(References.normalCDF, 4e-15, normalCDF)
        check(References.normalLogCDF, 4e-15, normalLogCDF)
        check(References.normalQuantile, 2e-15) { normalQuantile($0) }
        check(References.mills, 4e-15, normalMillsRatio)
        for x in [-300.0, -40, -37, -5, -0.1, 2, 6] {
            // The quantile of the logarithm, where the probability itself may be no number.
            expectRelative(normalQuantile(logProbability: normalLogCDF(x)), x, 1e-14, "at \(x)")
        }
        #expect(normalCDF(-.infinity) == 0 && normalCDF(.infinity) == 1 && normalCDF(.nan).isNaN)
        #expect(normalQuantile(0) == -.infinity && normalQuantile(1) == .infinity && normalQuantile(1.5).isNaN)
        expectRelative(normalPDF(0), 1 / (2 * Double.pi).squareRoot(), 1e-16)
        // mpmath: npdf(-38.2)
        expectRelative(normalPDF(-38.2) * 1e300, 5.38232823987e-18, 1e-5)
        // mpmath: npdf(20.3)
        expectRelative(normalPDF(20.3), 1.308288554681529e-90, 1e-15)
        #expect(normalPDF(.infinity) == 0 && normalPDF(.nan).isNaN && normalLogPDF(1e100) == -5e199)
    }

    @Test func gammaFamily() {
        check(References.digamma, 1e-14, floor: 1e-2, digamma)
        check(References.trigamma, 1e-14, trigamma)
        for (a, b, reference) in References.logBeta {
            expectRelative(logBeta(a, b), reference, 2e-14, floor: 1, "at (\(a), \(b))")
        }
        #expect(digamma(0) == -.infinity && digamma(-3).isNaN && digamma(.infinity) == .infinity)
        #expect(trigamma(-2) == .infinity && trigamma(.nan).isNaN)
        #expect(logBeta(0, 3) == .infinity && logBeta(-1, 3).isNaN)
        // mpmath: loggamma(1 + mpf((1 + 1e-10) - 1)), with the Double nearest to 1 + 1e-10, and loggamma(100.5)
        expectRelative(logGamma(1 + 1e-10), -5.772157125783244e-11, 1e-15)
        expectRelative(logGamma(100.5), 361.43554046777757, 1e-15)
    }

    @Test func incompleteGamma() {
        check(References.gammaP, 3e-13, regularizedGammaP)
        check(References.gammaQ, 3e-13, regularizedGammaQ)
        #expect(regularizedGammaP(2, 0) == 0 && regularizedGammaQ(2, 0) == 1 && regularizedGammaP(2, .infinity) == 1)
        #expect(regularizedGammaP(-1, 2).isNaN && regularizedGammaP(1, -2).isNaN && regularizedGammaP(.nan, 1).isNaN)
        for a in [1e-3, 0.3, 1, 4.5, 60, 500, 1e6] {
            for p in [1e-250, 1e-20, 1e-3, 0.3, 0.5, 0.9, 0.999999] {
                let x = inverseRegularizedGammaP(a, p)
                if x > 1e-300 { expectRelative(regularizedGammaP(a, x), p, a > 1000 ? 1e-11 : 1e-12, "P at (\(a), \(p))") }
                let upper = inverseRegularizedGammaQ(a, p)
                if upper > 1e-300 { expectRelative(regularizedGammaQ(a, upper), p, a > 1000 ? 1e-11 : 1e-12, "Q at (\(a), \(p))") }
            }
        }
        // scipy.special.gammaincinv(2.5, 0.3)
        expectRelative(inverseRegularizedGammaP(2.5, 0.3), 1.4999540663799533, 1e-13)
        #expect(inverseRegularizedGammaP(2, 0) == 0 && inverseRegularizedGammaP(2, 1) == .infinity)
        #expect(inverseRegularizedGammaP(2, 1.2).isNaN && inverseRegularizedGammaP(0, 0.5).isNaN)
    }

    @Test func incompleteBeta() {
        for (x, a, b, reference) in References.beta {
            expectRelative(regularizedBeta(x, a, b), reference, 1e-12, "at (\(x), \(a), \(b))")
        }
        for (x, a, b, reference) in References.betaComplement {
            expectRelative(
                regularizedBetaComplement(x, a, b), reference, a < 0.01 ? 1e-9 : 1e-12, "at (\(x), \(a), \(b))")
        }
        for (a, b) in [(0.5, 0.5), (2.0, 3.0), (50, 70), (1e-2, 4), (1e4, 2e4)] {
            for p in [1e-200, 1e-9, 0.01, 0.4, 0.7, 0.99] {
                let x = inverseRegularizedBeta(p, a, b)
                if x > 1e-300 { expectRelative(regularizedBeta(x, a, b), p, 3e-12, "p = \(p), a = \(a), b = \(b)") }
            }
        }
        #expect(regularizedBeta(0, 2, 3) == 0 && regularizedBeta(1, 2, 3) == 1 && regularizedBeta(1.1, 2, 3).isNaN)
        #expect(regularizedBeta(0.5, -1, 3).isNaN && inverseRegularizedBeta(2, 1, 1).isNaN)
    }

    @Test func lambertBranches() {
        // Beside the branch point the argument's own rounding is magnified; the value is near −1 there.
        check(References.lambert, 4e-15) { lambertW($0) }
        check(References.lambertLower, 4e-15) { lambertW($0, branch: .lower) }
        #expect(lambertW(0) == 0 && lambertW(.infinity) == .infinity && lambertW(-1).isNaN)
        #expect(lambertW(0.5, branch: .lower).isNaN && lambertW(0, branch: .lower) == -.infinity)
    }

    @Test func besselFunctionsOfRealOrder() {
        for (order, x, reference) in References.besselJ {
            let amplitude = x > order.magnitude ? (2 / (.pi * x)).squareRoot() : 0
            expectRelative(besselJ(order, x), reference, 5e-13, floor: amplitude, "J at (\(order), \(x))")
        }
        for (order, x, reference) in References.besselY {
            let amplitude = x > order.magnitude ? (2 / (.pi * x)).squareRoot() : 0
            expectRelative(besselY(order, x), reference, 5e-13, floor: amplitude, "Y at (\(order), \(x))")
        }
        check(References.besselI, 2e-13) { besselI($0, $1, scaled: true) }
        check(References.besselK, 2e-13) { besselK($0, $1, scaled: true) }
        for (order, x, reference) in References.besselJInteger {
            expectRelative(besselJ(Int(order), x), reference, 1e-13, floor: order == 50 ? 0 : 0.1, "J at (\(order), \(x))")
        }
        check(References.sphericalJ, 1e-12) { sphericalBesselJ(Int($0), $1) }
        // I is odd in x for odd orders, and the Wronskian I K' − I' K is −1/x.
        #expect(besselI(3, -2) == -besselI(3, 2) && besselI(0.5, -2).isNaN)
        #expect(besselK(1, 0) == .infinity && besselJ(0.5, -1).isNaN && besselY(0.5, 0) == -.infinity)
    }

    @Test func logarithmsOfExponentials() {
        check(References.log1mexp, 5e-16, log1mexp)
        check(References.log1pexp, 5e-16, log1pexp)
        check(References.logit, 5e-16, logit)
        for y in [1e-20, 0.1, 3, 800] { expectRelative(log1pexp(inverseSoftplus(y)), y, 1e-14) }
        #expect(log1mexp(0) == -.infinity && log1mexp(1).isNaN && log1pexp(.infinity) == .infinity)
        expectRelative([1000.0, 1000].logSumExp(), 1000 + log(2), 1e-16)
        // mpmath: log(exp(-1000) + exp(-1001) + exp(-1002.5))
        expectRelative([-1000.0, -1001, -1002.5].logSumExp(), -999.6284609681473, 1e-15)
        #expect([Double]().logSumExp() == -.infinity && [1, Double.nan].logSumExp().isNaN)
        #expect([Double.infinity, 3].logSumExp() == .infinity)
        expectRelative([0.0, 1].logSumExp(weights: [-1, 2]), log(2 * exp(1.0) - 1), 1e-15)
        expectRelative(logSubtractExp(1000, 999), 1000 + log(1 - exp(-1.0)), 1e-15)
        expectRelative([1.0, 2, 3].softmax()[2], exp(3) / (exp(1) + exp(2) + exp(3)), 1e-15)
        #expect(relativeEntropyTerm(0, 0) == 0 && relativeEntropyTerm(1, 0) == .infinity && entropyTerm(0) == 0)
        expectRelative(logistic(-800), 0, 0)
        expectRelative(logLogistic(-800), -800, 1e-16)
    }
}
