/// Why data cannot be interpolated.
public enum InterpolationError: Error, Equatable, CustomStringConvertible {
    /// There are too few points.
    case tooFew(argument: String, count: Int, minimum: Int)
    /// Two arguments that belong together have different lengths.
    case countMismatch(argument: String, count: Int, expected: Int)
    /// The abscissas do not increase strictly at an index.
    case notIncreasing(argument: String, index: Int, value: Double, previous: Double)
    /// A number is infinite or not a number.
    case notFinite(argument: String, index: Int, value: Double)
    /// A number is out of its range.
    case invalidArgument(argument: String, value: Double, expected: String)

    /// What is wrong, with the value and what was expected.
    public var description: String {
        switch self {
        case .tooFew(let argument, let count, let minimum):
            "\(argument) has \(count) elements: expected at least \(minimum)"
        case .countMismatch(let argument, let count, let expected):
            "\(argument) has \(count) elements: expected \(expected)"
        case .notIncreasing(let argument, let index, let value, let previous):
            "\(argument)[\(index)] is \(value) after \(previous): expected strictly increasing numbers"
        case .notFinite(let argument, let index, let value):
            "\(argument)[\(index)] is \(value): expected a finite number"
        case .invalidArgument(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        }
    }
}

/// Checks abscissas: finite, strictly increasing and at least `minimum` of them.
func requireIncreasing(_ values: Vector, _ argument: String, minimum: Int) throws(InterpolationError) {
    if values.count < minimum { throw .tooFew(argument: argument, count: values.count, minimum: minimum) }
    try requireFiniteValues(values, argument)
    for index in stride(from: 1, to: values.count, by: 1) where values[index] <= values[index - 1] {
        throw .notIncreasing(
            argument: argument, index: index, value: values[index], previous: values[index - 1])
    }
}

func requireFiniteValues(_ values: Vector, _ argument: String) throws(InterpolationError) {
    for (index, value) in values.enumerated() where !value.isFinite {
        throw .notFinite(argument: argument, index: index, value: value)
    }
}

func requireCount(_ values: Vector, _ expected: Int, _ argument: String) throws(InterpolationError) {
    if values.count != expected {
        throw .countMismatch(argument: argument, count: values.count, expected: expected)
    }
}

/// The index i with knots[i] ≤ x < knots[i + 1], between 0 and count − 2, by bisection. The knots increase.
@inline(__always)
func intervalIndex(of x: Double, in knots: UnsafeBufferPointer<Double>) -> Int {
    var (low, high) = (0, knots.count - 1)
    while high - low > 1 {
        let middle = (low + high) / 2
        if knots[middle] <= x { low = middle } else { high = middle }
    }
    return low
}
