import Foundation
import Mathematics

extension GaussianModel {
    /// The number of features at which the theory of random features takes a given risk or norm.
    ///
    /// Risk and norm are monotone in p on either side of the ridgeless peak at p = n; give a range on one side.
    ///
    /// - Parameters:
    ///   - quantity: for example `\.risk` or `\.norm`.
    ///   - level: the value to take, positive.
    ///   - samples: n.
    ///   - ridge: λ ≥ 0.
    ///   - ratios: the range of γ = p/n to look in, positive.
    /// - Returns: p (not whole in general) with risk and norm there; nil if the quantity is above the level at
    ///   both ends of the range or below at both.
    public func randomFeatureLevel(
        of quantity: KeyPath<RiskAndNorm, Double>, at level: Double, samples: Double, ridge: Double,
        ratios: ClosedRange<Double>
    ) throws(StatisticsError) -> (features: Double, value: RiskAndNorm)? {
        try requirePositive(level, "level")
        try requirePositive(samples, "samples")
        try requirePositive(ratios.lowerBound, "lower end of ratios")
        try requirePositive(ratios.upperBound, "upper end of ratios")
        let low = try randomFeatureTheory(samples: samples, features: ratios.lowerBound * samples, ridge: ridge)
        let high = try randomFeatureTheory(samples: samples, features: ratios.upperBound * samples, ridge: ridge)
        guard (low[keyPath: quantity] - level) * (high[keyPath: quantity] - level) <= 0 else { return nil }
        let logarithm: Double
        do throws(RootFindingError) {
            logarithm = try findRoot(
                of: { logRatio in
                    let value = try? randomFeatureTheory(
                        samples: samples, features: exp(logRatio) * samples, ridge: ridge)
                    return (value?[keyPath: quantity] ?? .nan) - level
                }, in: log(ratios.lowerBound)...log(ratios.upperBound), tolerance: 1e-13)
        } catch {
            throw .rootFinding(equation: "a level of \(level) at n = \(samples)", error)
        }
        let features = exp(logarithm) * samples
        return (features, try randomFeatureTheory(samples: samples, features: features, ridge: ridge))
    }
}
