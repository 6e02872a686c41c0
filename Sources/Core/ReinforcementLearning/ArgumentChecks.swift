import Mathematics

func requireMDP(
    _ condition: Bool, _ argument: @autoclosure () -> String, _ value: @autoclosure () -> some CustomStringConvertible,
    _ expected: @autoclosure () -> String
) throws(MDPError) {
    if !condition { throw .invalid(argument: argument(), value: "\(value())", expected: expected()) }
}
