import Mathematics

extension TabularMDP {
    /// The anchored process (1 − η)P + η·1·e_{s₀}ᵀ of plug-in-average-reward (arXiv:2410.07616): every step jumps to
    /// the anchor with probability η.
    ///
    /// Every policy is unichain in it, and its gain is η V_{1−η}(s₀), with V the discounted value in the process
    /// itself.
    ///
    /// - Parameters:
    ///   - probability: η in (0, 1]; 1/n in the paper.
    ///   - state: the anchor s₀.
    /// - Throws: `MDPError` for an argument out of range.
    public func anchored(probability: Double, at state: Int = 0) throws(MDPError) -> TabularMDP {
        try requireMDP(probability > 0 && probability <= 1, "probability", probability, "a number in (0, 1]")
        try requireMDP(state >= 0 && state < stateCount, "state", state, "a state below \(stateCount)")
        let rows = Matrix(rows: transition.rows, columns: stateCount) { row, next in
            (1 - probability) * transition[row, next] + (next == state ? probability : 0)
        }
        return try TabularMDP(transition: rows, reward: reward, cost: cost)
    }
}

/// How the plug-in approach of plug-in-average-reward (arXiv:2410.07616) treats the empirical process before it solves
/// it.
public struct PlugInOptions: Sendable, Hashable {
    /// Whether to anchor the process with η = 1/n.
    public var isAnchored: Bool
    /// The anchor s₀.
    public var anchor: Int
    /// ξ: independent numbers uniform in [0, ξ] are added to the rewards. None for 0.
    public var perturbation: Double

    /// The plain plug-in approach unless given.
    public init(isAnchored: Bool = false, anchor: Int = 0, perturbation: Double = 0) {
        self.isAnchored = isAnchored
        self.anchor = anchor
        self.perturbation = perturbation
    }
}

/// The plug-in approach of plug-in-average-reward (arXiv:2410.07616): solves the empirical process as if it were the
/// true one.
///
/// It needs no knowledge of the process, neither diameter nor mixing time nor span.
///
/// - Parameters:
///   - model: what the generative model has shown.
///   - options: anchoring and perturbation.
///   - generator: draws the perturbation.
/// - Returns: an optimal policy of the empirical process, with its gain and bias there.
/// - Throws: `MDPError` for an argument out of range.
public func plugInAverageReward(
    _ model: EmpiricalModel, options: PlugInOptions = PlugInOptions(), using generator: inout some RandomNumberGenerator
) throws(MDPError) -> AverageRewardSolution {
    try requireMDP(
        options.perturbation >= 0 && options.perturbation.isFinite, "options.perturbation", options.perturbation,
        "a finite number not below 0")
    var mdp = model.mdp
    if options.perturbation > 0 {
        let noise = generator.uniformMatrix(rows: mdp.stateCount, columns: mdp.actionCount)
        mdp = try mdp.replacing(reward: mdp.reward + options.perturbation * noise)
    }
    if options.isAnchored {
        mdp = try mdp.anchored(probability: 1 / Double(model.samplesPerPair), at: options.anchor)
    }
    return try mdp.solveAverageReward()
}

/// The reduction of average to discounted reward: the empirical process is solved with γ = 1 − ε/H.
///
/// The classical approach that plug-in-average-reward (arXiv:2410.07616) does without. It must know H, a bound on the
/// span of the optimal bias: with too small an H the policy is short-sighted, with too large an H the discount helps
/// no more.
///
/// - Parameters:
///   - model: what the generative model has shown.
///   - span: H, at least ε.
///   - accuracy: ε, positive.
/// - Throws: `MDPError` for an argument out of range.
public func discountedReduction(
    _ model: EmpiricalModel, span: Double, accuracy: Double
) throws(MDPError) -> DiscountedSolution {
    try requireMDP(accuracy > 0 && accuracy.isFinite, "accuracy", accuracy, "a positive finite number")
    try requireMDP(
        span >= accuracy && span.isFinite, "span", span, "a finite number of at least the accuracy \(accuracy)")
    return try model.mdp.solveDiscounted(discount: 1 - accuracy / span)
}

/// Synchronous Q-learning with the samples of a model: one next state of every pair in each of n sweeps.
///
/// Q ← Q + α_k(r + γ max Q(s', ·) − Q) with α_k = 1/(1 + (1 − γ)k) in sweep k = 1, 2, …, from Q = 0.
///
/// - Parameters:
///   - model: what the generative model has shown.
///   - discount: γ in [0, 1).
///   - generator: puts the samples in order.
/// - Returns: the greedy policy and Q, S × A.
/// - Throws: `MDPError` for a discount out of range.
/// - Complexity: O(nSA²).
public func synchronousQLearning(
    _ model: EmpiricalModel, discount: Double, using generator: inout some RandomNumberGenerator
) throws(MDPError) -> (policy: [Int], actionValues: Matrix) {
    try requireMDP(discount >= 0 && discount < 1, "discount", discount, "a number in [0, 1)")
    let mdp = model.mdp
    let samples = model.shuffledSamples(using: &generator)
    var values = [Double](repeating: 0, count: mdp.stateCount)
    var actionValues = [Double](repeating: 0, count: mdp.reward.count)
    let rewards = Array(mdp.reward.flattened)
    for sweep in 0..<model.samplesPerPair {
        let rate = 1 / (1 + (1 - discount) * Double(sweep + 1))
        for pair in actionValues.indices {
            let target = rewards[pair] + discount * values[Int(samples[pair][sweep])]
            actionValues[pair] += rate * (target - actionValues[pair])
        }
        for state in values.indices {
            let first = state * mdp.actionCount
            values[state] = actionValues[first..<first + mdp.actionCount].max() ?? 0
        }
    }
    let table = Matrix(rows: mdp.stateCount, columns: mdp.actionCount, Vector(actionValues))
    let policy = (0..<mdp.stateCount).map { state in
        (0..<mdp.actionCount).reduce(0) { table[state, $1] > table[state, $0] ? $1 : $0 }
    }
    return (policy, table)
}
