import DeepLearning
import Mathematics
import Testing

/// The trainers on the transformer that they are meant for.
struct TinyLMTrainingTests {
    static func model(_ vocabulary: CharacterVocabulary, context: Int, seed: UInt64 = 1) throws -> TinyLM<Float> {
        var generator = Philox(seed: seed)
        var configuration = TinyLMConfiguration(vocabularySize: vocabulary.count)
        configuration.contextLength = context
        configuration.width = 32
        configuration.depth = 2
        configuration.heads = 2
        configuration.hasValueHead = true
        return try TinyLM<Float>(configuration, using: &generator)
    }

    /// Fine-tuning on sums of two digits, then rollouts whose rewards rise.
    @Test func learnsToAddAndImprovesByReward() throws {
        let task = MultiDigitAddition(showsWorking: false)
        let vocabulary = task.vocabulary
        var generator = Philox(seed: 2)
        var model = try Self.model(vocabulary, context: 12)
        let problems = try (0..<200).map { _ in try task.example(difficulty: 1, using: &generator) }
        let examples = try problems.map { try TokenExample($0, vocabulary: vocabulary) }
        var training = Training(Adam<TinyLM<Float>>(), steps: 150)
        training.schedule = .cosine(from: 3e-3, steps: 150).warmingUp(steps: 10)
        training.gradientNormLimit = 1
        let history = try training.runFineTuning(on: &model, examples: examples, batchSize: 32, using: &generator)
        #expect(history.meanOfLastLosses(10) < 0.6 * Double(history.losses[0]))

        var trainer = PolicyTrainer(Adam<TinyLM<Float>>(learningRate: 1e-3))
        trainer.maximumTokens = 4
        trainer.minibatchCount = 2
        trainer.loss = PolicyLoss(ClippedTokenRatio(lower: 0.2, upper: 0.28), aggregation: .perToken)
        var rewards: [Double] = [], first: PolicyTrainer<Adam<TinyLM<Float>>>.Report?
        for step in 0..<120 {
            let rows = (0..<16).map { ($0 * 7 + step * 16) % 200 }
            let report = try trainer.step(&model, prompts: rows.map { examples[$0].prompt }, using: &generator) { index, completion in
                task.isCorrect(vocabulary.decode(completion), for: problems[rows[index]]) ? 1 : 0
            }
            rewards.append(report.meanReward)
            first = first ?? report
        }
        // Twenty steps hold 320 prompts with eight answers each.
        let early = rewards.prefix(20).reduce(0, +) / 20, late = rewards.suffix(20).reduce(0, +) / 20
        #expect(late > early + 0.1, "\(early) then \(late)")
        // The sampler's log-probabilities are those of the whole sequence: at the first minibatch the policy had not moved.
        #expect(try #require(first).divergence < 0.02)
    }

    @Test func behaviourLogProbabilitiesAreThoseOfTheLoss() throws {
        let vocabulary = BitParity().vocabulary
        var generator = Philox(seed: 3)
        let model = try Self.model(vocabulary, context: 10)
        for temperature in [1.0, 0.7] {
            var trainer = PolicyTrainer(Adam<TinyLM<Float>>())
            trainer.temperature = temperature
            trainer.maximumTokens = 20
            trainer.stopToken = nil
            let rollouts = try trainer.rollouts(of: model, prompts: [[1, 3, 4], [1]], using: &generator) { _, _ in 0 }
            #expect(rollouts.count == 16)
            for rollout in rollouts {
                let all = rollout.prompt + rollout.completion
                let logits = model.logits(Tensor(shape: [1, all.count - 1], scalars: all.dropLast())) / Float(temperature)
                let expected = logits.logSoftmax().picking(Tensor(shape: [1, all.count - 1], scalars: all.dropFirst())).scalars
                for (a, b) in zip(rollout.logProbabilities, expected.dropFirst(rollout.prompt.count - 1)) {
                    #expect(abs(a - Double(b)) < 1e-4)
                }
            }
        }
    }

    @Test func proximalTrainingFillsTheWholeContext() throws {
        let vocabulary = BitParity().vocabulary
        var generator = Philox(seed: 4)
        var model = try Self.model(vocabulary, context: 6)
        let before = model.parameters
        var trainer = PolicyTrainer.proximal(Adam<TinyLM<Float>>(learningRate: 1e-3))
        trainer.maximumTokens = 50
        trainer.stopToken = nil
        let report = try trainer.step(&model, prompts: [[Int]](repeating: [1, 3], count: 8), using: &generator) { _, completion in
            Double(completion.count { $0 == 4 })
        }
        #expect(report.rollouts.allSatisfy { $0.values?.count == $0.completion.count })
        #expect(model.parameters != before && report.gradientNorm > 0)
    }

    @Test func savesUnderItsNames() throws {
        let model = try Self.model(BitParity().vocabulary, context: 6)
        let names = try model.parameterNames()
        #expect(names.count == model.parameters.count && Set(names).count == names.count)
        #expect(names.first?.hasPrefix("embedding") == true)
    }
}
