extension RandomNumberGenerator {
    /// An exponential number with mean 1/rate, by inversion.
    @inlinable
    public mutating func exponential(rate: Double = 1) -> Double {
        precondition(rate > 0, "the rate of an exponential distribution must be positive, got \(rate)")
        return -PortableFunctions.logarithm(openUniform()) / rate
    }
}
