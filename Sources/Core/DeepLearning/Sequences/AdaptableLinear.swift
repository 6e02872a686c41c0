import Mathematics

/// A linear layer that low-rank adapters can be put on (LoRA, Hu et al. 2022, arXiv:2106.09685): y = xW + b + scale · (xA)B.
///
/// While there is an adapter it alone is trained: W and b are not visited.
public struct AdaptableLinear<Scalar: TensorScalar>: Parameterized, Sendable {
    /// W and b.
    public var base: Linear<Scalar>
    /// A, B and their scale; nil without.
    public var adapter: LowRankAdapter<Scalar>?

    /// A layer without an adapter.
    public init(_ base: Linear<Scalar>) { self.base = base }

    /// Weights from a normal distribution of a standard deviation, and no bias or one of zeros.
    public init<G: RandomNumberGenerator>(
        inputs: Int, outputs: Int, hasBias: Bool, standardDeviation: Scalar, using generator: inout G
    ) {
        base = Linear(
            weight: .randomNormal([inputs, outputs], standardDeviation: standardDeviation, using: &generator),
            bias: hasBias ? .zeros([outputs]) : nil)
    }

    /// W, of the shape [inputs, outputs].
    public var weight: Tensor<Scalar> {
        get { base.weight }
        set { base.weight = newValue }
    }

    /// [..., inputs] gives [..., outputs].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        guard let adapter else { return base(x) }
        return base(x) + adapter(x)
    }

    /// Puts an adapter on the layer that changes nothing at first: A uniform in ±1/√inputs, B zero.
    public mutating func addAdapter<G: RandomNumberGenerator>(
        rank: Int, scale: Scalar = 1, using generator: inout G
    ) {
        adapter = LowRankAdapter(
            inputs: base.weight.shape[0], outputs: base.weight.shape[1], rank: rank, scale: scale, using: &generator)
    }

    /// Adds the adapter's product to W and takes the adapter away.
    public mutating func mergeAdapter() {
        guard let adapter else { return }
        base.weight = base.weight + adapter.product
        self.adapter = nil
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        if adapter != nil { return try adapter.forEachParameter(body) }
        try base.forEachParameter(body)
    }
}

/// The low-rank part of an adapted layer.
public struct LowRankAdapter<Scalar: TensorScalar>: Parameterized, Sendable {
    /// A, of the shape [inputs, rank].
    public var down: Tensor<Scalar>
    /// B, of the shape [rank, outputs].
    public var up: Tensor<Scalar>
    /// The factor of the product (α/rank in the paper).
    public var scale: Scalar

    public init(down: Tensor<Scalar>, up: Tensor<Scalar>, scale: Scalar = 1) {
        self.down = down
        self.up = up
        self.scale = scale
    }

    /// A uniform in ±1/√inputs, B zero.
    public init<G: RandomNumberGenerator>(inputs: Int, outputs: Int, rank: Int, scale: Scalar = 1, using generator: inout G) {
        guard rank > 0 else { fatalError("LowRankAdapter: a rank of \(rank): expected at least 1") }
        let bound = 1 / Scalar(inputs).squareRoot()
        down = .randomUniform([inputs, rank], from: -bound, to: bound, using: &generator)
        up = .zeros([rank, outputs])
        self.scale = scale
    }

    /// scale · AB.
    public var product: Tensor<Scalar> { matmul(down, up) * scale }

    /// scale · (xA)B.
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> { matmul(matmul(x, down), up) * scale }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&down)
        try body(&up)
    }
}
