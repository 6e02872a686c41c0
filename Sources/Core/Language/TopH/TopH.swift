import DeepLearning

/// Top-H decoding: keeps the most probable tokens while the entropy of what is kept stays below a share of the whole
/// distribution's (top-h, arXiv:2509.02510).
///
/// A flat distribution (a model that is not sure, or a high temperature) loses most of its tokens, a peaked one few. The
/// probabilities are those after the processors before it, the temperature among them.
///
/// ```swift
/// let sampler = Sampler(maximumTokens: 40, stopTokens: [end], processors: [try Temperature(2), try TopH()])
/// ```
public struct TopH: LogitsProcessor {
    /// α, in (0, 1]; the paper's value is 0.4.
    public let share: Double
    /// Whose entropy is bounded.
    public let rule: EntropyBoundRule
    /// At most so many tokens are kept; nil for no limit.
    public let limit: Int?

    /// - Parameters:
    ///   - share: α, in (0, 1].
    ///   - rule: whose entropy is bounded.
    ///   - limit: at most so many tokens are kept; nil for no limit.
    /// - Throws: `LanguageModelError.invalidArgument` for a share outside (0, 1] or a limit below 1.
    public init(
        _ share: Double = 0.4, rule: EntropyBoundRule = .renormalized, limit: Int? = 100
    ) throws(LanguageModelError) {
        try checkEntropyShare(share)
        if let limit, limit < 1 { throw .invalidArgument(name: "limit", value: "\(limit)", expected: "at least 1") }
        self.share = share
        self.rule = rule
        self.limit = limit
    }

    public func process(_ logits: inout [Double], after tokens: [Int]) {
        let kept = boundedPrefix(TokenDistribution.probabilities(logits), share, rule, limit)
        var result = [Double](repeating: -.infinity, count: logits.count)
        for token in kept { result[token] = logits[token] }
        logits = result
    }
}
