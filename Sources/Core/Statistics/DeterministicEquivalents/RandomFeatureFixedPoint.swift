import Mathematics

/// The effective ridges ν₁ and ν₂ of ridge regression on random features.
///
/// They solve ν₂ = ν₁ + (ν₂/p) Tr Σ(Σ + ν₂)⁻¹ with
/// ν₁ = (ν₂/2)[1 − n/p + √((1 − n/p)² + 4λ/(pν₂))]. With the ratio ρ = ν₁/ν₂ this is
/// df₁(ν₂) = p(1 − ρ) = n − λ/ν₁; since ρ falls with ν₂ the root is unique, and it is bracketed and found
/// in ln ν₂. See arXiv:2502.01585 and Defilippis, Loureiro and Misiakiewicz, arXiv:2405.15699.
public struct RandomFeatureFixedPoint: Sendable, Equatable {
    /// ν₂. Zero for λ = 0 with samples and features at least the rank of Σ.
    public let effectiveRidge: Double

    /// ρ = ν₁/ν₂, between 0 and 1.
    public let ratio: Double

    /// n − df₁(ν₂) = λ/ν₁: the samples that fit no direction.
    public let residualDegrees: Double

    /// The traces at ν₂.
    public let traces: SpectralTraces

    /// p − df₂(ν₂) = pρ + ν₂τ(ν₂), summed without cancellation.
    public let featureExcess: Double

    /// ν₁.
    public var firstEffectiveRidge: Double { ratio * effectiveRidge }

    // swiftcore: random_feature_fixed_point
    /// Solves the fixed-point equations.
    ///
    /// - Parameters:
    ///   - eigenvalues: of Σ, all positive.
    ///   - samples: n > 0; need not be whole.
    ///   - features: p > 0; need not be whole.
    ///   - ridge: λ ≥ 0; 0 is the ridgeless limit.
    /// - Throws: `StatisticsError.outOfRange`.
    public init(
        eigenvalues: Vector, samples: Double, features: Double, ridge: Double
    ) throws(StatisticsError) {
        try requireSpectrum(eigenvalues)
        try requirePositive(samples, "samples")
        try requirePositive(features, "features")
        try requireNonNegative(ridge, "ridge")
        let rank = Double(eigenvalues.count)
        let bound = min(samples, features)
        if ridge == 0, bound >= rank {
            effectiveRidge = 0
            ratio = 1 - rank / features
            residualDegrees = samples - rank
        } else {
            let overparameterized = features > samples
            let offset = 1 - samples / features
            // ρ is the positive root of ρ² − (1 − n/p)ρ = λ/(pν₂), in the form without cancellation.
            func ratio(_ shift: Double) -> Double {
                let term = ridge / (features * shift)
                let root = (offset * offset + 4 * term).squareRoot()
                return offset >= 0 ? (offset + root) / 2 : 2 * term / (root - offset)
            }
            let shift = try solveDegreesOfFreedom(
                eigenvalues: eigenvalues, bound: bound, startingAt: eigenvalues.mean,
                equation: "ν₂ = ν₁ + (ν₂/p) Tr Σ(Σ + ν₂)⁻¹",
                // n − λ/ν₁ and p − pρ are the same number; the bound leaves the small term.
                loss: { shift in
                    if ridge == 0 { return 0 }
                    return overparameterized ? ridge / (shift * ratio(shift)) : features * ratio(shift)
                })
            effectiveRidge = shift
            self.ratio = ratio(shift)
            residualDegrees =
                !overparameterized
                ? samples - features + features * self.ratio
                : ridge == 0 ? 0 : ridge / (shift * self.ratio)
        }
        traces = SpectralTraces(eigenvalues: eigenvalues, shift: effectiveRidge)
        featureExcess = features * self.ratio + effectiveRidge * traces.resolventTrace
    }
}
