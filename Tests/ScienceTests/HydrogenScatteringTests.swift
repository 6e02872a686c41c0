import Foundation
import Mathematics
import Science
import Testing

@Suite struct HydrogenScatteringTests {
    /// Reference values from SciPy: CubicSpline(bc_type="not-a-knot") with the same continuation on both sides, levels
    /// from a sinc basis with a step of 0.06 bohr up to 66 bohr (eigvalsh), scattering lengths from
    /// solve_ivp(method="DOP853", rtol=1e-12) between the spline's knots up to 1000 bohr.
    static let references: [(mass: Double, length: Double, volume: Double, levels: [(first: Double, last: Double)])] = [
        (
            HydrogenMolecule.nuclearReducedMass, 0.5820036148, -131.72246803,
            [
                (36112.7222349, 141.8420319), (35994.1655888, 124.8007336), (35758.1405913, 92.3595822),
                (35406.7892898, 48.0605910), (34943.2409938, 469.0614995),
            ]
        ),
        (
            HydrogenMolecule.atomicReducedMass, 0.4373398928, -133.88091450,
            [
                (36113.3095733, 143.3428121), (35994.8165349, 126.2464788), (35758.9175786, 93.6892530),
                (35407.7524587, 49.1967352), (34944.4471792, 471.8610843),
            ]
        ),
    ]

    @Test(arguments: [0, 1]) func levelsAndScatteringLengthsOfTheBornOppenheimerPotential(row: Int) throws {
        let reference = Self.references[row]
        let prediction = try hydrogenScattering(reducedMass: reference.mass)
        #expect(prediction.strength == 0)
        #expect(abs(prediction.scatteringLength - reference.length) < 1e-5)
        #expect(abs(prediction.pWaveScatteringLength - reference.volume) < 1e-3)
        #expect(prediction.bindingEnergies.map(\.count) == [15, 15, 15, 15, 14])
        for (levels, expected) in zip(prediction.bindingEnergies, reference.levels) {
            #expect(abs((levels.first ?? 0) - expected.first) < 2e-3)
            #expect(abs((levels.last ?? 0) - expected.last) < 2e-3)
        }
    }

    /// The long-range form against Sims and Hagstrom's energy at 8 bohr, −1.0000556048, which the spline does not use.
    @Test func longRangeFormMeetsTheComputedEnergies() throws {
        let potential = try HydrogenMolecule.bornOppenheimerPotential()
        #expect(abs(potential(8) + 0.0000556048) < 1e-9)
        #expect(abs(potential(6) - potential(6 - 1e-12)) < 2e-9)
        #expect(abs(potential(1.4) + 0.1744757142201) < 1e-13)
        // Inside the first point value and slope continue.
        #expect(abs(potential(0.4 - 1e-9) - potential(0.4)) < 1e-8)
        let slopes = [potential(0.4) - potential(0.4 - 1e-6), potential(0.4 + 1e-6) - potential(0.4)].map { $0 / 1e-6 }
        #expect(abs(slopes[0] - slopes[1]) < 1e-3)
        #expect(potential(0.001) > 900)
    }

    @Test(arguments: PotentialCorrection.allCases)
    func calibrationMeetsItsTarget(correction: PotentialCorrection) throws {
        let molecule = try DiatomicMolecule(
            potential: HydrogenMolecule.bornOppenheimerPotential(), reducedMass: HydrogenMolecule.nuclearReducedMass,
            correction: correction)
        let calibrated = try molecule.calibrated(to: .scatteringLength, measured: 0.2724)
        #expect(abs(try calibrated.scatteringLength() - 0.2724) < 1e-6)
        // Back from the level that follows: the same strength.
        let level = DiatomicObservable.bindingEnergy(vibration: 14, rotation: 0)
        let again = try molecule.calibrated(to: level, measured: calibrated.value(of: level))
        #expect(abs(again.strength - calibrated.strength) < 1e-5 * abs(calibrated.strength))
        #expect(calibrated.strength < 0 || correction != .gaussianWell)
    }

    /// For a small change of the mass the chain rule holds: the slope between the two masses of the reference values.
    @Test func sensitivityIsTheSlopeBetweenTwoMasses() throws {
        let molecule = try DiatomicMolecule(
            potential: HydrogenMolecule.bornOppenheimerPotential(), reducedMass: 918.326336715,
            correction: .effectiveMass)
        let slope = try molecule.sensitivity(
            of: .scatteringLength, to: .bindingEnergy(vibration: 14, rotation: 0), step: 1e-5)
        #expect(abs(slope - (0.4373398928 - 0.5820036148) / (143.3428121 - 141.8420319)) < 2e-4)
    }

    /// −u″/(2μ(1 + λ)) + Vu = Eu is −u″/(2μ) + (1 + λ)Vu = (1 + λ)Eu.
    @Test func scaledMassAndScaledPotentialAreOneEquation() throws {
        let molecules = try [PotentialCorrection.effectiveMass, .scaledPotential].map {
            try DiatomicMolecule(
                potential: HydrogenMolecule.bornOppenheimerPotential(), reducedMass: 918, correction: $0,
                strength: 2e-3)
        }
        let lengths = try molecules.map { try $0.scatteringLength() }
        #expect(abs(lengths[0] - lengths[1]) < 1e-8)
        let volumes = try molecules.map { try $0.scatteringLength(angularMomentum: 1) }
        #expect(abs(volumes[0] - volumes[1]) < 1e-6)
        for rotation in [0, 3] {
            let level = DiatomicObservable.bindingEnergy(vibration: 14, rotation: rotation)
            let energies = try molecules.map { try $0.value(of: level) }
            #expect(abs(energies[0] * 1.002 - energies[1]) < 1e-6)
        }
    }

    @Test func hyperfineLimits() throws {
        // −3A/2, −A/2 and A/2 for A = 1420.405751768 MHz = 0.04737963 cm⁻¹; their mean with weights 1, 6, 9 is zero.
        let limits = try [(0, 0), (0, 1), (1, 1)].map {
            try HydrogenMolecule.hyperfineLimit(firstSpin: $0, secondSpin: $1)
        }
        #expect(abs(limits[0] + 0.0710694) < 1e-6)
        #expect(abs(limits[1] + 0.0236898) < 1e-6)
        #expect(abs(limits[0] + 6 * limits[1] + 9 * limits[2]) < 1e-15)
        #expect(throws: RadialEquationError.self) { try HydrogenMolecule.hyperfineLimit(firstSpin: 2, secondSpin: 0) }
    }

    @Test func readsACurveFromAFile() throws {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("curve-\(UUID().uuidString).txt")
        defer { try? FileManager.default.removeItem(at: file) }
        let points = zip(HydrogenMolecule.radii, HydrogenMolecule.energies)
        try ("# R/a0 E/Eh\n\n" + points.map { "\($0.0)\t\($0.1) # point\n" }.joined())
            .write(to: file, atomically: true, encoding: .utf8)
        let (radii, energies) = try DiatomicPotential.readCurve(file)
        #expect(Array(radii) == HydrogenMolecule.radii)
        #expect(Array(energies) == HydrogenMolecule.energies)

        for (text, message) in [
            ("1 2\n1.5 x\n", "line 2: expected two numbers"), 
            ("1, 2\n0.5; 3\n", "line 2: expected a distance above 1.0 bohr"),
            ("1 2\n2 3\n", "at least four points"), ("1 2 3\n", "line 1: expected two numbers"),
        ] {
            try text.write(to: file, atomically: true, encoding: .utf8)
            let error = #expect(throws: RadialEquationError.self) { try DiatomicPotential.readCurve(file) }
            #expect(error.map { "\($0)".contains(message) } == true)
        }
    }

    @Test func badArgumentsAreNamed() throws {
        let molecule = try DiatomicMolecule(
            potential: HydrogenMolecule.bornOppenheimerPotential(), reducedMass: 918,
            grid: RadialGrid(start: 0.2, step: 0.01, through: 300))
        let outOfReach = #expect(throws: RadialEquationError.self) {
            try molecule.calibrated(to: .bindingEnergy(vibration: 0, rotation: 0), measured: 1e6)
        }
        #expect(outOfReach.map { "\($0)".hasPrefix("measured: expected a value that a strength between") } == true)
        #expect(throws: RadialEquationError.self) { try molecule.scatteringLength(angularMomentum: 2) }
        #expect(throws: RadialEquationError.self) { try hydrogenScattering(highestRotation: -1) }
        #expect(try molecule.value(of: .bindingEnergy(vibration: 20, rotation: 0)).isNaN)
    }
}
