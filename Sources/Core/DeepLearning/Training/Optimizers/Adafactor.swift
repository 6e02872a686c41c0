import RealModule

/// The optimiser Adafactor (Shazeer and Stern 2018, arXiv:1804.04235, algorithms 4 and 5): Adam's second moment
/// kept as the outer product of its row and column means, steps relative to the size of a parameter, no momentum.
///
/// β̂ₜ = 1 − t^(−0.8), V̂ = R Cᵀ / mean(R), U = G/√V̂, Û = U / max(1, rms(U)/d), α = max(ε₂, rms(p)) ρₜ with
/// ρₜ = min(η, 1/√t), p ← p − αÛ. Tensors with more than two axes are stacks of matrices; vectors keep their
/// whole second moment.
public struct Adafactor<Model: Parameterized>: Optimizer {
    /// η: the largest relative step.
    public var learningRate: Model.Scalar
    /// The exponent of t in 1 − β̂ₜ.
    public var decayExponent: Model.Scalar
    /// ε₁, added to squared gradients, and ε₂, the least size of a parameter.
    public var epsilons: (square: Model.Scalar, size: Model.Scalar)
    /// d: the largest root mean square of an update before it is scaled down.
    public var clippingThreshold: Model.Scalar
    /// λ: p ← p − ηλp before each update.
    public var weightDecay: Model.Scalar
    /// t: how many updates there were.
    public private(set) var stepCount = 0
    private var moments: [Moments] = []

    private enum Moments: Sendable {
        case whole(Tensor<Model.Scalar>)
        case factored(rows: Tensor<Model.Scalar>, columns: Tensor<Model.Scalar>)
    }

    public init(
        learningRate: Model.Scalar = 1e-2, decayExponent: Model.Scalar = -0.8,
        epsilons: (square: Model.Scalar, size: Model.Scalar) = (1e-30, 1e-3), clippingThreshold: Model.Scalar = 1,
        weightDecay: Model.Scalar = 0
    ) {
        self.learningRate = learningRate
        self.decayExponent = decayExponent
        self.epsilons = epsilons
        self.clippingThreshold = clippingThreshold
        self.weightDecay = weightDecay
    }

    public mutating func update(_ model: inout Model, along gradient: Model) {
        stepCount += 1
        let t = Model.Scalar(stepCount)
        let weight = Model.Scalar.pow(t, decayExponent)
        let relativeStep = min(learningRate, 1 / t.squareRoot())
        model.updateParameters(along: gradient) { index, parameter, gradient in
            let gradient = gradient.detached()
            guard parameter.count > 0 else {
                if index == moments.count { moments.append(.whole(.zeros(parameter.shape))) }
                return
            }
            let direction = preconditioned(gradient, index, weight)
            let root = Model.Scalar(parameter.count).squareRoot()
            let size = max(epsilons.size, parameter.norm().scalar / root)
            let scale = max(1, direction.norm().scalar / (root * clippingThreshold))
            if weightDecay != 0 { parameter *= 1 - learningRate * weightDecay }
            VectorMath.add(direction, scaledBy: -size * relativeStep / scale, to: &parameter)
        }
    }

    /// G/√V̂ with the moments of a parameter brought up to date.
    private mutating func preconditioned(
        _ gradient: Tensor<Model.Scalar>, _ index: Int, _ weight: Model.Scalar
    ) -> Tensor<Model.Scalar> {
        let squares = gradient.squared() + epsilons.square
        let isFactored = gradient.rank > 1
        if index == moments.count {
            moments.append(
                isFactored
                    ? .factored(
                        rows: .zeros(squares.mean(along: -1, keepingAxes: true).shape),
                        columns: .zeros(squares.mean(along: -2, keepingAxes: true).shape))
                    : .whole(.zeros(gradient.shape)))
        }
        switch moments[index] {
        case .whole(let moment):
            let new = moment * (1 - weight) + squares * weight
            moments[index] = .whole(new)
            return gradient / sqrt(new)
        case .factored(let rows, let columns):
            let rows = rows * (1 - weight) + squares.mean(along: -1, keepingAxes: true) * weight
            let columns = columns * (1 - weight) + squares.mean(along: -2, keepingAxes: true) * weight
            moments[index] = .factored(rows: rows, columns: columns)
            return gradient / sqrt(rows * columns / rows.mean(along: -2, keepingAxes: true))
        }
    }
}

extension Adafactor: Sendable where Model: Sendable {}
