import Foundation
import Mathematics

/// What stands for the parts of a potential that are not in it: the adiabatic, non-adiabatic, relativistic and
/// radiative corrections (h2-scattering-length, arXiv:2502.01877). Its strength λ is found from one measured number.
public enum PotentialCorrection: String, Sendable, Hashable, CaseIterable {
    /// V + λ exp(−(R − 3)²), with λ in Hartree and R in bohr.
    case gaussianWell
    /// (1 + λ) V.
    case scaledPotential
    /// μ (1 + λ), in the rotation too.
    case effectiveMass
}

/// A molecule of two atoms, solved on a grid: its levels and the scattering of its atoms at zero energy from one
/// potential.
public struct DiatomicMolecule: Sendable {
    /// Centimetres⁻¹ in a Hartree (CODATA 2018).
    public static let inverseCentimetres = 219_474.63136320

    /// Where the radial equation is solved. Levels use the part up to ``levelRange``, scattering all of it.
    public let grid: RadialGrid
    /// V at the points of the grid, in Hartree, without the correction.
    public let potential: Vector
    /// C₆ and C₈ of the potential's tail.
    public let tail: LongRangePotential
    /// μ in electron masses, without the correction.
    public let reducedMass: Double
    /// The form of the correction.
    public let correction: PotentialCorrection
    /// λ; 0 for none.
    public var strength: Double
    /// Where the grid of the levels ends, in bohr.
    public let levelRange: Double

    /// A molecule with a given potential.
    ///
    /// - Parameters:
    ///   - potential: the energy as a function of the distance.
    ///   - reducedMass: μ in electron masses.
    ///   - correction: the form of the correction.
    ///   - strength: its λ.
    ///   - grid: the points; the scattering length needs some hundred bohr, and for hydrogen a step of 0.0025 bohr
    ///     gives it to 2·10⁻⁶ bohr (the error is of order step⁴).
    ///   - levelRange: where the grid of the levels ends, in bohr.
    /// - Throws: ``RadialEquationError`` where an argument cannot be used.
    public init(
        potential: DiatomicPotential, reducedMass: Double, correction: PotentialCorrection = .gaussianWell,
        strength: Double = 0, grid: RadialGrid = RadialGrid(start: 0.2, step: 0.0025, through: 500),
        levelRange: Double = 200
    ) throws(RadialEquationError) {
        let problem = try RadialProblem(sampling: { potential($0) }, on: grid, reducedMass: reducedMass)
        guard strength.isFinite else {
            throw .invalidArgument("strength", value: "\(strength)", expected: "a finite number")
        }
        self.grid = grid
        self.potential = problem.potential
        tail = potential.longRange
        self.reducedMass = reducedMass
        self.correction = correction
        self.strength = strength
        self.levelRange = levelRange
    }

    /// The radial equation with the correction, up to a distance.
    public func problem(
        angularMomentum: Int, through end: Double = .infinity
    ) throws(RadialEquationError) -> RadialProblem {
        let part = end < grid.radius(grid.count - 1) ? grid.prefix(through: end) : grid
        let factor = correction == .scaledPotential ? 1 + strength : 1
        let addition = correction == .gaussianWell ? strength : 0
        return try RadialProblem(
            potential: Vector(count: part.count) { index in
                let offset = part.radius(index) - 3
                // Beyond 10 bohr from its centre the Gaussian is below 10⁻⁴³.
                return factor * potential[index]
                    + (addition == 0 || offset > 10 ? 0 : addition * exp(-offset * offset))
            },
            on: part, reducedMass: correction == .effectiveMass ? reducedMass * (1 + strength) : reducedMass,
            angularMomentum: angularMomentum)
    }

    /// The binding energies of the vibrational levels v = 0, 1, … for a rotation, in cm⁻¹, by Numerov's method.
    ///
    /// - Throws: ``RadialEquationError`` where a level does not converge.
    public func bindingEnergies(angularMomentum: Int) throws(RadialEquationError) -> [Double] {
        try problem(angularMomentum: angularMomentum, through: levelRange).levels().energies
            .map { -$0 * Self.inverseCentimetres }
    }

    /// The scattering length of the atoms: for J = 0 in bohr, for J = 1 the p-wave scattering length in bohr³.
    ///
    /// - Throws: ``RadialEquationError`` where J is larger than 1.
    public func scatteringLength(angularMomentum: Int = 0) throws(RadialEquationError) -> Double {
        try thresholdSolution(angularMomentum: angularMomentum).scatteringLength
    }

    /// The solution at the energy of dissociation.
    ///
    /// - Throws: ``RadialEquationError`` where J is larger than 1.
    public func thresholdSolution(angularMomentum: Int = 0) throws(RadialEquationError) -> ThresholdSolution {
        let factor = correction == .scaledPotential ? 1 + strength : 1
        return try problem(angularMomentum: angularMomentum)
            .thresholdSolution(c6: factor * tail.c6, c8: factor * tail.c8)
    }
}
