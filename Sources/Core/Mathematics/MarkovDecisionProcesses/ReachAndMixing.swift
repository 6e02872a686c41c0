extension TabularMDP {
    /// The least expected number of steps to a state from every state, over all policies; infinite from every other
    /// state if there is one from which the target cannot be reached.
    ///
    /// A stochastic shortest path, by policy iteration from a policy that moves closer with positive probability.
    ///
    /// - Parameter target: a state.
    /// - Throws: ``MDPError`` if it does not exist.
    public func leastHittingTimes(to target: Int) throws(MDPError) -> Vector {
        try requireMDP(target >= 0 && target < stateCount, "target", target, "a state below \(stateCount)")
        var (policy, isReached) = actionsTowards(target)
        guard isReached.allSatisfy({ $0 }) else {
            return Vector(count: stateCount) { $0 == target ? 0 : .infinity }
        }
        let others = (0..<stateCount).filter { $0 != target }
        for _ in 1...10_000 {
            let system = Matrix(rows: others.count, columns: others.count) { row, column in
                (row == column ? 1 : 0) - transition[others[row] * actionCount + policy[others[row]], others[column]]
            }
            let times = try solving { () throws(LinearAlgebraError) in try system.solve(.ones(others.count)) }
            var all = Vector.zeros(stateCount)
            for (place, state) in others.enumerated() { all[state] = times[place] }
            let next = expectedNext(all)
            var changed = false
            for state in others {
                for action in 0..<actionCount
                where next[state, action] < next[state, policy[state]] - 1e-11 * max(1, all[state]) {
                    policy[state] = action
                    changed = true
                }
            }
            if !changed { return all }
        }
        throw .notConverged(method: "policy iteration for hitting times", iterations: 10_000)
    }

    /// The diameter D: the largest least expected number of steps from one state to another; infinite unless the
    /// process is communicating.
    ///
    /// - Throws: ``MDPError`` if a linear system fails.
    /// - Complexity: O(S⁴) times a few.
    public func diameter() throws(MDPError) -> Double {
        var largest = 0.0
        for target in 0..<stateCount { largest = max(largest, try leastHittingTimes(to: target).max() ?? 0) }
        return largest
    }

    /// τ_unif: the largest mixing time of the chain of any deterministic policy; infinite if one has several recurrent
    /// classes or a period.
    ///
    /// - Parameter threshold: of the ℓ₁ distance, as in ``MarkovChain/mixingTime(threshold:)``.
    /// - Throws: ``MDPError`` if there are more than a million policies.
    /// - Complexity: O(A^S S³ log τ).
    public func uniformMixingTime(threshold: Double = 0.5) throws(MDPError) -> Double {
        var largest = 0.0
        for policy in try deterministicPolicies() {
            largest = max(largest, try chain(under: policy).chain.mixingTime(threshold: threshold))
            if largest == .infinity { break }
        }
        return largest
    }

    /// For every state an action that may lead one step closer to the target, and whether there is a way at all.
    private func actionsTowards(_ target: Int) -> (policy: [Int], isReached: [Bool]) {
        var policy = [Int](repeating: 0, count: stateCount)
        var isReached = [Bool](repeating: false, count: stateCount)
        isReached[target] = true
        var frontier = [target]
        while !frontier.isEmpty {
            var next: [Int] = []
            for state in 0..<stateCount where !isReached[state] {
                for action in 0..<actionCount
                where frontier.contains(where: { transition[state * actionCount + action, $0] > 0 }) {
                    policy[state] = action
                    next.append(state)
                    break
                }
            }
            for state in next { isReached[state] = true }
            frontier = next
        }
        return (policy, isReached)
    }
}
