import CVectorMath
import Mathematics

/// A gated recurrent layer (Cho et al. 2014, arXiv:1406.1078), with PyTorch's conventions:
///
/// r, z = σ(W x + b + U h + d), n = tanh(W x + b + r ⊙ (U h + d)), h ← (1 − z) n + z h, the gates in the order r, z, n.
public struct GRU<Scalar: TensorScalar>: Parameterized, Sendable {
    /// W, [inputs, 3 · width].
    public var inputWeight: Tensor<Scalar>
    /// U, [width, 3 · width].
    public var hiddenWeight: Tensor<Scalar>
    /// b, [3 · width].
    public var inputBias: Tensor<Scalar>
    /// d, [3 · width].
    public var hiddenBias: Tensor<Scalar>

    /// Given parameters.
    public init(
        inputWeight: Tensor<Scalar>, hiddenWeight: Tensor<Scalar>, inputBias: Tensor<Scalar>, hiddenBias: Tensor<Scalar>
    ) {
        self.inputWeight = inputWeight
        self.hiddenWeight = hiddenWeight
        self.inputBias = inputBias
        self.hiddenBias = hiddenBias
    }

    /// Uniform in ±1/√width, as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(inputs: Int, width: Int, using generator: inout G) {
        let bound = 1 / Scalar(width).squareRoot()
        inputWeight = .randomUniform([inputs, 3 * width], from: -bound, to: bound, using: &generator)
        hiddenWeight = .randomUniform([width, 3 * width], from: -bound, to: bound, using: &generator)
        inputBias = .randomUniform([3 * width], from: -bound, to: bound, using: &generator)
        hiddenBias = .randomUniform([3 * width], from: -bound, to: bound, using: &generator)
    }

    /// The number of channels.
    public var width: Int { hiddenWeight.shape[0] }

    /// Runs over whole sequences.
    ///
    /// - Parameters:
    ///   - x: [batch, time, inputs].
    ///   - hidden: the state before, [batch, width]; nil for zeros.
    /// - Returns: the hidden state after each step, [batch, time, width].
    public func callAsFunction(_ x: Tensor<Scalar>, from hidden: Tensor<Scalar>? = nil) -> Tensor<Scalar> {
        guard x.rank == 3, x.shape[2] == inputWeight.shape[0] else {
            shapesDoNotFit("GRU", x.shape, inputWeight.shape, "they are [batch, time, inputs] and [inputs, 3 · width]")
        }
        let inputs = matmul(x.transposed(0, 1), inputWeight) + inputBias
        let arguments = [inputs, hiddenWeight, hiddenBias, hidden ?? .zeros([x.shape[0], width])]
        return Tensor.fused(arguments, reference: Self.reference) { arguments, _ in
            GRUKernels.forward(arguments)
        } pullback: { arguments, y, kept, cotangent, wanted in
            GRUKernels.pullback(arguments, y, kept.gates, kept.products, cotangent)
        }.transposed(0, 1)
    }

    /// One step: x is [batch, inputs], the state before and after [batch, width].
    public func step(_ x: Tensor<Scalar>, from hidden: Tensor<Scalar>) -> Tensor<Scalar> {
        callAsFunction(x.expandingShape(at: 1), from: hidden).squeezed(at: 1)
    }

    /// All steps in tensor operations.
    private static func reference(_ arguments: [Tensor<Scalar>]) -> Tensor<Scalar> {
        let inputs = arguments[0]
        var hidden = arguments[3]
        var results: [Tensor<Scalar>] = []
        for t in 0..<inputs.shape[0] {
            let x = inputs[t].split(count: 3, along: 1)
            let h = (matmul(hidden, arguments[1]) + arguments[2]).split(count: 3, along: 1)
            let reset = sigmoid(x[0] + h[0]), update = sigmoid(x[1] + h[1])
            let candidate = tanh(x[2] + reset * h[2])
            hidden = candidate + update * (hidden - candidate)
            results.append(hidden)
        }
        return .stacking(results)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&inputWeight)
        try body(&hiddenWeight)
        try body(&inputBias)
        try body(&hiddenBias)
    }
}

/// All steps of a GRU: for each the product with the hidden weight, then one kernel for the gates.
private enum GRUKernels {
    static func forward<S: TensorScalar>(
        _ arguments: [Tensor<S>]
    ) -> (Tensor<S>, (gates: Tensor<S>, products: Tensor<S>)) {
        let inputs = arguments[0].packed(), weight = arguments[1].packed(), bias = arguments[2].packed()
        let start = arguments[3].packed()
        let time = inputs.shape[0], batch = inputs.shape[1], width = weight.shape[0], size = batch * width
        let gates = Tensor<S>(uninitialized: inputs.shape), products = Tensor<S>(uninitialized: inputs.shape)
        let result = Tensor<S>(uninitialized: [time, batch, width])
        copyStrided(
            from: bias.pointer, strides: bias.repeatedView(inputs.shape).strides, to: products.pointer, shape: inputs.shape)
        for t in 0..<time {
            let before = t == 0 ? start.pointer : result.pointer + (t - 1) * size
            MatrixKernels.multiply(
                batch, 3 * width, width, before, width, false, weight.pointer, 3 * width, false,
                products.pointer + 3 * t * size, accumulating: true)
            vm_gru_step(
                S.usesDoubleKernels ? 1 : 0, batch, width, inputs.pointer + 3 * t * size, products.pointer + 3 * t * size,
                before, gates.pointer + 3 * t * size, result.pointer + t * size)
        }
        return (result, (gates, products))
    }

    static func pullback<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ y: Tensor<S>, _ gates: Tensor<S>, _ products: Tensor<S>, _ cotangent: Tensor<S>
    ) -> [Tensor<S>?] {
        let weight = arguments[1].packed(), start = arguments[3].packed(), g = cotangent.packed()
        let time = y.shape[0], batch = y.shape[1], width = weight.shape[0], size = batch * width
        let dx = Tensor<S>(uninitialized: gates.shape), dh = Tensor<S>(uninitialized: gates.shape)
        let transposed = weight.transposed().packed()
        var carried = Tensor<S>.zeros([batch, width]), through = Tensor<S>(uninitialized: [batch, width])
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        for t in stride(from: time - 1, through: 0, by: -1) {
            vm_add_scaled(isDouble, size, 1, g.pointer + t * size, carried.pointer)
            vm_gru_step_pullback(
                isDouble, batch, width, gates.pointer + 3 * t * size, products.pointer + 3 * t * size,
                t == 0 ? start.pointer : y.pointer + (t - 1) * size, carried.pointer, dx.pointer + 3 * t * size,
                dh.pointer + 3 * t * size, through.pointer)
            swap(&carried, &through)
            MatrixKernels.multiply(
                batch, width, 3 * width, dh.pointer + 3 * t * size, 3 * width, false, transposed.pointer, width, false,
                carried.pointer, accumulating: true)
        }
        let dWeight = Tensor<S>(uninitialized: weight.shape)
        MatrixKernels.multiply(
            width, 3 * width, batch, start.pointer, width, true, dh.pointer, 3 * width, false, dWeight.pointer)
        if time > 1 {
            MatrixKernels.multiply(
                width, 3 * width, (time - 1) * batch, y.pointer, width, true, dh.pointer + 3 * size, 3 * width, false,
                dWeight.pointer, accumulating: true)
        }
        return [dx, dWeight, dh.summed(to: [3 * width]), carried]
    }
}
