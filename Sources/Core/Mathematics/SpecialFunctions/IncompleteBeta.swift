import RealModule

// swiftcore: regularized_beta; elementwise
/// The regularised incomplete beta function Iₓ(a, b).
///
/// It is the distribution function at x of a beta variable. The continued fraction DLMF 8.17.22 on the
/// side of the mean where it converges fast, in O(√max(a, b)) steps. Relative error below 1e-13 (1e-12 where
/// the result is below 1e-100). NaN unless 0 ≤ x ≤ 1 and a, b > 0.
public func regularizedBeta(_ x: Double, _ a: Double, _ b: Double) -> Double {
    IncompleteBeta.values(x, 1 - x, a, b).lower
}

// swiftcore: regularized_beta_complement; elementwise
/// The complement 1 − Iₓ(a, b) = I₁₋ₓ(b, a), without forming 1 − x.
///
/// Accuracy as `regularizedBeta`, except for a far below 1 and x below the mean, where it is 1e-16 absolute.
public func regularizedBetaComplement(_ x: Double, _ a: Double, _ b: Double) -> Double {
    IncompleteBeta.values(x, 1 - x, a, b).upper
}

// swiftcore: inverse_regularized_beta; elementwise
/// The x with Iₓ(a, b) = p: the quantile of a beta variable.
///
/// Newton's method on the logarithm of the smaller tail as a function of logit x. The relative error of the
/// smaller tail at the result is below 1e-12, or as near as the Doubles beside 1 allow. NaN unless
/// 0 ≤ p ≤ 1 and a, b > 0.
public func inverseRegularizedBeta(_ p: Double, _ a: Double, _ b: Double) -> Double {
    guard p >= 0, p <= 1, a > 0, b > 0, a < .infinity, b < .infinity else { return .nan }
    return p <= 0.5 ? IncompleteBeta.inverse(p, a, b).x : IncompleteBeta.inverse(1 - p, b, a).y
}

/// The x with 1 − Iₓ(a, b) = q: the upper quantile of a beta variable, accurate for tiny q.
public func inverseRegularizedBetaComplement(_ q: Double, _ a: Double, _ b: Double) -> Double {
    guard q >= 0, q <= 1, a > 0, b > 0, a < .infinity, b < .infinity else { return .nan }
    return q <= 0.5 ? IncompleteBeta.inverse(q, b, a).y : IncompleteBeta.inverse(1 - q, a, b).x
}

enum IncompleteBeta {
    /// Iₓ(a, b) and 1 − Iₓ(a, b) for y = 1 − x.
    static func values(
        _ x: Double, _ y: Double, _ a: Double, _ b: Double
    ) -> (lower: Double, upper: Double) {
        guard x >= 0, x <= 1, a > 0, b > 0, a < .infinity, b < .infinity else { return (.nan, .nan) }
        if x == 0 { return (0, 1) }
        if y == 0 { return (1, 0) }
        let density = density(x, y, a, b)
        if x <= (a + 1) / (a + b + 2) {
            let lower = min(density / a * fraction(x, a, b), 1)
            return (lower, 1 - lower)
        }
        let upper = min(density / b * fraction(y, b, a), 1)
        return (1 - upper, upper)
    }

    /// xᵃyᵇ/B(a, b).
    static func density(_ x: Double, _ y: Double, _ a: Double, _ b: Double) -> Double {
        if a >= 10, b >= 10 {
            // The deviation a − (a + b)x, exact to the last bit also where it nearly vanishes.
            let deviation = x <= 0.5 ? difference(a, b, x) : -difference(b, a, y)
            let exponent = a * logarithmMinus(-deviation / a, x, a, b) + b * logarithmMinus(deviation / b, y, b, a)
            let correction = stirlingCorrection(a) + stirlingCorrection(b) - stirlingCorrection(a + b)
            return Double.exp(exponent - correction) * (a / (a + b) * b / (2 * Double.pi)).squareRoot()
        }
        let logX = x <= y ? Double.log(x) : Double.log(onePlus: -y)
        let logY = y <= x ? Double.log(y) : Double.log(onePlus: -x)
        return Double.exp(a * logX + b * logY - logBeta(a, b))
    }

    /// ln(1 + r) − r for 1 + r = x(a + b)/a, which is formed from x itself far from 1.
    private static func logarithmMinus(_ r: Double, _ x: Double, _ a: Double, _ b: Double) -> Double {
        r.magnitude < 0.6 ? logOnePlusMinus(r) : Double.log(x * ((a + b) / a)) - r
    }

    /// a − (a + b)x with compensated rounding.
    private static func difference(_ a: Double, _ b: Double, _ x: Double) -> Double {
        let first = a * x
        let firstError = (-first).addingProduct(a, x)
        let second = b * x
        let secondError = (-second).addingProduct(b, x)
        let (partial, partialError) = exactDifference(a, first)
        let (total, totalError) = exactDifference(partial, second)
        return total + (totalError + partialError - firstError - secondError)
    }

    private static func exactDifference(_ a: Double, _ b: Double) -> (Double, Double) {
        let difference = a - b
        let virtual = difference - a
        return (difference, (a - (difference - virtual)) - (b + virtual))
    }

    /// The continued fraction, by Lentz's method.
    private static func fraction(_ x: Double, _ a: Double, _ b: Double) -> Double {
        var c = 1.0
        var d = 1 / nonzero(1 - (a + b) * x / (a + 1))
        var value = d
        var m = 0.0
        while true {
            m += 1
            let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
            d = 1 / nonzero(1 + even * d)
            c = nonzero(1 + even / c)
            value *= d * c
            let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
            d = 1 / nonzero(1 + odd * d)
            c = nonzero(1 + odd / c)
            let factor = d * c
            value *= factor
            if (factor - 1).magnitude < 2.5e-16 || m > 1e7 { return value }
        }
    }

    /// x and 1 − x for a lower tail of at most 1/2.
    static func inverse(_ p: Double, _ a: Double, _ b: Double) -> (x: Double, y: Double) {
        if p == 0 { return (0, 1) }
        let target = Double.log(p)
        // Iₓ ≈ xᵃ/(a B(a, b)) as x → 0.
        let leading = (target + Double.log(a) + logBeta(a, b)) / a
        if leading + Double.log(onePlus: b) < -38 { return (Double.exp(leading), 1) }
        var start = min(leading, 0)
        if a >= 0.7, b >= 0.7 {
            // Abramowitz and Stegun 26.5.22.
            let z = -normalQuantile(p)
            let (inverseA, inverseB) = (1 / (2 * a - 0.4), 1 / (2 * b - 0.4))
            let h = 2 / (inverseA + inverseB)
            let lambda = (z * z - 3) / 6
            let w = z * max(h + lambda, 0).squareRoot() / h
                - (inverseB - inverseA) * (lambda + 5 / 6 - 2 / (3 * h))
            if w.isFinite, w.magnitude < 300 { start = Double.log(a / b) - 2 * w }
        }
        let u = solveIncreasing(from: start) { u in
            let (x, y) = (logistic(u), logistic(-u))
            let lower = values(x, y, a, b).lower
            return (Double.log(lower) - target, density(x, y, a, b) / lower)
        }
        return (logistic(u), logistic(-u))
    }
}
