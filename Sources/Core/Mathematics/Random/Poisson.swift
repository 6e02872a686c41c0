extension RandomNumberGenerator {
    /// A Poisson number, exact at any mean.
    ///
    /// Inversion below a mean of 10, from there Hörmann's transformed rejection with squeeze (PTRS, "The
    /// transformed rejection method for generating Poisson random variables", 1993), O(1).
    ///
    /// - Parameter mean: 0 ... 10¹⁸.
    @inlinable
    public mutating func poisson(mean: Double) -> Int { PoissonSampler(mean: mean).draw(using: &self) }

    /// Independent Poisson numbers of one mean.
    @inlinable
    public mutating func poissonNumbers(count: Int, mean: Double) -> [Int] {
        let sampler = PoissonSampler(mean: mean)
        return (0..<count).map { _ in sampler.draw(using: &self) }
    }

    /// The number of failures before success number `successes` of independent trials.
    ///
    /// A Poisson number whose mean is a gamma number; `successes` need not be whole.
    ///
    /// - Parameters:
    ///   - successes: positive.
    ///   - probability: of success in each trial, in (0, 1].
    @inlinable
    public mutating func negativeBinomial(successes: Double, probability: Double) -> Int {
        precondition(probability > 0 && probability <= 1, "the probability of success must be in (0, 1], got \(probability)")
        let mean = gamma(shape: successes) * ((1 - probability) / probability)
        return poisson(mean: mean)
    }

    /// The number of failures before the first success of independent trials, by inversion.
    ///
    /// - Parameter probability: of success in each trial, in (0, 1]. A result beyond `Int.max` is
    ///   returned as `Int.max`.
    @inlinable
    public mutating func geometric(probability: Double) -> Int {
        precondition(probability > 0 && probability <= 1, "the probability of success must be in (0, 1], got \(probability)")
        if probability == 1 { return 0 }
        let failures = PortableFunctions.logarithm(openUniform()) / PortableFunctions.logarithmOfOnePlus(-probability)
        return failures < 0x1p63 ? Int(failures) : Int.max
    }
}

/// The constants of the Poisson methods for one mean.
@usableFromInline
struct PoissonSampler: Sendable {
    @usableFromInline let mean: Double
    /// e^(−mean), for inversion.
    @usableFromInline let massAtZero: Double
    @usableFromInline let a: Double
    @usableFromInline let b: Double
    @usableFromInline let logInverseAlpha: Double
    @usableFromInline let acceptance: Double

    @inlinable
    init(mean: Double) {
        precondition(mean >= 0 && mean <= 1e18, "the mean of a Poisson distribution must be in 0 ... 1e18, got \(mean)")
        self.mean = mean
        massAtZero = mean < 10 ? PortableFunctions.exponential(-mean) : 0
        b = 0.931 + 2.53 * mean.squareRoot()
        a = -0.059 + 0.02483 * b
        logInverseAlpha = mean < 10 ? 0 : PortableFunctions.logarithm(1.1239 + 1.1328 / (b - 3.4))
        acceptance = 0.9277 - 3.6224 / (b - 2)
    }

    @inlinable
    func draw<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        mean < 10 ? drawByInversion(using: &generator) : drawByRejection(using: &generator)
    }

    @inlinable
    func drawByInversion<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        while true {
            var remaining = generator.uniform()
            var mass = massAtZero
            var k = 0
            // Beyond 100 the mass is below 1e-60: what rounding left of the uniform number is drawn anew.
            while k < 100 {
                if remaining < mass { return k }
                remaining -= mass
                k += 1
                mass *= mean / Double(k)
            }
        }
    }

    @inlinable
    func drawByRejection<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        while true {
            let u = generator.openUniform() - 0.5
            let v = generator.openUniform()
            let distance = 0.5 - u.magnitude
            let k = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
            if distance >= 0.07, v <= acceptance { return Int(k) }
            if k < 0 || k >= 0x1p63 || (distance < 0.013 && v > distance) { continue }
            let height = PortableFunctions.logarithm(v) + logInverseAlpha
                - PortableFunctions.logarithm(a / (distance * distance) + b)
            if height <= PortableFunctions.poissonLogMass(k, mean: mean) { return Int(k) }
        }
    }
}
