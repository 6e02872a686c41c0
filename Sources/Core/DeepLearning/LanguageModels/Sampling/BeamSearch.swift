import Foundation

/// Finds continuations of high probability by keeping the best few at each step.
public struct BeamSearch: Sendable {
    /// How many are kept.
    public var beams: Int
    /// At most so many new tokens.
    public var maximumTokens: Int
    /// A continuation ends with the first of these, which belongs to it.
    public var stopTokens: Set<Int>
    /// A finished continuation is ranked by its log-probability divided by its length to this power: 0 for the plain sum, 1 for
    /// the mean.
    public var lengthPenalty: Double
    /// Applied to each distribution before continuations are ranked.
    public var processors: [any LogitsProcessor]

    public init(
        beams: Int, maximumTokens: Int, stopTokens: Set<Int> = [], lengthPenalty: Double = 0,
        processors: [any LogitsProcessor] = []
    ) {
        self.beams = beams
        self.maximumTokens = maximumTokens
        self.stopTokens = stopTokens
        self.lengthPenalty = lengthPenalty
        self.processors = processors
    }

    /// A continuation that was found.
    public struct Candidate: Sendable, Equatable {
        /// The new tokens, the stop token included.
        public var tokens: [Int]
        /// The sum of their log-probabilities, after the processors.
        public var logProbability: Double
        /// What it was ranked by.
        public var score: Double
    }

    /// The best continuations of a prompt, best first, at most `beams` of them.
    ///
    /// - Parameters:
    ///   - model: continues.
    ///   - prompt: at least one token.
    ///   - veto: says of the new tokens whether a continuation must not be.
    /// - Returns: nothing where every continuation was vetoed.
    /// - Throws: `LanguageModelError` for a prompt that cannot be, and for fewer than 1 beam.
    public func search<Model: IncrementalLanguageModel>(
        _ model: Model, prompt: [Int], veto: (_ tokens: [Int]) -> Bool = { _ in false }
    ) throws(LanguageModelError) -> [Candidate] {
        guard beams >= 1 else { throw .invalidArgument(name: "beams", value: "\(beams)", expected: "at least 1") }
        try checkPrompts([prompt], model)
        var state = model.startDecoding(starts: [0])
        var open = [Candidate(tokens: [], logProbability: 0, score: 0)]
        var finished: [Candidate] = []
        var tokens = Tensor<Int>(shape: [1, prompt.count], scalars: prompt)
        for _ in 0..<maximumTokens where !open.isEmpty {
            let logits = model.nextLogits(tokens, state: &state)
            var extensions: [(beam: Int, candidate: Candidate)] = []
            for (beam, candidate) in open.enumerated() {
                var values = logits[beam].scalars.map { Double($0) }
                for processor in processors { processor.process(&values, after: prompt + candidate.tokens) }
                let probabilities = TokenDistribution.probabilities(values)
                var taken = 0
                // No more than `beams` extensions of one beam can be among the best, unless some are vetoed.
                for token in TokenDistribution.descending(probabilities) where probabilities[token] > 0 && taken < beams {
                    let extended = candidate.tokens + [token]
                    if veto(extended) { continue }
                    let sum = candidate.logProbability + log(probabilities[token])
                    extensions.append((beam, Candidate(tokens: extended, logProbability: sum, score: score(sum, extended.count))))
                    taken += 1
                }
            }
            extensions.sort { $0.candidate.logProbability > $1.candidate.logProbability }
            var rows: [Int] = []
            open = []
            for (beam, candidate) in extensions.prefix(beams) {
                let isFull = candidate.tokens.count == maximumTokens || prompt.count + candidate.tokens.count >= model.contextLength
                if stopTokens.contains(candidate.tokens[candidate.tokens.count - 1]) || isFull {
                    finished.append(candidate)
                } else {
                    rows.append(beam)
                    open.append(candidate)
                }
            }
            // With plain sums nothing that is still open can overtake what is finished.
            if lengthPenalty == 0, finished.count >= beams {
                let worst = finished.map(\.score).sorted(by: >)[beams - 1]
                if open.allSatisfy({ $0.logProbability <= worst }) { break }
            }
            if open.isEmpty { break }
            state.selectRows(rows)
            tokens = Tensor(shape: [rows.count, 1], scalars: open.compactMap(\.tokens.last))
        }
        return Array(finished.sorted { $0.score > $1.score }.prefix(beams))
    }

    private func score(_ logProbability: Double, _ count: Int) -> Double {
        logProbability / pow(Double(count), lengthPenalty)
    }
}
