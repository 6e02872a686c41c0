/// How far to go along a direction in which the objective falls.
public enum LineSearch: Sendable, Hashable {
    /// Shorten the step by `contraction` until f(x + αd) ≤ f(x) + c α ∇f(x)ᵀd (Armijo).
    ///
    /// Where rounding hides the difference of f, the slope at the trial decides: ∇f(x + αd)ᵀd ≤ (2c − 1) ∇f(x)ᵀd, which
    /// is the same for a quadratic.
    case armijo(decrease: Double = 1e-4, contraction: Double = 0.5)

    /// The strong Wolfe conditions: Armijo's with `decrease`, and |∇f(x + αd)ᵀd| ≤ `curvature` |∇f(x)ᵀd|.
    ///
    /// Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 3.5 and 3.6, with safeguarded
    /// cubic interpolation. Where rounding hides the difference of f, Armijo's condition is replaced by that of
    /// Hager and Zhang (2005) on slopes: ∇f(x + αd)ᵀd ≤ (2 `decrease` − 1) ∇f(x)ᵀd.
    case strongWolfe(decrease: Double = 1e-4, curvature: Double = 0.9)

    /// Always the given step; nothing is checked.
    case constant(Double)
}

/// A point on the line, with everything known there.
struct LinePoint {
    var step: Double
    var value: Double
    var slope: Double
    var point: Vector
    var gradient: Vector
}

extension LineSearch {
    func validate() throws(OptimisationError) {
        switch self {
        case .armijo(let decrease, let contraction):
            try requireArgument(decrease > 0 && decrease < 1, "decrease", decrease, "a number between 0 and 1")
            try requireArgument(contraction > 0 && contraction < 1, "contraction", contraction, "a number between 0 and 1")
        case .strongWolfe(let decrease, let curvature):
            try requireArgument(decrease > 0 && decrease < 0.5, "decrease", decrease, "a number between 0 and 1/2")
            try requireArgument(
                curvature > decrease && curvature < 1, "curvature", curvature, "a number between decrease and 1")
        case .constant(let step): try requireArgument(step > 0 && step.isFinite, "step", step, "a positive finite number")
        }
    }

    /// A step that satisfies the rule, or nil if rounding leaves none. `slope` is ∇f(x)ᵀd < 0.
    func search(
        _ objective: inout CountedObjective, from start: LinePoint, along direction: Vector, initialStep: Double
    ) throws(OptimisationError) -> LinePoint? {
        switch self {
        case .constant(let step):
            return try Self.look(&objective, start, direction, step)
        case .armijo(let decrease, let contraction):
            var step = initialStep
            for _ in 0..<200 {
                let trial = try Self.look(&objective, start, direction, step)
                let isDrowned = (trial.value - start.value).magnitude <= drownedDifference(start.value)
                let isLowEnough = isDrowned
                    ? trial.slope <= (2 * decrease - 1) * start.slope
                    : trial.value <= start.value + decrease * step * start.slope
                if isLowEnough, trial.slope.isFinite {
                    // Beyond rounding, an equal value is no progress.
                    return trial.value < start.value || trial.gradient.norm < start.gradient.norm ? trial : nil
                }
                step *= contraction
            }
            return nil
        case .strongWolfe(let decrease, let curvature):
            return try Wolfe(decrease: decrease, curvature: curvature, start: start, direction: direction)
                .search(&objective, initialStep: initialStep)
        }
    }

    fileprivate static func look(
        _ objective: inout CountedObjective, _ start: LinePoint, _ direction: Vector, _ step: Double
    ) throws(OptimisationError) -> LinePoint {
        let point = start.point.advanced(by: step, along: direction)
        let (value, gradient) = try objective(point)
        return LinePoint(step: step, value: value, slope: gradient.dot(direction), point: point, gradient: gradient)
    }
}

/// A difference of values that is nothing but rounding.
private func drownedDifference(_ value: Double) -> Double { 1e-14 * value.magnitude + .leastNormalMagnitude }

private struct Wolfe {
    let decrease: Double
    let curvature: Double
    let start: LinePoint
    let direction: Vector

    private func isAcceptable(_ trial: LinePoint) -> Bool {
        if trial.value <= start.value + decrease * trial.step * start.slope,
            trial.slope.magnitude <= -curvature * start.slope
        {
            return true
        }
        return (trial.value - start.value).magnitude <= drownedDifference(start.value)
            && trial.slope.magnitude <= -curvature * start.slope && trial.slope <= (2 * decrease - 1) * start.slope
    }

    private func isTooHigh(_ trial: LinePoint, than best: LinePoint) -> Bool {
        if !trial.value.isFinite || !trial.slope.isFinite { return true }
        let noise = drownedDifference(start.value)
        // Where values are nothing but rounding, the sign of the slope brackets the minimum.
        if (trial.value - start.value).magnitude <= noise { return false }
        return trial.value > start.value + decrease * trial.step * start.slope + noise
            || (best.step > 0 && trial.value > best.value + noise)
    }

    func search(
        _ objective: inout CountedObjective, initialStep: Double
    ) throws(OptimisationError) -> LinePoint? {
        var previous = start
        var step = initialStep
        for _ in 0..<60 {
            let trial = try LineSearch.look(&objective, start, direction, step)
            if isTooHigh(trial, than: previous) { return try zoom(&objective, previous, trial) }
            if isAcceptable(trial) { return trial }
            if trial.slope >= 0 { return try zoom(&objective, trial, previous) }
            // Extrapolate where the slope says the minimum is, between twice and ten times as far.
            let secant = trial.slope > previous.slope
                ? trial.step + (trial.step - previous.step) * trial.slope / (previous.slope - trial.slope) : .infinity
            step = min(max(secant, 2 * trial.step), 10 * trial.step)
            previous = trial
            if !step.isFinite { return nil }
        }
        return previous.step > 0 ? previous : nil
    }

    /// Shrinks a bracket whose end `low` is the lower one and slopes into it.
    private func zoom(
        _ objective: inout CountedObjective, _ firstLow: LinePoint, _ firstHigh: LinePoint
    ) throws(OptimisationError) -> LinePoint? {
        var (low, high) = (firstLow, firstHigh)
        for round in 0..<60 {
            let width = high.step - low.step
            if width.magnitude <= 1e-16 * max(low.step, high.step) { break }
            let guess = round % 3 == 2 ? low.step + width / 2 : cubicMinimum(low, high)
            // Keep off the ends, so that the bracket shrinks by a tenth at least.
            let (least, most) = (min(low.step, high.step), max(low.step, high.step))
            let margin = 0.1 * (most - least)
            let step = guess.isFinite ? min(max(guess, least + margin), most - margin) : low.step + width / 2
            let trial = try LineSearch.look(&objective, start, direction, step)
            if isAcceptable(trial) { return trial }
            if isTooHigh(trial, than: low) {
                high = trial
            } else {
                if trial.slope * (high.step - low.step) >= 0 { high = low }
                low = trial
            }
        }
        // No Wolfe point was met, but a decrease is a decrease.
        return low.step > 0 && low.value < start.value ? low : nil
    }

    /// The minimum of the cubic through two values and slopes.
    private func cubicMinimum(_ a: LinePoint, _ b: LinePoint) -> Double {
        guard b.value.isFinite, b.slope.isFinite else { return .nan }
        let first = a.slope + b.slope - 3 * (a.value - b.value) / (a.step - b.step)
        let discriminant = first * first - a.slope * b.slope
        guard discriminant >= 0 else { return .nan }
        let second = (b.step > a.step ? 1 : -1) * discriminant.squareRoot()
        return b.step - (b.step - a.step) * (b.slope + second - first) / (b.slope - a.slope + 2 * second)
    }
}
