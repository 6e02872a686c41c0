/// Linear attention (Katharopoulos et al. 2020, arXiv:2006.16236): the weight of a key is φ(q)ᵀφ(k), divided, where
/// `isNormalized`, by the sum of the query's weights.
///
/// Without a mask it takes time linear in the length, as φ(q)ᵀ(Σ φ(k)vᵀ); with one it is the masked quadratic form. A causal
/// one in linear time is `deltaRule` with β = 0.
public struct LinearAttention<Scalar: TensorScalar>: AttentionMechanism {
    /// φ, on tensors of the shape [batch, time, heads, width]; it may change the width.
    public var featureMap: @Sendable (Tensor<Scalar>) -> Tensor<Scalar>
    /// Whether weights add up to one.
    public var isNormalized: Bool
    /// Added to the sum of the weights before the division.
    public var epsilon: Scalar

    /// By default φ(x) = elu(x) + 1, as the paper has it.
    public init(
        isNormalized: Bool = true, epsilon: Scalar = 1e-6,
        featureMap: @escaping @Sendable (Tensor<Scalar>) -> Tensor<Scalar> = { elu($0) + 1 }
    ) {
        self.featureMap = featureMap
        self.isNormalized = isNormalized
        self.epsilon = epsilon
    }

    public func weights(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>? {
        var products = attentionScores(featureMap(queries), featureMap(keys), scale: 1, nil)
        if let bias = context.bias { products = products * exp(bias) }
        if let allowed = context.allowedPairs(batch: queries.shape[0], queries: queries.shape[1], keys: keys.shape[1]) {
            products = products.replacing(where: allowed.mapped { !$0 }, with: 0)
        }
        return isNormalized ? products / (products.sum(along: -1, keepingAxes: true) + epsilon) : products
    }

    public func callAsFunction(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, values: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar> {
        let hasMask = context.bias != nil
            || context.allowedPairs(batch: queries.shape[0], queries: queries.shape[1], keys: keys.shape[1]) != nil
        let heads = queries.shape[2]
        let v = values.repeatingHeads(heads).permuted(0, 2, 1, 3)
        if hasMask, let weights = weights(queries: queries, keys: keys, context: context) {
            return matmul(weights, v).permuted(0, 2, 1, 3)
        }
        let q = featureMap(queries).permuted(0, 2, 1, 3)
        let k = featureMap(keys).repeatingHeads(heads).permuted(0, 2, 1, 3)
        let read = matmul(q, matmul(k.transposed(), v))
        guard isNormalized else { return read.permuted(0, 2, 1, 3) }
        let total = matmul(q, k.sum(along: 2).expandingShape(at: 3))
        return (read / (total + epsilon)).permuted(0, 2, 1, 3)
    }
}
