import RealModule

extension Tensor where Scalar: TensorScalar {
    /// −ln softmax(x)ᵢ of the label i of each line of the last axis: [..., classes] gives [...].
    ///
    /// Stops the program if a label is not a class.
    public func crossEntropies(_ labels: Tensor<Int>) -> Tensor {
        guard rank == labels.rank + 1, shape.removing(rank - 1) == labels.shape else {
            shapesDoNotFit("crossEntropies", shape, labels.shape, "the second is the first without its last axis")
        }
        let labels = labels.packed()
        return Tensor.recording(self, .general, { x in
            x.logSumExp(along: -1) - x.picking(labels)
        }) { x, _ in
            { dy in
                if x.trace == nil, dy.trace == nil { return crossEntropyPullback(x, labels, dy) }
                return (x.softmax() - Tensor.oneHot(labels, count: x.shape[x.rank - 1])) * dy.expandingShape(at: -1)
            }
        }
    }
}

/// (softmax(x) − one-hot) times the cotangent, in one pass behind the softmax.
private func crossEntropyPullback<S: TensorScalar>(_ x: Tensor<S>, _ labels: Tensor<Int>, _ cotangent: Tensor<S>) -> Tensor<S> {
    let columns = x.shape[x.rank - 1]
    var result = x.softmax()
    result.makeUnique()
    let weights = cotangent.packed()
    for row in 0..<labels.count { (result.pointer + row * columns)[labels.pointer[row]] -= 1 }
    result = result * weights.expandingShape(at: -1)
    return result
}

/// The mean of −Σ qᵢ ln softmax(x)ᵢ over the lines of the last axis, where q is 1 at the label, or with label
/// smoothing s, 1 − s there plus s/classes everywhere (Szegedy et al. 2016, arXiv:1512.00567, section 7).
///
/// - Parameters:
///   - logits: shape [..., classes].
///   - labels: shape [...]. Labels under a weight of 0 are not read, so that any number may stand there.
///   - smoothing: s, in 0 ... 1.
///   - weights: shape [...]; the mean is Σ wℓ / Σ w. Masks are weights of 0 and 1.
public func crossEntropy<S: TensorScalar>(
    _ logits: Tensor<S>, _ labels: Tensor<Int>, smoothing: S = 0, weights: Tensor<S>? = nil
) -> Tensor<S> {
    var labels = labels
    if let weights {
        guard weights.shape == labels.shape else {
            shapesDoNotFit("crossEntropy", labels.shape, weights.shape, "there is one weight a label")
        }
        let flags = weights.scalars
        labels = Tensor(shape: labels.shape, scalars: zip(labels.scalars, flags).map { $1 == 0 ? 0 : $0 })
    }
    var losses = logits.crossEntropies(labels)
    if smoothing != 0 {
        let uniform = logits.logSumExp(along: -1) - logits.mean(along: -1)
        losses = losses * (1 - smoothing) + uniform * smoothing
    }
    return losses.mean(weightedBy: weights)
}

/// The mean of −Σ qᵢ ln softmax(x)ᵢ over the lines of the last axis, for given distributions q.
///
/// - Parameters:
///   - logits: shape [..., classes].
///   - targets: probabilities of the same shape.
///   - weights: of the examples, shape [...]; nil for equal ones.
public func crossEntropy<S: TensorScalar>(
    _ logits: Tensor<S>, probabilities targets: Tensor<S>, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("crossEntropy", logits, targets)
    return -(logits.logSoftmax() * targets).sum(along: -1).mean(weightedBy: weights)
}

/// The mean of −t ln σ(x) − (1 − t) ln(1 − σ(x)), without overflow, for logits x and targets t in [0, 1].
///
/// - Parameters:
///   - logits: log-odds of the positive class.
///   - targets: probabilities of the positive class, of the same shape.
///   - positiveWeight: a factor of the first term, against rare positives.
///   - weights: of the examples, of the same shape; nil for equal ones.
public func binaryCrossEntropy<S: TensorScalar>(
    _ logits: Tensor<S>, _ targets: Tensor<S>, positiveWeight: S = 1, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("binaryCrossEntropy", logits, targets)
    // −ln σ(x) = softplus(−x) and −ln(1 − σ(x)) = softplus(−x) + x.
    let losses = softplus(-logits) * (targets * (positiveWeight - 1) + 1) + logits * (1 - targets)
    return losses.mean(weightedBy: weights)
}

/// The mean over the lines of the last axis of KL(p ‖ q) = Σ p (ln p − ln q), from the logarithms of both.
///
/// Places where ln p is −∞ count 0.
public func kullbackLeiblerDivergence<S: TensorScalar>(
    _ logP: Tensor<S>, _ logQ: Tensor<S>, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("kullbackLeiblerDivergence", logP, logQ)
    let impossible = logP.mapped { $0 == -S.infinity }
    let terms = exp(logP) * (logP - logQ).replacing(where: impossible, with: 0)
    return terms.sum(along: -1).mean(weightedBy: weights)
}
