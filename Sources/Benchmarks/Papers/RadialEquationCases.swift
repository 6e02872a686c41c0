import BenchmarkMeasuring
import Mathematics
import Science

/// h2-scattering-length (arXiv:2502.01877): the scattering lengths of two hydrogen atoms from the radial equation at zero
/// energy, up to 400 bohr, against SciPy's `solve_ivp` (DOP853) and `CubicSpline` on the same potential.
let radialEquationCases: [CaseMaker] = anyThreads([
    { try scattering("s-wave", angularMomentum: 0, tolerance: 1e-5) },
    { try scattering("p-wave", angularMomentum: 1, tolerance: 1e-5) },
])

private func scattering(_ name: String, angularMomentum: Int, tolerance: Double) throws -> ComparedCase {
    let potential = try HydrogenMolecule.bornOppenheimerPotential(), tail = potential.longRange
    let grid = RadialGrid(start: 0.2, step: 0.0025, through: 400)
    return ComparedCase(
        "h2-scattering-length: \(name) of H + H", peerName: "scattering_length",
        settings: [
            "mass": HydrogenMolecule.nuclearReducedMass, "angular momentum": Double(angularMomentum), "end": 400,
            "c6": tail.c6, "c8": tail.c8, "c10": tail.c10,
        ],
        inputs: [
            "radii": NumericArray(HydrogenMolecule.radii), "energies": NumericArray(HydrogenMolecule.energies),
            "exchange": NumericArray(tail.exchange),
        ], bar: .pythonLoop, note: "peer: solve_ivp, DOP853, rtol 1e-9"
    ) {
        try DiatomicMolecule(potential: potential, reducedMass: HydrogenMolecule.nuclearReducedMass, grid: grid)
            .scatteringLength(angularMomentum: angularMomentum)
    } results: { length in
        [Output("scattering length", [length], tolerance: tolerance)]
    }
}
