import CVectorMath
import Mathematics

/// A linear output layer o = Wx of D classes with all of its outputs computed: O(Dd) an example.
public struct DenseOutputLayer: OutputLayer, Sendable {
    /// W, one row a class.
    public private(set) var weights: Matrix
    /// The loss on the outputs.
    public let loss: OutputLoss

    public var classCount: Int { weights.rows }
    public var inputCount: Int { weights.columns }

    /// A layer of given weights.
    ///
    /// - Throws: `ArchitectureError.invalid` for weights without classes or inputs.
    public init(weights: Matrix, loss: OutputLoss) throws(ArchitectureError) {
        try requireWeights(weights)
        self.weights = weights
        self.loss = loss
    }

    /// One step of gradient descent, W ← W − η GᵀX, where G is the gradient by the outputs.
    public mutating func step(
        inputs: Matrix, targets: [Int], rate: Double
    ) throws(ArchitectureError) -> OutputStep {
        try checkBatch(inputs, targets, rate)
        let outputs = inputs.multiplied(byTransposeOf: weights)
        var (total, gradient) = try lossesAndGradient(outputs, targets)
        gradient *= 1 / Double(inputs.rows)
        let inputGradient = gradient * weights
        weights.accumulateProduct(gradient.view.transposed, inputs.view, factor: -rate)
        total /= Double(inputs.rows)
        return OutputStep(loss: total, inputGradient: inputGradient)
    }

    private func lossesAndGradient(
        _ outputs: Matrix, _ targets: [Int]
    ) throws(ArchitectureError) -> (total: Double, gradient: Matrix) {
        guard loss == .logSoftmax else {
            var total = 0.0
            var gradient = outputs
            for (row, target) in targets.enumerated() {
                let line = outputs.row(row)
                total += try loss.value(of: line, target: target)
                gradient.setRow(row, to: try loss.gradient(of: line, target: target))
            }
            return (total, gradient)
        }
        // The largest output stays in front, so that a probability that rounds to zero has a finite loss.
        var gradient = Matrix(
            rows: outputs.rows, columns: outputs.columns, storage: Storage(uninitializedCount: outputs.count))
        outputs.withUnsafeBufferPointer { outputs in
            gradient.withUnsafeMutableBufferPointer { gradient in
                vm_softmax_rows(1, targets.count, classCount, outputs.baseAddress, gradient.baseAddress)
            }
        }
        var total = 0.0
        for (row, target) in targets.enumerated() {
            let probability = gradient[row, target]
            total += probability > 1e-200 ? -.log(probability) : try loss.value(of: outputs.row(row), target: target)
            gradient[row, target] = probability - 1
        }
        return (total, gradient)
    }
}

func requireWeights(_ weights: Matrix) throws(ArchitectureError) {
    try requireArgument(
        weights.rows > 0 && weights.columns > 0, "weights", "\(weights.rows) × \(weights.columns)",
        "at least one class and one input")
}
