extension RandomNumberGenerator {
    /// A beta number in [0, 1] with density proportional to x^(alpha − 1) (1 − x)^(beta − 1).
    ///
    /// The share of one gamma number in the sum of two; shapes below 1 are drawn in logarithms, so that
    /// even both shapes far below 1 give 0 and 1 with the right probabilities.
    ///
    /// - Parameters:
    ///   - alpha: positive and finite. The mean is alpha/(alpha + beta).
    ///   - beta: positive and finite.
    @inlinable
    public mutating func beta(alpha: Double, beta: Double) -> Double {
        BetaSampler(alpha: alpha, beta: beta).draw(using: &self)
    }

    /// A vector of independent beta numbers.
    @inlinable
    public mutating func betaVector(count: Int, alpha: Double, beta: Double) -> Vector {
        let sampler = BetaSampler(alpha: alpha, beta: beta)
        return Vector(count: count) { _ in sampler.draw(using: &self) }
    }
}

/// The two gamma samplers behind a beta number.
@usableFromInline
struct BetaSampler: Sendable {
    @usableFromInline let first: GammaSampler
    @usableFromInline let second: GammaSampler

    @inlinable
    init(alpha: Double, beta: Double) {
        first = GammaSampler(shape: alpha)
        second = GammaSampler(shape: beta)
    }

    @inlinable
    func draw<G: RandomNumberGenerator>(using generator: inout G) -> Double {
        if first.shape >= 1, second.shape >= 1 {
            let x = first.draw(using: &generator)
            return x / (x + second.draw(using: &generator))
        }
        let x = first.drawLogarithm(using: &generator)
        let y = second.drawLogarithm(using: &generator)
        // The smaller of the two in the exponential, so that neither end loses accuracy.
        let ratio = PortableFunctions.exponential(x < y ? x - y : y - x)
        return x < y ? ratio / (1 + ratio) : 1 / (1 + ratio)
    }
}
