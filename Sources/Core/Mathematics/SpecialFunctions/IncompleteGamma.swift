import RealModule

// swiftcore: regularized_gamma_p; elementwise
/// The regularised lower incomplete gamma function P(a, x) = γ(a, x)/Γ(a).
///
/// It is the distribution function at x of a gamma variable with shape a and scale 1. The power series, the
/// continued fraction DLMF 8.9.2 and, for a ≥ 200 near x = a, Temme's uniform expansion (DLMF 8.12).
/// Relative error below 1e-13 (3e-13 where the result is below 1e-200). NaN for negative arguments.
public func regularizedGammaP(_ a: Double, _ x: Double) -> Double { IncompleteGamma.values(a, x).lower }

// swiftcore: regularized_gamma_q; elementwise
/// The regularised upper incomplete gamma function Q(a, x) = Γ(a, x)/Γ(a) = 1 − P(a, x).
///
/// Computed on its own where it is small, so that it keeps its relative accuracy of 1e-13 (3e-13 where the
/// result is below 1e-200). NaN for negative arguments.
public func regularizedGammaQ(_ a: Double, _ x: Double) -> Double { IncompleteGamma.values(a, x).upper }

enum IncompleteGamma {
    /// P(a, x) and Q(a, x).
    static func values(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        guard a >= 0, x >= 0, a < .infinity || x < .infinity else { return (.nan, .nan) }
        if a == 0 { return x == 0 ? (.nan, .nan) : (1, 0) }
        if x == 0 || a == .infinity { return (0, 1) }
        if x == .infinity { return (1, 0) }
        if a >= 200, (x - a).magnitude < 0.3 * a { return TemmeExpansion.values(a, x) }
        if a < 1, x < 1.5 { return smallShape(a, x) }
        if x < a + 1 {
            let lower = min(density(a, x) * series(a, x), 1)
            return (lower, 1 - lower)
        }
        let upper = min(a * density(a, x) * fraction(a, x), 1)
        return (1 - upper, upper)
    }

    /// xᵃ e⁻ˣ/Γ(a + 1).
    static func density(_ a: Double, _ x: Double) -> Double {
        if a < 10 {
            if x > 600 {
                let half = Double.exp(-x / 2)
                return half * (Double.pow(x, a) / Double.gamma(a + 1)) * half
            }
            return Double.pow(x, a) * Double.exp(-x) / Double.exp(logGammaOnePlus(a))
        }
        // Far from a the quotient x/a is exact where 1 + (x − a)/a is not.
        let deviation = (x - a) / a
        let exponent = a * (deviation.magnitude < 0.6 ? logOnePlusMinus(deviation) : Double.log(x / a) - deviation)
        return Double.exp(exponent - stirlingCorrection(a)) / (2 * Double.pi * a).squareRoot()
    }

    /// Σ xⁿ/((a + 1)…(a + n)).
    private static func series(_ a: Double, _ x: Double) -> Double {
        var (term, sum, denominator) = (1.0, 1.0, a)
        repeat {
            denominator += 1
            term *= x / denominator
            sum += term
        } while term > sum * 1e-17
        return sum
    }

    /// The continued fraction of Γ(a, x) eˣ x⁻ᵃ, by Lentz's method.
    private static func fraction(_ a: Double, _ x: Double) -> Double {
        var b = x + 1 - a
        var c = 1e300
        var d = 1 / b
        var value = d
        var n = 0.0
        while true {
            n += 1
            let numerator = -n * (n - a)
            b += 2
            d = 1 / nonzero(numerator * d + b)
            c = nonzero(b + numerator / c)
            let factor = c * d
            value *= factor
            if (factor - 1).magnitude < 2.5e-16 || n > 1e6 { return value }
        }
    }

    /// For a < 1 and small x, where Q = 1 − P would cancel.
    private static func smallShape(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        // P = xᵃ/Γ(a + 1) · (1 + s), s = a Σ (−x)ⁿ/(n!(a + n)).
        var (power, sum, n) = (1.0, 0.0, 0.0)
        repeat {
            n += 1
            power *= -x / n
            sum += power / (a + n)
        } while power.magnitude > 1e-18 * sum.magnitude
        let s = a * sum
        let exponent = a * Double.log(x) - logGammaOnePlus(a)
        let leading = Double.exp(exponent)
        return (leading * (1 + s), -Double.expMinusOne(exponent) - leading * s)
    }
}

/// Temme's expansion of P and Q for a ≥ 200 and |x − a| < 0.3a.
private enum TemmeExpansion {
    static let orders = 9
    static let terms = 30

    static func values(_ a: Double, _ x: Double) -> (lower: Double, upper: Double) {
        let deviation = (x - a) / a
        let half = -logOnePlusMinus(deviation)  // η²/2
        let eta = (deviation < 0 ? -1 : 1) * (2 * half).squareRoot()
        var sum = 0.0
        for order in stride(from: orders - 1, through: 0, by: -1) {
            var polynomial = 0.0
            for index in stride(from: terms - 1, through: 0, by: -1) {
                polynomial = polynomial * eta + coefficients[order * terms + index]
            }
            sum = sum / a + polynomial
        }
        let scaled = (a * half).squareRoot()
        let exponential = Double.exp(-a * half)
        // erfcx keeps the digits that squaring a rounded root would lose.
        let tail = 0.5 * exponential * erfcx(scaled)
        let correction = exponential * sum / (2 * Double.pi * a).squareRoot()
        if deviation < 0 {
            let lower = tail - correction
            return (lower, 1 - lower)
        }
        let upper = tail + correction
        return (1 - upper, upper)
    }

    /// The Taylor coefficients of Temme's c₀(η), …, order after order (DLMF 8.12.9 to 8.12.12).
    static let coefficients: [Double] = {
        let length = terms + 2 * orders
        // λ − 1 = Σ αₙηⁿ, from η λ = (λ − 1)λ′.
        var alpha = [Double](repeating: 0, count: length + 3)
        alpha[1] = 1
        for n in 2..<alpha.count {
            var sum = alpha[n - 1]
            for j in stride(from: 2, to: n, by: 1) { sum -= alpha[j] * Double(n + 1 - j) * alpha[n + 1 - j] }
            alpha[n] = sum / Double(n + 1)
        }
        var base = (0..<length).map { Double($0 + 2) * alpha[$0 + 2] }
        base[0] = -1 / 3
        // The coefficients gₖ of Stirling's series of Γ.
        let stirling: [Double] = [
            1, 1 / 12, 1 / 288, -139 / 51840, -571 / 2_488_320, 163_879 / 209_018_880,
            5_246_819 / 75_246_796_800, -534_703_531 / 902_961_561_600, -4_483_131_259 / 86_684_309_913_600,
        ]
        var current = base
        var table = Array(base[0..<terms])
        for order in 1..<orders {
            let factor = (order.isMultiple(of: 2) ? 1 : -1) * stirling[order]
            current = (0..<(current.count - 2)).map { factor * base[$0] + Double($0 + 2) * current[$0 + 2] }
            table += current[0..<terms]
        }
        return table
    }()
}

/// ln(1 + x) − x, without cancellation.
func logOnePlusMinus(_ x: Double) -> Double {
    guard x.magnitude < 0.6 else { return .log(onePlus: x) - x }
    // With r = x/(2 + x): ln(1 + x) = 2 artanh r and 2r − x = −rx.
    let r = x / (2 + x)
    let square = r * r
    var (sum, power, k) = (0.0, square, 3.0)
    while power > 1e-18 * square {
        sum += power / k
        power *= square
        k += 2
    }
    return r * (2 * sum - x)
}

/// Keeps the denominators of a continued fraction away from zero.
@inline(__always)
func nonzero(_ value: Double) -> Double { value.magnitude < 1e-300 ? 1e-300 : value }
