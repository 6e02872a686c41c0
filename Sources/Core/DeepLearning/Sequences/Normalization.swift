import Mathematics

/// Layer normalisation of the last axis (Ba et al. 2016, arXiv:1607.06450): (x − mean)/√(variance + ε) · gain + bias.
public struct LayerNorm<Scalar: TensorScalar>: Parameterized, Sendable {
    /// The shape [width].
    public var gain: Tensor<Scalar>
    /// The shape [width]; nil without one.
    public var bias: Tensor<Scalar>?
    /// ε.
    public var epsilon: Scalar

    /// Gain 1 and bias 0.
    public init(width: Int, epsilon: Scalar = 1e-5, hasBias: Bool = true) {
        gain = .ones([width])
        bias = hasBias ? .zeros([width]) : nil
        self.epsilon = epsilon
    }

    /// [..., width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        let scaled = x.normalizedLastAxis(epsilon: epsilon) * gain
        guard let bias else { return scaled }
        return scaled + bias
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&gain)
        try bias.forEachParameter(body)
    }
}

/// Root-mean-square normalisation of the last axis (Zhang and Sennrich 2019, arXiv:1910.07467):
/// x/√(mean square + ε) · gain.
public struct RMSNorm<Scalar: TensorScalar>: Parameterized, Sendable {
    /// The shape [width].
    public var gain: Tensor<Scalar>
    /// ε.
    public var epsilon: Scalar

    /// Gain 1.
    public init(width: Int, epsilon: Scalar = 1e-6) {
        gain = .ones([width])
        self.epsilon = epsilon
    }

    /// [..., width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        x.normalizedLastAxis(epsilon: epsilon, centered: false) * gain
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows { try body(&gain) }
}

/// Which normalisation a transformer has, and its parameters.
public enum Normalization<Scalar: TensorScalar>: Parameterized, Sendable {
    case layer(LayerNorm<Scalar>)
    case rootMeanSquare(RMSNorm<Scalar>)

    /// The kinds there are.
    public enum Kind: String, Sendable, CaseIterable {
        case layer, rootMeanSquare
    }

    /// A normalisation of a kind, that changes no scale at first.
    public init(_ kind: Kind, width: Int) {
        switch kind {
        case .layer: self = .layer(LayerNorm(width: width))
        case .rootMeanSquare: self = .rootMeanSquare(RMSNorm(width: width))
        }
    }

    /// The factor of each channel.
    public var gain: Tensor<Scalar> {
        get {
            switch self {
            case .layer(let layer): layer.gain
            case .rootMeanSquare(let layer): layer.gain
            }
        }
        set {
            switch self {
            case .layer(var layer):
                layer.gain = newValue
                self = .layer(layer)
            case .rootMeanSquare(var layer):
                layer.gain = newValue
                self = .rootMeanSquare(layer)
            }
        }
    }

    /// [..., width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        switch self {
        case .layer(let layer): layer(x)
        case .rootMeanSquare(let layer): layer(x)
        }
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        switch self {
        case .layer(var layer):
            try layer.forEachParameter(body)
            self = .layer(layer)
        case .rootMeanSquare(var layer):
            try layer.forEachParameter(body)
            self = .rootMeanSquare(layer)
        }
    }
}
