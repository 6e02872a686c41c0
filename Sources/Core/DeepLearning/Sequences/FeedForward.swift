import Mathematics

/// The position-wise network of a transformer block: W₂ f(W₁x), or with a gate W₂ (f(W_g x) ⊙ W₁x) (Shazeer 2020,
/// arXiv:2002.05202).
public struct FeedForward<Scalar: TensorScalar>: Parameterized, Sendable {
    /// The kinds there are.
    public enum Kind: String, Sendable, CaseIterable {
        /// f = GELU, no gate.
        case gelu
        /// f = ReLU, no gate.
        case relu
        /// f = SiLU, with a gate.
        case swiGLU
    }

    /// f, and whether there is a gate.
    public let kind: Kind
    /// W_g; nil without a gate.
    public var gate: AdaptableLinear<Scalar>?
    /// W₁.
    public var up: AdaptableLinear<Scalar>
    /// W₂.
    public var down: AdaptableLinear<Scalar>

    /// Normal weights of a standard deviation; that of `down` may differ.
    public init<G: RandomNumberGenerator>(
        _ kind: Kind, width: Int, hiddenWidth: Int, hasBias: Bool = true, standardDeviation: Scalar = 0.02,
        outputStandardDeviation: Scalar? = nil, using generator: inout G
    ) {
        self.kind = kind
        gate = kind == .swiGLU
            ? AdaptableLinear(
                inputs: width, outputs: hiddenWidth, hasBias: hasBias, standardDeviation: standardDeviation,
                using: &generator) : nil
        up = AdaptableLinear(
            inputs: width, outputs: hiddenWidth, hasBias: hasBias, standardDeviation: standardDeviation, using: &generator)
        down = AdaptableLinear(
            inputs: hiddenWidth, outputs: width, hasBias: hasBias,
            standardDeviation: outputStandardDeviation ?? standardDeviation, using: &generator)
    }

    /// [..., width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { down(hidden(x)) }

    /// What W₂ is applied to.
    public func hidden(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        switch kind {
        case .gelu: gelu(up(x))
        case .relu: relu(up(x))
        case .swiGLU: silu(gate?(x) ?? x) * up(x)
        }
    }

    /// Whether a layer has an adapter.
    var isAdapted: Bool { gate?.adapter != nil || up.adapter != nil || down.adapter != nil }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try gate.forEachParameter(body)
        try up.forEachParameter(body)
        try down.forEachParameter(body)
    }

    /// Visits the adapters alone.
    mutating func forEachAdapter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try gate?.adapter.forEachParameter(body)
        try up.adapter.forEachParameter(body)
        try down.adapter.forEachParameter(body)
    }
}
