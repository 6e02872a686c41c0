import Mathematics

extension GaussianModel {
    // swiftcore: random_feature_theory; self: model
    /// The deterministic equivalents of risk and norm for ridge regression on random features.
    ///
    /// arXiv:2502.01585 (random feature ridge regression). With ν₁, ν₂ from `RandomFeatureFixedPoint`, df₂ and τ = Tr Σ(Σ+ν₂)⁻² at
    /// ν₂, χ = τ/(p − df₂), Υ = (p/n)[(1 − ν₁/ν₂)² + (ν₁/ν₂)² df₂/(p − df₂)] and
    /// b = β*ᵀ(Σ+ν₂)⁻²β* + χ β*ᵀΣ(Σ+ν₂)⁻²β*:
    ///
    ///     V_R = σ² Υ/(1 − Υ)            B_R = ν₂² b/(1 − Υ)
    ///     V_N = σ² (p/n) χ/(1 − Υ)      B_N = (ν₂/ν₁) β*ᵀ(Σ+ν₂)⁻¹β* − (λ/n)(ν₂/ν₁)² b/(1 − Υ)
    ///
    /// As written 1 − Υ and B_N cancel at small λ. With ρ = ν₁/ν₂ the fixed point gives
    ///
    ///     n(1 − Υ) = λ/ν₁ + ρν₂τ p/(p − df₂)
    ///     B_N · n(1 − Υ)/p = χν₂ β*ᵀ(Σ+ν₂)⁻¹β* + (λ/ν₁) β*ᵀΣ(Σ+ν₂)⁻²β*/(p − df₂)
    ///
    /// whose terms are all positive and finite also for λ = 0.
    ///
    /// - Parameters:
    ///   - samples: n > 0; need not be whole.
    ///   - features: p > 0; need not be whole.
    ///   - ridge: λ ≥ 0; 0 is the ridgeless limit, infinite at p = n.
    public func randomFeatureTheory(
        samples: Double, features: Double, ridge: Double
    ) throws(StatisticsError) -> RiskAndNorm {
        let point = try RandomFeatureFixedPoint(
            eigenvalues: eigenvalues, samples: samples, features: features, ridge: ridge)
        let shift = point.effectiveRidge
        let ratio = point.ratio
        let traces = point.traces
        let chi = traces.resolventTrace / point.featureExcess
        let (weighted, plain) = targetForms(shift: shift)
        // n(1 − Υ) and nΥ; without ν₁ their second terms vanish, also where p − df₂ does.
        let excess =
            point.residualDegrees
            + (ratio == 0 ? 0 : ratio * shift * traces.resolventTrace * features / point.featureExcess)
        let upsilon =
            traces.degreesOfFreedom1 * traces.degreesOfFreedom1 / features
            + (ratio == 0 ? 0 : features * ratio * ratio * traces.degreesOfFreedom2 / point.featureExcess)
        let noiseVariance = noise * noise
        return RiskAndNorm(
            biasRisk: shift == 0 ? 0 : samples * shift * shift * (plain + chi * weighted) / excess,
            varianceRisk: noiseVariance * upsilon / excess,
            // Without ν₂ the excess is λ/ν₁ and drops out, also where it is zero.
            biasNorm: shift == 0
                ? features * weighted / point.featureExcess
                : features
                    * (chi * shift * (weighted + shift * plain)
                        + point.residualDegrees * weighted / point.featureExcess) / excess,
            varianceNorm: noiseVariance * features * chi / excess)
    }
}
