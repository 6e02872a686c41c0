import Foundation

// swiftcore: bessel_i; elementwise
/// The modified Bessel function of the first kind Iᵥ(x) of real order, for x ≥ 0 (every x for an integer v).
///
/// - Parameters:
///   - order: v, any real number.
///   - x: not negative, or any number for an integer order.
///   - scaled: whether to give e^(−|x|) Iᵥ(x), which does not overflow.
///
/// Temme's series and Steed's continued fraction (Temme 1975), and Hankel's expansion (DLMF 10.40.1) for
/// large x. Relative error below 1e-13. Takes O(v + x) steps outside Hankel's range.
public func besselI(_ order: Double, _ x: Double, scaled: Bool = false) -> Double {
    let magnitude = x.magnitude
    if x < 0 {
        guard order == order.rounded() else { return .nan }
        let value = besselI(order, magnitude, scaled: scaled)
        return order.remainder(dividingBy: 2) == 0 ? value : -value
    }
    let (i, k) = BesselIK.scaledValues(order.magnitude, x)
    var result = i
    if order < 0, order != order.rounded() {
        // DLMF 10.27.2, with both terms scaled by e⁻ˣ.
        result += 2 / .pi * sineOfPi(-order) * k * exp(-2 * x)
    }
    return scaled ? result : times(result, exponentialOf: x)
}

// swiftcore: bessel_k; elementwise
/// The modified Bessel function of the second kind Kᵥ(x) of real order, for x > 0.
///
/// - Parameters:
///   - order: v, any real number.
///   - x: positive.
///   - scaled: whether to give eˣ Kᵥ(x), which does not underflow.
///
/// As `besselI`. ∞ at 0, NaN for x < 0. Relative error below 1e-13.
public func besselK(_ order: Double, _ x: Double, scaled: Bool = false) -> Double {
    let k = BesselIK.scaledValues(order.magnitude, x).k
    return scaled ? k : times(k, exponentialOf: -x)
}

/// value·eˣ, without overflow on the way.
private func times(_ value: Double, exponentialOf x: Double) -> Double {
    x.magnitude < 700 ? value * exp(x) : value * exp(x / 2) * exp(x / 2)
}

private enum BesselIK {
    /// e⁻ˣIᵥ(x) and eˣKᵥ(x) for v ≥ 0.
    static func scaledValues(_ order: Double, _ x: Double) -> (i: Double, k: Double) {
        guard order.isFinite, x >= 0 else { return (.nan, .nan) }
        if x == 0 { return (order == 0 ? 1 : 0, .infinity) }
        if x == .infinity { return (0, 0) }
        if x > 25, let sums = BesselAsymptotics.hankelSums(order, x, sign: 1) {
            return (
                (sums.even - sums.odd) / (2 * .pi * x).squareRoot(),
                (sums.even + sums.odd) * (.pi / (2 * x)).squareRoot()
            )
        }
        let steps = Int(order + 0.5)
        let reduced = order - Double(steps)
        var top = 1e-200
        var (value, derivative) = (top, logarithmicDerivative(order, x) * top)
        var factor = order / x
        for _ in 0..<steps {
            let next = factor * value + derivative
            factor -= 1 / x
            derivative = factor * next + value
            value = next
            if value > 1e200 { (value, derivative, top) = (value * 1e-200, derivative * 1e-200, top * 1e-200) }
        }
        let f = derivative / value
        var (k, kNext) = x < 2 ? temmeK(reduced, x) : steedK(reduced, x)
        // The Wronskian I K′ − I′ K = −1/x.
        let i = 1 / (x * (f * k - reduced / x * k + kNext))
        for step in 0..<steps { (k, kNext) = (kNext, 2 * (reduced + Double(step + 1)) / x * kNext + k) }
        return (top * (i / value), k)
    }

    /// I′ᵥ/Iᵥ by the first continued fraction.
    private static func logarithmicDerivative(_ order: Double, _ x: Double) -> Double {
        var h = max(order / x, 1e-300)
        var b = 2 * order / x
        var (c, d) = (h, 0.0)
        for _ in 0..<100_000_000 {
            b += 2 / x
            d = 1 / (b + d)
            c = b + 1 / c
            let factor = c * d
            h *= factor
            if (factor - 1).magnitude < 2.3e-16 { break }
        }
        return h
    }

    /// eˣK of orders μ and μ + 1 for |μ| ≤ 1/2 and 0 < x < 2, by Temme's series.
    private static func temmeK(_ order: Double, _ x: Double) -> (Double, Double) {
        let gamma = BesselAsymptotics.temmeGamma(order)
        let logarithm = log(2 / x)
        let sigma = order * logarithm
        let piOrder = Double.pi * order
        let inverseSinc = piOrder == 0 ? 1 : piOrder / sin(piOrder)
        let sinhc = sigma == 0 ? 1 : sinh(sigma) / sigma
        var f = inverseSinc * (cosh(sigma) * gamma.first + sinhc * logarithm * gamma.second)
        let power = exp(sigma)
        var p = 0.5 * power / gamma.plus
        var q = 0.5 / (power * gamma.minus)
        var c = 1.0
        var sum = f
        var sumNext = p
        var k = 0.0
        while k < 500 {
            k += 1
            f = (k * f + p + q) / (k * k - order * order)
            c *= x * x / (4 * k)
            p /= k - order
            q /= k + order
            let change = c * f
            sum += change
            sumNext += c * (p - k * f)
            if change < sum * 1e-17 { break }
        }
        let scale = exp(x)
        return (sum * scale, sumNext * 2 / x * scale)
    }

    /// eˣK of orders μ and μ + 1 for |μ| ≤ 1/2 and x ≥ 2, by Steed's continued fraction with Temme's sum.
    private static func steedK(_ order: Double, _ x: Double) -> (Double, Double) {
        let first = 0.25 - order * order
        // An order of one half ends the fraction at once.
        var b = 2 * (1 + x)
        var d = 1 / b
        var change = d
        var h = d
        var (previousQ, q) = (0.0, 1.0)
        var c = first
        var sumQ = first
        var a = -first
        var s = 1 + sumQ * change
        var k = 1.0
        while k < 10_000, first != 0 {
            k += 1
            a -= 2 * (k - 1)
            c = -a * c / k
            let nextQ = (previousQ - b * q) / a
            (previousQ, q) = (q, nextQ)
            sumQ += c * nextQ
            b += 2
            d = 1 / (b + a * d)
            change = (b * d - 1) * change
            h += change
            let term = sumQ * change
            s += term
            if (term / s).magnitude < 1e-17 { break }
        }
        let value = (.pi / (2 * x)).squareRoot() / s
        return (value, value * (order + x + 0.5 - first * h) / x)
    }
}
