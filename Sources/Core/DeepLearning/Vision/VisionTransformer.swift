import Mathematics

/// A block of a vision transformer, normalised before its parts: x + attention(norm(x)), then x + network(norm(x)).
public struct VisionTransformerBlock<Scalar: TensorScalar>: Parameterized, Sendable {
    public var attentionNorm: LayerNorm<Scalar>
    public var attention: MultiHeadAttention<Scalar>
    public var networkNorm: LayerNorm<Scalar>
    public var network: FeedForward<Scalar>

    public init<G: RandomNumberGenerator>(width: Int, heads: Int, hiddenWidth: Int, using generator: inout G) {
        attentionNorm = LayerNorm(width: width)
        attention = MultiHeadAttention(width: width, heads: heads, using: &generator)
        networkNorm = LayerNorm(width: width)
        network = FeedForward(.gelu, width: width, hiddenWidth: hiddenWidth, using: &generator)
    }

    /// [batch, tokens, width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        let read = x + attention(attentionNorm(x))
        return read + network(networkNorm(read))
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try attentionNorm.forEachParameter(body)
        try attention.forEachParameter(body)
        try networkNorm.forEachParameter(body)
        try network.forEachParameter(body)
    }
}

/// A vision transformer (Dosovitskiy et al. 2021, arXiv:2010.11929): an image's patches as tokens behind a class token,
/// with learned positions, through transformer blocks; a linear layer reads the class token.
public struct VisionTransformer<Scalar: TensorScalar>: Parameterized, Sendable {
    /// The patches' linear map, as a convolution whose stride is its filter.
    public var embedding: Convolution2D<Scalar>
    /// Shape [1, 1, width].
    public var classToken: Tensor<Scalar>
    /// Shape [1 + patches, width].
    public var positions: Tensor<Scalar>
    public var blocks: [VisionTransformerBlock<Scalar>]
    public var norm: LayerNorm<Scalar>
    public var head: Linear<Scalar>

    /// - Parameters:
    ///   - channels: of the images.
    ///   - imageSize: of the images, a multiple of the patch size.
    ///   - patchSize: of the patches that become tokens.
    ///   - width: of the tokens.
    ///   - depth: how many blocks.
    ///   - heads: of the attention; divides the width.
    ///   - hiddenWidth: of the blocks' perceptrons; four times the width by default.
    ///   - classes: how many logits come out.
    ///   - generator: draws the weights.
    public init<G: RandomNumberGenerator>(
        channels: Int = 3, imageSize: PlaneSize, patchSize: PlaneSize, width: Int = 64, depth: Int = 4, heads: Int = 4,
        hiddenWidth: Int? = nil, classes: Int, using generator: inout G
    ) {
        guard patchSize.area > 0, imageSize.height % patchSize.height == 0, imageSize.width % patchSize.width == 0 else {
            fatalError("VisionTransformer: patches of \(patchSize) do not tile images of \(imageSize)")
        }
        let patches = imageSize.area / patchSize.area
        embedding = Convolution2D(
            channels: channels, outputs: width, filter: patchSize, geometry: .init(stride: patchSize), using: &generator)
        classToken = .randomNormal([1, 1, width], standardDeviation: 0.02, using: &generator)
        positions = .randomNormal([1 + patches, width], standardDeviation: 0.02, using: &generator)
        blocks = (0..<depth).map { _ in
            VisionTransformerBlock(width: width, heads: heads, hiddenWidth: hiddenWidth ?? 4 * width, using: &generator)
        }
        norm = LayerNorm(width: width)
        head = Linear(inputs: width, outputs: classes, using: &generator)
    }

    /// The tokens behind the last block, normalised: [batch, channels, height, width] gives [batch, 1 + patches, width].
    public func features(_ images: Tensor<Scalar>) -> Tensor<Scalar> {
        let patches = embedding(images)
        let (batch, width) = (patches.shape[0], patches.shape[1])
        let tokens = patches.reshaped(to: [batch, width, -1]).transposed()
        guard tokens.shape[1] + 1 == positions.shape[0] else {
            shapesDoNotFit("VisionTransformer", images.shape, positions.shape, "there is a position for each patch and one more")
        }
        var x = Tensor.concatenating([classToken.expanded(to: [batch, 1, width]), tokens], along: 1) + positions
        for block in blocks { x = block(x) }
        return norm(x)
    }

    /// [batch, channels, height, width] gives [batch, classes].
    public func callAsFunction(_ images: Tensor<Scalar>) -> Tensor<Scalar> { head(features(images)[0..., 0]) }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try embedding.forEachParameter(body)
        try body(&classToken)
        try body(&positions)
        try blocks.forEachParameter(body)
        try norm.forEachParameter(body)
        try head.forEachParameter(body)
    }
}
