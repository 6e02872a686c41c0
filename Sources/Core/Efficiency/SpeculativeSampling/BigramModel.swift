import DeepLearning
import RealModule

/// The next token by how often it followed the last one in a text: the cheapest draft model.
public struct BigramModel: Sendable {
    /// The number of tokens.
    public let vocabularySize: Int
    private let logProbabilities: [Double]

    /// Counts the pairs of a text.
    ///
    /// - Parameters:
    ///   - corpus: the text.
    ///   - vocabularySize: its tokens are 0 ..< vocabularySize.
    ///   - smoothing: is added to each count, in the proportion of the tokens' own frequencies; positive.
    /// - Throws: `LanguageModelError` for a token outside the vocabulary or a smoothing that is not positive.
    public init(
        _ corpus: TokenCorpus, vocabularySize: Int, smoothing: Double = 1
    ) throws(LanguageModelError) {
        guard smoothing > 0, smoothing.isFinite else {
            throw .invalidArgument(name: "smoothing", value: "\(smoothing)", expected: "a positive number")
        }
        var counts = [Double](repeating: 0, count: vocabularySize * vocabularySize)
        // One of each, so that a token that the text has not still has a probability.
        var frequencies = [Double](repeating: 1, count: vocabularySize)
        for token in corpus.tokens {
            guard 0..<vocabularySize ~= token else { throw .unknownToken(token, vocabularySize: vocabularySize) }
            frequencies[token] += 1
        }
        for (first, second) in zip(corpus.tokens, corpus.tokens.dropFirst()) { counts[first * vocabularySize + second] += 1 }
        let total = frequencies.reduce(0, +)
        for row in 0..<vocabularySize {
            let range = row * vocabularySize..<(row + 1) * vocabularySize
            let rowTotal = counts[range].reduce(smoothing, +)
            for (column, place) in range.enumerated() {
                counts[place] = Double.log((counts[place] + smoothing * frequencies[column] / total) / rowTotal)
            }
        }
        self.vocabularySize = vocabularySize
        logProbabilities = counts
    }

    /// The log-probabilities of the token after a text, which must not be empty.
    public func logits(after text: [Int]) -> [Double] {
        guard let last = text.last else { preconditionFailure("a bigram model needs a token before the next") }
        return Array(logProbabilities[last * vocabularySize..<(last + 1) * vocabularySize])
    }
}
