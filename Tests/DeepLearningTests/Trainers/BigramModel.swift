import DeepLearning

/// The smallest language model: a row of logits for each last token, and a value for each.
struct BigramModel: CausalLanguageModel, CausalValueModel, Sendable {
    var table: Tensor<Double>
    var worth: Tensor<Double>
    let contextLength = 16

    init(vocabularySize: Int) {
        table = .zeros([vocabularySize, vocabularySize])
        worth = .zeros([vocabularySize])
    }

    var vocabularySize: Int { table.shape[0] }
    func logits(_ tokens: Tensor<Int>) -> Tensor<Double> { table.gathering(tokens) }
    func values(_ tokens: Tensor<Int>) -> Tensor<Double> { worth.gathering(tokens) }

    mutating func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows {
        try body(&table)
        try body(&worth)
    }
}
