import Mathematics

/// The sum of a function's values on the shards of a batch and its gradient, the shards computed in parallel.
///
/// The partial sums are added in the order of the shards, so that the bits depend on the number of shards, which
/// the caller fixes, and not on the number of threads.
///
/// ```swift
/// let (loss, gradient) = valueAndGradient(at: model, shards: 8) { model, shard in
///     let rows = shardRange(shard, of: 8, count: batch.count)
///     return (model(x[rows]) - y[rows]).squared().sum() / Float(x.count)
/// }
/// ```
///
/// - Parameters:
///   - model: where to differentiate.
///   - shards: how many, at least 1.
///   - maximumThreads: at most so many threads; by default the number of processors.
///   - function: a shard's share of the value, a single number.
public func valueAndGradient<Model: Parameterized & Sendable, E: Error>(
    at model: Model, shards: Int, maximumThreads: Int? = nil,
    _ function: @escaping @Sendable (Model, _ shard: Int) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> (value: Tensor<Model.Scalar>, gradient: Model) {
    precondition(shards > 0, "a batch has at least one shard: got \(shards)")
    let model = model.detached()
    let parts = try parallelMap(shards, maximumThreads: maximumThreads) { shard throws(E) in
        try valueAndGradient(at: model) { variables throws(E) in try function(variables, shard) }
    }
    var value = parts[0].value
    var sum = parts[0].gradient
    for part in parts.dropFirst() {
        value += part.value
        sum.updateParameters(along: part.gradient) { _, sum, gradient in VectorMath.add(gradient, to: &sum) }
    }
    return (value, sum)
}

/// The items of one of several shards of nearly equal size, in order.
public func shardRange(_ shard: Int, of shards: Int, count: Int) -> Range<Int> {
    precondition(shards > 0 && 0..<shards ~= shard, "shard \(shard) is not in 0 ..< \(shards)")
    return count * shard / shards..<count * (shard + 1) / shards
}
