/// The optimiser Lion (Chen et al. 2023, arXiv:2302.06675, algorithm 2): the sign of an interpolation between
/// momentum and gradient, so that every parameter moves by the same amount.
///
/// c = β₁m + (1 − β₁)g, p ← p − η(sign c + λp), m ← β₂m + (1 − β₂)g.
public struct Lion<Model: Parameterized>: Optimizer {
    public var learningRate: Model.Scalar
    /// β₁ and β₂.
    public var decays: (first: Model.Scalar, second: Model.Scalar)
    /// λ.
    public var weightDecay: Model.Scalar
    private var momentum = ParameterState<Model.Scalar>()

    public init(
        learningRate: Model.Scalar = 1e-4, decays: (first: Model.Scalar, second: Model.Scalar) = (0.9, 0.99),
        weightDecay: Model.Scalar = 0
    ) {
        self.learningRate = learningRate
        self.decays = decays
        self.weightDecay = weightDecay
    }

    public mutating func update(_ model: inout Model, along gradient: Model) {
        model.updateParameters(along: gradient) { index, parameter, gradient in
            step(
                parameter.count, parameter.pointer, gradient.pointer, momentum.memory(index, for: parameter),
                learningRate, decays.first, decays.second, weightDecay)
        }
    }
}

extension Lion: Sendable where Model: Sendable {}

@specialized(where S == Float)
@specialized(where S == Double)
private func step<S: TensorScalar>(
    _ count: Int, _ p: UnsafeMutablePointer<S>, _ gradient: UnsafePointer<S>, _ momentum: UnsafeMutablePointer<S>,
    _ rate: S, _ first: S, _ second: S, _ decay: S
) {
    for index in 0..<count {
        let g = gradient[index], m = momentum[index]
        let direction = first * m + (1 - first) * g
        let sign: S = direction > 0 ? 1 : (direction < 0 ? -1 : 0)
        p[index] -= rate * (sign + decay * p[index])
        momentum[index] = second * m + (1 - second) * g
    }
}
