import Foundation
import Mathematics
import Testing

@Suite struct SoftQIterationTests {
    /// Two states: action 0 stays, action 1 changes; reward 1 in state 1 for staying.
    private func process() throws -> TabularMDP {
        try TabularMDP(transition: [[1, 0], [0, 1], [0, 1], [1, 0]], reward: [[0, 0], [1, 0]])
    }

    @Test func softQIterationSolvesItsEquations() throws {
        let process = try process()
        let solution = try process.softQIteration(temperature: 0.7, discount: 0.9)
        let v = solution.stateValues
        // V(s) = τ log(exp((r + γV(s′))/τ) + …), written out for both states.
        let first = 0.7 * log(exp(0.9 * v[0] / 0.7) + exp(0.9 * v[1] / 0.7))
        let second = 0.7 * log(exp((1 + 0.9 * v[1]) / 0.7) + exp(0.9 * v[0] / 0.7))
        #expect(abs(v[0] - first) < 1e-9 && abs(v[1] - second) < 1e-9)
        #expect(abs(solution.policy[1, 0] - exp((1 + 0.9 * v[1] - v[1]) / 0.7)) < 1e-9)
        for state in 0..<2 { #expect(abs(solution.policy.row(state).sum - 1) < 1e-9) }
        // Cold: change to state 1 and stay, V = (γ/(1 − γ), 1/(1 − γ)).
        let cold = try process.softQIteration(temperature: 1e-3, discount: 0.9)
        #expect(abs(cold.stateValues[0] - 9) < 1e-2 && abs(cold.stateValues[1] - 10) < 1e-2)
        let values = try process.values(ofPolicy: [[0, 1], [1, 0]], discount: 0.9)
        #expect(abs(values[0] - 9) < 1e-12 && abs(values[1] - 10) < 1e-12)
    }

    @Test func gridsMoveAndSlip() throws {
        let world = try GridWorld(map: ["S.#", ".XG"], slip: 0.2, trapReward: -2, stepReward: -0.1)
        // States: S(0,0) .(0,1) .(1,0) X(1,1) G(1,2).
        #expect(world.process.stateCount == 5 && world.start == 0 && world.terminal == [3, 4] && world.goals == [4])
        let p = world.process.transition
        // From (0,1) down: .8 into the trap, .1 left, .1 right into the wall, which stays.
        #expect(p[4 * 1 + 2, 3] == 0.8 && p[4 * 1 + 2, 0] == 0.1 && p[4 * 1 + 2, 1] == 0.1)
        #expect(abs(world.process.reward[1, 2] - (-0.1 + 0.8 * -2)) < 1e-15)
        #expect(p[4 * 4 + 1, 4] == 1 && world.process.reward[4, 1] == 0)
        var generator = Philox(seed: 1)
        let draws = (0..<5000).map { _ in world.process.nextState(from: 1, action: 2, using: &generator) }
        let share = Double(draws.count { $0 == 3 }) / 5000
        #expect(abs(share - 0.8) < 5 * (0.16 / 5000).squareRoot())
    }

    @Test func badProcessesAreNamed() {
        #expect(throws: MDPError.self) { _ = try GridWorld(map: ["S.", "?G"]) }
        #expect(throws: MDPError.self) { _ = try GridWorld(map: ["S.", "..G"]) }
        let error = #expect(throws: MDPError.self) { _ = try process().softQIteration(temperature: 0, discount: 0.9) }
        #expect(error?.description.contains("temperature is 0.0") == true)
        #expect(throws: MDPError.self) { _ = try process().values(ofPolicy: [[0.5, 0.4], [1, 0]], discount: 0.9) }
    }
}
