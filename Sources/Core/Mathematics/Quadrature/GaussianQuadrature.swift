import RealModule

/// The nodes and weights of a Gaussian quadrature rule: Σ wᵢ f(xᵢ) ≈ ∫ f(x) w(x) dx.
///
/// A rule with n nodes is exact for polynomials of degree 2n − 1. The nodes are the eigenvalues of the
/// Jacobi matrix of the orthogonal polynomials (Golub and Welsch, Math. Comp. 23, 1969), polished by Newton's
/// method; the weights are Christoffel's numbers 1/Σ pₖ(xᵢ)², a sum of positive terms, so that also
/// tiny weights keep their relative accuracy. O(n²) operations.
///
/// ```swift
/// let rule = try GaussianQuadrature.hermiteProbabilists(count: 20)
/// rule.integrate { cos($0) }           // E cos Z = e^(−1/2) for a standard normal Z
/// ```
public struct GaussianQuadrature: Sendable, Equatable {
    /// The nodes in ascending order.
    public let nodes: Vector

    /// The positive weights, in the order of the nodes.
    public let weights: Vector

    /// A rule from nodes and weights computed elsewhere.
    public init(nodes: Vector, weights: Vector) throws(QuadratureError) {
        if nodes.count != weights.count {
            throw .countMismatch(argument: "weights", count: weights.count, expected: nodes.count)
        }
        self.nodes = nodes
        self.weights = weights
    }

    /// The number of nodes.
    public var count: Int { nodes.count }

    /// Σ wᵢ f(xᵢ).
    public func integrate(_ function: (Double) -> Double) -> Double {
        var sum = 0.0
        for index in 0..<count { sum += weights[index] * function(nodes[index]) }
        return sum
    }

    /// Gauss-Legendre: weight 1 on a finite range.
    ///
    /// - Throws: `QuadratureError.invalidArgument` if `count` is not positive or the range not finite.
    public static func legendre(
        count: Int, on range: ClosedRange<Double> = -1...1
    ) throws(QuadratureError) -> GaussianQuadrature {
        guard range.lowerBound.isFinite, range.upperBound.isFinite else {
            throw .invalidArgument(
                argument: "range", value: range.lowerBound.isFinite ? range.upperBound : range.lowerBound,
                expected: "finite ends")
        }
        let rule = try PolynomialRecurrence(count: count, isSymmetric: true, mass: 2) { k in
            let order = Double(k)
            return (0, order / (4 * order * order - 1).squareRoot())
        }.rule()
        let half = (range.upperBound - range.lowerBound) / 2
        let middle = range.lowerBound / 2 + range.upperBound / 2
        if half == 1, middle == 0 { return rule }
        return try GaussianQuadrature(nodes: half * rule.nodes + middle, weights: half * rule.weights)
    }

    /// Gauss-Hermite: weight exp(−x²) on the real line (the physicists' form).
    ///
    /// - Throws: `QuadratureError.invalidArgument` if `count` is not positive.
    public static func hermite(count: Int) throws(QuadratureError) -> GaussianQuadrature {
        try PolynomialRecurrence(count: count, isSymmetric: true, mass: Double.pi.squareRoot()) { k in
            (0, (Double(k) / 2).squareRoot())
        }.rule()
    }

    /// Gauss-Hermite for expectations under the standard normal distribution: the weights sum to 1 (the
    /// probabilists' form).
    ///
    /// - Throws: `QuadratureError.invalidArgument` if `count` is not positive.
    public static func hermiteProbabilists(count: Int) throws(QuadratureError) -> GaussianQuadrature {
        try PolynomialRecurrence(count: count, isSymmetric: true, mass: 1) { k in (0, Double(k).squareRoot()) }.rule()
    }

    /// Gauss-Laguerre: weight x^α e⁻ˣ on the positive half-line, α > −1.
    ///
    /// - Throws: `QuadratureError.invalidArgument` if `count` is not positive or α is not above −1.
    public static func laguerre(count: Int, exponent: Double = 0) throws(QuadratureError) -> GaussianQuadrature {
        guard exponent > -1, exponent < 170 else {
            throw .invalidArgument(argument: "exponent", value: exponent, expected: "a number in (−1, 170)")
        }
        return try PolynomialRecurrence(count: count, isSymmetric: false, mass: .gamma(exponent + 1)) { k in
            (2 * Double(k) + 1 + exponent, (Double(k) * (Double(k) + exponent)).squareRoot())
        }.rule()
    }

    /// Gauss-Jacobi: weight (1 − x)^α (1 + x)^β on [−1, 1], α, β > −1.
    ///
    /// - Throws: `QuadratureError.invalidArgument` if `count` is not positive or α or β is not above −1.
    public static func jacobi(count: Int, alpha: Double, beta: Double) throws(QuadratureError) -> GaussianQuadrature {
        for (argument, value) in [("alpha", alpha), ("beta", beta)] where !(value > -1 && value < .infinity) {
            throw .invalidArgument(argument: argument, value: value, expected: "a finite number above −1")
        }
        let sum = alpha + beta
        let mass = Double.exp((sum + 1) * .log(2) + logBeta(alpha + 1, beta + 1))
        return try PolynomialRecurrence(count: count, isSymmetric: alpha == beta, mass: mass) { k in
            let twice = 2 * Double(k) + sum
            let diagonal = k == 0
                ? (beta - alpha) / (sum + 2) : (beta - alpha) * (sum / twice) / (twice + 2)
            // For k = 1 a factor of numerator and denominator cancels, which vanishes for α + β = −1.
            let order = Double(k)
            let square = k == 1
                ? 4 * (1 + alpha) * (1 + beta) / ((2 + sum) * (2 + sum) * (3 + sum))
                : 4 * order * (order + alpha) * (order + beta) * (order + sum)
                    / (twice * twice * (twice + 1) * (twice - 1))
            return (diagonal, k == 0 ? 0 : square.squareRoot())
        }.rule()
    }
}

/// The recurrence x pₖ = bₖ₊₁ pₖ₊₁ + aₖ pₖ + bₖ pₖ₋₁ of orthonormal polynomials, k < count.
private struct PolynomialRecurrence {
    let count: Int
    let isSymmetric: Bool
    /// ∫ w(x) dx.
    let mass: Double
    /// a₀, …, aₙ₋₁.
    var diagonal: [Double]
    /// 0, b₁, …, bₙ.
    var offDiagonal: [Double]

    init(
        count: Int, isSymmetric: Bool, mass: Double, _ coefficients: (Int) -> (diagonal: Double, offDiagonal: Double)
    ) throws(QuadratureError) {
        guard count > 0 else {
            throw .invalidArgument(argument: "count", value: Double(count), expected: "at least 1")
        }
        (self.count, self.isSymmetric, self.mass) = (count, isSymmetric, mass)
        diagonal = (0..<count).map { isSymmetric ? 0 : coefficients($0).diagonal }
        offDiagonal = (0...count).map { $0 == 0 ? 0 : coefficients($0).offDiagonal }
    }

    func rule() throws(QuadratureError) -> GaussianQuadrature {
        var nodes = tridiagonalEigenvalues()
        var weights = [Double](repeating: 0, count: count)
        for index in 0..<count {
            if isSymmetric, index >= (count + 1) / 2 {
                // Exact symmetry, whatever the rounding.
                nodes[index] = -nodes[count - 1 - index]
                weights[index] = weights[count - 1 - index]
                continue
            }
            if isSymmetric, 2 * index + 1 == count { nodes[index] = 0 }
            let gap = index + 1 < count ? (nodes[index + 1] - nodes[index]).magnitude : .infinity
            for _ in 0..<3 where nodes[index] != 0 {
                let step = evaluate(nodes[index]).newtonStep
                guard step.magnitude < gap / 4 else { break }
                nodes[index] -= step
                if step.magnitude < 1e-12 * nodes[index].magnitude { break }
            }
            weights[index] = mass * evaluate(nodes[index]).inverseSquareSum
        }
        return try GaussianQuadrature(nodes: Vector(nodes), weights: Vector(weights))
    }

    /// pₙ/pₙ′ and 1/Σₖ<ₙ pₖ² at a point, with p₀ = 1, rescaled on the way so that nothing overflows.
    private func evaluate(_ x: Double) -> (newtonStep: Double, inverseSquareSum: Double) {
        var (previous, value) = (0.0, 1.0)
        var (previousSlope, slope) = (0.0, 0.0)
        var (sum, scale) = (0.0, 1.0)
        for k in 0..<count {
            sum += value * value
            let inverse = 1 / offDiagonal[k + 1]
            let next = ((x - diagonal[k]) * value - offDiagonal[k] * previous) * inverse
            let nextSlope = ((x - diagonal[k]) * slope + value - offDiagonal[k] * previousSlope) * inverse
            (previous, value, previousSlope, slope) = (value, next, slope, nextSlope)
            if value.magnitude > 0x1p300 || slope.magnitude > 0x1p300 {
                (previous, value) = (previous * 0x1p-300, value * 0x1p-300)
                (previousSlope, slope) = (previousSlope * 0x1p-300, slope * 0x1p-300)
                sum *= 0x1p-600
                scale *= 0x1p-600
            }
        }
        return (value / slope, scale / sum)
    }

    /// The eigenvalues of the Jacobi matrix in ascending order, by the QL method with implicit shifts.
    private func tridiagonalEigenvalues() -> [Double] {
        var d = diagonal
        var e = Array(offDiagonal[1..<count]) + [0]
        for l in 0..<count {
            for _ in 0..<100 {
                var m = l
                while m < count - 1, e[m].magnitude > 1.1e-16 * (d[m].magnitude + d[m + 1].magnitude) { m += 1 }
                if m == l { break }
                var g = (d[l + 1] - d[l]) / (2 * e[l])
                var r = Double.hypot(g, 1)
                g = d[m] - d[l] + e[l] / (g + (g < 0 ? -r : r))
                var (s, c, p) = (1.0, 1.0, 0.0)
                var i = m - 1
                var deflated = false
                while i >= l {
                    let f = s * e[i]
                    let b = c * e[i]
                    r = Double.hypot(f, g)
                    e[i + 1] = r
                    if r == 0 {
                        d[i + 1] -= p
                        e[m] = 0
                        deflated = true
                        break
                    }
                    s = f / r
                    c = g / r
                    g = d[i + 1] - p
                    r = (d[i] - g) * s + 2 * c * b
                    p = s * r
                    d[i + 1] = g + p
                    g = c * r - b
                    i -= 1
                }
                if deflated { continue }
                d[l] -= p
                e[l] = g
                e[m] = 0
            }
        }
        return d.sorted()
    }
}
