import DeepLearning
import Mathematics

/// What a large and a small model say of the same place of a text: the input of every speculative sampling.
public struct LogitPair: Sendable, Equatable {
    /// The large model's unnormalised log-probabilities.
    public var target: [Double]
    /// The small model's, as many.
    public var draft: [Double]

    public init(target: [Double], draft: [Double]) {
        self.target = target
        self.draft = draft
    }

    /// Both distributions at a temperature.
    ///
    /// - Throws: `LanguageModelError.invalidArgument` unless the temperature is positive.
    public func probabilities(
        temperature: Double = 1
    ) throws(LanguageModelError) -> (target: [Double], draft: [Double]) {
        let temperature = try Temperature(temperature)
        func distribution(_ logits: [Double]) -> [Double] {
            var logits = logits
            temperature.process(&logits, after: [])
            return TokenDistribution.probabilities(logits)
        }
        return (distribution(target), distribution(draft))
    }

    /// Independent normal logits for the target, and the same with noise for the draft.
    ///
    /// - Parameters:
    ///   - vocabularySize: at least 1.
    ///   - spread: the standard deviation of the target's logits.
    ///   - noise: the standard deviation of what is added for the draft's.
    ///   - generator: draws them.
    public static func synthetic<G: RandomNumberGenerator>(
        vocabularySize: Int, spread: Double = 2.5, noise: Double = 1.2, using generator: inout G
    ) -> LogitPair {
        precondition(vocabularySize >= 1, "a vocabulary of \(vocabularySize) tokens: expected at least 1")
        let target = (0..<vocabularySize).map { _ in spread * generator.normal() }
        return LogitPair(target: target, draft: target.map { $0 + noise * generator.normal() })
    }

    /// What two models say of texts.
    ///
    /// - Parameters:
    ///   - contexts: what stands before each place, not empty.
    ///   - target: the large model's logits after each of some texts.
    ///   - draft: the small model's.
    public static func measured(
        after contexts: [[Int]], target: ([[Int]]) throws -> [[Double]], draft: ([[Int]]) throws -> [[Double]]
    ) rethrows -> [LogitPair] {
        zip(try target(contexts), try draft(contexts)).map { LogitPair(target: $0, draft: $1) }
    }

    /// Reads two files of logits in NumPy's format, one place a row.
    ///
    /// - Throws: `DataFileError` that names the file and what is wrong: not two dimensions, no rows, two shapes that differ,
    ///   or a number that is not finite (−∞ is).
    public static func read(targetPath: String, draftPath: String) throws(DataFileError) -> [LogitPair] {
        let target = try NumPyFile(path: targetPath).matrix()
        let draft = try NumPyFile(path: draftPath).matrix()
        guard target.rows > 0, target.columns > 0 else {
            throw DataFileError(
                file: targetPath, place: "shape", value: "(\(target.rows), \(target.columns))", expected: "at least one logit")
        }
        guard draft.rows == target.rows, draft.columns == target.columns else {
            throw DataFileError(
                file: draftPath, place: "shape", value: "(\(draft.rows), \(draft.columns))",
                expected: "(\(target.rows), \(target.columns)), that of \(targetPath)")
        }
        for (file, matrix) in [(targetPath, target), (draftPath, draft)] {
            for row in 0..<matrix.rows {
                var hasFinite = false
                for column in 0..<matrix.columns {
                    let value = matrix[row, column]
                    guard value < .infinity else {
                        throw DataFileError(
                            file: file, place: "element (\(row), \(column))", value: "\(value)", expected: "a number, or −∞")
                    }
                    hasFinite = hasFinite || value > -.infinity
                }
                guard hasFinite else {
                    throw DataFileError(file: file, place: "row \(row)", value: "−∞ alone", expected: "a token that can be")
                }
            }
        }
        return (0..<target.rows).map { LogitPair(target: Array(target.row($0)), draft: Array(draft.row($0))) }
    }
}

extension CausalLanguageModel {
    /// The unnormalised log-probabilities of the token after each of some texts, of any lengths, in one pass.
    ///
    /// A text longer than the model's context counts with its last tokens.
    ///
    /// - Throws: `LanguageModelError` for an empty text or an unknown token.
    public func logits(afterEach texts: [[Int]]) throws(LanguageModelError) -> [[Double]] {
        let texts = texts.map { Array($0.suffix(contextLength)) }
        for (index, text) in texts.enumerated() {
            guard !text.isEmpty else {
                throw .invalidArgument(name: "texts[\(index)]", value: "[]", expected: "at least one token")
            }
            for token in text where !(0..<vocabularySize ~= token) {
                throw .unknownToken(token, vocabularySize: vocabularySize)
            }
        }
        if texts.isEmpty { return [] }
        // What stands behind a place does not change what a causal model says of it.
        let all = logits(TokenBatch.padded(texts).tokens)
        return texts.enumerated().map { row, text in all[row, text.count - 1].scalars.map { Double($0) } }
    }
}
