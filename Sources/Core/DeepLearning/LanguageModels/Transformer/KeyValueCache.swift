/// Keys and values of the tokens that a transformer has seen, for decoding token by token.
///
/// Everything in it may be changed between steps: entries left out or merged, caches of other sequences put in front.
public struct KeyValueCache<Scalar: TensorScalar>: Sendable, DecodingState {
    /// One block's keys and values, rotated where the model rotates them.
    public struct Layer: Sendable {
        /// [batch, entries, key heads, width].
        public var keys: Tensor<Scalar>
        /// [batch, entries, key heads, width].
        public var values: Tensor<Scalar>
        /// What is added to the logarithm of each entry's weight, [batch or 1, entries]: the logarithm of its multiplicity
        /// where it stands for several tokens. Nil for zeros.
        public var bias: Tensor<Scalar>?

        public init(keys: Tensor<Scalar>, values: Tensor<Scalar>, bias: Tensor<Scalar>? = nil) {
            self.keys = keys
            self.values = values
            self.bias = bias
        }

        /// The entries at some places.
        public func keeping(_ entries: [Int]) -> Layer {
            let places = Tensor<Int>(entries)
            return Layer(
                keys: keys.gathering(places, along: 1), values: values.gathering(places, along: 1),
                bias: bias?.gathering(places, along: 1))
        }
    }

    /// One element a block; empty before the first step.
    public var layers: [Layer] = []
    /// How many tokens were seen: the position of the next, less the sample's start.
    public var count = 0
    /// The column at which each sample's sequence begins: what stands before it is padding.
    public var starts: [Int]

    /// A cache that has seen nothing.
    public init(starts: [Int]) { self.starts = starts }

    /// An empty cache for a number of sequences without padding.
    public init(batch: Int) { starts = [Int](repeating: 0, count: batch) }

    public mutating func selectRows(_ rows: [Int]) {
        let places = Tensor<Int>(rows)
        starts = rows.map { starts[$0] }
        for index in layers.indices {
            layers[index].keys = layers[index].keys.gathering(places)
            layers[index].values = layers[index].values.gathering(places)
            if let bias = layers[index].bias, bias.shape[0] > 1 { layers[index].bias = bias.gathering(places) }
        }
    }

    /// The cache cut off from every differentiation.
    public func detached() -> KeyValueCache {
        var copy = self
        for index in copy.layers.indices {
            copy.layers[index].keys = copy.layers[index].keys.detached()
            copy.layers[index].values = copy.layers[index].values.detached()
        }
        return copy
    }

    /// Puts a step's keys and values behind those of a block and gives all of them.
    mutating func extend(_ block: Int, _ keys: Tensor<Scalar>, _ values: Tensor<Scalar>) -> Layer {
        guard block < layers.count else {
            layers.append(Layer(keys: keys, values: values))
            return layers[block]
        }
        let old = layers[block]
        var bias: Tensor<Scalar>?
        if let oldBias = old.bias {
            bias = .concatenating([oldBias, .zeros([oldBias.shape[0], keys.shape[1]])], along: 1)
        }
        layers[block] = Layer(
            keys: .concatenating([old.keys, keys], along: 1), values: .concatenating([old.values, values], along: 1),
            bias: bias)
        return layers[block]
    }
}
