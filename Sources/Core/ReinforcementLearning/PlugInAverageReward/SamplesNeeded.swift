import Mathematics

/// How many samples of every state and action the plug-in approach needs until it takes one action in one state often
/// enough: the measure of the lower-bound instances of plug-in-average-reward (arXiv:2410.07616).
///
/// Doubles n until the share of runs with that action reaches `probability`, then bisects ln n to 2 %. Every n is
/// tried with fresh samples, so that the result varies by about 1/√runs in ln n.
///
/// - Parameters:
///   - mdp: the true process.
///   - action: the good action.
///   - state: where it matters.
///   - probability: the share of runs to reach, in (0, 1).
///   - runs: for each n, positive.
///   - generator: draws the samples.
/// - Throws: `MDPError` for an argument out of range, or if 2³⁰ samples are too few.
public func samplesNeeded(
    for mdp: TabularMDP, toTake action: Int, in state: Int, probability: Double = 0.9, runs: Int = 400,
    using generator: inout some RandomNumberGenerator
) throws(MDPError) -> Double {
    try requireMDP(probability > 0 && probability < 1, "probability", probability, "a number between 0 and 1")
    try requireMDP(runs > 0, "runs", runs, "a positive number")
    try requireMDP(action >= 0 && action < mdp.actionCount, "action", action, "an action below \(mdp.actionCount)")
    try requireMDP(state >= 0 && state < mdp.stateCount, "state", state, "a state below \(mdp.stateCount)")
    func succeeds(_ samples: Int) throws(MDPError) -> Bool {
        var successes = 0
        for _ in 0..<runs {
            let model = try EmpiricalModel(of: mdp, samplesPerPair: samples, using: &generator)
            if try plugInAverageReward(model, using: &generator).policy[state] == action { successes += 1 }
        }
        return Double(successes) >= probability * Double(runs)
    }
    var upper = 1
    while !(try succeeds(upper)) {
        upper *= 2
        if upper > 1 << 30 { throw .notConverged(method: "the search for enough samples", iterations: 30) }
    }
    var lower = max(upper / 2, 1)
    while Double(upper) > 1.02 * Double(lower), upper - lower > 1 {
        let middle = Int((Double(lower) * Double(upper)).squareRoot())
        if try succeeds(middle) { upper = middle } else { lower = max(middle, lower + 1) }
    }
    return (Double(lower) * Double(upper)).squareRoot()
}
