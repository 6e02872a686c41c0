/// L-BFGS within a box, lower ≤ x ≤ upper, by two-metric projection.
///
/// Bertsekas, "Projected Newton methods for optimization problems with simple constraints", SIAM J. Control
/// Optim. 20 (1982): variables at a bound that the gradient pushes outward follow the gradient, the others
/// the quasi-Newton direction of their subspace; every trial point is projected onto the box, with Armijo's
/// rule along the bent path. At a solution x = P(x − ∇f(x)).
public struct BoxConstrainedLBFGS: Sendable, Hashable {
    /// How many changes are kept.
    public var memory: Int

    /// Stop when no element of x − P(x − ∇f(x)) is larger.
    public var gradientTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// Box-constrained L-BFGS with ten changes.
    public init(memory: Int = 10, gradientTolerance: Double = 1e-8, maximumIterations: Int = 10_000) {
        self.memory = memory
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a smooth function in a box.
    ///
    /// - Parameters:
    ///   - start: projected onto the box before anything else.
    ///   - lower: the least value of each variable; −∞ for none.
    ///   - upper: the largest value of each variable; ∞ for none.
    ///   - trace: sees the start and every iterate.
    ///   - function: value and gradient at a point of the box.
    /// - Throws: `OptimisationError` if lengths differ, a lower bound exceeds its upper one, a parameter is out
    ///   of range or the start is not finite.
    public func minimise(
        from start: Vector, lower: Vector, upper: Vector, trace: (OptimisationStep) -> Void = { _ in },
        _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try requireArgument(memory >= 1, "memory", memory, "at least 1")
        try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
        try requireArgument(gradientTolerance >= 0, "gradientTolerance", gradientTolerance, "at least 0")
        let box = try ConvexSet.box(lower: lower, upper: upper)
        if start.count != lower.count {
            throw .lengthMismatch(argument: "start", count: start.count, expected: lower.count)
        }
        return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
            var objective = CountedObjective(function: function)
            var point = box.project(start)
            var (value, gradient) = try objective.start(point)
            var history = SecantHistory(capacity: memory)
            var iteration = 0
            var norm = 0.0
            func finished(_ reason: OptimisationResult.StoppingReason) -> OptimisationResult {
                OptimisationResult(
                    point: point, value: value, gradientNorm: norm, iterations: iteration,
                    evaluations: objective.evaluations, reason: reason)
            }
            func residual() -> Vector { point - box.project(point - gradient) }
            norm = residual().maximumMagnitude
            trace(OptimisationStep(iteration: 0, point: point, value: value, gradientNorm: norm, stepLength: 0))
            while norm > gradientTolerance {
                if iteration == maximumIterations { return finished(.iterationLimit) }
                // Nearly active counts as active, so that steps do not shrink to reach a bound.
                let margin = min(1e-6, residual().norm)
                let mask = Vector(count: point.count) { index in
                    let held =
                        point[index] <= lower[index] + margin && gradient[index] > 0
                        || point[index] >= upper[index] - margin && gradient[index] < 0
                    return held ? 0 : 1
                }
                var next: (step: Double, point: Vector, value: Double, gradient: Vector)?
                for attempt in 0..<2 where next == nil {
                    if attempt == 1 { history.removeAll() }
                    let quasiNewton = history.isEmpty ? gradient .* mask : history.inverseHessianProduct(gradient, within: mask)
                    let scale = history.isEmpty ? 1 / max(gradient.norm, 1) : 1
                    let direction = quasiNewton + gradient .* mask.map { 1 - $0 }
                    let slopeFree = quasiNewton.dot(gradient)
                    var step = scale
                    for _ in 0..<60 {
                        let trial = box.project(point.advanced(by: -step, along: direction))
                        let (trialValue, trialGradient) = try objective(trial)
                        var predicted = step * slopeFree
                        for index in mask.indices where mask[index] == 0 {
                            predicted += gradient[index] * (point[index] - trial[index])
                        }
                        if trialValue.isFinite, trialValue <= value - 1e-4 * predicted, trial != point,
                            trialGradient.allSatisfy(\.isFinite)
                        {
                            next = (step, trial, trialValue, trialGradient)
                            break
                        }
                        step /= 2
                    }
                }
                guard let next, next.value < value || (next.point - box.project(next.point - next.gradient)).maximumMagnitude < norm
                else { return finished(.precisionLimit) }
                history.append(next.point - point, next.gradient - gradient)
                (point, value, gradient) = (next.point, next.value, next.gradient)
                iteration += 1
                norm = residual().maximumMagnitude
                trace(
                    OptimisationStep(
                        iteration: iteration, point: point, value: value, gradientNorm: norm, stepLength: next.step))
            }
            return finished(.gradientTolerance)
        }
    }
}
