import RealModule

/// The multivariate normal distribution.
public struct MultivariateNormalDistribution: Sendable {
    /// The expected vector.
    public let mean: Vector
    /// The covariance matrix.
    public let covariance: Matrix
    private let factor: CholeskyDecomposition<Double>

    /// A multivariate normal distribution.
    ///
    /// - Parameters:
    ///   - mean: of dimension d ≥ 1, finite.
    ///   - covariance: symmetric positive definite of order d.
    /// - Throws: `StatisticsError.linearAlgebra` if the shapes do not fit or the covariance is not positive definite.
    public init(mean: Vector, covariance: Matrix) throws(StatisticsError) {
        try mean.requireSample("mean")
        factor = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try covariance.requireRows(mean.count, "covariance", of: "mean", "(\(mean.count))")
            return try CholeskyDecomposition(covariance)
        }
        self.mean = mean
        self.covariance = covariance
    }

    /// The number of coordinates.
    public var dimension: Int { mean.count }

    /// ln of the determinant of the covariance.
    public var logDeterminant: Double { factor.logDeterminant }

    /// (x − μ)ᵀ Σ⁻¹ (x − μ).
    ///
    /// - Throws: `StatisticsError.linearAlgebra` if the dimension is another.
    public func squaredMahalanobisDistance(_ x: Vector) throws(StatisticsError) -> Double {
        try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try x.requireCount(dimension, "x", of: "mean", "(\(dimension))")
            return try factor.solveLower((x - mean).asColumn).flattened.squaredNorm
        }
    }

    /// The natural logarithm of the density.
    ///
    /// - Throws: `StatisticsError.linearAlgebra` if the dimension is another.
    public func logDensity(_ x: Vector) throws(StatisticsError) -> Double {
        -(try squaredMahalanobisDistance(x)) / 2 - logDeterminant / 2 - Double(dimension) * logSquareRootOfTwoPi
    }

    /// The differential entropy, in nats.
    public var entropy: Double { logDeterminant / 2 + Double(dimension) * (logSquareRootOfTwoPi + 0.5) }

    /// The Kullback-Leibler divergence KL(self ‖ other), in nats:
    /// ½(tr Σ₂⁻¹Σ₁ + (μ₂ − μ₁)ᵀΣ₂⁻¹(μ₂ − μ₁) − d + ln |Σ₂|/|Σ₁|).
    ///
    /// - Throws: `StatisticsError.linearAlgebra` if the dimensions differ.
    public func divergence(from other: MultivariateNormalDistribution) throws(StatisticsError) -> Double {
        let distance = try other.squaredMahalanobisDistance(mean)
        let whitened = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try other.factor.solveLower(factor.lower)
        }
        let trace = whitened.flattened.squaredNorm
        return (trace + distance - Double(dimension) + other.logDeterminant - logDeterminant) / 2
    }

    /// A vector of the distribution.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Vector {
        generator.multivariateNormal(mean: mean, choleskyFactor: factor.lower)
    }

    /// Independent vectors of the distribution, one a row.
    public func samples<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> Matrix {
        generator.multivariateNormalMatrix(count: count, mean: mean, choleskyFactor: factor.lower)
    }
}

/// The Dirichlet distribution on the probability simplex, with density Γ(Σα) Π xᵢ^(αᵢ − 1)/Γ(αᵢ).
public struct DirichletDistribution: Sendable {
    /// α, one a coordinate.
    public let concentrations: Vector

    /// A Dirichlet distribution.
    ///
    /// - Parameter concentrations: positive and finite; at least two.
    /// - Throws: `StatisticsError` naming the one that is wrong.
    public init(concentrations: some Collection<Double>) throws(StatisticsError) {
        try concentrations.requireSample("concentrations", atLeast: 2)
        for (index, value) in concentrations.enumerated() where value <= 0 {
            throw .invalidElement(argument: "concentrations", index: index, value: value, expected: "positive numbers")
        }
        self.concentrations = Vector(concentrations)
    }

    /// Σα.
    public var totalConcentration: Double { concentrations.reduce(0, +) }

    /// Σ ln Γ(αᵢ) − ln Γ(Σα).
    private var logNormaliser: Double {
        concentrations.reduce(0) { $0 + Double.logGamma($1) } - Double.logGamma(totalConcentration)
    }

    /// The natural logarithm of the density with respect to the first d − 1 coordinates.
    ///
    /// - Parameter x: non-negative with sum 1 to within 10⁻⁹; −∞ elsewhere.
    /// - Throws: `StatisticsError.countMismatch` if the dimension is another.
    public func logDensity(_ x: some Collection<Double>) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(x.count, "x", concentrations.count, "concentrations")
        guard x.allSatisfy({ $0 >= 0 }), (x.reduce(0, +) - 1).magnitude < 1e-9 else { return -.infinity }
        return zip(concentrations, x).reduce(0) { $0 + xLogY($1.0 - 1, $1.1) } - logNormaliser
    }

    /// α/Σα.
    public var mean: Vector { concentrations / totalConcentration }

    /// The variance of each coordinate, m(1 − m)/(Σα + 1).
    public var variances: Vector { mean.map { $0 * (1 - $0) / (totalConcentration + 1) } }

    /// The differential entropy, in nats.
    public var entropy: Double {
        let total = totalConcentration
        return logNormaliser + (total - Double(concentrations.count)) * digamma(total)
            - concentrations.reduce(0) { $0 + ($1 - 1) * digamma($1) }
    }

    /// The Kullback-Leibler divergence KL(self ‖ other), in nats.
    ///
    /// - Throws: `StatisticsError.countMismatch` if the dimensions differ.
    public func divergence(from other: DirichletDistribution) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(
            concentrations.count, "concentrations", other.concentrations.count, "other.concentrations")
        let centre = digamma(totalConcentration)
        return other.logNormaliser - logNormaliser
            + zip(concentrations, other.concentrations).reduce(0) { $0 + ($1.0 - $1.1) * (digamma($1.0) - centre) }
    }

    /// A probability vector.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Vector {
        generator.dirichlet(concentrations: concentrations)
    }
}

/// The multinomial distribution: how often each outcome occurs in independent trials.
public struct MultinomialDistribution: Sendable, Hashable {
    /// How many trials.
    public let trials: Int
    /// Of the outcomes, with sum 1.
    public let probabilities: [Double]

    /// A multinomial distribution.
    ///
    /// - Parameters:
    ///   - trials: 0 or more.
    ///   - weights: of the outcomes, non-negative with a positive finite sum; divided by it.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(trials: Int, weights: some Collection<Double>) throws(StatisticsError) {
        guard trials >= 0 else { throw .outOfRange(argument: "trials", value: Double(trials), expected: "0 or more") }
        let total = try weights.requireWeights("weights")
        self.trials = trials
        probabilities = weights.map { $0 / total }
    }

    /// The natural logarithm of the probability of some counts; −∞ if their sum is not `trials`.
    ///
    /// - Throws: `StatisticsError.countMismatch` if there are not as many counts as outcomes.
    public func logProbability(_ counts: [Int]) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(counts.count, "counts", probabilities.count, "probabilities")
        guard counts.allSatisfy({ $0 >= 0 }), counts.reduce(0, +) == trials else { return -.infinity }
        return zip(counts, probabilities).reduce(Double.logGamma(Double(trials) + 1)) {
            $0 + xLogY(Double($1.0), $1.1) - Double.logGamma(Double($1.0) + 1)
        }
    }

    /// trials · probabilities.
    public var mean: [Double] { probabilities.map { Double(trials) * $0 } }

    /// Counts of the distribution.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> [Int] {
        generator.multinomial(trials: trials, weights: probabilities)
    }
}
