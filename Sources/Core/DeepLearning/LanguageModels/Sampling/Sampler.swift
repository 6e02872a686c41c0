import Foundation
import Mathematics

/// Continues batches of prompts token by token.
///
/// ```swift
/// let sampler = Sampler(maximumTokens: 24, stopTokens: [end], processors: [try Temperature(0.8), try TopP(0.95)])
/// let answers = try sampler.sample(from: model, prompts: prompts, using: &generator)
/// ```
public struct Sampler: Sendable {
    /// At most so many new tokens a sequence.
    public var maximumTokens: Int
    /// A sequence ends with the first of these, which belongs to it.
    public var stopTokens: Set<Int>
    /// Applied in this order to each distribution.
    public var processors: [any LogitsProcessor]

    public init(maximumTokens: Int, stopTokens: Set<Int> = [], processors: [any LogitsProcessor] = []) {
        self.maximumTokens = maximumTokens
        self.stopTokens = stopTokens
        self.processors = processors
    }

    /// A sequence that was continued.
    public struct Completion: Sendable, Equatable {
        /// The new tokens, the stop token included.
        public var tokens: [Int]
        /// The model's log-probability of each new token, before any processor.
        public var logProbabilities: [Double]
        /// The log-probability with which each was drawn, after the processors; 0 for the greedy ones.
        public var drawnLogProbabilities: [Double]
        /// Whether it ended with a stop token.
        public var isStopped: Bool

        /// The sum of the model's log-probabilities.
        public var logProbability: Double { logProbabilities.reduce(0, +) }
    }

    /// Draws a continuation of each prompt.
    ///
    /// Sequence i draws from stream i of a generator that `generator` gives, so that what it gets does not depend
    /// on how long the others are.
    ///
    /// - Throws: `LanguageModelError` for an empty prompt, an unknown token, or a prompt that leaves no room in the
    ///   context.
    public func sample<Model: IncrementalLanguageModel, G: RandomNumberGenerator>(
        from model: Model, prompts: [[Int]], using generator: inout G
    ) throws(LanguageModelError) -> [Completion] {
        let seed = Philox(seed: generator.next())
        var streams = prompts.indices.map { seed.stream(UInt64($0)) }
        return try complete(model, prompts) { row, logits in
            let probabilities = TokenDistribution.probabilities(logits)
            let token = TokenDistribution.draw(probabilities, streams[row].uniform())
            return (token, log(probabilities[token]))
        }
    }

    /// Continues each prompt with the most probable token every time.
    ///
    /// - Throws: as `sample`.
    public func greedy<Model: IncrementalLanguageModel>(
        from model: Model, prompts: [[Int]]
    ) throws(LanguageModelError) -> [Completion] {
        try complete(model, prompts) { _, logits in (TokenDistribution.largest(logits), 0) }
    }

    /// Draws `count` continuations of each prompt and gives the one with the highest score, the first of equal ones.
    ///
    /// - Parameters:
    ///   - count: how many continuations to draw for each prompt.
    ///   - model: draws the tokens.
    ///   - prompts: the tokens of each prompt.
    ///   - generator: draws from the model.
    ///   - score: of a prompt and its continuation.
    /// - Throws: as `sample`, and for a count below 1.
    public func bestOf<Model: IncrementalLanguageModel, G: RandomNumberGenerator>(
        _ count: Int, from model: Model, prompts: [[Int]], using generator: inout G,
        score: (_ prompt: [Int], _ completion: Completion) -> Double
    ) throws(LanguageModelError) -> [Completion] {
        guard count >= 1 else { throw .invalidArgument(name: "count", value: "\(count)", expected: "at least 1") }
        let all = try sample(
            from: model, prompts: prompts.flatMap { [[Int]](repeating: $0, count: count) }, using: &generator)
        return prompts.enumerated().map { index, prompt in
            let candidates = all[index * count..<(index + 1) * count]
            return candidates[candidates.startIndex + TokenDistribution.largest(candidates.map { score(prompt, $0) })]
        }
    }

    private func complete<Model: IncrementalLanguageModel>(
        _ model: Model, _ prompts: [[Int]], _ choose: (_ row: Int, _ logits: [Double]) -> (token: Int, logProbability: Double)
    ) throws(LanguageModelError) -> [Completion] {
        try checkPrompts(prompts, model)
        guard maximumTokens > 0, !prompts.isEmpty else {
            return prompts.map { _ in Completion(tokens: [], logProbabilities: [], drawnLogProbabilities: [], isStopped: false) }
        }
        let longest = prompts.map(\.count).max() ?? 0
        var sequences = prompts
        var results = prompts.map { _ in
            Completion(tokens: [], logProbabilities: [], drawnLogProbabilities: [], isStopped: false)
        }
        var state = model.startDecoding(starts: prompts.map { longest - $0.count })
        var tokens = Tensor<Int>(
            shape: [prompts.count, longest],
            scalars: prompts.flatMap { [Int](repeating: 0, count: longest - $0.count) + $0 })
        var rows = Array(prompts.indices)
        while true {
            let logits = model.nextLogits(tokens, state: &state)
            var kept: [Int] = [], next: [Int] = []
            for (place, row) in rows.enumerated() {
                var values = logits[place].scalars.map { Double($0) }
                let own = TokenDistribution.probabilities(values)
                for processor in processors { processor.process(&values, after: sequences[row]) }
                let (token, drawn) = choose(row, values)
                sequences[row].append(token)
                results[row].tokens.append(token)
                results[row].logProbabilities.append(log(own[token]))
                results[row].drawnLogProbabilities.append(drawn)
                results[row].isStopped = stopTokens.contains(token)
                let isFull = results[row].tokens.count == maximumTokens || sequences[row].count >= model.contextLength
                if !results[row].isStopped, !isFull {
                    kept.append(place)
                    next.append(token)
                }
            }
            if kept.isEmpty { return results }
            if kept.count < rows.count {
                state.selectRows(kept)
                rows = kept.map { rows[$0] }
            }
            tokens = Tensor(shape: [next.count, 1], scalars: next)
        }
    }
}

func checkPrompts<Model: CausalLanguageModel>(_ prompts: [[Int]], _ model: Model) throws(LanguageModelError) {
    for (index, prompt) in prompts.enumerated() {
        guard !prompt.isEmpty else {
            throw .invalidArgument(name: "prompts[\(index)]", value: "[]", expected: "at least one token")
        }
        guard prompt.count <= model.contextLength else {
            throw .tooLong(length: prompt.count, contextLength: model.contextLength)
        }
        for token in prompt where token < 0 || token >= model.vocabularySize {
            throw .unknownToken(token, vocabularySize: model.vocabularySize)
        }
    }
}
