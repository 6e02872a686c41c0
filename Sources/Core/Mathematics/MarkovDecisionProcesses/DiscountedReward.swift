/// An optimal policy for the discounted reward, with its values.
public struct DiscountedSolution: Sendable, Hashable {
    /// An action for each state.
    public let policy: [Int]
    /// V(s): the optimal expected discounted reward.
    public let value: Vector
    /// The policies that were evaluated.
    public let iterations: Int
}

extension TabularMDP {
    /// The value of a policy, (I − γP_π)⁻¹r_π.
    ///
    /// - Parameters:
    ///   - policy: an action for each state.
    ///   - discount: γ in [0, 1).
    /// - Throws: ``MDPError`` for an argument out of range.
    public func discountedValue(of policy: [Int], discount: Double) throws(MDPError) -> Vector {
        try requireMDP(discount >= 0 && discount < 1, "discount", discount, "a number in [0, 1)")
        try requirePolicy(policy)
        var system = Matrix(rows: stateCount, columns: stateCount) { state, next in
            -discount * transition[state * actionCount + policy[state], next]
        }
        system.addToDiagonal(1)
        let rewards = Vector(count: stateCount) { reward[$0, policy[$0]] }
        return try solving { () throws(LinearAlgebraError) in try system.solve(rewards) }
    }

    /// A policy that is optimal for the discounted reward, by policy iteration.
    ///
    /// - Parameters:
    ///   - discount: γ in [0, 1).
    ///   - start: the first policy; action 0 everywhere if nil.
    /// - Throws: ``MDPError`` for an argument out of range, or if the method does not end in 10 000 steps.
    /// - Complexity: O(S³ + S²A) a step; steps are few.
    public func solveDiscounted(discount: Double, from start: [Int]? = nil) throws(MDPError) -> DiscountedSolution {
        var policy = start ?? Array(repeating: 0, count: stateCount)
        for iteration in 1...10_000 {
            let value = try discountedValue(of: policy, discount: discount)
            let actions = reward + discount * expectedNext(value)
            let tolerance = 1e-12 * max(1, value.maximumMagnitude)
            var improved = policy
            for state in 0..<stateCount {
                let best = bestAction(state, actions)
                if actions[state, best] > actions[state, policy[state]] + tolerance { improved[state] = best }
            }
            if improved == policy { return DiscountedSolution(policy: policy, value: value, iterations: iteration) }
            policy = improved
        }
        throw .notConverged(method: "policy iteration", iterations: 10_000)
    }
}
