import Foundation
import Mathematics

/// The risk over samples and norm on the over-parameterized branch p > n, as a power law and as level sets.
///
/// arXiv:2502.01585, section 5: with the norm in place of the number of features the scaling law reads
/// R ∝ n^−a N^−b. Since the risk falls and the norm falls with p > n, the exponent of the norm is
/// positive there and b negative.
public struct NormScalingLaw: Sendable {
    /// One point of the grid.
    public struct Point: Sendable, Equatable {
        /// n.
        public let samples: Double
        /// p.
        public let features: Double
        /// R and N there.
        public let value: RiskAndNorm
    }

    /// The grid the law was fitted to.
    public let points: [Point]
    /// The fit of R to (n, N) in logarithms.
    public let fit: PowerLawFit

    /// a in R ∝ n^−a N^−b.
    public var samplesExponent: Double { -fit.exponents[0] }
    /// b in R ∝ n^−a N^−b.
    public var normExponent: Double { -fit.exponents[1] }

    /// Evaluates the theory of random features on a grid and fits the law.
    ///
    /// - Parameters:
    ///   - model: spectrum, target and noise.
    ///   - samples: the values of n.
    ///   - ratios: the values of γ = p/n, all above 1.
    ///   - ridge: λ ≥ 0.
    public init(
        model: GaussianModel, samples: [Double], ratios: [Double], ridge: Double
    ) throws(StatisticsError) {
        for ratio in ratios where !(ratio > 1) {
            throw .outOfRange(argument: "ratio p/n", value: ratio, expected: "above 1, the over-parameterized branch")
        }
        var points: [Point] = []
        for n in samples {
            for ratio in ratios {
                points.append(
                    Point(
                        samples: n, features: ratio * n,
                        value: try model.randomFeatureTheory(samples: n, features: ratio * n, ridge: ridge)))
            }
        }
        self.points = points
        let grid = points
        fit = try linearAlgebra { () throws(LinearAlgebraError) in
            try PowerLawFit(
                variables: Matrix(rows: grid.map { [$0.samples, $0.value.norm] }),
                values: Vector(grid.map(\.value.risk)))
        }
    }
}

extension GaussianModel {
    /// The number of features p > n at which random features have a given risk, with risk and norm there.
    ///
    /// On the over-parameterized branch the risk falls with p, so that the level set of the risk meets each
    /// n at most once.
    ///
    /// - Parameters:
    ///   - risk: the level R > 0.
    ///   - samples: n.
    ///   - ridge: λ ≥ 0.
    ///   - ratios: the range of γ = p/n to look in, above 1.
    /// - Returns: nil if the level is not reached within the range.
    public func overparameterizedLevel(
        risk: Double, samples: Double, ridge: Double, ratios: ClosedRange<Double>
    ) throws(StatisticsError) -> (features: Double, value: RiskAndNorm)? {
        try requirePositive(risk, "risk")
        guard ratios.lowerBound > 1 else {
            throw .outOfRange(argument: "ratios", value: ratios.lowerBound, expected: "above 1")
        }
        let low = try randomFeatureTheory(samples: samples, features: ratios.lowerBound * samples, ridge: ridge)
        let high = try randomFeatureTheory(samples: samples, features: ratios.upperBound * samples, ridge: ridge)
        guard low.risk >= risk, high.risk <= risk else { return nil }
        let logarithm: Double
        do throws(RootFindingError) {
            logarithm = try findRoot(
                of: { logRatio in
                    let value = try? randomFeatureTheory(
                        samples: samples, features: exp(logRatio) * samples, ridge: ridge)
                    return (value?.risk ?? .nan) - risk
                }, in: log(ratios.lowerBound)...log(ratios.upperBound), tolerance: 1e-13)
        } catch {
            throw .rootFinding(equation: "R(n, p) = \(risk)", error)
        }
        let features = exp(logarithm) * samples
        return (features, try randomFeatureTheory(samples: samples, features: features, ridge: ridge))
    }
}
