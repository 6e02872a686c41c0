/// What a claim requires of a measured number. NaN meets no requirement.
public struct Requirement: Sendable {
    /// The requirement in symbols, as the table shows it: "≥ 0.004".
    public let words: String
    private let test: @Sendable (Double) -> Bool
    /// How far a value is from failing, for picking the worst of many: negative when it fails.
    private let margin: @Sendable (Double) -> Double

    private init(
        _ words: String, margin: @escaping @Sendable (Double) -> Double,
        test: @escaping @Sendable (Double) -> Bool
    ) {
        self.words = words
        self.margin = margin
        self.test = test
    }

    /// Whether a measured value meets the requirement; false for NaN.
    public func isMet(by value: Double) -> Bool { !value.isNaN && test(value) }

    /// The value that is nearest to failing, or fails by the most; NaN before all others. Nil for no values.
    func worst(of values: [Double]) -> Double? {
        if let undefined = values.first(where: \.isNaN) { return undefined }
        return values.min { margin($0) < margin($1) }
    }

    /// At least the bound: measured ≥ bound.
    public static func atLeast(_ bound: Double) -> Requirement {
        checkBound(bound, "atLeast")
        return Requirement("≥ \(formatted(bound))", margin: { $0 - bound }, test: { $0 >= bound })
    }

    /// At most the bound: measured ≤ bound.
    public static func atMost(_ bound: Double) -> Requirement {
        checkBound(bound, "atMost")
        return Requirement("≤ \(formatted(bound))", margin: { bound - $0 }, test: { $0 <= bound })
    }

    /// Above the bound: measured > bound.
    public static func greaterThan(_ bound: Double) -> Requirement {
        checkBound(bound, "greaterThan")
        return Requirement("> \(formatted(bound))", margin: { $0 - bound }, test: { $0 > bound })
    }

    /// Below the bound: measured < bound.
    public static func lessThan(_ bound: Double) -> Requirement {
        checkBound(bound, "lessThan")
        return Requirement("< \(formatted(bound))", margin: { bound - $0 }, test: { $0 < bound })
    }

    /// Within an absolute tolerance of the target: |measured − target| ≤ tolerance.
    public static func within(_ target: Double, tolerance: Double) -> Requirement {
        checkBound(target, "within")
        precondition(tolerance >= 0, "within: tolerance \(tolerance); expected a number of at least 0")
        return Requirement(
            "\(formatted(target)) ± \(formatted(tolerance))", margin: { tolerance - abs($0 - target) },
            test: { abs($0 - target) <= tolerance })
    }

    /// Within a relative tolerance of the target: |measured − target| ≤ relative · |target|.
    public static func within(_ target: Double, relative: Double) -> Requirement {
        checkBound(target, "within")
        precondition(relative >= 0, "within: relative \(relative); expected a number of at least 0")
        let tolerance = relative * abs(target)
        return Requirement(
            "\(formatted(target)) ± \(formatted(relative * 100)) %", margin: { tolerance - abs($0 - target) },
            test: { abs($0 - target) <= tolerance })
    }

    /// In the closed interval: lower ≤ measured ≤ upper.
    public static func between(_ lower: Double, _ upper: Double) -> Requirement {
        precondition(lower <= upper, "between: \(lower) and \(upper); expected the lower bound first")
        return Requirement(
            "in [\(formatted(lower)), \(formatted(upper))]", margin: { min($0 - lower, upper - $0) },
            test: { lower <= $0 && $0 <= upper })
    }

    /// Exactly the target, bit for bit but for the sign of zero.
    public static func equal(_ target: Double) -> Requirement {
        checkBound(target, "equal")
        return Requirement("= \(formatted(target))", margin: { -abs($0 - target) }, test: { $0 == target })
    }

    /// A bound that every number meets, or none, would make a claim that cannot fail or cannot hold.
    private static func checkBound(_ bound: Double, _ name: String) {
        precondition(bound.isFinite, "\(name): \(bound); expected a finite number")
    }
}

/// What a claim requires of a series of measured numbers, in their order. NaN breaks every order.
public enum Order: Sendable {
    case strictlyIncreasing, strictlyDecreasing, nonDecreasing, nonIncreasing

    var words: String {
        switch self {
        case .strictlyIncreasing: "strictly increasing"
        case .strictlyDecreasing: "strictly decreasing"
        case .nonDecreasing: "non-decreasing"
        case .nonIncreasing: "non-increasing"
        }
    }

    /// The first place where the order breaks: the index of the later of the two values.
    func firstViolation(in values: [Double]) -> Int? {
        values.indices.dropFirst().first { index in
            let (before, after) = (values[index - 1], values[index])
            switch self {
            case .strictlyIncreasing: return !(before < after)
            case .strictlyDecreasing: return !(before > after)
            case .nonDecreasing: return !(before <= after)
            case .nonIncreasing: return !(before >= after)
            }
        }
    }
}
