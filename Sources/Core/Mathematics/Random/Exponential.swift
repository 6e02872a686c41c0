extension RandomNumberGenerator {
    /// An exponential number with mean 1/rate, by inversion.
    @inlinable
    public mutating func exponential(rate: Double = 1) -> Double {
        precondition(rate > 0, "the rate of an exponential distribution must be positive, got \(rate)")
        return -PortableFunctions.logarithm(openUniform()) / rate
    }

    /// A vector of independent exponential numbers with mean 1/rate.
    @inlinable
    public mutating func exponentialVector(count: Int, rate: Double = 1) -> Vector {
        Vector(count: count) { _ in exponential(rate: rate) }
    }
}
