import RealModule

// swiftcore: normal_cdf; elementwise
/// The standard normal distribution function Φ(x) = erfc(−x/√2)/2.
///
/// Relative error below 4e-15 wherever the result is a normal number, also far in the lower
/// tail; for the upper tail use Φ(−x).
public func normalCDF(_ x: Double) -> Double {
    guard x.magnitude < .infinity else { return x.isNaN ? x : x > 0 ? 1 : 0 }
    let (high, low) = negatedHalfRoot(x)
    let value = Double.erfc(high)
    guard low != 0, value > 0 else { return value / 2 }
    // What rounding −x/√2 lost, times the slope of erfc.
    return (value - 2 / Double.pi.squareRoot() * Double.exp(-high * high) * low) / 2
}

// swiftcore: normal_log_cdf; elementwise
/// ln Φ(x), the logarithm of the standard normal distribution function.
///
/// Finite and accurate for every finite x: −x²/2 + ln(erfcx(−x/√2)/2) in the lower half and
/// log1p(−Φ(−x)) in the upper. Relative error below 4e-15.
public func normalLogCDF(_ x: Double) -> Double {
    if x > 0 { return Double.log(onePlus: -normalCDF(-x)) }
    guard x > -.infinity else { return x }
    return -x * x / 2 + Double.log(erfcx(x * -0.5.squareRoot()) / 2)
}

// swiftcore: normal_pdf; elementwise
/// The standard normal density φ(x) = exp(−x²/2)/√(2π). Relative error below 1e-15.
public func normalPDF(_ x: Double) -> Double {
    let square = x * x
    // exp magnifies the rounding error of x² by x²/2: the error itself is known exactly.
    let rest = square < 2000 ? (-square).addingProduct(x, x) : 0
    return 0.3989422804014327 * Double.exp(-square / 2) * (1 - rest / 2)
}

// swiftcore: normal_log_pdf; elementwise
/// The logarithm of the standard normal density, −x²/2 − ln √(2π).
public func normalLogPDF(_ x: Double) -> Double { -x * x / 2 - 0.9189385332046728 }

// swiftcore: normal_mills_ratio; elementwise
/// Mills' ratio (1 − Φ(x))/φ(x) = √(π/2)·erfcx(x/√2).
///
/// Relative error below 4e-15, also far in the upper tail where numerator and denominator underflow. Its
/// reciprocal is the hazard rate. ∞ for x < −38, NaN for NaN.
public func normalMillsRatio(_ x: Double) -> Double {
    // erfcx magnifies a rounding of its argument below zero by x².
    if x < 0 { return normalCDF(-x) / normalPDF(x) }
    return (Double.pi / 2).squareRoot() * erfcx(x * 0.5.squareRoot())
}

// swiftcore: normal_quantile; elementwise
/// The standard normal quantile: Φ(normalQuantile(p)) = p.
///
/// Defined on [0, 1], −∞ and ∞ at the ends and NaN elsewhere. Wichura, algorithm AS 241, Applied
/// Statistics 37, 1988: relative error below 1e-15 for the p given, down to the smallest positive p.
public func normalQuantile(_ p: Double) -> Double {
    guard p >= 0, p <= 1 else { return .nan }
    return NormalQuantile.value(fromCentre: p - 0.5, logTail: { Double.log(min(p, 1 - p)) })
}

/// The standard normal quantile of a probability given by its logarithm: ln Φ(x) = `logProbability`.
///
/// Two Newton steps on ln Φ from the asymptotic form carry it beyond the range in which the probability
/// itself is a number. NaN for positive arguments. Relative error below 1e-14.
public func normalQuantile(logProbability: Double) -> Double {
    guard logProbability <= 0 else { return .nan }
    if logProbability > -700 {
        let p = Double.exp(logProbability)
        if p < 0.5 { return NormalQuantile.value(fromCentre: p - 0.5, logTail: { logProbability }) }
        let tail = -Double.expMinusOne(logProbability)
        return NormalQuantile.value(fromCentre: 0.5 - tail, logTail: { Double.log(tail) })
    }
    guard logProbability > -.infinity else { return -.infinity }
    let square = -2 * logProbability
    var x = -(square - Double.log(2 * .pi * square)).squareRoot()
    for _ in 0..<3 {
        // φ/Φ = √(2/π) / erfcx(−x/√2).
        let slope = (2 / Double.pi).squareRoot() / erfcx(x * -0.5.squareRoot())
        x -= (normalLogCDF(x) - logProbability) / slope
    }
    return x
}

/// −x/√2 as a rounded value and what the rounding lost.
private func negatedHalfRoot(_ x: Double) -> (high: Double, low: Double) {
    let rootHigh = 0x1.6a09e667f3bcdp-1
    let rootLow = -0x1.bdd3413b26456p-55
    let high = -x * rootHigh
    return (high, (-high).addingProduct(-x, rootHigh) - x * rootLow)
}

/// Wichura's rational approximations of the normal quantile (PPND16).
enum NormalQuantile {
    static let logOfTwo = 0.6931471805599453

    /// The quantile from p − 1/2 and, in the tails, from the logarithm of the tail's probability.
    static func value(fromCentre centre: Double, logTail: () -> Double) -> Double {
        if centre.magnitude <= 0.425 {
            let r = 0.180625 - centre * centre
            return centre * ratio(r, central, centralDenominator)
        }
        let logarithm = logTail()
        guard logarithm > -.infinity else { return centre < 0 ? -.infinity : .infinity }
        let r = (-logarithm).squareRoot()
        let size = r <= 5 ? ratio(r - 1.6, middle, middleDenominator) : ratio(r - 5, far, farDenominator)
        return centre < 0 ? -size : size
    }

    private static func ratio(_ x: Double, _ numerator: SIMD8<Double>, _ denominator: SIMD8<Double>) -> Double {
        var (top, bottom) = (numerator[7], denominator[7])
        for index in stride(from: 6, through: 0, by: -1) {
            top = top * x + numerator[index]
            bottom = bottom * x + denominator[index]
        }
        return top / bottom
    }

    private static let central = SIMD8(
        3.3871328727963666080e0, 1.3314166789178437745e2, 1.9715909503065514427e3, 1.3731693765509461125e4,
        4.5921953931549871457e4, 6.7265770927008700853e4, 3.3430575583588128105e4, 2.5090809287301226727e3)
    private static let centralDenominator = SIMD8(
        1, 4.2313330701600911252e1, 6.8718700749205790830e2, 5.3941960214247511077e3,
        2.1213794301586595867e4, 3.9307895800092710610e4, 2.8729085735721942674e4, 5.2264952788528545610e3)
    private static let middle = SIMD8(
        1.42343711074968357734e0, 4.63033784615654529590e0, 5.76949722146069140550e0, 3.64784832476320460504e0,
        1.27045825245236838258e0, 2.41780725177450611770e-1, 2.27238449892691845833e-2,
        7.74545014278341407640e-4)
    private static let middleDenominator = SIMD8(
        1, 2.05319162663775882187e0, 1.67638483018380384940e0, 6.89767334985100004550e-1,
        1.48103976427480074590e-1, 1.51986665636164571966e-2, 5.47593808499534494600e-4,
        1.05075007164441684324e-9)
    private static let far = SIMD8(
        6.65790464350110377720e0, 5.46378491116411436990e0, 1.78482653991729133580e0, 2.96560571828504891230e-1,
        2.65321895265761230930e-2, 1.24266094738807843860e-3, 2.71155556874348757815e-5,
        2.01033439929228813265e-7)
    private static let farDenominator = SIMD8(
        1, 5.99832206555887937690e-1, 1.36929880922735805310e-1, 1.48753612908506148525e-2,
        7.86869131145613259100e-4, 1.84631831751005468180e-5, 1.42151175831644588870e-7,
        2.04426310338993978564e-15)
}
