import RealModule

/// The gamma distribution with density x^(shape − 1) e^(−x/scale)/(Γ(shape) scale^shape), x ≥ 0.
public struct GammaDistribution: ContinuousDistribution, Hashable {
    /// The exponent's parameter.
    public let shape: Double
    /// The unit of the number; the reciprocal of the rate.
    public let scale: Double

    /// A gamma distribution.
    ///
    /// - Parameters:
    ///   - shape: positive and finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(shape: Double, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requirePositive(shape, "shape")
        try StatisticsError.requirePositive(scale, "scale")
        self.shape = shape
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        guard x >= 0 else { return x.isNaN ? x : -.infinity }
        if x == .infinity { return -.infinity }
        let t = x / scale
        return xLogY(shape - 1, t) - t - Double.logGamma(shape) - Double.log(scale)
    }

    public func cumulative(_ x: Double) -> Double { x.isNaN ? x : regularizedGammaP(shape, max(x, 0) / scale) }
    public func survival(_ x: Double) -> Double { x.isNaN ? x : regularizedGammaQ(shape, max(x, 0) / scale) }
    public func quantile(_ probability: Double) -> Double { scale * inverseRegularizedGammaP(shape, probability) }
    public func upperQuantile(_ probability: Double) -> Double { scale * inverseRegularizedGammaQ(shape, probability) }
    public var mean: Double { shape * scale }
    public var variance: Double { shape * scale * scale }
    public var entropy: Double {
        shape + Double.log(scale) + Double.logGamma(shape) + (1 - shape) * digamma(shape)
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.gamma(shape: shape, scale: scale)
    }
}

/// The chi-squared distribution: the sum of the squares of independent standard normal numbers.
public struct ChiSquaredDistribution: ContinuousDistribution, Hashable {
    /// How many squares are summed; not necessarily whole.
    public let degreesOfFreedom: Double
    private let gamma: GammaDistribution

    /// A chi-squared distribution.
    ///
    /// - Parameter degreesOfFreedom: positive and finite.
    /// - Throws: `StatisticsError` if they are not.
    public init(degreesOfFreedom: Double) throws(StatisticsError) {
        try StatisticsError.requirePositive(degreesOfFreedom, "degreesOfFreedom")
        self.degreesOfFreedom = degreesOfFreedom
        gamma = try GammaDistribution(shape: degreesOfFreedom / 2, scale: 2)
    }

    public func logDensity(_ x: Double) -> Double { gamma.logDensity(x) }
    public func cumulative(_ x: Double) -> Double { gamma.cumulative(x) }
    public func survival(_ x: Double) -> Double { gamma.survival(x) }
    public func quantile(_ probability: Double) -> Double { gamma.quantile(probability) }
    public func upperQuantile(_ probability: Double) -> Double { gamma.upperQuantile(probability) }
    public var mean: Double { degreesOfFreedom }
    public var variance: Double { 2 * degreesOfFreedom }
    public var entropy: Double { gamma.entropy }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.chiSquared(degreesOfFreedom: degreesOfFreedom)
    }
}

/// The exponential distribution with density rate · e^(−rate · x), x ≥ 0.
public struct ExponentialDistribution: ContinuousDistribution, Hashable {
    /// The reciprocal of the mean.
    public let rate: Double

    /// An exponential distribution.
    ///
    /// - Parameter rate: positive and finite.
    /// - Throws: `StatisticsError` if it is not.
    public init(rate: Double = 1) throws(StatisticsError) {
        try StatisticsError.requirePositive(rate, "rate")
        self.rate = rate
    }

    public func logDensity(_ x: Double) -> Double {
        x.isNaN ? x : x < 0 ? -.infinity : Double.log(rate) - rate * x
    }

    public func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : -Double.expMinusOne(-rate * x) }
    public func survival(_ x: Double) -> Double { x <= 0 ? 1 : .exp(-rate * x) }
    public func quantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? -Double.log(onePlus: -probability) / rate : .nan
    }
    public func upperQuantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? -Double.log(probability) / rate : .nan
    }
    public var mean: Double { 1 / rate }
    public var variance: Double { 1 / (rate * rate) }
    public var entropy: Double { 1 - Double.log(rate) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.exponential(rate: rate)
    }
}
