/// Why no root was found.
public enum RootFindingError: Error, Equatable, CustomStringConvertible {
    /// The function has the same sign at both ends of the range.
    case noSignChange(lower: Double, upper: Double, valueAtLower: Double, valueAtUpper: Double)
    /// The function is not a number at a point.
    case notANumber(at: Double)
    /// The range or the starting point is not usable.
    case invalidStart(argument: String, value: Double, expected: String)
    /// The tolerance was not reached.
    case notConverged(iterations: Int, lower: Double, upper: Double)

    /// What is wrong, with the value and what was expected.
    public var description: String {
        switch self {
        case .noSignChange(let lower, let upper, let valueAtLower, let valueAtUpper):
            "the function is \(valueAtLower) at \(lower) and \(valueAtUpper) at \(upper): expected opposite signs"
        case .notANumber(let point):
            "the function is not a number at \(point)"
        case .invalidStart(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .notConverged(let iterations, let lower, let upper):
            "the root is between \(lower) and \(upper) but was not narrowed further in \(iterations) iterations"
        }
    }
}
