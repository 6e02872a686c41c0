import Foundation

// swiftcore: soft_threshold; elementwise
/// The proximal map of t|x|: sign(u) max(|u| − t, 0).
@inlinable
public func softThreshold(_ u: Double, _ threshold: Double) -> Double {
    u > threshold ? u - threshold : u < -threshold ? u + threshold : u.isNaN ? u : 0
}

// swiftcore: hard_threshold; elementwise
/// The proximal map of weight · 1{x ≠ 0}, t = step · weight: u where |u| > √(2t), otherwise 0.
@inlinable
public func hardThreshold(_ u: Double, _ t: Double) -> Double {
    u.magnitude > (2 * t).squareRoot() || u.isNaN ? u : 0
}

/// The proximal map of t√|x| (the ℓ½ penalty), for ½(x − u)² + t√|x|.
///
/// Xu, Chang, Xu and Zhang, "L1/2 regularization: a thresholding representation theory", 2012: 0 for
/// |u| ≤ (3/2) t^⅔, otherwise (2/3)u(1 + cos(2π/3 − (2/3) arccos((t/4)(|u|/3)^(−3/2)))).
public func halfThreshold(_ u: Double, _ t: Double) -> Double {
    if u.isNaN { return u }
    if t == 0 { return u }
    guard u.magnitude > 1.5 * pow(t, 2.0 / 3) else { return 0 }
    let angle = acos(min(t / 4 * pow(u.magnitude / 3, -1.5), 1))
    return 2.0 / 3 * u * (1 + cos(2 * .pi / 3 - 2.0 / 3 * angle))
}

/// The proximal map with a step of the penalty CEL0, the continuous exact form of ℓ0 for a column of norm a:
/// weight − ½a²(|x| − √(2 weight)/a)² for |x| ≤ √(2 weight)/a, otherwise weight.
///
/// Soubies, Blanc-Féraud and Aubert, "A continuous exact ℓ0 penalty (CEL0)", 2015: for a²·step < 1 it is
/// sign(u) min(|u|, max(|u| − √(2 weight)·step·a, 0)/(1 − a²·step)), otherwise the hard threshold.
public func continuousExactL0Threshold(_ u: Double, weight: Double, step: Double, columnNorm: Double = 1) -> Double {
    let shrink = 1 - columnNorm * columnNorm * step
    guard shrink > 0 else { return hardThreshold(u, step * weight) }
    let excess = max(u.magnitude - (2 * weight).squareRoot() * step * columnNorm, 0)
    let magnitude = min(u.magnitude, excess / shrink)
    return u < 0 ? -magnitude : magnitude
}
