import RealModule

/// The two real branches of the Lambert W function.
public enum LambertWBranch: Sendable {
    /// W₀: defined for x ≥ −1/e, at least −1.
    case principal
    /// W₋₁: defined for −1/e ≤ x < 0, at most −1.
    case lower
}

// swiftcore: lambert_w; elementwise
/// The Lambert W function: w with w·eʷ = x.
///
/// The series in √(2(1 + ex)) at the branch point −1/e and Halley's iteration elsewhere (Corless,
/// Gonnet, Hare, Jeffrey and Knuth, "On the Lambert W function", 1996, section 4). Relative error below
/// 4e-15. NaN outside the branch's domain; W₋₁ tends to −∞ at −0.
public func lambertW(_ x: Double, branch: LambertWBranch = .principal) -> Double {
    if x.isNaN { return x }
    // 1 + ex with the full width of e, since it cancels at the branch point.
    let eHigh = 0x1.5bf0a8b145769p+1
    let eLow = 0x1.4d57ee2b1013ap-53
    let gap = (1.0).addingProduct(eHigh, x) + eLow * x
    guard gap >= 0 else { return gap > -1e-16 ? -1 : .nan }
    if branch == .lower, x >= 0 { return x == 0 ? -.infinity : .nan }
    if x == 0 || x == .infinity { return x }
    let root = (2 * gap).squareRoot()
    if root < 0.02 {
        let p = branch == .principal ? root : -root
        // DLMF 4.13.6.
        let coefficients: [Double] = [
            -1.0, 1, -1 / 3, 11 / 72, -43 / 540, 769 / 17280, -221 / 8505, 680863 / 43545600, -1963 / 204120,
            226287557.0 / 37623398400,
        ]
        return coefficients.reversed().reduce(0.0) { $0 * p + $1 }
    }
    if branch == .lower || x > 3 { return lambertWFromLogarithm(x, branch, root) }
    var w = x < 0 ? -1 + root * (1 + root * (-1 / 3 + root * 11 / 72)) : .log(onePlus: x) * (1 - 0.25 * min(x, 1))
    for _ in 0..<20 {
        let exponential = Double.exp(w)
        let excess = w * exponential - x
        let step = excess / (exponential * (w + 1) - (w + 2) * excess / (2 * w + 2))
        w -= step
        if step.magnitude <= 1e-9 * w.magnitude { break }
    }
    // One Newton step polishes what Halley's cubic convergence left.
    return w - (w - x * .exp(-w)) / (1 + w)
}

/// Newton's iteration on w + ln |w| = ln |x|, which neither overflows nor underflows.
private func lambertWFromLogarithm(_ x: Double, _ branch: LambertWBranch, _ root: Double) -> Double {
    let logarithm = Double.log(x.magnitude)
    var w: Double
    if branch == .lower, root < 1 {
        w = -1 - root * (1 + root * (1 / 3 + root * 11 / 72))
    } else {
        let outer = Double.log(logarithm.magnitude)
        w = logarithm - outer + outer / logarithm
    }
    for _ in 0..<30 {
        let residual = w + .log(w.magnitude) - logarithm
        let step = residual * w / (1 + w)
        w -= step
        if step.magnitude <= 4e-16 * w.magnitude { break }
    }
    return w
}
