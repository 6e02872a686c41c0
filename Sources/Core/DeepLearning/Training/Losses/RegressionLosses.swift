// Losses are means over all elements; with a mask, over the elements where it is not zero. The mask's numbers are
// weights: the loss is Σ wᵢℓᵢ / Σ wᵢ.

/// The mean of the squared differences.
public func meanSquaredError<S: TensorScalar>(
    _ predictions: Tensor<S>, _ targets: Tensor<S>, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("meanSquaredError", predictions, targets)
    return (predictions - targets).squared().mean(weightedBy: weights)
}

/// The mean of the absolute differences.
public func meanAbsoluteError<S: TensorScalar>(
    _ predictions: Tensor<S>, _ targets: Tensor<S>, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("meanAbsoluteError", predictions, targets)
    return abs(predictions - targets).mean(weightedBy: weights)
}

/// The mean of Huber's function of the differences: d²/2 up to a threshold δ, δ(|d| − δ/2) above (Huber, "Robust
/// estimation of a location parameter", 1964).
public func huberLoss<S: TensorScalar>(
    _ predictions: Tensor<S>, _ targets: Tensor<S>, threshold: S = 1, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("huberLoss", predictions, targets)
    let distance = abs(predictions - targets)
    let inner = distance.clamped(to: threshold)
    // q²/2 + δ(|d| − q) with q = min(|d|, δ): both branches in one expression.
    return (inner.squared() * 0.5 + (distance - inner) * threshold).mean(weightedBy: weights)
}

/// The mean of the pinball loss of a quantile: qd where d = target − prediction is positive, (q − 1)d elsewhere.
public func quantileLoss<S: TensorScalar>(
    _ predictions: Tensor<S>, _ targets: Tensor<S>, quantile: S, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("quantileLoss", predictions, targets)
    let difference = targets - predictions
    return (relu(difference) * quantile + relu(-difference) * (1 - quantile)).mean(weightedBy: weights)
}

extension Tensor where Scalar: TensorScalar {
    /// The mean of all elements, or Σ wᵢxᵢ / Σ wᵢ: a masked mean where the weights are 0 and 1.
    ///
    /// 0 where all weights are 0, so that a batch of nothing but padding does no harm.
    public func mean(weightedBy weights: Tensor?) -> Tensor {
        guard let weights else { return mean() }
        guard weights.shape == shape else {
            shapesDoNotFit("mean(weightedBy:)", shape, weights.shape, "there is one weight an element")
        }
        let total = weights.detached().sum().scalar
        return (self * weights).sum() / (total == 0 ? 1 : total)
    }
}

func requireSameShape<S>(_ operation: String, _ a: Tensor<S>, _ b: Tensor<S>) {
    if a.shape != b.shape { shapesDoNotFit(operation, a.shape, b.shape, "both have the same shape") }
}
