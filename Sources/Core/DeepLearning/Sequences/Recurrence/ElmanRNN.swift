import Mathematics

/// A simple recurrent layer (Elman 1990): h ← f(W x + U h + b), f = tanh or ReLU.
public struct ElmanRNN<Scalar: TensorScalar>: Parameterized, Sendable {
    /// What a step ends with.
    public enum Nonlinearity: String, Sendable, CaseIterable { case tanh, relu }

    /// W, [inputs, width].
    public var inputWeight: Tensor<Scalar>
    /// U, [width, width].
    public var hiddenWeight: Tensor<Scalar>
    /// b, [width].
    public var bias: Tensor<Scalar>
    /// f.
    public var nonlinearity: Nonlinearity

    /// Uniform in ±1/√width, as PyTorch initialises them.
    public init<G: RandomNumberGenerator>(
        inputs: Int, width: Int, nonlinearity: Nonlinearity = .tanh, using generator: inout G
    ) {
        let bound = 1 / Scalar(width).squareRoot()
        inputWeight = .randomUniform([inputs, width], from: -bound, to: bound, using: &generator)
        hiddenWeight = .randomUniform([width, width], from: -bound, to: bound, using: &generator)
        bias = .randomUniform([width], from: -bound, to: bound, using: &generator)
        self.nonlinearity = nonlinearity
    }

    /// Runs over whole sequences.
    ///
    /// - Parameters:
    ///   - x: [batch, time, inputs].
    ///   - hidden: the state before, [batch, width]; nil for zeros.
    /// - Returns: the hidden state after each step, [batch, time, width].
    public func callAsFunction(_ x: Tensor<Scalar>, from hidden: Tensor<Scalar>? = nil) -> Tensor<Scalar> {
        let inputs = matmul(x.transposed(0, 1), inputWeight) + bias
        var state = hidden ?? .zeros([x.shape[0], bias.count])
        var results: [Tensor<Scalar>] = []
        for t in 0..<x.shape[1] {
            let sum = inputs[t] + matmul(state, hiddenWeight)
            state = nonlinearity == .tanh ? tanh(sum) : relu(sum)
            results.append(state)
        }
        return results.isEmpty ? .zeros([x.shape[0], 0, bias.count]) : .stacking(results, along: 1)
    }

    /// One step: x is [batch, inputs], the state before and after [batch, width].
    public func step(_ x: Tensor<Scalar>, from hidden: Tensor<Scalar>) -> Tensor<Scalar> {
        callAsFunction(x.expandingShape(at: 1), from: hidden).squeezed(at: 1)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&inputWeight)
        try body(&hiddenWeight)
        try body(&bias)
    }
}
