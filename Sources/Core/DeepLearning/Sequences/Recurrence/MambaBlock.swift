import Mathematics

/// A Mamba block (Gu and Dao 2023, arXiv:2312.00752, figure 3): in-projection to x and gate z, causal convolution
/// of x over 4 steps and SiLU, selective scan with δ = softplus(W x), A = −exp(A_log), y + D x, times SiLU(z),
/// out-projection.
public struct MambaBlock<Scalar: TensorScalar>: Parameterized, Sendable {
    /// [width, 2 · channels]: x and z.
    public var inProjection: Linear<Scalar>
    public var convolution: CausalConvolution<Scalar>
    /// [channels, rank + 2 · states]: the low-rank part of δ, B and C.
    public var selection: Linear<Scalar>
    /// [rank, channels]: δ before softplus.
    public var deltaProjection: Linear<Scalar>
    /// ln(−A), [channels, states].
    public var logA: Tensor<Scalar>
    /// D, [channels].
    public var skip: Tensor<Scalar>
    /// [channels, width].
    public var outProjection: Linear<Scalar>
    /// Whether the transition is 2 exp(δA) − 1 instead of exp(δA).
    public var allowsNegativeEigenvalues: Bool

    /// The paper's initialisation: A[d, n] = −(n + 1), D = 1, softplus of δ's bias log-uniform in 0.001 ... 0.1.
    ///
    /// - Parameters:
    ///   - width: channels outside the block.
    ///   - expansion: channels inside it for each outside.
    ///   - states: of each channel.
    ///   - taps: of the convolution.
    ///   - rank: of δ's projection; nil for width/16 rounded up.
    ///   - allowsNegativeEigenvalues: whether the state's transitions range over (−1, 1) instead of (0, 1).
    ///   - generator: draws the weights.
    public init<G: RandomNumberGenerator>(
        width: Int, expansion: Int = 2, states: Int = 16, taps: Int = 4, rank: Int? = nil,
        allowsNegativeEigenvalues: Bool = false, using generator: inout G
    ) {
        let channels = expansion * width, rank = rank ?? (width + 15) / 16
        inProjection = Linear(inputs: width, outputs: 2 * channels, hasBias: false, using: &generator)
        convolution = CausalConvolution(channels: channels, taps: taps, using: &generator)
        selection = Linear(inputs: channels, outputs: rank + 2 * states, hasBias: false, using: &generator)
        let bound = 1 / Scalar(rank).squareRoot()
        let steps = exp(
            Tensor<Scalar>.randomUniform([channels], from: .log(0.001), to: .log(0.1), using: &generator))
        deltaProjection = Linear(
            weight: .randomUniform([rank, channels], from: -bound, to: bound, using: &generator),
            bias: steps + log(-expm1(-steps)))
        logA = log(Tensor<Scalar>.range(states) + 1).expanded(to: [channels, states]).packed()
        skip = .ones([channels])
        outProjection = Linear(inputs: channels, outputs: width, hasBias: false, using: &generator)
        self.allowsNegativeEigenvalues = allowsNegativeEigenvalues
    }

    /// What the scan is made of, for those who look inside.
    public struct Inside: Sendable {
        /// What enters the scan, [batch, time, channels].
        public var x: Tensor<Scalar>
        /// z, [batch, time, channels].
        public var gate: Tensor<Scalar>
        /// δ, [batch, time, channels].
        public var delta: Tensor<Scalar>
        /// A, [channels, states].
        public var a: Tensor<Scalar>
        /// [batch, time, states].
        public var b: Tensor<Scalar>
        /// [batch, time, states].
        public var c: Tensor<Scalar>
    }

    /// The inputs of the scan and the gate, from [batch, time, width].
    public func inside(_ input: Tensor<Scalar>) -> Inside {
        let channels = skip.count, states = logA.shape[1], rank = deltaProjection.weight.shape[0]
        let projected = inProjection(input)
        let x = silu(convolution(projected[0..., 0..., 0..<channels]))
        let parts = selection(x).split(sizes: [rank, states, states], along: -1)
        return Inside(
            x: x, gate: projected[0..., 0..., channels...], delta: softplus(deltaProjection(parts[0])), a: -exp(logA),
            b: parts[1], c: parts[2])
    }

    /// The block's output from the scan's, [batch, time, channels].
    public func output(_ y: Tensor<Scalar>, _ inside: Inside) -> Tensor<Scalar> {
        outProjection((y + inside.x * skip) * silu(inside.gate))
    }

    /// [batch, time, width] gives the same shape.
    public func callAsFunction(_ input: Tensor<Scalar>) -> Tensor<Scalar> {
        let inside = inside(input)
        let y = selectiveScan(
            inside.x, delta: inside.delta, a: inside.a, b: inside.b, c: inside.c,
            allowsNegativeEigenvalues: allowsNegativeEigenvalues
        ).y
        return output(y, inside)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try inProjection.forEachParameter(body)
        try convolution.forEachParameter(body)
        try selection.forEachParameter(body)
        try deltaProjection.forEachParameter(body)
        try body(&logA)
        try body(&skip)
        try outProjection.forEachParameter(body)
    }
}
