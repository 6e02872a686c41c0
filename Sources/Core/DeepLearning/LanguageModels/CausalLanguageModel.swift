/// A model of token sequences in which each position sees only those before it: what the trainers and
/// samplers ask for.
public protocol CausalLanguageModel<Scalar>: Parameterized, SendableMetatype {
    /// The number of tokens: ids are 0 ..< vocabularySize.
    var vocabularySize: Int { get }
    /// The longest sequence.
    var contextLength: Int { get }

    /// The unnormalised log-probabilities of the token after each position.
    ///
    /// - Parameter tokens: ids of the shape [batch, time], time at most `contextLength`.
    /// - Returns: shape [batch, time, vocabularySize].
    func logits(_ tokens: Tensor<Int>) -> Tensor<Scalar>
}

extension CausalLanguageModel {
    /// The log-probability of each token after the first, given those before it.
    ///
    /// - Parameter tokens: ids of the shape [batch, time], time at least 2.
    /// - Returns: shape [batch, time − 1].
    public func logProbabilities(of tokens: Tensor<Int>) -> Tensor<Scalar> {
        let time = tokens.shape[1]
        return logits(tokens.sliced(0..<time - 1, along: 1)).logSoftmax().picking(tokens.sliced(1..<time, along: 1))
    }
}

/// What a model thinks of given sequences, token by token.
public struct TokenStatistics<Scalar: TensorScalar>: Sendable {
    /// The log-probability of each token after the first, [batch, time − 1].
    public let logProbabilities: Tensor<Scalar>
    /// The entropy of the distribution that each of them was drawn from, in nats, [batch, time − 1].
    public let entropies: Tensor<Scalar>
    /// The log-probabilities of the whole vocabulary there, [batch, time − 1, vocabularySize].
    public let distributions: Tensor<Scalar>
}

extension CausalLanguageModel {
    /// Log-probabilities and entropies of given sequences, all differentiable.
    ///
    /// - Parameter tokens: ids of the shape [batch, time], time at least 2.
    public func statistics(of tokens: Tensor<Int>) -> TokenStatistics<Scalar> {
        let time = tokens.shape[1]
        let all = logits(tokens.sliced(0..<time - 1, along: 1)).logSoftmax()
        return TokenStatistics(
            logProbabilities: all.picking(tokens.sliced(1..<time, along: 1)), entropies: -(exp(all) * all).sum(along: -1),
            distributions: all)
    }
}
