/// What can be wrong with the input of a bandit problem or algorithm.
public struct BanditError: Error, Equatable, CustomStringConvertible {
    /// The name of the argument.
    public let argument: String
    /// What it is.
    public let value: String
    /// What was expected.
    public let expected: String

    /// An error about one argument.
    public init(argument: String, value: String, expected: String) {
        self.argument = argument
        self.value = value
        self.expected = expected
    }

    public var description: String { "\(argument) is \(value): expected \(expected)" }
}

func requireBandit(
    _ condition: Bool, _ argument: String, _ value: some CustomStringConvertible, _ expected: String
) throws(BanditError) {
    if !condition { throw BanditError(argument: argument, value: "\(value)", expected: expected) }
}
