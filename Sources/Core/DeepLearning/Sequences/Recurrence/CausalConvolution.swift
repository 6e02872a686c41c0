import CVectorMath
import Mathematics

/// A short convolution over time, each channel by itself: y_t = Σ_j w_j x_{t−taps+1+j} + b, zero before the beginning.
public struct CausalConvolution<Scalar: TensorScalar>: Parameterized, Sendable {
    /// w, [taps, channels]; the last tap meets the present.
    public var weight: Tensor<Scalar>
    /// b, [channels].
    public var bias: Tensor<Scalar>?

    /// Given parameters.
    public init(weight: Tensor<Scalar>, bias: Tensor<Scalar>? = nil) {
        self.weight = weight
        self.bias = bias
    }

    /// Uniform in ±1/√taps, as PyTorch initialises a depthwise convolution.
    public init<G: RandomNumberGenerator>(channels: Int, taps: Int = 4, hasBias: Bool = true, using generator: inout G) {
        let bound = 1 / Scalar(taps).squareRoot()
        weight = .randomUniform([taps, channels], from: -bound, to: bound, using: &generator)
        bias = hasBias ? .randomUniform([channels], from: -bound, to: bound, using: &generator) : nil
    }

    /// [batch, time, channels] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        guard x.rank == 3, x.shape[2] == weight.shape[1] else {
            shapesDoNotFit("CausalConvolution", x.shape, weight.shape, "they are [batch, time, channels] and [taps, channels]")
        }
        let result = Tensor.fused([x, weight], reference: Self.reference) { arguments, _ in
            let x = arguments[0].packed(), weight = arguments[1].packed()
            let result = Tensor<Scalar>(uninitialized: x.shape), size = x.shape[1] * x.shape[2]
            for sample in 0..<x.shape[0] {
                vm_causal_convolution(
                    Scalar.usesDoubleKernels ? 1 : 0, x.shape[1], x.shape[2], weight.shape[0], weight.pointer,
                    x.pointer + sample * size, result.pointer + sample * size)
            }
            return (result, ())
        } pullback: { arguments, _, _, cotangent, _ in
            let x = arguments[0].packed(), weight = arguments[1].packed(), g = cotangent.packed()
            let dx = Tensor<Scalar>(uninitialized: x.shape), dw = Tensor<Scalar>.zeros(weight.shape)
            let size = x.shape[1] * x.shape[2]
            for sample in 0..<x.shape[0] {
                vm_causal_convolution_pullback(
                    Scalar.usesDoubleKernels ? 1 : 0, x.shape[1], x.shape[2], weight.shape[0], weight.pointer,
                    x.pointer + sample * size, g.pointer + sample * size, dx.pointer + sample * size, dw.pointer)
            }
            return [dx, dw]
        }
        return bias.map { result + $0 } ?? result
    }

    private static func reference(_ arguments: [Tensor<Scalar>]) -> Tensor<Scalar> {
        let x = arguments[0], weight = arguments[1], taps = weight.shape[0], time = x.shape[1]
        let padded = Tensor.concatenating([.zeros([x.shape[0], taps - 1, x.shape[2]]), x], along: 1)
        var sum = padded[0..., 0..<time] * weight[0]
        for tap in 1..<Swift.max(taps, 1) { sum = sum + padded[0..., tap..<tap + time] * weight[tap] }
        return sum
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&weight)
        try bias.forEachParameter(body)
    }
}
