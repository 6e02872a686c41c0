/// InfoNCE with the other pairs of the batch as negatives (van den Oord et al. 2018, arXiv:1807.03748, equation
/// 4; symmetric as in CLIP, Radford et al. 2021, arXiv:2103.00020, figure 3).
///
/// The rows are scaled to unit length; the logit of (i, j) is aᵢ·bⱼ/τ and j = i is the right one.
///
/// - Parameters:
///   - a: shape [pairs, features].
///   - b: shape [pairs, features].
///   - temperature: τ.
///   - isSymmetric: whether the mean with the roles exchanged is taken.
public func contrastiveLoss<S: TensorScalar>(
    _ a: Tensor<S>, _ b: Tensor<S>, temperature: S = 0.07, isSymmetric: Bool = true
) -> Tensor<S> {
    guard a.rank == 2, a.shape == b.shape else {
        shapesDoNotFit("contrastiveLoss", a.shape, b.shape, "both are [pairs, features]")
    }
    return contrastiveLoss(logits: matmul(unitRows(a), unitRows(b).transposed()) / temperature, isSymmetric: isSymmetric)
}

/// InfoNCE of given logits [pairs, pairs], the diagonal being right.
public func contrastiveLoss<S: TensorScalar>(logits: Tensor<S>, isSymmetric: Bool = true) -> Tensor<S> {
    guard logits.rank == 2, logits.shape[0] == logits.shape[1] else {
        fatalError("contrastiveLoss: logits have the shape \(logits.shape): expected [pairs, pairs]")
    }
    let labels = Tensor<Int>(0..<logits.shape[0])
    let forward = crossEntropy(logits, labels)
    return isSymmetric ? (forward + crossEntropy(logits.transposed(), labels)) * 0.5 : forward
}

/// The rows of the last axis scaled to unit Euclidean length; lengths below `epsilon` count as it.
public func unitRows<S: TensorScalar>(_ x: Tensor<S>, epsilon: S = 1e-12) -> Tensor<S> {
    x / sqrt(maximum(x.squared().sum(along: -1, keepingAxes: true), Tensor(epsilon * epsilon)))
}

/// The mean of max(0, margin − t·x) for scores x and targets t of −1 or 1.
public func hingeLoss<S: TensorScalar>(
    _ scores: Tensor<S>, _ targets: Tensor<S>, margin: S = 1, weights: Tensor<S>? = nil
) -> Tensor<S> {
    requireSameShape("hingeLoss", scores, targets)
    return relu(margin - scores * targets).mean(weightedBy: weights)
}

/// The mean over the lines of Σ_{j ≠ label} max(0, margin − x_label + xⱼ) / classes (Weston and Watkins 1999, as
/// PyTorch has it).
///
/// - Parameters:
///   - scores: shape [..., classes].
///   - labels: shape [...].
///   - margin: by how much the right class's score should exceed the others'.
///   - weights: of the examples, shape [...]; nil for equal ones.
public func multiclassHingeLoss<S: TensorScalar>(
    _ scores: Tensor<S>, _ labels: Tensor<Int>, margin: S = 1, weights: Tensor<S>? = nil
) -> Tensor<S> {
    let right = scores.picking(labels).expandingShape(at: -1)
    // The label's own term is the margin, a constant.
    let terms = relu(margin - right + scores).mean(along: -1) - margin / S(scores.shape[scores.rank - 1])
    return terms.mean(weightedBy: weights)
}

/// The mean of max(0, d(anchor, positive) − d(anchor, negative) + margin) with Euclidean distances of the rows
/// (Schroff et al. 2015, arXiv:1503.03832, equation 3 with the distances not squared).
public func tripletLoss<S: TensorScalar>(
    anchor: Tensor<S>, positive: Tensor<S>, negative: Tensor<S>, margin: S = 1
) -> Tensor<S> {
    func distance(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> { sqrt((a - b).squared().sum(along: -1) + 1e-12) }
    return relu(distance(anchor, positive) - distance(anchor, negative) + margin).mean()
}
