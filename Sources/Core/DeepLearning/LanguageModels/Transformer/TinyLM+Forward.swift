extension TinyLM {
    /// The vectors of tokens, before positions are added: [batch, time, width].
    public func embed(_ tokens: Tensor<Int>) -> Tensor<Scalar> { embedding(tokens) }

    /// The vectors of tokens with others in some columns: soft tokens, [batch or 1, columns.count, width].
    ///
    /// Stops the program if a column is not in the sequence or named twice.
    public func embed(
        _ tokens: Tensor<Int>, replacingColumns columns: [Int], with vectors: Tensor<Scalar>
    ) -> Tensor<Scalar> {
        let base = embed(tokens), time = tokens.shape[1]
        guard Set(columns).count == columns.count, columns.allSatisfy({ $0 >= 0 && $0 < time }) else {
            fatalError("embed: the columns \(columns) are not distinct places in 0 ..< \(time)")
        }
        let target: TensorShape = [base.shape[0], columns.count, base.shape[2]]
        // Column j of the result comes from the tokens, or from behind them.
        var sources = Array(0..<time)
        for (index, column) in columns.enumerated() { sources[column] = time + index }
        return Tensor.concatenating([base, vectors.expanded(to: target)], along: 1).gathering(Tensor(sources), along: 1)
    }

    /// The normalised hidden state after the last block, from vectors to which positions are still to be added.
    ///
    /// - Parameters:
    ///   - vectors: [batch, time, width].
    ///   - positions: of the shape [time] or [batch, time]; nil for those that follow what the cache has seen.
    ///   - mask: who sees whom; nil for what the configuration says.
    ///   - cache: holds keys and values of earlier tokens and gets those of these.
    ///   - hooks: look in.
    /// - Returns: [batch, time, width].
    public func hidden(
        embeddings vectors: Tensor<Scalar>, positions: Tensor<Int>? = nil, mask: AttentionMask? = nil,
        cache: inout KeyValueCache<Scalar>, hooks: TransformerHooks<Scalar>? = nil
    ) -> Tensor<Scalar> {
        var optional: KeyValueCache<Scalar>? = cache
        // The cache would be copied if it were held twice while it grows.
        cache.layers = []
        let result = run(vectors, positions, mask, &optional, hooks)
        if let optional { cache = optional }
        return result
    }

    /// The normalised hidden state after the last block, without a cache. See `hidden(embeddings:positions:mask:cache:hooks:)`.
    public func hidden(
        embeddings vectors: Tensor<Scalar>, positions: Tensor<Int>? = nil, mask: AttentionMask? = nil,
        hooks: TransformerHooks<Scalar>? = nil
    ) -> Tensor<Scalar> {
        var none: KeyValueCache<Scalar>?
        return run(vectors, positions, mask, &none, hooks)
    }

    /// The unnormalised log-probabilities that follow from normalised hidden states: [..., width] gives [..., vocabularySize].
    public func logits(hidden: Tensor<Scalar>) -> Tensor<Scalar> {
        if let unembedding { return unembedding(hidden) }
        return matmul(hidden, embedding.table.transposed())
    }

    /// The value head's numbers: [..., width] gives [...].
    ///
    /// Stops the program if the model has no value head.
    public func values(hidden: Tensor<Scalar>) -> Tensor<Scalar> {
        guard let valueHead else { fatalError("values: the model has no value head: set hasValueHead in its configuration") }
        return valueHead(hidden).squeezed(at: -1)
    }

    public func logits(_ tokens: Tensor<Int>) -> Tensor<Scalar> { logits(tokens, hooks: nil) }

    /// The unnormalised log-probabilities of the token after each position, with hooks, another mask or other positions.
    public func logits(
        _ tokens: Tensor<Int>, positions: Tensor<Int>? = nil, mask: AttentionMask? = nil, hooks: TransformerHooks<Scalar>?
    ) -> Tensor<Scalar> {
        checkTokens(tokens)
        return logits(hidden: hidden(embeddings: embed(tokens), positions: positions, mask: mask, hooks: hooks))
    }

    /// The unnormalised log-probabilities after vectors in the place of tokens: [batch, time, width] gives
    /// [batch, time, vocabularySize].
    public func logits(
        embeddings vectors: Tensor<Scalar>, positions: Tensor<Int>? = nil, mask: AttentionMask? = nil,
        hooks: TransformerHooks<Scalar>? = nil
    ) -> Tensor<Scalar> {
        logits(hidden: hidden(embeddings: vectors, positions: positions, mask: mask, hooks: hooks))
    }

    /// The same from tokens as rows of weights over the vocabulary, [batch, time, vocabularySize]: their gradient says which
    /// token would help at each place.
    public func logits(oneHot: Tensor<Scalar>, hooks: TransformerHooks<Scalar>? = nil) -> Tensor<Scalar> {
        logits(embeddings: matmul(oneHot, embedding.table), hooks: hooks)
    }

    /// The unnormalised log-probabilities after each of the new tokens; the cache holds what came before.
    public func logits(
        _ tokens: Tensor<Int>, cache: inout KeyValueCache<Scalar>, hooks: TransformerHooks<Scalar>? = nil
    ) -> Tensor<Scalar> {
        checkTokens(tokens)
        return logits(hidden: hidden(embeddings: embed(tokens), cache: &cache, hooks: hooks))
    }

    /// The value head's number at each position of token sequences: [batch, time].
    public func values(_ tokens: Tensor<Int>) -> Tensor<Scalar> {
        checkTokens(tokens)
        return values(hidden: hidden(embeddings: embed(tokens)))
    }

    public func startDecoding(starts: [Int]) -> KeyValueCache<Scalar> { KeyValueCache(starts: starts) }

    public func nextLogits(_ tokens: Tensor<Int>, state: inout KeyValueCache<Scalar>) -> Tensor<Scalar> {
        checkTokens(tokens)
        let state = hidden(embeddings: embed(tokens), cache: &state)
        return logits(hidden: state[0..., tokens.shape[1] - 1])
    }

    private func checkTokens(_ tokens: Tensor<Int>) {
        guard tokens.rank == 2 else {
            fatalError("TinyLM: tokens of the shape \(tokens.shape): expected [batch, time]")
        }
    }

    private func run(
        _ vectors: Tensor<Scalar>, _ positions: Tensor<Int>?, _ mask: AttentionMask?,
        _ cache: inout KeyValueCache<Scalar>?, _ hooks: TransformerHooks<Scalar>?
    ) -> Tensor<Scalar> {
        guard vectors.rank == 3, vectors.shape[2] == configuration.width else {
            fatalError("TinyLM: vectors of the shape \(vectors.shape): expected [batch, time, \(configuration.width)]")
        }
        let places = positions ?? defaultPositions(vectors.shape[1], cache)
        var x = vectors
        if let positionTable {
            if places.rank == 1, let first = places.scalars.first, places.scalars == Array(first..<first + places.count) {
                checkLength(first + places.count)
                x = x + positionTable[first..<first + places.count]
            } else {
                x = x + positionTable.gathering(places)
            }
        }
        var step = TransformerBlock<Scalar>.Step(context: AttentionContext(mask: mask ?? defaultMask(vectors, cache)), hooks: hooks)
        if case .rotary(let base) = configuration.positions {
            let rotary = RotaryPositions<Scalar>(width: configuration.headWidth, base: Scalar(base))
            step.rotation = PairRotation(rotary.angles(at: Tensor(places)))
        }
        if let hook = hooks?.hidden { x = hook(0, x) }
        for (index, block) in blocks.enumerated() {
            x = block.apply(index, x, step, &cache)
            if let hook = hooks?.hidden { x = hook(index + 1, x) }
        }
        cache?.count += vectors.shape[1]
        return finalNorm(x)
    }

    private func checkLength(_ length: Int) {
        guard length <= contextLength else {
            fatalError("TinyLM: a sequence of \(length) tokens: the model takes at most \(contextLength)")
        }
    }

    private func defaultPositions(_ time: Int, _ cache: KeyValueCache<Scalar>?) -> Tensor<Int> {
        let first = cache?.count ?? 0
        guard let cache, cache.starts.contains(where: { $0 != 0 }) else { return Tensor(Array(first..<first + time)) }
        return Tensor(
            shape: [cache.starts.count, time],
            scalars: cache.starts.flatMap { start in (first..<first + time).map { Swift.max($0 - start, 0) } })
    }

    private func defaultMask(_ vectors: Tensor<Scalar>, _ cache: KeyValueCache<Scalar>?) -> AttentionMask {
        var mask = AttentionMask(isCausal: !configuration.isBidirectional, window: configuration.window)
        if let cache, cache.starts.contains(where: { $0 != 0 }) {
            let end = cache.count + vectors.shape[1]
            mask.presentKeys = cache.starts.map { Swift.min($0, end)..<end }
        }
        return mask
    }
}
