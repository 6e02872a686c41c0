/// The test risk of an estimator and its squared norm, each split in bias and variance over the noise.
///
/// The four quantities of arXiv:2502.01585: risk R = B_R + V_R (excess over the noise), norm
/// N = E‖estimator‖² = B_N + V_N.
public struct RiskAndNorm: Sendable, Equatable {
    /// B_R: the risk that would remain without noise.
    public var biasRisk: Double
    /// V_R: the risk that the noise adds.
    public var varianceRisk: Double
    /// B_N: the squared norm of the estimator averaged over the noise.
    public var biasNorm: Double
    /// V_N: the squared norm that the noise adds.
    public var varianceNorm: Double

    // swiftcore: field
    /// R = B_R + V_R.
    public var risk: Double { biasRisk + varianceRisk }
    // swiftcore: field
    /// N = B_N + V_N.
    public var norm: Double { biasNorm + varianceNorm }

    public init(biasRisk: Double, varianceRisk: Double, biasNorm: Double, varianceNorm: Double) {
        self.biasRisk = biasRisk
        self.varianceRisk = varianceRisk
        self.biasNorm = biasNorm
        self.varianceNorm = varianceNorm
    }

    /// The four quantities in the order B_R, V_R, B_N, V_N.
    public var components: [Double] { [biasRisk, varianceRisk, biasNorm, varianceNorm] }

    init(components: [Double]) {
        self.init(
            biasRisk: components[0], varianceRisk: components[1], biasNorm: components[2],
            varianceNorm: components[3])
    }

    /// |self − reference| / reference of each quantity.
    public func relativeErrors(against reference: RiskAndNorm) -> RiskAndNorm {
        RiskAndNorm(components: zip(components, reference.components).map { abs($0 - $1) / abs($1) })
    }
}

/// The mean of risk and norm over independent draws, with its standard error.
public struct RiskAndNormEstimate: Sendable, Equatable {
    /// The mean over the draws.
    public let mean: RiskAndNorm
    /// The standard error of each mean; NaN for one draw.
    public let standardError: RiskAndNorm
    /// The number of draws.
    public let draws: Int

    /// Averages independent draws, of which there must be at least one.
    public init(_ draws: [RiskAndNorm]) {
        precondition(!draws.isEmpty, "an estimate needs at least one draw")
        let count = Double(draws.count)
        let means = (0..<4).map { index in draws.reduce(0) { $0 + $1.components[index] } / count }
        mean = RiskAndNorm(components: means)
        standardError = RiskAndNorm(
            components: (0..<4).map { index in
                let squares = draws.reduce(0.0) { sum, draw in
                    let deviation = draw.components[index] - means[index]
                    return sum + deviation * deviation
                }
                return (squares / (count - 1) / count).squareRoot()
            })
        self.draws = draws.count
    }
}
