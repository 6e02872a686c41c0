import DeepLearning
import Mathematics

/// A loss on the outputs of all classes.
public enum OutputLoss: Equatable, Sendable {
    /// −ln of e^{o_c} / Σ e^{o_k}.
    case logSoftmax
    /// One of the spherical family.
    case spherical(SphericalLoss)

    /// The loss of one example.
    ///
    /// - Parameters:
    ///   - outputs: o, one for each class.
    ///   - target: c.
    /// - Throws: `ArchitectureError.invalid` for a target that is no class, or as `SphericalLoss.value(at:)`.
    public func value(of outputs: Vector, target: Int) throws(ArchitectureError) -> Double {
        try requireClass(target, below: outputs.count)
        switch self {
        case .logSoftmax: return outputs.logSumExp() - outputs[target]
        case .spherical(let loss): return try loss.value(at: loss.statistics(of: outputs, target: target))
        }
    }

    /// The gradient by the outputs.
    ///
    /// For a spherical loss ∂L/∂o_k = δ_kc ∂L/∂o_c + ∂L/∂s + 2 o_k ∂L/∂q; for the Z-loss this is
    /// −logistic(a(b − z_c)) (δ_kc − 1/D − z_c z_k/D)/σ.
    ///
    /// - Parameters:
    ///   - outputs: o, one for each class.
    ///   - target: c.
    /// - Throws: as `value(of:target:)`.
    public func gradient(of outputs: Vector, target: Int) throws(ArchitectureError) -> Vector {
        try requireClass(target, below: outputs.count)
        switch self {
        case .logSoftmax:
            var result = outputs.softmax()
            result[target] -= 1
            return result
        case .spherical(let loss):
            let center = loss.center(of: outputs)
            let gradient = try loss.gradient(at: loss.statistics(of: outputs, target: target))
            var result = outputs.map { gradient.sum + 2 * ($0 - center) * gradient.squaredSum }
            result[target] += gradient.target
            return result
        }
    }

    /// Numbers in the order in which the classes are preferred: the outputs themselves, or, for the losses that are no
    /// monotone functions of them, the weights that they give the classes.
    public func scores<S: TensorScalar>(_ outputs: Tensor<S>) -> Tensor<S> {
        switch self {
        case .logSoftmax, .spherical(.zLoss), .spherical(.squaredError): outputs
        case .spherical(.logTaylorSoftmax): 1 + outputs + outputs.squared() * 0.5
        case .spherical(.logSphericalSoftmax): outputs.squared()
        }
    }

    /// The losses of a batch, differentiable.
    ///
    /// Stops the program if a label is not a class or the shapes do not fit.
    ///
    /// - Parameters:
    ///   - outputs: shape [..., classes].
    ///   - labels: shape [...].
    /// - Returns: shape [...].
    public func losses<S: TensorScalar>(_ outputs: Tensor<S>, _ labels: Tensor<Int>) -> Tensor<S> {
        switch self {
        case .logSoftmax: return outputs.crossEntropies(labels)
        case .spherical(.zLoss(let sharpness, let location)):
            let centered = outputs - outputs.mean(along: -1, keepingAxes: true)
            let deviations = sqrt(centered.squared().mean(along: -1))
            let z = centered.picking(labels) / deviations
            let argument = (S(location) - z) * S(sharpness)
            return softplus(argument) * S(1 / sharpness)
        case .spherical(.squaredError):
            return outputs.squared().sum(along: -1) - 2 * outputs.picking(labels) + 1
        case .spherical(.logTaylorSoftmax):
            let weights = 1 + outputs + outputs.squared() * 0.5
            return log(weights.sum(along: -1)) - log(weights.picking(labels))
        case .spherical(.logSphericalSoftmax(let epsilon)):
            let weights = outputs.squared() + S(epsilon)
            return log(weights.sum(along: -1)) - log(weights.picking(labels))
        }
    }
}

extension SphericalLoss {
    /// The statistics of given outputs. The Z-loss does not change when its outputs are shifted; they are centred, so
    /// that a large common part costs no digits.
    func statistics(of outputs: Vector, target: Int) -> OutputStatistics {
        let center = center(of: outputs)
        let squares = outputs.reduce(0) { $0 + ($1 - center) * ($1 - center) }
        return OutputStatistics(
            target: outputs[target] - center, sum: outputs.reduce(0) { $0 + ($1 - center) }, squaredSum: squares,
            count: outputs.count)
    }

    /// What is taken from the outputs first: their mean for the Z-loss, else nothing.
    func center(of outputs: Vector) -> Double {
        if case .zLoss = self { return outputs.sum / Double(max(outputs.count, 1)) }
        return 0
    }
}

func requireClass(_ target: Int, below count: Int) throws(ArchitectureError) {
    try requireArgument(0..<count ~= target, "target", target, "a class, 0 ..< \(count)")
}

// swiftcore: spherical_loss
/// A loss of the spherical family and its gradient by the outputs (z-loss, arXiv:1604.08859).
///
/// - Parameters:
///   - outputs: o, one for each class.
///   - target: the class c.
///   - loss: which of the family.
/// - Throws: `ArchitectureError.invalid` for a target that is no class, a parameter out of range, or, for the Z-loss,
///   outputs that are all equal.
public func sphericalLoss(
    _ outputs: Vector, target: Int, loss: SphericalLoss = .zLoss()
) throws(ArchitectureError) -> (value: Double, gradient: Vector) {
    let loss = OutputLoss.spherical(loss)
    return (try loss.value(of: outputs, target: target), try loss.gradient(of: outputs, target: target))
}
