/// How queries read values through keys: the one interface behind which attention mechanisms stand.
///
/// Tensors have the shape [batch, time, heads, width]. Keys and values may have fewer heads than queries, as long as they
/// divide them: query head h then reads the keys of head h / (heads / key heads) (grouped-query attention, Ainslie et al.
/// 2023, arXiv:2305.13245). A mechanism with trained tensors visits them.
public protocol AttentionMechanism<Scalar>: Parameterized, Sendable where Scalar: TensorScalar {
    /// What each query reads.
    ///
    /// - Parameters:
    ///   - queries: [batch, queries, heads, width].
    ///   - keys: [batch, keys, key heads, width].
    ///   - values: [batch, keys, key heads, value width].
    ///   - context: mask, positions, bias.
    /// - Returns: [batch, queries, heads, value width].
    func callAsFunction(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, values: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>

    /// The weight of each key for each query, [batch, heads, queries, keys]; nil for mechanisms that have none.
    func weights(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>?
}

extension AttentionMechanism {
    /// No trained tensors.
    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {}

    /// What the weights make of the values.
    public func callAsFunction(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, values: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar> {
        guard let weights = weights(queries: queries, keys: keys, context: context) else {
            fatalError("\(Self.self) has neither weights nor a function of its own: implement one of the two")
        }
        let heads = values.repeatingHeads(queries.shape[2]).permuted(0, 2, 1, 3)
        return matmul(weights, heads).permuted(0, 2, 1, 3)
    }

    /// No weights.
    public func weights(
        queries: Tensor<Scalar>, keys: Tensor<Scalar>, context: AttentionContext<Scalar>
    ) -> Tensor<Scalar>? { nil }
}

extension Tensor where Scalar: TensorScalar {
    /// [batch, time, key heads, width] with each head repeated for the query heads that share it.
    func repeatingHeads(_ heads: Int) -> Tensor {
        if shape[2] == heads { return self }
        checkHeads(heads, shape[2])
        let groups = shape[2], share = heads / groups
        return expandingShape(at: 3).expanded(to: [shape[0], shape[1], groups, share, shape[3]])
            .reshaped(to: [shape[0], shape[1], heads, shape[3]])
    }
}

func checkHeads(_ heads: Int, _ keyHeads: Int) {
    guard keyHeads > 0, heads % keyHeads == 0 else {
        fatalError("attention: \(heads) query heads cannot share \(keyHeads) key heads: the second divides the first")
    }
}

/// The scaled products of queries and keys, biased, and where they count: [batch, heads, queries, keys].
func attentionScores<S: TensorScalar>(
    _ queries: Tensor<S>, _ keys: Tensor<S>, scale: S, _ bias: Tensor<S>?
) -> Tensor<S> {
    let q = queries.permuted(0, 2, 1, 3), k = keys.repeatingHeads(queries.shape[2]).permuted(0, 2, 3, 1)
    let scores = matmul(q, k) * scale
    return bias.map { scores + $0 } ?? scores
}
