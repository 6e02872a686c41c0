import RealModule

/// Student's t distribution, shifted and scaled.
public struct StudentTDistribution: ContinuousDistribution, Hashable {
    /// ν; the smaller, the heavier the tails. 1 is the Cauchy distribution.
    public let degreesOfFreedom: Double
    /// The median.
    public let location: Double
    /// The factor of the standard number.
    public let scale: Double

    /// A t distribution.
    ///
    /// - Parameters:
    ///   - degreesOfFreedom: positive and finite.
    ///   - location: finite.
    ///   - scale: positive and finite.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(degreesOfFreedom: Double, location: Double = 0, scale: Double = 1) throws(StatisticsError) {
        try StatisticsError.requirePositive(degreesOfFreedom, "degreesOfFreedom")
        try StatisticsError.requireFinite(location, "location")
        try StatisticsError.requirePositive(scale, "scale")
        self.degreesOfFreedom = degreesOfFreedom
        self.location = location
        self.scale = scale
    }

    public func logDensity(_ x: Double) -> Double {
        let t = (x - location) / scale
        let nu = degreesOfFreedom
        // t² overflows before its logarithm matters.
        let growth = t.magnitude > 1e150 ? 2 * Double.log(t.magnitude) - Double.log(nu) : Double.log(onePlus: t * t / nu)
        return -(nu + 1) / 2 * growth - logBeta(nu / 2, 0.5) - Double.log(nu) / 2 - Double.log(scale)
    }

    /// P(T > t) for t ≥ 0.
    private func upperTail(_ t: Double) -> Double {
        if t == .infinity { return 0 }
        let nu = degreesOfFreedom
        let square = t * t
        // ν/(ν + t²) or its complement, whichever is the smaller.
        if square < nu { return regularizedBetaComplement(square / (nu + square), 0.5, nu / 2) / 2 }
        return regularizedBeta(nu / (nu + square), nu / 2, 0.5) / 2
    }

    public func cumulative(_ x: Double) -> Double {
        let t = (x - location) / scale
        if t.isNaN { return t }
        return t > 0 ? 1 - upperTail(t) : upperTail(-t)
    }

    public func survival(_ x: Double) -> Double {
        let t = (x - location) / scale
        if t.isNaN { return t }
        return t > 0 ? upperTail(t) : 1 - upperTail(-t)
    }

    public func quantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        return location + scale
            * (probability < 0.5 ? -upperTailQuantile(probability) : upperTailQuantile(1 - probability))
    }

    public func upperQuantile(_ probability: Double) -> Double {
        guard probability >= 0, probability <= 1 else { return .nan }
        return location + scale
            * (probability < 0.5 ? upperTailQuantile(probability) : -upperTailQuantile(1 - probability))
    }

    /// The t ≥ 0 with P(T > t) = q ≤ ½.
    private func upperTailQuantile(_ q: Double) -> Double {
        if q == 0 { return .infinity }
        let nu = degreesOfFreedom
        let y = inverseRegularizedBeta(2 * q, nu / 2, 0.5)
        if y < 0.5 { return (nu * ((1 - y) / y)).squareRoot() }
        let z = inverseRegularizedBetaComplement(2 * q, 0.5, nu / 2)
        return (nu * (z / (1 - z))).squareRoot()
    }

    /// NaN for degrees of freedom of at most 1.
    public var mean: Double { degreesOfFreedom > 1 ? location : .nan }

    /// Infinite for degrees of freedom in (1, 2], NaN below.
    public var variance: Double {
        let nu = degreesOfFreedom
        return nu > 2 ? scale * scale * nu / (nu - 2) : nu > 1 ? .infinity : .nan
    }

    public var entropy: Double {
        let nu = degreesOfFreedom
        return (nu + 1) / 2 * (digamma((nu + 1) / 2) - digamma(nu / 2)) + Double.log(nu) / 2 + logBeta(nu / 2, 0.5)
            + Double.log(scale)
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        location + scale * generator.studentT(degreesOfFreedom: degreesOfFreedom)
    }
}
