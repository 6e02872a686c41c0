import Mathematics

extension GaussianModel {
    // swiftcore: isotropic_ridgeless_risk; elementwise
    /// The ridgeless risk as a function of the norm for Σ = I and fewer samples than dimensions:
    /// R = √((N − B)² + 2σ²(N + B) + σ⁴) − σ² with B = ‖β*‖².
    ///
    /// arXiv:2502.01585 (isotropic features, λ → 0, n < d): the number of samples is eliminated
    /// between the closed forms of R and N.
    public static func isotropicRidgelessRisk(
        norm: Double, targetSquaredNorm: Double, noise: Double
    ) -> Double {
        let variance = noise * noise
        let difference = norm - targetSquaredNorm
        let offset = 2 * variance * (norm + targetSquaredNorm) + variance * variance
        return (difference * difference + offset).squareRoot() - variance
    }

    /// The slope d/Tr Σ⁻¹ of the line R = slope · (N − ‖β*‖²) on which ridgeless regression lies with more
    /// samples than dimensions.
    ///
    /// arXiv:2502.01585 (λ → 0, n > d).
    public var ridgelessSlope: Double {
        Double(eigenvalues.count) / eigenvalues.reduce(0) { $0 + 1 / $1 }
    }
}
