import Mathematics

/// A layer with a matrix-valued state: gated linear attention, DeltaNet, their combination or DeltaProduct, as the
/// configuration says.
///
/// Keys and queries go through a short convolution, SiLU and division by their length; heads are normalised (RMSNorm) after
/// the state is read. See `DeltaRuleInputs` for the update and its sources.
public struct DeltaNet<Scalar: TensorScalar>: Parameterized, Sendable {
    /// What a layer does.
    public struct Configuration: Sendable, Equatable {
        /// Heads; they divide the width.
        public var heads = 4
        /// Whether the old value of a key is erased before the new one is written (DeltaNet), β = σ(W x).
        public var erases = true
        /// Whether β lies in (0, 2) instead of (0, 1), so that eigenvalues reach to −1.
        public var allowsNegativeEigenvalues = false
        /// Whether what is written is scaled by the doubled β too (the authors' code) or by σ(W x).
        public var doublesWriting = true
        /// Whether the state decays, by a factor σ(W x)^(1/16) for each channel of a key (gated linear attention).
        public var decays = false
        /// Householder factors a token (DeltaProduct).
        public var updatesPerToken = 1
        /// Taps of the convolutions on queries, keys and values; nil without.
        public var convolutionTaps: Int? = 4

        public init() {}
    }

    public var configuration: Configuration
    public var query: Linear<Scalar>
    public var key: Linear<Scalar>
    public var value: Linear<Scalar>
    /// β before the sigmoid; nil where nothing is erased.
    public var erasure: Linear<Scalar>?
    /// The decay before the sigmoid; nil where nothing decays.
    public var decay: Linear<Scalar>?
    public var queryConvolution: CausalConvolution<Scalar>?
    public var keyConvolution: CausalConvolution<Scalar>?
    public var valueConvolution: CausalConvolution<Scalar>?
    /// Over the channels of a head.
    public var norm: RMSNorm<Scalar>
    public var output: Linear<Scalar>

    /// A layer of a width that the heads divide.
    public init<G: RandomNumberGenerator>(width: Int, _ configuration: Configuration = Configuration(), using generator: inout G) {
        guard configuration.heads > 0, width % configuration.heads == 0, configuration.updatesPerToken > 0 else {
            fatalError("DeltaNet: \(configuration.heads) heads and \(configuration.updatesPerToken) updates for the width \(width): "
                + "expected a divisor of the width and at least one update")
        }
        self.configuration = configuration
        let updates = configuration.updatesPerToken
        query = Linear(inputs: width, outputs: width, hasBias: false, using: &generator)
        key = Linear(inputs: width, outputs: updates * width, hasBias: false, using: &generator)
        value = Linear(inputs: width, outputs: updates * width, hasBias: false, using: &generator)
        if configuration.erases {
            erasure = Linear(inputs: width, outputs: updates * configuration.heads, hasBias: false, using: &generator)
        }
        if configuration.decays { decay = Linear(inputs: width, outputs: width, using: &generator) }
        if let taps = configuration.convolutionTaps {
            queryConvolution = CausalConvolution(channels: width, taps: taps, hasBias: false, using: &generator)
            keyConvolution = CausalConvolution(channels: updates * width, taps: taps, hasBias: false, using: &generator)
            valueConvolution = CausalConvolution(channels: updates * width, taps: taps, hasBias: false, using: &generator)
        }
        norm = RMSNorm(width: width / configuration.heads, epsilon: 1e-5)
        output = Linear(inputs: width, outputs: width, hasBias: false, using: &generator)
    }

    /// The updates and queries that a sequence, [batch, time, width], gives.
    public func inputs(_ x: Tensor<Scalar>) -> (updates: DeltaRuleInputs<Scalar>, queries: Tensor<Scalar>) {
        let updates = configuration.updatesPerToken, heads = configuration.heads
        let (batch, time) = (x.shape[0], x.shape[1])
        // [batch, time, updates · heads · n] as [batch, heads, time · updates, n].
        func split(_ y: Tensor<Scalar>, _ updates: Int) -> Tensor<Scalar> {
            y.reshaped(to: [batch, time * updates, heads, y.shape[2] / (updates * heads)]).permuted(0, 2, 1, 3)
        }
        func unit(_ y: Tensor<Scalar>) -> Tensor<Scalar> {
            y / sqrt(y.squared().sum(along: -1, keepingAxes: true) + 1e-6)
        }
        let q = query(x), k = key(x), v = value(x)
        let queries = unit(split(silu(queryConvolution?(q) ?? q), 1))
        let keys = unit(split(silu(keyConvolution?(k) ?? k), updates))
        let values = split(silu(valueConvolution?(v) ?? v), updates)
        let ones = Tensor<Scalar>.ones([batch, heads, time * updates])
        var beta = Tensor<Scalar>.zeros([batch, heads, time * updates]), gamma = ones
        if let erasure {
            let share = split(sigmoid(erasure(x)), updates).squeezed(at: 3)
            beta = configuration.allowsNegativeEigenvalues ? share * 2 : share
            gamma = configuration.doublesWriting ? beta : share
        }
        var factor: Tensor<Scalar>?
        if let decay {
            // Once a token: the further updates of a token see no decay.
            let first = exp(split(logSigmoid(decay(x)), 1) / 16).expandingShape(at: 3)
            let rest = Tensor<Scalar>.ones([batch, heads, time, updates - 1, first.shape[4]])
            factor = (updates == 1 ? first : .concatenating([first, rest], along: 3)).reshaped(to: keys.shape)
        }
        return (DeltaRuleInputs(keys: keys, values: values, erasure: beta, writing: gamma, decay: factor), queries)
    }

    /// [batch, time, width] gives the same shape.
    public func callAsFunction(_ x: Tensor<Scalar>, form: RecurrenceForm = .sequential) -> Tensor<Scalar> {
        let (updates, queries) = inputs(x)
        let read = deltaRule(updates, queries: queries, updatesPerToken: configuration.updatesPerToken, form: form)
        return output(norm(read.permuted(0, 2, 1, 3)).reshaped(to: x.shape))
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try query.forEachParameter(body)
        try key.forEachParameter(body)
        try value.forEachParameter(body)
        try erasure.forEachParameter(body)
        try decay.forEachParameter(body)
        try queryConvolution.forEachParameter(body)
        try keyConvolution.forEachParameter(body)
        try valueConvolution.forEachParameter(body)
        try norm.forEachParameter(body)
        try output.forEachParameter(body)
    }
}
