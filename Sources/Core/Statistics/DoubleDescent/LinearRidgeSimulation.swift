import Mathematics

extension GaussianModel {
    // swiftcore: draw_linear_ridge; self: model
    /// Risk and norm of linear ridge regression on one random matrix of predictors, for several λ.
    ///
    /// With X = U diag(s) Vᵀ drawn (rows N(0, Σ)) the average over the noise is taken exactly:
    /// B_R = ‖Σ^½(β* − Vdiag(s²/(s²+λ))Vᵀβ*)‖², V_R = σ² Σⱼ s²/(s²+λ)² vⱼᵀΣvⱼ,
    /// B_N = ‖diag(s²/(s²+λ))Vᵀβ*‖², V_N = σ² Σⱼ s²/(s²+λ)².
    ///
    /// - Parameters:
    ///   - samples: n, the number of rows of X.
    ///   - ridges: the values of λ ≥ 0; one result each.
    ///   - generator: draws X.
    public func drawLinearRidge(
        samples: Int, ridges: [Double], using generator: inout some RandomNumberGenerator
    ) throws(StatisticsError) -> [RiskAndNorm] {
        try requirePositive(Double(samples), "samples")
        for ridge in ridges { try requireNonNegative(ridge, "ridge") }
        let predictors = generator.normalMatrix(rows: samples, columns: eigenvalues.count)
            .scalingColumns(by: eigenvalues.map { $0.squareRoot() })
        let spectrum = try GramSpectrum(of: predictors)
        let squares = spectrum.squaredSingularValues
        let coordinates = spectrum.rightVectors.transposeMultiplied(by: target)
        // What no row of X can see; exactly nothing if the rows span the space.
        let unseen = spectrum.isFullRowSpace ? .zeros(target.count) : target - spectrum.rightVectors * coordinates
        let weights = spectrum.rightVectors.map { $0 * $0 }.transposeMultiplied(by: eigenvalues)
        let noiseVariance = noise * noise
        return ridges.map { ridge in
            let shrunk = coordinates.combined(with: squares) { $0 * ridge / ($1 + ridge) }
            let error = unseen + spectrum.rightVectors * shrunk
            let gains = squares.map { $0 / (($0 + ridge) * ($0 + ridge)) }
            return RiskAndNorm(
                biasRisk: (error .* error).dot(eigenvalues),
                varianceRisk: noiseVariance * gains.dot(weights),
                biasNorm: coordinates.combined(with: squares) { $0 * $1 / ($1 + ridge) }.squaredNorm,
                varianceNorm: noiseVariance * gains.sum)
        }
    }

    // swiftcore: simulate_linear_ridge; self: model
    /// Risk and norm of linear ridge regression averaged over independent draws of X, on all processors.
    ///
    /// - Parameters:
    ///   - samples: n.
    ///   - ridges: the values of λ; one estimate each.
    ///   - draws: how many matrices X.
    ///   - generator: draw i uses `generator.stream(i)`, so that the result does not depend on the threads.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public func simulateLinearRidge(
        samples: Int, ridges: [Double], draws: Int, generator: Philox, maximumThreads: Int? = nil
    ) throws(StatisticsError) -> [RiskAndNormEstimate] {
        try averageOverDraws(draws, of: ridges.count, generator: generator, maximumThreads: maximumThreads) {
            (generator: inout Philox) throws(StatisticsError) in
            try drawLinearRidge(samples: samples, ridges: ridges, using: &generator)
        }
    }
}

/// Runs independent draws of several quantities in parallel and averages each quantity.
func averageOverDraws(
    _ draws: Int, of quantities: Int, generator: Philox, maximumThreads: Int?,
    _ draw: @escaping @Sendable (inout Philox) throws(StatisticsError) -> [RiskAndNorm]
) throws(StatisticsError) -> [RiskAndNormEstimate] {
    try requirePositive(Double(draws), "draws")
    let results = try parallelMap(draws, maximumThreads: maximumThreads) {
        (index: Int) throws(StatisticsError) -> [RiskAndNorm] in
        var own = generator.stream(index)
        return try draw(&own)
    }
    return (0..<quantities).map { quantity in RiskAndNormEstimate(results.map { $0[quantity] }) }
}
