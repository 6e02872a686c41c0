/// An optimal policy for the average reward, with what it earns.
public struct AverageRewardSolution: Sendable, Hashable {
    /// An action for each state.
    public let policy: [Int]
    /// ρ(s): the optimal long-run average reward from each state.
    public let gain: Vector
    /// h(s): the relative value of the policy, with P*h = 0.
    public let bias: Vector
    /// The policies that were evaluated.
    public let iterations: Int

    /// max h − min h.
    public var biasSpan: Double { (bias.max() ?? 0) - (bias.min() ?? 0) }
}

extension TabularMDP {
    /// The gain and bias of a policy, whatever the structure of its chain.
    ///
    /// - Parameter policy: an action for each state.
    /// - Throws: ``MDPError`` if the policy does not fit.
    public func averageReward(of policy: [Int]) throws(MDPError) -> (gain: Vector, bias: Vector) {
        let (chain, reward) = try chain(under: policy)
        return try chain.gainAndBias(reward: reward)
    }

    /// A policy that is optimal for the average reward from every state, by multichain policy iteration.
    ///
    /// Howard's method for any structure (Puterman 1994, section 9.2): a policy is evaluated; where an action leads to
    /// a larger expected gain Σ P g it is taken; where none does anywhere, the actions that keep the gain and enlarge
    /// r + P h are. A state keeps its action unless another is better by more than rounding. With the bias for which
    /// P*h = 0 it ends at an optimal policy after finitely many steps.
    ///
    /// - Parameter start: the first policy; action 0 everywhere if nil.
    /// - Throws: ``MDPError`` if the policy does not fit, or the method does not end in 10 000 steps.
    /// - Complexity: O(S³ + S²A) a step; steps are few.
    public func solveAverageReward(from start: [Int]? = nil) throws(MDPError) -> AverageRewardSolution {
        var policy = start ?? Array(repeating: 0, count: stateCount)
        let largest = max(1, reward.maximumMagnitude)
        for iteration in 1...10_000 {
            let (gain, bias) = try averageReward(of: policy)
            let nextGain = expectedNext(gain)
            let relative = reward + expectedNext(bias)
            let gainTolerance = 1e-11 * largest
            let biasTolerance = 1e-11 * max(largest, bias.maximumMagnitude)
            var improved = policy
            for state in 0..<stateCount {
                let best = bestAction(state, nextGain)
                if nextGain[state, best] > nextGain[state, policy[state]] + gainTolerance { improved[state] = best }
            }
            if improved == policy {
                for state in 0..<stateCount {
                    let level = nextGain[state, policy[state]] - gainTolerance
                    var best = policy[state]
                    for action in 0..<actionCount
                    where nextGain[state, action] >= level && relative[state, action] > relative[state, best] {
                        best = action
                    }
                    if relative[state, best] > relative[state, policy[state]] + biasTolerance { improved[state] = best }
                }
            }
            if improved == policy {
                return AverageRewardSolution(policy: policy, gain: gain, bias: bias, iterations: iteration)
            }
            policy = improved
        }
        throw .notConverged(method: "multichain policy iteration", iterations: 10_000)
    }

    /// How far a gain and a bias are from the two optimality equations of average reward: max_s |max_a (P g)(s, a) −
    /// g(s)|, and max_s |max_a (r + P h)(s, a) − g(s) − h(s)| over the actions that reach the first maximum.
    public func averageRewardResiduals(gain: Vector, bias: Vector) throws(MDPError) -> (gain: Double, bias: Double) {
        for (name, values) in [("gain", gain), ("bias", bias)] {
            try requireMDP(values.count == stateCount, name, "\(values.count) numbers", "\(stateCount), one a state")
        }
        let nextGain = expectedNext(gain)
        let relative = reward + expectedNext(bias)
        var worst = (gain: 0.0, bias: 0.0)
        for state in 0..<stateCount {
            let top = nextGain[state, bestAction(state, nextGain)]
            worst.gain = max(worst.gain, abs(top - gain[state]))
            let best = (0..<actionCount).filter { nextGain[state, $0] >= top - 1e-10 }.map { relative[state, $0] }.max()
            worst.bias = max(worst.bias, abs((best ?? .infinity) - gain[state] - bias[state]))
        }
        return worst
    }

    /// max over states of the optimal gain less that of a policy.
    ///
    /// - Parameters:
    ///   - policy: an action for each state.
    ///   - optimalGain: the gain of an optimal policy; solved for if nil.
    /// - Throws: ``MDPError`` if the policy does not fit.
    public func averageRewardSuboptimality(of policy: [Int], optimalGain: Vector? = nil) throws(MDPError) -> Double {
        let optimal: Vector
        if let optimalGain { optimal = optimalGain } else { optimal = try solveAverageReward().gain }
        return (optimal - (try averageReward(of: policy).gain)).max() ?? 0
    }

    /// The optimal gain of every state by the linear program of multichain average reward (Puterman 1994, section 9.3).
    ///
    /// Over the frequencies x(s, a) in recurrent and y(s, a) in transient states: maximise Σ r x subject to Σ_a x(s',
    /// a) = Σ P(s' | s, a) x(s, a) and Σ_a (x + y)(s', a) − Σ P(s' | s, a) y(s, a) = 1 for every s'. The gain is the
    /// dual of the second equations. This form meets the solver's tolerances exactly where its dual, over gain and
    /// bias, magnifies them.
    ///
    /// - Throws: ``MDPError/linearProgram(_:)`` if the solver fails.
    public func averageRewardByLinearProgram() throws(MDPError) -> Vector {
        let pairs = reward.count
        let rewards = reward.flattened
        var program = LinearProgram(maximising: Vector(count: 2 * pairs) { $0 < pairs ? rewards[$0] : 0 })
        for state in 0..<stateCount {
            let balance = Vector(count: pairs) { ($0 / actionCount == state ? 1 : 0) - transition[$0, state] }
            program.constrain(Vector(count: 2 * pairs) { $0 < pairs ? balance[$0] : 0 }, .equalTo(0))
            let start = Vector(count: 2 * pairs) {
                $0 < pairs ? ($0 / actionCount == state ? 1 : 0) : balance[$0 - pairs]
            }
            program.constrain(start, .equalTo(1))
        }
        do {
            let duals = try program.solve().duals
            return Vector(count: stateCount) { duals[2 * $0 + 1] }
        } catch { throw .linearProgram(error) }
    }

    func bestAction(_ state: Int, _ values: Matrix) -> Int {
        var best = 0
        for action in 1..<max(actionCount, 1) where values[state, action] > values[state, best] { best = action }
        return best
    }
}
