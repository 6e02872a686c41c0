import Mathematics

/// The methods that vr-halpern (arXiv:2310.02987) compares.
public enum InclusionMethod: String, Sendable, CaseIterable {
    /// ``extragradient(_:start:step:budget:)``
    case extragradient
    /// ``extraAnchoredGradient(_:start:step:budget:)``
    case extraAnchoredGradient
    /// ``varianceReducedExtragradient(_:start:step:anchorProbability:budget:using:)``
    case varianceReducedExtragradient
    /// ``halpern(_:start:step:budget:)``
    case halpern
    /// ``varianceReducedHalpern(_:start:step:options:budget:using:)``, Algorithm 1.
    case varianceReducedHalpern
    /// ``inexactHalpern(_:start:options:budget:using:)``, Algorithm 2.
    case inexactHalpern
}

/// Solves a finite-sum inclusion by one of the methods that vr-halpern (arXiv:2310.02987) compares.
///
/// - Parameters:
///   - problem: the inclusion.
///   - method: which method.
///   - start: the first iterate, which is the anchor of the anchored methods.
///   - step: η of the method; for `inexactHalpern` the inner step γ.
///   - resolventStep: η of `inexactHalpern`; the others do not use it. 1 if not given.
///   - budget: how long to run.
///   - generator: used by the randomised methods.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func solve(
    _ problem: some FiniteSumInclusion, by method: InclusionMethod, start: Vector, step: Double,
    resolventStep: Double = 1, budget: EpochBudget, using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    switch method {
    case .extragradient: try extragradient(problem, start: start, step: step, budget: budget)
    case .extraAnchoredGradient: try extraAnchoredGradient(problem, start: start, step: step, budget: budget)
    case .varianceReducedExtragradient:
        try varianceReducedExtragradient(problem, start: start, step: step, budget: budget, using: &generator)
    case .halpern: try halpern(problem, start: start, step: step, budget: budget)
    case .varianceReducedHalpern:
        try varianceReducedHalpern(problem, start: start, step: step, budget: budget, using: &generator)
    case .inexactHalpern:
        try inexactHalpern(
            problem, start: start, options: InexactHalpernOptions(resolventStep: resolventStep, innerStep: step),
            budget: budget, using: &generator)
    }
}

// swiftcore: solve_matrix_game
/// Finds an equilibrium of a zero-sum matrix game from uniform strategies, by one of the methods that vr-halpern
/// (arXiv:2310.02987) compares.
///
/// - Parameters:
///   - payoff: the square matrix A of min over x, max over y of yᵀAx.
///   - method: which method.
///   - step: η; for `inexactHalpern` the inner step γ.
///   - resolventStep: η of `inexactHalpern`.
///   - budget: how long to run.
///   - generator: used by the randomised methods.
/// - Returns: the course of the method; its point is x followed by y.
/// - Throws: `OptimisationError` for a matrix that is not square or not finite, or another argument out of range.
public func solveMatrixGame(
    payoff: Matrix, by method: InclusionMethod, step: Double, resolventStep: Double = 1, budget: EpochBudget,
    using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    let game = try MatrixGame(payoff: payoff)
    return try solve(
        game, by: method, start: game.uniformStart, step: step, resolventStep: resolventStep, budget: budget,
        using: &generator)
}

// swiftcore: solve_quadratic_lagrangian
/// Finds the saddle point of a quadratic program's Lagrangian, by one of the methods that vr-halpern (arXiv:2310.02987)
/// compares.
///
/// - Parameters:
///   - quadratic: H, n × n and symmetric, of min ½xᵀHx − hᵀx subject to Ax = b.
///   - constraints: A, n × n.
///   - linear: h.
///   - right: b.
///   - method: which method.
///   - start: (x, y), 2n numbers; 1/n everywhere if nil.
///   - step: η; for `inexactHalpern` the inner step γ.
///   - resolventStep: η of `inexactHalpern`.
///   - budget: how long to run.
///   - generator: used by the randomised methods.
/// - Returns: the course of the method; its point is x followed by y.
/// - Throws: `OptimisationError` for shapes that do not fit, or another argument out of range.
public func solveQuadraticLagrangian(
    quadratic: Matrix, constraints: Matrix, linear: Vector, right: Vector, by method: InclusionMethod,
    start: Vector? = nil, step: Double, resolventStep: Double = 1, budget: EpochBudget,
    using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    let problem = try QuadraticLagrangian(
        quadratic: quadratic, constraints: constraints, linear: linear, right: right)
    let start = start ?? Vector(repeating: 1 / Double(linear.count), count: problem.dimension)
    return try solve(
        problem, by: method, start: start, step: step, resolventStep: resolventStep, budget: budget, using: &generator)
}
