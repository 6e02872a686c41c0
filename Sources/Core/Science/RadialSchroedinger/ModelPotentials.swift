import Foundation

/// Morse's potential D [(1 − e^(−a(R − Rₑ)))² − 1], whose levels for J = 0 are known in closed form.
public struct MorsePotential: Sendable, Hashable {
    /// D, in Hartree.
    public let depth: Double
    /// a, in bohr⁻¹.
    public let width: Double
    /// Rₑ, in bohr.
    public let equilibrium: Double

    /// A well of a depth and a width around an equilibrium distance.
    public init(depth: Double, width: Double, equilibrium: Double) {
        (self.depth, self.width, self.equilibrium) = (depth, width, equilibrium)
    }

    /// The potential with the minimum of a molecule's curve and the curvature there: a² = V″(Rₑ)/(2D).
    ///
    /// The minimum is that of the spline, found among its pieces.
    public init(minimumOf potential: DiatomicPotential) {
        let curve = potential.curve
        let lowest = curve.abscissas.indices.min { curve.ordinates[$0] < curve.ordinates[$1] } ?? 0
        // Newton's iteration on V′ from the lowest point.
        var radius = curve.abscissas[lowest]
        for _ in 0..<20 {
            radius -= curve.derivative(at: radius) / curve.derivative(at: radius, order: 2)
        }
        let depth = -curve(radius)
        self.init(
            depth: depth, width: (curve.derivative(at: radius, order: 2) / (2 * depth)).squareRoot(),
            equilibrium: radius)
    }

    /// V at a distance, in Hartree above dissociation.
    public func callAsFunction(_ radius: Double) -> Double {
        let decay = exp(-width * (radius - equilibrium))
        return depth * decay * (decay - 2)
    }

    /// The energies of all levels without rotation: −a²(√(2μD)/a − v − ½)²/(2μ), while the parenthesis is positive.
    ///
    /// The wall at R = 0, which the closed form does not know, moves them by less than rounding for a molecule.
    public func energies(reducedMass: Double) -> [Double] {
        let parameter = (2 * reducedMass * depth).squareRoot() / width
        return (0..<max(0, Int((parameter - 0.5).rounded(.up)))).map { level in
            let difference = width * (parameter - Double(level) - 0.5)
            return -difference * difference / (2 * reducedMass)
        }
    }
}

/// Kratzer's potential −2D (a/R − a²/(2R²)), hydrogen-like, whose levels are known in closed form for every rotation.
public struct KratzerPotential: Sendable, Hashable {
    /// D, in Hartree.
    public let depth: Double
    /// a, where the minimum is, in bohr.
    public let equilibrium: Double

    /// A well of a depth at an equilibrium distance.
    public init(depth: Double, equilibrium: Double) {
        (self.depth, self.equilibrium) = (depth, equilibrium)
    }

    /// V at a distance, in Hartree above dissociation.
    public func callAsFunction(_ radius: Double) -> Double {
        let ratio = equilibrium / radius
        return -2 * depth * (ratio - ratio * ratio / 2)
    }

    /// The energy of a level: −2μD²a²/(v + ½ + √((J + ½)² + 2μDa²))².
    public func energy(vibration: Int, rotation: Int, reducedMass: Double) -> Double {
        let half = Double(rotation) + 0.5
        let strength = 2 * reducedMass * depth * equilibrium * equilibrium
        let quantum = Double(vibration) + 0.5 + (half * half + strength).squareRoot()
        return -depth * strength / (quantum * quantum)
    }
}
