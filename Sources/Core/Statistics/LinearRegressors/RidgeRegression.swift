import Mathematics

/// Ridge regression: the β that minimises ‖y − Xβ‖² + λ‖β‖².
public struct RidgeRegression: Sendable {
    /// Which of the two equal forms of the solution is computed.
    public enum Form: Sendable {
        /// (XᵀX + λI)⁻¹Xᵀy, a system of as many unknowns as predictors.
        case primal
        /// Xᵀ(XXᵀ + λI)⁻¹y, a system of as many unknowns as observations.
        case dual
        /// The smaller system.
        case smaller
    }

    /// β, one number a predictor.
    public let coefficients: Vector

    // swiftcore: ridge_regression
    /// Fits by a Cholesky factorisation.
    ///
    /// - Parameters:
    ///   - predictors: X, one row an observation.
    ///   - response: y, one number an observation.
    ///   - ridge: λ > 0. For λ = 0 use `MinimumNormRegression`.
    ///   - form: which system to solve; the result is the same but for rounding.
    /// - Throws: `StatisticsError` if the shapes do not fit, λ is not positive or a number is not finite.
    public init(
        predictors: Matrix, response: Vector, ridge: Double, form: Form = .smaller
    ) throws(StatisticsError) {
        try requireResponse(response, of: predictors)
        try requirePositive(ridge, "ridge")
        let primal =
            switch form {
            case .primal: true
            case .dual: false
            case .smaller: predictors.columns <= predictors.rows
            }
        coefficients = try linearAlgebra { () throws(LinearAlgebraError) -> Vector in
            var gram = primal ? predictors.columnGram : predictors.rowGram
            gram.addToDiagonal(ridge)
            let system = try CholeskyDecomposition(gram)
            return primal
                ? try system.solve(predictors.transposeMultiplied(by: response))
                : predictors.transposeMultiplied(by: try system.solve(response))
        }
    }

    /// The predicted responses Xβ.
    public func predict(_ predictors: Matrix) -> Vector { predictors * coefficients }
}
