import DeepLearning
import Mathematics

/// A multilayer perceptron with exponential linear units and dropout, on standardised features.
struct FeatureNetwork: Parameterized, Sendable {
    var layers: [Linear<Float>]
    let dropout: Dropout

    init<G: RandomNumberGenerator>(
        inputs: Int, hidden: [Int], outputs: Int, dropout: Double, using generator: inout G
    ) {
        let widths = [inputs] + hidden + [outputs]
        layers = zip(widths, widths.dropFirst()).map { Linear(inputs: $0, outputs: $1, using: &generator) }
        self.dropout = Dropout(probability: dropout)
    }

    /// [observations, inputs] gives [observations, outputs], without dropout.
    func callAsFunction(_ x: Tensor<Float>) -> Tensor<Float> {
        var x = x
        for (index, layer) in layers.enumerated() { x = index < layers.count - 1 ? elu(layer(x)) : layer(x) }
        return x
    }

    /// The same with dropout after each hidden layer.
    func training<G: RandomNumberGenerator>(_ x: Tensor<Float>, using generator: inout G) -> Tensor<Float> {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = index < layers.count - 1 ? dropout(elu(layer(x)), using: &generator) : layer(x)
        }
        return x
    }

    mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
        try layers.forEachParameter(body)
    }
}

extension Tensor where Scalar == Float {
    /// A matrix in single precision.
    init(single matrix: Matrix) {
        self.init(shape: [matrix.rows, matrix.columns], scalars: matrix.flattened.map { Float($0) })
    }

    /// A matrix in double precision.
    var double: Matrix { Matrix(rows: shape[0], columns: shape[1], Vector(scalars.map { Double($0) })) }
}

/// The mean pinball loss of a batch, [observations, levels], for targets [observations, 1] and levels [1, levels];
/// with a Huber threshold κ > 0, |d| within it is replaced by (d² + κ²)/(2κ).
func pinballLoss(
    _ quantiles: Tensor<Float>, targets: Tensor<Float>, levels: Tensor<Float>, huberThreshold: Float = 0
) -> Tensor<Float> {
    let difference = targets - quantiles
    if huberThreshold > 0 {
        let distance = abs(difference)
        let inner = distance.clamped(to: huberThreshold)
        // κ-smoothed |d|, divided between the two sides as the pinball loss divides |d|.
        let smooth = (inner.squared() + huberThreshold * huberThreshold) * (0.5 / huberThreshold) + (distance - inner)
        let above = difference.detached().mapped { $0 >= 0 ? Float(1) : 0 }
        return (smooth * (levels * above + (1 - levels) * (1 - above))).mean()
    }
    // τd₊ + (1 − τ)(−d)₊ = τd + (−d)₊
    return (difference * levels + relu(-difference)).mean()
}

/// How the small networks of the quantile learners are trained.
public struct NetworkTrainingOptions: Sendable, Hashable {
    /// The widths of the hidden layers.
    public var hiddenWidths: [Int]
    /// The probability of dropout after each of them.
    public var dropout: Double
    /// Adam's learning rate.
    public var learningRate: Double
    /// The decoupled decay of the weights.
    public var weightDecay: Double
    /// At most so many steps.
    public var maximumSteps: Int
    /// The validation part of the training sample, for stopping early.
    public var validationFraction: Double
    /// A validation after so many steps.
    public var evaluationInterval: Int
    /// How many steps without a better validation are waited for.
    public var patience: Int

    public init(
        hiddenWidths: [Int] = [64, 64], dropout: Double = 0, learningRate: Double = 1e-3, weightDecay: Double = 1e-7,
        maximumSteps: Int = 1500, validationFraction: Double = 0.15, evaluationInterval: Int = 10, patience: Int = 300
    ) {
        self.hiddenWidths = hiddenWidths
        self.dropout = dropout
        self.learningRate = learningRate
        self.weightDecay = weightDecay
        self.maximumSteps = maximumSteps
        self.validationFraction = validationFraction
        self.evaluationInterval = evaluationInterval
        self.patience = patience
    }

    /// 2^{3 + ⌊log₁₀ n⌋}: the batch size of the paper.
    public static func batchSize(observations: Int) -> Int {
        var (size, power) = (8, 10)
        while power <= observations { (size, power) = (size * 2, power * 10) }
        return size
    }

    func validate() throws(StatisticsError) {
        for (value, name) in [
            (Double(maximumSteps), "maximumSteps"), (Double(evaluationInterval), "evaluationInterval"),
            (Double(patience), "patience"), (learningRate, "learningRate"),
        ] { try requirePositive(value, name) }
        try requireNonNegative(weightDecay, "weightDecay")
        guard dropout >= 0, dropout < 1 else {
            throw .outOfRange(argument: "dropout", value: dropout, expected: "a probability in [0, 1)")
        }
        guard validationFraction > 0, validationFraction < 1 else {
            throw .outOfRange(argument: "validationFraction", value: validationFraction, expected: "a number in (0, 1)")
        }
        for (index, width) in hiddenWidths.enumerated() where width < 1 {
            throw .invalidElement(
                argument: "hiddenWidths", index: index, value: Double(width), expected: "widths of at least 1")
        }
    }
}

/// Calls a training run and wraps its error.
func trainingErrors<R>(_ body: () throws -> R) throws(StatisticsError) -> R {
    do { return try body() } catch let error as StatisticsError { throw error } catch {
        throw .undefined(argument: "training", reason: "\(error)")
    }
}
