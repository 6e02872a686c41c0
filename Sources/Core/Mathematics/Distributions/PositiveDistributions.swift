import RealModule

/// The Pareto distribution with density shape · minimum^shape/x^(shape + 1), x ≥ minimum.
public struct ParetoDistribution: ContinuousDistribution, Hashable {
    /// The smallest possible number.
    public let minimum: Double
    /// The exponent of the tail.
    public let shape: Double

    /// A Pareto distribution.
    ///
    /// - Parameters:
    ///   - minimum: positive and finite.
    ///   - shape: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(minimum: Double = 1, shape: Double) throws(StatisticsError) {
        try StatisticsError.requirePositive(minimum, "minimum")
        try StatisticsError.requirePositive(shape, "shape")
        self.minimum = minimum
        self.shape = shape
    }

    public func logDensity(_ x: Double) -> Double {
        guard x >= minimum else { return x.isNaN ? x : -.infinity }
        return Double.log(shape / x) + shape * Double.log(minimum / x)
    }

    public func cumulative(_ x: Double) -> Double {
        x <= minimum ? 0 : -Double.expMinusOne(shape * Double.log(minimum / x))
    }
    public func survival(_ x: Double) -> Double { x <= minimum ? 1 : .exp(shape * Double.log(minimum / x)) }
    public func quantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? minimum * .exp(-Double.log(onePlus: -probability) / shape) : .nan
    }
    public func upperQuantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? minimum * .exp(-Double.log(probability) / shape) : .nan
    }
    /// Infinite for a shape of at most 1.
    public var mean: Double { shape > 1 ? minimum * shape / (shape - 1) : .infinity }
    /// Infinite for a shape of at most 2.
    public var variance: Double {
        guard shape > 2 else { return .infinity }
        return minimum * minimum * shape / ((shape - 1) * (shape - 1) * (shape - 2))
    }
    public var entropy: Double { Double.log(minimum / shape) + 1 / shape + 1 }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.pareto(minimum: minimum, shape: shape)
    }
}

/// The Weibull distribution with distribution function 1 − exp(−(x/scale)^shape), x ≥ 0.
public struct WeibullDistribution: ContinuousDistribution, Hashable {
    /// The exponent.
    public let shape: Double
    /// The unit of the number.
    public let scale: Double

    /// A Weibull distribution.
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

    /// (x/scale)^shape for x ≥ 0.
    private func hazard(_ x: Double) -> Double { x <= 0 ? 0 : .exp(shape * Double.log(x / scale)) }

    public func logDensity(_ x: Double) -> Double {
        guard x >= 0 else { return x.isNaN ? x : -.infinity }
        if x == .infinity { return -.infinity }
        return Double.log(shape / scale) + xLogY(shape - 1, x / scale) - hazard(x)
    }

    public func cumulative(_ x: Double) -> Double { -Double.expMinusOne(-hazard(x)) }
    public func survival(_ x: Double) -> Double { .exp(-hazard(x)) }
    public func quantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        return scale * .pow(-Double.log(onePlus: -probability), 1 / shape)
    }
    public func upperQuantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        return scale * .pow(-Double.log(probability), 1 / shape)
    }
    public var mean: Double { scale * .gamma(1 + 1 / shape) }
    public var variance: Double {
        let first = Double.gamma(1 + 1 / shape)
        return scale * scale * (.gamma(1 + 2 / shape) - first * first)
    }
    public var entropy: Double { eulerMascheroni * (1 - 1 / shape) + Double.log(scale / shape) + 1 }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.weibull(shape: shape, scale: scale)
    }
}

/// The distribution of a number whose logarithm is normal.
public struct LogNormalDistribution: ContinuousDistribution, Hashable {
    /// The distribution of the logarithm.
    public let logarithm: NormalDistribution

    /// A log-normal distribution.
    ///
    /// - Parameters:
    ///   - logMean: the mean of the logarithm, finite.
    ///   - logStandardDeviation: the standard deviation of the logarithm, positive and finite.
    /// - Throws: `StatisticsError` if one is out of range.
    public init(logMean: Double = 0, logStandardDeviation: Double = 1) throws(StatisticsError) {
        logarithm = try NormalDistribution(mean: logMean, standardDeviation: logStandardDeviation)
    }

    public func logDensity(_ x: Double) -> Double {
        guard x > 0 else { return x.isNaN ? x : -.infinity }
        return logarithm.logDensity(Double.log(x)) - Double.log(x)
    }

    public func cumulative(_ x: Double) -> Double { x <= 0 ? 0 : logarithm.cumulative(Double.log(x)) }
    public func survival(_ x: Double) -> Double { x <= 0 ? 1 : logarithm.survival(Double.log(x)) }
    public func quantile(_ probability: Double) -> Double { .exp(logarithm.quantile(probability)) }
    public func upperQuantile(_ probability: Double) -> Double { .exp(logarithm.upperQuantile(probability)) }
    public var mean: Double { .exp(logarithm.mean + logarithm.variance / 2) }
    public var variance: Double { Double.expMinusOne(logarithm.variance) * .exp(2 * logarithm.mean + logarithm.variance) }
    public var entropy: Double { logarithm.entropy + logarithm.mean }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.logNormal(logMean: logarithm.mean, logStandardDeviation: logarithm.standardDeviation)
    }
}

/// The uniform distribution on a range.
public struct UniformDistribution: ContinuousDistribution, Hashable {
    /// The smallest number.
    public let lowerBound: Double
    /// The end of the range.
    public let upperBound: Double

    /// A uniform distribution.
    ///
    /// - Parameter range: of positive finite width.
    /// - Throws: `StatisticsError` if the range is empty or not finite.
    public init(_ range: Range<Double> = 0..<1) throws(StatisticsError) {
        try StatisticsError.requirePositive(range.upperBound - range.lowerBound, "the width of range")
        lowerBound = range.lowerBound
        upperBound = range.upperBound
    }

    private var width: Double { upperBound - lowerBound }

    public func logDensity(_ x: Double) -> Double {
        x.isNaN ? x : x >= lowerBound && x <= upperBound ? -Double.log(width) : -.infinity
    }
    public func cumulative(_ x: Double) -> Double { x.isNaN ? x : min(max((x - lowerBound) / width, 0), 1) }
    public func survival(_ x: Double) -> Double { x.isNaN ? x : min(max((upperBound - x) / width, 0), 1) }
    public func quantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? lowerBound + width * probability : .nan
    }
    public func upperQuantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? upperBound - width * probability : .nan
    }
    public var mean: Double { lowerBound + width / 2 }
    public var variance: Double { width * width / 12 }
    public var entropy: Double { Double.log(width) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.uniform(in: lowerBound..<upperBound)
    }
}
