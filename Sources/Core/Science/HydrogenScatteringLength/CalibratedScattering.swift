import Foundation
import Mathematics

/// A number of a molecule that can be measured, and that fixes the strength of a correction.
public enum DiatomicObservable: Sendable, Hashable {
    /// The binding energy of a level, in cm⁻¹.
    case bindingEnergy(vibration: Int, rotation: Int)
    /// The s-wave scattering length, in bohr.
    case scatteringLength
    /// The p-wave scattering length, in bohr³.
    case pWaveScatteringLength
}

extension DiatomicMolecule {
    /// An observable of the molecule; a level that is not bound has no binding energy and gives NaN.
    ///
    /// - Throws: ``RadialEquationError`` where a quantum number is negative or a level does not converge.
    public func value(of observable: DiatomicObservable) throws(RadialEquationError) -> Double {
        switch observable {
        case .scatteringLength: return try scatteringLength(angularMomentum: 0)
        case .pWaveScatteringLength: return try scatteringLength(angularMomentum: 1)
        case .bindingEnergy(let vibration, let rotation):
            let energy = try problem(angularMomentum: rotation, through: levelRange).energy(ofLevel: vibration)
            return energy.map { -$0 * Self.inverseCentimetres } ?? .nan
        }
    }

    /// The molecule with the strength of its correction such that an observable has a given value
    /// (the semi-empirical step of h2-scattering-length, arXiv:2502.01877).
    ///
    /// The root is bracketed from 0 in steps that double, then found by Brent's method.
    ///
    /// - Parameters:
    ///   - observable: what was measured.
    ///   - measured: its value, in the observable's unit.
    ///   - scale: the first step of the strength; the effect of the correction should be small at it.
    /// - Throws: ``RadialEquationError`` where no strength between −64 and 64 scales gives the value.
    public func calibrated(
        to observable: DiatomicObservable, measured: Double, scale: Double = 1e-4
    ) throws(RadialEquationError) -> DiatomicMolecule {
        guard measured.isFinite else {
            throw .invalidArgument("measured", value: "\(measured)", expected: "a finite number")
        }
        guard scale > 0, scale.isFinite else {
            throw .invalidArgument("scale", value: "\(scale)", expected: "a positive finite strength")
        }
        var failure: RadialEquationError?
        var molecule = self
        func excess(_ strength: Double) -> Double {
            molecule.strength = strength
            do {
                return try molecule.value(of: observable) - measured
            } catch {
                failure = error
                return .nan
            }
        }
        let start = excess(0)
        if let failure { throw failure }
        if start == 0 { return molecule }
        var size = scale
        while size <= 64 * scale {
            for end in [size, -size] {
                let value = excess(end)
                // A scattering length also changes its sign through infinity, where a level appears.
                guard value * start < 0, abs(value) < 100 * (abs(start) + abs(measured)) else { continue }
                do {
                    molecule.strength = try findRoot(
                        of: excess, in: min(0, end)...max(0, end), tolerance: 1e-10 * scale)
                    return molecule
                } catch {
                    failure = failure ?? .invalidArgument("measured", value: "\(measured)", expected: "\(error)")
                }
            }
            size *= 2
        }
        throw failure
            ?? .invalidArgument(
                "measured", value: "\(measured)",
                expected: "a value that a strength between \(-64 * scale) and \(64 * scale) gives")
    }

    /// How one observable changes with another as the strength of the correction changes, by a central difference in
    /// the strength: d(observable)/d(other).
    ///
    /// - Throws: ``RadialEquationError`` where an observable cannot be computed.
    public func sensitivity(
        of observable: DiatomicObservable, to other: DiatomicObservable, step: Double = 1e-6
    ) throws(RadialEquationError) -> Double {
        guard step > 0, step.isFinite else {
            throw .invalidArgument("step", value: "\(step)", expected: "a positive finite strength")
        }
        var (above, below) = (self, self)
        above.strength += step
        below.strength -= step
        let change = try above.value(of: observable) - below.value(of: observable)
        return try change / (above.value(of: other) - below.value(of: other))
    }
}

/// What the hydrogen molecule's potential predicts at one strength of a correction.
public struct HydrogenPrediction: Sendable, Hashable {
    /// λ of the correction.
    public let strength: Double
    /// The s-wave scattering length in bohr.
    public let scatteringLength: Double
    /// The p-wave scattering length in bohr³.
    public let pWaveScatteringLength: Double
    /// The binding energies in cm⁻¹: one list a rotation J = 0, 1, …, one value a vibration v = 0, 1, ….
    public let bindingEnergies: [[Double]]
}

// swiftcore: hydrogen_scattering
/// The last levels of H₂ and the scattering lengths of two hydrogen atoms (h2-scattering-length, arXiv:2502.01877).
///
/// - Parameters:
///   - reducedMass: μ in electron masses; nil for two bare protons, 918.0763.
///   - measuredScatteringLength: the s-wave scattering length in bohr to which the correction is calibrated; nil for
///     the bare Born-Oppenheimer potential.
///   - correction: the form of the correction.
///   - highestRotation: levels are computed for J from 0 to this.
/// - Returns: the levels and scattering lengths, and the strength of the correction.
/// - Throws: ``RadialEquationError`` where an argument cannot be used.
public func hydrogenScattering(
    reducedMass: Double? = nil, measuredScatteringLength: Double? = nil,
    correction: PotentialCorrection = .gaussianWell, highestRotation: Int = 4
) throws(RadialEquationError) -> HydrogenPrediction {
    guard (0...40).contains(highestRotation) else {
        throw .invalidArgument("highestRotation", value: "\(highestRotation)", expected: "a rotation from 0 to 40")
    }
    var molecule = try DiatomicMolecule(
        potential: HydrogenMolecule.bornOppenheimerPotential(),
        reducedMass: reducedMass ?? HydrogenMolecule.nuclearReducedMass, correction: correction)
    if let measured = measuredScatteringLength {
        molecule = try molecule.calibrated(to: .scatteringLength, measured: measured)
    }
    var levels: [[Double]] = []
    for rotation in 0...highestRotation { levels.append(try molecule.bindingEnergies(angularMomentum: rotation)) }
    return HydrogenPrediction(
        strength: molecule.strength, scatteringLength: try molecule.scatteringLength(),
        pWaveScatteringLength: try molecule.scatteringLength(angularMomentum: 1), bindingEnergies: levels)
}
