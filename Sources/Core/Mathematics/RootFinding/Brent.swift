// swiftcore: find_root
/// A root of a continuous function in a range at whose ends it has opposite signs.
///
/// Brent, "Algorithms for minimization without derivatives", 1973, chapter 4: inverse quadratic
/// interpolation and the secant, with a bisection whenever they do not shrink the range fast enough.
///
/// - Parameters:
///   - function: continuous on the range.
///   - range: the function must have opposite signs at its ends, or be zero at one.
///   - tolerance: the root is found to within 4ε|root| + tolerance.
/// - Returns: a point within the tolerance of a root.
/// - Throws: `RootFindingError` if the signs agree, the function is NaN or 1000 steps do not suffice.
public func findRoot(
    of function: (Double) -> Double, in range: ClosedRange<Double>, tolerance: Double = 0
) throws(RootFindingError) -> Double {
    guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw .invalidStart(
            argument: "range", value: range.lowerBound.isFinite ? range.upperBound : range.lowerBound,
            expected: "finite ends")
    }
    func value(_ x: Double) throws(RootFindingError) -> Double {
        let value = function(x)
        if value.isNaN { throw .notANumber(at: x) }
        return value
    }
    // `best` is the best estimate, `other` the end of the bracket with the opposite sign, `previous`
    // the estimate before `best`.
    var (previous, best) = (range.lowerBound, range.upperBound)
    var (previousValue, bestValue) = (try value(previous), try value(best))
    if previousValue == 0 { return previous }
    if bestValue == 0 { return best }
    if (previousValue > 0) == (bestValue > 0) {
        throw .noSignChange(
            lower: previous, upper: best, valueAtLower: previousValue, valueAtUpper: bestValue)
    }
    var (other, otherValue) = (previous, previousValue)
    var step = best - previous
    var stepBefore = step
    let limit = 1000
    for _ in 0..<limit {
        if otherValue.magnitude < bestValue.magnitude {
            (previous, best, other) = (best, other, best)
            (previousValue, bestValue, otherValue) = (bestValue, otherValue, bestValue)
        }
        let accuracy = 2 * Double.ulpOfOne * best.magnitude + tolerance / 2
        let half = (other - best) / 2
        if half.magnitude <= accuracy || bestValue == 0 { return best }
        if stepBefore.magnitude < accuracy || previousValue.magnitude <= bestValue.magnitude {
            (step, stepBefore) = (half, half)
        } else {
            var numerator: Double
            var denominator: Double
            let ratio = bestValue / previousValue
            if previous == other {
                numerator = 2 * half * ratio
                denominator = 1 - ratio
            } else {
                let q = previousValue / otherValue
                let r = bestValue / otherValue
                numerator = ratio * (2 * half * q * (q - r) - (best - previous) * (r - 1))
                denominator = (q - 1) * (r - 1) * (ratio - 1)
            }
            if numerator > 0 { denominator = -denominator } else { numerator = -numerator }
            let interpolationIsSafe =
                2 * numerator < min(3 * half * denominator - (accuracy * denominator).magnitude,
                    (stepBefore * denominator).magnitude)
            if interpolationIsSafe {
                (step, stepBefore) = (numerator / denominator, step)
            } else {
                (step, stepBefore) = (half, half)
            }
        }
        (previous, previousValue) = (best, bestValue)
        best += step.magnitude > accuracy ? step : (half > 0 ? accuracy : -accuracy)
        bestValue = try value(best)
        if (bestValue > 0) == (otherValue > 0) {
            (other, otherValue) = (previous, previousValue)
            step = best - previous
            stepBefore = step
        }
    }
    throw .notConverged(iterations: limit, lower: min(best, other), upper: max(best, other))
}
