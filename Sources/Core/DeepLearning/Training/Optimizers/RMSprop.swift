/// Steps divided by the root of a running mean of squared gradients.
///
/// v ← αv + (1 − α)g², p ← p − η g/(√v + ε) with g = ∇ + λp; where `isCentered`, v less the square of the
/// running mean of g stands under the root; with momentum μ the quotient is added up, b ← μb + g/(√v + ε), and
/// p ← p − ηb. Tieleman and Hinton, "Lecture 6.5: rmsprop", 2012; centred: Graves 2013, arXiv:1308.0850.
public struct RMSprop<Model: Parameterized>: Optimizer {
    public var learningRate: Model.Scalar
    /// α, in 0 ..< 1.
    public var decay: Model.Scalar
    /// ε, added to the root.
    public var epsilon: Model.Scalar
    /// μ.
    public var momentum: Model.Scalar
    /// Whether the variance and not the second moment scales the step.
    public var isCentered: Bool
    /// λ.
    public var weightDecay: Model.Scalar
    private var squares = ParameterState<Model.Scalar>()
    private var means = ParameterState<Model.Scalar>()
    private var velocity = ParameterState<Model.Scalar>()

    public init(
        learningRate: Model.Scalar = 1e-2, decay: Model.Scalar = 0.99, epsilon: Model.Scalar = 1e-8,
        momentum: Model.Scalar = 0, isCentered: Bool = false, weightDecay: Model.Scalar = 0
    ) {
        self.learningRate = learningRate
        self.decay = decay
        self.epsilon = epsilon
        self.momentum = momentum
        self.isCentered = isCentered
        self.weightDecay = weightDecay
    }

    public mutating func update(_ model: inout Model, along gradient: Model) {
        model.updateParameters(along: gradient) { index, parameter, gradient in
            let squares = squares.memory(index, for: parameter)
            let means = isCentered ? means.memory(index, for: parameter) : nil
            let velocity = momentum == 0 ? nil : velocity.memory(index, for: parameter)
            step(
                parameter.count, parameter.pointer, gradient.pointer, squares, means, velocity, learningRate, decay,
                epsilon, momentum, weightDecay)
        }
    }
}

extension RMSprop: Sendable where Model: Sendable {}

@specialized(where S == Float)
@specialized(where S == Double)
private func step<S: TensorScalar>(
    _ count: Int, _ p: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ squares: UnsafeMutablePointer<S>,
    _ means: UnsafeMutablePointer<S>?, _ velocity: UnsafeMutablePointer<S>?, _ rate: S, _ decay: S, _ epsilon: S,
    _ momentum: S, _ weightDecay: S
) {
    for index in 0..<count {
        let g = gradient[index] + weightDecay * p[index]
        var variance = decay * squares[index] + (1 - decay) * (g * g)
        squares[index] = variance
        if let means {
            let mean = decay * means[index] + (1 - decay) * g
            means[index] = mean
            variance -= mean * mean
        }
        let quotient = g / (variance.squareRoot() + epsilon)
        if let velocity {
            let v = momentum * velocity[index] + quotient
            velocity[index] = v
            p[index] -= rate * v
        } else {
            p[index] -= rate * quotient
        }
    }
}
