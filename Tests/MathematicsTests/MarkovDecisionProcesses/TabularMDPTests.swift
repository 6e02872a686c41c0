import Foundation
import Mathematics
import Testing

@Suite struct TabularMDPTests {
    private let mdp: TabularMDP
    init() throws { mdp = try .formula(stateCount: 5, actionCount: 3) }

    // numpy: the best of the 243 policies by the eigenvector of its chain; relative value iteration for the bias.
    @Test func averageRewardMatchesBruteForce() throws {
        let solution = try mdp.solveAverageReward()
        #expect(solution.policy == [1, 0, 1, 2, 0])
        #expect(solution.gain.allSatisfy { abs($0 - 0.7785332839700461) < 1e-13 })
        let bias: Vector = [
            -0.02713050641567679, -0.21889215311304697, 0.2639822426514931, -0.1203960488322294, 0.0597893080652108,
        ]
        #expect((solution.bias - bias).norm < 1e-12)
        #expect(abs(solution.biasSpan - (0.2639822426514931 + 0.21889215311304697)) < 1e-12)
        let residuals = try mdp.averageRewardResiduals(gain: solution.gain, bias: solution.bias)
        #expect(residuals.gain < 1e-13 && residuals.bias < 1e-13)
        #expect(try mdp.averageRewardResiduals(gain: solution.gain, bias: .zeros(5)).bias > 0.1)
        for policy in try mdp.deterministicPolicies() {
            #expect(try mdp.averageReward(of: policy).gain[0] <= solution.gain[0] + 1e-13)
        }
        #expect(try mdp.averageRewardSuboptimality(of: solution.policy) == 0)
        #expect((try mdp.averageRewardByLinearProgram() - solution.gain).maximumMagnitude < 1e-12)
    }

    // numpy: 20 000 steps of value iteration with γ = 0.95.
    @Test func discountedRewardMatchesValueIteration() throws {
        let solution = try mdp.solveDiscounted(discount: 0.95)
        let expected: Vector = [
            15.547191955002404, 15.349205396581182, 15.832469759195206, 15.450590060959085, 15.630665956116957,
        ]
        #expect((solution.value - expected).maximumMagnitude < 1e-11)
        #expect((try mdp.discountedValue(of: solution.policy, discount: 0.95) - expected).maximumMagnitude < 1e-11)
    }

    // numpy: value iteration for least hitting times; powers of each of the 243 chains.
    @Test func diameterAndMixingTime() throws {
        #expect(abs(try mdp.diameter() - 5.0082170636481935) < 1e-11)
        #expect(try mdp.uniformMixingTime() == 2)
        // A cycle of five states: four steps, five policies' chains of period five.
        let cycle = try TabularMDP(
            transition: Matrix(rows: 5, columns: 5) { $1 == ($0 + 1) % 5 ? 1 : 0 }, reward: .zeros(5, 1))
        #expect(abs(try cycle.diameter() - 4) < 1e-13)
        #expect(try cycle.uniformMixingTime() == .infinity)
        // Two states that are never left.
        let stuck = try TabularMDP(transition: .identity(2), reward: .zeros(2, 1))
        #expect(try stuck.diameter() == .infinity)
    }

    /// A chain with the choice, in a transient state, between two loops; and a loop that pays more but cannot be
    /// entered.
    @Test func multichainChoicesAreMadeByTheGainFirst() throws {
        // State 0: action 0 → 1, pays 100; action 1 → 2, pays 0. State 1 pays 1 a step, state 2 pays 2, state 3 pays 9.
        let transition: Matrix = [
            [0, 1, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 1, 0], [0, 0, 0, 1],
            [0, 0, 0, 1],
        ]
        let reward: Matrix = [[100, 0], [1, 1], [2, 2], [9, 9]]
        let solution = try TabularMDP(transition: transition, reward: reward).solveAverageReward()
        #expect(solution.policy[0] == 1)
        #expect((solution.gain - [2, 1, 2, 9]).maximumMagnitude < 1e-14)
        let program = try TabularMDP(transition: transition, reward: reward).averageRewardByLinearProgram()
        #expect((program - [2, 1, 2, 9]).maximumMagnitude < 1e-12)
    }

    @Test func theFormulaHasItsTables() throws {
        // s = 2, a = 1: weights 1 + (17 + 7s') mod 11 = 7, 3, 10, 6, 2 of s' = 0 … 4, by hand; their sum is 28.
        let row = (0..<5).map { mdp.probability(of: $0, after: 1, in: 2) * 28 }
        for (value, expected) in zip(row, [7.0, 3, 10, 6, 2]) { #expect(abs(value - expected) < 1e-13) }
        // 6 + 5 + 2 = 13 leaves 6 of 7; 15 + 4 = 19 leaves 3 of 4.
        #expect(mdp.reward[2, 1] == 1)
        #expect(mdp.cost?[3, 2] == 1)
    }

    @Test func badTablesAreNamed() throws {
        var error = #expect(throws: MDPError.self) {
            _ = try TabularMDP(transition: .identity(2), reward: .zeros(2, 2))
        }
        #expect(error?.description.contains("transition is 2 × 2: expected 4 × 2") == true)
        error = #expect(throws: MDPError.self) {
            _ = try TabularMDP(transition: [[0.3, 0.3], [0, 1]], reward: .zeros(2, 1))
        }
        #expect(error?.description.contains("transition[0, ...] is 0.6") == true)
        #expect(throws: MDPError.self) {
            _ = try TabularMDP(transition: .identity(2), reward: [[.nan], [0]])
        }
        error = #expect(throws: MDPError.self) { _ = try mdp.averageReward(of: [0, 0, 0, 0, 3]) }
        #expect(error?.description == "policy[4] is 3: expected an action below 3")
        #expect(throws: MDPError.self) { _ = try mdp.averageReward(of: [0]) }
        #expect(throws: MDPError.self) { _ = try mdp.solveDiscounted(discount: 1) }
        #expect(throws: MDPError.self) {
            _ = try TabularMDP.formula(stateCount: 30, actionCount: 3).deterministicPolicies()
        }
    }
}
