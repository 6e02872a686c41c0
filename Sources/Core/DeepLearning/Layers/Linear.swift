import Mathematics

/// An affine map y = xW + b of the last axis.
public struct Linear<Scalar: TensorScalar>: Parameterized, Sendable {
    /// W, of the shape [inputs, outputs].
    public var weight: Tensor<Scalar>
    /// b, of the shape [outputs]; nil without one.
    public var bias: Tensor<Scalar>?

    /// A layer of given parameters.
    public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil) {
        self.weight = weight
        self.bias = bias
    }

    /// Weights and bias uniform in ±1/√inputs, as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(
        inputs: Int, outputs: Int, hasBias: Bool = true, using generator: inout G
    ) {
        let bound = 1 / Scalar(inputs).squareRoot()
        weight = .randomUniform([inputs, outputs], from: -bound, to: bound, using: &generator)
        bias = hasBias ? .randomUniform([outputs], from: -bound, to: bound, using: &generator) : nil
    }

    /// [..., inputs] gives [..., outputs].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        let product = matmul(x, weight)
        guard let bias else { return product }
        return product + bias
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&weight)
        try bias.forEachParameter(body)
    }
}
