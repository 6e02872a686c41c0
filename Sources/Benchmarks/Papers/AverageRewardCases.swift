import BenchmarkMeasuring
import Mathematics
import ReinforcementLearning

/// The solvers under plug-in-average-reward (arXiv:2410.07616), exact policy iteration, against pymdptoolbox: its relative
/// value iteration to a span of 1e-9 for the average reward, its policy iteration for the discounted one. The paper's
/// processes; both sides begin with the arrays of probabilities and rewards.
let averageRewardCases: [CaseMaker] = anyThreads([
    {
        var generator = Philox(seed: 1)
        let process = try TabularMDP.lazyRandom(stateCount: 50, actionCount: 5, laziness: 20, using: &generator)
        return averageReward("lazy random, S = 50, A = 5", process)
    },
    {
        var generator = Philox(seed: 2)
        let process = try TabularMDP.lazyRandom(stateCount: 300, actionCount: 5, laziness: 20, using: &generator)
        return averageReward("lazy random, S = 300, A = 5", process)
    },
    { averageReward("delayed loop, S = 31, A = 2", try .delayedLoop(delay: 30)) },
    {
        var generator = Philox(seed: 3)
        let process = try TabularMDP.lazyRandom(stateCount: 300, actionCount: 5, laziness: 20, using: &generator)
        return ComparedCase(
            "discounted reward: lazy random, S = 300, A = 5, γ = 0.99", peerName: "discounted_reward",
            settings: ["discount": 0.99], inputs: inputs(process), bar: .speed(atLeast: 1),
            note: "peer: pymdptoolbox PolicyIteration"
        ) {
            try TabularMDP(transition: process.transition, reward: process.reward).solveDiscounted(discount: 0.99)
        } results: { solution in
            [
                Output("values", Array(solution.value), tolerance: 1e-9),
                Output("policy", solution.policy.map(Double.init), tolerance: 1e-9, floor: 1),
            ]
        }
    },
])

private func averageReward(_ name: String, _ process: TabularMDP) -> ComparedCase {
    ComparedCase(
        "average reward: \(name)", peerName: "average_reward", settings: ["tolerance": 1e-9], inputs: inputs(process),
        bar: .speed(atLeast: 1), note: "peer: pymdptoolbox RelativeValueIteration"
    ) {
        try TabularMDP(transition: process.transition, reward: process.reward).solveAverageReward()
    } results: { solution in
        [
            Output("gain", [solution.gain[0]], tolerance: 1e-7),
            Output("policy", solution.policy.map(Double.init), tolerance: 1e-9, floor: 1),
        ]
    }
}

private func inputs(_ process: TabularMDP) -> [String: NumericArray] {
    ["transition": NumericArray(process.transition), "reward": NumericArray(process.reward)]
}
