import RealModule

/// The binomial distribution: the number of successes among independent trials.
public struct BinomialDistribution: DiscreteDistribution, Hashable {
    /// How many trials.
    public let trials: Int
    /// Of success in each.
    public let successProbability: Double

    /// A binomial distribution.
    ///
    /// - Parameters:
    ///   - trials: 0 or more.
    ///   - successProbability: in [0, 1].
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(trials: Int, successProbability: Double) throws(StatisticsError) {
        guard trials >= 0 else { throw .outOfRange(argument: "trials", value: Double(trials), expected: "0 or more") }
        try StatisticsError.requireProbability(successProbability, "successProbability")
        self.trials = trials
        self.successProbability = successProbability
    }

    public func logProbability(_ k: Int) -> Double {
        PortableFunctions.binomialLogMass(Double(k), trials: Double(trials), probability: successProbability)
    }

    public func cumulative(_ k: Int) -> Double {
        if k < 0 { return 0 }
        if k >= trials { return 1 }
        return regularizedBetaComplement(successProbability, Double(k) + 1, Double(trials - k))
    }

    public func survival(_ k: Int) -> Double {
        if k < 0 { return 1 }
        if k >= trials { return 0 }
        return regularizedBeta(successProbability, Double(k) + 1, Double(trials - k))
    }

    public var support: ClosedRange<Int> {
        successProbability == 0 ? 0...0 : successProbability == 1 ? trials...trials : 0...trials
    }
    public var mean: Double { Double(trials) * successProbability }
    public var variance: Double { Double(trials) * successProbability * (1 - successProbability) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        generator.binomial(trials: trials, probability: successProbability)
    }
}

/// The Poisson distribution.
public struct PoissonDistribution: DiscreteDistribution, Hashable {
    /// The expected count.
    public let mean: Double

    /// A Poisson distribution.
    ///
    /// - Parameter mean: 0 … 10¹⁸.
    /// - Throws: `StatisticsError` if it is not.
    public init(mean: Double) throws(StatisticsError) {
        guard mean >= 0, mean <= 1e18 else {
            throw .outOfRange(argument: "mean", value: mean, expected: "a number in 0 ... 1e18")
        }
        self.mean = mean
    }

    public func logProbability(_ k: Int) -> Double { PortableFunctions.poissonLogMass(Double(k), mean: mean) }
    public func cumulative(_ k: Int) -> Double { k < 0 ? 0 : regularizedGammaQ(Double(k) + 1, mean) }
    public func survival(_ k: Int) -> Double { k < 0 ? 1 : regularizedGammaP(Double(k) + 1, mean) }
    public var support: ClosedRange<Int> { mean == 0 ? 0...0 : 0...Int.max }
    public var variance: Double { mean }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int { generator.poisson(mean: mean) }
}

/// The geometric distribution: the number of failures before the first success of independent trials.
public struct GeometricDistribution: DiscreteDistribution, Hashable {
    /// Of success in each trial.
    public let successProbability: Double

    /// A geometric distribution.
    ///
    /// - Parameter successProbability: in (0, 1].
    /// - Throws: `StatisticsError` if it is not.
    public init(successProbability: Double) throws(StatisticsError) {
        guard successProbability > 0, successProbability <= 1 else {
            throw .outOfRange(argument: "successProbability", value: successProbability, expected: "a number in (0, 1]")
        }
        self.successProbability = successProbability
    }

    public func logProbability(_ k: Int) -> Double {
        k < 0 ? -.infinity : Double.log(successProbability) + xLog1pY(Double(k), -successProbability)
    }
    public func cumulative(_ k: Int) -> Double {
        k < 0 ? 0 : -Double.expMinusOne((Double(k) + 1) * Double.log(onePlus: -successProbability))
    }
    public func survival(_ k: Int) -> Double {
        k < 0 ? 1 : .exp((Double(k) + 1) * Double.log(onePlus: -successProbability))
    }
    public var support: ClosedRange<Int> { successProbability == 1 ? 0...0 : 0...Int.max }
    public var mean: Double { (1 - successProbability) / successProbability }
    public var variance: Double { (1 - successProbability) / (successProbability * successProbability) }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        generator.geometric(probability: successProbability)
    }
}

/// The negative binomial distribution: the number of failures before success number `successes`.
public struct NegativeBinomialDistribution: DiscreteDistribution, Hashable {
    /// How many successes end the trials; not necessarily whole.
    public let successes: Double
    /// Of success in each trial.
    public let successProbability: Double

    /// A negative binomial distribution.
    ///
    /// - Parameters:
    ///   - successes: positive and finite.
    ///   - successProbability: in (0, 1].
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(successes: Double, successProbability: Double) throws(StatisticsError) {
        try StatisticsError.requirePositive(successes, "successes")
        guard successProbability > 0, successProbability <= 1 else {
            throw .outOfRange(argument: "successProbability", value: successProbability, expected: "a number in (0, 1]")
        }
        self.successes = successes
        self.successProbability = successProbability
    }

    public func logProbability(_ k: Int) -> Double {
        guard k >= 0 else { return -.infinity }
        let x = Double(k)
        let ways = k == 0 ? 0 : -logBeta(successes, x + 1) - Double.log(successes + x)
        return ways + successes * Double.log(successProbability) + xLog1pY(x, -successProbability)
    }
    public func cumulative(_ k: Int) -> Double {
        k < 0 ? 0 : regularizedBeta(successProbability, successes, Double(k) + 1)
    }
    public func survival(_ k: Int) -> Double {
        k < 0 ? 1 : regularizedBetaComplement(successProbability, successes, Double(k) + 1)
    }
    public var support: ClosedRange<Int> { successProbability == 1 ? 0...0 : 0...Int.max }
    public var mean: Double { successes * (1 - successProbability) / successProbability }
    public var variance: Double { mean / successProbability }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        generator.negativeBinomial(successes: successes, probability: successProbability)
    }
}

/// The hypergeometric distribution: how many marked items are among those drawn without replacement.
public struct HypergeometricDistribution: DiscreteDistribution, Hashable {
    /// How many items are drawn.
    public let draws: Int
    /// How many items are marked.
    public let successes: Int
    /// How many items there are.
    public let population: Int

    /// A hypergeometric distribution.
    ///
    /// - Parameters:
    ///   - draws: 0 … population.
    ///   - successes: 0 … population.
    ///   - population: 0 … 2⁵³.
    /// - Throws: `StatisticsError` naming the parameter that is out of range.
    public init(draws: Int, successes: Int, population: Int) throws(StatisticsError) {
        guard population >= 0, population <= 1 << 53 else {
            throw .outOfRange(argument: "population", value: Double(population), expected: "0 ... 2^53")
        }
        for (name, value) in [("draws", draws), ("successes", successes)] where value < 0 || value > population {
            throw .outOfRange(argument: name, value: Double(value), expected: "0 ... \(population), the population")
        }
        self.draws = draws
        self.successes = successes
        self.population = population
    }

    public func logProbability(_ k: Int) -> Double {
        PortableFunctions.hypergeometricLogMass(
            Double(k), successes: Double(successes), failures: Double(population - successes), draws: Double(draws))
    }

    /// The sum of the masses from k outwards, by their ratios.
    private func tail(from k: Int, upwards: Bool) -> Double {
        let support = support
        var sum = 0.0
        var k = k
        var mass = probability(k)
        while support.contains(k) {
            sum += mass
            if mass < 1e-18 * sum { break }
            if upwards {
                mass *= Double(successes - k) * Double(draws - k)
                    / (Double(k + 1) * Double(population - successes - draws + k + 1))
                k += 1
            } else {
                mass *= Double(k) * Double(population - successes - draws + k)
                    / (Double(successes - k + 1) * Double(draws - k + 1))
                k -= 1
            }
        }
        return min(sum, 1)
    }

    /// Summed from the nearer tail: O(standard deviation).
    public func cumulative(_ k: Int) -> Double {
        if k < support.lowerBound { return 0 }
        if k >= support.upperBound { return 1 }
        return Double(k) <= mean ? tail(from: k, upwards: false) : 1 - tail(from: k + 1, upwards: true)
    }

    /// Summed from the nearer tail: O(standard deviation).
    public func survival(_ k: Int) -> Double {
        if k < support.lowerBound { return 1 }
        if k >= support.upperBound { return 0 }
        return Double(k) <= mean ? 1 - tail(from: k, upwards: false) : tail(from: k + 1, upwards: true)
    }

    public var support: ClosedRange<Int> { max(0, draws + successes - population)...min(draws, successes) }
    public var mean: Double { population == 0 ? 0 : Double(draws) * (Double(successes) / Double(population)) }
    public var variance: Double {
        guard population > 1 else { return 0 }
        let share = Double(successes) / Double(population)
        return Double(draws) * share * (1 - share) * (Double(population - draws) / Double(population - 1))
    }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int {
        generator.hypergeometric(draws: draws, successes: successes, population: population)
    }
}

/// A distribution on 0 ..< count with given weights.
public struct CategoricalDistribution: DiscreteDistribution {
    /// The probability of each outcome.
    public let probabilities: [Double]
    private let table: AliasTable
    private let sums: [Double]

    /// A categorical distribution.
    ///
    /// - Parameter weights: of the outcomes, non-negative with a positive finite sum; divided by it.
    /// - Throws: `StatisticsError` naming the weight that is wrong.
    public init(weights: some Collection<Double>) throws(StatisticsError) {
        let total = try weights.requireWeights("weights")
        table = try AliasTable(weights: weights)
        probabilities = weights.map { $0 / total }
        var sum = 0.0
        sums = probabilities.map { sum += $0; return min(sum, 1) }
    }

    public func logProbability(_ k: Int) -> Double {
        probabilities.indices.contains(k) ? Double.log(probabilities[k]) : -.infinity
    }
    public func cumulative(_ k: Int) -> Double { k < 0 ? 0 : k >= probabilities.count - 1 ? 1 : sums[k] }
    public func survival(_ k: Int) -> Double { 1 - cumulative(k) }
    public var support: ClosedRange<Int> { 0...(probabilities.count - 1) }
    public var mean: Double { probabilities.enumerated().reduce(0) { $0 + Double($1.offset) * $1.element } }
    public var variance: Double {
        let mean = mean
        return probabilities.enumerated().reduce(0) {
            $0 + (Double($1.offset) - mean) * (Double($1.offset) - mean) * $1.element
        }
    }
    /// The entropy −Σ p ln p, in nats.
    public var entropy: Double { probabilities.reduce(0) { $0 + entropyTerm($1) } }

    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int { table.sample(using: &generator) }
}
