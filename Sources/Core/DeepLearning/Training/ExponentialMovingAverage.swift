/// An average of a model over its updates in which older ones count exponentially less: θ̄ ← δθ̄ + (1 − δ)θ.
///
/// With `warmsUp`, δ is at most (1 + t)/(10 + t) at the t-th update, so that the average does not remember the
/// initial parameters for 1/(1 − δ) updates.
public struct ExponentialMovingAverage<Model: Parameterized> {
    /// δ, in 0 ... 1.
    public var decay: Model.Scalar
    /// Whether the decay is smaller at first.
    public var warmsUp: Bool
    /// θ̄.
    public private(set) var model: Model
    /// t: how many updates there were.
    public private(set) var updateCount = 0

    /// An average that starts at a model.
    public init(of model: Model, decay: Model.Scalar, warmsUp: Bool = false) {
        precondition(decay >= 0 && decay <= 1, "an average's decay lies in [0, 1]: got \(decay)")
        self.model = model.detached()
        self.decay = decay
        self.warmsUp = warmsUp
    }

    /// Takes a model's parameters into the average.
    public mutating func update(with model: Model) {
        updateCount += 1
        let t = Model.Scalar(updateCount)
        let decay = warmsUp ? min(decay, (1 + t) / (10 + t)) : decay
        self.model.updateParameters(along: model) { _, average, parameter in
            mix(average.count, average.pointer, parameter.pointer, decay)
        }
    }
}

extension ExponentialMovingAverage: Sendable where Model: Sendable {}

@specialized(where S == Float)
@specialized(where S == Double)
private func mix<S: TensorScalar>(_ count: Int, _ average: UnsafeMutablePointer<S>, _ x: UnsafePointer<S>, _ decay: S) {
    for index in 0..<count { average[index] = decay * average[index] + (1 - decay) * x[index] }
}
