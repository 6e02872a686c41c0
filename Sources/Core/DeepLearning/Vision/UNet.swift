import Mathematics

/// Two 3×3 convolutions, each with group normalisation and SiLU: what a U-Net has on each level.
public struct DoubleConvolution<Scalar: TensorScalar>: Parameterized, Sendable {
    public var first: Convolution2D<Scalar>
    public var firstNormalization: GroupNormalization<Scalar>
    public var second: Convolution2D<Scalar>
    public var secondNormalization: GroupNormalization<Scalar>

    public init<G: RandomNumberGenerator>(channels: Int, outputs: Int, groups: Int, using generator: inout G) {
        first = Convolution2D(channels: channels, outputs: outputs, filter: 3, geometry: .init(padding: 1), using: &generator)
        firstNormalization = GroupNormalization(groups: groups, channels: outputs)
        second = Convolution2D(channels: outputs, outputs: outputs, filter: 3, geometry: .init(padding: 1), using: &generator)
        secondNormalization = GroupNormalization(groups: groups, channels: outputs)
    }

    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        silu(secondNormalization(second(silu(firstNormalization(first(x))))))
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try first.forEachParameter(body)
        try firstNormalization.forEachParameter(body)
        try second.forEachParameter(body)
        try secondNormalization.forEachParameter(body)
    }
}

/// A U-Net (Ronneberger et al. 2015, arXiv:1505.04597): levels of double convolutions that halve the image by maximum
/// pooling, and back up by transposed convolutions, each joined with its level's features on the way down.
public struct UNet<Scalar: TensorScalar>: Parameterized, Sendable {
    /// From the full image down; the last is the bottom.
    public var down: [DoubleConvolution<Scalar>]
    /// From the bottom up: enlarge, then combine.
    public var enlarge: [TransposedConvolution2D<Scalar>]
    public var up: [DoubleConvolution<Scalar>]
    public var head: Convolution2D<Scalar>

    /// - Parameters:
    ///   - channels: of the images that come in.
    ///   - outputs: channels of the images that go out.
    ///   - widths: the channels of each level, the full image's first; the image's sides are divisible by two once for
    ///     each level but the first.
    ///   - groups: of the group normalisations; divides every width.
    ///   - generator: draws the weights.
    public init<G: RandomNumberGenerator>(
        channels: Int, outputs: Int, widths: [Int] = [16, 32, 64], groups: Int = 4, using generator: inout G
    ) {
        guard let top = widths.first else { fatalError("UNet: there are no levels") }
        down = zip([channels] + widths, widths).map {
            DoubleConvolution(channels: $0, outputs: $1, groups: groups, using: &generator)
        }
        enlarge = []
        up = []
        for level in widths.indices.dropLast().reversed() {
            enlarge.append(
                TransposedConvolution2D(
                    channels: widths[level + 1], outputs: widths[level], filter: 2, geometry: .init(stride: 2),
                    using: &generator))
            up.append(DoubleConvolution(channels: 2 * widths[level], outputs: widths[level], groups: groups, using: &generator))
        }
        head = Convolution2D(channels: top, outputs: outputs, filter: 1, using: &generator)
    }

    /// [batch, channels, height, width] gives [batch, outputs, height, width].
    ///
    /// - Parameters:
    ///   - images: shape [batch, channels, height, width].
    ///   - bottomShift: added to the features at the bottom, [batch or 1, channels of the bottom, 1, 1]: what a
    ///     diffusion model knows of its time, for example.
    public func callAsFunction(_ images: Tensor<Scalar>, bottomShift: Tensor<Scalar>? = nil) -> Tensor<Scalar> {
        let unit = 1 << (down.count - 1)
        guard images.rank == 4, images.shape[2] % unit == 0, images.shape[3] % unit == 0 else {
            fatalError("UNet: images of the shape \(images.shape): expected sides divisible by \(unit)")
        }
        var skips: [Tensor<Scalar>] = []
        var x = images
        for (level, block) in down.enumerated() {
            x = block(level == 0 ? x : maximumPooling2D(x, window: 2))
            skips.append(x)
        }
        if let bottomShift { x = x + bottomShift }
        for (index, block) in up.enumerated() {
            x = block(Tensor.concatenating([skips[down.count - 2 - index], enlarge[index](x)], along: 1))
        }
        return head(x)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try down.forEachParameter(body)
        for index in up.indices {
            try enlarge[index].forEachParameter(body)
            try up[index].forEachParameter(body)
        }
        try head.forEachParameter(body)
    }
}
