import Mathematics

/// The extragradient method (EG) of Korpelevich, with a resolvent.
///
///     v = J_{ηG}(u − ηF(u)),   u⁺ = J_{ηG}(u − ηF(v))
///
/// Its last iterate converges for monotone F that is L-Lipschitz and η < 1/L. An iteration costs 2n component calls.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate.
///   - step: η, positive.
///   - budget: how long to run.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func extragradient(
    _ problem: some FiniteSumInclusion, start: Vector, step: Double, budget: EpochBudget
) throws(OptimisationError) -> InclusionTrace {
    try requirePositive(step, "step")
    var recorder = try InclusionRecorder(problem, start: start, budget: budget)
    var point = start
    repeat {
        let half = problem.resolvent(of: point.advanced(-step, problem.value(at: point)), step: step)
        point = problem.resolvent(of: point.advanced(-step, problem.value(at: half)), step: step)
        recorder.countFullEvaluation()
        recorder.countFullEvaluation()
    } while try recorder.advance(to: point)
    return recorder.trace(point)
}

/// The extra anchored gradient method (EAG, Yoon and Ryu 2021): extragradient steps drawn to the start.
///
///     λ_k = 1/(k + 2)
///     v = J_{ηG}(λ_k u₀ + (1 − λ_k)u_k − ηF(u_k)),   u_{k+1} = J_{ηG}(λ_k u₀ + (1 − λ_k)u_k − ηF(v))
///
/// ‖F(u_k)‖ = O(1/k) for monotone L-Lipschitz F and η ≤ 1/(8L). An iteration costs 2n component calls.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate and anchor u₀.
///   - step: η, positive.
///   - budget: how long to run.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func extraAnchoredGradient(
    _ problem: some FiniteSumInclusion, start: Vector, step: Double, budget: EpochBudget
) throws(OptimisationError) -> InclusionTrace {
    try requirePositive(step, "step")
    var recorder = try InclusionRecorder(problem, start: start, budget: budget)
    var point = start
    repeat {
        let anchoring = 1 / Double(recorder.iteration + 2)
        let first = combination(anchoring, start, 1 - anchoring, point, -step, problem.value(at: point))
        let half = problem.resolvent(of: first, step: step)
        let second = combination(anchoring, start, 1 - anchoring, point, -step, problem.value(at: half))
        point = problem.resolvent(of: second, step: step)
        recorder.countFullEvaluation()
        recorder.countFullEvaluation()
    } while try recorder.advance(to: point)
    return recorder.trace(point)
}

/// The extragradient method with variance reduction (VR-EG, Alacaoglu and Malitsky 2022).
///
/// With an anchor w whose F(w) is known and one component i drawn uniformly,
///
///     z = (1 − p)u + p w
///     v = J_{ηG}(z − ηF(w)),   u⁺ = J_{ηG}(z − η(F(w) + Fᵢ(v) − Fᵢ(w)))
///
/// and w ← u⁺ with probability p. An iteration costs 2 component calls, and n more when the anchor moves.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate and anchor.
///   - step: η, positive; in theory at most √p/L with L Lipschitz on average.
///   - anchorProbability: p in (0, 1]; 1/n if nil, as in the experiments of vr-halpern (arXiv:2310.02987).
///   - budget: how long to run.
///   - generator: draws components and anchors.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func varianceReducedExtragradient(
    _ problem: some FiniteSumInclusion, start: Vector, step: Double, anchorProbability: Double? = nil,
    budget: EpochBudget, using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    try requirePositive(step, "step")
    let n = problem.componentCount
    let p = anchorProbability ?? 1 / Double(n)
    try requireArgument(p > 0 && p <= 1, "anchorProbability", p, "a probability above 0")
    var recorder = try InclusionRecorder(problem, start: start, budget: budget)
    var point = start
    var anchor = start
    var anchorValue = problem.value(at: anchor)
    recorder.countFullEvaluation()
    repeat {
        let mixed = combination(1 - p, point, p, anchor, -step, anchorValue)
        let half = problem.resolvent(of: mixed, step: step)
        let component = generator.integer(below: n)
        var target = mixed
        problem.addComponentDifferences([component], at: half, from: anchor, factor: -step, into: &target)
        point = problem.resolvent(of: target, step: step)
        recorder.count(2)
        if generator.bernoulli(p) {
            anchor = point
            anchorValue = problem.value(at: anchor)
            recorder.countFullEvaluation()
        }
    } while try recorder.advance(to: point)
    return recorder.trace(point)
}

extension Vector {
    /// x + factor · direction.
    func advanced(_ factor: Double, _ direction: Vector) -> Vector {
        var result = self
        result.add(factor, times: direction)
        return result
    }
}
