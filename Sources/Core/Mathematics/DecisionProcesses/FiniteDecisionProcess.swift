import RealModule

/// A Markov decision process with finitely many states and actions.
public struct FiniteDecisionProcess: Sendable, Equatable {
    /// The number of states S.
    public let stateCount: Int
    /// The number of actions A, the same in every state.
    public let actionCount: Int
    /// P(s′ | s, a): one row a pair (s, a), in the order s·A + a; one column a next state.
    public let transitions: Matrix
    /// r(s, a), [S, A].
    public let rewards: Matrix

    /// A process from its arrays.
    ///
    /// - Parameters:
    ///   - transitions: P, [S·A, S]; each row sums to 1 to within 1e-9.
    ///   - rewards: r, [S, A], finite.
    /// - Throws: `DecisionProcessError` naming what is wrong.
    public init(transitions: Matrix, rewards: Matrix) throws(DecisionProcessError) {
        stateCount = rewards.rows
        actionCount = rewards.columns
        guard stateCount > 0, actionCount > 0, transitions.rows == stateCount * actionCount,
            transitions.columns == stateCount
        else {
            throw .outOfRange(
                argument: "transitions", value: "of shape (\(transitions.rows), \(transitions.columns))",
                expected: "(S·A, S) for rewards of shape (S, A) = (\(rewards.rows), \(rewards.columns)), both positive")
        }
        for row in 0..<transitions.rows {
            var sum = 0.0
            for column in 0..<stateCount {
                let probability = transitions[row, column]
                guard probability >= 0, probability <= 1 + 1e-9 else {
                    throw .notADistribution(
                        state: row / actionCount, action: row % actionCount, reason: "hold \(probability)")
                }
                sum += probability
            }
            guard (sum - 1).magnitude < 1e-9 else {
                throw .notADistribution(state: row / actionCount, action: row % actionCount, reason: "sum to \(sum)")
            }
            for action in 0..<actionCount where row % actionCount == action {
                guard rewards[row / actionCount, action].isFinite else {
                    throw .outOfRange(
                        argument: "rewards[\(row / actionCount), \(action)]",
                        value: "\(rewards[row / actionCount, action])", expected: "a finite number")
                }
            }
        }
        self.transitions = transitions
        self.rewards = rewards
    }

    /// Draws the next state.
    public func nextState<G: RandomNumberGenerator>(from state: Int, action: Int, using generator: inout G) -> Int {
        precondition(0..<stateCount ~= state && 0..<actionCount ~= action, "no state \(state) or no action \(action)")
        var rest = generator.uniform()
        let row = state * actionCount + action
        var last = 0
        for next in 0..<stateCount where transitions[row, next] > 0 {
            rest -= transitions[row, next]
            last = next
            if rest < 0 { break }
        }
        return last
    }

    /// The action values r(s, a) + γ Σ P(s′|s, a) V(s′) of some values of the states, [S, A].
    public func actionValues(of stateValues: Vector, discount: Double) -> Matrix {
        let expected = transitions * stateValues
        return Matrix(rows: stateCount, columns: actionCount) {
            rewards[$0, $1] + discount * expected[$0 * actionCount + $1]
        }
    }

    /// The values of the states under a stochastic policy, by a linear solve of V = r_π + γ P_π V.
    ///
    /// - Parameters:
    ///   - policy: π(a | s), [S, A].
    ///   - discount: γ in [0, 1).
    /// - Throws: `DecisionProcessError` for a discount out of range or a policy of another shape.
    public func values(ofPolicy policy: Matrix, discount: Double) throws(DecisionProcessError) -> Vector {
        try requireDiscount(discount)
        guard policy.rows == stateCount, policy.columns == actionCount else {
            throw .outOfRange(
                argument: "policy", value: "of shape (\(policy.rows), \(policy.columns))",
                expected: "(\(stateCount), \(actionCount))")
        }
        var system = Matrix.identity(stateCount)
        var reward = Vector.zeros(stateCount)
        for state in 0..<stateCount {
            for action in 0..<actionCount {
                let probability = policy[state, action]
                reward[state] += probability * rewards[state, action]
                for next in 0..<stateCount {
                    system[state, next] -= discount * probability * transitions[state * actionCount + action, next]
                }
            }
        }
        do { return try system.solve(reward) } catch {
            throw .outOfRange(
                argument: "policy", value: "\(error)", expected: "probabilities, which make I − γP invertible")
        }
    }

    func requireDiscount(_ discount: Double) throws(DecisionProcessError) {
        guard discount >= 0, discount < 1 else {
            throw .outOfRange(argument: "discount", value: "\(discount)", expected: "a number in [0, 1)")
        }
    }
}

/// A policy that trades the return against its entropy, with its values.
public struct SoftOptimalPolicy: Sendable, Equatable {
    /// Q(s, a), [S, A].
    public let actionValues: Matrix
    /// V(s) = τ log Σ_a exp(Q(s, a)/τ).
    public let stateValues: Vector
    /// π(a | s) = exp((Q(s, a) − V(s))/τ), [S, A].
    public let policy: Matrix
    /// How many backups were made.
    public let iterations: Int
}

extension FiniteDecisionProcess {
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
    /// - Throws: `DecisionProcessError` for an argument out of range or without convergence.
    public func softQIteration(
        temperature: Double, discount: Double, tolerance: Double = 1e-10, maximumIterations: Int = 100_000
    ) throws(DecisionProcessError) -> SoftOptimalPolicy {
        try requireDiscount(discount)
        guard temperature > 0, temperature < .infinity else {
            throw .outOfRange(argument: "temperature", value: "\(temperature)", expected: "a positive finite number")
        }
        guard tolerance > 0 else {
            throw .outOfRange(argument: "tolerance", value: "\(tolerance)", expected: "a positive number")
        }
        var values = Vector.zeros(stateCount)
        var change = Double.infinity
        for iteration in 1...max(1, maximumIterations) {
            let actionValues = self.actionValues(of: values, discount: discount)
            let next = Vector((0..<stateCount).map { temperature * (actionValues.row($0) / temperature).logSumExp() })
            change = (next - values).maximumMagnitude
            values = next
            if change <= tolerance {
                let policy = Matrix(rows: stateCount, columns: actionCount) {
                    Double.exp((actionValues[$0, $1] - next[$0]) / temperature)
                }
                return SoftOptimalPolicy(
                    actionValues: actionValues, stateValues: values, policy: policy, iterations: iteration)
            }
        }
        throw .notConverged(method: "soft Q iteration", iterations: maximumIterations, change: change)
    }
}
