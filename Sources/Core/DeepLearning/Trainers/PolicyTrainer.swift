import Mathematics

/// Reinforcement learning from verifiable rewards: groups of rollouts, their advantages, a token loss, an optimiser,
/// all of them exchangeable.
///
/// ```swift
/// var trainer = PolicyTrainer(Adam<Model>(learningRate: 1e-3))
/// trainer.advantage = LeaveOneOutAdvantage()
/// trainer.loss = PolicyLoss(ClippedTokenRatio(lower: 0.2, upper: 0.28), aggregation: .perToken)
/// for step in 0..<100 {
///     let report = try trainer.step(&model, prompts: nextPrompts(), using: &generator) { group, completion in
///         task.isCorrect(vocabulary.decode(completion), for: examples[group]) ? 1 : 0
///     }
/// }
/// ```
///
/// With a critic (`values`) and `GeneralizedAdvantage` it is PPO.
public struct PolicyTrainer<O: Optimizer> where O.Model: CausalLanguageModel {
    public typealias Policy = O.Model
    public typealias Scalar = O.Model.Scalar

    public var optimizer: O
    public var advantage: any AdvantageEstimator = GroupStandardizedAdvantage()
    public var loss = PolicyLoss()
    /// How many rollouts a prompt gets.
    public var groupSize = 8
    /// In how many parts the rollouts of a batch are learned from, one update each.
    public var minibatchCount = 1
    /// How often all of them are gone through.
    public var passCount = 1
    /// At most so many new tokens a rollout.
    public var maximumTokens = 24
    /// The token that ends a rollout.
    public var stopToken: Int? = CharacterVocabulary.end
    /// Divides the logits in sampling and in the loss alike.
    public var temperature: Double = 1
    /// A longer gradient is scaled down to this norm; nil for none.
    public var gradientNormLimit: Scalar? = 1
    /// The policy that the divergence is measured from.
    public var reference: Policy?
    /// The values of all places of sequences, [batch, time] for [batch, time]; nil without a critic.
    public var values: (@Sendable (Policy, Tensor<Int>) -> Tensor<Scalar>)?
    /// The weight of the critic's loss: half the mean squared distance of the values from advantage plus value where
    /// the advantages are generalised ones, else from the reward.
    public var valueWeight = 0.5
    /// How completions are drawn.
    public var sampling: Sampling

    /// What draws completions.
    public typealias Sampling = @Sendable (
        Policy, _ prompts: [[Int]], _ settings: SamplingSettings, _ generator: inout Philox
    ) throws -> [SampledCompletion]

    /// A trainer that draws with `sampleCompletions`, which works with any model.
    public init(_ optimizer: O) {
        self.init(optimizer) { policy, prompts, settings, generator in
            policy.sampleCompletions(
                of: prompts, maximumTokens: settings.maximumTokens, stopToken: settings.stopToken,
                temperature: settings.temperature, using: &generator)
        }
    }

    /// A trainer that draws completions in a way of one's own, with the log-probabilities of their tokens under the
    /// law that they were drawn from.
    public init(_ optimizer: O, sampling: @escaping Sampling) {
        self.optimizer = optimizer
        self.sampling = sampling
    }

    /// What came of a step.
    public struct Report: Sendable {
        public let meanReward: Double
        /// The part of groups whose rewards are not all equal, from which a comparison within groups learns.
        public let mixedGroups: Double
        public let meanLength: Double
        /// The mean loss of the updates.
        public let loss: Double
        /// The largest gradient norm of the updates, before it was limited.
        public let gradientNorm: Double
        /// The mean over the updates and tokens of exp(d) − d − 1, d = ln π_old − ln π: how far the policy moved
        /// away from the one that wrote the rollouts.
        public let divergence: Double
        public let rollouts: [Rollout]
    }

    /// Draws rollouts, learns from them, and reports.
    ///
    /// - Parameters:
    ///   - policy: the start; then the result.
    ///   - prompts: each gets `groupSize` rollouts.
    ///   - generator: draws the rollouts and the order of learning.
    ///   - reward: of a prompt, by its index, and a completion's tokens.
    /// - Throws: `TrainingError` where a setting makes no sense or the loss is not finite; what `reward` throws.
    public mutating func step(
        _ policy: inout Policy, prompts: [[Int]], using generator: inout Philox,
        reward: (_ prompt: Int, _ completion: [Int]) throws -> Double
    ) throws -> Report {
        let rollouts = try rollouts(of: policy, prompts: prompts, using: &generator, reward: reward)
        return try learn(from: rollouts, policy: &policy, using: &generator)
    }

    /// Draws `groupSize` rollouts of each prompt.
    public func rollouts(
        of policy: Policy, prompts: [[Int]], using generator: inout Philox,
        reward: (_ prompt: Int, _ completion: [Int]) throws -> Double
    ) throws -> [Rollout] {
        try TrainingError.require(groupSize > 0, "groupSize", groupSize, "at least 1")
        try TrainingError.require(!prompts.isEmpty, "prompts", "[]", "at least one")
        try TrainingError.require(maximumTokens > 0, "maximumTokens", maximumTokens, "at least 1")
        try TrainingError.require(temperature > 0, "temperature", temperature, "more than 0")
        for (index, prompt) in prompts.enumerated() {
            try TrainingError.require(
                !prompt.isEmpty && prompt.count <= policy.contextLength, "the length of prompt \(index)", prompt.count,
                "1 ... \(policy.contextLength), the model's context")
        }
        let repeated = prompts.flatMap { [[Int]](repeating: $0, count: groupSize) }
        let settings = SamplingSettings(maximumTokens: maximumTokens, stopToken: stopToken, temperature: temperature)
        let completions = try sampling(policy, repeated, settings, &generator)
        var rollouts: [Rollout] = []
        for (index, completion) in completions.enumerated() {
            let group = index / groupSize
            rollouts.append(
                Rollout(
                    prompt: prompts[group], completion: completion.tokens, logProbabilities: completion.logProbabilities,
                    reward: try reward(group, completion.tokens), group: group))
        }
        guard let values else { return rollouts }
        let batch = CompletionBatch<Scalar>(rollouts.map(\.example))
        // The last token's value is not needed, and there may be no room for it in the context.
        let all = values(policy, batch.tokens.sliced(0..<batch.tokens.shape[1] - 1, along: 1))
        for index in rollouts.indices {
            let first = rollouts[index].prompt.count - 1
            rollouts[index].values = all[index].scalars[first..<first + rollouts[index].completion.count].map(Double.init)
        }
        return rollouts
    }

    /// Learns from rollouts, in several updates if wanted.
    public mutating func learn(
        from rollouts: [Rollout], policy: inout Policy, using generator: inout Philox
    ) throws -> Report {
        try TrainingError.require(!rollouts.isEmpty, "rollouts", "[]", "at least one")
        try TrainingError.require(
            1...rollouts.count ~= minibatchCount, "minibatchCount", minibatchCount, "1 ... \(rollouts.count), the rollouts")
        try TrainingError.require(passCount > 0, "passCount", passCount, "at least 1")
        let advantages = advantage.advantages(of: rollouts)
        let returns = rollouts.map { rollout -> [Double] in
            guard let values = rollout.values, let estimator = advantage as? GeneralizedAdvantage else {
                return rollout.completion.map { _ in rollout.reward }
            }
            return zip(estimator.rawAdvantages(of: rollout), values).map { $0 + $1 }
        }
        var losses: [Double] = [], norms: [Double] = [], divergences: [Double] = []
        for _ in 0..<passCount {
            let order = minibatchCount == 1 ? Array(rollouts.indices) : generator.permutation(rollouts.count)
            for part in 0..<minibatchCount {
                let rows = Array(order[shardRange(part, of: minibatchCount, count: rollouts.count)])
                let batch = PolicyBatch<Scalar>(
                    rows.map { rollouts[$0] }, advantages: rows.map { advantages[$0] }, returns: rows.map { returns[$0] })
                let fixed = reference.map { tokenLogProbabilities($0, batch.sequences.tokens).logProbabilities }
                var (value, gradient, divergence) = valueAndGradient(at: policy, carrying: { policy in
                    objective(policy, batch, reference: fixed)
                })
                guard value.scalar.isFinite else { throw TrainingError.diverged(step: losses.count, loss: Double(value.scalar)) }
                let norm = gradientNormLimit.map { gradient.clip(toNorm: $0) } ?? gradient.parameterNorm
                optimizer.update(&policy, along: gradient)
                losses.append(Double(value.scalar))
                norms.append(Double(norm))
                divergences.append(divergence)
            }
        }
        func mean(_ numbers: some Collection<Double>) -> Double { numbers.reduce(0, +) / Double(numbers.count) }
        let groups = Dictionary(grouping: rollouts, by: \.group).values
        return Report(
            meanReward: mean(rollouts.map(\.reward)),
            mixedGroups: mean(groups.map { Set($0.map(\.reward)).count > 1 ? 1 : 0 }),
            meanLength: mean(rollouts.map { Double($0.completion.count) }), loss: mean(losses),
            gradientNorm: norms.max() ?? 0, divergence: mean(divergences), rollouts: rollouts)
    }

    /// The loss of a minibatch, and how far the policy is from the one that wrote it.
    func objective(_ policy: Policy, _ batch: PolicyBatch<Scalar>, reference: Tensor<Scalar>?) -> (Tensor<Scalar>, Double) {
        let mask = batch.sequences.mask
        let (logProbabilities, entropies) = tokenLogProbabilities(
            policy, batch.sequences.tokens, withEntropies: loss.entropyWeight != 0)
        var total = loss(
            logProbabilities: logProbabilities, behavior: batch.behavior, advantages: batch.advantages, mask: mask,
            reference: reference, entropies: entropies)
        if let values {
            let time = mask.shape[1]
            let predicted = values(policy, batch.sequences.tokens.sliced(0..<time, along: 1))
            total = total + ((predicted - batch.returns).squared() * 0.5).mean(weightedBy: mask) * Scalar(valueWeight)
        }
        let d = ((batch.behavior - logProbabilities.detached()) * mask)
        return (total, Double((expm1(d) - d).mean(weightedBy: mask).scalar))
    }

    private func tokenLogProbabilities(
        _ policy: Policy, _ tokens: Tensor<Int>, withEntropies: Bool = false
    ) -> (logProbabilities: Tensor<Scalar>, entropies: Tensor<Scalar>?) {
        let time = tokens.shape[1]
        var logits = policy.logits(tokens.sliced(0..<time - 1, along: 1))
        if temperature != 1 { logits = logits / Scalar(temperature) }
        let next = tokens.sliced(1..<time, along: 1)
        guard withEntropies else { return (-logits.crossEntropies(next), nil) }
        let all = logits.logSoftmax()
        return (all.picking(next), -(exp(all) * all).sum(along: -1))
    }
}

/// How completions are to be drawn.
public struct SamplingSettings: Sendable, Equatable {
    /// At most so many new tokens.
    public let maximumTokens: Int
    /// Ends a completion and belongs to it.
    public let stopToken: Int?
    /// Divides the logits.
    public let temperature: Double
}

/// Rollouts side by side.
struct PolicyBatch<Scalar: TensorScalar> {
    let sequences: CompletionBatch<Scalar>
    /// All of the shape [sequences, time − 1], 0 outside completions.
    let behavior: Tensor<Scalar>, advantages: Tensor<Scalar>, returns: Tensor<Scalar>

    init(_ rollouts: [Rollout], advantages: [[Double]], returns: [[Double]]) {
        sequences = CompletionBatch(rollouts.map(\.example))
        let time = sequences.mask.shape[1]
        func placed(_ numbers: [[Double]]) -> Tensor<Scalar> {
            var scalars = [Scalar](repeating: 0, count: rollouts.count * time)
            for (row, rollout) in rollouts.enumerated() {
                for (place, number) in numbers[row].enumerated() {
                    scalars[row * time + rollout.prompt.count - 1 + place] = Scalar(number)
                }
            }
            return Tensor(shape: [rollouts.count, time], scalars: scalars)
        }
        behavior = placed(rollouts.map(\.logProbabilities))
        self.advantages = placed(advantages)
        self.returns = placed(returns)
    }
}

extension Rollout {
    var example: TokenExample { TokenExample(prompt: prompt, completion: completion) }
}

extension PolicyTrainer where O.Model: CausalValueModel {
    /// PPO: clipped ratios with a critic in the model and generalised advantage estimation.
    public static func proximal(
        _ optimizer: O, advantage: GeneralizedAdvantage = GeneralizedAdvantage(), loss: PolicyLoss = PolicyLoss(aggregation: .perToken)
    ) -> PolicyTrainer {
        PolicyTrainer(optimizer).proximal(advantage, loss)
    }

    /// The trainer with the parts of PPO.
    func proximal(_ advantage: GeneralizedAdvantage, _ loss: PolicyLoss) -> PolicyTrainer {
        var trainer = self
        trainer.advantage = advantage
        trainer.loss = loss
        trainer.groupSize = 1
        trainer.minibatchCount = 4
        trainer.values = { $0.values($1) }
        return trainer
    }
}

/// A policy and a critic with parameters of their own, trained together.
public struct ActorCritic<Actor: CausalLanguageModel, Critic: CausalValueModel>: CausalLanguageModel, CausalValueModel
where Actor.Scalar == Critic.Scalar {
    public var actor: Actor
    public var critic: Critic

    public init(actor: Actor, critic: Critic) {
        self.actor = actor
        self.critic = critic
    }

    public var vocabularySize: Int { actor.vocabularySize }
    public var contextLength: Int { actor.contextLength }
    public func logits(_ tokens: Tensor<Int>) -> Tensor<Actor.Scalar> { actor.logits(tokens) }
    public func values(_ tokens: Tensor<Int>) -> Tensor<Actor.Scalar> { critic.values(tokens) }

    public mutating func forEachParameter(_ body: (inout Tensor<Actor.Scalar>) throws -> Void) rethrows {
        try actor.forEachParameter(body)
        try critic.forEachParameter(body)
    }
}

extension ActorCritic: Sendable where Actor: Sendable, Critic: Sendable {}
