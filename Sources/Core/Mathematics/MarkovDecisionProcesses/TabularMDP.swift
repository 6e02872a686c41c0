/// A Markov decision process with finitely many states and actions, given by tables.
///
/// Every action can be taken in every state. A policy is an array with one action a state.
public struct TabularMDP: Sendable, Equatable {
    /// P: row s · A + a is the distribution of the next state.
    public let transition: Matrix
    /// r(s, a), S × A.
    public let reward: Matrix
    /// c(s, a), S × A, where there is a second quantity to keep down.
    public let cost: Matrix?

    /// The number S of states.
    public var stateCount: Int { reward.rows }
    /// The number A of actions.
    public var actionCount: Int { reward.columns }

    /// A process of tables.
    ///
    /// - Parameters:
    ///   - transition: S·A × S; row s · A + a is the distribution of the next state after action a in state s. Rows
    ///     sum to 1 within 1e-9.
    ///   - reward: S × A, finite.
    ///   - cost: S × A, finite, if any.
    /// - Throws: ``MDPError`` if a shape does not fit or a row is not a distribution.
    public init(transition: Matrix, reward: Matrix, cost: Matrix? = nil) throws(MDPError) {
        try requireMDP(
            reward.count > 0, "reward", "\(reward.rows) × \(reward.columns)", "at least one state and action")
        try requireMDP(
            transition.shape == (reward.count, reward.rows), "transition", "\(transition.rows) × \(transition.columns)",
            "\(reward.count) × \(reward.rows), a row for each state and action")
        try requireDistributions(transition, "transition")
        for (name, table) in [("reward", reward), ("cost", cost ?? reward)] {
            try requireMDP(
                table.shape == reward.shape, name, "\(table.rows) × \(table.columns)",
                "as many rows and columns as reward")
            for (index, value) in table.flattened.enumerated() {
                try requireMDP(
                    value.isFinite, "\(name)[\(index / table.columns), \(index % table.columns)]", value,
                    "a finite number")
            }
        }
        self.init(checked: transition, reward: reward, cost: cost)
    }

    init(checked transition: Matrix, reward: Matrix, cost: Matrix?) {
        self.transition = transition
        self.reward = reward
        self.cost = cost
    }

    /// The probability of the next state.
    public func probability(of next: Int, after action: Int, in state: Int) -> Double {
        transition[state * actionCount + action, next]
    }

    /// The process with another reward.
    ///
    /// - Throws: ``MDPError`` if its shape does not fit or it is not finite.
    public func replacing(reward: Matrix) throws(MDPError) -> TabularMDP {
        try TabularMDP(transition: transition, reward: reward, cost: cost)
    }

    /// The chain of states under a policy, and its reward in each state.
    ///
    /// - Parameter policy: an action for each state.
    /// - Throws: ``MDPError`` if the policy has another count or an action does not exist.
    public func chain(under policy: [Int]) throws(MDPError) -> (chain: MarkovChain, reward: Vector) {
        try requirePolicy(policy)
        let rows = policy.enumerated().map { $0.offset * actionCount + $0.element }
        return (
            try MarkovChain(checked: transition.selectingRows(rows)),
            Vector(count: stateCount) { reward[$0, policy[$0]] }
        )
    }

    /// (PV)(s, a) = Σ P(s' | s, a) V(s'), S × A.
    public func expectedNext(_ values: Vector) -> Matrix {
        Matrix(rows: stateCount, columns: actionCount, transition * values)
    }

    /// All A^S deterministic policies, state 0 changing fastest.
    ///
    /// - Throws: ``MDPError`` if there are more than a million.
    public func deterministicPolicies() throws(MDPError) -> [[Int]] {
        var count = 1
        for _ in 0..<stateCount {
            count *= actionCount
            try requireMDP(
                count <= 1_000_000, "the process", "\(stateCount) states, \(actionCount) actions",
                "at most 10⁶ policies")
        }
        return (0..<count).map { index in
            var rest = index
            return (0..<stateCount).map { _ in
                defer { rest /= actionCount }
                return rest % actionCount
            }
        }
    }

    func requirePolicy(_ policy: [Int]) throws(MDPError) {
        try requireMDP(policy.count == stateCount, "policy", "\(policy.count) actions", "\(stateCount), one a state")
        for (state, action) in policy.enumerated() {
            try requireMDP(
                action >= 0 && action < actionCount, "policy[\(state)]", action, "an action below \(actionCount)")
        }
    }
}

extension TabularMDP {
    /// A process of small whole numbers, the same everywhere, to try solvers on.
    ///
    /// P(s' | s, a) is proportional to 1 + ((7s + 3a + 5s' + s·a·s') mod 11), r(s, a) = ((3s + 5a + s·a) mod 7)/6 and
    /// c(s, a) = ((5s + 2a) mod 4)/3.
    ///
    /// - Parameters:
    ///   - stateCount: S, positive.
    ///   - actionCount: A, positive.
    /// - Throws: ``MDPError/invalid(argument:value:expected:)`` for a count that is not positive.
    public static func formula(stateCount: Int, actionCount: Int) throws(MDPError) -> TabularMDP {
        try requireMDP(stateCount > 0, "stateCount", stateCount, "a positive number")
        try requireMDP(actionCount > 0, "actionCount", actionCount, "a positive number")
        var transition = Matrix(rows: stateCount * actionCount, columns: stateCount) { row, next in
            let (s, a) = (row / actionCount, row % actionCount)
            return Double(1 + (7 * s + 3 * a + 5 * next + s * a * next) % 11)
        }
        transition.scaleRows(by: transition.rowSums.map { 1 / $0 })
        return TabularMDP(
            checked: transition,
            reward: Matrix(rows: stateCount, columns: actionCount) { Double((3 * $0 + 5 * $1 + $0 * $1) % 7) / 6 },
            cost: Matrix(rows: stateCount, columns: actionCount) { Double((5 * $0 + 2 * $1) % 4) / 3 })
    }
}
