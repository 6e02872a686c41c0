/// Gradient descent, with momentum if wanted: Polyak's heavy ball or Nesterov's.
///
/// g ← ∇ + λp, b ← μb + (1 − d)g (b = g at the first update), then p ← p − ηb, or with Nesterov's momentum
/// p ← p − η(g + μb): the form of Sutskever et al., "On the importance of initialization and momentum in deep
/// learning", ICML 2013, as PyTorch has it.
public struct StochasticGradientDescent<Model: Parameterized>: Optimizer {
    public var learningRate: Model.Scalar
    /// μ, in 0 ..< 1; 0 for none.
    public var momentum: Model.Scalar
    /// d: how much less a new gradient counts in the momentum.
    public var dampening: Model.Scalar
    /// Whether the step looks ahead along the momentum.
    public var usesNesterovMomentum: Bool
    /// λ: the factor of the squared parameters' half in the loss.
    public var weightDecay: Model.Scalar
    private var velocity = ParameterState<Model.Scalar>()
    private var isFirst = true

    public init(
        learningRate: Model.Scalar, momentum: Model.Scalar = 0, dampening: Model.Scalar = 0,
        usesNesterovMomentum: Bool = false, weightDecay: Model.Scalar = 0
    ) {
        precondition(
            !usesNesterovMomentum || momentum > 0 && dampening == 0,
            "Nesterov's momentum needs a positive momentum and no dampening: got \(momentum) and \(dampening)")
        self.learningRate = learningRate
        self.momentum = momentum
        self.dampening = dampening
        self.usesNesterovMomentum = usesNesterovMomentum
        self.weightDecay = weightDecay
    }

    public mutating func update(_ model: inout Model, along gradient: Model) {
        let gain = isFirst ? 1 : 1 - dampening
        model.updateParameters(along: gradient) { index, parameter, gradient in
            let velocity = momentum == 0 ? nil : velocity.memory(index, for: parameter)
            descend(
                parameter.count, parameter.pointer, gradient.pointer, velocity, learningRate, momentum, gain,
                usesNesterovMomentum, weightDecay)
        }
        isFirst = false
    }
}

extension StochasticGradientDescent: Sendable where Model: Sendable {}

@specialized(where S == Float)
@specialized(where S == Double)
private func descend<S: TensorScalar>(
    _ count: Int, _ p: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ velocity: UnsafeMutablePointer<S>?,
    _ rate: S, _ momentum: S, _ gain: S, _ isNesterov: Bool, _ decay: S
) {
    guard let velocity else {
        for index in 0..<count { p[index] -= rate * (gradient[index] + decay * p[index]) }
        return
    }
    for index in 0..<count {
        let g = gradient[index] + decay * p[index]
        let v = momentum * velocity[index] + gain * g
        velocity[index] = v
        p[index] -= rate * (isNesterov ? g + momentum * v : v)
    }
}
