/// What is wrong with a decision process or with how it is to be solved.
public enum DecisionProcessError: Error, Equatable, CustomStringConvertible {
    /// A parameter is out of its range.
    case outOfRange(argument: String, value: String, expected: String)
    /// The probabilities of a state and an action do not make a distribution.
    case notADistribution(state: Int, action: Int, reason: String)
    /// An iteration did not converge.
    case notConverged(method: String, iterations: Int, change: Double)

    public var description: String {
        switch self {
        case .outOfRange(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        case .notADistribution(let state, let action, let reason):
            "the transitions of state \(state) under action \(action) \(reason): expected a distribution over the states"
        case .notConverged(let method, let iterations, let change):
            "\(method): no convergence in \(iterations) iterations; the last one still changed a value by \(change)"
        }
    }
}
