import RealModule

/// The von Mises-Fisher distribution of unit vectors, with density proportional to e^(κ μᵀx).
public struct VonMisesFisherDistribution: Sendable {
    /// μ, of length 1.
    public let meanDirection: Vector
    /// κ.
    public let concentration: Double

    /// A von Mises-Fisher distribution.
    ///
    /// - Parameters:
    ///   - meanDirection: in at least two dimensions; of any length but 0, divided by it.
    ///   - concentration: non-negative and finite; 0 is uniform.
    /// - Throws: `StatisticsError` naming the parameter that is wrong.
    public init(meanDirection: Vector, concentration: Double) throws(StatisticsError) {
        try meanDirection.requireSample("meanDirection", atLeast: 2)
        guard concentration >= 0, concentration < .infinity else {
            throw .outOfRange(argument: "concentration", value: concentration, expected: "a non-negative finite number")
        }
        var direction = meanDirection
        guard direction.divideByPortableNorm() else {
            throw .undefined(argument: "meanDirection", reason: "a zero vector has no direction")
        }
        self.meanDirection = direction
        self.concentration = concentration
    }

    /// The number of coordinates, d.
    public var dimension: Int { meanDirection.count }

    private var order: Double { Double(dimension) / 2 - 1 }

    /// ln ∫ e^(κ μᵀx) dx over the unit sphere, minus κ, so that it stays finite.
    private var logNormaliser: Double {
        let nu = order
        let halfDimension = nu + 1
        // (2π)^(d/2) I_ν(κ)/κ^ν; the power series of I_ν where it cannot overflow: it has positive terms only
        // and its sum is at most e^(κ²/(4(ν + 1))).
        let quarter = concentration * concentration / 4
        if quarter / halfDimension < 600 || concentration < 600 {
            var (sum, term, m) = (1.0, 1.0, 0.0)
            repeat {
                m += 1
                term *= quarter / (m * (nu + m))
                sum += term
            } while term > 1e-17 * sum
            return halfDimension * Double.log(.pi) + Double.log(2) - Double.logGamma(halfDimension) + Double.log(sum)
                - concentration
        }
        return halfDimension * Double.log(2 * .pi) + Double.log(besselI(nu, concentration, scaled: true))
            - nu * Double.log(concentration)
    }

    /// The natural logarithm of the density with respect to the area of the unit sphere.
    ///
    /// - Parameter x: a vector of length 1; only its direction matters.
    /// - Throws: `StatisticsError` if the dimension is another or x is 0.
    public func logDensity(_ x: Vector) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(x.count, "x", dimension, "meanDirection")
        try x.requireSample("x")
        var direction = x
        guard direction.divideByPortableNorm() else {
            throw .undefined(argument: "x", reason: "a zero vector has no direction")
        }
        // κ(cos − 1) = −κ‖x − μ‖²/2 does not cancel near the mean direction.
        return -concentration * (direction - meanDirection).squaredNorm / 2 - logNormaliser
    }

    /// A(κ) = I_{d/2}(κ)/I_{d/2−1}(κ), the length of the expected vector.
    ///
    /// The continued fraction of the ratio (DLMF 10.33.1), O(κ) steps; beyond κ = 10⁶ the asymptotic series.
    public var meanResultantLength: Double {
        let kappa = concentration
        guard kappa > 0 else { return 0 }
        let freedom = Double(dimension - 1)
        if kappa > 1e6 * Double(dimension) {
            return 1 - freedom / (2 * kappa) + freedom * (freedom - 2) / (8 * kappa * kappa)
        }
        let steps = Int(kappa) + 60
        var ratio = 0.0
        for step in stride(from: steps, through: 1, by: -1) {
            ratio = 1 / (2 * (order + Double(step)) / kappa + ratio)
        }
        return ratio
    }

    /// The expected vector, A(κ)μ.
    public var mean: Vector { meanDirection * meanResultantLength }

    /// The differential entropy on the sphere, in nats.
    public var entropy: Double { logNormaliser + concentration * (1 - meanResultantLength) }

    /// A unit vector of the distribution.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Vector {
        generator.vonMisesFisher(meanDirection: meanDirection, concentration: concentration)
    }
}

/// The Wishart distribution of symmetric positive definite matrices: the sum of `degreesOfFreedom` outer
/// products of normal vectors with covariance `scale`.
public struct WishartDistribution: Sendable {
    /// n, greater than the order − 1.
    public let degreesOfFreedom: Double
    /// V.
    public let scale: Matrix
    private let factor: CholeskyDecomposition<Double>

    /// A Wishart distribution.
    ///
    /// - Parameters:
    ///   - degreesOfFreedom: finite and greater than the order of `scale` minus 1.
    ///   - scale: symmetric positive definite.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(degreesOfFreedom: Double, scale: Matrix) throws(StatisticsError) {
        factor = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try scale.requireNotEmpty("scale")
            return try CholeskyDecomposition(scale)
        }
        guard degreesOfFreedom > Double(scale.rows - 1), degreesOfFreedom < .infinity else {
            throw .outOfRange(
                argument: "degreesOfFreedom", value: degreesOfFreedom, expected: "a finite number above \(scale.rows - 1)")
        }
        self.degreesOfFreedom = degreesOfFreedom
        self.scale = scale
    }

    /// The natural logarithm of the density at a symmetric positive definite matrix.
    ///
    /// - Throws: `StatisticsError.linearAlgebra` if the shape is another or the matrix is not positive definite.
    public func logDensity(_ matrix: Matrix) throws(StatisticsError) -> Double {
        let order = Double(scale.rows)
        let (logDeterminant, trace) = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try matrix.requireRows(scale.rows, "matrix", of: "scale", scale.shapeText)
            return (try CholeskyDecomposition(matrix).logDeterminant, try factor.solve(matrix).trace)
        }
        let logGamma = (0..<scale.rows).reduce(order * (order - 1) / 4 * Double.log(.pi)) {
            $0 + Double.logGamma((degreesOfFreedom - Double($1)) / 2)
        }
        return (degreesOfFreedom - order - 1) / 2 * logDeterminant - trace / 2
            - degreesOfFreedom / 2 * (order * Double.log(2) + factor.logDeterminant) - logGamma
    }

    /// degreesOfFreedom · scale.
    public var mean: Matrix { scale * degreesOfFreedom }

    /// A matrix of the distribution.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Matrix {
        generator.wishart(degreesOfFreedom: degreesOfFreedom, scaleFactor: factor.lower)
    }
}
