import Mathematics

/// Throws the field's error about an argument unless a condition holds.
func requireArgument(
    _ condition: Bool, _ argument: String, _ value: some CustomStringConvertible, _ expected: String
) throws(OptimisationError) {
    if !condition { throw .invalid(argument: argument, value: "\(value)", expected: expected) }
}

func requirePositive(_ value: Double, _ argument: String) throws(OptimisationError) {
    try requireArgument(value > 0 && value.isFinite, argument, value, "a positive finite number")
}

func requireFinite(_ numbers: some Collection<Double>, _ argument: String) throws(OptimisationError) {
    for (index, value) in numbers.enumerated() where !value.isFinite {
        throw .notFinite(what: "\(argument)[\(index)]", value: value)
    }
}
