/// What can be wrong with a Markov chain or decision process, or with solving it.
public enum MDPError: Error, Equatable, CustomStringConvertible {
    /// An argument is out of its range or has the wrong shape.
    case invalid(argument: String, value: String, expected: String)
    /// A solver did not come to an end.
    case notConverged(method: String, iterations: Int)
    /// A linear system inside a solver could not be solved.
    case linearAlgebra(LinearAlgebraError)
    /// A linear program could not be solved.
    case linearProgram(LinearProgramError)

    public var description: String {
        switch self {
        case .invalid(let argument, let value, let expected): "\(argument) is \(value): expected \(expected)"
        case .notConverged(let method, let iterations): "\(method) did not converge in \(iterations) iterations"
        case .linearAlgebra(let error): "a linear system inside the solver failed: \(error)"
        case .linearProgram(let error): "a linear program inside the solver failed: \(error)"
        }
    }
}

func requireMDP(
    _ condition: Bool, _ argument: @autoclosure () -> String, _ value: @autoclosure () -> some CustomStringConvertible,
    _ expected: @autoclosure () -> String
) throws(MDPError) {
    if !condition { throw .invalid(argument: argument(), value: "\(value())", expected: expected()) }
}

func solving<R>(_ body: () throws(LinearAlgebraError) -> R) throws(MDPError) -> R {
    do throws(LinearAlgebraError) { return try body() } catch { throw .linearAlgebra(error) }
}
