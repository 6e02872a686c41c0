/// The shape of a `TinyLM`.
public struct TinyLMConfiguration: Sendable, Equatable {
    /// How a model knows the order of its tokens.
    public enum Positions: Sendable, Equatable {
        /// A trained vector for each position, added to the token's.
        case learned
        /// Queries and keys are rotated (RoPE).
        case rotary(base: Double)
        /// Not at all, or by the attention mechanism itself (ALiBi).
        case none
    }

    /// Routed experts in the place of each block's network.
    public struct Experts: Sendable, Equatable {
        /// How many networks a block has.
        public var count: Int
        /// How many of them a token goes to.
        public var perToken: Int
        /// Whether scores come from a sigmoid instead of a softmax.
        public var usesSigmoid: Bool
        /// Whether a token's weights add up to one.
        public var normalizesWeights: Bool

        public init(count: Int, perToken: Int, usesSigmoid: Bool = false, normalizesWeights: Bool = true) {
            self.count = count
            self.perToken = perToken
            self.usesSigmoid = usesSigmoid
            self.normalizesWeights = normalizesWeights
        }
    }

    /// Ids are 0 ..< vocabularySize.
    public var vocabularySize: Int
    /// The longest sequence.
    public var contextLength = 64
    /// Channels of the hidden state.
    public var width = 64
    /// Blocks.
    public var depth = 2
    /// Query heads; they divide the width.
    public var heads = 4
    /// Key and value heads; they divide the query heads. Nil for as many as there are query heads.
    public var keyHeads: Int?
    /// Channels inside a block's network; nil for 4 · width, or with a gate for 8/3 · width rounded up to a multiple of 8.
    public var hiddenWidth: Int?
    /// How the order of tokens enters.
    public var positions = Positions.learned
    /// The normalisation before each part of a block and at the end.
    public var normalization = NormalizationKind.layer
    /// A block's network.
    public var feedForward = FeedForwardKind.gelu
    /// Whether linear layers have biases.
    public var hasBias = true
    /// Whether the embedding table is also the output layer.
    public var tiesEmbeddings = true
    /// Whether a position sees the later ones too.
    public var isBidirectional = false
    /// How many positions a query sees back; nil for all.
    public var window: Int?
    /// Whether there is a head that gives a number for each position.
    public var hasValueHead = false
    /// Experts in the place of the networks; nil without.
    public var experts: Experts?

    /// The kinds of normalisation.
    public typealias NormalizationKind = Normalization<Float>.Kind
    /// The kinds of network.
    public typealias FeedForwardKind = FeedForward<Float>.Kind

    /// The default shape for a vocabulary: 2 blocks of width 64 with 4 heads, 64 positions.
    public init(vocabularySize: Int) { self.vocabularySize = vocabularySize }

    /// The default shape with changes: `TinyLMConfiguration(vocabularySize: 40) { $0.depth = 4 }`.
    public init(vocabularySize: Int, _ change: (inout TinyLMConfiguration) -> Void) {
        self.vocabularySize = vocabularySize
        change(&self)
    }

    /// Channels of a head.
    public var headWidth: Int { width / heads }

    /// Channels inside a block's network.
    public var networkWidth: Int {
        hiddenWidth ?? (feedForward == .swiGLU ? (8 * width / 3 + 7) / 8 * 8 : 4 * width)
    }

    func validate() throws(LanguageModelError) {
        func check(_ name: String, _ value: Int, _ isValid: Bool, _ expected: String) throws(LanguageModelError) {
            if !isValid { throw .invalidArgument(name: name, value: "\(value)", expected: expected) }
        }
        try check("vocabularySize", vocabularySize, vocabularySize > 0, "at least 1")
        try check("contextLength", contextLength, contextLength > 0, "at least 1")
        try check("depth", depth, depth >= 0, "at least 0")
        try check("heads", heads, heads > 0, "at least 1")
        try check("width", width, width > 0 && width % heads == 0, "a positive multiple of the \(heads) heads")
        if let keyHeads { try check("keyHeads", keyHeads, keyHeads > 0 && heads % keyHeads == 0, "a divisor of the \(heads) heads") }
        try check("networkWidth", networkWidth, networkWidth > 0, "at least 1")
        if let window { try check("window", window, window > 0, "at least 1") }
        if case .rotary = positions {
            try check("headWidth", headWidth, headWidth % 2 == 0, "an even number, so that channels form pairs")
        }
        if let experts {
            try check("experts.count", experts.count, experts.count > 0, "at least 1")
            try check(
                "experts.perToken", experts.perToken, (1...experts.count).contains(experts.perToken), "1 ... \(experts.count)")
        }
    }
}

/// Why a language model, a sampler or a tokenizer cannot do what it was asked to.
public enum LanguageModelError: Error, Equatable, CustomStringConvertible {
    /// An argument that makes no sense.
    case invalidArgument(name: String, value: String, expected: String)
    /// A token that is not in the vocabulary.
    case unknownToken(Int, vocabularySize: Int)
    /// A sequence longer than the model can take.
    case tooLong(length: Int, contextLength: Int)

    public var description: String {
        switch self {
        case .invalidArgument(let name, let value, let expected): "\(name) is \(value): expected \(expected)"
        case .unknownToken(let token, let size): "token \(token) is not in the vocabulary: expected 0 ..< \(size)"
        case .tooLong(let length, let context): "a sequence of \(length) tokens: the model takes at most \(context)"
        }
    }
}
