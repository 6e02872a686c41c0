import Foundation
import Mathematics
import Science
import Testing

@Suite struct RadialProblemTests {
    /// Morse's oscillator: Eᵥ = −a²(λ − v − ½)²/(2μ), λ = √(2μD)/a.
    static func morse(_ step: Double, through end: Double) throws -> (problem: RadialProblem, energies: [Double]) {
        let (mass, depth, width) = (918.0763, 0.1744, 1.03)
        let potential = MorsePotential(depth: depth, width: width, equilibrium: 1.4)
        let problem = try RadialProblem(
            sampling: { potential($0) }, on: RadialGrid(start: 0, step: step, through: end), reducedMass: mass)
        let parameter = (2 * mass * depth).squareRoot() / width
        return (problem, (0..<17).map { -pow(width * (parameter - Double($0) - 0.5), 2) / (2 * mass) })
    }

    @Test func levelsOfMorsesOscillator() throws {
        let (fine, energies) = try Self.morse(0.001, through: 40)
        let numerov = try fine.levels()
        #expect(numerov.energies.count == 17)
        #expect(try fine.levelCount() == 17)
        #expect(try fine.energy(ofLevel: 17) == nil)
        let spectral = try Self.morse(0.1, through: 40).problem.levelsBySincDVR()
        #expect(spectral.energies.count == 17)
        for (level, energy) in energies.enumerated() {
            #expect(abs(numerov.energies[level] - energy) < 1e-10)
            #expect(abs((try fine.energy(ofLevel: level) ?? .nan) - energy) < 1e-10)
            #expect(abs(spectral.energies[level] - energy) < 1e-10)
        }
    }

    /// The textbook form E = −2μD²a²/(v + ½ + √((J + ½)² + 2μDa²))² with μ = 20, D = 2, a = 1.2, evaluated with Python.
    @Test(arguments: [
        (0, [-1.8221394762540375, -1.5366730781411257, -1.3133905404885935]),
        (5, [-1.4604437911394255, -1.2529856570015987]),
    ])
    func levelsOfKratzersPotential(rotation: Int, energies: [Double]) throws {
        let potential = KratzerPotential(depth: 2, equilibrium: 1.2)
        func problem(_ step: Double) throws -> RadialProblem {
            try RadialProblem(
                sampling: { potential($0) }, on: RadialGrid(start: 0.15, step: step, through: 12), reducedMass: 20,
                angularMomentum: rotation)
        }
        let numerov = try problem(0.001).levels(below: -0.8).energies
        let spectral = try problem(0.05).levelsBySincDVR(below: -0.8).energies
        for (level, energy) in energies.enumerated() {
            #expect(abs(potential.energy(vibration: level, rotation: rotation, reducedMass: 20) - energy) < 1e-13)
            #expect(abs(numerov[level] - energy) < 1e-9)
            #expect(abs(spectral[level] - energy) < 1e-9)
        }
    }

    /// The same curvature and depth as the curve it is made from, by differences.
    @Test func morsePotentialOfACurve() throws {
        let curve = try HydrogenMolecule.bornOppenheimerPotential()
        let morse = MorsePotential(minimumOf: curve)
        let h = 1e-3, place = morse.equilibrium
        #expect(abs(morse(place) - curve(place)) < 1e-12)
        #expect(abs(curve(place + h) - curve(place - h)) < 1e-6)
        let curvatures = [
            (morse(place + h) - 2 * morse(place) + morse(place - h)) / (h * h),
            (curve(place + h) - 2 * curve(place) + curve(place - h)) / (h * h),
        ]
        #expect(abs(curvatures[0] - curvatures[1]) < 1e-4)
        #expect(abs(place - 1.401) < 1e-3)
    }

    @Test func errorOfNumerovFallsWithTheFourthPowerOfTheStep() throws {
        let errors = try [0.02, 0.01].map { step in
            let (problem, energies) = try Self.morse(step, through: 30)
            return try problem.levels().energies[8] - energies[8]
        }
        #expect(abs(errors[0] / errors[1] - 16) < 0.5)
    }

    @Test func bothSolversGiveTheSameWaveFunctions() throws {
        let (problem, _) = try Self.morse(0.02, through: 16)
        let numerov = try problem.levels(below: -0.01)
        let spectral = try problem.levelsBySincDVR(below: -0.01)
        for level in 0..<10 {
            let norm = (0..<problem.grid.count).reduce(0) { $0 + pow(numerov.waveFunctions[level, $1], 2) * 0.02 }
            #expect(abs(norm - 1) < 1e-12)
            let overlap = (0..<problem.grid.count).reduce(0) {
                $0 + numerov.waveFunctions[level, $1] * spectral.waveFunctions[level, $1] * 0.02
            }
            #expect(abs(overlap - 1) < 1e-6)
        }
    }

    /// −λ(λ + 1)/(2μ cosh²R): at zero energy the odd Legendre function of tanh R, so that a is the harmonic number H_λ
    /// for even λ; the levels are those of odd parity, −(λ − n)²/(2μ) for n = 1, 3, ….
    @Test(arguments: [(2, 1.5), (4, 25.0 / 12)])
    func scatteringOffPoeschlAndTellersWell(order: Int, length: Double) throws {
        let mass = 3.0
        let problem = try RadialProblem(
            sampling: { -Double(order * (order + 1)) / (2 * mass * pow(cosh($0), 2)) },
            on: RadialGrid(start: 0, step: 0.002, through: 40), reducedMass: mass)
        let solution = try problem.thresholdSolution()
        #expect(abs(solution.scatteringLength - length) < 1e-9)
        #expect(solution.nodeCount == order / 2)
        let energies = try problem.levels().energies
        #expect(energies.count == order / 2)
        for (level, energy) in energies.enumerated() {
            #expect(abs(energy + pow(Double(order - 2 * level - 1), 2) / (2 * mass)) < 1e-9)
        }
        let last = problem.grid.count - 1
        #expect(abs(solution.waveFunction[last] - (problem.grid.radius(last) - length)) < 1e-8)
    }

    /// A hard wall at 1.5 with a tail −20/R⁶ and μ = 5 (2μC₆ = 200). mpmath: u = √R J±ν(√200/(2R²)), ν = (2J + 1)/4,
    /// the combination that vanishes at 1.5, expanded for R → ∞.
    @Test(arguments: [(0, 6.498527407366359), (1, -23.44467072525214)])
    func scatteringOffAWallWithADispersionTail(rotation: Int, length: Double) throws {
        let problem = try RadialProblem(
            sampling: { -20 / pow($0, 6) }, on: RadialGrid(start: 1.5, step: 0.002, through: 200), reducedMass: 5,
            angularMomentum: rotation)
        #expect(abs(try problem.thresholdSolution(c6: 20).scatteringLength - length) < 1e-6)
        // The tail matters: without it the p-wave is off by 0.02.
        if rotation == 1 { #expect(abs(try problem.thresholdSolution().scatteringLength - length) > 1e-3) }
    }

    @Test func badArgumentsAreNamed() throws {
        let grid = RadialGrid(start: 0, step: 0.1, count: 100)
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }
        #expect(message { _ = try RadialProblem(potential: [1, 2], on: grid, reducedMass: 1) }
            .hasPrefix("potential: expected one for each of 100 points, found 2 values"))
        #expect(message { _ = try RadialProblem(sampling: { _ in .nan }, on: grid, reducedMass: 1) }
            .hasPrefix("potential[0]"))
        #expect(message { _ = try RadialProblem(sampling: { _ in 0 }, on: grid, reducedMass: -1) }
            .hasPrefix("reducedMass: expected a positive finite mass, found -1.0"))
        #expect(message {
            _ = try RadialProblem(
                sampling: { _ in 0 }, on: RadialGrid(start: 0, step: 0, count: 100), reducedMass: 1)
        }.hasPrefix("grid.step"))
        #expect(message {
            _ = try RadialProblem(sampling: { -1 / $0 }, on: grid, reducedMass: 1e4).levels()
        }.hasPrefix("grid.step: expected at most"))
        #expect(message {
            _ = try RadialProblem(sampling: { _ in 0 }, on: grid, reducedMass: 1, angularMomentum: 2)
                .thresholdSolution()
        }.hasPrefix("angularMomentum: expected 0 or 1"))
    }
}
