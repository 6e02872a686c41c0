import Foundation
import Mathematics
import ReinforcementLearning
import Testing

@Suite struct PlugInTests {
    @Test func theEmpiricalModelCountsItsSamples() throws {
        let mdp = try TabularMDP.formula(stateCount: 4, actionCount: 2)
        var generator = Philox(seed: 3)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 40_000, using: &generator)
        #expect(model.calls == 320_000)
        #expect(model.counts.allSatisfy { $0.reduce(0, +) == 40_000 })
        // Standard deviations are at most 0.0025.
        #expect((model.mdp.transition - mdp.transition).maximumMagnitude < 0.01)
        #expect(model.mdp.reward == mdp.reward)
        let samples = model.shuffledSamples(using: &generator)
        for (row, order) in samples.enumerated() {
            #expect((0..<4).map { state in order.count { $0 == Int32(state) } } == model.counts[row])
        }
        #expect(samples[0].prefix(1000).contains { $0 != samples[0][0] })
    }

    @Test func sparseProcessesAreSolvedAsTheLinearProgramSays() throws {
        // Empirical processes from one to three samples a pair are multichain more often than not.
        var generator = Philox(seed: 5)
        var multichains = 0
        for index in 0..<60 {
            let truth = try TabularMDP.lazyRandom(
                stateCount: 6, actionCount: 3, laziness: index % 2 == 0 ? 1 : 4, using: &generator)
            let model = try EmpiricalModel(of: truth, samplesPerPair: 1 + index % 3, using: &generator).mdp
            let solution = try model.solveAverageReward()
            let optimal = try model.averageRewardByLinearProgram()
            #expect((solution.gain - optimal).maximumMagnitude < 1e-10)
            let residuals = try model.averageRewardResiduals(gain: solution.gain, bias: solution.bias)
            #expect(residuals.gain < 1e-10 && residuals.bias < 1e-10)
            if !(try model.chain(under: solution.policy).chain.isUnichain) { multichains += 1 }
            let worst = try model.solveAverageReward(from: Array(repeating: 2, count: 6))
            #expect((worst.gain - solution.gain).maximumMagnitude < 1e-10)
        }
        #expect(multichains > 10)
    }

    @Test func anchoringTurnsDiscountedValueIntoGain() throws {
        var generator = Philox(seed: 4)
        for eta in [0.5, 0.01, 1e-4] {
            for anchor in [0, 3] {
                let mdp = try EmpiricalModel(
                    of: try .lazyRandom(stateCount: 5, actionCount: 2, using: &generator), samplesPerPair: 2,
                    using: &generator
                ).mdp
                let anchored = try mdp.anchored(probability: eta, at: anchor)
                // Of any policy, and of the optimum.
                let policy = [0, 1, 1, 0, 1]
                let gain = try anchored.averageReward(of: policy).gain
                let value = try mdp.discountedValue(of: policy, discount: 1 - eta)
                #expect(gain.allSatisfy { abs($0 - eta * value[anchor]) < 1e-12 })
                let best = try anchored.solveAverageReward()
                #expect(abs(best.gain[0] - eta * (try mdp.solveDiscounted(discount: 1 - eta)).value[anchor]) < 1e-10)
                #expect(try anchored.chain(under: policy).chain.isUnichain)
            }
        }
    }

    @Test func thePlugInApproachFindsTheOptimumFromManySamples() throws {
        let mdp = try TabularMDP.formula(stateCount: 5, actionCount: 3)
        var generator = Philox(seed: 1)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 200_000, using: &generator)
        for method in AverageRewardMethod.allCases {
            let policy = try averageRewardPolicy(
                from: model, by: method, tuning: AverageRewardTuning(span: 1, accuracy: 0.02), using: &generator)
            #expect(try mdp.averageRewardSuboptimality(of: policy) < 0.01, "\(method)")
        }
        #expect(
            try averageRewardPolicy(from: model, by: .plugIn, using: &generator)
                == (try mdp.solveAverageReward()).policy)
    }

    @Test func perturbationStaysInItsRange() throws {
        // With equal rewards everywhere a perturbed gain lies in r + [0, ξ], above r.
        let mdp = try TabularMDP(transition: [[0.5, 0.5], [1, 0]], reward: [[1], [1]])
        var generator = Philox(seed: 1)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 10, using: &generator)
        let solution = try plugInAverageReward(model, options: PlugInOptions(perturbation: 0.25), using: &generator)
        #expect(solution.gain.allSatisfy { $0 > 1 && $0 < 1.25 })
        #expect(try plugInAverageReward(model, using: &generator).gain.allSatisfy { abs($0 - 1) < 1e-14 })
    }

    @Test func qLearningComesToTheDiscountedValues() throws {
        // Certain transitions: every sample is the same, and Q tends to the optimal values.
        let mdp = try TabularMDP.delayedLoop(delay: 3, slip: 0)
        var generator = Philox(seed: 1)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 20_000, using: &generator)
        let (policy, values) = try synchronousQLearning(model, discount: 0.9, using: &generator)
        // 0.9³/(1 − 0.9) = 7.29 against 0.5/(1 − 0.9) = 5: the way is worth taking.
        #expect(policy[0] == 1 && policy[3] == 0)
        #expect(abs(values[0, 1] - 7.29) < 0.02)
        #expect(abs(values[0, 0] - (0.5 + 0.9 * 7.29)) < 0.02)
        #expect(abs(values[3, 0] - 10) < 0.02)
    }

    @Test func theReductionNeedsItsHorizon() throws {
        let delay = 20
        let mdp = try TabularMDP.delayedLoop(delay: delay, slip: 0)
        var generator = Philox(seed: 1)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 5, using: &generator)
        // γᴰ > ½: with H = D, (1 − ε/D)ᴰ ≈ e^{−ε} > ½ for ε = 0.2; with H = D/10 it is 0.12.
        let right = try discountedReduction(model, span: Double(delay), accuracy: 0.2)
        #expect(try mdp.averageRewardSuboptimality(of: right.policy) < 1e-12)
        let wrong = try discountedReduction(model, span: Double(delay) / 10, accuracy: 0.2)
        #expect(abs(try mdp.averageRewardSuboptimality(of: wrong.policy) - 0.5) < 1e-12)
        #expect(try mdp.averageRewardSuboptimality(of: plugInAverageReward(model, using: &generator).policy) < 1e-12)
        // Across the way and back to its end: the bias falls by 1 a step of it.
        #expect(abs(try mdp.solveAverageReward().biasSpan - Double(delay)) < 1e-12)
        #expect(abs(try mdp.diameter() - Double(delay)) < 1e-12)
        let slipping = try TabularMDP.delayedLoop(delay: delay, slip: 0.1)
        #expect(abs(try slipping.solveAverageReward().biasSpan - Double(delay) / 0.9) < 1e-11)
    }

    @Test func theTwoStateInstanceHasItsGapAndDiameter() throws {
        for (diameter, gap) in [(10.0, 0.02), (100, 0.05), (3, 0.1)] {
            let mdp = try TabularMDP.twoStates(actionCount: 4, diameter: diameter, gainGap: gap)
            let solution = try mdp.solveAverageReward()
            #expect(abs(solution.gain[0] - 0.5 - gap) < 1e-13)
            #expect(solution.policy[0] == 3)
            #expect(abs(try mdp.averageReward(of: [1, 0]).gain[1] - 0.5) < 1e-13)
            #expect(abs(try mdp.averageRewardSuboptimality(of: [0, 0]) - gap) < 1e-13)
            #expect(abs(try mdp.diameter() - diameter) < 1e-10)
        }
    }

    @Test func lazinessStretchesTheDiameter() throws {
        var first = Philox(seed: 6), second = Philox(seed: 6)
        let quick = try TabularMDP.lazyRandom(stateCount: 6, actionCount: 2, using: &first)
        let slow = try TabularMDP.lazyRandom(stateCount: 6, actionCount: 2, laziness: 8, using: &second)
        #expect(abs(try slow.diameter() / quick.diameter() - 8) < 1e-9)
        #expect((try slow.solveAverageReward().gain - quick.solveAverageReward().gain).maximumMagnitude < 1e-12)
        #expect((try slow.solveAverageReward().bias - 8 * quick.solveAverageReward().bias).maximumMagnitude < 1e-11)
    }

    @Test func theEntryPointEvaluatesInTheTrueProcess() throws {
        let mdp = try TabularMDP.twoStates(actionCount: 3, diameter: 10, gainGap: 0.05)
        var generator = Philox(seed: 2), same = Philox(seed: 2)
        let found = try averageRewardFromSamples(
            transition: mdp.transition, reward: mdp.reward, samplesPerPair: 3, by: .plugIn, using: &generator)
        #expect(found.policy.count == 2)
        let expected = found.policy[0] == 2 ? 0.55 : 0.5
        #expect(found.gain.allSatisfy { abs($0 - expected) < 1e-13 })
        #expect(abs(found.suboptimality - (0.55 - expected)) < 1e-13)
        let again = try averageRewardFromSamples(
            transition: mdp.transition, reward: mdp.reward, samplesPerPair: 3, by: .plugIn, using: &same)
        #expect(again == found)
        #expect(try solveAverageReward(transition: mdp.transition, reward: mdp.reward).policy[0] == 2)
    }

    @Test func theSamplesNeededMatchTheBinomialRace() throws {
        // Two actions of probabilities 0.5 and 0.8 into the state that pays: the second is taken if its count is
        // larger, and the first of equals. P(Bin(n, 0.8) > Bin(n, 0.5)) by convolution.
        let mdp = try TabularMDP(
            transition: [[0.5, 0.5], [0.2, 0.8], [0.5, 0.5], [0.5, 0.5]], reward: [[0, 0], [1, 1]])
        func chance(_ n: Int) throws -> Double {
            let slow = try BinomialDistribution(trials: n, successProbability: 0.5)
            let fast = try BinomialDistribution(trials: n, successProbability: 0.8)
            return (0...n).reduce(0.0) { sum, i in
                sum + fast.probability(i) * (0..<i).reduce(0.0) { $0 + slow.probability($1) }
            }
        }
        let threshold = try #require(try (1...60).first { try chance($0) >= 0.9 })
        var generator = Philox(seed: 3)
        let needed = try samplesNeeded(for: mdp, toTake: 1, in: 0, runs: 4000, using: &generator)
        #expect(abs(needed - Double(threshold)) <= 2)
        #expect(throws: MDPError.self) { _ = try samplesNeeded(for: mdp, toTake: 2, in: 0, using: &generator) }
    }

    @Test func badArgumentsAreNamed() throws {
        let mdp = try TabularMDP.formula(stateCount: 3, actionCount: 2)
        var generator = Philox(seed: 0)
        let model = try EmpiricalModel(of: mdp, samplesPerPair: 5, using: &generator)
        #expect(throws: MDPError.invalid(argument: "samplesPerPair", value: "0", expected: "a positive number")) {
            _ = try EmpiricalModel(of: mdp, samplesPerPair: 0, using: &generator)
        }
        #expect(throws: MDPError.self) { _ = try mdp.anchored(probability: 0) }
        #expect(throws: MDPError.self) { _ = try mdp.anchored(probability: 0.1, at: 3) }
        #expect(throws: MDPError.self) { _ = try discountedReduction(model, span: 0.05, accuracy: 0.1) }
        #expect(throws: MDPError.self) {
            _ = try plugInAverageReward(model, options: PlugInOptions(perturbation: -1), using: &generator)
        }
        #expect(throws: MDPError.self) { _ = try synchronousQLearning(model, discount: 1, using: &generator) }
        #expect(throws: MDPError.self) { _ = try TabularMDP.twoStates(actionCount: 2, diameter: 1, gainGap: 0.1) }
        #expect(throws: MDPError.self) { _ = try TabularMDP.delayedLoop(delay: 0) }
        #expect(throws: MDPError.self) {
            _ = try TabularMDP.lazyRandom(stateCount: 3, actionCount: 2, laziness: 0.5, using: &generator)
        }
    }
}
