import Mathematics

/// A layer of filters over images, `torch.nn.Conv2d`.
public struct Convolution2D<Scalar: TensorScalar>: Parameterized, Sendable {
    /// Shape [outputs, channels / groups, height, width].
    public var filters: Tensor<Scalar>
    /// Shape [outputs]; nil without one.
    public var bias: Tensor<Scalar>?
    public let geometry: ConvolutionGeometry

    /// A layer of given parameters.
    public init(filters: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, geometry: ConvolutionGeometry = ConvolutionGeometry()) {
        self.filters = filters
        self.bias = bias
        self.geometry = geometry
    }

    /// Filters and biases uniform in ±1/√(elements of a filter), as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(
        channels: Int, outputs: Int, filter: PlaneSize, geometry: ConvolutionGeometry = ConvolutionGeometry(),
        hasBias: Bool = true, using generator: inout G
    ) {
        let inputs = channels / geometry.groups
        let bound = 1 / Scalar(inputs * filter.area).squareRoot()
        self.init(
            filters: .randomUniform([outputs, inputs, filter.height, filter.width], from: -bound, to: bound, using: &generator),
            bias: hasBias ? .randomUniform([outputs], from: -bound, to: bound, using: &generator) : nil, geometry: geometry)
    }

    /// [batch, channels, height, width] gives [batch, outputs, output height, output width].
    public func callAsFunction(_ images: Tensor<Scalar>) -> Tensor<Scalar> {
        convolution2D(images, filters, geometry).addingToChannels(bias)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&filters)
        try bias.forEachParameter(body)
    }
}

/// A layer that enlarges images, `torch.nn.ConvTranspose2d`.
public struct TransposedConvolution2D<Scalar: TensorScalar>: Parameterized, Sendable {
    /// Shape [channels, outputs / groups, height, width].
    public var filters: Tensor<Scalar>
    /// Shape [outputs]; nil without one.
    public var bias: Tensor<Scalar>?
    public let geometry: ConvolutionGeometry
    public let outputPadding: PlaneSize

    /// A layer of given parameters.
    public init(
        filters: Tensor<Scalar>, bias: Tensor<Scalar>? = nil, geometry: ConvolutionGeometry = ConvolutionGeometry(),
        outputPadding: PlaneSize = 0
    ) {
        self.filters = filters
        self.bias = bias
        self.geometry = geometry
        self.outputPadding = outputPadding
    }

    /// Filters and biases uniform in ±1/√(outputs / groups · elements of a filter's plane), as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(
        channels: Int, outputs: Int, filter: PlaneSize, geometry: ConvolutionGeometry = ConvolutionGeometry(),
        outputPadding: PlaneSize = 0, hasBias: Bool = true, using generator: inout G
    ) {
        let groupOutputs = outputs / geometry.groups
        let bound = 1 / Scalar(groupOutputs * filter.area).squareRoot()
        self.init(
            filters: .randomUniform([channels, groupOutputs, filter.height, filter.width], from: -bound, to: bound, using: &generator),
            bias: hasBias ? .randomUniform([outputs], from: -bound, to: bound, using: &generator) : nil, geometry: geometry,
            outputPadding: outputPadding)
    }

    /// [batch, channels, height, width] gives [batch, outputs, output height, output width].
    public func callAsFunction(_ images: Tensor<Scalar>) -> Tensor<Scalar> {
        transposedConvolution2D(images, filters, geometry, outputPadding: outputPadding).addingToChannels(bias)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&filters)
        try bias.forEachParameter(body)
    }
}

/// A layer of filters over sequences, `torch.nn.Conv1d`.
public struct Convolution1D<Scalar: TensorScalar>: Parameterized, Sendable {
    /// Shape [outputs, channels / groups, length].
    public var filters: Tensor<Scalar>
    /// Shape [outputs]; nil without one.
    public var bias: Tensor<Scalar>?
    public let stride: Int, padding: Int, dilation: Int, groups: Int

    /// Filters and biases uniform in ±1/√(elements of a filter), as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(
        channels: Int, outputs: Int, length: Int, stride: Int = 1, padding: Int = 0, dilation: Int = 1, groups: Int = 1,
        hasBias: Bool = true, using generator: inout G
    ) {
        let bound = 1 / Scalar(channels / groups * length).squareRoot()
        filters = .randomUniform([outputs, channels / groups, length], from: -bound, to: bound, using: &generator)
        bias = hasBias ? .randomUniform([outputs], from: -bound, to: bound, using: &generator) : nil
        (self.stride, self.padding, self.dilation, self.groups) = (stride, padding, dilation, groups)
    }

    /// [batch, channels, length] gives [batch, outputs, output length].
    public func callAsFunction(_ sequences: Tensor<Scalar>) -> Tensor<Scalar> {
        let result = convolution1D(
            sequences, filters, stride: stride, padding: padding, dilation: dilation, groups: groups)
        guard let bias else { return result }
        return result + bias.expandingShape(at: -1)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&filters)
        try bias.forEachParameter(body)
    }
}

extension Tensor where Scalar: TensorScalar {
    /// Images with a number added to each channel.
    fileprivate func addingToChannels(_ bias: Tensor?) -> Tensor {
        guard let bias else { return self }
        return self + bias.reshaped(to: [bias.count, 1, 1])
    }
}
