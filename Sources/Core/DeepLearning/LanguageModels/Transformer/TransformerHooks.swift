/// What looks into a forward pass of a transformer, or changes it.
///
/// ```swift
/// var hooks = TransformerHooks<Float>()
/// hooks.hidden = { layer, state in layer == 2 ? state + direction : state }
/// let steered = model.logits(tokens, hooks: hooks)
/// ```
///
/// What a hook returns takes the place of what it got, and is differentiated like everything else.
public struct TransformerHooks<Scalar: TensorScalar> {
    /// Gets the hidden state, [batch, time, width]: layer 0 before the first block, layer l after l blocks.
    public var hidden: ((_ layer: Int, _ state: Tensor<Scalar>) -> Tensor<Scalar>)?
    /// Gets queries, keys and values of a block, [batch, time, heads, head width], before rotation and cache. Added keys and
    /// values in front are a prefix that every query sees.
    public var projections:
        ((_ block: Int, _ queries: inout Tensor<Scalar>, _ keys: inout Tensor<Scalar>, _ values: inout Tensor<Scalar>) -> Void)?
    /// Gets what a block's attention adds to the hidden state.
    public var attentionOutput: ((_ block: Int, _ output: Tensor<Scalar>) -> Tensor<Scalar>)?
    /// Gets what a block's network adds to the hidden state.
    public var feedForwardOutput: ((_ block: Int, _ output: Tensor<Scalar>) -> Tensor<Scalar>)?
    /// Gets the weights of a block's attention, [batch, heads, queries, keys], which are computed for it.
    public var attentionWeights: ((_ block: Int, _ weights: Tensor<Scalar>) -> Void)?
    /// Gets what each linear layer of the blocks is applied to.
    public var linearInput: ((_ name: LinearLayerName, _ input: Tensor<Scalar>) -> Void)?
    /// Gets where a block's experts were chosen.
    public var routing: ((_ block: Int, _ routing: MixtureOfExperts<Scalar>.Routing) -> Void)?
    /// Blocks whose attention is left out.
    public var skippedAttention: Set<Int> = []
    /// Blocks whose network is left out.
    public var skippedFeedForward: Set<Int> = []

    public init() {}

    /// Leaves whole blocks out.
    public mutating func skip(blocks: some Sequence<Int>) {
        for block in blocks {
            skippedAttention.insert(block)
            skippedFeedForward.insert(block)
        }
    }
}

/// The name of a linear layer inside a transformer's blocks.
public struct LinearLayerName: Hashable, Sendable, CustomStringConvertible {
    /// What the layer does in its block.
    public enum Role: String, Sendable, CaseIterable {
        case query, key, value, output, gate, up, down
    }

    public var block: Int
    public var role: Role
    /// The expert whose layer it is; nil in a block without experts, and for the attention's layers.
    public var expert: Int?

    public init(block: Int, role: Role, expert: Int? = nil) {
        self.block = block
        self.role = role
        self.expert = expert
    }

    /// `blocks.0.query`, `blocks.1.experts.3.up`.
    public var description: String {
        expert.map { "blocks.\(block).experts.\($0).\(role.rawValue)" } ?? "blocks.\(block).\(role.rawValue)"
    }
}
