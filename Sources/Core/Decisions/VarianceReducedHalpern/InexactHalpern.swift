import Foundation
import Mathematics

/// The constants of Algorithm 2 of vr-halpern (arXiv:2310.02987).
public struct InexactHalpernOptions: Sendable, Hashable {
    /// The step η of the resolvent that is approximated; √n/L in the paper, with L Lipschitz on average.
    public var resolventStep: Double
    /// The step γ of the inner method.
    public var innerStep: Double
    /// The probability p with which the inner anchor moves; 1/n if nil.
    public var anchorProbability: Double?
    /// The inner method takes ⌊innerLength · n · ln(k + 2)⌋ steps, at least one, at outer iteration k. The experiments
    /// take 0.05; the theory asks for O(n log(k + 2)).
    public var innerLength: Double

    /// The steps must be given, the rest is as in the paper's experiments.
    public init(
        resolventStep: Double, innerStep: Double, anchorProbability: Double? = nil, innerLength: Double = 0.05
    ) {
        self.resolventStep = resolventStep
        self.innerStep = innerStep
        self.anchorProbability = anchorProbability
        self.innerLength = innerLength
    }

    func validate() throws(OptimisationError) {
        try requirePositive(resolventStep, "options.resolventStep")
        try requirePositive(innerStep, "options.innerStep")
        try requirePositive(innerLength, "options.innerLength")
        if let p = anchorProbability {
            try requireArgument(p > 0 && p <= 1, "options.anchorProbability", p, "a probability above 0")
        }
    }
}

/// Inexact Halpern iteration with variance reduction: Algorithm 2 of vr-halpern (arXiv:2310.02987), for monotone
/// Lipschitz F.
///
///     λ_k = 1/(k + 2),   u_{k+1} = λ_k u₀ + (1 − λ_k) J̃(u_k)
///
/// where J̃ approximates the resolvent of η(F + G) by ``approximateResolvent(of:point:options:steps:using:)``.
///
/// - Parameters:
///   - problem: the inclusion.
///   - start: the first iterate and anchor u₀.
///   - options: the steps and the inner length.
///   - budget: how long to run.
///   - generator: draws components and inner anchors.
/// - Throws: `OptimisationError` for an argument out of range, or when the iterates overflow.
public func inexactHalpern(
    _ problem: some FiniteSumInclusion, start: Vector, options: InexactHalpernOptions, budget: EpochBudget,
    using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> InclusionTrace {
    var recorder = try InclusionRecorder(problem, start: start, budget: budget)
    var point = start
    repeat {
        let k = Double(recorder.iteration)
        let steps = max(1, Int(options.innerLength * Double(problem.componentCount) * log(k + 2)))
        let inner = try approximateResolvent(
            of: problem, point: point, options: options, steps: steps, using: &generator)
        recorder.count(inner.componentCalls)
        let anchoring = 1 / (k + 2)
        point = Vector(count: point.count) { anchoring * start[$0] + (1 - anchoring) * inner.point[$0] }
    } while try recorder.advance(to: point)
    return recorder.trace(point)
}

/// The resolvent of η(F + G) at a point, approximated by the forward-reflected-backward method with variance reduction
/// (VR-FoRB, Alacaoglu, Malitsky and Cevher 2021), as Algorithm 2 of vr-halpern (arXiv:2310.02987) does.
///
/// The resolvent solves the strongly monotone inclusion 0 ∈ F̄(v) + ηG(v), F̄(v) = ηF(v) + v − u. With the anchor w,
/// the anchor w' of the step before and a component i drawn uniformly,
///
///     v⁺ = J_{γηG}((1 − p)v + p w − γ(F̄(w) + F̄ᵢ(v) − F̄ᵢ(w')))
///
/// and w ← v⁺ with probability p. Begins with v = w = w' = u.
///
/// - Parameters:
///   - problem: the inclusion.
///   - point: u.
///   - options: η, γ and p; the inner length is not used.
///   - steps: of the inner method, positive.
///   - generator: draws components and anchors.
/// - Returns: v after the last step, and the component calls: n to begin, 2 a step, n when the anchor moves.
/// - Throws: `OptimisationError` for an argument out of range.
public func approximateResolvent(
    of problem: some FiniteSumInclusion, point: Vector, options: InexactHalpernOptions, steps: Int,
    using generator: inout some RandomNumberGenerator
) throws(OptimisationError) -> (point: Vector, componentCalls: Int) {
    try options.validate()
    try requireArgument(steps > 0, "steps", steps, "a positive number")
    if point.count != problem.dimension {
        throw .lengthMismatch(argument: "point", count: point.count, expected: problem.dimension)
    }
    let n = problem.componentCount
    let p = options.anchorProbability ?? 1 / Double(n)
    let (eta, gamma) = (options.resolventStep, options.innerStep)
    var (v, anchor, previousAnchor) = (point, point, point)
    var anchorValue = problem.value(at: anchor)
    var calls = n
    for _ in 0..<steps {
        let component = generator.integer(below: n)
        // F̄(w) + v − w': the identity's part of the component difference is exact.
        var target = Vector(count: v.count) { index in
            let drift = eta * anchorValue[index] + anchor[index] - point[index] + v[index] - previousAnchor[index]
            return (1 - p) * v[index] + p * anchor[index] - gamma * drift
        }
        problem.addComponentDifferences(
            [component], at: v, from: previousAnchor, factor: -gamma * eta, into: &target)
        v = problem.resolvent(of: target, step: gamma * eta)
        calls += 2
        previousAnchor = anchor
        if generator.bernoulli(p) {
            anchor = v
            anchorValue = problem.value(at: anchor)
            calls += n
        }
    }
    return (v, calls)
}
