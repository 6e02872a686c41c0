import Mathematics

/// A small decoder-only transformer (Radford et al. 2019; with RMSNorm, rotary positions and SwiGLU as in Touvron et al. 2023,
/// arXiv:2302.13971).
///
/// ```swift
/// var generator = Philox(seed: 0)
/// let model = try TinyLM<Float>(TinyLMConfiguration(vocabularySize: 40), using: &generator)
/// let logits = model.logits(tokens)                       // [batch, time, 40]
/// ```
///
/// Its weights have the variance 1/(3 · inputs), embeddings the standard deviation 0.02, and the layers that add to the hidden
/// state are smaller by √(2 · depth).
public struct TinyLM<Scalar: TensorScalar>: IncrementalLanguageModel, Sendable {
    /// The shape of the model.
    public let configuration: TinyLMConfiguration
    /// The vector of each token.
    public var embedding: Embedding<Scalar>
    /// The vector of each position, [contextLength, width]; nil where positions are not learned.
    public var positionTable: Tensor<Scalar>?
    public var blocks: [TransformerBlock<Scalar>]
    public var finalNorm: Normalization<Scalar>
    /// The output layer; nil where the embedding table is it.
    public var unembedding: AdaptableLinear<Scalar>?
    /// Gives a number for each position; nil without.
    public var valueHead: Linear<Scalar>?

    /// A model with random weights.
    ///
    /// - Parameters:
    ///   - configuration: the shape.
    ///   - mechanism: how queries read values, in every block.
    ///   - generator: gives the weights.
    /// - Throws: `LanguageModelError.invalidArgument` for a shape that cannot be.
    public init<G: RandomNumberGenerator>(
        _ configuration: TinyLMConfiguration, mechanism: any AttentionMechanism<Scalar> = SoftmaxAttention<Scalar>(),
        using generator: inout G
    ) throws(LanguageModelError) {
        try configuration.validate()
        self.configuration = configuration
        let width = configuration.width
        embedding = Embedding(
            tokens: configuration.vocabularySize, width: width, standardDeviation: 0.02, using: &generator)
        if configuration.positions == .learned {
            positionTable = .randomNormal([configuration.contextLength, width], standardDeviation: 0.02, using: &generator)
        }
        blocks = []
        for _ in 0..<configuration.depth {
            blocks.append(TransformerBlock(configuration, mechanism: mechanism, using: &generator))
        }
        finalNorm = Normalization(configuration.normalization == .layer ? .layer : .rootMeanSquare, width: width)
        if !configuration.tiesEmbeddings {
            unembedding = AdaptableLinear(
                inputs: width, outputs: configuration.vocabularySize, hasBias: false,
                standardDeviation: 1 / (3 * Scalar(width)).squareRoot(), using: &generator)
        }
        if configuration.hasValueHead { valueHead = Linear(weight: .zeros([width, 1]), bias: .zeros([1])) }
    }

    public var vocabularySize: Int { configuration.vocabularySize }
    public var contextLength: Int { configuration.contextLength }

    /// Whether a layer has an adapter, so that adapters alone are trained.
    public var isAdapted: Bool {
        blocks.contains { block in
            [block.attention.query, block.attention.key, block.attention.value, block.attention.output]
                .contains { $0.adapter != nil } || block.feedForward?.isAdapted == true
                || block.experts?.experts.contains { $0.isAdapted } == true
        } || unembedding?.adapter != nil
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        if isAdapted { return try forEachAdapter(body) }
        try embedding.forEachParameter(body)
        try positionTable.forEachParameter(body)
        try blocks.forEachParameter(body)
        try finalNorm.forEachParameter(body)
        try unembedding.forEachParameter(body)
        try valueHead.forEachParameter(body)
    }

    private mutating func forEachAdapter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        for index in blocks.indices {
            try blocks[index].attention.query.adapter.forEachParameter(body)
            try blocks[index].attention.key.adapter.forEachParameter(body)
            try blocks[index].attention.value.adapter.forEachParameter(body)
            try blocks[index].attention.output.adapter.forEachParameter(body)
            try blocks[index].feedForward?.forEachAdapter(body)
            for expert in (blocks[index].experts?.experts ?? []).indices {
                try blocks[index].experts?.experts[expert].forEachAdapter(body)
            }
        }
        try unembedding?.adapter.forEachParameter(body)
    }
}
