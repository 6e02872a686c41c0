import Mathematics
import RealModule

/// A completion that a policy wrote for a prompt, and what came of it.
public struct Rollout: Sendable, Equatable {
    public var prompt: [Int]
    /// The new tokens, the end token included.
    public var completion: [Int]
    /// ln p of each new token under the policy that wrote it.
    public var logProbabilities: [Double]
    public var reward: Double
    /// Which of the batch's prompts it belongs to.
    public var group: Int
    /// The critic's value before each new token; nil without a critic.
    public var values: [Double]?

    public init(
        prompt: [Int], completion: [Int], logProbabilities: [Double], reward: Double, group: Int, values: [Double]? = nil
    ) {
        precondition(
            logProbabilities.count == completion.count,
            "\(logProbabilities.count) log-probabilities for \(completion.count) tokens: expected one for each")
        self.prompt = prompt
        self.completion = completion
        self.logProbabilities = logProbabilities
        self.reward = reward
        self.group = group
        self.values = values
    }
}

/// A completion with the log-probability of each of its tokens under the law that it was drawn from.
public struct SampledCompletion: Sendable, Equatable {
    public var tokens: [Int]
    public var logProbabilities: [Double]

    public init(tokens: [Int], logProbabilities: [Double]) {
        self.tokens = tokens
        self.logProbabilities = logProbabilities
    }
}

extension CausalLanguageModel {
    /// Draws a completion of each prompt, looking at all tokens again at each step: for any model, however it works.
    ///
    /// Sequence i draws from a stream of its own, so that what it gets does not depend on the others.
    ///
    /// - Parameters:
    ///   - prompts: at least one token each, with room behind it in the context.
    ///   - maximumTokens: at most so many new tokens.
    ///   - stopToken: ends a completion and belongs to it.
    ///   - temperature: divides the logits; 0 takes the most probable token.
    ///   - generator: draws.
    public func sampleCompletions(
        of prompts: [[Int]], maximumTokens: Int, stopToken: Int?, temperature: Double = 1, using generator: inout Philox
    ) -> [SampledCompletion] {
        let seed = generator.split()
        var streams = prompts.indices.map { seed.stream($0) }
        var completions = prompts.map { _ in SampledCompletion(tokens: [], logProbabilities: []) }
        var open = Array(prompts.indices)
        for prompt in prompts { precondition(!prompt.isEmpty, "a prompt has at least one token") }
        for _ in 0..<maximumTokens {
            open = open.filter { index in
                if let stopToken, completions[index].tokens.last == stopToken { return false }
                return prompts[index].count + completions[index].tokens.count <= contextLength
            }
            if open.isEmpty { break }
            let sequences = open.map { prompts[$0] + completions[$0].tokens }
            // Padding stands behind the ends, where a causal model does not see it.
            let (tokens, _) = TokenBatch.padded(sequences)
            let logits = logits(tokens)
            for (row, index) in open.enumerated() {
                let last = logits[row, sequences[row].count - 1].scalars.map(Double.init)
                let scale = temperature == 0 ? 1 : 1 / temperature
                let largest = last.max() ?? 0
                let weights = last.map { Double.exp(($0 - largest) * scale) }
                let total = weights.reduce(0, +)
                let token =
                    temperature == 0
                    ? (last.firstIndex(of: largest) ?? 0) : streams[index].index(weightedBy: weights)
                completions[index].tokens.append(token)
                completions[index].logProbabilities.append((last[token] - largest) * scale - Double.log(total))
            }
        }
        return completions
    }
}
