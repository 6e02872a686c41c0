/// A model of token sequences in which each position sees only those before it: what the trainers and
/// samplers ask for.
public protocol CausalLanguageModel<Scalar>: Parameterized {
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
