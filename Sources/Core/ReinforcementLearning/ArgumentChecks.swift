import Mathematics

func requireMDP(
    _ condition: Bool, _ argument: String, _ value: @autoclosure () -> some CustomStringConvertible, _ expected: String
) throws(MDPError) {
    if !condition { throw .invalid(argument: argument, value: "\(value())", expected: expected) }
}
