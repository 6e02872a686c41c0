import DeepLearning
import Mathematics

/// A way to verify drafts so that the emitted tokens follow the target's distribution exactly (the baselines of
/// optimal-mdsd, arXiv:2502.18779, and its greedy method).
public enum DraftVerifier: String, Sendable, CaseIterable {
    /// One draft, accepted with min(1, p/q), else a draw from (p − q)₊ (speculative sampling; Leviathan et al. 2023,
    /// arXiv:2211.17192). Whatever the number of drafts is, only one is drawn.
    case single
    /// Recursive rejection sampling on independent drafts: after each rejection the target becomes (p − q)₊,
    /// renormalised (SpecInfer; Miao et al. 2023, arXiv:2305.09781).
    case recursiveRejection
    /// The same on drafts without replacement; after each rejection the draft's distribution loses the token too (Jeon
    /// et al. 2024, arXiv:2402.14160).
    case recursiveRejectionWithoutReplacement
    /// K-SEQ on independent drafts: each is accepted with min(1, p/(γq)) (SpecTr; Sun et al. 2023, arXiv:2310.15141).
    case kSequential
    /// Greedy drafts, verified optimally (optimal-mdsd, arXiv:2502.18779).
    case greedy
    /// The optimal coupling by linear programming, for vocabularies of a few tokens; independent drafts.
    case couplingWithReplacement
    /// The optimal coupling by linear programming, for vocabularies of a few tokens; drafts without replacement.
    case couplingWithoutReplacement

    /// How the drafts are drawn that it verifies.
    public var scheme: DraftScheme {
        switch self {
        case .single, .recursiveRejection, .kSequential, .couplingWithReplacement: .withReplacement
        case .recursiveRejectionWithoutReplacement, .couplingWithoutReplacement: .withoutReplacement
        case .greedy: .greedy
        }
    }

    /// How many drafts it draws when it may have a number of them.
    func draftCount(_ count: Int) -> Int { self == .single ? min(count, 1) : count }
}

/// A token that a verification emitted.
public struct VerifiedToken: Sendable, Equatable {
    public let token: Int
    /// Which draft it is, from 0; nil when all were rejected.
    public let acceptedDraft: Int?
}

/// One place of a text: the drafts are drawn from q, verified, and a token that follows p comes out.
///
/// ```swift
/// let step = try MultiDraftStep(.kSequential, target: p, draft: q, drafts: 4)
/// let token = step.emit(using: &generator).token
/// ```
public struct MultiDraftStep: Sendable {
    public let verifier: DraftVerifier
    let place: DraftedPlace
    private let kSequential: KSequentialRule?
    private let greedy: GreedyDrafts?
    private let coupling: DraftCoupling?

    /// Prepares what does not depend on the drafts.
    ///
    /// - Parameters:
    ///   - verifier: the verification.
    ///   - target: p, non-negative with a positive sum, by which they are divided.
    ///   - draft: q, as many.
    ///   - drafts: n, at least 1; without replacement and greedy at most the number of positive qᵢ.
    /// - Throws: `LanguageModelError.invalidArgument` naming the argument.
    public init(
        _ verifier: DraftVerifier, target: [Double], draft: [Double], drafts: Int
    ) throws(LanguageModelError) {
        self.verifier = verifier
        place = try DraftedPlace(
            target: target, draft: draft, count: verifier.draftCount(drafts), scheme: verifier.scheme)
        kSequential = verifier == .kSequential ? KSequentialRule(place) : nil
        greedy = verifier == .greedy ? GreedyDrafts(place) : nil
        switch verifier {
        case .couplingWithReplacement, .couplingWithoutReplacement:
            coupling = try DraftCoupling(target: target, draft: draft, drafts: drafts, scheme: verifier.scheme)
        default: coupling = nil
        }
    }

    /// Draws drafts, in the order in which they are verified.
    public func drafts<G: RandomNumberGenerator>(using generator: inout G) -> [Int] {
        switch verifier.scheme {
        case .withReplacement: return (0..<place.count).map { _ in generator.index(weightedBy: place.draft) }
        case .withoutReplacement: return generator.sample(place.count, withoutReplacementWeightedBy: place.draft)
        case .greedy:
            guard let greedy else { preconditionFailure("greedy drafts without their tokens") }
            return greedy.fixed + [generator.index(weightedBy: greedy.rest)]
        }
    }

    /// The token that comes of given drafts, which must be as `drafts` draws them.
    public func verify<G: RandomNumberGenerator>(_ drafts: [Int], using generator: inout G) -> VerifiedToken {
        let (p, q) = (place.target, place.draft)
        switch verifier {
        case .single, .recursiveRejection:
            return recursively(drafts, removingRejected: false, using: &generator)
        case .recursiveRejectionWithoutReplacement:
            return recursively(drafts, removingRejected: true, using: &generator)
        case .kSequential:
            guard let rule = kSequential else { preconditionFailure("K-SEQ without its rule") }
            for (index, token) in drafts.enumerated()
            where generator.uniform() * rule.gamma * q[token] < p[token] {
                return VerifiedToken(token: token, acceptedDraft: index)
            }
            return VerifiedToken(token: generator.index(weightedBy: rule.residual), acceptedDraft: nil)
        case .greedy:
            guard let greedy, let last = drafts.last else { preconditionFailure("greedy drafts without their tokens") }
            if generator.uniform() * greedy.rest[last] < p[last] {
                return VerifiedToken(token: last, acceptedDraft: greedy.fixed.count)
            }
            let token = generator.index(weightedBy: greedy.residual)
            return VerifiedToken(token: token, acceptedDraft: greedy.fixed.firstIndex(of: token))
        case .couplingWithReplacement, .couplingWithoutReplacement:
            let weights = coupling?.weights(after: drafts)
            let token = generator.index(weightedBy: weights ?? p)
            return VerifiedToken(token: token, acceptedDraft: drafts.firstIndex(of: token))
        }
    }

    /// Draws drafts and verifies them.
    public func emit<G: RandomNumberGenerator>(using generator: inout G) -> VerifiedToken {
        let drafts = drafts(using: &generator)
        return verify(drafts, using: &generator)
    }

    private func recursively<G: RandomNumberGenerator>(
        _ drafts: [Int], removingRejected: Bool, using generator: inout G
    ) -> VerifiedToken {
        var (p, q) = (place.target, place.draft)
        for (index, token) in drafts.enumerated() {
            if generator.uniform() * q[token] < p[token] { return VerifiedToken(token: token, acceptedDraft: index) }
            p = residual(of: p, without: q)
            if removingRejected, index + 1 < drafts.count { q = removing(token, from: q) }
        }
        return VerifiedToken(token: generator.index(weightedBy: p), acceptedDraft: nil)
    }

    /// The probability that the emitted token is a draft that was accepted.
    ///
    /// Closed forms, except for recursive rejection without replacement, which sums over all sequences of rejected
    /// tokens: O(Vⁿ), see `estimatedAcceptance`.
    public var acceptance: Double {
        let (p, q) = (place.target, place.draft)
        switch verifier {
        case .single, .recursiveRejection:
            var target = p
            var rejected = 1.0
            for _ in 0..<place.count {
                rejected *= 1 - overlap(target, q)
                target = residual(of: target, without: q)
            }
            return 1 - rejected
        case .recursiveRejectionWithoutReplacement: return 1 - rejection(p, q, drafts: place.count)
        case .kSequential: return kSequential?.acceptance ?? .nan
        case .greedy: return greedy?.acceptance ?? .nan
        case .couplingWithReplacement, .couplingWithoutReplacement: return coupling?.acceptance ?? .nan
        }
    }

    /// An unbiased estimate of the acceptance of recursive rejection without replacement; for every other verifier the
    /// exact number.
    ///
    /// Sequences of rejected tokens are drawn as they come when every draft is rejected; 1 − Π(1 − Σ min(p_k, q_k))
    /// along one has the acceptance as its mean. O(paths · n · V).
    ///
    /// - Parameters:
    ///   - paths: how many sequences, at least 1.
    ///   - generator: draws them.
    public func estimatedAcceptance<G: RandomNumberGenerator>(paths: Int, using generator: inout G) -> Double {
        precondition(paths >= 1, "an estimate from \(paths) paths: expected at least 1")
        guard verifier == .recursiveRejectionWithoutReplacement else { return acceptance }
        var total = 0.0
        for _ in 0..<paths {
            var (p, q) = (place.target, place.draft)
            var rejected = 1.0
            for step in 0..<place.count {
                rejected *= 1 - overlap(p, q)
                if rejected <= 0 || step == place.count - 1 { break }
                let surplus = p.indices.map { max(q[$0] - p[$0], 0) }
                guard surplus.contains(where: { $0 > 0 }) else { break }
                p = residual(of: p, without: q)
                q = removing(generator.index(weightedBy: surplus), from: q)
            }
            total += 1 - rejected
        }
        return total / Double(paths)
    }
}

// swiftcore: draft_acceptance
/// The probability that a verification accepts one of the drafts (optimal-mdsd, arXiv:2502.18779).
///
/// - Parameters:
///   - verifier: the verification; recursive rejection without replacement takes O(Vⁿ), the couplings list all Vⁿ drafts.
///   - target: p, non-negative with a positive sum, by which they are divided.
///   - draft: q, as many.
///   - drafts: n, at least 1; without replacement and greedy at most the number of positive qᵢ.
/// - Throws: `LanguageModelError.invalidArgument` naming the argument.
public func draftAcceptance(
    of verifier: DraftVerifier, target: [Double], draft: [Double], drafts: Int
) throws(LanguageModelError) -> Double {
    try MultiDraftStep(verifier, target: target, draft: draft, drafts: drafts).acceptance
}

/// Σ min(pᵢ, qᵢ).
private func overlap(_ p: [Double], _ q: [Double]) -> Double {
    var sum = 0.0
    for index in p.indices { sum += min(p[index], q[index]) }
    return min(sum, 1)
}

/// (p − q)₊, renormalised; p itself where nothing is left, so that there was nothing to reject.
private func residual(of p: [Double], without q: [Double]) -> [Double] {
    let rest = p.indices.map { max(p[$0] - q[$0], 0) }
    let total = rest.reduce(0, +)
    return total > 0 ? rest.map { $0 / total } : p
}

/// q without a token, renormalised.
private func removing(_ token: Int, from q: [Double]) -> [Double] {
    var rest = q
    rest[token] = 0
    let total = rest.reduce(0, +)
    return total > 0 ? rest.map { $0 / total } : q
}

/// The probability that recursive rejection without replacement rejects every draft: the sum over the sequences of
/// rejected tokens of Π(q_k(x_k) − p_k(x_k))₊.
private func rejection(_ p: [Double], _ q: [Double], drafts: Int) -> Double {
    let accepted = overlap(p, q)
    if drafts == 1 || accepted >= 1 { return 1 - accepted }
    let next = residual(of: p, without: q)
    var sum = 0.0
    for token in p.indices where q[token] > p[token] {
        sum += (q[token] - p[token]) * rejection(next, removing(token, from: q), drafts: drafts - 1)
    }
    return sum
}
