extension RandomNumberGenerator {
    /// A Gumbel number with distribution function exp(−exp(−(x − location)/scale)), by inversion.
    ///
    /// The index of the largest of logᵢ + gumbel() is a draw from softmax(log).
    @inlinable
    public mutating func gumbel(location: Double = 0, scale: Double = 1) -> Double {
        precondition(scale > 0, "the scale of a Gumbel distribution must be positive, got \(scale)")
        return location - scale * PortableFunctions.logarithm(exponential())
    }

    /// A vector of independent Gumbel numbers.
    @inlinable
    public mutating func gumbelVector(count: Int, location: Double = 0, scale: Double = 1) -> Vector {
        Vector(count: count) { _ in gumbel(location: location, scale: scale) }
    }

    /// A Laplace number with density exp(−|x − location|/scale)/(2 scale), by inversion.
    @inlinable
    public mutating func laplace(location: Double = 0, scale: Double = 1) -> Double {
        precondition(scale > 0, "the scale of a Laplace distribution must be positive, got \(scale)")
        let u = openUniform()
        return location + scale
            * (u < 0.5 ? PortableFunctions.logarithm(2 * u) : -PortableFunctions.logarithm(2 * (1 - u)))
    }

    /// A vector of independent Laplace numbers.
    @inlinable
    public mutating func laplaceVector(count: Int, location: Double = 0, scale: Double = 1) -> Vector {
        Vector(count: count) { _ in laplace(location: location, scale: scale) }
    }

    /// A logistic number with distribution function 1/(1 + exp(−(x − location)/scale)), by inversion.
    @inlinable
    public mutating func logistic(location: Double = 0, scale: Double = 1) -> Double {
        precondition(scale > 0, "the scale of a logistic distribution must be positive, got \(scale)")
        let u = openUniform()
        return location + scale * PortableFunctions.logarithm(u / (1 - u))
    }

    /// A Cauchy number with density 1/(π scale (1 + ((x − location)/scale)²)).
    ///
    /// The slope of a uniformly random point of the half disc, which needs no tangent.
    @inlinable
    public mutating func cauchy(location: Double = 0, scale: Double = 1) -> Double {
        precondition(scale > 0, "the scale of a Cauchy distribution must be positive, got \(scale)")
        while true {
            let across = 2 * openUniform() - 1
            let up = openUniform()
            if across * across + up * up <= 1 { return location + scale * (across / up) }
        }
    }

    /// A Pareto number ≥ minimum with density shape · minimum^shape / x^(shape + 1).
    @inlinable
    public mutating func pareto(minimum: Double = 1, shape: Double) -> Double {
        precondition(
            minimum > 0 && shape > 0,
            "a Pareto distribution needs a positive minimum and shape, got \(minimum) and \(shape)")
        return minimum * PortableFunctions.exponential(exponential() / shape)
    }

    /// A Weibull number with distribution function 1 − exp(−(x/scale)^shape).
    @inlinable
    public mutating func weibull(shape: Double, scale: Double = 1) -> Double {
        precondition(
            shape > 0 && scale > 0,
            "a Weibull distribution needs a positive shape and scale, got \(shape) and \(scale)")
        return scale * PortableFunctions.power(exponential(), 1 / shape)
    }

    /// A number whose logarithm is normal with the given mean and standard deviation.
    @inlinable
    public mutating func logNormal(logMean: Double = 0, logStandardDeviation: Double = 1) -> Double {
        PortableFunctions.exponential(normal(mean: logMean, standardDeviation: logStandardDeviation))
    }
}
