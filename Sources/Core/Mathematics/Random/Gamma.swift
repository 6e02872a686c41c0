extension RandomNumberGenerator {
    /// A gamma number with density proportional to x^(shape − 1) e^(−x/scale).
    ///
    /// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000: exact, about 1.05
    /// normal numbers each. For very small shapes the result can underflow to 0; `logGamma(shape:)` does not.
    ///
    /// - Parameters:
    ///   - shape: positive and finite. The mean is shape · scale.
    ///   - scale: positive.
    @inlinable
    public mutating func gamma(shape: Double, scale: Double = 1) -> Double {
        precondition(scale > 0, "the scale of a gamma distribution must be positive, got \(scale)")
        return scale * GammaSampler(shape: shape).draw(using: &self)
    }

    /// A vector of independent gamma numbers.
    @inlinable
    public mutating func gammaVector(count: Int, shape: Double, scale: Double = 1) -> Vector {
        precondition(scale > 0, "the scale of a gamma distribution must be positive, got \(scale)")
        let sampler = GammaSampler(shape: shape)
        return Vector(count: count) { _ in scale * sampler.draw(using: &self) }
    }

    /// The logarithm of a gamma number of scale 1, which stays finite however small the shape.
    @inlinable
    public mutating func logGamma(shape: Double) -> Double {
        GammaSampler(shape: shape).drawLogarithm(using: &self)
    }

    /// A chi-squared number: the sum of the squares of `degreesOfFreedom` normal numbers (any positive
    /// degrees of freedom, whole or not).
    @inlinable
    public mutating func chiSquared(degreesOfFreedom: Double) -> Double {
        2 * GammaSampler(shape: degreesOfFreedom / 2).draw(using: &self)
    }

    /// A number of Student's t distribution, normal/√(chi-squared/degrees of freedom).
    @inlinable
    public mutating func studentT(degreesOfFreedom: Double) -> Double {
        let normal = normal()
        // The order of the draws is part of what a seed means.
        let half = degreesOfFreedom / 2
        return normal / (GammaSampler(shape: half).draw(using: &self) / half).squareRoot()
    }
}

/// The constants of Marsaglia and Tsang's method for one shape.
@usableFromInline
struct GammaSampler: Sendable {
    @usableFromInline let shape: Double
    @usableFromInline let d: Double
    @usableFromInline let c: Double

    @inlinable
    init(shape: Double) {
        precondition(shape > 0 && shape < .infinity, "the shape of a gamma distribution must be positive and finite, got \(shape)")
        self.shape = shape
        // A shape below 1 is drawn one higher and shrunk by U^(1/shape).
        d = (shape < 1 ? shape + 1 : shape) - 1.0 / 3
        c = 1 / (9 * d).squareRoot()
    }

    /// A gamma number of shape `shape`, or `shape` + 1 if that is below 1.
    @inlinable
    func drawRaised<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        let ziggurat = Ziggurat.normal
        while true {
            let x = ziggurat.draw(using: &generator)
            let root = 1 + c * x
            if root <= 0 { continue }
            let v = root * root * root
            let u = generator.openUniform()
            let square = x * x
            if u < 1 - 0.0331 * square * square { return d * v }
            if PortableFunctions.logarithm(u) < square / 2 + d * (1 - v + PortableFunctions.logarithm(v)) { return d * v }
        }
    }

    /// A gamma number of scale 1.
    @inlinable
    func draw<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        let raised = drawRaised(using: &generator)
        if shape >= 1 { return raised }
        return raised * PortableFunctions.exponential(PortableFunctions.logarithm(generator.openUniform()) / shape)
    }

    /// The logarithm of a gamma number of scale 1.
    @inlinable
    func drawLogarithm<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        let raised = PortableFunctions.logarithm(drawRaised(using: &generator))
        if shape >= 1 { return raised }
        return raised + PortableFunctions.logarithm(generator.openUniform()) / shape
    }
}
