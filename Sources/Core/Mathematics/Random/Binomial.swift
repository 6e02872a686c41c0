extension RandomNumberGenerator {
    /// The number of successes among independent trials, exact at any number of trials.
    ///
    /// Inversion where fewer than 10 successes or failures are expected, else Hörmann's transformed
    /// rejection with squeeze (BTRS, "The generation of binomial random variates", 1993), O(1).
    ///
    /// - Parameters:
    ///   - trials: 0 or more.
    ///   - probability: of success in each trial, in [0, 1].
    @inlinable
    public mutating func binomial(trials: Int, probability: Double) -> Int {
        BinomialSampler(trials: trials, probability: probability).draw(using: &self)
    }

    /// Independent binomial numbers of one distribution.
    @inlinable
    public mutating func binomialNumbers(count: Int, trials: Int, probability: Double) -> [Int] {
        let sampler = BinomialSampler(trials: trials, probability: probability)
        return (0..<count).map { _ in sampler.draw(using: &self) }
    }

    /// How often each outcome occurs in independent trials.
    ///
    /// One binomial number an outcome, given those before it. O(outcomes).
    ///
    /// - Parameters:
    ///   - trials: 0 or more.
    ///   - weights: of the outcomes, non-negative with a positive finite sum; they need not sum to 1.
    public mutating func multinomial(trials: Int, weights: some Collection<Double>) -> [Int] {
        precondition(trials >= 0, "a number of trials cannot be negative, got \(trials)")
        let weights = Array(weights)
        // Sums from the end, so that the last outcome with weight gets exactly what is left.
        var remaining = [Double](repeating: 0, count: weights.count + 1)
        for index in weights.indices.reversed() { remaining[index] = remaining[index + 1] + weights[index] }
        precondition(
            remaining[0] > 0 && remaining[0] < .infinity && weights.allSatisfy { $0 >= 0 },
            "weights must be non-negative with a positive finite sum, got a sum of \(remaining[0])")
        var left = trials
        return weights.indices.map { index in
            guard left > 0, weights[index] > 0 else { return 0 }
            let successes = binomial(trials: left, probability: weights[index] / remaining[index])
            left -= successes
            return successes
        }
    }
}

/// The constants of the binomial methods for one distribution.
@usableFromInline
struct BinomialSampler: Sendable {
    @usableFromInline let trials: Int
    /// The smaller of the probabilities of success and failure; the result is mirrored if it is failure.
    @usableFromInline let p: Double
    @usableFromInline let mirrored: Bool
    @usableFromInline let n: Double
    /// (1 − p)ⁿ, for inversion.
    @usableFromInline let massAtZero: Double
    @usableFromInline let a: Double
    @usableFromInline let b: Double
    @usableFromInline let alpha: Double
    @usableFromInline let acceptance: Double
    @usableFromInline let logMassAtMode: Double

    @inlinable
    init(trials: Int, probability: Double) {
        precondition(trials >= 0, "a number of trials cannot be negative, got \(trials)")
        precondition(probability >= 0 && probability <= 1, "a probability lies in [0, 1], got \(probability)")
        self.trials = trials
        mirrored = probability > 0.5
        p = mirrored ? 1 - probability : probability
        n = Double(trials)
        let deviation = (n * p * (1 - p)).squareRoot()
        b = 1.15 + 2.53 * deviation
        a = -0.0873 + 0.0248 * b + 0.01 * p
        alpha = (2.83 + 5.1 / b) * deviation
        acceptance = 0.92 - 4.2 / b
        if n * p < 10 {
            massAtZero = PortableFunctions.exponential(n * PortableFunctions.logarithmOfOnePlus(-p))
            logMassAtMode = 0
        } else {
            massAtZero = 0
            let mode = ((n + 1) * p).rounded(.down)
            logMassAtMode = PortableFunctions.binomialLogMass(mode, trials: n, probability: p)
        }
    }

    @inlinable
    func draw<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        let successes = n * p < 10 ? drawByInversion(using: &generator) : drawByRejection(using: &generator)
        return mirrored ? trials - successes : successes
    }

    @inlinable
    func drawByInversion<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        if p == 0 { return 0 }
        let odds = p / (1 - p)
        let last = Swift.min(trials, 120)
        while true {
            var remaining = generator.uniform()
            var mass = massAtZero
            var k = 0
            // Beyond 120 the mass is below 1e-60: what rounding left of the uniform number is drawn anew.
            while k <= last {
                if remaining < mass { return k }
                remaining -= mass
                k += 1
                mass *= odds * (n - Double(k) + 1) / Double(k)
            }
        }
    }

    @inlinable
    func drawByRejection<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        while true {
            let u = generator.openUniform() - 0.5
            let v = generator.openUniform()
            let distance = 0.5 - u.magnitude
            let k = ((2 * a / distance + b) * u + n * p + 0.5).rounded(.down)
            if distance >= 0.07, v <= acceptance { return Int(k) }
            if k < 0 || k > n || k >= 0x1p63 { continue }
            let height = PortableFunctions.logarithm(v * alpha / (a / (distance * distance) + b))
            if height <= PortableFunctions.binomialLogMass(k, trials: n, probability: p) - logMassAtMode {
                return Swift.min(Int(k), trials)
            }
        }
    }
}
