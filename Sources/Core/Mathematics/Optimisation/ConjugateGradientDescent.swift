/// Nonlinear conjugate gradients with the Polak-Ribière-Polyak parameter, restarted when it is negative (PR+).
///
/// Nocedal and Wright, "Numerical Optimization", 2nd edition, section 5.2. Memory of four vectors; L-BFGS
/// usually needs fewer evaluations.
public struct ConjugateGradientDescent: Sendable, Hashable {
    /// Stop when no element of the gradient is larger.
    public var gradientTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// Conjugate gradients with a strong Wolfe line search of curvature 0.1.
    public init(gradientTolerance: Double = 1e-8, maximumIterations: Int = 10_000) {
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a smooth function; the parameters are those of `GradientDescent.minimise`.
    ///
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try descend(
            from: start, lineSearch: .strongWolfe(decrease: 1e-4, curvature: 0.1), initialStep: 1,
            gradientTolerance: gradientTolerance, valueTolerance: 0, maximumIterations: maximumIterations,
            trace: trace, function
        ) { state in
            guard let change = state.gradientChange, let last = state.previousDirection, let step = state.lastStep
            else { return (-state.gradient, 1 / max(state.gradient.norm, 1)) }
            let previousGradient = state.gradient - change
            let beta = max(0, state.gradient.dot(change) / previousGradient.squaredNorm)
            let direction = (-state.gradient).advanced(by: beta, along: last)
            // The step that would give the decrease of the last one.
            let slope = direction.dot(state.gradient)
            let guess = slope < 0 ? step * last.dot(previousGradient) / slope : 1
            return (direction, guess.isFinite && guess > 0 ? guess : 1)
        }
    }
}
