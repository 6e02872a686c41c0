/// The proximal gradient method for f + g, f smooth and g with a proximal map; accelerated, it is FISTA.
///
/// Beck and Teboulle, "A fast iterative shrinkage-thresholding algorithm", 2009, with backtracking on
/// f(x⁺) ≤ f(y) + ∇f(y)ᵀ(x⁺ − y) + ‖x⁺ − y‖²/(2t), and the gradient restart of O'Donoghue and Candès (2015):
/// momentum is dropped when (y − x⁺)ᵀ(x⁺ − x) > 0. Without acceleration it is ISTA, and with the indicator of a
/// set the projected gradient method.
public struct ProximalGradient: Sendable, Hashable {
    /// What the step does.
    public enum Step: Sendable, Hashable {
        /// Halve the step until the quadratic bound holds, starting from this one; it never grows.
        case backtracking(from: Double = 1)
        /// Always this step; it should be at most 1/L for gradients with Lipschitz constant L.
        case constant(Double)
    }

    /// The rule for the step.
    public var step: Step

    /// Whether to use Nesterov's momentum.
    public var isAccelerated: Bool

    /// Whether momentum restarts.
    public var restarts: Bool

    /// Stop when no element of (y − x⁺)/t, the generalised gradient, is larger.
    public var gradientTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// FISTA with backtracking and restart.
    public init(
        step: Step = .backtracking(), isAccelerated: Bool = true, restarts: Bool = true,
        gradientTolerance: Double = 1e-8, maximumIterations: Int = 100_000
    ) {
        self.step = step
        self.isAccelerated = isAccelerated
        self.restarts = restarts
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises f + g.
    ///
    /// - Parameters:
    ///   - start: a point where f is finite.
    ///   - penalty: g.
    ///   - trace: sees the start and every iterate, with the value f + g.
    ///   - function: value and gradient of f.
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, penalty: ProximalOperator, trace: (OptimisationStep) -> Void = { _ in },
        _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        var length: Double
        switch step {
        case .backtracking(let first): length = first
        case .constant(let value): length = value
        }
        try requireArgument(length > 0 && length.isFinite, "step", length, "a positive finite number")
        try requireArgument(gradientTolerance >= 0, "gradientTolerance", gradientTolerance, "at least 0")
        try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
        return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
            var objective = CountedObjective(function: function)
            var (value, gradient) = try objective.start(start)
            var point = start
            var total = value + penalty.value(at: start)
            var lookahead = start
            var momentum = 1.0
            var norm = Double.infinity
            trace(OptimisationStep(iteration: 0, point: start, value: total, gradientNorm: norm, stepLength: 0))
            for iteration in 1..<(maximumIterations + 1) {
                var next = penalty.apply(lookahead.advanced(by: -length, along: gradient), step: length)
                var change = next - lookahead
                var nextSmooth = try objective(next)
                if case .backtracking = step {
                    for _ in 0..<100 {
                        let bound = value + gradient.dot(change) + change.squaredNorm / (2 * length)
                        // Differences of f below rounding prove nothing: there slopes decide.
                        let slack = 1e-14 * max(value.magnitude, nextSmooth.value.magnitude)
                        let drowned = change.squaredNorm / length <= 100 * slack
                        let curvature = (nextSmooth.gradient - gradient).dot(change)
                        let holds = drowned
                            ? curvature <= change.squaredNorm / length * (1 + 1e-6) || change.squaredNorm == 0
                            : nextSmooth.value <= bound + slack
                        if holds { break }
                        length /= 2
                        next = penalty.apply(lookahead.advanced(by: -length, along: gradient), step: length)
                        change = next - lookahead
                        nextSmooth = try objective(next)
                    }
                }
                if !nextSmooth.value.isFinite {
                    throw .notFinite(what: "the objective after \(iteration) steps", value: nextSmooth.value)
                }
                try requireFiniteElements(nextSmooth.gradient, "the gradient after \(iteration) steps")
                norm = change.maximumMagnitude / length
                total = nextSmooth.value + penalty.value(at: next)
                let isDone = norm <= gradientTolerance
                let moved = next - point
                let turnsBack = restarts && isAccelerated && change.dot(moved) < 0
                point = next
                trace(
                    OptimisationStep(
                        iteration: iteration, point: point, value: total, gradientNorm: norm, stepLength: length))
                if isDone {
                    return OptimisationResult(
                        point: point, value: total, gradientNorm: norm, iterations: iteration,
                        evaluations: objective.evaluations, reason: .gradientTolerance)
                }
                if isAccelerated, !turnsBack {
                    let grown = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
                    lookahead = next.advanced(by: (momentum - 1) / grown, along: moved)
                    momentum = grown
                    (value, gradient) = lookahead == next ? nextSmooth : try objective(lookahead)
                } else {
                    lookahead = next
                    momentum = 1
                    (value, gradient) = nextSmooth
                }
            }
            return OptimisationResult(
                point: point, value: total, gradientNorm: norm, iterations: maximumIterations,
                evaluations: objective.evaluations, reason: .iterationLimit)
        }
    }

    /// Minimises f over a convex set: the projected gradient method, accelerated or not.
    ///
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, over set: ConvexSet, trace: (OptimisationStep) -> Void = { _ in },
        _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        let penalty = ProximalOperator(value: { _ in 0 }, apply: { point, _ in set.project(point) })
        return try minimise(from: set.project(start), penalty: penalty, trace: trace, function)
    }
}
