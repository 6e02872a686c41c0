import RealModule

// swiftcore: inverse_regularized_gamma_p; elementwise
/// The x with P(a, x) = p: the quantile of a gamma variable with shape a and scale 1.
///
/// Newton's method on ln P (or ln Q beyond the median) as a function of ln x, where it is concave, from the
/// Wilson-Hilferty cube or the leading term of the power series. The relative error of P at the result is
/// below 1e-12, or as small as the neighbouring Doubles allow (a = 10⁶: 1e-11).
/// 0 for p = 0, ∞ for p = 1, NaN unless a > 0 and 0 ≤ p ≤ 1.
public func inverseRegularizedGammaP(_ a: Double, _ p: Double) -> Double {
    guard a > 0, a < .infinity, p >= 0, p <= 1 else { return .nan }
    return inverse(a, lower: p, upper: 1 - p)
}

// swiftcore: inverse_regularized_gamma_q; elementwise
/// The x with Q(a, x) = q: the upper quantile, accurate for q as small as a Double can hold.
///
/// As `inverseRegularizedGammaP`. ∞ for q = 0, 0 for q = 1, NaN unless a > 0 and 0 ≤ q ≤ 1.
public func inverseRegularizedGammaQ(_ a: Double, _ q: Double) -> Double {
    guard a > 0, a < .infinity, q >= 0, q <= 1 else { return .nan }
    return inverse(a, lower: 1 - q, upper: q)
}

private func inverse(_ a: Double, lower p: Double, upper q: Double) -> Double {
    if p == 0 { return 0 }
    if q == 0 { return .infinity }
    let usesLower = p <= 0.5
    let logLower = usesLower ? Double.log(p) : Double.log(onePlus: -q)
    let target = usesLower ? logLower : Double.log(q)
    // P ≤ xᵃ/Γ(a + 1), with equality as x → 0.
    let leading = (logLower + logGammaOnePlus(a)) / a
    if leading < -38 { return Double.exp(leading) }
    var start = leading
    if a >= 0.5 {
        let z = usesLower ? normalQuantile(p) : -normalQuantile(q)
        let root = 1 - 1 / (9 * a) + z / (3 * a.squareRoot())
        if root > 0 { start = max(leading, Double.log(a) + 3 * Double.log(root)) }
    } else if !usesLower {
        // Q ≈ x^(a−1) e⁻ˣ/Γ(a) far out.
        start = max(leading, Double.log(max(-target - Double.logGamma(a) - (1 - a), 0.01)))
    }
    func logarithmicExcess(_ x: Double) -> (value: Double, slope: Double) {
        let (lower, upper) = IncompleteGamma.values(a, x)
        let density = a * IncompleteGamma.density(a, x)
        return usesLower
            ? (Double.log(lower) - target, density / lower) : (target - Double.log(upper), density / upper)
    }
    let x = Double.exp(solveIncreasing(from: start) { logarithmicExcess(Double.exp($0)) })
    // x has more digits than its logarithm had.
    let (value, slope) = logarithmicExcess(x)
    let correction = value / slope
    return correction.magnitude < 1e-9 ? x - x * correction : x
}

/// The zero of an increasing function by Newton's method, held between the points where its sign is known.
///
/// - Parameter function: the value, which may be infinite, and the slope.
func solveIncreasing(from start: Double, _ function: (Double) -> (value: Double, slope: Double)) -> Double {
    var (lower, upper) = (-Double.infinity, Double.infinity)
    var point = start
    var reach = 1.0
    for _ in 0..<200 {
        let (value, slope) = function(point)
        if value == 0 { return point }
        if value < 0 { lower = point } else { upper = point }
        var step = -value / slope
        if !step.isFinite || step.magnitude > reach {
            step = value < 0 ? reach : -reach
            reach *= 2
        }
        var next = point + step
        if next <= lower || next >= upper {
            guard lower.isFinite, upper.isFinite else { return point }
            // Rounding alone can push a converged iteration out of its bracket.
            if step.magnitude <= 1e-15 * max(point.magnitude, 0.1) { return point }
            next = (lower + upper) / 2
        }
        let change = (next - point).magnitude
        point = next
        if change <= 4e-17 * max(point.magnitude, 0.1) { break }
        // Quadratic convergence: what is left after such a step is below rounding.
        if step.magnitude < 1e-9 && change == step.magnitude && value.magnitude < 1e-8 { break }
    }
    return point
}
