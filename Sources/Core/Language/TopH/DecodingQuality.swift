import DeepLearning

/// What many continuations are worth: coherence and diversity, counted exactly (top-h, arXiv:2509.02510, whose own
/// judge is a large language model).
public struct DecodingQuality: Sendable, Equatable {
    /// The share of sentences that the grammar can make.
    public var grammatical: Double
    /// The number of different pairs of neighbouring words over the number of pairs.
    public var distinctPairs: Double
    /// The share of sentences that do not stand in the training text.
    public var novel: Double

    /// Measures sentences.
    ///
    /// - Parameters:
    ///   - sentences: words, the full stop included where the model wrote one.
    ///   - grammar: what counts as grammatical.
    ///   - known: the sentences of the training text.
    public init(of sentences: [[String]], grammar: ProbabilisticGrammar, known: Set<[String]>) {
        let count = Double(max(sentences.count, 1))
        grammatical = Double(sentences.count { grammar.logProbability(of: $0) > -.infinity }) / count
        distinctPairs = distinctNGrams(sentences, order: 2)
        novel = Double(sentences.count { !known.contains($0) }) / count
    }
}
