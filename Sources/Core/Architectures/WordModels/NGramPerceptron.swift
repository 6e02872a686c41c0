import DeepLearning
import Mathematics

/// A neural n-gram model (Bengio et al. 2003): the vectors of the last n words, one hidden layer of tanh, an output
/// layer.
public struct NGramPerceptron<Scalar: TensorScalar>: Parameterized, Sendable {
    /// A vector for each word.
    public var embedding: Embedding<Scalar>
    /// From the vectors of the last words, one behind the other, to the hidden layer.
    public var hidden: Linear<Scalar>
    /// From the hidden layer to the outputs.
    public var output: Linear<Scalar>
    /// What is made of the outputs.
    public let head: OutputHead
    /// The number of words.
    public let vocabularySize: Int

    /// A model with random parameters: embeddings from the standard normal distribution, the layers as `Linear` has
    /// them.
    ///
    /// - Parameters:
    ///   - vocabularySize: the number of words.
    ///   - order: n, how many words it sees.
    ///   - head: what is made of the outputs.
    ///   - embeddingWidth: the length of a word's vector.
    ///   - hiddenWidth: d, the width of the hidden layer.
    ///   - generator: draws the parameters.
    public init<G: RandomNumberGenerator>(
        vocabularySize: Int, order: Int, head: OutputHead, embeddingWidth: Int = 48, hiddenWidth: Int = 64,
        using generator: inout G
    ) {
        embedding = Embedding(tokens: vocabularySize, width: embeddingWidth, using: &generator)
        hidden = Linear(inputs: order * embeddingWidth, outputs: hiddenWidth, using: &generator)
        output = Linear(
            inputs: hiddenWidth, outputs: head.outputCount(classCount: vocabularySize), using: &generator)
        self.head = head
        self.vocabularySize = vocabularySize
    }

    /// The outputs for contexts of the shape [batch, order].
    public func callAsFunction(_ contexts: Tensor<Int>) -> Tensor<Scalar> {
        let vectors = embedding(contexts)
        return output(tanh(hidden(vectors.reshaped(to: [contexts.shape[0], contexts.shape[1] * vectors.shape[2]]))))
    }

    /// The mean loss of contexts [batch, order] with the next words [batch].
    public func loss(_ contexts: Tensor<Int>, _ words: Tensor<Int>) -> Tensor<Scalar> {
        head.losses(self(contexts), words, classCount: vocabularySize).mean()
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try embedding.forEachParameter(body)
        try hidden.forEachParameter(body)
        try output.forEachParameter(body)
    }
}

extension NGramPerceptron where Scalar == Float {
    /// The shares of next words of a text that are not among the k best-scored ones; a word with the same score as
    /// another counts as the better one.
    ///
    /// - Parameters:
    ///   - examples: contexts and next words.
    ///   - k: how many guesses.
    public func topErrors(on examples: NGramExamples, guesses k: [Int]) -> [Double] {
        var misses = [Int](repeating: 0, count: k.count)
        for start in stride(from: 0, to: examples.count, by: 500) {
            let places = Array(start..<min(start + 500, examples.count))
            let (contexts, words) = examples.batch(places)
            let scores = head.scores(self(contexts), classCount: vocabularySize).scalars
            for (row, word) in words.scalars.enumerated() {
                let line = row * vocabularySize..<(row + 1) * vocabularySize
                let own = scores[line.lowerBound + word]
                var better = 0
                for place in line where scores[place] > own { better += 1 }
                for (index, guesses) in k.enumerated() where better >= guesses { misses[index] += 1 }
            }
        }
        return misses.map { Double($0) / Double(examples.count) }
    }
}

/// The places of a text with the words before them.
public struct NGramExamples: Sendable {
    /// The text.
    public let tokens: [Int]
    /// How many words before a place belong to it.
    public let order: Int

    /// The places of a text.
    ///
    /// - Throws: `ArchitectureError.invalid` for an order below 1 or a text without a place that has as many words
    ///   before it.
    public init(_ tokens: [Int], order: Int) throws(ArchitectureError) {
        try requireArgument(order > 0, "order", order, "at least 1")
        try requireArgument(tokens.count > order, "tokens", "of \(tokens.count) words", "more than \(order) words")
        self.tokens = tokens
        self.order = order
    }

    /// How many places there are.
    public var count: Int { tokens.count - order }

    /// The contexts [places, order] and the next words [places] of some places, 0 ..< count.
    public func batch(_ places: [Int]) -> (contexts: Tensor<Int>, words: Tensor<Int>) {
        (
            Tensor(shape: [places.count, order], scalars: places.flatMap { tokens[$0..<$0 + order] }),
            Tensor(places.map { tokens[$0 + order] })
        )
    }
}

/// How an n-gram model is trained.
public struct NGramTraining: Sendable {
    /// Steps of Adam.
    public var steps: Int
    /// Places of the text in a step, drawn with replacement.
    public var batchSize: Int
    /// At the first step; it falls to zero along a cosine.
    public var learningRate: Double
    /// The length of a word's vector.
    public var embeddingWidth: Int
    /// d, the width of the hidden layer.
    public var hiddenWidth: Int

    /// Training of these sizes.
    public init(
        steps: Int = 3000, batchSize: Int = 64, learningRate: Double = 1e-2, embeddingWidth: Int = 48,
        hiddenWidth: Int = 64
    ) {
        self.steps = steps
        self.batchSize = batchSize
        self.learningRate = learningRate
        self.embeddingWidth = embeddingWidth
        self.hiddenWidth = hiddenWidth
    }

    /// Trains a new model on the places of a text. The same generator gives every head the same batches.
    ///
    /// - Throws: `ArchitectureError.invalid` for an empty batch, `TrainingError` where the steps make no sense or the
    ///   loss is not finite.
    public func model(
        _ head: OutputHead, vocabularySize: Int, on examples: NGramExamples, using generator: inout Philox
    ) throws -> NGramPerceptron<Float> {
        try requireArgument(batchSize > 0, "batchSize", batchSize, "at least 1")
        // Heads draw different numbers of weights.
        var batches = generator.stream(1)
        var model = NGramPerceptron<Float>(
            vocabularySize: vocabularySize, order: examples.order, head: head, embeddingWidth: embeddingWidth,
            hiddenWidth: hiddenWidth, using: &generator)
        var training = Training(Adam<NGramPerceptron<Float>>(), steps: steps)
        training.schedule = LearningRateSchedule.cosine(from: learningRate, steps: steps)
        _ = try training.run(on: &model) { model, _ in
            let (contexts, words) = examples.batch((0..<batchSize).map { _ in batches.integer(below: examples.count) })
            return model.loss(contexts, words)
        }
        return model
    }
}
