import Mathematics

/// The effective ridge of linear ridge regression: the λ* with n − λ/λ* = Tr Σ(Σ + λ*)⁻¹.
///
/// In the proportional limit λ(XᵀX + λ)⁻¹ behaves like λ*(Σ + λ*)⁻¹. The left side rises with λ* and the
/// right side falls, so the root is unique; it is bracketed and found in ln λ*. See arXiv:2502.01585
/// and Cheng and Montanari, arXiv:2210.08571.
public struct RidgeFixedPoint: Sendable, Equatable {
    /// λ*. Zero for λ = 0 and n at least the rank of Σ.
    public let effectiveRidge: Double

    /// n − df₁(λ*) = λ/λ*: the samples that fit no direction of Σ.
    public let residualDegrees: Double

    /// The traces at λ*.
    public let traces: SpectralTraces

    /// n − df₂(λ*) = λ/λ* + λ*τ(λ*), summed without cancellation.
    public var sampleExcess: Double { residualDegrees + effectiveRidge * traces.resolventTrace }

    // swiftcore: ridge_fixed_point
    /// Solves the fixed-point equation.
    ///
    /// - Parameters:
    ///   - eigenvalues: of Σ, all positive.
    ///   - samples: n > 0; need not be whole.
    ///   - ridge: λ ≥ 0; 0 is the ridgeless limit.
    /// - Throws: `StatisticsError.outOfRange`.
    public init(eigenvalues: Vector, samples: Double, ridge: Double) throws(StatisticsError) {
        try requireSpectrum(eigenvalues)
        try requirePositive(samples, "samples")
        try requireNonNegative(ridge, "ridge")
        let rank = Double(eigenvalues.count)
        if ridge == 0, samples >= rank {
            effectiveRidge = 0
            residualDegrees = samples - rank
        } else {
            effectiveRidge = try solveDegreesOfFreedom(
                eigenvalues: eigenvalues, bound: samples, startingAt: eigenvalues.mean,
                equation: "n − λ/λ* = Tr Σ(Σ + λ*)⁻¹", loss: { ridge / $0 })
            residualDegrees = ridge / effectiveRidge
        }
        traces = SpectralTraces(eigenvalues: eigenvalues, shift: effectiveRidge)
    }
}
