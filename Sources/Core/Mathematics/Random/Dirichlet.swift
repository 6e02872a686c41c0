extension RandomNumberGenerator {
    /// A probability vector of a Dirichlet distribution, with density proportional to Π xᵢ^(αᵢ − 1).
    ///
    /// Gamma numbers divided by their sum, in logarithms, so that concentrations far below 1 give nearly
    /// one-hot vectors and never 0/0.
    ///
    /// - Parameter concentrations: α, all positive and finite; at least one.
    public mutating func dirichlet(concentrations: some Collection<Double>) -> Vector {
        precondition(!concentrations.isEmpty, "a Dirichlet distribution needs at least one concentration")
        var result = Vector(concentrations.map { logGamma(shape: $0) })
        let largest = result.max() ?? 0
        result.withUnsafeMutableBufferPointer { numbers in
            var sum = 0.0
            for index in numbers.indices {
                numbers[index] = PortableFunctions.exponential(numbers[index] - largest)
                sum += numbers[index]
            }
            for index in numbers.indices { numbers[index] /= sum }
        }
        return result
    }

    /// A uniformly random point of the probability simplex with `dimension` coordinates.
    public mutating func uniformOnSimplex(dimension: Int) -> Vector {
        precondition(dimension >= 1, "a simplex needs at least one coordinate, got \(dimension)")
        var result = exponentialVector(count: dimension)
        let sum = result.reduce(0, +)
        result.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] /= sum } }
        return result
    }
}
