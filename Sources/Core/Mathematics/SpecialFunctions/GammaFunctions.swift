import RealModule

// Γ itself is `Double.gamma` of RealModule.

// swiftcore: log_gamma; elementwise
/// ln |Γ(x)|, of the C library; of full relative accuracy also for |x − 1| ≤ 0.6, where it vanishes at 1.
public func logGamma(_ x: Double) -> Double {
    (x - 1).magnitude <= 0.6 ? logGammaOnePlus(x - 1) : .logGamma(x)
}

// swiftcore: digamma; elementwise
/// The digamma function ψ(x) = d ln Γ(x)/dx.
///
/// Recurrence upwards and the asymptotic series DLMF 5.11.2; reflection (DLMF 5.5.4) for x < 0. Relative
/// error below 1e-14, also beside the positive zero 1.4616…; beside the negative zeros the error is
/// 1e-14 absolute. ∓∞ at ±0, and NaN at the negative integers, for −∞ and for NaN.
public func digamma(_ x: Double) -> Double {
    if x == 0 { return x.sign == .minus ? .infinity : -.infinity }
    guard x > 0 else {
        guard x > -.infinity, x != x.rounded() else { return .nan }
        return digamma(1 - x) - .pi / tangentOfPi(x)
    }
    let root = 1.4616321449683622
    if (x - root).magnitude < 0.4 { return DigammaNearRoot.value(at: x - root - 9.549995429965697e-17) }
    guard x < .infinity else { return x }
    // Σ 1/(x + k) as one fraction, since divisions are slow.
    var (argument, numerator, denominator) = (x, 0.0, 1.0)
    while argument < 10 {
        numerator = numerator * argument + denominator
        denominator *= argument
        argument += 1
    }
    let tail = 0.5 / argument + DigammaNearRoot.series(1 / (argument * argument))
    return -numerator / denominator + (Double.log(argument) - tail)
}

// swiftcore: trigamma; elementwise
/// The trigamma function ψ′(x) = d² ln Γ(x)/dx².
///
/// Recurrence upwards and the asymptotic series DLMF 5.15.8; reflection for x < 0. Relative error below
/// 1e-14. ∞ at 0 and the negative integers, NaN for −∞ and NaN.
public func trigamma(_ x: Double) -> Double {
    guard x > 0 else {
        guard x > -.infinity else { return .nan }
        guard x != x.rounded() else { return .infinity }
        let sine = sineOfPi(x)
        return .pi * .pi / (sine * sine) - trigamma(1 - x)
    }
    var (argument, sum) = (x, 0.0)
    while argument < 12 {
        sum += 1 / (argument * argument)
        argument += 1
    }
    let inverse = 1 / argument
    let square = inverse * inverse
    var tail = 0.0
    for number in bernoulliNumbers.reversed() { tail = (tail + number) * square }
    return sum + inverse * (1 + 0.5 * inverse + tail)
}

// swiftcore: log_beta; elementwise
/// ln B(a, b) = ln Γ(a) + ln Γ(b) − ln Γ(a + b) for a, b > 0.
///
/// For large arguments the logarithms of Γ are never formed, only their Stirling corrections, so that
/// nothing cancels. Error below 1e-14 of the larger of 1 and the result. NaN if an argument is negative
/// or NaN, ∞ if one is 0.
public func logBeta(_ a: Double, _ b: Double) -> Double {
    guard a >= 0, b >= 0 else { return .nan }
    let (small, large) = (min(a, b), max(a, b))
    if small == 0 { return .infinity }
    if large == .infinity { return -.infinity }
    if large < 10 { return .logGamma(small) + (.logGamma(large) - .logGamma(small + large)) }
    let correction = stirlingCorrection(large) - stirlingCorrection(small + large)
    if small < 10 {
        return .logGamma(small) + correction
            + (small - small * .log(small + large) - (large - 0.5) * .log(onePlus: small / large))
    }
    return correction + stirlingCorrection(small) + 0.5 * .log(2 * .pi / large)
        - (small - 0.5) * .log(onePlus: large / small) - large * .log(onePlus: small / large)
}

/// Bernoulli's numbers B₂, B₄, …, B₁₈.
private let bernoulliNumbers: [Double] = [
    1 / 6, -1 / 30, 1 / 42, -1 / 30, 5 / 66, -691 / 2730, 7 / 6, -3617 / 510, 43867 / 798,
]

/// ψ in the neighbourhood of its positive zero r, as ψ(x) − ψ(r) term by term, each a multiple of x − r.
private enum DigammaNearRoot {
    static let steps = 10

    static func value(at distance: Double) -> Double {
        let root = 1.4616321449683622
        var sum = 0.0
        for step in 0..<steps { sum += 1 / ((root + Double(step)) * (root + distance + Double(step))) }
        let shifted = root + Double(steps)
        let relative = Double.log(onePlus: distance / shifted)
        var tail = 0.0
        for (index, number) in bernoulliNumbers.enumerated() {
            // (r + h)^(−2k) − r^(−2k), without cancellation.
            let power = Double(2 * index + 2)
            tail += number / power * Double.exp(-power * Double.log(shifted)) * Double.expMinusOne(-power * relative)
        }
        return distance * (sum + 0.5 / (shifted * (shifted + distance))) + relative - tail
    }

    /// Σ B₂ₖ/(2k) x⁻²ᵏ from x⁻².
    static func series(_ inverseSquare: Double) -> Double {
        let v = inverseSquare
        // B₂ₖ/(2k) for k = 1, …, 9.
        let tail: Double = v * (-3617 / 8160 + v * (43867 / 14364))
        let middle: Double = v * (1 / 132 + v * (-691 / 32760 + v * (1 / 12 + tail)))
        return v * (1 / 12 + v * (-1 / 120 + v * (1 / 252 + v * (-1 / 240 + middle))))
    }
}

/// Δ(x) = ln Γ(x) − (x − 1/2) ln x + x − ln √(2π) for x ≥ 10 (DLMF 5.11.1), to 1e-16.
func stirlingCorrection(_ x: Double) -> Double {
    let square = 1 / (x * x)
    var sum = 0.0
    for index in stride(from: bernoulliNumbers.count - 1, through: 0, by: -1) {
        let twice = Double(2 * index + 2)
        sum = sum * square + bernoulliNumbers[index] / (twice * (twice - 1))
    }
    return sum / x
}

/// ln Γ(1 + x) for |x| ≤ 0.6, with full relative accuracy.
///
/// ln Γ(1 + x) = −log1p(x) + (1 − γ)x + Σₖ (−1)ᵏ (ζ(k) − 1)xᵏ/k (DLMF 5.7.3).
func logGammaOnePlus(_ x: Double) -> Double {
    guard x.magnitude <= 0.6 else { return .logGamma(1 + x) }
    var sum = 0.0
    for (offset, zeta) in zetaMinusOne.enumerated().reversed() {
        let k = offset + 2
        sum = (sum + (k.isMultiple(of: 2) ? zeta : -zeta) / Double(k)) * x
    }
    return -.log(onePlus: x) + x * (0.42278433509846714 + sum)
}

/// ζ(k) − 1 for k = 2, 3, …, 34.
private let zetaMinusOne: [Double] = {
    (2...34).map { (k: Int) -> Double in
        // Euler-Maclaurin after ten terms, to the third Bernoulli number.
        let s = Double(k)
        let n = 20.0
        var sum = 0.0
        for j in stride(from: 19, through: 2, by: -1) { sum += Double.pow(Double(j), -k) }
        let power = Double.pow(20.0, -k)
        let tail = power * (n / (s - 1) + 0.5 + s / (12 * n) - s * (s + 1) * (s + 2) / (720 * n * n * n)
            + s * (s + 1) * (s + 2) * (s + 3) * (s + 4) / (30240 * n * n * n * n * n))
        return sum + tail
    }
}()

/// sin(πx), exact at the integers and half-integers.
func sineOfPi(_ x: Double) -> Double {
    let reduced = x.remainder(dividingBy: 2)
    if reduced.magnitude > 0.75 { return (reduced < 0 ? -1 : 1) * Double.sin(.pi * (1 - reduced.magnitude)) }
    if reduced.magnitude > 0.25 { return (reduced < 0 ? -1 : 1) * Double.cos(.pi * (reduced.magnitude - 0.5)) }
    return Double.sin(.pi * reduced)
}

/// cos(πx), exact at the integers and half-integers.
func cosineOfPi(_ x: Double) -> Double {
    let reduced = x.remainder(dividingBy: 2).magnitude
    if reduced > 0.75 { return -Double.cos(.pi * (1 - reduced)) }
    if reduced > 0.25 { return Double.sin(.pi * (0.5 - reduced)) }
    return Double.cos(.pi * reduced)
}

private func tangentOfPi(_ x: Double) -> Double { sineOfPi(x) / cosineOfPi(x) }
