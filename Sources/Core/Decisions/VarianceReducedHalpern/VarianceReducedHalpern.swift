import Mathematics

/// The probability p_k with which Algorithm 1 of vr-halpern (arXiv:2310.02987) evaluates F in full at iteration k ≥ 1:
/// 4/(k + 5) for k ≤ √n, then 4/(√n + 5).
public func fullEvaluationProbability(iteration: Int, componentCount: Int) -> Double {
    4 / (min(Double(iteration), Double(componentCount).squareRoot()) + 5)
}

/// The constants of Algorithm 1 of vr-halpern (arXiv:2310.02987) that can be set.
public struct HalpernOptions: Sendable, Hashable {
    /// The batch size b; ⌈√n⌉ if nil.
    public var batchSize: Int?
    /// The probability of evaluating F in full at every iteration; p_k of
    /// ``fullEvaluationProbability(iteration:componentCount:)`` if nil. With 1 the method is the deterministic Halpern
    /// iteration.
    public var fullEvaluationProbability: Double?

    /// The paper's constants unless given.
    public init(batchSize: Int? = nil, fullEvaluationProbability: Double? = nil) {
        self.batchSize = batchSize
        self.fullEvaluationProbability = fullEvaluationProbability
    }
}

/// Halpern iteration with variance reduction: Algorithm 1 of vr-halpern (arXiv:2310.02987).
///
///     λ_k = 2/(k + 4),   u_{k+1} = J_{ηG}(λ_k u₀ + (1 − λ_k)u_k − ηF̃_k)
///
/// with the estimate F̃_k of ``RecursiveEstimator``, which begins with F̃₀ = F(u₀). For F that is cocoercive on
/// average with 1/L and η = 1/(4L) the residual of the last iterate falls as O(L‖u₀ − u*‖/k), for O(n + √n L/ε)
/// component calls up to logarithms.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate and anchor u₀.
///   - step: η, positive; 1/(4L) in theory.
///   - options: batch size and probability.
///   - budget: how long to run.
///   - generator: draws coins and batches.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func varianceReducedHalpern(
    _ problem: some FiniteSumInclusion, start: Vector, step: Double, options: HalpernOptions = HalpernOptions(),
    budget: EpochBudget, using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    try requirePositive(step, "step")
    let n = problem.componentCount
    let batchSize = options.batchSize ?? Int(Double(n).squareRoot().rounded(.up))
    try requireArgument(batchSize >= 1 && batchSize <= n, "options.batchSize", batchSize, "a number from 1 to \(n)")
    if let p = options.fullEvaluationProbability {
        try requireArgument(p >= 0 && p <= 1, "options.fullEvaluationProbability", p, "a probability")
    }
    var recorder = try InclusionRecorder(problem, start: start, budget: budget)
    var estimator = try RecursiveEstimator(problem, at: start)
    recorder.countFullEvaluation()
    var point = start
    while true {
        let anchoring = 2 / Double(recorder.iteration + 4)
        let target = combination(anchoring, start, 1 - anchoring, point, -step, estimator.value)
        point = problem.resolvent(of: target, step: step)
        guard try recorder.advance(to: point) else { break }
        let p =
            options.fullEvaluationProbability
            ?? fullEvaluationProbability(iteration: recorder.iteration, componentCount: n)
        estimator.move(to: point, probability: p, batchSize: batchSize, using: &generator)
        recorder.count(estimator.componentCalls - recorder.calls)
    }
    return recorder.trace(point)
}

/// The deterministic Halpern iteration: Algorithm 1 of vr-halpern (arXiv:2310.02987) with F in full at every iteration.
///
/// For F cocoercive with 1/L and η = 1/(4L) the residual after k iterations is at most 16L‖u₀ − u*‖/(k + 4). An
/// iteration costs n component calls.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate and anchor u₀.
///   - step: η, positive.
///   - budget: how long to run.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func halpern(
    _ problem: some FiniteSumInclusion, start: Vector, step: Double, budget: EpochBudget
) throws(OptimisationError) -> InclusionTrace {
    // No number is drawn from the generator that decides anything.
    var generator = Philox(seed: 0)
    return try varianceReducedHalpern(
        problem, start: start, step: step, options: HalpernOptions(fullEvaluationProbability: 1), budget: budget,
        using: &generator)
}
