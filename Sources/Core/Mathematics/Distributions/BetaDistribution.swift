import RealModule

/// The beta distribution with density x^(alpha − 1) (1 − x)^(beta − 1)/B(alpha, beta) on [0, 1].
public struct BetaDistribution: ContinuousDistribution, Hashable {
    /// The exponent at 0, plus 1.
    public let alpha: Double
    /// The exponent at 1, plus 1.
    public let beta: Double

    /// A beta distribution.
    ///
    /// - Parameters:
    ///   - alpha: positive and finite.
    ///   - beta: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(alpha: Double, beta: Double) throws(StatisticsError) {
        try StatisticsError.requirePositive(alpha, "alpha")
        try StatisticsError.requirePositive(beta, "beta")
        self.alpha = alpha
        self.beta = beta
    }

    public func logDensity(_ x: Double) -> Double {
        guard x >= 0, x <= 1 else { return x.isNaN ? x : -.infinity }
        return xLogY(alpha - 1, x) + xLog1pY(beta - 1, -x) - logBeta(alpha, beta)
    }

    public func cumulative(_ x: Double) -> Double {
        x.isNaN ? x : regularizedBeta(min(max(x, 0), 1), alpha, beta)
    }
    public func survival(_ x: Double) -> Double {
        x.isNaN ? x : regularizedBetaComplement(min(max(x, 0), 1), alpha, beta)
    }
    public func quantile(_ probability: Double) -> Double { inverseRegularizedBeta(probability, alpha, beta) }
    public func upperQuantile(_ probability: Double) -> Double {
        inverseRegularizedBetaComplement(probability, alpha, beta)
    }
    public var mean: Double { alpha / (alpha + beta) }
    public var variance: Double {
        let sum = alpha + beta
        return (alpha / sum) * (beta / sum) / (sum + 1)
    }
    public var entropy: Double {
        logBeta(alpha, beta) - (alpha - 1) * digamma(alpha) - (beta - 1) * digamma(beta)
            + (alpha + beta - 2) * digamma(alpha + beta)
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.beta(alpha: alpha, beta: beta)
    }
}

/// Fisher's F distribution: the ratio of two independent chi-squared numbers, each over its degrees of freedom.
public struct FisherFDistribution: ContinuousDistribution, Hashable {
    /// Of the numerator.
    public let numeratorDegrees: Double
    /// Of the denominator.
    public let denominatorDegrees: Double

    /// An F distribution.
    ///
    /// - Parameters:
    ///   - numeratorDegrees: positive and finite.
    ///   - denominatorDegrees: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(numeratorDegrees: Double, denominatorDegrees: Double) throws(StatisticsError) {
        try StatisticsError.requirePositive(numeratorDegrees, "numeratorDegrees")
        try StatisticsError.requirePositive(denominatorDegrees, "denominatorDegrees")
        self.numeratorDegrees = numeratorDegrees
        self.denominatorDegrees = denominatorDegrees
    }

    private var a: Double { numeratorDegrees / 2 }
    private var b: Double { denominatorDegrees / 2 }

    public func logDensity(_ x: Double) -> Double {
        guard x >= 0 else { return x.isNaN ? x : -.infinity }
        if x == .infinity { return -.infinity }
        let ratio = a / b
        return xLogY(a - 1, ratio * x) - (a + b) * Double.log(onePlus: ratio * x) - logBeta(a, b) + Double.log(ratio)
    }

    public func cumulative(_ x: Double) -> Double { tails(x).lower }
    public func survival(_ x: Double) -> Double { tails(x).upper }

    private func tails(_ x: Double) -> (lower: Double, upper: Double) {
        if x.isNaN { return (x, x) }
        if x <= 0 { return (0, 1) }
        if x == .infinity { return (1, 0) }
        // The beta variable ax/(ax + b) or its complement, whichever is formed without rounding to 1.
        let product = a * x
        if product <= b {
            let y = product / (product + b)
            return (regularizedBeta(y, a, b), regularizedBetaComplement(y, a, b))
        }
        let y = b / (product + b)
        return (regularizedBetaComplement(y, b, a), regularizedBeta(y, b, a))
    }

    public func quantile(_ probability: Double) -> Double {
        let y = inverseRegularizedBeta(probability, a, b)
        if y < 0.5 || y.isNaN { return b / a * (y / (1 - y)) }
        let z = inverseRegularizedBetaComplement(probability, b, a)
        return b / a * ((1 - z) / z)
    }

    public func upperQuantile(_ probability: Double) -> Double {
        let z = inverseRegularizedBeta(probability, b, a)
        if z < 0.5 || z.isNaN { return b / a * ((1 - z) / z) }
        let y = inverseRegularizedBetaComplement(probability, a, b)
        return b / a * (y / (1 - y))
    }

    /// d₂/(d₂ − 2); infinite for d₂ ≤ 2.
    public var mean: Double { b > 1 ? b / (b - 1) : .infinity }

    /// Infinite for 2 < d₂ ≤ 4, NaN below.
    public var variance: Double {
        guard b > 2 else { return b > 1 ? .infinity : .nan }
        return (b / (b - 1)) * (b / (b - 1)) * (a + b - 1) / (a * (b - 2))
    }

    public var entropy: Double {
        logBeta(a, b) - (a - 1) * (digamma(a) - digamma(b)) + (a + b) * (digamma(a + b) - digamma(b)) + Double.log(b / a)
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        let above = generator.chiSquared(degreesOfFreedom: numeratorDegrees) / numeratorDegrees
        return above / (generator.chiSquared(degreesOfFreedom: denominatorDegrees) / denominatorDegrees)
    }
}
