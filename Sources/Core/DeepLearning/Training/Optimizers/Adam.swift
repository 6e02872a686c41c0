import CVectorMath
import RealModule

/// The Adam optimiser (Kingma and Ba 2015, arXiv:1412.6980) with decoupled weight decay (AdamW, Loshchilov and
/// Hutter 2019, arXiv:1711.05101).
///
/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², p ← p − ηλp − η m̂ / (√v̂ + ε), with m̂ = m/(1 − β₁ᵗ) and
/// v̂ = v/(1 − β₂ᵗ).
public struct Adam<Model: Parameterized>: Optimizer {
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
    private var first = ParameterState<Model.Scalar>()
    private var second = ParameterState<Model.Scalar>()

    public init(
        learningRate: Model.Scalar = 1e-3, decays: (first: Model.Scalar, second: Model.Scalar) = (0.9, 0.999),
        epsilon: Model.Scalar = 1e-8, weightDecay: Model.Scalar = 0
    ) {
        self.learningRate = learningRate
        self.decays = decays
        self.epsilon = epsilon
        self.weightDecay = weightDecay
    }

    public mutating func update(_ model: inout Model, along gradient: Model) {
        stepCount += 1
        let t = Double(stepCount)
        let correction = 1 - Double.pow(Double(decays.first), t)
        let secondCorrection = 1 / (1 - Double.pow(Double(decays.second), t)).squareRoot()
        model.updateParameters(along: gradient) { index, parameter, gradient in
            vm_adam_step(
                Model.Scalar.usesDoubleKernels ? 1 : 0, parameter.count, gradient.pointer,
                first.memory(index, for: parameter), second.memory(index, for: parameter), parameter.pointer,
                Double(decays.first), Double(decays.second), Double(learningRate) / correction, secondCorrection,
                Double(epsilon), Double(learningRate * weightDecay))
        }
    }
}

extension Adam: Sendable where Model: Sendable {}

/// Adam with decoupled weight decay: the name under which the field knows `Adam` with a `weightDecay`, which here
/// always is the decoupled one.
public typealias AdamW = Adam
