import RealModule

/// The Laplace distribution with density e^(−|x − location|/scale)/(2 scale).
public struct LaplaceDistribution: ContinuousDistribution, Hashable {
    /// The mean.
    public let location: Double
    /// The unit of width.
    public let scale: Double

    /// A distribution of this family.
    ///
    /// - Parameters:
    ///   - location: finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(location: Double = 0, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireFinite(location, "location")
        try StatisticsError.requirePositive(scale, "scale")
        self.location = location
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        -(x - location).magnitude / scale - Double.log(2 * scale)
    }

    public func cumulative(_ x: Double) -> Double {
        let z = (x - location) / scale
        return z < 0 ? .exp(z) / 2 : 1 - .exp(-z) / 2
    }

    public func survival(_ x: Double) -> Double {
        let z = (x - location) / scale
        return z > 0 ? .exp(-z) / 2 : 1 - .exp(z) / 2
    }

    public func quantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        return location + scale
            * (probability < 0.5 ? Double.log(2 * probability) : -Double.log(2 * (1 - probability)))
    }

    public func upperQuantile(_ probability: Double) -> Double { 2 * location - quantile(probability) }
    public var mean: Double { location }
    public var variance: Double { 2 * scale * scale }
    public var entropy: Double { 1 + Double.log(2 * scale) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.laplace(location: location, scale: scale)
    }
}

/// The logistic distribution with distribution function 1/(1 + e^(−(x − location)/scale)).
public struct LogisticDistribution: ContinuousDistribution, Hashable {
    /// The mean.
    public let location: Double
    /// The unit of width.
    public let scale: Double

    /// A distribution of this family.
    ///
    /// - Parameters:
    ///   - location: finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(location: Double = 0, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireFinite(location, "location")
        try StatisticsError.requirePositive(scale, "scale")
        self.location = location
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        let z = ((x - location) / scale).magnitude
        return -z - 2 * Double.log(onePlus: .exp(-z)) - Double.log(scale)
    }

    public func cumulative(_ x: Double) -> Double { 1 / (1 + .exp(-(x - location) / scale)) }
    public func survival(_ x: Double) -> Double { 1 / (1 + .exp((x - location) / scale)) }
    public func quantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? location + scale * logit(probability) : .nan
    }
    public func upperQuantile(_ probability: Double) -> Double { 2 * location - quantile(probability) }
    public var mean: Double { location }
    public var variance: Double { .pi * .pi / 3 * scale * scale }
    public var entropy: Double { 2 + Double.log(scale) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.logistic(location: location, scale: scale)
    }
}

/// The Gumbel distribution (of maxima) with distribution function exp(−e^(−(x − location)/scale)).
public struct GumbelDistribution: ContinuousDistribution, Hashable {
    /// The mode.
    public let location: Double
    /// The unit of width.
    public let scale: Double

    /// A distribution of this family.
    ///
    /// - Parameters:
    ///   - location: finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(location: Double = 0, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireFinite(location, "location")
        try StatisticsError.requirePositive(scale, "scale")
        self.location = location
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        let z = (x - location) / scale
        return z == -.infinity ? z : -z - .exp(-z) - Double.log(scale)
    }

    public func cumulative(_ x: Double) -> Double { .exp(-.exp(-(x - location) / scale)) }
    public func survival(_ x: Double) -> Double { -Double.expMinusOne(-.exp(-(x - location) / scale)) }
    public func quantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1 ? location - scale * Double.log(-Double.log(probability)) : .nan
    }
    public func upperQuantile(_ probability: Double) -> Double {
        probability >= 0 && probability <= 1
            ? location - scale * Double.log(-Double.log(onePlus: -probability)) : .nan
    }
    public var mean: Double { location + scale * eulerMascheroni }
    public var variance: Double { .pi * .pi / 6 * scale * scale }
    public var entropy: Double { 1 + eulerMascheroni + Double.log(scale) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.gumbel(location: location, scale: scale)
    }
}

/// The Cauchy distribution with density 1/(π scale (1 + ((x − location)/scale)²)).
public struct CauchyDistribution: ContinuousDistribution, Hashable {
    /// The median; there is no mean.
    public let location: Double
    /// The unit of width.
    public let scale: Double

    /// A distribution of this family.
    ///
    /// - Parameters:
    ///   - location: finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(location: Double = 0, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireFinite(location, "location")
        try StatisticsError.requirePositive(scale, "scale")
        self.location = location
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        let z = ((x - location) / scale).magnitude
        let growth = z > 1e150 ? 2 * Double.log(z) : Double.log(onePlus: z * z)
        return -growth - Double.log(.pi * scale)
    }

    public func cumulative(_ x: Double) -> Double { survival(2 * location - x) }

    public func survival(_ x: Double) -> Double { Double.atan2(y: scale, x: x - location) / .pi }

    public func quantile(_ probability: Double) -> Double { 2 * location - upperQuantile(probability) }

    public func upperQuantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        if probability == 0 { return .infinity }
        if probability == 1 { return -.infinity }
        if probability == 0.5 { return location }
        // The cotangent, from the nearer end.
        return location + scale
            * (probability < 0.5 ? 1 / .tan(.pi * probability) : -1 / .tan(.pi * (1 - probability)))
    }

    /// NaN: the Cauchy distribution has no mean.
    public var mean: Double { .nan }
    /// NaN: the Cauchy distribution has no variance.
    public var variance: Double { .nan }
    public var entropy: Double { Double.log(4 * .pi * scale) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.cauchy(location: location, scale: scale)
    }
}

/// Euler's constant γ.
let eulerMascheroni = 0.5772156649015329
