/// A prompt and what follows it, as tokens.
public struct TokenExample: Sendable, Equatable {
    public var prompt: [Int]
    /// What a model is to write behind the prompt, its end token included.
    public var completion: [Int]

    public init(prompt: [Int], completion: [Int]) {
        self.prompt = prompt
        self.completion = completion
    }

    /// A text example: the beginning token and the prompt; the solution and the end token.
    ///
    /// - Throws: `UnknownTokenError` at a character that is not in the vocabulary.
    public init(_ example: TaskExample, vocabulary: CharacterVocabulary) throws(UnknownTokenError) {
        prompt = [CharacterVocabulary.beginning] + (try vocabulary.encode(example.prompt))
        completion = (try vocabulary.encode(example.solution)) + [CharacterVocabulary.end]
    }
}

/// Sequences of unequal length side by side, and which of their tokens belong to completions.
public struct CompletionBatch<Scalar: TensorScalar>: Sendable {
    /// Shape [sequences, time]; padding behind the ends, where a causal model does not see it.
    public let tokens: Tensor<Int>
    /// 1 where token t + 1 is one of a completion, else 0; shape [sequences, time − 1].
    public let mask: Tensor<Scalar>
    /// The place of the last token of each sequence.
    public let lastPlaces: [Int]

    /// Prompts with their completions.
    ///
    /// Stops the program where a prompt is empty: nothing would predict the first token of its completion.
    public init(_ examples: [TokenExample], padding: Int = 0) {
        var tokens: [Int] = [], mask: [Scalar] = [], lastPlaces: [Int] = []
        let time = max(examples.map { $0.prompt.count + $0.completion.count }.max() ?? 0, 1)
        for example in examples {
            precondition(!example.prompt.isEmpty, "a prompt has at least one token")
            let count = example.prompt.count + example.completion.count
            tokens += example.prompt + example.completion + [Int](repeating: padding, count: time - count)
            mask += [Scalar](repeating: 0, count: example.prompt.count - 1)
            mask += [Scalar](repeating: 1, count: example.completion.count)
            mask += [Scalar](repeating: 0, count: time - count)
            lastPlaces.append(count - 1)
        }
        self.tokens = Tensor(shape: [examples.count, time], scalars: tokens)
        self.mask = Tensor(shape: [examples.count, time - 1], scalars: mask)
        self.lastPlaces = lastPlaces
    }
}

extension CausalLanguageModel {
    /// The mean of −ln p of each token given those before it.
    ///
    /// - Parameters:
    ///   - tokens: shape [batch, time], time at least 2.
    ///   - weights: shape [batch, time − 1]; the mean is Σ wℓ / Σ w.
    public func nextTokenLoss(_ tokens: Tensor<Int>, weights: Tensor<Scalar>? = nil) -> Tensor<Scalar> {
        negativeLogProbabilities(tokens).mean(weightedBy: weights)
    }

    /// The mean of −ln p of the completions' tokens: the loss of supervised fine-tuning.
    public func completionLoss(_ batch: CompletionBatch<Scalar>) -> Tensor<Scalar> {
        nextTokenLoss(batch.tokens, weights: batch.mask)
    }

    /// ln p of each completion given its prompt, shape [sequences].
    public func completionLogProbabilities(_ batch: CompletionBatch<Scalar>) -> Tensor<Scalar> {
        -(negativeLogProbabilities(batch.tokens) * batch.mask).sum(along: 1)
    }

    /// −ln p of each token after the first, shape [batch, time − 1].
    func negativeLogProbabilities(_ tokens: Tensor<Int>) -> Tensor<Scalar> {
        let time = tokens.shape[1]
        return logits(tokens.sliced(0..<time - 1, along: 1)).crossEntropies(tokens.sliced(1..<time, along: 1))
    }
}

/// A model that says at each place of a sequence what it is worth: a critic, or a reward model.
public protocol CausalValueModel<Scalar>: Parameterized {
    /// The value of the sequence up to each place.
    ///
    /// - Parameter tokens: ids of the shape [batch, time].
    /// - Returns: shape [batch, time].
    func values(_ tokens: Tensor<Int>) -> Tensor<Scalar>
}

extension CausalValueModel {
    /// The value of each sequence at its last token: what a reward model gives it. Shape [sequences].
    public func scores(_ batch: CompletionBatch<Scalar>) -> Tensor<Scalar> {
        values(batch.tokens).picking(Tensor<Int>(batch.lastPlaces))
    }
}
