import RealModule

/// A policy that trades the return against its entropy, with its values.
public struct SoftOptimalPolicy: Sendable, Equatable {
    /// Q(s, a), S × A.
    public let actionValues: Matrix
    /// V(s) = τ log Σ_a exp(Q(s, a)/τ).
    public let stateValues: Vector
    /// π(a | s) = exp((Q(s, a) − V(s))/τ), S × A.
    public let policy: Matrix
    /// How many backups were made.
    public let iterations: Int
}

extension TabularMDP {
    /// Soft Q iteration: Q ← r + γ P V with V(s) = τ log Σ_a exp(Q(s, a)/τ), whose policy maximises the discounted
    /// return plus τ times the discounted entropy (Ziebart 2010; Haarnoja et al. 2017, arXiv:1702.08165).
    ///
    /// A contraction with the factor γ; O(S²A) an iteration.
    ///
    /// - Parameters:
    ///   - temperature: τ, positive; towards 0 the policy becomes the greedy one, for large τ uniform.
    ///   - discount: γ in [0, 1).
    ///   - tolerance: the largest change of a value at which the iteration ends.
    ///   - maximumIterations: after how many iterations it is given up.
    /// - Throws: ``MDPError`` for an argument out of range or without convergence.
    public func softQIteration(
        temperature: Double, discount: Double, tolerance: Double = 1e-10, maximumIterations: Int = 100_000
    ) throws(MDPError) -> SoftOptimalPolicy {
        try requireMDP(discount >= 0 && discount < 1, "discount", discount, "a number in [0, 1)")
        try requireMDP(
            temperature > 0 && temperature < .infinity, "temperature", temperature, "a positive finite number")
        try requireMDP(tolerance > 0, "tolerance", tolerance, "a positive number")
        try requireMDP(maximumIterations > 0, "maximumIterations", maximumIterations, "at least 1")
        var values = Vector.zeros(stateCount)
        for iteration in 1...maximumIterations {
            let actionValues = reward + discount * expectedNext(values)
            let next = Vector(
                (0..<stateCount).map { temperature * (actionValues.row($0) / temperature).logSumExp() })
            let change = (next - values).maximumMagnitude
            values = next
            if change <= tolerance {
                let policy = Matrix(rows: stateCount, columns: actionCount) {
                    Double.exp((actionValues[$0, $1] - next[$0]) / temperature)
                }
                return SoftOptimalPolicy(
                    actionValues: actionValues, stateValues: values, policy: policy, iterations: iteration)
            }
        }
        throw .notConverged(method: "soft Q iteration", iterations: maximumIterations)
    }

    /// The values of the states under a stochastic policy, by a linear solve of V = r_π + γ P_π V.
    ///
    /// - Parameters:
    ///   - policy: π(a | s), S × A; rows are distributions.
    ///   - discount: γ in [0, 1).
    /// - Throws: ``MDPError`` for a discount out of range or a policy that does not fit.
    public func values(ofPolicy policy: Matrix, discount: Double) throws(MDPError) -> Vector {
        try requireMDP(discount >= 0 && discount < 1, "discount", discount, "a number in [0, 1)")
        try requireMDP(
            policy.shape == reward.shape, "policy", "\(policy.rows) × \(policy.columns)",
            "\(stateCount) × \(actionCount)")
        try requireDistributions(policy, "policy")
        var system = Matrix.identity(stateCount)
        var rewards = Vector.zeros(stateCount)
        for state in 0..<stateCount {
            for action in 0..<actionCount {
                let probability = policy[state, action]
                rewards[state] += probability * reward[state, action]
                for next in 0..<stateCount {
                    system[state, next] -= discount * probability * transition[state * actionCount + action, next]
                }
            }
        }
        return try solving { () throws(LinearAlgebraError) in try system.solve(rewards) }
    }

    /// Draws the next state.
    ///
    /// Stops the program if there is no such state or action.
    public func nextState<G: RandomNumberGenerator>(from state: Int, action: Int, using generator: inout G) -> Int {
        precondition(0..<stateCount ~= state && 0..<actionCount ~= action, "no state \(state) or no action \(action)")
        var rest = generator.uniform()
        let row = state * actionCount + action
        var last = 0
        for next in 0..<stateCount where transition[row, next] > 0 {
            rest -= transition[row, next]
            last = next
            if rest < 0 { break }
        }
        return last
    }
}
