import RealModule

/// A distribution of one integer.
///
/// An integer outside the support has probability 0 and logarithm −∞.
public protocol DiscreteDistribution: Sendable {
    /// The natural logarithm of P(X = k).
    func logProbability(_ k: Int) -> Double
    /// P(X ≤ k).
    func cumulative(_ k: Int) -> Double
    /// P(X > k), accurate also where it is tiny.
    func survival(_ k: Int) -> Double
    /// The integers of positive probability; the upper end is `Int.max` if there is none.
    var support: ClosedRange<Int> { get }
    /// The expected value.
    var mean: Double { get }
    /// The expected squared distance from the mean.
    var variance: Double { get }
    /// The entropy −Σ p ln p, in nats.
    var entropy: Double { get }
    /// A number of the distribution.
    func sample<G: RandomNumberGenerator>(using generator: inout G) -> Int
}

extension DiscreteDistribution {
    /// P(X = k).
    public func probability(_ k: Int) -> Double { .exp(logProbability(k)) }

    /// The root of the variance.
    public var standardDeviation: Double { variance.squareRoot() }

    /// The smallest k with P(X ≤ k) ≥ `probability`.
    ///
    /// - Parameter probability: in [0, 1]; 0 gives the smallest integer of the support.
    /// - Throws: `StatisticsError` if it is not.
    /// - Complexity: O(log standard deviation) evaluations of `cumulative`.
    public func quantile(_ probability: Double) throws(StatisticsError) -> Int {
        try StatisticsError.requireProbability(probability, "probability")
        let support = support
        if probability == 0 { return support.lowerBound }
        if probability == 1 { return support.upperBound }
        // Through the upper tail where the lower one has no digits left.
        func reaches(_ k: Int) -> Bool {
            probability <= 0.5 ? cumulative(k) >= probability : survival(k) <= 1 - probability
        }
        func clamped(_ x: Double) -> Int {
            x <= Double(support.lowerBound) ? support.lowerBound
                : x >= Double(support.upperBound) ? support.upperBound : Int(x)
        }
        let centre = mean.isFinite ? mean : 1
        var step = variance.isFinite ? max(standardDeviation, 1) : 1
        var high = clamped(centre.rounded(.up))
        var low = high
        // `low` is below the quantile (or the first of the support), `high` at or above it.
        while high < support.upperBound, !reaches(high) {
            low = high
            high = clamped(Double(high) + step)
            step *= 2
        }
        step = variance.isFinite ? max(standardDeviation, 1) : 1
        while low > support.lowerBound, reaches(low) {
            high = low
            low = clamped(Double(low) - step)
            step *= 2
        }
        if reaches(low) { return low }
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if reaches(middle) { high = middle } else { low = middle }
        }
        return high
    }

    /// The entropy −Σ p ln p, in nats, of a distribution with one peak.
    ///
    /// Summed from the mean outwards until the terms vanish; for variances above 10¹⁰ the normal limit, whose
    /// error is then below 10⁻¹⁰.
    public var entropy: Double {
        guard variance < 1e10 else { return logSquareRootOfTwoPi + 0.5 + Double.log(variance) / 2 }
        let support = support
        let reach = 40 * standardDeviation + 40
        func term(_ k: Int) -> Double {
            let logarithm = logProbability(k)
            return logarithm == -.infinity ? 0 : -.exp(logarithm) * logarithm
        }
        let start = min(max(Int(mean), support.lowerBound), support.upperBound)
        var sum = 0.0
        var k = start
        while k < support.upperBound, Double(k - start) < 1e9 {
            k += 1
            let next = term(k)
            sum += next
            if Double(k - start) > reach || (Double(k - start) > standardDeviation && next < 1e-19 * sum) { break }
        }
        k = start
        while k >= support.lowerBound {
            let next = term(k)
            sum += next
            if Double(start - k) > standardDeviation && next < 1e-19 * sum { break }
            if k == Int.min { break }
            k -= 1
        }
        return sum
    }

    /// Independent numbers of the distribution.
    public func samples<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> [Int] {
        (0..<count).map { _ in sample(using: &generator) }
    }
}
