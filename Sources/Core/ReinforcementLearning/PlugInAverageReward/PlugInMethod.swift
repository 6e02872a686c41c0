import Mathematics

/// The ways to find a policy from samples that plug-in-average-reward (arXiv:2410.07616) is compared with.
public enum AverageRewardMethod: String, Sendable, CaseIterable {
    /// The empirical process is solved as it is.
    case plugIn
    /// The empirical process is anchored with η = 1/n and solved.
    case anchoredPlugIn
    /// The empirical process is solved with perturbed rewards.
    case perturbedPlugIn
    /// The discounted reduction with γ = 1 − ε/H.
    case discountedReduction
    /// Synchronous Q-learning with that γ.
    case qLearning
}

/// What the methods other than the plain plug-in approach must be told.
public struct AverageRewardTuning: Sendable, Hashable {
    /// H, a bound on the span of the optimal bias, for the reduction and Q-learning.
    public var span: Double
    /// ε, the accuracy that those are meant for.
    public var accuracy: Double
    /// ξ of the perturbed plug-in approach.
    public var perturbation: Double
    /// The anchor s₀ of the anchored plug-in approach.
    public var anchor: Int

    /// For a process of short memory unless given.
    public init(span: Double = 10, accuracy: Double = 0.1, perturbation: Double = 1e-6, anchor: Int = 0) {
        self.span = span
        self.accuracy = accuracy
        self.perturbation = perturbation
        self.anchor = anchor
    }
}

/// A policy from samples by one of the methods.
///
/// - Parameters:
///   - model: what the generative model has shown.
///   - method: which method.
///   - tuning: what the method must be told; the plain plug-in approach uses none of it.
///   - generator: draws perturbations and the order of samples.
/// - Returns: an action for each state.
/// - Throws: `MDPError` for an argument out of range.
public func averageRewardPolicy(
    from model: EmpiricalModel, by method: AverageRewardMethod, tuning: AverageRewardTuning = AverageRewardTuning(),
    using generator: inout some RandomNumberGenerator
) throws(MDPError) -> [Int] {
    switch method {
    case .plugIn: return try plugInAverageReward(model, using: &generator).policy
    case .anchoredPlugIn:
        let options = PlugInOptions(isAnchored: true, anchor: tuning.anchor)
        return try plugInAverageReward(model, options: options, using: &generator).policy
    case .perturbedPlugIn:
        let options = PlugInOptions(perturbation: tuning.perturbation)
        return try plugInAverageReward(model, options: options, using: &generator).policy
    case .discountedReduction:
        return try discountedReduction(model, span: tuning.span, accuracy: tuning.accuracy).policy
    case .qLearning:
        try requireMDP(
            tuning.accuracy > 0 && tuning.span >= tuning.accuracy, "tuning.span", tuning.span,
            "at least the accuracy, which must be positive")
        return try synchronousQLearning(model, discount: 1 - tuning.accuracy / tuning.span, using: &generator).policy
    }
}

/// A policy found from samples, with what it earns in the true process.
public struct SampledPolicy: Sendable, Hashable {
    /// An action for each state.
    public let policy: [Int]
    /// The long-run average reward of the policy from each state of the true process.
    public let gain: Vector
    /// max over states of the optimal gain less the policy's.
    public let suboptimality: Double
}

// swiftcore: average_reward_from_samples
/// Draws n samples of every state and action, finds a policy from them, and evaluates it in the true process.
///
/// - Parameters:
///   - transition: P, S·A × S; row s · A + a is the distribution of the next state.
///   - reward: r, S × A.
///   - samplesPerPair: n, positive.
///   - method: which method.
///   - tuning: what the method must be told.
///   - generator: draws the samples.
/// - Throws: `MDPError` for an argument out of range.
public func averageRewardFromSamples(
    transition: Matrix, reward: Matrix, samplesPerPair: Int, by method: AverageRewardMethod,
    tuning: AverageRewardTuning = AverageRewardTuning(), using generator: inout some RandomNumberGenerator
) throws(MDPError) -> SampledPolicy {
    let mdp = try TabularMDP(transition: transition, reward: reward)
    let model = try EmpiricalModel(of: mdp, samplesPerPair: samplesPerPair, using: &generator)
    let policy = try averageRewardPolicy(from: model, by: method, tuning: tuning, using: &generator)
    let gain = try mdp.averageReward(of: policy).gain
    let optimal = try mdp.solveAverageReward().gain
    return SampledPolicy(policy: policy, gain: gain, suboptimality: (optimal - gain).max() ?? 0)
}

// swiftcore: solve_average_reward
/// A policy that is optimal for the average reward from every state of a process with known tables, by multichain
/// policy iteration.
///
/// - Parameters:
///   - transition: P, S·A × S; row s · A + a is the distribution of the next state.
///   - reward: r, S × A.
/// - Throws: `MDPError` for tables that do not fit.
public func solveAverageReward(transition: Matrix, reward: Matrix) throws(MDPError) -> AverageRewardSolution {
    try TabularMDP(transition: transition, reward: reward).solveAverageReward()
}
