import Foundation
import Mathematics

/// Gaussian data with a linear target: y = ⟨β*, ·⟩ + ε, in the eigenbasis of the covariance Σ.
///
/// arXiv:2502.01585. For linear regression the data are x ~ N(0, Σ) and y = ⟨β*, x⟩ + ε. For random
/// features the data are g ~ N(0, I), the weights of a feature are f ~ N(0, Σ), and y = ⟨β*, g⟩ + ε.
public struct GaussianModel: Sendable {
    /// The eigenvalues of Σ, all positive.
    public let eigenvalues: Vector
    /// β* in the eigenbasis of Σ.
    public let target: Vector
    /// σ, the standard deviation of the noise ε.
    public let noise: Double

    /// - Parameters:
    ///   - eigenvalues: of Σ, all positive.
    ///   - target: β*, one number an eigenvalue.
    ///   - noise: σ ≥ 0.
    /// - Throws: `StatisticsError`.
    public init(eigenvalues: Vector, target: Vector, noise: Double) throws(StatisticsError) {
        try requireSpectrum(eigenvalues)
        try requireNonNegative(noise, "noise")
        if eigenvalues.count != target.count {
            throw .shapeMismatch(
                argument: "target", shape: "(\(target.count))", other: "eigenvalues",
                otherShape: "(\(eigenvalues.count))", expected: "one coefficient an eigenvalue")
        }
        for coefficient in target where !coefficient.isFinite {
            throw .outOfRange(argument: "target", value: coefficient, expected: "finite numbers")
        }
        self.eigenvalues = eigenvalues
        self.target = target
        self.noise = noise
    }

    // swiftcore: power_law_model
    /// The source and capacity conditions as power laws: Σᵢᵢ = i^−α and βᵢ = i^−(1+2αr)/2.
    ///
    /// - Parameters:
    ///   - dimension: the number of eigenvalues.
    ///   - decay: α > 0.
    ///   - source: r ≥ 0, the smoothness of the target.
    ///   - noise: σ ≥ 0.
    public static func powerLaw(
        dimension: Int, decay: Double, source: Double, noise: Double
    ) throws(StatisticsError) -> GaussianModel {
        guard dimension > 0 else {
            throw .outOfRange(argument: "dimension", value: Double(dimension), expected: "a positive number")
        }
        try requirePositive(decay, "decay")
        try requireNonNegative(source, "source")
        return try GaussianModel(
            eigenvalues: Vector(count: dimension) { pow(Double($0 + 1), -decay) },
            target: Vector(count: dimension) { pow(Double($0 + 1), -(1 + 2 * decay * source) / 2) },
            noise: noise)
    }

    // swiftcore: isotropic_model
    /// Σ = I of the given dimension, with β* spread evenly.
    ///
    /// - Parameters:
    ///   - dimension: d.
    ///   - targetSquaredNorm: ‖β*‖².
    ///   - noise: σ.
    public static func isotropic(
        dimension: Int, targetSquaredNorm: Double, noise: Double
    ) throws(StatisticsError) -> GaussianModel {
        guard dimension > 0 else {
            throw .outOfRange(argument: "dimension", value: Double(dimension), expected: "a positive number")
        }
        try requireNonNegative(targetSquaredNorm, "targetSquaredNorm")
        return try GaussianModel(
            eigenvalues: .ones(dimension),
            target: Vector(repeating: (targetSquaredNorm / Double(dimension)).squareRoot(), count: dimension),
            noise: noise)
    }

    /// β*ᵀΣ(Σ + κ)⁻²β* and β*ᵀ(Σ + κ)⁻²β*.
    func targetForms(shift: Double) -> (weighted: Double, plain: Double) {
        var (weighted, plain) = (0.0, 0.0)
        for (eigenvalue, coefficient) in zip(eigenvalues, target) {
            let scaled = coefficient / (eigenvalue + shift)
            plain += scaled * scaled
            weighted += eigenvalue * scaled * scaled
        }
        return (weighted, plain)
    }
}
