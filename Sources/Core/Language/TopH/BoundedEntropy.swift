import DeepLearning
import RealModule

/// Which entropy of the kept tokens is held below the bound.
public enum EntropyBoundRule: String, Sendable, CaseIterable {
    /// That of the renormalised distribution, H(q) ≤ αH(p): the paper's rule.
    case renormalized
    /// The kept part of the full distribution's, −Σ_S p ln p ≤ αH(p): what the authors' released processor compares.
    /// It keeps far more tokens of a flat distribution, and q may then violate the paper's bound.
    case released
}

/// The tokens that top-H keeps (top-h, arXiv:2509.02510, algorithm 1): the longest list of most probable tokens whose
/// entropy stays within a share of the full distribution's.
///
/// Tokens are taken from the most probable on while H(q) ≤ αH(p), where q is p on the taken tokens, renormalised:
/// H(q) = h/Γ + ln Γ with Γ = Σ p and h = −Σ p ln p. The entropy grows with every token, so that the first one that
/// breaks the bound ends the list; the most probable token is always kept. A bound that is met up to rounding (a part in
/// 10¹²) is met. O(n log n).
///
/// - Parameters:
///   - probabilities: p, non-negative with a positive sum, by which they are divided.
///   - share: α, in (0, 1].
///   - rule: whose entropy is bounded.
///   - limit: at most so many tokens; nil for no limit. The released processor has 100.
/// - Returns: the indices of the kept tokens, the most probable first, ties to the lower index.
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
// swiftcore: top_h_tokens
public func boundedEntropyTokens(
    of probabilities: [Double], share: Double = 0.4, rule: EntropyBoundRule = .renormalized, limit: Int? = nil
) throws(LanguageModelError) -> [Int] {
    try checkEntropyShare(share)
    if let limit, limit < 1 { throw .invalidArgument(name: "limit", value: "\(limit)", expected: "at least 1") }
    return boundedPrefix(try normalized(probabilities), share, rule, limit)
}

/// The entropies in nats of p restricted to its 1, 2, …, n most probable elements and renormalised. Strictly
/// increasing while elements are positive (top-h, arXiv:2509.02510).
///
/// - Throws: `LanguageModelError.invalidArgument` unless the weights are non-negative with a positive sum.
public func prefixEntropies(of probabilities: [Double]) throws(LanguageModelError) -> [Double] {
    var sums = PrefixSums()
    return try normalized(probabilities).sorted(by: >).map { sums.append($0) }
}

/// The set of tokens with the largest mass among all sets S with H(q_S) ≤ αH(p), by trying all 2ⁿ: the entropy-constrained
/// mass maximisation that top-H approximates (top-h, arXiv:2509.02510), which is NP-hard.
///
/// - Parameters:
///   - probabilities: p, at most 20 of them.
///   - share: α, in (0, 1].
/// - Returns: the set in the order of its indices, and its mass; the first found of equal ones. A single token
///   always meets the bound.
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
// swiftcore: largest_bounded_entropy_set
public func largestBoundedEntropySet(
    of probabilities: [Double], share: Double = 0.4
) throws(LanguageModelError) -> (tokens: [Int], mass: Double) {
    try checkEntropyShare(share)
    let p = try normalized(probabilities)
    guard p.count <= 20 else {
        throw .invalidArgument(name: "probabilities", value: "\(p.count) numbers", expected: "at most 20: all sets are tried")
    }
    let terms = p.map(entropyTerm)
    let bound = share * terms.reduce(0, +) * (1 + roundingTolerance)
    var best = (set: 0, mass: 0.0)
    for set in 1..<(1 << p.count) {
        var mass = 0.0, entropy = 0.0
        for token in p.indices where set >> token & 1 == 1 {
            mass += p[token]
            entropy += terms[token]
        }
        if mass > best.mass, entropy / mass + Double.log(mass) <= bound { best = (set, mass) }
    }
    return (p.indices.filter { best.set >> $0 & 1 == 1 }, best.mass)
}

/// The Jensen-Shannon divergence in bits between p and p restricted to a set of the mass Γ and renormalised. It depends
/// on the mass alone and falls with it, so that minimal divergence means maximal mass (top-h, arXiv:2509.02510):
/// J(Γ) = (1 − Γ)/2 + (Γ/2) log₂(2Γ/(1 + Γ)) + ½ log₂(2/(1 + Γ)).
///
/// - Parameter mass: Γ, in (0, 1].
/// - Throws: `LanguageModelError.invalidArgument` if it is not.
// swiftcore: truncation_divergence
public func truncationDivergence(keepingMass mass: Double) throws(LanguageModelError) -> Double {
    guard mass > 0, mass <= 1 else {
        throw .invalidArgument(name: "mass", value: "\(mass)", expected: "a number above 0 and at most 1")
    }
    return (1 - mass) / 2 + mass / 2 * Double.log2(2 * mass / (1 + mass)) + Double.log2(2 / (1 + mass)) / 2
}

/// A bound that is missed by less than this part of it is met: entropies of uniform distributions are equal to the
/// bound in exact arithmetic.
private let roundingTolerance = 1e-12

func checkEntropyShare(_ share: Double) throws(LanguageModelError) {
    guard share > 0, share <= 1 else {
        throw .invalidArgument(name: "share", value: "\(share)", expected: "a number above 0 and at most 1")
    }
}

private func normalized(_ weights: [Double]) throws(LanguageModelError) -> [Double] {
    for (index, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
        throw .invalidArgument(name: "probabilities[\(index)]", value: "\(weight)", expected: "a number of at least 0")
    }
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else {
        throw .invalidArgument(
            name: "probabilities", value: "\(weights.count) numbers with the sum \(total)", expected: "a positive sum")
    }
    return weights.map { $0 / total }
}

private func entropyTerm(_ probability: Double) -> Double {
    probability > 0 ? -probability * Double.log(probability) : 0
}

/// Γ and h of a growing set.
private struct PrefixSums {
    var mass = 0.0
    var entropy = 0.0

    /// Takes an element in and gives the entropy of the renormalised set.
    mutating func append(_ probability: Double) -> Double {
        mass += probability
        entropy += entropyTerm(probability)
        return entropy / mass + Double.log(mass)
    }
}

/// `boundedEntropyTokens` of probabilities that sum to 1.
func boundedPrefix(_ probabilities: [Double], _ share: Double, _ rule: EntropyBoundRule, _ limit: Int?) -> [Int] {
    let order = TokenDistribution.descending(probabilities)
    let bound = share * probabilities.reduce(0) { $0 + entropyTerm($1) } * (1 + roundingTolerance)
    var sums = PrefixSums()
    var kept: [Int] = []
    for token in order.prefix(limit ?? order.count) where probabilities[token] > 0 {
        let entropy = sums.append(probabilities[token])
        if !kept.isEmpty, (rule == .renormalized ? entropy : sums.entropy) > bound { break }
        kept.append(token)
    }
    return kept
}
