import DeepLearning
import Mathematics
import Testing

struct PreferenceTests {
    static let chosen: Tensor<Double> = [-3, -2.5], rejected: Tensor<Double> = [-2, -4]
    static let referenceChosen: Tensor<Double> = [-3.2, -2.5], referenceRejected: Tensor<Double> = [-2.5, -3]

    static func losses(_ loss: PreferenceLoss) -> ([Double], [Double]) {
        let (_, gradient, values) = valueAndGradient(at: chosen) { chosen in
            let losses = loss.losses(
                chosen: chosen, rejected: rejected, referenceChosen: referenceChosen, referenceRejected: referenceRejected)
            return (losses.sum(), losses.detached().scalars)
        }
        return (values, gradient.scalars)
    }

    /// h = (−3 + 3.2) − (−2 + 2.5) = −0.3 and (0) − (−4 + 3) = 1; the values by Python's math:
    /// `[(-log(1/(1+exp(-b*h))), -b/(1+exp(b*h))) for h in (-0.3, 1)]` with b = 0.5, and so on.
    @Test func lossesAndGradients() {
        func expect(_ loss: PreferenceLoss, _ values: [Double], _ gradients: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
            let (v, g) = Self.losses(loss)
            for (a, b) in zip(v + g, values + gradients) { #expect(abs(a - b) < 1e-12, sourceLocation: sourceLocation) }
        }
        expect(.dpo(beta: 0.5), [0.7709570477895321, 0.47407698418010663], [-0.2687149226718748, -0.1887703343990727])
        expect(.conservativeDPO(beta: 0.5, flipProbability: 0.1), [0.7559570477895321, 0.5240769841801066], [-0.2187149226718748, -0.13877033439907271])
        expect(.ipo(tau: 0.25), [(-0.3 - 2) * (-0.3 - 2), 1], [2 * (-0.3 - 2), -2])
        // max(0, 2 + 3 − 2) + 0.1 · 3 and max(0, 2 + 2.5 − 4) + 0.1 · 2.5
        expect(.slic(margin: 2, regularization: 0.1), [3.3, 0.75], [-1.1, -1.1])
        expect(.slic(margin: 1, regularization: 0.1), [2.3, 0.25], [-1.1, -0.1])
    }

    /// The expected conservative loss is least where σ(βh) = 1 − ε.
    @Test func conservativeOptimum() {
        let h = log([9] as Tensor<Double>) / 0.5
        let slope = gradient(at: h) {
            PreferenceLoss.conservativeDPO(beta: 0.5, flipProbability: 0.1).losses(
                chosen: $0, rejected: [0], referenceChosen: [0], referenceRejected: [0]
            ).sum()
        }
        #expect(abs(slope.scalar) < 1e-15)
    }

    @Test func kahnemanTversky() {
        let ratios: Tensor<Double> = [0.5, -1]
        let (_, slope, values) = valueAndGradient(at: ratios) { ratios in
            let losses = kahnemanTverskyLosses(
                logRatios: ratios, isDesirable: Tensor([true, false]), divergence: ratios.mean() + 0.45, beta: 2,
                weights: (1, 1.5))
            return (losses.sum(), losses.detached().scalars)
        }
        // z = 0.2: 1 − σ(0.6) = σ(−0.6), 1.5(1 − σ(2.4)) = 1.5σ(−2.4); slopes −2σσ′(0.6) and 3σσ′(2.4)
        func s(_ x: Double) -> Double { sigmoid(Tensor(x)).scalar }
        #expect(abs(values[0] - s(-0.6)) < 1e-12 && abs(values[1] - 1.5 * s(-2.4)) < 1e-12)
        #expect(abs(slope.scalars[0] + 2 * s(0.6) * s(-0.6)) < 1e-12)
        #expect(abs(slope.scalars[1] - 3 * s(2.4) * s(-2.4)) < 1e-12)
        // A negative divergence counts as 0.
        let other = kahnemanTverskyLosses(logRatios: [0] as Tensor<Double>, isDesirable: Tensor([true]), divergence: [-5])
        #expect(abs(other.scalar - 0.5) < 1e-15)
    }

    @Test func trainingOnPairsPrefersTheChosen() throws {
        let pairs = [PreferencePair(prompt: [0], chosen: [1, 2], rejected: [3, 2]), PreferencePair(prompt: [0], chosen: [1, 4], rejected: [3, 4])]
        let losses: [PreferenceLoss] = [
            .dpo(beta: 0.1), .conservativeDPO(beta: 0.1, flipProbability: 0.05), .ipo(tau: 0.1), .slic(margin: 1, regularization: 0.01),
        ]
        for loss in losses {
            var generator = Philox(seed: 1)
            var model = BigramModel(vocabularySize: 5)
            var training = Training(Adam<BigramModel>(learningRate: 0.05), steps: 60)
            let history = try training.runPreferences(on: &model, pairs: pairs, loss: loss, batchSize: 2, using: &generator)
            let p = model.table.softmax()
            #expect(p[0, 1].scalar > 2 * p[0, 3].scalar)
            #expect(history.losses[59] < history.losses[0])
            // The second tokens are the same in each pair, but they follow different first ones.
            #expect(p[1, 2].scalar > p[3, 2].scalar)
        }
    }

    @Test func trainingOnGoodAndBadPrefersTheGood() throws {
        var generator = Philox(seed: 1)
        var model = BigramModel(vocabularySize: 5)
        var training = Training(Adam<BigramModel>(learningRate: 0.05), steps: 100)
        let examples = [(1, true), (3, false), (4, false)].map {
            (example: TokenExample(prompt: [0], completion: [$0.0]), isDesirable: $0.1)
        }
        _ = try training.runKahnemanTversky(on: &model, examples: examples, batchSize: 3, using: &generator)
        let p = model.table.softmax()[0].scalars
        #expect(p[1] > 2 * p[3] && p[1] > 2 * p[4] && p[1] > p[2] && p[2] > p[3])
        #expect(throws: TrainingError.self) {
            try training.runKahnemanTversky(on: &model, examples: examples, batchSize: 1, using: &generator)
        }
    }

    /// Scores of the tokens 1 > 2 > 3 from comparisons with the Bradley-Terry probabilities of known scores.
    @Test func rewardModelFindsTheScores() throws {
        let truth = [0, 1, 0, -1.5]
        var generator = Philox(seed: 5)
        var pairs: [PreferencePair] = []
        for _ in 0..<3000 {
            let two = generator.sample(2, withoutReplacementBelow: 3).map { $0 + 1 }
            let p = sigmoid(Tensor(truth[two[0]] - truth[two[1]])).scalar
            let isFirst = generator.bernoulli(p)
            pairs.append(PreferencePair(prompt: [0], chosen: [isFirst ? two[0] : two[1]], rejected: [isFirst ? two[1] : two[0]]))
        }
        var model = BigramModel(vocabularySize: 4)
        var training = Training(Adam<BigramModel>(), steps: 300)
        training.schedule = .linear(from: 0.1, to: 0, steps: 300)
        _ = try training.runRewardModel(on: &model, pairs: pairs, batchSize: 500, using: &generator)
        let scores = model.worth.scalars
        #expect(abs(scores[1] - scores[2] - 1) < 0.2 && abs(scores[2] - scores[3] - 1.5) < 0.25)
        #expect(abs(bradleyTerryLosses(chosen: [1] as Tensor<Double>, rejected: [0.5], margin: 0.5).scalar - 0.6931471805599453) < 1e-15)
    }

    @Test func pairsOfRollouts() {
        func rollout(_ reward: Double, _ group: Int) -> Rollout {
            Rollout(prompt: [group], completion: [Int(reward)], logProbabilities: [0], reward: reward, group: group)
        }
        var generator = Philox(seed: 1)
        let pairs = PreferencePair.pairs(
            from: [rollout(1, 0), rollout(2, 0), rollout(3, 0), rollout(1, 1), rollout(1, 1)], pairsPerGroup: 2, using: &generator)
        #expect(pairs.count == 2)
        for pair in pairs {
            #expect(pair.chosen.prompt == [0] && pair.chosen.completion[0] > pair.rejected.completion[0])
        }
    }
}
