import CVectorMath
import RealModule

/// The Adam optimiser (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (AdamW, Loshchilov and
/// Hutter 2019, arXiv:1711.05101).
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − ηλp − η m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and
/// v̂ = v/(1 − β₂ᵗ).
public struct Adam<Model: Parameterized> {
    /// η.
    public var learningRate: Model.Scalar
    /// β₁ and β₂.
    public var decays: (first: Model.Scalar, second: Model.Scalar)
    /// ε, added to the root of the second moment.
    public var epsilon: Model.Scalar
    /// λ.
    public var weightDecay: Model.Scalar
    /// t: how many updates there were.
    public private(set) var stepCount = 0
    private var first: [Tensor<Model.Scalar>] = []
    private var second: [Tensor<Model.Scalar>] = []

    public init(
        learningRate: Model.Scalar = 1e-3, decays: (first: Model.Scalar, second: Model.Scalar) = (0.9, 0.999),
        epsilon: Model.Scalar = 1e-8, weightDecay: Model.Scalar = 0
    ) {
        self.learningRate = learningRate
        self.decays = decays
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    /// Moves the model one step against the gradient, in place.
    public mutating func update(_ model: inout Model, along gradient: Model) {
        let gradients = gradient.parameters
        if stepCount == 0 {
            first = gradients.map { .zeros($0.shape) }
            second = first.map { .zeros($0.shape) }
        }
        stepCount += 1
        let t = Double(stepCount)
        let correction = 1 - Double.pow(Double(decays.first), t)
        let secondCorrection = 1 / (1 - Double.pow(Double(decays.second), t)).squareRoot()
        var index = 0
        model.forEachParameter { parameter in
            let gradient = gradients[index].packed()
            parameter.trace = nil
            parameter.makeUnique()
            first[index].makeUnique()
            second[index].makeUnique()
            vm_adam_step(
                Model.Scalar.usesDoubleKernels ? 1 : 0, parameter.count, gradient.pointer, first[index].pointer,
                second[index].pointer, parameter.pointer, Double(decays.first), Double(decays.second),
                Double(learningRate) / correction, secondCorrection, Double(epsilon),
                Double(learningRate * weightDecay))
            index += 1
        }
    }
}
