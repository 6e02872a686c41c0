import Foundation
import Mathematics

/// The attraction and exchange of two distant atoms in their ground states, in Hartree:
/// −C₆/R⁶ − C₈/R⁸ − C₁₀/R¹⁰ − (x₀ + x₁/R + x₂/R²) R^(5/2) e^(−2R).
public struct LongRangePotential: Sendable, Hashable {
    /// C₆ in Hartree bohr⁶.
    public var c6: Double
    /// C₈ in Hartree bohr⁸.
    public var c8: Double
    /// C₁₀ in Hartree bohr¹⁰.
    public var c10: Double
    /// x₀, x₁ and x₂ of the exchange energy.
    public var exchange: [Double]

    /// A tail of dispersion and, for two hydrogen atoms, exchange.
    public init(c6: Double, c8: Double = 0, c10: Double = 0, exchange: [Double] = []) {
        (self.c6, self.c8, self.c10, self.exchange) = (c6, c8, c10, exchange)
    }

    /// The energy at a distance in bohr.
    public func callAsFunction(_ radius: Double) -> Double {
        let inverse = 1 / (radius * radius)
        let dispersion = inverse * inverse * inverse * (c6 + inverse * (c8 + inverse * c10))
        // Without exchange no 0·∞ may arise far out, and beyond 400 bohr e^(−2R) is zero anyway.
        guard !exchange.isEmpty, radius < 400 else { return -dispersion }
        let factor = exchange.reversed().reduce(0) { $0 / radius + $1 }
        return -dispersion - factor * radius * radius * radius.squareRoot() * exp(-2 * radius)
    }
}

/// The potential energy of a diatomic molecule: a cubic spline through computed energies, a long-range form beyond
/// them.
///
/// Inside the first point the energy continues as 1/R + a + bR with its value and slope there: the nuclear repulsion,
/// and an electronic energy that is linear.
public struct DiatomicPotential: Sendable {
    /// The computed points, the last at the distance where the long-range form takes over.
    public let curve: PiecewiseCubic
    /// What follows beyond the last point.
    public let longRange: LongRangePotential
    private let inner: (radius: Double, constant: Double, slope: Double)

    /// The spline through computed energies.
    ///
    /// - Parameters:
    ///   - radii: distances in bohr, positive and increasing, at least four.
    ///   - energies: total energies in Hartree.
    ///   - dissociationEnergy: the energy of the separated atoms, which is subtracted; −1 for two hydrogen atoms.
    ///   - longRange: the energy beyond the last distance, relative to the separated atoms.
    ///   - boundary: what the spline satisfies at its ends.
    /// - Throws: ``RadialEquationError`` where an argument cannot be used.
    public init(
        radii: Vector, energies: Vector, dissociationEnergy: Double, longRange: LongRangePotential,
        boundary: SplineBoundary = .notAKnot
    ) throws(RadialEquationError) {
        guard radii.count >= 4, radii[0] > 0 else {
            throw .invalidArgument(
                "radii", value: "\(radii.count) distances from \(radii.first ?? .nan)",
                expected: "at least four positive distances")
        }
        guard dissociationEnergy.isFinite else {
            throw .invalidArgument("dissociationEnergy", value: "\(dissociationEnergy)", expected: "a finite energy")
        }
        do {
            curve = try .spline(
                abscissas: radii, ordinates: Vector(energies.map { $0 - dissociationEnergy }), boundary: boundary)
        } catch {
            throw .invalidArgument("radii and energies", value: "\(error)", expected: "points of a potential curve")
        }
        self.longRange = longRange
        let first = radii[0]
        let slope = curve.derivative(at: first) + 1 / (first * first)
        inner = (first, curve(first) - 1 / first - slope * first, slope)
    }

    /// V in Hartree, relative to the separated atoms, at a positive distance in bohr.
    public func callAsFunction(_ radius: Double) -> Double {
        if radius < inner.radius { return 1 / radius + inner.constant + inner.slope * radius }
        return radius < curve.abscissas[curve.count - 1] ? curve(radius) : longRange(radius)
    }

    /// Reads a curve from a text file of two columns, the distance in bohr and the energy in Hartree, separated by
    /// blanks, tabs, commas or semicolons. What follows a # is a comment.
    ///
    /// - Throws: ``RadialEquationError`` that names the line where the file cannot be used, or an error of Foundation
    ///   where it cannot be read.
    public static func readCurve(_ file: URL) throws -> (radii: Vector, energies: Vector) {
        try parseCurve(String(contentsOf: file, encoding: .utf8), name: file.lastPathComponent)
    }

    static func parseCurve(
        _ text: String, name: String
    ) throws(RadialEquationError) -> (radii: Vector, energies: Vector) {
        var radii: [Double] = [], energies: [Double] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let content = line.prefix { $0 != "#" }
            let fields = content.split { $0.isWhitespace || $0 == "," || $0 == ";" }
            if fields.isEmpty { continue }
            let place = "\(name), line \(index + 1)"
            guard fields.count == 2, let radius = Double(fields[0]), let energy = Double(fields[1]),
                radius.isFinite, energy.isFinite
            else {
                throw .invalidArgument(
                    place, value: "\"\(content)\"",
                    expected: "two numbers, a distance in bohr and an energy in Hartree")
            }
            guard radius > (radii.last ?? 0) else {
                throw .invalidArgument(place, value: "\(radius)", expected: "a distance above \(radii.last ?? 0) bohr")
            }
            radii.append(radius)
            energies.append(energy)
        }
        guard radii.count >= 4 else {
            throw .invalidArgument(name, value: "\(radii.count) points", expected: "at least four points of a curve")
        }
        return (Vector(radii), Vector(energies))
    }
}
