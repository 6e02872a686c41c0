// swiftcore: bisect
/// A root by bisection: slow, sure, and to the last bit.
///
/// The range halves at each step until its ends are neighbouring Doubles or closer than the tolerance. The
/// function need not be continuous: a change of sign is found.
///
/// - Parameters:
///   - function: of opposite signs at the ends of the range, or zero at one.
///   - range: finite.
///   - tolerance: the largest distance of the result from the change of sign.
/// - Throws: `RootFindingError.noSignChange`, `.notANumber` or `.invalidStart`.
public func bisect(
    _ function: (Double) -> Double, in range: ClosedRange<Double>, tolerance: Double = 0
) throws(RootFindingError) -> Double {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    guard lower.isFinite, upper.isFinite else {
        throw .invalidStart(argument: "range", value: lower.isFinite ? upper : lower, expected: "finite ends")
    }
    func value(_ x: Double) throws(RootFindingError) -> Double {
        let value = function(x)
        if value.isNaN { throw .notANumber(at: x) }
        return value
    }
    let (atLower, atUpper) = (try value(lower), try value(upper))
    if atLower == 0 { return lower }
    if atUpper == 0 { return upper }
    guard (atLower > 0) != (atUpper > 0) else {
        throw .noSignChange(lower: lower, upper: upper, valueAtLower: atLower, valueAtUpper: atUpper)
    }
    while true {
        let middle = lower / 2 + upper / 2
        if middle <= lower || middle >= upper || upper / 2 - lower / 2 <= tolerance { return middle }
        let atMiddle = try value(middle)
        if atMiddle == 0 { return middle }
        if (atMiddle > 0) == (atLower > 0) { lower = middle } else { upper = middle }
    }
}

// swiftcore: find_root_by_newton
/// A root by Newton's method, kept inside a bracket: a step that leaves it, or that does not halve the one
/// before last, is replaced by a bisection.
///
/// - Parameters:
///   - function: the value and the derivative; the value has opposite signs at the ends of the range.
///   - range: finite.
///   - start: where to begin; the middle of the range if nil or outside.
///   - tolerance: the root is found to within 2ε|root| + tolerance.
/// - Throws: `RootFindingError`.
public func findRootByNewton(
    of function: (Double) -> (value: Double, derivative: Double), in range: ClosedRange<Double>,
    startingAt start: Double? = nil, tolerance: Double = 0
) throws(RootFindingError) -> Double {
    var (lower, upper) = (range.lowerBound, range.upperBound)
    guard lower.isFinite, upper.isFinite else {
        throw .invalidStart(argument: "range", value: lower.isFinite ? upper : lower, expected: "finite ends")
    }
    func evaluate(_ x: Double) throws(RootFindingError) -> (value: Double, derivative: Double) {
        let result = function(x)
        if result.value.isNaN { throw .notANumber(at: x) }
        return result
    }
    let (atLower, atUpper) = (try evaluate(lower).value, try evaluate(upper).value)
    if atLower == 0 { return lower }
    if atUpper == 0 { return upper }
    guard (atLower > 0) != (atUpper > 0) else {
        throw .noSignChange(lower: lower, upper: upper, valueAtLower: atLower, valueAtUpper: atUpper)
    }
    var x = lower / 2 + upper / 2
    if let start, start > lower, start < upper { x = start }
    var stepBeforeLast = upper - lower
    var lastStep = stepBeforeLast
    let limit = 2000
    for _ in 0..<limit {
        let (value, derivative) = try evaluate(x)
        if value == 0 { return x }
        if (value > 0) == (atLower > 0) { lower = x } else { upper = x }
        var next = x - value / derivative
        if !(next > lower && next < upper) || 2 * (next - x).magnitude > stepBeforeLast.magnitude {
            next = lower / 2 + upper / 2
        }
        (stepBeforeLast, lastStep) = (lastStep, next - x)
        if lastStep.magnitude <= 2 * Double.ulpOfOne * next.magnitude + tolerance || next == x { return next }
        x = next
    }
    throw .notConverged(iterations: limit, lower: lower, upper: upper)
}

/// A minimum of a function of one variable.
public struct ScalarMinimum: Sendable, Equatable {
    /// Where.
    public let argument: Double
    /// The value there.
    public let value: Double
    /// How often the function was called.
    public let evaluations: Int
}

// swiftcore: minimize_scalar
/// A local minimum in a range by Brent's method: parabolas, and golden sections whenever they do not
/// converge fast enough (Brent 1973, chapter 5).
///
/// - Parameters:
///   - function: unimodal for the global minimum; otherwise a local one is found.
///   - range: finite. The ends are approached but not evaluated.
///   - relativeTolerance: the argument is found to within relativeTolerance·|x| + absoluteTolerance; values
///     below √ε = 1.5e-8 are pointless, since the function is flat at its minimum.
///   - absoluteTolerance: positive.
/// - Throws: `RootFindingError`.
public func minimize(
    _ function: (Double) -> Double, in range: ClosedRange<Double>, relativeTolerance: Double = 1.5e-8,
    absoluteTolerance: Double = 1e-12
) throws(RootFindingError) -> ScalarMinimum {
    try requireSearchRange(range, absoluteTolerance)
    var evaluations = 0
    func value(_ x: Double) throws(RootFindingError) -> Double {
        evaluations += 1
        let value = function(x)
        if value.isNaN { throw .notANumber(at: x) }
        return value
    }
    let section = 0.3819660112501051
    var (a, b) = (range.lowerBound, range.upperBound)
    var x = a + section * (b - a)
    var (w, v) = (x, x)
    var fx = try value(x)
    var (fw, fv) = (fx, fx)
    var (step, stepBefore) = (0.0, 0.0)
    let limit = 1000
    for _ in 0..<limit {
        let middle = a / 2 + b / 2
        let tolerance = relativeTolerance * x.magnitude + absoluteTolerance
        if (x - middle).magnitude <= 2 * tolerance - (b - a) / 2 {
            return ScalarMinimum(argument: x, value: fx, evaluations: evaluations)
        }
        var golden = true
        if stepBefore.magnitude > tolerance {
            let r = (x - w) * (fx - fv)
            var q = (x - v) * (fx - fw)
            var p = (x - v) * q - (x - w) * r
            q = 2 * (q - r)
            if q > 0 { p = -p } else { q = -q }
            if p.magnitude < (q * stepBefore / 2).magnitude, p > q * (a - x), p < q * (b - x) {
                (stepBefore, step) = (step, p / q)
                let u = x + step
                if u - a < 2 * tolerance || b - u < 2 * tolerance { step = x < middle ? tolerance : -tolerance }
                golden = false
            }
        }
        if golden {
            stepBefore = x < middle ? b - x : a - x
            step = section * stepBefore
        }
        let u = x + (step.magnitude >= tolerance ? step : step > 0 ? tolerance : -tolerance)
        let fu = try value(u)
        if fu <= fx {
            if u < x { b = x } else { a = x }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu)
        } else {
            if u < x { a = u } else { b = u }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu)
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu)
            }
        }
    }
    throw .notConverged(iterations: limit, lower: a, upper: b)
}

// swiftcore: minimize_by_golden_section
/// A local minimum in a range by golden sections alone: the range shrinks by 0.618 at each evaluation,
/// whatever the function.
///
/// - Parameters:
///   - function: unimodal for the global minimum; it need not be smooth.
///   - range: finite. The ends are not evaluated.
///   - tolerance: the largest distance of the result from the minimum of a unimodal function.
/// - Throws: `RootFindingError`.
public func minimizeByGoldenSection(
    _ function: (Double) -> Double, in range: ClosedRange<Double>, tolerance: Double = 1e-8
) throws(RootFindingError) -> ScalarMinimum {
    try requireSearchRange(range, tolerance)
    var evaluations = 0
    func value(_ x: Double) throws(RootFindingError) -> Double {
        evaluations += 1
        let value = function(x)
        if value.isNaN { throw .notANumber(at: x) }
        return value
    }
    let section = 0.3819660112501051
    var (a, b) = (range.lowerBound, range.upperBound)
    var (x, y) = (a + section * (b - a), b - section * (b - a))
    var (fx, fy) = (try value(x), try value(y))
    while b - a > 2 * tolerance, a < x, x < y, y < b {
        if fx <= fy {
            (b, y, fy) = (y, x, fx)
            x = a + section * (b - a)
            fx = try value(x)
        } else {
            (a, x, fx) = (x, y, fy)
            y = b - section * (b - a)
            fy = try value(y)
        }
    }
    return fx <= fy
        ? ScalarMinimum(argument: x, value: fx, evaluations: evaluations)
        : ScalarMinimum(argument: y, value: fy, evaluations: evaluations)
}

private func requireSearchRange(_ range: ClosedRange<Double>, _ tolerance: Double) throws(RootFindingError) {
    guard range.lowerBound.isFinite, range.upperBound.isFinite else {
        throw .invalidStart(
            argument: "range", value: range.lowerBound.isFinite ? range.upperBound : range.lowerBound,
            expected: "finite ends")
    }
    guard tolerance > 0 else {
        throw .invalidStart(argument: "tolerance", value: tolerance, expected: "a positive number")
    }
}
