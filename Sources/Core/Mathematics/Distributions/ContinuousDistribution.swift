import RealModule

/// A distribution of one real number with a density.
///
/// A point outside the support has density 0 and logarithm −∞; a NaN gives NaN. Probabilities outside [0, 1]
/// give a NaN quantile. A moment that does not exist is NaN, one that diverges is infinite.
public protocol ContinuousDistribution: Sendable {
    /// The natural logarithm of the density.
    func logDensity(_ x: Double) -> Double
    /// P(X ≤ x).
    func cumulative(_ x: Double) -> Double
    /// P(X > x), accurate also where it is tiny.
    func survival(_ x: Double) -> Double
    /// The x with P(X ≤ x) = `probability`.
    func quantile(_ probability: Double) -> Double
    /// The x with P(X > x) = `probability`, accurate also for tiny probabilities.
    func upperQuantile(_ probability: Double) -> Double
    /// The expected value.
    var mean: Double { get }
    /// The expected squared distance from the mean.
    var variance: Double { get }
    /// The differential entropy −E ln density, in nats.
    var entropy: Double { get }
    /// A number of the distribution.
    func sample<G: RandomNumberGenerator>(using generator: inout G) -> Double
}

extension ContinuousDistribution {
    /// The density.
    public func density(_ x: Double) -> Double { .exp(logDensity(x)) }

    /// The root of the variance.
    public var standardDeviation: Double { variance.squareRoot() }

    /// The quantile at ½.
    public var median: Double { quantile(0.5) }

    /// P(X > x).
    public func survival(_ x: Double) -> Double { 1 - cumulative(x) }

    /// The x with P(X > x) = `probability`.
    public func upperQuantile(_ probability: Double) -> Double { quantile(1 - probability) }

    /// Independent numbers of the distribution.
    public func samples<G: RandomNumberGenerator>(_ count: Int, using generator: inout G) -> Vector {
        Vector(count: count) { _ in sample(using: &generator) }
    }
}
