import Mathematics

/// The solution of a radial equation at the energy of dissociation.
public struct ThresholdSolution: Sendable {
    /// a in bohr^(2J + 1): for J = 0 the s-wave scattering length, where u → R − a; for J = 1 the p-wave scattering
    /// length (a volume), where u → R² − 3a/R.
    public let scatteringLength: Double
    /// u at the points of the grid, scaled to u → R^(J + 1).
    public let waveFunction: Vector
    /// How many nodes the solution has on the grid: how many levels are bound.
    public let nodeCount: Int
}

extension RadialProblem {
    // swiftcore: threshold_scattering; spread: self
    /// The scattering length, from the solution at zero energy.
    ///
    /// Numerov's recursion in its summed form runs outwards to the end of the grid. At the end and half-way the
    /// solution is matched with A f + B g, the solutions outside the range of the potential, where the leading
    /// corrections of a tail −C₆/R⁶ − C₈/R⁸ are kept in first order:
    ///
    /// f = R^(J+1) [1 + ∑ₙ sₙ(f) R^(2−n)], g = R^(−J) [1 + ∑ₙ sₙ(g) R^(2−n)] with sₙ = −2μCₙ/[p(p − 1) − J(J + 1)] and
    /// p the power of R of the correction. Then a = −B/A for J = 0 and −B/(3A) for J = 1. Without the tail terms the
    /// error would be 2μC₆/(4R⁴)·R² against B/R for J = 1: percents at 400 bohr.
    ///
    /// O(count).
    ///
    /// - Parameters:
    ///   - c6: C₆ in Hartree bohr⁶; 0 for a potential without a tail.
    ///   - c8: C₈ in Hartree bohr⁸.
    /// - Throws: ``RadialEquationError`` where J is larger than 1 (a tail −C₆/R⁶ leaves no scattering length there), a
    ///   coefficient is not finite or the step is too coarse for the potential.
    public func thresholdSolution(c6: Double = 0, c8: Double = 0) throws(RadialEquationError) -> ThresholdSolution {
        guard angularMomentum <= 1 else {
            throw .invalidArgument(
                "angularMomentum", value: "\(angularMomentum)", expected: "0 or 1 for a scattering length")
        }
        for (name, value) in [("c6", c6), ("c8", c8)] where !value.isFinite {
            throw .invalidArgument(name, value: "\(value)", expected: "a finite coefficient")
        }
        let scaled = scaledPotential
        try requireFineStep(scaled, bottom: min(0, scaled.min() ?? 0), top: 0, step: grid.step)
        let square = grid.step * grid.step / 12
        // Differences are summed, not values: rounding then does not grow with the square of the number of steps.
        var (value, difference) = (0.0, 1e-200)
        var function = [Double](repeating: 0, count: grid.count)
        var nodes = 0
        for index in 0..<grid.count {
            let before = value
            value += difference
            if index > 0, (before < 0) != (value < 0) { nodes += 1 }
            let term = square * scaled[index]
            function[index] = value / (1 - term)
            difference += 12 * term / (1 - term) * value
            if abs(value) > 1e200 {
                for place in 0...index { function[place] *= 1e-250 }
                (value, difference) = (value * 1e-250, difference * 1e-250)
            }
        }
        let (far, near) = (grid.count - 1, grid.count / 2)
        let (r, s) = (grid.radius(far), grid.radius(near))
        let powers = (regular: angularMomentum + 1, irregular: -angularMomentum)
        let (f, g) = (tail(powers.regular, at: r, c6, c8), tail(powers.irregular, at: r, c6, c8))
        let (fNear, gNear) = (tail(powers.regular, at: s, c6, c8), tail(powers.irregular, at: s, c6, c8))
        let determinant = f * gNear - fNear * g
        let a = (function[far] * gNear - function[near] * g) / determinant
        let b = (f * function[near] - fNear * function[far]) / determinant
        return ThresholdSolution(
            scatteringLength: -b / a / (angularMomentum == 0 ? 1 : 3),
            waveFunction: Vector(function.map { $0 / a }), nodeCount: nodes)
    }

    /// R^power with the first-order corrections of the tail.
    private func tail(_ power: Int, at radius: Double, _ c6: Double, _ c8: Double) -> Double {
        var sum = 1.0
        var inverse = 1 / (radius * radius * radius * radius)
        for (order, coefficient) in [(6, c6), (8, c8)] {
            let corrected = Double(power + 2 - order)
            let denominator = corrected * (corrected - 1) - Double(angularMomentum * (angularMomentum + 1))
            sum -= 2 * reducedMass * coefficient / denominator * inverse
            inverse /= radius * radius
        }
        return sum * (power >= 0 ? (0..<power).reduce(1.0) { product, _ in product * radius } : 1 / radius)
    }
}
