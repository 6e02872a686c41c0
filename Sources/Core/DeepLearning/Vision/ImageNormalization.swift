import CVectorMath
import Mathematics

/// Batch normalisation (Ioffe and Szegedy 2015, arXiv:1502.03167), `torch.nn.BatchNorm2d`: each channel less its mean,
/// divided by √(variance + ε), times a weight, plus a bias.
///
/// In training the mean and the variance are those of the batch; the running ones, which evaluation uses, are part of the
/// value and come back beside the result.
public struct BatchNormalization<Scalar: TensorScalar>: Parameterized, Sendable {
    /// γ, of the shape [channels].
    public var weight: Tensor<Scalar>
    /// β, of the shape [channels].
    public var bias: Tensor<Scalar>
    /// The running means and variances, which are not trained.
    public var statistics: Statistics
    /// ε.
    public let epsilon: Scalar
    /// How much of the batch's statistics goes into the running ones.
    public let momentum: Scalar

    /// The means and variances of the channels.
    public struct Statistics: Sendable {
        public var mean: Tensor<Scalar>
        public var variance: Tensor<Scalar>
    }

    /// γ = 1, β = 0, running mean 0 and variance 1.
    public init(channels: Int, epsilon: Scalar = 1e-5, momentum: Scalar = 0.1) {
        weight = .ones([channels])
        bias = .zeros([channels])
        statistics = Statistics(mean: .zeros([channels]), variance: .ones([channels]))
        self.epsilon = epsilon
        self.momentum = momentum
    }

    /// Evaluation: by the running statistics.
    ///
    /// - Parameter x: shape [batch, channels, ...].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        let factor = weight / sqrt(statistics.variance.detached() + epsilon)
        let shift = bias - statistics.mean.detached() * factor
        return x * perChannel(factor, x) + perChannel(shift, x)
    }

    /// Training: by the statistics of the batch.
    ///
    /// - Returns: the result, and the running statistics after this batch, outside any differentiation; the variance
    ///   among them has the divisor n − 1.
    public func training(_ x: Tensor<Scalar>) -> (result: Tensor<Scalar>, statistics: Statistics) {
        let channels = weight.count
        guard x.rank >= 2, x.shape[1] == channels, x.count > channels else {
            shapesDoNotFit(
                "BatchNormalization", x.shape, weight.shape, "the input is [batch, channels, ...] with more than one element a channel")
        }
        let (normalized, mean, variance) = x.normalizedByChannel(epsilon: epsilon)
        let count = Scalar(x.count / channels)
        let unbiased = variance * (count / (count - 1))
        let next = Statistics(
            mean: statistics.mean.detached() * (1 - momentum) + mean * momentum,
            variance: statistics.variance.detached() * (1 - momentum) + unbiased * momentum)
        return (normalized * perChannel(weight, x) + perChannel(bias, x), next)
    }

    /// Training or evaluation; training moves the running statistics in place.
    public mutating func callAsFunction(_ x: Tensor<Scalar>, isTraining: Bool) -> Tensor<Scalar> {
        guard isTraining else { return self(x) }
        let (result, next) = training(x)
        statistics = next
        return result
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&weight)
        try body(&bias)
    }

    private func perChannel(_ vector: Tensor<Scalar>, _ x: Tensor<Scalar>) -> Tensor<Scalar> {
        vector.reshaped(to: TensorShape([vector.count] + [Int](repeating: 1, count: x.rank - 2)))
    }
}

/// Group normalisation (Wu and He 2018, arXiv:1803.08494), `torch.nn.GroupNorm`: the channels of an image fall into
/// groups, each less its mean, divided by √(variance + ε); then times a weight and plus a bias by channel.
public struct GroupNormalization<Scalar: TensorScalar>: Parameterized, Sendable {
    /// γ, of the shape [channels].
    public var weight: Tensor<Scalar>
    /// β, of the shape [channels].
    public var bias: Tensor<Scalar>
    public let groups: Int
    /// ε.
    public let epsilon: Scalar

    /// γ = 1, β = 0; `groups` divides `channels`.
    public init(groups: Int, channels: Int, epsilon: Scalar = 1e-5) {
        guard groups > 0, channels % groups == 0 else {
            fatalError("GroupNormalization: \(channels) channels do not fall into \(groups) equal groups")
        }
        weight = .ones([channels])
        bias = .zeros([channels])
        self.groups = groups
        self.epsilon = epsilon
    }

    /// - Parameter x: shape [batch, channels, ...].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        guard x.rank >= 2, x.shape[1] == weight.count else {
            shapesDoNotFit("GroupNormalization", x.shape, weight.shape, "the input is [batch, channels, ...]")
        }
        let lines = x.reshaped(to: [x.shape[0], groups, x.shape[0] == 0 ? 0 : x.count / x.shape[0] / groups])
        let normalized = lines.normalizedLastAxis(epsilon: epsilon).reshaped(to: x.shape)
        let target = TensorShape([weight.count] + [Int](repeating: 1, count: x.rank - 2))
        return normalized * weight.reshaped(to: target) + bias.reshaped(to: target)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&weight)
        try body(&bias)
    }
}

extension Tensor where Scalar: TensorScalar {
    /// Each channel (the second axis) less its mean, divided by √(variance + ε), with both, which are not
    /// differentiated.
    func normalizedByChannel(epsilon: Scalar) -> (result: Tensor, mean: Tensor, variance: Tensor) {
        let shape = shape
        let channels = shape[1], lines: TensorShape = [shape[0], channels, count / (shape[0] * channels)]
        let divisor = Scalar(count / channels)
        func meanByChannel(_ x: Tensor) -> Tensor {
            x.sum(along: -1).sum(along: 0).reshaped(to: [channels, 1]) / divisor
        }
        var mean = Tensor(0), variance = Tensor(0)
        let result = Tensor.recording(reshaped(to: lines), .general, { x in
            mean = meanByChannel(x)
            let deviation = x - mean
            variance = meanByChannel(deviation.squared())
            return deviation * rsqrt(variance + epsilon)
        }) { x, y in
            let saved = rsqrt(variance + epsilon)
            return { dy in
                var factor = saved
                if x.trace != nil { factor = rsqrt(meanByChannel((x - meanByChannel(x)).squared()) + epsilon) }
                return (dy - meanByChannel(dy) - y * meanByChannel(dy * y)) * factor
            }
        }
        return (result.reshaped(to: shape), mean.flattened(), variance.flattened())
    }
}
