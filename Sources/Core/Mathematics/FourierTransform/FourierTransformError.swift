/// What can be wrong with the input of a transform, a window or a convolution.
public enum FourierTransformError: Error, Equatable, CustomStringConvertible {
    /// A sequence has the wrong number of elements.
    case wrongCount(argument: String, count: Int, expected: String)
    /// A number is out of its range.
    case outOfRange(argument: String, value: Double, expected: String)

    public var description: String {
        switch self {
        case .wrongCount(let argument, let count, let expected):
            "\(argument) has \(count) elements: expected \(expected)"
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        }
    }
}

func requireLength(
    _ count: Int, _ expected: Int, _ argument: String
) throws(FourierTransformError) {
    if count != expected { throw .wrongCount(argument: argument, count: count, expected: "\(expected)") }
}
