import Mathematics

/// Ridge regressions for every λ from one eigendecomposition.
///
/// After the decomposition a λ costs O(d · rank).
public struct RidgePath: Sendable {
    /// The spectrum of the predictors.
    public let spectrum: GramSpectrum

    /// VᵀXᵀy: the response seen by each right singular vector.
    public let projectedResponse: Vector

    /// Decomposes the predictors once.
    ///
    /// - Parameters:
    ///   - predictors: X, one row an observation.
    ///   - response: y, one number an observation.
    /// - Throws: `StatisticsError` if the shapes do not fit or a number is not finite.
    public init(predictors: Matrix, response: Vector) throws(StatisticsError) {
        try requireResponse(response, of: predictors)
        spectrum = try GramSpectrum(of: predictors)
        projectedResponse = spectrum.rightVectors.transposeMultiplied(
            by: predictors.transposeMultiplied(by: response))
    }

    /// β(λ) = V diag(1/(s² + λ)) VᵀXᵀy; λ = 0 gives the minimum-norm solution.
    public func coefficients(ridge: Double) throws(StatisticsError) -> Vector {
        try requireNonNegative(ridge, "ridge")
        return spectrum.rightVectors
            * projectedResponse.combined(with: spectrum.squaredSingularValues) { $0 / ($1 + ridge) }
    }

    /// ‖β(λ)‖², without forming β.
    public func squaredNorm(ridge: Double) throws(StatisticsError) -> Double {
        try requireNonNegative(ridge, "ridge")
        return projectedResponse.combined(with: spectrum.squaredSingularValues) { $0 / ($1 + ridge) }.squaredNorm
    }
}
