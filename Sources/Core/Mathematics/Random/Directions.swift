extension RandomNumberGenerator {
    /// A uniformly random unit vector.
    ///
    /// - Parameter dimension: of the space, at least 1 (where it is ±1).
    public mutating func uniformOnSphere(dimension: Int) -> Vector {
        precondition(dimension >= 1, "a sphere needs a space of at least one dimension, got \(dimension)")
        while true {
            var direction = normalVector(count: dimension)
            if direction.divideByPortableNorm() { return direction }
        }
    }

    /// A uniformly random point of a ball around the origin.
    public mutating func uniformInBall(dimension: Int, radius: Double = 1) -> Vector {
        precondition(radius >= 0, "the radius of a ball cannot be negative, got \(radius)")
        var point = uniformOnSphere(dimension: dimension)
        let distance = radius * PortableFunctions.power(openUniform(), 1 / Double(dimension))
        point.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] *= distance } }
        return point
    }

    /// A unit vector of the von Mises-Fisher distribution, with density proportional to e^(κ μᵀx).
    ///
    /// Wood, "Simulation of the von Mises-Fisher distribution", 1994, in a form that keeps its accuracy at
    /// concentrations of any size.
    ///
    /// - Parameters:
    ///   - meanDirection: μ, in at least two dimensions; of any length but 0.
    ///   - concentration: κ ≥ 0; 0 is uniform.
    public mutating func vonMisesFisher(meanDirection: Vector, concentration: Double) -> Vector {
        precondition(meanDirection.count >= 2, "a mean direction needs two dimensions or more, got \(meanDirection.count)")
        precondition(
            concentration >= 0 && concentration < .infinity,
            "a concentration must be non-negative and finite, got \(concentration)")
        var axis = meanDirection
        let hasDirection = axis.divideByPortableNorm()
        precondition(hasDirection, "a mean direction must be finite and not zero")
        // 1 − cosine, which does not cancel at high concentration.
        let complement = cosineComplement(dimension: axis.count, concentration: concentration)
        let sine = (complement * (2 - complement)).squareRoot()
        while true {
            var tangent = normalVector(count: axis.count)
            // Twice: the first time leaves a rounding error that a short remainder would magnify.
            var isTangent = true
            for _ in 0..<2 where isTangent {
                let along = zip(axis, tangent).reduce(0.0) { $0 + $1.0 * $1.1 }
                tangent.withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] -= along * axis[index] } }
                isTangent = tangent.divideByPortableNorm()
            }
            guard isTangent else { continue }
            return Vector(count: axis.count) { (1 - complement) * axis[$0] + sine * tangent[$0] }
        }
    }

    /// 1 − μᵀx for x of the von Mises-Fisher distribution.
    private mutating func cosineComplement(dimension: Int, concentration: Double) -> Double {
        let freedom = Double(dimension - 1)
        let b = freedom / (2 * concentration + (4 * concentration * concentration + freedom * freedom).squareRoot())
        // Wood's x₀ = (1 − b)/(1 + b), as its distance from 1.
        let centre = 2 * b / (1 + b)
        let logAtCentre = freedom * PortableFunctions.logarithm(centre * (2 - centre))
        let sampler = BetaSampler(alpha: freedom / 2, beta: freedom / 2)
        while true {
            let z = sampler.draw(using: &self)
            let complement = 2 * b * z / (1 - (1 - b) * z)
            let height =
                concentration * (centre - complement)
                + freedom * PortableFunctions.logarithm(centre + (1 - centre) * complement) - logAtCentre
            if height >= PortableFunctions.logarithm(openUniform()) { return complement }
        }
    }
}

extension DenseVector<Double> {
    /// Divides by the Euclidean norm, summed in order so that it has the same bits everywhere. False,
    /// without a change, if the norm is zero or not finite.
    mutating func divideByPortableNorm() -> Bool {
        let largest = reduce(0) { Swift.max($0, $1.magnitude) }
        guard largest > 0, largest < .infinity else { return false }
        let norm = reduce(0.0) { $0 + ($1 / largest) * ($1 / largest) }.squareRoot()
        guard norm.isFinite else { return false }
        withUnsafeMutableBufferPointer { for index in $0.indices { $0[index] = $0[index] / largest / norm } }
        return true
    }
}
