/// Which keys a query may attend to.
///
/// A key must be allowed by every part of the mask. A query without any key gets zeros.
public struct AttentionMask: Sendable {
    /// Whether a query sees no key after its own position.
    public var isCausal: Bool
    /// How many positions a query sees back, its own included (and as many ahead where it is not causal).
    public var window: Int?
    /// For each sample the keys that are there, by their place in the sequence; nil for all. What lies outside is padding.
    public var presentKeys: [Range<Int>]?
    /// True where a query may see a key; it broadcasts to [batch, heads, queries, keys].
    public var allowed: Tensor<Bool>?

    public init(
        isCausal: Bool = false, window: Int? = nil, presentKeys: [Range<Int>]? = nil, allowed: Tensor<Bool>? = nil
    ) {
        self.isCausal = isCausal
        self.window = window
        self.presentKeys = presentKeys
        self.allowed = allowed
    }

    /// Every query sees every key.
    public static var none: AttentionMask { AttentionMask() }

    /// A query sees its own position and those before it.
    public static var causal: AttentionMask { AttentionMask(isCausal: true) }

    /// A query sees its own position and the `window` − 1 before it.
    public static func slidingWindow(_ window: Int) -> AttentionMask { AttentionMask(isCausal: true, window: window) }

    /// Sample b has `lengths[b]` keys; the rest is padding.
    public static func padding(lengths: [Int], isCausal: Bool = false) -> AttentionMask {
        AttentionMask(isCausal: isCausal, presentKeys: lengths.map { 0..<$0 })
    }
}

/// What an attention mechanism may use besides queries, keys and values.
public struct AttentionContext<Scalar: TensorScalar>: Sendable {
    /// Which keys count.
    public var mask: AttentionMask
    /// The position of each query, of the shape [queries] or [batch, queries]; nil for the last places of the keys:
    /// with as many queries as keys, query i stands at key i, and with fewer they are the latest.
    public var queryPositions: Tensor<Int>?
    /// The position of each key, of the shape [keys] or [batch, keys]; nil for 0, 1, ….
    public var keyPositions: Tensor<Int>?
    /// What is added to the logarithm of each weight before normalisation; it broadcasts to
    /// [batch, heads, queries, keys].
    public var bias: Tensor<Scalar>?

    public init(
        mask: AttentionMask = .none, queryPositions: Tensor<Int>? = nil, keyPositions: Tensor<Int>? = nil,
        bias: Tensor<Scalar>? = nil
    ) {
        self.mask = mask
        self.queryPositions = queryPositions
        self.keyPositions = keyPositions
        self.bias = bias
    }

    /// The positions as the mask compares them: [1 or batch, queries] and [1 or batch, keys].
    func positions(queries: Int, keys: Int) -> (queries: Tensor<Int>, keys: Tensor<Int>) {
        let q = queryPositions ?? Tensor(Array(keys - queries..<keys))
        let k = keyPositions ?? Tensor(Array(0..<keys))
        return (q.rank == 1 ? q.expandingShape(at: 0) : q, k.rank == 1 ? k.expandingShape(at: 0) : k)
    }

    /// True where a query may see a key: the shape [1 or batch, 1 or heads, queries, keys]; nil if every one may.
    public func allowedPairs(batch: Int, queries: Int, keys: Int) -> Tensor<Bool>? {
        var result: Tensor<Bool>?
        if mask.isCausal || mask.window != nil {
            let (q, k) = positions(queries: queries, keys: keys)
            let samples = Swift.max(q.shape[0], k.shape[0])
            var flags: [Bool] = []
            flags.reserveCapacity(samples * queries * keys)
            let qs = q.scalars, ks = k.scalars
            for sample in 0..<samples {
                let qStart = q.shape[0] == 1 ? 0 : sample * queries, kStart = k.shape[0] == 1 ? 0 : sample * keys
                for i in 0..<queries {
                    for j in 0..<keys {
                        let distance = qs[qStart + i] - ks[kStart + j]
                        let near = mask.window.map { Swift.abs(distance) < $0 } ?? true
                        flags.append(near && (!mask.isCausal || distance >= 0))
                    }
                }
            }
            result = Tensor(shape: [samples, 1, queries, keys], scalars: flags)
        }
        if let present = mask.presentKeys {
            checkPresentKeys(present, batch)
            var flags: [Bool] = []
            for range in present { for j in 0..<keys { flags.append(range.contains(j)) } }
            result = both(result, Tensor(shape: [batch, 1, 1, keys], scalars: flags))
        }
        if let allowed = mask.allowed { result = both(result, allowed) }
        return result
    }

    func checkPresentKeys(_ present: [Range<Int>], _ batch: Int) {
        guard present.count == batch else {
            fatalError("attention: the mask has present keys for \(present.count) samples: expected \(batch)")
        }
    }

    private func both(_ first: Tensor<Bool>?, _ second: Tensor<Bool>) -> Tensor<Bool> {
        guard let first else { return second }
        guard let shape = first.shape.broadcast(with: second.shape) else {
            shapesDoNotFit("attention mask", first.shape, second.shape, "the parts of a mask broadcast")
        }
        let a = first.repeatedView(shape).scalars, b = second.repeatedView(shape).scalars
        return Tensor(shape: shape, scalars: zip(a, b).map { $0 && $1 })
    }

    /// For masks that leave each query one run of keys, where it begins and ends: [batch or 1, queries]; nil for others.
    func keyRuns(batch: Int, queries: Int, keys: Int) -> (begin: [Int32], end: [Int32])? {
        guard mask.allowed == nil, queryPositions == nil, keyPositions == nil else { return nil }
        if let present = mask.presentKeys { checkPresentKeys(present, batch) }
        let samples = mask.presentKeys == nil ? 1 : batch
        var begin: [Int32] = [], end: [Int32] = []
        begin.reserveCapacity(samples * queries)
        end.reserveCapacity(samples * queries)
        for sample in 0..<samples {
            let present = mask.presentKeys?[sample].clamped(to: 0..<keys) ?? 0..<keys
            for query in 0..<queries {
                let place = keys - queries + query
                var first = present.lowerBound, last = present.upperBound
                if let window = mask.window {
                    first = Swift.max(first, place - window + 1)
                    last = Swift.min(last, place + window)
                }
                if mask.isCausal { last = Swift.min(last, place + 1) }
                begin.append(Int32(Swift.max(first, 0)))
                end.append(Int32(Swift.max(last, Swift.max(first, 0))))
            }
        }
        return (begin, end)
    }
}
