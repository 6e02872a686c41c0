import Foundation

/// A power law y ≈ factor · x₁^e₁ · x₂^e₂ ⋯ fitted by least squares in logarithms.
public struct PowerLawFit: Sendable {
    /// The exponent of each variable.
    public let exponents: Vector
    /// The constant factor.
    public let factor: Double
    /// The fit of the logarithms, with standard errors and the share of variance explained.
    public let logarithmicFit: LinearFit

    /// Fits y ≈ factor · Π variablesⱼ^exponentsⱼ.
    ///
    /// - Parameters:
    ///   - variables: one row an observation, one column a variable; all positive.
    ///   - values: y, one positive number an observation.
    /// - Throws: `LinearAlgebraError` if a number is not positive and finite, or the logarithms cannot be
    ///   fitted (see `LinearFit`).
    public init(variables: Matrix, values: Vector) throws(LinearAlgebraError) {
        for (name, numbers) in [("variables", variables.flattened), ("values", values)] {
            if let value = numbers.first(where: { !($0 > 0 && $0.isFinite) }) {
                throw .outOfRange(argument: name, value: value, expected: "positive finite numbers only")
            }
        }
        logarithmicFit = try LinearFit(predictors: variables.map { log($0) }, response: values.map { log($0) })
        exponents = logarithmicFit.coefficients
        factor = exp(logarithmicFit.intercept)
    }

    // swiftcore: power_law_fit
    /// Fits y ≈ factor · x^exponent.
    public init(variable: Vector, values: Vector) throws(LinearAlgebraError) {
        try self.init(variables: Matrix(rows: variable.count, columns: 1, variable), values: values)
    }

    /// The fitted value at a point.
    public func callAsFunction(_ point: Vector) -> Double {
        exp(logarithmicFit(point.map { log($0) }))
    }

    /// The confidence interval of the exponent of one variable.
    ///
    /// - Throws: `StatisticsError` as `LinearFit.confidenceInterval`.
    public func confidenceInterval(
        ofExponent index: Int, level: Double = 0.95
    ) throws(StatisticsError) -> ConfidenceInterval {
        try logarithmicFit.confidenceInterval(ofCoefficient: index, level: level)
    }

    /// The confidence band at a point: the interval of the fitted median of y, under normal errors of the logarithm.
    ///
    /// - Throws: `StatisticsError` as `LinearFit.confidenceInterval`.
    public func confidenceInterval(at point: Vector, level: Double = 0.95) throws(StatisticsError) -> ConfidenceInterval {
        Self.exponential(try logarithmicFit.confidenceInterval(at: point.map { log($0) }, level: level))
    }

    /// The prediction band at a point: the interval of one new y, under normal errors of the logarithm.
    ///
    /// - Throws: `StatisticsError` as `LinearFit.predictionInterval`.
    public func predictionInterval(at point: Vector, level: Double = 0.95) throws(StatisticsError) -> ConfidenceInterval {
        Self.exponential(try logarithmicFit.predictionInterval(at: point.map { log($0) }, level: level))
    }

    private static func exponential(_ interval: ConfidenceInterval) -> ConfidenceInterval {
        ConfidenceInterval(lower: exp(interval.lower), upper: exp(interval.upper), level: interval.level)
    }
}
