import DeepLearning
import Mathematics
import Testing

struct PolicyTests {
    static func rollouts(_ rewards: [Double], length: Int = 1) -> [Rollout] {
        rewards.map {
            Rollout(
                prompt: [0], completion: [Int](repeating: 1, count: length),
                logProbabilities: [Double](repeating: -1, count: length), reward: $0, group: 0)
        }
    }

    @Test func groupAdvantages() {
        // (1 − 0.5)/√(1/3) = 0.8660254037844386 with the unbiased deviation; with the biased one it would be 1.
        let grpo = GroupStandardizedAdvantage().advantages(of: Self.rollouts([1, 0, 0, 1], length: 2))
        for (a, sign) in zip(grpo, [1.0, -1, -1, 1]) {
            #expect(a.count == 2 && a.allSatisfy { abs($0 - sign * 0.8660254037844386) < 2e-6 })
        }
        #expect(abs(grpo[0][0] - 0.5 / (0.5773502691896257 + 1e-6)) < 1e-12)
        #expect(GroupStandardizedAdvantage().advantages(ofGroup: [1, 1, 1]) == [0, 0, 0])
        #expect(GroupStandardizedAdvantage().advantages(ofGroup: [1]) == [0])
        #expect(GroupCenteredAdvantage().advantages(ofGroup: [3, 0, 0]) == [2, -1, -1])
        let rewards = [0.3, 1, -0.5, 2]
        for (index, advantage) in LeaveOneOutAdvantage().advantages(ofGroup: rewards).enumerated() {
            let others = rewards.indices.filter { $0 != index }.map { rewards[$0] }.reduce(0, +) / 3
            #expect(abs(advantage - (rewards[index] - others)) < 1e-14)
        }
        var moving = MovingBaselineAdvantage(decay: 0.75)
        #expect(moving.advantages(of: Self.rollouts([1, 0])) == [[0.5], [-0.5]])
        #expect(moving.baseline == 0.5)
        #expect(moving.advantages(of: Self.rollouts([1, 1])) == [[0.5], [0.5]])
        #expect(moving.baseline == 0.625)
    }

    @Test func groupsStayApart() {
        var rollouts = Self.rollouts([1, 5, 0, 7])
        for index in rollouts.indices { rollouts[index].group = index % 2 }
        #expect(GroupCenteredAdvantage().advantages(of: rollouts) == [[0.5], [-1], [-0.5], [1]])
    }

    /// Aₜ = Σ (γλ)^l δ₍ₜ₊ₗ₎, summed directly.
    @Test func generalizedAdvantages() {
        let values = [0.3, -0.2, 0.9, 0.4], discount = 0.9, decay = 0.8
        let rollout = Rollout(
            prompt: [0], completion: [1, 1, 1, 1], logProbabilities: [0, 0, 0, 0], reward: 2, group: 0, values: values)
        let deltas = (0..<4).map { ($0 == 3 ? 2 : discount * values[$0 + 1]) - values[$0] }
        let found = GeneralizedAdvantage(discount: discount, decay: decay, isStandardized: false).advantages(of: [rollout])[0]
        for t in 0..<4 {
            var sum = 0.0, factor = 1.0
            for later in t..<4 {
                sum += factor * deltas[later]
                factor *= discount * decay
            }
            #expect(abs(found[t] - sum) < 1e-14)
        }
        // λ = γ = 1: the reward less the value.
        let plain = GeneralizedAdvantage(discount: 1, decay: 1, isStandardized: false).advantages(of: [rollout])[0]
        for (a, v) in zip(plain, values) { #expect(abs(a - (2 - v)) < 1e-14) }
        let scaled = GeneralizedAdvantage(discount: 1, decay: 1).advantages(of: [rollout])[0]
        #expect(abs(scaled.reduce(0, +)) < 1e-12 && abs(scaled.reduce(0) { $0 + $1 * $1 } / 4 - 1) < 1e-6)
    }

    static func gradient(
        _ loss: PolicyLoss, at logProbabilities: Tensor<Double>, behavior: Tensor<Double>, advantages: Tensor<Double>,
        mask: Tensor<Double>, reference: Tensor<Double>? = nil
    ) -> (Double, [Double]) {
        let (value, gradient) = valueAndGradient(at: logProbabilities) {
            loss(logProbabilities: $0, behavior: behavior, advantages: advantages, mask: mask, reference: reference)
        }
        return (value.scalar, gradient.scalars)
    }

    static let mask: Tensor<Double> = [[1, 1, 0], [0, 1, 0]], advantages: Tensor<Double> = [[2, 2, 9], [9, -1, 9]]
    static let old: Tensor<Double> = [[-1, -2, 40], [-900, -0.5, 0]]

    /// At the policy that wrote the tokens every surrogate has the gradient −A, with the weights of the aggregation.
    @Test func surrogatesAgreeOnPolicy() {
        let surrogates: [any PolicySurrogate] = [ClippedTokenRatio(), ClippedSequenceRatio(), UnclippedRatio(), LogLikelihoodSurrogate()]
        for surrogate in surrogates {
            let aggregations: [(TokenAggregation, [Double])] = [
                (.perSequence, [-0.5, -0.5, 0, 0, 0.5, 0]), (.perToken, [-2.0 / 3, -2.0 / 3, 0, 0, 1.0 / 3, 0]),
                (.constant(8), [-0.125, -0.125, 0, 0, 0.0625, 0]),
            ]
            for (aggregation, expected) in aggregations {
                let (_, slope) = Self.gradient(
                    PolicyLoss(surrogate, aggregation: aggregation), at: Self.old, behavior: Self.old,
                    advantages: Self.advantages, mask: Self.mask)
                for (a, b) in zip(slope, expected) { #expect(abs(a - b) < 1e-14, "\(surrogate) \(aggregation)") }
            }
        }
    }

    @Test func clippingStopsTheGradientWhereItHelpedAlready() {
        func slope(_ ratio: Double, _ advantage: Double, _ surrogate: any PolicySurrogate) -> Double {
            Self.gradient(
                PolicyLoss(surrogate), at: log(Tensor([[ratio]])), behavior: [[0]], advantages: Tensor([[advantage]]), mask: [[1]]).1[0]
        }
        let clipped = ClippedTokenRatio(lower: 0.2, upper: 0.28)
        #expect(slope(1.3, 1, clipped) == 0)
        #expect(abs(slope(1.25, 1, clipped) + 1.25) < 1e-14)
        #expect(abs(slope(1.3, -1, clipped) - 1.3) < 1e-14)
        #expect(slope(0.79, -1, clipped) == 0)
        #expect(abs(slope(0.79, 1, clipped) + 0.79) < 1e-14)
        #expect(abs(slope(3, 1, UnclippedRatio()) + 3) < 1e-13)
        #expect(abs(slope(3, 1, LogLikelihoodSurrogate()) + 1) < 1e-14)
    }

    /// One outlier among 64 tokens: the sequence ratio is e^(ln 2/64), far outside 1 + 4·10⁻⁴, so that no token
    /// learns; the token ratio loses the outlier alone.
    @Test func sequenceRatiosClipWholeSequences() {
        var new = Tensor<Double>.zeros([1, 64])
        new.withUnsafeMutableScalars { $0[5] = 0.6931471805599453 }
        let ones = Tensor<Double>.ones([1, 64]), zeros = Tensor<Double>.zeros([1, 64])
        let sequence = Self.gradient(PolicyLoss(ClippedSequenceRatio()), at: new, behavior: zeros, advantages: ones, mask: ones).1
        #expect(sequence.allSatisfy { $0 == 0 })
        let token = Self.gradient(PolicyLoss(ClippedTokenRatio()), at: new, behavior: zeros, advantages: ones, mask: ones).1
        #expect(token.count { $0 == 0 } == 1 && token[5] == 0)
        // Unclipped, each token's slope is s/64 with s the geometric mean of the ratios.
        let wide = Self.gradient(
            PolicyLoss(ClippedSequenceRatio(lower: 1, upper: 9)), at: new, behavior: zeros, advantages: ones, mask: ones).1
        for slope in wide { #expect(abs(slope + 1.0108892860517005 / 64) < 1e-14) }    // 2^(1/64)
    }

    /// k3 is 0 with slope 0 at the reference, never negative, and its mean over the policy is the divergence.
    @Test func divergence() {
        let loss = PolicyLoss(UnclippedRatio(), aggregation: .perToken, divergenceWeight: 2)
        let p: Tensor<Double> = [[0.5, 0.3, 0.2]], q: Tensor<Double> = [[0.2, 0.2, 0.6]]
        let zero = Tensor<Double>.zeros([1, 3]), ones = Tensor<Double>.ones([1, 3])
        func value(_ i: Int) -> Double {
            Self.gradient(loss, at: log(p)[0..., i..<i + 1], behavior: log(p)[0..., i..<i + 1], advantages: [[0]], mask: [[1]], reference: log(q)[0..., i..<i + 1]).0
        }
        let mean = (0..<3).reduce(0) { $0 + p.scalars[$1] * value($1) }
        #expect(abs(mean - 2 * kullbackLeiblerDivergence(log(p), log(q)).scalar) < 1e-14)
        #expect((0..<3).allSatisfy { value($0) > 0 })
        let (at, slope) = Self.gradient(loss, at: log(p), behavior: log(p), advantages: zero, mask: ones, reference: log(p))
        #expect(at == 0 && slope.allSatisfy { $0 == 0 })
    }

    @Test func entropyIsRewarded() {
        let loss = PolicyLoss(UnclippedRatio(), aggregation: .perToken, entropyWeight: 0.5)
        let value = loss(
            logProbabilities: [[-1, -1]] as Tensor<Double>, behavior: [[-1, -1]], advantages: [[0, 0]], mask: [[1, 0]], entropies: [[3, 100]])
        #expect(abs(value.scalar + 1.5) < 1e-15)
    }

    /// From the prompt token 0 the policy has to write 3 and then the end token 2.
    static func train(_ configure: (inout PolicyTrainer<Adam<BigramModel>>) -> Void, steps: Int = 60, seed: UInt64 = 1) throws -> (BigramModel, [Double]) {
        var generator = Philox(seed: seed)
        var policy = BigramModel(vocabularySize: 5)
        var trainer = PolicyTrainer(Adam<BigramModel>(learningRate: 0.1))
        trainer.maximumTokens = 4
        configure(&trainer)
        var rewards: [Double] = []
        for _ in 0..<steps {
            let report = try trainer.step(&policy, prompts: [[1, 0], [4, 0]], using: &generator) { _, completion in
                completion == [3, 2] ? 1 : 0
            }
            rewards.append(report.meanReward)
        }
        return (policy, rewards)
    }

    @Test func everyEstimatorLearns() throws {
        let settings: [(inout PolicyTrainer<Adam<BigramModel>>) -> Void] = [
            { _ in },
            { $0.advantage = GroupCenteredAdvantage(); $0.loss = PolicyLoss(aggregation: .constant(4)) },
            { $0.advantage = LeaveOneOutAdvantage(); $0.loss = PolicyLoss(UnclippedRatio(), aggregation: .perToken) },
            { $0.advantage = MovingBaselineAdvantage(); $0.loss = PolicyLoss(LogLikelihoodSurrogate(), aggregation: .perToken) },
            { $0.minibatchCount = 4; $0.passCount = 2; $0.loss = PolicyLoss(ClippedTokenRatio(lower: 0.2, upper: 0.28)) },
            { $0.loss = PolicyLoss(ClippedSequenceRatio()) },
            { $0.temperature = 1.3; $0.reference = BigramModel(vocabularySize: 5); $0.loss = PolicyLoss(divergenceWeight: 0.01, entropyWeight: 0.001) },
            { $0.advantage = GeneralizedAdvantage(); $0.values = { $0.values($1) }; $0.minibatchCount = 2; $0.loss = PolicyLoss(aggregation: .perToken) },
        ]
        for (index, configure) in settings.enumerated() {
            let (policy, rewards) = try Self.train { trainer in
                trainer.groupSize = 32
                configure(&trainer)
            }
            #expect(rewards[0] < 0.2, "setting \(index)")
            #expect(rewards.suffix(5).reduce(0, +) / 5 > 0.75, "setting \(index): \(rewards.suffix(5))")
            #expect(policy.table.softmax()[0, 3].scalar > 0.8, "setting \(index)")
        }
    }

    @Test func sameSeedSameBits() throws {
        let a = try Self.train({ $0.minibatchCount = 2 }, steps: 5), b = try Self.train({ $0.minibatchCount = 2 }, steps: 5)
        #expect(a.0.parameters == b.0.parameters && a.1 == b.1)
        #expect(try Self.train({ $0.minibatchCount = 2 }, steps: 5, seed: 2).0.table != a.0.table)
    }

    /// The expected gradient of REINFORCE is that of the expected reward: averaged over many rollouts it agrees with
    /// the closed form on one step, p(a)(1[a = 3] − p(3)).
    @Test func gradientIsThatOfTheExpectedReward() throws {
        var generator = Philox(seed: 6)
        var policy = BigramModel(vocabularySize: 4)
        policy.table = [[0.5, -0.2, 0.1, 0.3], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
        let start = policy
        var trainer = PolicyTrainer(StochasticGradientDescent<BigramModel>(learningRate: 1))
        trainer.groupSize = 40_000
        trainer.maximumTokens = 1
        trainer.stopToken = nil
        trainer.gradientNormLimit = nil
        trainer.advantage = LeaveOneOutAdvantage()
        trainer.loss = PolicyLoss(UnclippedRatio(), aggregation: .perToken)
        let report = try trainer.step(&policy, prompts: [[0]], using: &generator) { _, completion in completion == [3] ? 1 : 0 }
        let p = start.table.softmax()[0].scalars
        let step = (policy.table - start.table)[0].scalars
        for a in 0..<4 { #expect(abs(step[a] - p[3] * ((a == 3 ? 1 : 0) - p[a])) < 0.006) }
        #expect(report.divergence < 1e-12 && report.mixedGroups == 1 && report.meanLength == 1)
        #expect(abs(report.meanReward - p[3]) < 0.01)
    }

    @Test func actorAndCriticLearnTogether() throws {
        var generator = Philox(seed: 7)
        typealias Both = ActorCritic<BigramModel, BigramModel>
        var model = Both(actor: BigramModel(vocabularySize: 5), critic: BigramModel(vocabularySize: 5))
        var trainer = PolicyTrainer.proximal(Adam<Both>(learningRate: 0.1))
        trainer.maximumTokens = 1
        trainer.valueWeight = 1
        for _ in 0..<60 {
            _ = try trainer.step(&model, prompts: [[Int]](repeating: [0], count: 32), using: &generator) { _, completion in
                completion == [3] ? 1 : 0
            }
        }
        let p = model.actor.table.softmax()[0, 3].scalar
        #expect(p > 0.9)
        #expect(abs(model.critic.worth.scalars[0] - p) < 0.2)    // what the prompt is worth
        #expect(model.critic.table == .zeros([5, 5]) && model.actor.worth == .zeros([5]))
    }

    @Test func badSettingsAreErrors() throws {
        var generator = Philox(seed: 1)
        var policy = BigramModel(vocabularySize: 3)
        func step(_ change: (inout PolicyTrainer<Adam<BigramModel>>) -> Void, _ prompts: [[Int]] = [[0]]) throws {
            var trainer = PolicyTrainer(Adam<BigramModel>())
            change(&trainer)
            _ = try trainer.step(&policy, prompts: prompts, using: &generator) { _, _ in 0 }
        }
        #expect(throws: TrainingError.invalidArgument(name: "groupSize", value: "0", expected: "at least 1")) { try step { $0.groupSize = 0 } }
        #expect(throws: TrainingError.self) { try step { $0.minibatchCount = 9 } }
        #expect(throws: TrainingError.self) { try step { $0.temperature = 0 } }
        #expect(throws: TrainingError.self) { try step({ _ in }, []) }
        #expect(throws: TrainingError.self) { try step({ _ in }, [[]]) }
        try step { _ in }
    }
}
