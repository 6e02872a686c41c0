/// Gradient descent: xₖ₊₁ = xₖ − αₖ∇f(xₖ) with a line search.
///
/// ```swift
/// let result = try GradientDescent().minimise(from: [3, -4]) { x in (x.squaredNorm / 2, x) }
/// ```
public struct GradientDescent: Sendable, Hashable {
    /// The rule for the step.
    public var lineSearch: LineSearch = .armijo()

    /// The first step tried; later ones begin at twice the last. A `.constant` line search ignores it.
    public var initialStep = 1.0

    /// Stop when no element of the gradient is larger.
    public var gradientTolerance = 1e-8

    /// Stop when the objective changes by less than this times max(|f|, 1); 0 never does.
    public var valueTolerance = 0.0

    /// Stop after so many iterations.
    public var maximumIterations = 10_000

    /// Gradient descent with Armijo's rule.
    public init(
        lineSearch: LineSearch = .armijo(), initialStep: Double = 1, gradientTolerance: Double = 1e-8,
        valueTolerance: Double = 0, maximumIterations: Int = 10_000
    ) {
        self.lineSearch = lineSearch
        self.initialStep = initialStep
        self.gradientTolerance = gradientTolerance
        self.valueTolerance = valueTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a smooth function.
    ///
    /// - Parameters:
    ///   - start: a point where the function is finite.
    ///   - trace: sees the start and every iterate.
    ///   - function: value and gradient at a point; values that are not finite shorten the step.
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try descend(
            from: start, lineSearch: lineSearch, initialStep: initialStep, gradientTolerance: gradientTolerance,
            valueTolerance: valueTolerance, maximumIterations: maximumIterations, trace: trace, function
        ) { state in
            let last = state.lastStep.map { 2 * $0 } ?? initialStep
            return (-state.gradient, last)
        }
    }
}

/// What a rule for directions sees.
struct DescentState {
    var iteration: Int
    var point: Vector
    var gradient: Vector
    /// The last step length; nil at the start.
    var lastStep: Double?
    /// The last change of the point and of the gradient.
    var pointChange: Vector?
    var gradientChange: Vector?
    var previousDirection: Vector?
    /// Whether the last direction was the gradient's because the rule's own led nowhere.
    var forgets = false
}

/// The loop that gradient descent, conjugate gradients and L-BFGS share: a rule for the direction and its
/// first step, a line search, the stopping rules.
func descend(
    from start: Vector, lineSearch: LineSearch, initialStep: Double, gradientTolerance: Double,
    valueTolerance: Double, maximumIterations: Int, trace: (OptimisationStep) -> Void,
    _ function: ValueAndGradient, direction: (DescentState) -> (direction: Vector, step: Double)
) throws(OptimisationError) -> OptimisationResult {
    try lineSearch.validate()
    try requireArgument(initialStep > 0 && initialStep.isFinite, "initialStep", initialStep, "a positive finite number")
    try requireArgument(gradientTolerance >= 0, "gradientTolerance", gradientTolerance, "at least 0")
    try requireArgument(valueTolerance >= 0, "valueTolerance", valueTolerance, "at least 0")
    try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
    return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
        var objective = CountedObjective(function: function)
        var (value, gradient) = try objective.start(start)
        var state = DescentState(iteration: 0, point: start, gradient: gradient)
        var norm = gradient.maximumMagnitude
        trace(OptimisationStep(iteration: 0, point: start, value: value, gradientNorm: norm, stepLength: 0))
        func finished(_ reason: OptimisationResult.StoppingReason) -> OptimisationResult {
            OptimisationResult(
                point: state.point, value: value, gradientNorm: norm, iterations: state.iteration,
                evaluations: objective.evaluations, reason: reason)
        }
        if norm <= gradientTolerance { return finished(.gradientTolerance) }
        while state.iteration < maximumIterations {
            var (along, step) = direction(state)
            state.forgets = false
            var slope = along.dot(gradient)
            var here = LinePoint(step: 0, value: value, slope: slope, point: state.point, gradient: gradient)
            var found: LinePoint?
            if slope < 0 { found = try lineSearch.search(&objective, from: here, along: along, initialStep: step) }
            if found == nil {
                // A direction that leads nowhere: forget what is known and go down the gradient.
                (along, slope, step) = (-gradient, -gradient.squaredNorm, initialStep / max(gradient.norm, 1))
                here.slope = slope
                found = try lineSearch.search(&objective, from: here, along: along, initialStep: step)
                state.forgets = true
            }
            guard let next = found else { return finished(.precisionLimit) }
            let change = (value - next.value).magnitude
            state.pointChange = next.point - state.point
            state.gradientChange = next.gradient - gradient
            state.previousDirection = along
            state.lastStep = next.step
            (state.point, value, gradient) = (next.point, next.value, next.gradient)
            state.gradient = gradient
            state.iteration += 1
            norm = gradient.maximumMagnitude
            trace(
                OptimisationStep(
                    iteration: state.iteration, point: state.point, value: value, gradientNorm: norm,
                    stepLength: next.step))
            if norm <= gradientTolerance { return finished(.gradientTolerance) }
            if change <= valueTolerance * max(value.magnitude, 1), valueTolerance > 0 {
                return finished(.valueTolerance)
            }
            if !value.isFinite { throw .notFinite(what: "the objective after \(state.iteration) steps", value: value) }
        }
        return finished(.iterationLimit)
    }
}
