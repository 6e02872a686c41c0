import Mathematics

extension GaussianModel {
    // swiftcore: linear_ridge_theory; self: model
    /// The deterministic equivalents of risk and norm for linear ridge regression.
    ///
    /// arXiv:2502.01585 (linear ridge regression). With λ* from `RidgeFixedPoint`, df₂ and τ = Tr Σ(Σ+λ*)⁻² at λ*, and
    /// Q = β*ᵀΣ(Σ+λ*)⁻²β*:
    ///
    ///     V_R = σ² df₂/(n − df₂)        B_R = λ*² Q/(1 − df₂/n)
    ///     V_N = σ² τ/(n − df₂)          B_N = β*ᵀΣ(Σ+λ*)⁻¹β* − (λ/n) Q/(1 − df₂/n)
    ///
    /// The difference in B_N cancels for large λ; it is computed in the equal form
    /// β*ᵀΣ²(Σ+λ*)⁻²β* + λ*²τQ/(n − df₂), whose terms are positive.
    ///
    /// - Parameters:
    ///   - samples: n > 0; need not be whole.
    ///   - ridge: λ ≥ 0; 0 is the ridgeless limit, whose variances are infinite at n = d.
    public func linearRidgeTheory(samples: Double, ridge: Double) throws(StatisticsError) -> RiskAndNorm {
        let point = try RidgeFixedPoint(eigenvalues: eigenvalues, samples: samples, ridge: ridge)
        let shift = point.effectiveRidge
        let excess = point.sampleExcess
        let (weighted, _) = targetForms(shift: shift)
        let learned = zip(eigenvalues, target).reduce(0.0) { sum, pair in
            let scaled = pair.0 / (pair.0 + shift) * pair.1
            return sum + scaled * scaled
        }
        let noiseVariance = noise * noise
        // Without shift the bias terms vanish, also where the excess does.
        let amplified = shift == 0 ? 0 : shift * shift * weighted / excess
        return RiskAndNorm(
            biasRisk: samples * amplified,
            varianceRisk: noiseVariance * point.traces.degreesOfFreedom2 / excess,
            biasNorm: learned + amplified * point.traces.resolventTrace,
            varianceNorm: noiseVariance * point.traces.resolventTrace / excess)
    }
}
