import Mathematics

/// Ridgeless regression: among the β of least ‖y − Xβ‖ the one of least ‖β‖, X⁺y.
///
/// It is the limit of ridge regression as λ → 0.
public struct MinimumNormRegression: Sendable {
    /// β, one number a predictor.
    public let coefficients: Vector

    // swiftcore: minimum_norm_regression
    /// Fits by the pseudo-inverse.
    ///
    /// - Parameters:
    ///   - predictors: X, one row an observation.
    ///   - response: y, one number an observation.
    ///   - tolerance: singular values of X up to it count as zero; by default the largest times the
    ///     larger side times the machine's precision.
    /// - Throws: `StatisticsError` if the shapes do not fit or a number is not finite.
    public init(predictors: Matrix, response: Vector, tolerance: Double? = nil) throws(StatisticsError) {
        try requireResponse(response, of: predictors)
        coefficients = try linearAlgebra { () throws(LinearAlgebraError) -> Vector in
            try predictors.leastSquares(response, tolerance: tolerance)
        }
    }

    /// The predicted responses Xβ.
    public func predict(_ predictors: Matrix) -> Vector { predictors * coefficients }
}
