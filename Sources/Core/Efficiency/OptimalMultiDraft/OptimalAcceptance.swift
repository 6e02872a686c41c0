import DeepLearning
import RealModule

/// The largest acceptance probability that a verification can have, and why it is no larger.
public struct OptimalAcceptance: Sendable, Equatable {
    /// α*: the probability that the emitted token is one of the drafts.
    public let probability: Double
    /// The set H for which 1 + p(H) − Q(H) is α*, in increasing order: the drafts lie in it too often for how rarely
    /// the target does.
    public let bottleneck: [Int]
}

// swiftcore: optimal_draft_acceptance
/// The best acceptance probability of any verification of several drafts that emits tokens from the target's
/// distribution (optimal-mdsd, arXiv:2502.18779).
///
/// Verification is a transport of the drafts' distribution to the target's; by duality
/// α* = 1 + min_H (p(H) − Q(H)) over sets H of tokens, Q(H) the probability that all drafts lie in H. Where Q is
/// q(H)ⁿ, or that of draws without replacement, a prefix in the order of pᵢ/qᵢ attains the minimum, so that
/// V + 1 sets are tried. Greedy drafts have α* = p(T) + Σ_{i ∉ T} min(pᵢ, q′ᵢ).
///
/// O(V log V), and without replacement O(V · n) a node of quadrature, of which there are about a hundred.
///
/// - Parameters:
///   - target: p, non-negative with a positive sum, by which they are divided.
///   - draft: q, as many.
///   - drafts: n, at least 1; without replacement and greedy at most the number of positive qᵢ.
///   - scheme: how the drafts are drawn.
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
public func optimalAcceptance(
    target: [Double], draft: [Double], drafts: Int, scheme: DraftScheme
) throws(LanguageModelError) -> OptimalAcceptance {
    let place = try DraftedPlace(target: target, draft: draft, count: drafts, scheme: scheme)
    let (p, q) = (place.target, place.draft)
    if scheme == .greedy {
        let greedy = GreedyDrafts(place)
        let bottleneck = p.indices.filter { greedy.fixed.contains($0) || p[$0] < greedy.rest[$0] }
        return OptimalAcceptance(probability: greedy.acceptance, bottleneck: bottleneck)
    }
    // A token that is never drafted adds to p(H) alone.
    let ratios = p.indices.map { q[$0] > 0 ? p[$0] / q[$0] : .infinity }
    let order = p.indices.filter { q[$0] > 0 }.sorted { ratios[$0] == ratios[$1] ? $0 < $1 : ratios[$0] < ratios[$1] }
    var outside = [Double](repeating: 0, count: order.count + 1)
    for index in order.indices.reversed() { outside[index] = outside[index + 1] + q[order[index]] }
    let usesClocks = scheme == .withoutReplacement && drafts > 1
    var draws = usesClocks ? SequentialDraws(count: drafts, rates: q) : nil
    var best = (value: 0.0, length: 0)
    var targetMass = 0.0, draftMass = 0.0
    for (index, token) in order.enumerated() {
        targetMass += p[token]
        draftMass += q[token]
        draws?.add(rate: q[token])
        let within = draws?.probability(outside: outside[index + 1]) ?? Double.pow(draftMass, drafts)
        if targetMass - within < best.value { best = (targetMass - within, index + 1) }
    }
    return OptimalAcceptance(probability: 1 + best.value, bottleneck: order.prefix(best.length).sorted())
}

/// Q(H): the probability that all drafts lie in a set of tokens (optimal-mdsd, arXiv:2502.18779).
///
/// - Parameters:
///   - tokens: H, different places in `draft`.
///   - draft: q, non-negative with a positive sum, by which they are divided.
///   - drafts: n, as in `optimalAcceptance`.
///   - scheme: how the drafts are drawn.
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
// swiftcore: draft_set_probability
public func probabilityOfDrafting(
    within tokens: [Int], draft: [Double], drafts: Int, scheme: DraftScheme
) throws(LanguageModelError) -> Double {
    let place = try DraftedPlace(target: draft, draft: draft, count: drafts, scheme: scheme)
    let members = Set(tokens)
    guard members.count == tokens.count, tokens.allSatisfy(draft.indices.contains) else {
        throw .invalidArgument(name: "tokens", value: "\(tokens)", expected: "different places in 0 ..< \(draft.count)")
    }
    func mass(_ probabilities: [Double]) -> Double { tokens.reduce(0) { $0 + probabilities[$1] } }
    switch scheme {
    case .withReplacement: return Double.pow(mass(place.draft), drafts)
    case .greedy:
        let greedy = GreedyDrafts(place)
        return greedy.fixed.allSatisfy(members.contains) ? mass(greedy.rest) : 0
    case .withoutReplacement:
        if drafts == 1 { return mass(place.draft) }
        var draws = SequentialDraws(count: drafts, rates: place.draft)
        for token in tokens { draws.add(rate: place.draft[token]) }
        return draws.probability(outside: place.draft.indices.reduce(0) { members.contains($1) ? $0 : $0 + place.draft[$1] })
    }
}
