import Mathematics

extension GaussianModel {
    // swiftcore: draw_random_features; self: model
    /// Risk and norm of ridge regression on one draw of data and random features, for several λ.
    ///
    /// Draws G (n × k, rows N(0, I)) and F (p × k, rows N(0, Σ)), decomposes Z = GFᵀ/√p = U diag(s) Vᵀ and
    /// takes the average over the noise exactly. With h = s/(s²+λ), c = UᵀGβ* and W = VᵀF/√p:
    /// B_R = ‖β* − Wᵀ(hc)‖², V_R = σ² Σⱼ hⱼ²‖wⱼ‖², B_N = ‖hc‖², V_N = σ² Σⱼ hⱼ².
    ///
    /// - Parameters:
    ///   - samples: n.
    ///   - features: p.
    ///   - ridges: the values of λ ≥ 0; one result each.
    ///   - generator: draws G, then F.
    public func drawRandomFeatures(
        samples: Int, features: Int, ridges: [Double], using generator: inout some RandomNumberGenerator
    ) throws(StatisticsError) -> [RiskAndNorm] {
        try requirePositive(Double(samples), "samples")
        try requirePositive(Double(features), "features")
        for ridge in ridges { try requireNonNegative(ridge, "ridge") }
        let data = generator.normalMatrix(rows: samples, columns: eigenvalues.count)
        let scale = 1 / Double(features).squareRoot()
        let weights = generator.normalMatrix(rows: features, columns: eigenvalues.count)
            .scalingColumns(by: eigenvalues.map { $0.squareRoot() * scale })
        let decomposition = try linearAlgebra { () throws(LinearAlgebraError) in
            // The singular values themselves, not their squares: near p = n they span many decades.
            try SingularValueDecomposition(data.multiplied(byTransposeOf: weights))
        }
        let threshold = decomposition.defaultTolerance
        let coordinates = decomposition.left.transposeMultiplied(by: data * target)
        let directions = decomposition.rightTransposed * weights
        let directionNorms = directions.map { $0 * $0 }.rowSums
        let noiseVariance = noise * noise
        return ridges.map { ridge in
            let gains = decomposition.singularValues.map { $0 > threshold ? $0 / ($0 * $0 + ridge) : 0 }
            let coefficients = gains .* coordinates
            let squaredGains = gains .* gains
            return RiskAndNorm(
                biasRisk: (target - directions.transposeMultiplied(by: coefficients)).squaredNorm,
                varianceRisk: noiseVariance * squaredGains.dot(directionNorms),
                biasNorm: coefficients.squaredNorm,
                varianceNorm: noiseVariance * squaredGains.sum)
        }
    }

    // swiftcore: simulate_random_features; self: model
    /// Risk and norm of ridge regression on random features averaged over independent draws of data and
    /// features, on all processors.
    ///
    /// - Parameters:
    ///   - samples: n.
    ///   - features: p.
    ///   - ridges: the values of λ; one estimate each.
    ///   - draws: how many pairs (G, F).
    ///   - generator: draw i uses `generator.stream(i)`, so that the result does not depend on the threads.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public func simulateRandomFeatures(
        samples: Int, features: Int, ridges: [Double], draws: Int, generator: Philox,
        maximumThreads: Int? = nil
    ) throws(StatisticsError) -> [RiskAndNormEstimate] {
        try averageOverDraws(draws, of: ridges.count, generator: generator, maximumThreads: maximumThreads) {
            (generator: inout Philox) throws(StatisticsError) in
            try drawRandomFeatures(samples: samples, features: features, ridges: ridges, using: &generator)
        }
    }
}
