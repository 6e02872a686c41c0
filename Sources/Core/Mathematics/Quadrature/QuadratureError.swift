/// Why an integral was not computed.
public enum QuadratureError: Error, Equatable, CustomStringConvertible {
    /// An argument is out of its range.
    case invalidArgument(argument: String, value: Double, expected: String)
    /// Two arguments that belong together have different lengths.
    case countMismatch(argument: String, count: Int, expected: Int)
    /// The integrand is infinite or not a number at a point.
    case notFinite(at: Double, value: Double)
    /// The tolerance was not met. The best value and its error estimate are given.
    case notConverged(value: Double, errorEstimate: Double, tolerance: Double, reason: String)

    /// What is wrong, with the value and what was expected.
    public var description: String {
        switch self {
        case .invalidArgument(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .countMismatch(let argument, let count, let expected):
            "\(argument) has \(count) elements: expected \(expected)"
        case .notFinite(let point, let value):
            "the integrand is \(value) at \(point): expected a finite value"
        case .notConverged(let value, let errorEstimate, let tolerance, let reason):
            "the integral is \(value) with an estimated error of \(errorEstimate), above the tolerance \(tolerance): "
                + reason
        }
    }
}
