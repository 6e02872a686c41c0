import RealModule

/// The normal (Gaussian) distribution.
public struct NormalDistribution: ContinuousDistribution, Hashable {
    /// The expected value.
    public let mean: Double
    /// The root of the variance.
    public let standardDeviation: Double

    /// The normal distribution of mean 0 and variance 1.
    public static let standard = NormalDistribution(checkedMean: 0, 1)

    /// A normal distribution.
    ///
    /// - Parameters:
    ///   - mean: finite.
    ///   - standardDeviation: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(mean: Double = 0, standardDeviation: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireFinite(mean, "mean")
        try StatisticsError.requirePositive(standardDeviation, "standardDeviation")
        self.init(checkedMean: mean, standardDeviation)
    }

    private init(checkedMean mean: Double, _ standardDeviation: Double) {
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    private func standardised(_ x: Double) -> Double { (x - mean) / standardDeviation }

    public func logDensity(_ x: Double) -> Double {
        let z = standardised(x)
        return -z * z / 2 - Double.log(standardDeviation) - logSquareRootOfTwoPi
    }

    public func cumulative(_ x: Double) -> Double { normalCDF(standardised(x)) }
    public func survival(_ x: Double) -> Double { normalCDF(-standardised(x)) }
    /// ln P(X ≤ x), finite and accurate far in the lower tail.
    public func logCumulative(_ x: Double) -> Double { normalLogCDF(standardised(x)) }
    public func quantile(_ probability: Double) -> Double { mean + standardDeviation * normalQuantile(probability) }
    public func upperQuantile(_ probability: Double) -> Double { mean - standardDeviation * normalQuantile(probability) }
    public var variance: Double { standardDeviation * standardDeviation }
    public var entropy: Double { 0.5 + logSquareRootOfTwoPi + Double.log(standardDeviation) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.normal(mean: mean, standardDeviation: standardDeviation)
    }

    public func samples<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> Vector {
        generator.normalVector(count: count, mean: mean, standardDeviation: standardDeviation)
    }

    /// The Kullback-Leibler divergence KL(self ‖ other) = ln(σ₂/σ₁) + (σ₁² + (μ₁ − μ₂)²)/(2σ₂²) − ½, in nats.
    public func divergence(from other: NormalDistribution) -> Double {
        let ratio = standardDeviation / other.standardDeviation
        let shift = (mean - other.mean) / other.standardDeviation
        // ½(r² − 1 − ln r²), which does not cancel for equal widths.
        return (ratio - 1) * (ratio + 1) / 2 - Double.log(onePlus: ratio - 1) + shift * shift / 2
    }
}

/// The normal distribution conditioned to a range.
public struct TruncatedNormalDistribution: ContinuousDistribution, Hashable {
    /// The normal distribution before truncation.
    public let base: NormalDistribution
    /// Where the number lies; the ends may be infinite.
    public let range: ClosedRange<Double>
    /// The ends in standard units, mirrored if the range lies above the mean, so that both lie where Φ is small.
    private let lower: Double
    private let upper: Double
    private let isMirrored: Bool
    private let logMass: Double

    /// A normal distribution conditioned to a range.
    ///
    /// - Parameters:
    ///   - base: the distribution before truncation.
    ///   - range: of positive width.
    /// - Throws: `StatisticsError` if the range is empty or NaN, or so narrow that it has no probability.
    public init(_ base: NormalDistribution, in range: ClosedRange<Double>) throws(StatisticsError) {
        guard range.lowerBound < range.upperBound else {
            throw .outOfRange(argument: "range", value: range.lowerBound, expected: "a range of positive width")
        }
        let a = (range.lowerBound - base.mean) / base.standardDeviation
        let b = (range.upperBound - base.mean) / base.standardDeviation
        isMirrored = a + b > 0
        lower = isMirrored ? -b : a
        upper = isMirrored ? -a : b
        logMass = logSubtractExp(normalLogCDF(upper), normalLogCDF(lower))
        guard logMass.isFinite else {
            throw .outOfRange(
                argument: "range", value: range.lowerBound, expected: "a range with a positive probability")
        }
        self.base = base
        self.range = range
    }

    private func standardised(_ x: Double) -> Double {
        let z = (x - base.mean) / base.standardDeviation
        return isMirrored ? -z : z
    }

    public func logDensity(_ x: Double) -> Double {
        x.isNaN ? x : range.contains(x) ? base.logDensity(x) - logMass : -.infinity
    }

    /// P(lower ≤ Z ≤ z), and P(z ≤ Z ≤ upper), for the mirrored number Z.
    private func mass(below z: Double) -> Double {
        z <= lower ? 0 : z >= upper ? 1 : .exp(logSubtractExp(normalLogCDF(z), normalLogCDF(lower)) - logMass)
    }

    private func mass(above z: Double) -> Double {
        z <= lower ? 1 : z >= upper ? 0 : .exp(logSubtractExp(normalLogCDF(upper), normalLogCDF(z)) - logMass)
    }

    public func cumulative(_ x: Double) -> Double {
        isMirrored ? mass(above: standardised(x)) : mass(below: standardised(x))
    }

    public func survival(_ x: Double) -> Double {
        isMirrored ? mass(below: standardised(x)) : mass(above: standardised(x))
    }

    public func quantile(_ probability: Double) -> Double { quantile(below: probability, above: 1 - probability) }
    public func upperQuantile(_ probability: Double) -> Double { quantile(below: 1 - probability, above: probability) }

    private func quantile(below: Double, above: Double) -> Double {
        guard below >= 0, below <= 1, above >= 0, above <= 1 else { return .nan }
        if below == 0 { return range.lowerBound }
        if above == 0 { return range.upperBound }
        let share = isMirrored ? above : below
        let z = normalQuantile(logProbability: logAddExp(normalLogCDF(lower), Double.log(share) + logMass))
        let x = base.mean + base.standardDeviation * (isMirrored ? -z : z)
        return min(max(x, range.lowerBound), range.upperBound)
    }

    private static func logStandardDensity(_ z: Double) -> Double { -z * z / 2 - logSquareRootOfTwoPi }

    /// φ at an end over the mass; 0 at an infinite end.
    private func ratio(_ end: Double) -> Double { .exp(Self.logStandardDensity(end) - logMass) }

    /// The mean of the mirrored number, (φ(a) − φ(b))/mass.
    private var standardMean: Double { ratio(lower) - ratio(upper) }

    public var mean: Double { base.mean + (isMirrored ? -1 : 1) * base.standardDeviation * standardMean }

    /// The variance. It is a difference of terms of the size of the ends' squares: far in a tail, at z standard
    /// deviations, its relative error is about 10⁻¹⁶ z⁴.
    public var variance: Double {
        func edge(_ end: Double) -> Double { end.isFinite ? end * ratio(end) : 0 }
        let centre = standardMean
        return base.variance * max(0, 1 + edge(lower) - edge(upper) - centre * centre)
    }

    public var entropy: Double {
        func edge(_ end: Double) -> Double { end.isFinite ? end * ratio(end) : 0 }
        return base.entropy + logMass + (edge(lower) - edge(upper)) / 2
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        generator.truncatedNormal(mean: base.mean, standardDeviation: base.standardDeviation, in: range)
    }
}

/// ln √(2π).
let logSquareRootOfTwoPi = 0.9189385332046728
