extension RandomNumberGenerator {
    /// A normal number conditioned to lie in a range, whose ends may be infinite.
    ///
    /// Exact at any range, also far in a tail: Robert, "Simulation of truncated normal variables", 1995
    /// (arXiv 0907.4010): plain rejection where the range is likely, an exponential proposal in a tail, a
    /// uniform one in a narrow range.
    ///
    /// - Parameters:
    ///   - mean: of the normal distribution before truncation.
    ///   - standardDeviation: of the same, positive.
    ///   - range: of the result.
    public mutating func truncatedNormal(
        mean: Double = 0, standardDeviation: Double = 1, in range: ClosedRange<Double>
    ) -> Double {
        precondition(standardDeviation > 0, "the standard deviation must be positive, got \(standardDeviation)")
        let lower = (range.lowerBound - mean) / standardDeviation
        let upper = (range.upperBound - mean) / standardDeviation
        precondition(!lower.isNaN && !upper.isNaN, "the range \(range) and the mean \(mean) must be numbers")
        let value = mean + standardDeviation * standardTruncatedNormal(lower, upper)
        // Rounding can step over an end.
        return min(max(value, range.lowerBound), range.upperBound)
    }

    private mutating func standardTruncatedNormal(_ lower: Double, _ upper: Double) -> Double {
        if upper <= 0, lower < 0 { return -standardTruncatedNormal(-upper, -lower) }
        if lower == upper { return lower }
        if lower <= 0 {
            // The range holds 0. Narrow: uniform proposals, accepted with probability ≥ e^(−1.3²/2) on
            // most of it; wide: at least 0.39 of all normal numbers fall into it.
            if upper - lower < 1.3 {
                while true {
                    let x = uniform(between: lower, and: upper)
                    if openUniform() <= PortableFunctions.exponential(-x * x / 2) { return x }
                }
            }
            while true {
                let x = normal()
                if x >= lower, x <= upper { return x }
            }
        }
        // A tail range. The exponential proposal of the best rate; far out it is `lower` to rounding.
        let rate = lower > 1e9 ? lower : (lower + (lower * lower + 4).squareRoot()) / 2
        if (upper - lower) * rate < 1.5 {
            while true {
                let x = uniform(between: lower, and: upper)
                if openUniform() <= PortableFunctions.exponential(-(x - lower) * (x + lower) / 2) { return x }
            }
        }
        while true {
            let x = lower + exponential() / rate
            if x > upper { continue }
            if openUniform() <= PortableFunctions.exponential(-(x - rate) * (x - rate) / 2) { return x }
        }
    }

    private mutating func uniform(between lower: Double, and upper: Double) -> Double {
        lower + (upper - lower) * openUniform()
    }
}
