import Mathematics

/// Attention with several heads: four linear layers around an attention mechanism.
public struct MultiHeadAttention<Scalar: TensorScalar>: Parameterized, Sendable {
    public var query: AdaptableLinear<Scalar>
    public var key: AdaptableLinear<Scalar>
    public var value: AdaptableLinear<Scalar>
    public var output: AdaptableLinear<Scalar>
    /// Query heads.
    public var heads: Int
    /// Key and value heads.
    public var keyHeads: Int
    /// How queries read values.
    public var mechanism: any AttentionMechanism<Scalar>

    /// Normal weights of the variance 1/(3 · width), with which PyTorch's layers begin; the output's may be smaller.
    ///
    /// Stops the program unless the key heads divide the heads and these the width.
    public init<G: RandomNumberGenerator>(
        width: Int, heads: Int, keyHeads: Int? = nil, hasBias: Bool = true,
        mechanism: any AttentionMechanism<Scalar> = SoftmaxAttention<Scalar>(), outputScale: Scalar = 1, using generator: inout G
    ) {
        let keyHeads = keyHeads ?? heads
        checkHeads(heads, keyHeads)
        guard width % heads == 0 else { fatalError("MultiHeadAttention: \(heads) heads do not divide the width \(width)") }
        let deviation = 1 / (3 * Scalar(width)).squareRoot(), keyWidth = width / heads * keyHeads
        func layer(_ outputs: Int, _ deviation: Scalar, _ generator: inout G) -> AdaptableLinear<Scalar> {
            AdaptableLinear(inputs: width, outputs: outputs, hasBias: hasBias, standardDeviation: deviation, using: &generator)
        }
        query = layer(width, deviation, &generator)
        key = layer(keyWidth, deviation, &generator)
        value = layer(keyWidth, deviation, &generator)
        output = layer(width, deviation * outputScale, &generator)
        self.heads = heads
        self.keyHeads = keyHeads
        self.mechanism = mechanism
    }

    /// x, [batch, time, width], reads itself, or `source`, [batch, entries, width], where there is one.
    public func callAsFunction(
        _ x: Tensor<Scalar>, reading source: Tensor<Scalar>? = nil, context: AttentionContext<Scalar> = AttentionContext()
    ) -> Tensor<Scalar> {
        let source = source ?? x
        let read = mechanism(
            queries: split(query(x), heads), keys: split(key(source), keyHeads), values: split(value(source), keyHeads),
            context: context)
        return output(joined(read))
    }

    /// [batch, time, heads · width] as [batch, time, heads, width].
    func split(_ x: Tensor<Scalar>, _ heads: Int) -> Tensor<Scalar> {
        x.reshaped(to: [x.shape[0], x.shape[1], heads, x.shape[2] / heads])
    }

    func joined(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        x.reshaped(to: [x.shape[0], x.shape[1], x.shape[2] * x.shape[3]])
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try query.forEachParameter(body)
        try key.forEachParameter(body)
        try value.forEachParameter(body)
        try output.forEachParameter(body)
        try mechanism.forEachParameter(body)
    }
}

/// A block of a transformer with normalisation before its parts (Xiong et al. 2020, arXiv:2002.04745):
/// x ← x + attention(norm(x)), x ← x + network(norm(x)).
public struct TransformerBlock<Scalar: TensorScalar>: Parameterized, Sendable {
    public var attentionNorm: Normalization<Scalar>
    public var attention: MultiHeadAttention<Scalar>
    public var feedForwardNorm: Normalization<Scalar>
    /// The network; nil where experts stand in its place.
    public var feedForward: FeedForward<Scalar>?
    /// The experts; nil without.
    public var experts: MixtureOfExperts<Scalar>?

    /// A block of a valid configuration.
    init<G: RandomNumberGenerator>(
        _ configuration: TinyLMConfiguration, mechanism: any AttentionMechanism<Scalar>, using generator: inout G
    ) {
        let width = configuration.width, hidden = configuration.networkWidth
        let normalization: Normalization<Scalar>.Kind = configuration.normalization == .layer ? .layer : .rootMeanSquare
        let kind: FeedForward<Scalar>.Kind =
            switch configuration.feedForward {
            case .gelu: .gelu
            case .relu: .relu
            case .swiGLU: .swiGLU
            }
        // Each of the 2 · depth parts adds its own variance to the hidden state.
        let outputScale = 1 / Scalar(2 * Swift.max(configuration.depth, 1)).squareRoot()
        attentionNorm = Normalization(normalization, width: width)
        attention = MultiHeadAttention(
            width: width, heads: configuration.heads, keyHeads: configuration.keyHeads, hasBias: configuration.hasBias,
            mechanism: mechanism, outputScale: outputScale, using: &generator)
        feedForwardNorm = Normalization(normalization, width: width)
        let deviation = 1 / (3 * Scalar(width)).squareRoot()
        if let settings = configuration.experts {
            experts = MixtureOfExperts(
                width: width, hiddenWidth: hidden, expertCount: settings.count, expertsPerToken: settings.perToken, kind: kind,
                scoring: settings.usesSigmoid ? .sigmoid : .softmax, normalizesWeights: settings.normalizesWeights,
                hasBias: configuration.hasBias, standardDeviation: deviation, using: &generator)
        } else {
            feedForward = FeedForward(
                kind, width: width, hiddenWidth: hidden, hasBias: configuration.hasBias, standardDeviation: deviation,
                outputStandardDeviation: outputScale / (3 * Scalar(hidden)).squareRoot(), using: &generator)
        }
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try attentionNorm.forEachParameter(body)
        try attention.forEachParameter(body)
        try feedForwardNorm.forEachParameter(body)
        try feedForward.forEachParameter(body)
        try experts.forEachParameter(body)
    }
}

extension TransformerBlock {
    /// What the forward pass of block `index` needs besides the hidden state.
    struct Step {
        var context: AttentionContext<Scalar>
        var rotation: PairRotation<Scalar>?
        var hooks: TransformerHooks<Scalar>?
    }

    /// The hidden state after the block.
    func apply(_ index: Int, _ x: Tensor<Scalar>, _ step: Step, _ cache: inout KeyValueCache<Scalar>?) -> Tensor<Scalar> {
        let hooks = step.hooks
        var x = x
        if hooks?.skippedAttention.contains(index) != true {
            var added = attend(index, attentionNorm(x), step, &cache)
            if let hook = hooks?.attentionOutput { added = hook(index, added) }
            x = x + added
        }
        if hooks?.skippedFeedForward.contains(index) != true {
            var added = transform(index, feedForwardNorm(x), hooks)
            if let hook = hooks?.feedForwardOutput { added = hook(index, added) }
            x = x + added
        }
        return x
    }

    private func attend(
        _ index: Int, _ x: Tensor<Scalar>, _ step: Step, _ cache: inout KeyValueCache<Scalar>?
    ) -> Tensor<Scalar> {
        let hooks = step.hooks
        if let hook = hooks?.linearInput {
            for role in [LinearLayerName.Role.query, .key, .value] { hook(LinearLayerName(block: index, role: role), x) }
        }
        var q = attention.split(attention.query(x), attention.heads)
        var k = attention.split(attention.key(x), attention.keyHeads)
        var v = attention.split(attention.value(x), attention.keyHeads)
        hooks?.projections?(index, &q, &k, &v)
        if let rotation = step.rotation {
            q = q.rotatingPairs(rotation)
            // A hook may have put keys in front; they are where the hook wants them.
            let extra = k.shape[1] - x.shape[1]
            k = extra > 0
                ? .concatenating([k[0..., 0..<extra], k[0..., extra...].rotatingPairs(rotation)], along: 1)
                : k.rotatingPairs(rotation)
        }
        var context = step.context
        if cache != nil, let all = cache?.extend(index, k, v) {
            (k, v) = (all.keys, all.values)
            if let bias = all.bias {
                context.bias = bias.reshaped(to: [bias.shape[0], 1, 1, bias.shape[1]])
            }
        }
        if let hook = hooks?.attentionWeights,
            let weights = attention.mechanism.weights(queries: q, keys: k, context: context)
        {
            hook(index, weights)
        }
        let read = attention.joined(attention.mechanism(queries: q, keys: k, values: v, context: context))
        hooks?.linearInput?(LinearLayerName(block: index, role: .output), read)
        return attention.output(read)
    }

    private func transform(_ index: Int, _ x: Tensor<Scalar>, _ hooks: TransformerHooks<Scalar>?) -> Tensor<Scalar> {
        if let experts {
            let (output, routing) = experts(x)
            hooks?.routing?(index, routing)
            return output
        }
        guard let feedForward else { return .zeros(x.shape) }
        guard let hook = hooks?.linearInput else { return feedForward(x) }
        if feedForward.gate != nil { hook(LinearLayerName(block: index, role: .gate), x) }
        hook(LinearLayerName(block: index, role: .up), x)
        let hidden = feedForward.hidden(x)
        hook(LinearLayerName(block: index, role: .down), hidden)
        return feedForward.down(hidden)
    }
}
