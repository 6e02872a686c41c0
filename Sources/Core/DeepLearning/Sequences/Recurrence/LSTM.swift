import CVectorMath
import Mathematics

/// A long short-term memory layer (Hochreiter and Schmidhuber 1997), with PyTorch's conventions:
///
/// i, f, o = σ(W x + U h + b), g = tanh(W x + U h + b), c ← f c + i g, h ← o tanh(c), the gates in the order i, f,
/// g, o.
public struct LSTM<Scalar: TensorScalar>: Parameterized, Sendable {
    /// W, [inputs, 4 · width].
    public var inputWeight: Tensor<Scalar>
    /// U, [width, 4 · width].
    public var hiddenWeight: Tensor<Scalar>
    /// b, [4 · width].
    public var bias: Tensor<Scalar>

    /// The hidden state and the cell of each sequence.
    public struct State: Sendable {
        /// [batch, width].
        public var hidden: Tensor<Scalar>
        /// [batch, width].
        public var cell: Tensor<Scalar>

        public init(hidden: Tensor<Scalar>, cell: Tensor<Scalar>) {
            self.hidden = hidden
            self.cell = cell
        }
    }

    /// Given parameters; the width is that of the hidden weight.
    public init(inputWeight: Tensor<Scalar>, hiddenWeight: Tensor<Scalar>, bias: Tensor<Scalar>) {
        self.inputWeight = inputWeight
        self.hiddenWeight = hiddenWeight
        self.bias = bias
    }

    /// Uniform in ±1/√width, as PyTorch initialises them; the forget gates' bias is `forgetBias` more.
    public init<G: RandomNumberGenerator>(inputs: Int, width: Int, forgetBias: Scalar = 0, using generator: inout G) {
        let bound = 1 / Scalar(width).squareRoot()
        inputWeight = .randomUniform([inputs, 4 * width], from: -bound, to: bound, using: &generator)
        hiddenWeight = .randomUniform([width, 4 * width], from: -bound, to: bound, using: &generator)
        bias = .randomUniform([4 * width], from: -bound, to: bound, using: &generator)
        if forgetBias != 0 {
            bias.withUnsafeMutableScalars { scalars in
                for index in width..<2 * width { scalars[index] += forgetBias }
            }
        }
    }

    /// The number of channels.
    public var width: Int { hiddenWeight.shape[0] }

    /// Runs over whole sequences.
    ///
    /// - Parameters:
    ///   - x: [batch, time, inputs].
    ///   - state: the state before; nil for zeros.
    /// - Returns: the hidden state after each step, [batch, time, width], and the state at the end.
    public func callAsFunction(_ x: Tensor<Scalar>, from state: State? = nil) -> (hidden: Tensor<Scalar>, state: State) {
        let all = run(x, from: state)
        let time = x.shape[1]
        let hidden = all[0..<time]
        return (
            hidden.transposed(0, 1), State(hidden: time > 0 ? hidden[time - 1] : all[time], cell: all[time])
        )
    }

    /// The hidden state after the last step alone, [batch, width].
    public func last(_ x: Tensor<Scalar>, from state: State? = nil) -> Tensor<Scalar> {
        run(x, from: state)[x.shape[1] - 1]
    }

    /// One step: x is [batch, inputs].
    public func step(_ x: Tensor<Scalar>, from state: State) -> State {
        callAsFunction(x.expandingShape(at: 1), from: state).state
    }

    /// The hidden states and behind them the last cell: [time + 1, batch, width].
    private func run(_ x: Tensor<Scalar>, from state: State?) -> Tensor<Scalar> {
        guard x.rank == 3, x.shape[2] == inputWeight.shape[0] else {
            shapesDoNotFit("LSTM", x.shape, inputWeight.shape, "they are [batch, time, inputs] and [inputs, 4 · width]")
        }
        let zeros = Tensor<Scalar>.zeros([x.shape[0], width])
        let arguments = [
            x.transposed(0, 1), inputWeight, hiddenWeight, bias, state?.hidden ?? zeros, state?.cell ?? zeros,
        ]
        let startsFromZero = state == nil
        return Tensor.fused(arguments, reference: Self.reference) { arguments, isDifferentiated in
            LSTMKernels.forward(arguments, isDifferentiated, startsFromZero)
        } pullback: { arguments, y, kept, cotangent, wanted in
            LSTMKernels.pullback(arguments, y, kept, cotangent, wanted, startsFromZero)
        }
    }

    /// The same in tensor operations.
    private static func reference(_ arguments: [Tensor<Scalar>]) -> Tensor<Scalar> {
        let inputs = matmul(arguments[0], arguments[1]) + arguments[3], weight = arguments[2]
        var hidden = arguments[4], cell = arguments[5]
        var results: [Tensor<Scalar>] = []
        for t in 0..<inputs.shape[0] {
            let gates = (inputs[t] + matmul(hidden, weight)).split(count: 4, along: 1)
            cell = sigmoid(gates[1]) * cell + sigmoid(gates[0]) * tanh(gates[2])
            hidden = sigmoid(gates[3]) * tanh(cell)
            results.append(hidden)
        }
        return .stacking(results + [cell])
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&inputWeight)
        try body(&hiddenWeight)
        try body(&bias)
    }
}

/// All steps of an LSTM: the products with the inputs at once, then for each step the product with the hidden weight and
/// one kernel for the gates. The arguments are x [time, batch, inputs], W, U, b, the hidden state and the cell before.
enum LSTMKernels {
    struct Kept<S: TensorScalar> {
        let gates: Tensor<S>, cells: Tensor<S>, squashed: Tensor<S>
    }

    static func forward<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ isDifferentiated: Bool, _ startsFromZero: Bool
    ) -> (Tensor<S>, Kept<S>) {
        let x = arguments[0].packed(), inputWeight = arguments[1].packed(), weight = arguments[2].packed()
        let bias = arguments[3].packed(), start = arguments[4].packed(), startCell = arguments[5].packed()
        let time = x.shape[0], batch = x.shape[1], inputs = x.shape[2], width = weight.shape[0]
        let size = batch * width
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        // The gates take the place of their arguments.
        let gates = Tensor<S>(uninitialized: [time, batch, 4 * width])
        vm_repeat_row(isDouble, time * batch, 4 * width, bias.pointer, gates.pointer)
        MatrixKernels.multiply(
            time * batch, 4 * width, inputs, x.pointer, inputs, false, inputWeight.pointer, 4 * width, false, gates.pointer,
            accumulating: true)
        let result = Tensor<S>(uninitialized: [time + 1, batch, width])
        let cells = Tensor<S>(uninitialized: [time + 1, batch, width])
        let squashed = Tensor<S>(uninitialized: [isDifferentiated ? time : 1, batch, width])
        cells.pointer.update(from: startCell.pointer, count: size)
        for t in 0..<time {
            let gate = gates.pointer + 4 * t * size
            if t > 0 || !startsFromZero {
                MatrixKernels.multiply(
                    batch, 4 * width, width, t == 0 ? start.pointer : result.pointer + (t - 1) * size, width, false,
                    weight.pointer, 4 * width, false, gate, accumulating: true)
            }
            vm_lstm_step(
                isDouble, batch, width, gate, cells.pointer + t * size, cells.pointer + (t + 1) * size,
                squashed.pointer + (isDifferentiated ? t * size : 0), result.pointer + t * size)
        }
        (result.pointer + time * size).update(from: cells.pointer + time * size, count: size)
        return (result, Kept(gates: gates, cells: cells, squashed: squashed))
    }

    static func pullback<S: TensorScalar>(
        _ arguments: [Tensor<S>], _ y: Tensor<S>, _ kept: Kept<S>, _ cotangent: Tensor<S>, _ wanted: [Bool],
        _ startsFromZero: Bool
    ) -> [Tensor<S>?] {
        let x = arguments[0].packed(), weight = arguments[2].packed(), start = arguments[4].packed()
        let y = y.packed(), g = cotangent.packed()
        let time = x.shape[0], batch = x.shape[1], inputs = x.shape[2], width = weight.shape[0]
        let size = batch * width
        let gates = Tensor<S>(uninitialized: kept.gates.shape)
        let transposed = weight.transposed().packed()
        let carried = Tensor<S>(uninitialized: [batch, width]), cell = Tensor<S>(uninitialized: [batch, width])
        cell.pointer.update(from: g.pointer + time * size, count: size)
        let isDouble: Int32 = S.usesDoubleKernels ? 1 : 0
        for t in stride(from: time - 1, through: 0, by: -1) {
            // What the later step sends back is added to what comes from outside.
            if t == time - 1 {
                carried.pointer.update(from: g.pointer + t * size, count: size)
            } else {
                vm_add_scaled(isDouble, size, 1, g.pointer + t * size, carried.pointer)
            }
            let gate = gates.pointer + 4 * t * size
            vm_lstm_step_pullback(
                isDouble, batch, width, kept.gates.pointer + 4 * t * size, kept.cells.pointer + t * size,
                kept.squashed.pointer + t * size, carried.pointer, cell.pointer, gate)
            if t > 0 || wanted[4] {
                MatrixKernels.multiply(
                    batch, width, 4 * width, gate, 4 * width, false, transposed.pointer, width, false, carried.pointer)
            }
        }
        if time == 0 { carried.pointer.update(repeating: 0, count: size) }
        var result = [Tensor<S>?](repeating: nil, count: 6)
        if wanted[0] {
            result[0] = matmul(gates, arguments[1].transposed())
        }
        if wanted[1] {
            let product = Tensor<S>(uninitialized: arguments[1].shape)
            MatrixKernels.multiply(
                inputs, 4 * width, time * batch, x.pointer, inputs, true, gates.pointer, 4 * width, false, product.pointer)
            result[1] = product
        }
        if wanted[2] {
            let product = Tensor<S>.zeros(weight.shape)
            if time > 0, !startsFromZero {
                MatrixKernels.multiply(
                    width, 4 * width, batch, start.pointer, width, true, gates.pointer, 4 * width, false, product.pointer,
                    accumulating: true)
            }
            if time > 1 {
                MatrixKernels.multiply(
                    width, 4 * width, (time - 1) * batch, y.pointer, width, true, gates.pointer + 4 * size, 4 * width, false,
                    product.pointer, accumulating: true)
            }
            result[2] = product
        }
        if wanted[3] {
            let sum = Tensor<S>.zeros([4 * width])
            vm_add_columns(isDouble, time * batch, 4 * width, gates.pointer, sum.pointer)
            result[3] = sum
        }
        result[4] = carried
        result[5] = cell
        return result
    }
}
