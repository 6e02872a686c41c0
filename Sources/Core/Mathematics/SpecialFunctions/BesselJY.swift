import ComplexModule
import Foundation

/// The Bessel function of the first kind Jₙ(x) of integer order, for every real x.
///
/// Of the C library. The error is a few 1e-16 of the larger of |Jₙ| and the local amplitude √(2/(π|x|)).
public func besselJ(_ order: Int, _ x: Double) -> Double { jn(Int32(clamping: order), x) }

/// The Bessel function of the second kind Yₙ(x) of integer order, for x > 0.
///
/// Of the C library. −∞ at 0 (for n ≥ 0), NaN for x < 0.
public func besselY(_ order: Int, _ x: Double) -> Double { yn(Int32(clamping: order), x) }

// swiftcore: bessel_j; elementwise
/// The Bessel function of the first kind Jᵥ(x) of real order, for x ≥ 0.
///
/// Temme's series for x < 2, Steed's continued fractions (Temme 1975; Barnett 1974) up to where Hankel's
/// expansion (DLMF 10.17.3) holds. The error is below 1e-12 (v ≤ 30: 2e-13) of the larger of |Jᵥ| and, for x > |v|, the
/// amplitude √(2/(πx)). Takes O(v + x) steps outside Hankel's range. NaN for x < 0.
public func besselJ(_ order: Double, _ x: Double) -> Double {
    if order == order.rounded(), order.magnitude < 1e5 { return jn(Int32(order), x) }
    guard order < 0 else { return BesselJY.values(order, x).j }
    let (j, y) = BesselJY.values(-order, x)
    return reflected(j, cosineOfPi(order), y, sineOfPi(order))
}

// swiftcore: bessel_y; elementwise
/// The Bessel function of the second kind Yᵥ(x) of real order, for x > 0.
///
/// As `besselJ`. −∞ at 0 for v ≥ 0, NaN for x < 0.
public func besselY(_ order: Double, _ x: Double) -> Double {
    if order == order.rounded(), order.magnitude < 1e5 { return yn(Int32(order), x) }
    guard order < 0 else { return BesselJY.values(order, x).y }
    let (j, y) = BesselJY.values(-order, x)
    return reflected(y, cosineOfPi(order), -j, sineOfPi(order))
}

// swiftcore: spherical_bessel_j; elementwise
/// The spherical Bessel function of the first kind jₗ(x) = √(π/(2x)) Jₗ₊½(x), for l ≥ 0 and x ≥ 0.
public func sphericalBesselJ(_ order: Int, _ x: Double) -> Double {
    if x == 0 { return order == 0 ? 1 : 0 }
    if order == 0 { return sin(x) / x }
    return (Double.pi / (2 * x)).squareRoot() * besselJ(Double(order) + 0.5, x)
}

// swiftcore: spherical_bessel_y; elementwise
/// The spherical Bessel function of the second kind yₗ(x) = √(π/(2x)) Yₗ₊½(x), for l ≥ 0 and x > 0.
public func sphericalBesselY(_ order: Int, _ x: Double) -> Double {
    (Double.pi / (2 * x)).squareRoot() * besselY(Double(order) + 0.5, x)
}

/// a·cos − b·sin, where a factor that is exactly zero also wipes out an infinite one.
private func reflected(_ a: Double, _ cosine: Double, _ b: Double, _ sine: Double) -> Double {
    (cosine == 0 ? 0 : a * cosine) + (sine == 0 ? 0 : b * sine)
}

private enum BesselJY {
    static func values(_ order: Double, _ x: Double) -> (j: Double, y: Double) {
        guard order.isFinite, x >= 0 else { return (.nan, .nan) }
        if x == 0 { return (order == 0 ? 1 : 0, -.infinity) }
        if x == .infinity { return (0, 0) }
        if x > 25, let sums = BesselAsymptotics.hankelSums(order, x, sign: -1) {
            // The phase x − (v/2 + 1/4)π by the addition theorem, so that x is not rounded.
            let (cosine, sine) = (cosineOfPi(order / 2 + 0.25), sineOfPi(order / 2 + 0.25))
            let (cosineX, sineX) = (cos(x), sin(x))
            let phaseCosine = cosineX * cosine + sineX * sine
            let phaseSine = sineX * cosine - cosineX * sine
            let amplitude = (2 / (.pi * x)).squareRoot()
            return (
                amplitude * (sums.even * phaseCosine - sums.odd * phaseSine),
                amplitude * (sums.even * phaseSine + sums.odd * phaseCosine)
            )
        }
        let steps = x < 2 ? Int(order + 0.5) : max(0, Int(order - x + 1.5))
        let reduced = order - Double(steps)
        let wronskian = 2 / (.pi * x)

        // J′/J at the order, and down from there to the reduced order.
        let (ratio, sign) = logarithmicDerivative(order, x)
        var top = sign * 1e-200
        var (value, derivative) = (top, ratio * top)
        var factor = order / x
        for _ in 0..<steps {
            let next = factor * value + derivative
            factor -= 1 / x
            derivative = factor * next - value
            value = next
            if value.magnitude > 1e200 {
                (value, derivative, top) = (value * 1e-200, derivative * 1e-200, top * 1e-200)
            }
        }
        let f = derivative / value

        var (j, y, yNext): (Double, Double, Double)
        if x < 2 {
            (y, yNext) = BesselAsymptotics.temmeY(reduced, x)
            j = wronskian / (reduced / x * y - yNext - f * y)
        } else {
            let (p, q) = steed(reduced, x)
            let gamma = (p - f) / q
            j = (wronskian / ((p - f) * gamma + q)).squareRoot() * (value < 0 ? -1 : 1)
            y = j * gamma
            yNext = reduced / x * y - j * (p * gamma + q)
        }
        for step in 0..<steps { (y, yNext) = (yNext, 2 * (reduced + Double(step + 1)) / x * yNext - y) }
        return (top * (j / value), y)
    }

    /// J′ᵥ/Jᵥ by the first continued fraction, and the sign of Jᵥ relative to the limit of the recurrence.
    private static func logarithmicDerivative(_ order: Double, _ x: Double) -> (ratio: Double, sign: Double) {
        var sign = 1.0
        var h = max(order / x, 1e-300)
        var b = 2 * order / x
        var (c, d) = (h, 0.0)
        for _ in 0..<(100_000_000) {
            b += 2 / x
            d = 1 / nonzero(b - d)
            c = nonzero(b - 1 / c)
            if d < 0 { sign = -sign }
            let factor = c * d
            h *= factor
            if (factor - 1).magnitude < 2.3e-16 { break }
        }
        return (h, sign)
    }

    /// p + iq = (J′ + iY′)/(J + iY) by the second continued fraction, for x ≥ 2.
    private static func steed(_ order: Double, _ x: Double) -> (Double, Double) {
        let square = order * order
        var numerator = 0.25 - square
        var b = Complex(2 * x, 2)
        var d = 1 / b
        // The first partial quotient; Lentz's factors follow, whose c starts at infinity.
        var value = Complex(numerator, 0) * d
        var c = Complex(1e300, 0)
        var k = 1.0
        var term = Complex<Double>.one
        while k < 10_000 {
            let half = k + 0.5
            numerator = half * half - square
            b += Complex(0, 2)
            d = 1 / (Complex(numerator, 0) * d + b)
            c = b + Complex(numerator, 0) / c
            term = c * d
            value = value * term
            k += 1
            if (term - 1).magnitude < 2.3e-16 { break }
        }
        let result = Complex(-0.5 / x, 1) + Complex(0, 1 / x) * value
        return (result.real, result.imaginary)
    }
}

/// What the ordinary and the modified functions share.
enum BesselAsymptotics {
    /// The alternating sums P = Σ (±1)ᵏ a₂ₖ/x²ᵏ and Q = Σ (±1)ᵏ a₂ₖ₊₁/x²ᵏ⁺¹ of Hankel's expansion (DLMF
    /// 10.17.1), or nil where the terms do not become small enough.
    static func hankelSums(_ order: Double, _ x: Double, sign: Double) -> (even: Double, odd: Double)? {
        let square = 4 * order * order
        var (even, odd, term) = (1.0, 0.0, 1.0)
        for k in 1...200 {
            let odds = Double(2 * k - 1)
            let next = term * (square - odds * odds) / (8 * Double(k) * x)
            // Growing terms early would cancel, late they say that the expansion has turned.
            if next.magnitude > 0.9 * term.magnitude && next.magnitude > 1e-17 { return nil }
            term = next
            if k.isMultiple(of: 2) {
                even += (k / 2).isMultiple(of: 2) ? term : sign * term
            } else {
                odd += (k / 2).isMultiple(of: 2) ? term : sign * term
            }
            if term.magnitude < 1e-17 { return (even, odd) }
        }
        return nil
    }

    /// Γ₁ and Γ₂ of Temme's series and 1/Γ(1 ± μ), for |μ| ≤ 1/2.
    static func temmeGamma(_ order: Double) -> (first: Double, second: Double, plus: Double, minus: Double) {
        let (plus, minus) = (-logGammaOnePlus(order), -logGammaOnePlus(-order))
        let half = (minus - plus) / 2
        let mean = exp((plus + minus) / 2)
        let first = order == 0 ? -0.5772156649015329 : mean * sinh(half) / order
        return (first, mean * cosh(half), exp(plus), exp(minus))
    }

    /// Y of orders μ and μ + 1 for |μ| ≤ 1/2 and 0 < x < 2, by Temme's series.
    static func temmeY(_ order: Double, _ x: Double) -> (Double, Double) {
        let gamma = temmeGamma(order)
        let logarithm = log(2 / x)
        let sigma = order * logarithm
        let piOrder = Double.pi * order
        let inverseSinc = piOrder == 0 ? 1 : piOrder / sin(piOrder)
        let sinhc = sigma == 0 ? 1 : sinh(sigma) / sigma
        var f = 2 / Double.pi * inverseSinc * (cosh(sigma) * gamma.first + sinhc * logarithm * gamma.second)
        let power = exp(sigma)
        var p = power / (Double.pi * gamma.plus)
        var q = 1 / (power * Double.pi * gamma.minus)
        let halfSinc = order == 0 ? 0 : 2 / order * sin(piOrder / 2) * sin(piOrder / 2)
        var c = 1.0
        var sum = f + halfSinc * q
        var sumNext = p
        var k = 0.0
        while k < 500 {
            k += 1
            f = (k * f + p + q) / (k * k - order * order)
            c *= -x * x / (4 * k)
            p /= k - order
            q /= k + order
            let change = c * (f + halfSinc * q)
            sum += change
            sumNext += c * p - k * change
            if change.magnitude < (1 + sum.magnitude) * 1e-17 { break }
        }
        return (-sum, -sumNext * 2 / x)
    }
}
