import Mathematics

/// Equally spaced distances outside a hard wall: start + i·step for i = 1 … count, in bohr.
public struct RadialGrid: Sendable, Hashable {
    /// Where the wave function is zero, in bohr: 0, or a point deep inside a repulsive core.
    public let start: Double
    /// The distance of two points, in bohr.
    public let step: Double
    /// How many points there are outside the wall.
    public let count: Int

    /// The points start + step, start + 2·step, … start + count·step.
    public init(start: Double, step: Double, count: Int) {
        (self.start, self.step, self.count) = (start, step, count)
    }

    /// The points up to a distance, which is rounded to a whole number of steps.
    public init(start: Double, step: Double, through end: Double) {
        let steps = ((end - start) / step).rounded()
        self.init(start: start, step: step, count: steps >= 1 && steps < 1e9 ? Int(steps) : 0)
    }

    /// The distance at a place, counted from 0: start + (index + 1)·step.
    public func radius(_ index: Int) -> Double { start + Double(index + 1) * step }

    /// All distances.
    public var radii: Vector { Vector(count: count) { radius($0) } }

    /// The first distances up to an end.
    public func prefix(through end: Double) -> RadialGrid {
        let shorter = RadialGrid(start: start, step: step, through: end)
        return shorter.count < count ? shorter : self
    }

    func validate() throws(RadialEquationError) {
        guard start >= 0, start.isFinite else {
            throw .invalidArgument("grid.start", value: "\(start)", expected: "a finite distance of at least 0 bohr")
        }
        guard step > 0, step.isFinite else {
            throw .invalidArgument("grid.step", value: "\(step)", expected: "a positive finite distance")
        }
        guard count >= 8 else {
            throw .invalidArgument("grid.count", value: "\(count)", expected: "at least 8 points")
        }
    }
}

/// The radial Schrödinger equation of two particles, in Hartree atomic units, on a grid:
///
/// −u″/(2μ) + [V(R) + J(J + 1)/(2μR²)] u = E u, with u = 0 at the grid's start (h2-scattering-length,
/// arXiv:2502.01877).
public struct RadialProblem: Sendable {
    /// Where the potential is known.
    public let grid: RadialGrid
    /// V at the points of the grid, in Hartree above the energy of the separated particles.
    public let potential: Vector
    /// μ, in electron masses.
    public let reducedMass: Double
    /// J, the quantum number of the rotation.
    public let angularMomentum: Int

    // swiftcore: input
    /// The equation with a potential that is known at the points of a grid.
    ///
    /// - Parameters:
    ///   - potential: V in Hartree, finite, one value a point of the grid.
    ///   - grid: the points.
    ///   - reducedMass: μ in electron masses, positive.
    ///   - angularMomentum: J, at least 0.
    /// - Throws: ``RadialEquationError`` where an argument cannot be used.
    public init(
        potential: Vector, on grid: RadialGrid, reducedMass: Double, angularMomentum: Int = 0
    ) throws(RadialEquationError) {
        try grid.validate()
        guard potential.count == grid.count else {
            throw .invalidArgument(
                "potential", value: "\(potential.count) values", expected: "one for each of \(grid.count) points")
        }
        for (index, value) in potential.enumerated() where !value.isFinite {
            throw .invalidArgument("potential[\(index)]", value: "\(value)", expected: "a finite energy")
        }
        guard reducedMass > 0, reducedMass.isFinite else {
            throw .invalidArgument("reducedMass", value: "\(reducedMass)", expected: "a positive finite mass")
        }
        guard (0...10_000).contains(angularMomentum) else {
            throw .invalidArgument(
                "angularMomentum", value: "\(angularMomentum)", expected: "a quantum number from 0 to 10000")
        }
        self.grid = grid
        self.potential = potential
        self.reducedMass = reducedMass
        self.angularMomentum = angularMomentum
    }

    /// The equation with a potential given as a function of the distance.
    ///
    /// - Parameters:
    ///   - potential: V in Hartree at a distance in bohr; finite on the grid.
    ///   - grid: the points.
    ///   - reducedMass: μ in electron masses, positive.
    ///   - angularMomentum: J, at least 0.
    /// - Throws: ``RadialEquationError`` where an argument cannot be used.
    public init(
        sampling potential: (Double) -> Double, on grid: RadialGrid, reducedMass: Double, angularMomentum: Int = 0
    ) throws(RadialEquationError) {
        try grid.validate()
        try self.init(
            potential: Vector(count: grid.count) { potential(grid.radius($0)) }, on: grid, reducedMass: reducedMass,
            angularMomentum: angularMomentum)
    }

    /// 2μV + J(J + 1)/R² at every point: the equation is u″ = (this − 2μE) u.
    var scaledPotential: [Double] {
        let barrier = Double(angularMomentum * (angularMomentum + 1))
        return (0..<grid.count).map { index in
            let radius = grid.radius(index)
            return 2 * reducedMass * potential[index] + barrier / (radius * radius)
        }
    }
}

/// The discrete levels of a radial equation and their wave functions.
public struct RadialSpectrum: Sendable {
    /// The energies in Hartree, ascending: the place is the vibrational quantum number.
    public let energies: Vector
    /// One level a row, one point of the grid a column; ∑ u²·step = 1, and u is positive next to the wall.
    public let waveFunctions: Matrix
}

/// Why a radial equation was not solved.
public enum RadialEquationError: Error, Hashable, CustomStringConvertible {
    /// An argument cannot be used.
    case invalidArgument(String, value: String, expected: String)
    /// The energy of a level did not settle.
    case notConverged(level: Int, energy: Double)

    public var description: String {
        switch self {
        case .invalidArgument(let argument, let value, let expected):
            "\(argument): expected \(expected), found \(value)"
        case .notConverged(let level, let energy):
            "the energy of level \(level) did not settle; it was last \(energy)"
        }
    }
}
