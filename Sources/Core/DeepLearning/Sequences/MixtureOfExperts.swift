import Mathematics

/// A mixture of feed-forward networks: a router sends each token to a few of them (Shazeer et al. 2017, arXiv:1701.06538; top-k
/// of a softmax as in Fedus et al. 2022, arXiv:2101.03961).
public struct MixtureOfExperts<Scalar: TensorScalar>: Parameterized, Sendable {
    /// What turns a router's products into scores.
    public enum Scoring: String, Sendable, CaseIterable {
        /// Scores of a token add up to one.
        case softmax
        /// Each score by itself (Wang et al. 2024, arXiv:2408.15664).
        case sigmoid
    }

    /// The router's weights, [width, experts].
    public var router: Tensor<Scalar>
    /// The networks.
    public var experts: [FeedForward<Scalar>]
    /// Added to the scores for the choice of experts alone, never for their weights; one number an expert. It is not
    /// trained by gradients: `balanceLoads` moves it.
    public var selectionBias: [Scalar]
    /// How many experts a token goes to.
    public var expertsPerToken: Int
    /// What the scores are.
    public var scoring: Scoring
    /// Whether the weights of a token's experts are divided by their sum.
    public var normalizesWeights: Bool

    /// Routers and networks with normal weights.
    ///
    /// Stops the program unless 1 ≤ expertsPerToken ≤ expertCount.
    public init<G: RandomNumberGenerator>(
        width: Int, hiddenWidth: Int, expertCount: Int, expertsPerToken: Int, kind: FeedForward<Scalar>.Kind = .gelu,
        scoring: Scoring = .softmax, normalizesWeights: Bool = true, hasBias: Bool = true, standardDeviation: Scalar = 0.02,
        using generator: inout G
    ) {
        guard expertsPerToken >= 1, expertsPerToken <= expertCount else {
            fatalError("MixtureOfExperts: \(expertsPerToken) of \(expertCount) experts: expected 1 ... \(expertCount)")
        }
        router = .randomNormal([width, expertCount], standardDeviation: standardDeviation, using: &generator)
        experts = (0..<expertCount).map { _ in
            FeedForward(
                kind, width: width, hiddenWidth: hiddenWidth, hasBias: hasBias, standardDeviation: standardDeviation,
                using: &generator)
        }
        selectionBias = [Scalar](repeating: 0, count: expertCount)
        self.expertsPerToken = expertsPerToken
        self.scoring = scoring
        self.normalizesWeights = normalizesWeights
    }

    /// Where tokens went.
    public struct Routing: Sendable {
        /// The scores of all experts, [tokens, experts].
        public var scores: Tensor<Scalar>
        /// The chosen experts of each token in descending order of biased score (ties to the lower index),
        /// [tokens, expertsPerToken].
        public var chosen: Tensor<Int>
        /// The weight of each chosen expert, [tokens, expertsPerToken].
        public var weights: Tensor<Scalar>

        /// How many tokens each expert got.
        public var loads: [Int] {
            var counts = [Int](repeating: 0, count: scores.shape[1])
            for expert in chosen.scalars { counts[expert] += 1 }
            return counts
        }

        /// The load-balancing loss of Fedus et al. (equation 4), E Σ_e f_e P_e: f_e the share of the choices that fell on
        /// expert e, P_e its mean score among the scores divided by their sum. 1 when both are uniform.
        public var balanceLoss: Tensor<Scalar> {
            let total = Scalar(Swift.max(chosen.count, 1))
            let shares = Tensor<Scalar>(loads.map { Scalar($0) / total })
            let normalized = scores / scores.sum(along: -1, keepingAxes: true)
            return (normalized.mean(along: 0) * shares).sum() * Scalar(scores.shape[1])
        }
    }

    /// The scores of x, [tokens, width], and the choice that follows from them.
    public func route(_ x: Tensor<Scalar>) -> Routing {
        let products = matmul(x, router)
        let scores = scoring == .softmax ? products.softmax() : sigmoid(products)
        let biased = scores.detached() + Tensor(selectionBias)
        let chosen = Self.largest(expertsPerToken, of: biased)
        let offsets = Tensor<Int>(chosen.scalars.enumerated().map { index, expert in
            index / expertsPerToken * experts.count + expert
        })
        var weights = scores.flattened().gathering(offsets).reshaped(to: chosen.shape)
        if normalizesWeights { weights = weights / weights.sum(along: -1, keepingAxes: true) }
        return Routing(scores: scores, chosen: chosen, weights: weights)
    }

    /// [..., width] gives the same shape, and where the tokens went, in the order of the axes.
    public func callAsFunction(_ x: Tensor<Scalar>) -> (output: Tensor<Scalar>, routing: Routing) {
        let width = x.shape[x.rank - 1]
        let tokens = x.reshaped(to: [-1, width])
        let routing = route(tokens)
        let flatWeights = routing.weights.flattened()
        let chosen = routing.chosen.scalars
        var places = [[Int]](repeating: [], count: experts.count)
        for (index, expert) in chosen.enumerated() { places[expert].append(index) }
        var parts: [Tensor<Scalar>] = []
        var rows: [Int] = []
        for (expert, places) in places.enumerated() where !places.isEmpty {
            let tokenRows = places.map { $0 / expertsPerToken }
            let output = experts[expert](tokens.gathering(Tensor(tokenRows)))
            parts.append(output * flatWeights.gathering(Tensor(places)).expandingShape(at: 1))
            rows += tokenRows
        }
        guard !parts.isEmpty else { return (x, routing) }
        let sum = Tensor.concatenating(parts).scatteringSum(Tensor(rows), into: tokens.shape)
        return (sum.reshaped(to: x.shape), routing)
    }

    /// Moves the selection bias of each expert by `rate` towards equal loads: up where it got fewer tokens than the mean, down
    /// where more (auxiliary-loss-free balancing, arXiv:2408.15664).
    public mutating func balanceLoads(_ loads: [Int], rate: Scalar) {
        guard loads.count == selectionBias.count, !loads.isEmpty else {
            fatalError("balanceLoads: there are \(loads.count) loads for \(selectionBias.count) experts")
        }
        let total = loads.reduce(0, +)
        for (expert, load) in loads.enumerated() {
            let excess = load * loads.count - total
            if excess != 0 { selectionBias[expert] += excess > 0 ? -rate : rate }
        }
    }

    /// The indices of the `count` largest of each row, in descending order, ties to the lower index.
    static func largest(_ count: Int, of rows: Tensor<Scalar>) -> Tensor<Int> {
        let columns = rows.shape[1]
        var result: [Int] = []
        result.reserveCapacity(rows.shape[0] * count)
        rows.withUnsafeScalars { scalars in
            for row in 0..<rows.shape[0] {
                let start = row * columns
                var best: [Int] = []
                for index in 0..<columns {
                    var place = best.count
                    while place > 0, scalars[start + index] > scalars[start + best[place - 1]] { place -= 1 }
                    if place < count {
                        best.insert(index, at: place)
                        if best.count > count { best.removeLast() }
                    }
                }
                result += best
            }
        }
        return Tensor(shape: [rows.shape[0], count], scalars: result)
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try body(&router)
        try experts.forEachParameter(body)
    }
}
