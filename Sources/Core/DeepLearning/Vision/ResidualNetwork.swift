import Mathematics

/// Two 3×3 convolutions with batch normalisation around which the input is led past: the basic block of residual
/// networks (He et al. 2016, arXiv:1512.03385).
public struct ResidualBlock<Scalar: TensorScalar>: Parameterized, Sendable {
    public var first: Convolution2D<Scalar>
    public var firstNormalization: BatchNormalization<Scalar>
    public var second: Convolution2D<Scalar>
    public var secondNormalization: BatchNormalization<Scalar>
    /// A 1×1 convolution of the input where its shape changes; nil where it does not.
    public var shortcut: Convolution2D<Scalar>?

    /// - Parameters:
    ///   - channels: of the images that come in.
    ///   - outputs: channels of the images that go out.
    ///   - stride: by how much the images shrink.
    ///   - generator: draws the weights.
    public init<G: RandomNumberGenerator>(channels: Int, outputs: Int, stride: Int = 1, using generator: inout G) {
        first = Convolution2D(
            channels: channels, outputs: outputs, filter: 3, geometry: .init(stride: PlaneSize(stride), padding: 1),
            hasBias: false, using: &generator)
        firstNormalization = BatchNormalization(channels: outputs)
        second = Convolution2D(
            channels: outputs, outputs: outputs, filter: 3, geometry: .init(padding: 1), hasBias: false, using: &generator)
        secondNormalization = BatchNormalization(channels: outputs)
        shortcut =
            channels == outputs && stride == 1
            ? nil
            : Convolution2D(
                channels: channels, outputs: outputs, filter: 1, geometry: .init(stride: PlaneSize(stride)), hasBias: false,
                using: &generator)
    }

    /// [batch, channels, height, width] gives [batch, outputs, height / stride, width / stride]; training moves the
    /// running statistics.
    public mutating func callAsFunction(_ images: Tensor<Scalar>, isTraining: Bool) -> Tensor<Scalar> {
        var x = relu(firstNormalization(first(images), isTraining: isTraining))
        x = secondNormalization(second(x), isTraining: isTraining)
        return relu(x + (shortcut?(images) ?? images))
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try first.forEachParameter(body)
        try firstNormalization.forEachParameter(body)
        try second.forEachParameter(body)
        try secondNormalization.forEachParameter(body)
        try shortcut.forEachParameter(body)
    }
}

/// A small residual network for images such as CIFAR's: a 3×3 convolution, stages of residual blocks whose first halves
/// the image (but in the first stage), the mean over the image and a linear layer.
///
/// ```swift
/// let (loss, slope, statistics) = valueAndGradient(at: network) { network in
///     var network = network
///     let loss = crossEntropy(network(images, isTraining: true), labels)
///     return (loss, network.runningStatistics)
/// }
/// optimizer.update(&network, along: slope)
/// network.runningStatistics = statistics
/// ```
public struct ResidualNetwork<Scalar: TensorScalar>: Parameterized, Sendable {
    public var stem: Convolution2D<Scalar>
    public var stemNormalization: BatchNormalization<Scalar>
    public var blocks: [ResidualBlock<Scalar>]
    public var head: Linear<Scalar>

    /// - Parameters:
    ///   - channels: of the images.
    ///   - widths: the channels of each stage.
    ///   - blocksPerStage: how many blocks a stage has.
    ///   - classes: how many logits come out.
    ///   - generator: draws the weights.
    public init<G: RandomNumberGenerator>(
        channels: Int = 3, widths: [Int] = [16, 32, 64], blocksPerStage: Int = 1, classes: Int, using generator: inout G
    ) {
        guard let firstWidth = widths.first, let lastWidth = widths.last, blocksPerStage > 0 else {
            fatalError("ResidualNetwork: \(widths.count) stages of \(blocksPerStage) blocks: expected at least one of each")
        }
        stem = Convolution2D(
            channels: channels, outputs: firstWidth, filter: 3, geometry: .init(padding: 1), hasBias: false, using: &generator)
        stemNormalization = BatchNormalization(channels: firstWidth)
        blocks = []
        var last = firstWidth
        for (stage, width) in widths.enumerated() {
            for block in 0..<blocksPerStage {
                let stride = stage > 0 && block == 0 ? 2 : 1
                blocks.append(ResidualBlock(channels: last, outputs: width, stride: stride, using: &generator))
                last = width
            }
        }
        head = Linear(inputs: lastWidth, outputs: classes, using: &generator)
    }

    /// Training or evaluation: [batch, channels, height, width] gives [batch, classes]; training moves the running
    /// statistics.
    public mutating func callAsFunction(_ images: Tensor<Scalar>, isTraining: Bool) -> Tensor<Scalar> {
        var x = relu(stemNormalization(stem(images), isTraining: isTraining))
        for index in blocks.indices { x = blocks[index](x, isTraining: isTraining) }
        return head(x.mean(along: 2, 3))
    }

    /// Evaluation.
    public func callAsFunction(_ images: Tensor<Scalar>) -> Tensor<Scalar> {
        var copy = self
        return copy(images, isTraining: false)
    }

    /// The means and variances of all batch normalisations.
    public var runningStatistics: [BatchNormalization<Scalar>.Statistics] {
        get {
            [stemNormalization.statistics]
                + blocks.flatMap { [$0.firstNormalization.statistics, $0.secondNormalization.statistics] }
        }
        set {
            guard newValue.count == 2 * blocks.count + 1 else {
                fatalError("ResidualNetwork: \(newValue.count) running statistics: expected \(2 * blocks.count + 1)")
            }
            stemNormalization.statistics = newValue[0]
            for index in blocks.indices {
                blocks[index].firstNormalization.statistics = newValue[2 * index + 1]
                blocks[index].secondNormalization.statistics = newValue[2 * index + 2]
            }
        }
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try stem.forEachParameter(body)
        try stemNormalization.forEachParameter(body)
        try blocks.forEachParameter(body)
        try head.forEachParameter(body)
    }
}
