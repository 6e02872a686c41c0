import DeepLearning
import Mathematics

extension TinyLM<Float> {
    /// The keys that a block's attention computes for tokens: what sparse attention clusters.
    ///
    /// - Parameters:
    ///   - tokens: ids of the shape [batch, time].
    ///   - block: which of the model's blocks.
    ///   - head: which of its key heads.
    /// - Returns: one key a row, batch · time of them, in the order of the tokens.
    public func keyVectors(of tokens: Tensor<Int>, block: Int, head: Int) -> DenseMatrix<Float> {
        precondition(blocks.indices.contains(block), "block \(block) of \(blocks.count)")
        var cache = KeyValueCache<Float>(batch: tokens.shape[0])
        _ = logits(tokens, cache: &cache)
        let keys = cache.layers[block].keys, width = keys.shape[3]
        precondition(head >= 0 && head < keys.shape[2], "key head \(head) of \(keys.shape[2])")
        return DenseMatrix(
            rows: keys.shape[0] * keys.shape[1], columns: width, DenseVector(keys[0..., 0..., head].scalars))
    }
}
