import Mathematics

/// What is wrong with the input of a quantiser or of an allocation of bits.
public enum QuantizationError: Error, Equatable, CustomStringConvertible {
    /// An argument that makes no sense.
    case invalidArgument(name: String, value: String, expected: String)
    /// No choice of quantisers meets the limits.
    case infeasible(limit: String)

    public var description: String {
        switch self {
        case .invalidArgument(let name, let value, let expected): "\(name) is \(value): expected \(expected)"
        case .infeasible(let limit): "no choice of quantisers meets \(limit)"
        }
    }

    static func require(
        _ condition: Bool, _ name: String, _ value: some CustomStringConvertible, _ expected: String
    ) throws(QuantizationError) {
        if !condition { throw .invalidArgument(name: name, value: value.description, expected: expected) }
    }

    static func requireFinite(_ matrix: Matrix, _ name: String) throws(QuantizationError) {
        if let place = matrix.flattened.firstIndex(where: { !$0.isFinite }) {
            throw .invalidArgument(
                name: "\(name)[\(place / matrix.columns), \(place % matrix.columns)]",
                value: "\(matrix.flattened[place])",
                expected: "a finite number")
        }
    }
}
