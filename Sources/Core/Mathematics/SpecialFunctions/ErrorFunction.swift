import RealModule

// erf and erfc themselves are `Double.erf` and `Double.erfc` of RealModule.

// swiftcore: erfcx; elementwise
/// The scaled complementary error function exp(x²)·erfc(x).
///
/// It neither underflows where erfc does (x > 26) nor loses digits there: for x ≥ 25 the asymptotic
/// series DLMF 7.12.1. Relative error below 2e-15. It is ∞ for x < −26.7 and NaN for NaN.
public func erfcx(_ x: Double) -> Double {
    if x < 25 {
        guard x > -27 else { return x.isNaN ? x : .infinity }
        let square = x * x
        // exp magnifies the rounding error of x² by x²: the error itself is known exactly.
        let rest = (-square).addingProduct(x, x)
        return Double.exp(square) * (1 + rest) * Double.erfc(x)
    }
    let inverse = 1 / (2 * x * x)
    var (term, sum) = (1.0, 1.0)
    for k in 1...10 {
        term *= -Double(2 * k - 1) * inverse
        sum += term
    }
    return sum / Double.pi.squareRoot() / x
}

// swiftcore: inverse_erf; elementwise
/// The inverse of the error function: erf(inverseErf(y)) = y.
///
/// Defined on [−1, 1], ±∞ at the ends and NaN elsewhere. Relative error below 2e-15 (Wichura's
/// algorithm AS 241, through the normal quantile).
public func inverseErf(_ y: Double) -> Double {
    let distance = 1 - y.magnitude
    guard distance >= 0 else { return .nan }
    return NormalQuantile.value(fromCentre: y / 2, logTail: { Double.log(distance) - NormalQuantile.logOfTwo })
        * 0.5.squareRoot()
}

// swiftcore: inverse_erfc; elementwise
/// The inverse of the complementary error function: erfc(inverseErfc(y)) = y.
///
/// Defined on [0, 2], ∞ and −∞ at the ends and NaN elsewhere. Relative error below 2e-15, down to the
/// smallest positive y.
public func inverseErfc(_ y: Double) -> Double {
    guard y >= 0, y <= 2 else { return .nan }
    let tail = min(y, 2 - y)
    return NormalQuantile.value(fromCentre: (1 - y) / 2, logTail: { Double.log(tail) - NormalQuantile.logOfTwo })
        * 0.5.squareRoot()
}
