/// What is wrong with a training run.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// A setting has a value that makes no sense.
    case invalidArgument(name: String, value: String, expected: String)
    /// The loss at a step is not a finite number.
    case diverged(step: Int, loss: Double)

    public var description: String {
        switch self {
        case .invalidArgument(let name, let value, let expected): "\(name) is \(value): expected \(expected)"
        case .diverged(let step, let loss):
            "the loss at step \(step) is \(loss): a smaller learning rate or a gradient norm limit may help"
        }
    }

    static func require(
        _ condition: Bool, _ name: String, _ value: some CustomStringConvertible, _ expected: String
    ) throws(TrainingError) {
        if !condition { throw .invalidArgument(name: name, value: value.description, expected: expected) }
    }
}
