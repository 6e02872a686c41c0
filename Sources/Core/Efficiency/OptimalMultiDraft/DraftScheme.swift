import DeepLearning

/// How a small model proposes several tokens for one place of a text (optimal-mdsd, arXiv:2502.18779).
public enum DraftScheme: String, Sendable, CaseIterable {
    /// Independent draws.
    case withReplacement
    /// One draw after another from what is left, renormalised.
    case withoutReplacement
    /// The most probable tokens, and one draw from the rest, renormalised (the paper's greedy drafts).
    case greedy
}

/// Checked and normalised: what a large and a small model say of one place, and how many tokens the small one
/// proposes.
struct DraftedPlace: Sendable {
    let target: [Double]
    let draft: [Double]
    let count: Int

    init(
        target: [Double], draft: [Double], count: Int, scheme: DraftScheme
    ) throws(LanguageModelError) {
        guard target.count == draft.count else {
            throw .invalidArgument(
                name: "draft", value: "\(draft.count) probabilities", expected: "\(target.count), as many as target has")
        }
        guard count >= 1 else { throw .invalidArgument(name: "drafts", value: "\(count)", expected: "at least 1") }
        self.target = try normalizedDistribution(target, "target")
        self.draft = try normalizedDistribution(draft, "draft")
        self.count = count
        let support = draft.count { $0 > 0 }
        guard scheme == .withReplacement || count <= support else {
            throw .invalidArgument(
                name: "drafts", value: "\(count)", expected: "at most \(support), the tokens that draft can propose")
        }
    }

    /// The fixed tokens of greedy drafts, the most probable ones, ties to the lower index.
    var greedyTokens: [Int] { Array(TokenDistribution.descending(draft).prefix(count - 1)) }

    /// q′: the draft's distribution without some tokens, renormalised.
    func rest(without tokens: [Int]) -> [Double] {
        var rest = draft
        for token in tokens { rest[token] = 0 }
        let total = rest.reduce(0, +)
        return rest.map { $0 / total }
    }
}

/// Weights divided by their sum.
func normalizedDistribution(_ weights: [Double], _ name: String) throws(LanguageModelError) -> [Double] {
    for (index, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
        throw .invalidArgument(name: "\(name)[\(index)]", value: "\(weight)", expected: "a finite number of at least 0")
    }
    let total = weights.reduce(0, +)
    guard total > 0, total.isFinite else {
        throw .invalidArgument(name: name, value: "\(weights.count) numbers with the sum \(total)", expected: "a positive sum")
    }
    return weights.map { $0 / total }
}
