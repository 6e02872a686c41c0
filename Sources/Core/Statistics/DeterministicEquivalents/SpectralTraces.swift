import Mathematics

/// The traces of a covariance Σ against its resolvent (Σ + κ)⁻¹ that deterministic equivalents are made of.
public struct SpectralTraces: Sendable, Equatable {
    /// df₁(κ) = Tr Σ(Σ + κ)⁻¹.
    public let degreesOfFreedom1: Double

    /// df₂(κ) = Tr Σ²(Σ + κ)⁻².
    public let degreesOfFreedom2: Double

    /// τ(κ) = Tr Σ(Σ + κ)⁻², for which df₁ − df₂ = κτ; the numerator of χ.
    public let resolventTrace: Double

    /// Sums over the eigenvalues of Σ. O(number of eigenvalues).
    ///
    /// - Parameters:
    ///   - eigenvalues: of Σ, all positive.
    ///   - shift: κ ≥ 0.
    public init(eigenvalues: Vector, shift: Double) {
        var (first, second, resolvent) = (0.0, 0.0, 0.0)
        for eigenvalue in eigenvalues {
            let ratio = eigenvalue / (eigenvalue + shift)
            first += ratio
            second += ratio * ratio
            resolvent += ratio / (eigenvalue + shift)
        }
        degreesOfFreedom1 = first
        degreesOfFreedom2 = second
        resolventTrace = resolvent
    }
}

/// The κ for which `bound − loss(κ) = Tr Σ(Σ + κ)⁻¹`, with a loss that falls in κ: both sides meet once.
///
/// Where the bound reaches the rank, df₁ is near the rank at the root and its distance from it is what
/// matters; it is then summed as κ Tr(Σ + κ)⁻¹, without cancellation.
func solveDegreesOfFreedom(
    eigenvalues: Vector, bound: Double, startingAt start: Double, equation: String, loss: (Double) -> Double
) throws(StatisticsError) -> Double {
    let excess = bound - Double(eigenvalues.count)
    do throws(RootFindingError) {
        return try findPositiveRoot(
            ofMonotone: { shift in
                excess >= 0
                    ? excess - loss(shift) + eigenvalues.reduce(0) { $0 + shift / ($1 + shift) }
                    : bound - loss(shift) - eigenvalues.reduce(0) { $0 + $1 / ($1 + shift) }
            }, startingAt: start)
    } catch {
        throw .rootFinding(equation: equation, error)
    }
}

func requireSpectrum(_ eigenvalues: Vector) throws(StatisticsError) {
    guard !eigenvalues.isEmpty else {
        throw .outOfRange(argument: "number of eigenvalues", value: 0, expected: "at least one")
    }
    for eigenvalue in eigenvalues where !(eigenvalue > 0 && eigenvalue.isFinite) {
        throw .outOfRange(argument: "eigenvalue", value: eigenvalue, expected: "a positive finite number")
    }
}
