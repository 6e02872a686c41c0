import Foundation

/// A finite Markov chain with any structure: several recurrent classes, transient states, periods.
public struct MarkovChain: Sendable {
    /// P: one row a state, each a probability distribution.
    public let transition: Matrix
    /// The recurrent classes: the sets of states that are reached from each other and are not left.
    public let recurrentClasses: [[Int]]
    /// P* = lim (1/T) Σ Pᵗ: row s holds the shares of time spent in each state from s on.
    public let limitingMatrix: Matrix

    /// The number S of states.
    public var stateCount: Int { transition.rows }

    /// Whether there is one recurrent class.
    public var isUnichain: Bool { recurrentClasses.count == 1 }

    /// A chain with its classes and its limiting matrix.
    ///
    /// An element of exactly 0 is a transition that cannot happen; the classes rest on that.
    ///
    /// - Parameter transition: S × S, rows non-negative with sums within 1e-9 of 1.
    /// - Throws: ``MDPError`` if it is not, or a linear system is singular.
    /// - Complexity: O(S³).
    public init(transition: Matrix) throws(MDPError) {
        try requireMDP(
            transition.rows == transition.columns && transition.rows > 0, "transition",
            "\(transition.rows) × \(transition.columns)", "a square matrix")
        try requireDistributions(transition, "transition")
        try self.init(checked: transition)
    }

    init(checked transition: Matrix) throws(MDPError) {
        self.transition = transition
        let components: [[Int]]
        do {
            components = try Graph(adjacencyMatrix: transition, isDirected: true).stronglyConnectedComponents
        } catch { throw .invalid(argument: "transition", value: "not a graph", expected: "\(error)") }
        var label = [Int](repeating: -1, count: transition.rows)
        for (index, component) in components.enumerated() { for state in component { label[state] = index } }
        let classes = components.filter { component in
            component.allSatisfy { state in
                (0..<transition.rows).allSatisfy { transition[state, $0] == 0 || label[$0] == label[state] }
            }
        }
        recurrentClasses = classes.sorted { $0[0] < $1[0] }
        limitingMatrix = try Self.limit(of: transition, classes: recurrentClasses)
    }

    /// The stationary distribution of each recurrent class, over all states.
    public var stationaryDistributions: [Vector] { recurrentClasses.map { limitingMatrix.row($0[0]) } }

    /// The long-run average and the relative value of a reward.
    ///
    /// The gain is g = P*r; the bias h solves (I − P + P*)h = r − g, so that g + h = r + Ph and P*h = 0. Neither needs
    /// the chain to be unichain or aperiodic.
    ///
    /// - Parameter reward: S numbers.
    /// - Throws: ``MDPError`` if the count is wrong or the system singular.
    public func gainAndBias(reward: Vector) throws(MDPError) -> (gain: Vector, bias: Vector) {
        try requireMDP(reward.count == stateCount, "reward", "\(reward.count) numbers", "\(stateCount), one a state")
        let gain = limitingMatrix * reward
        var system = limitingMatrix - transition
        system.addToDiagonal(1)
        let bias = try solving { () throws(LinearAlgebraError) in try system.solve(reward - gain) }
        return (gain, bias)
    }

    /// The expected discounted sum of a reward, (I − γP)⁻¹r.
    ///
    /// - Parameters:
    ///   - reward: S numbers.
    ///   - discount: γ in [0, 1).
    /// - Throws: ``MDPError`` for an argument out of range.
    public func discountedValue(reward: Vector, discount: Double) throws(MDPError) -> Vector {
        try requireMDP(reward.count == stateCount, "reward", "\(reward.count) numbers", "\(stateCount), one a state")
        try requireMDP(discount >= 0 && discount < 1, "discount", discount, "a number in [0, 1)")
        var system = -discount * transition
        system.addToDiagonal(1)
        return try solving { () throws(LinearAlgebraError) in try system.solve(reward) }
    }

    /// The smallest t ≥ 1 with max_s ‖Pᵗ(s, ·) − ν‖₁ ≤ threshold.
    ///
    /// Infinite for a chain with several recurrent classes or a period. The distance never grows with t, so that t is
    /// found by doubling and bisection. O(S³ log t).
    ///
    /// - Parameter threshold: in the ℓ₁ norm, which is at most 2; ½ in plug-in-average-reward (arXiv:2410.07616).
    public func mixingTime(threshold: Double = 0.5) -> Double {
        guard isUnichain else { return .infinity }
        let stationary = limitingMatrix.row(0)
        func isMixed(_ power: Matrix) -> Bool {
            (0..<stateCount).allSatisfy { (power.row($0) - stationary).absoluteSum <= threshold }
        }
        if isMixed(transition) { return 1 }
        var powers = [transition]
        while powers.count < 50, !isMixed(powers[powers.count - 1]) {
            powers.append(powers[powers.count - 1] * powers[powers.count - 1])
        }
        guard isMixed(powers[powers.count - 1]) else { return .infinity }
        // The largest t that is not mixed, bit by bit.
        var unmixed = powers[powers.count - 2]
        var time = exp2(Double(powers.count - 2))
        for bit in (0..<max(powers.count - 2, 0)).reversed() {
            let candidate = unmixed * powers[bit]
            if !isMixed(candidate) {
                unmixed = candidate
                time += exp2(Double(bit))
            }
        }
        return time + 1
    }

    private static func limit(of transition: Matrix, classes: [[Int]]) throws(MDPError) -> Matrix {
        let count = transition.rows
        var result = Matrix.zeros(count, count)
        var isRecurrent = [Bool](repeating: false, count: count)
        var distributions: [Vector] = []
        for members in classes {
            let size = members.count
            // νP = ν with the last equation replaced by Σν = 1.
            let system = Matrix(rows: size, columns: size) { row, column in
                row == size - 1 ? 1 : (row == column ? 1 : 0) - transition[members[column], members[row]]
            }
            var right = Vector.zeros(size)
            right[size - 1] = 1
            let nu = try solving { () throws(LinearAlgebraError) in try system.solve(right) }
            distributions.append(nu)
            for state in members {
                isRecurrent[state] = true
                for (place, other) in members.enumerated() { result[state, other] = max(nu[place], 0) }
            }
        }
        let transient = (0..<count).filter { !isRecurrent[$0] }
        guard !transient.isEmpty else { return result }
        let system = Matrix(rows: transient.count, columns: transient.count) { row, column in
            (row == column ? 1 : 0) - transition[transient[row], transient[column]]
        }
        let entering = Matrix(rows: transient.count, columns: classes.count) { row, column in
            classes[column].reduce(0.0) { $0 + transition[transient[row], $1] }
        }
        let absorption = try solving { () throws(LinearAlgebraError) in try system.solve(entering) }
        for (row, state) in transient.enumerated() {
            for (index, members) in classes.enumerated() {
                for (place, other) in members.enumerated() {
                    result[state, other] = absorption[row, index] * max(distributions[index][place], 0)
                }
            }
        }
        return result
    }
}

func requireDistributions(_ matrix: Matrix, _ argument: String) throws(MDPError) {
    for row in 0..<matrix.rows {
        var sum = 0.0
        for column in 0..<matrix.columns {
            let value = matrix[row, column]
            try requireMDP(value >= 0 && value.isFinite, "\(argument)[\(row), \(column)]", value, "a probability")
            sum += value
        }
        try requireMDP(abs(sum - 1) <= 1e-9, "the sum of \(argument)[\(row), ...]", sum, "1, to 1e-9")
    }
}
