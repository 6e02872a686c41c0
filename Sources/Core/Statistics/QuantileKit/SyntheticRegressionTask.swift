import Mathematics
import RealModule

/// Regression problems whose noise differs in kind, for comparing models of quantiles.
public enum SyntheticRegressionTask: String, Sendable, Hashable, CaseIterable {
    /// A linear mean with a standard deviation that grows along one feature.
    case heteroscedastic
    /// A smooth mean with exponential noise: a long tail above.
    case skewed
    /// Two branches y = ±f(x), taken with a probability that depends on x.
    case multimodal
    /// One half of the space linear with little noise, the other a rough checkerboard on top: linear models are best in
    /// the first, trees in the second.
    case regionwise
    /// Friedman's first function with normal noise.
    case smooth
    /// A linear mean with noise of Student's t with 2 degrees of freedom.
    case heavyTailed
    /// A piecewise constant mean whose noise differs from piece to piece.
    case steps
    /// Sixteen features of which four matter, linearly, and noise of a scale that depends on a fifth.
    case sparse

    /// The number of features.
    public var featureCount: Int {
        switch self {
        case .heteroscedastic, .skewed, .heavyTailed, .steps: 5
        case .multimodal: 3
        case .regionwise: 6
        case .smooth: 7
        case .sparse: 16
        }
    }

    /// Draws features, uniform on [−1, 1], and targets.
    ///
    /// - Parameters:
    ///   - count: how many observations, at least 1.
    ///   - generator: draws them.
    public func sample<G: RandomNumberGenerator>(
        _ count: Int, using generator: inout G
    ) -> (features: Matrix, targets: Vector) {
        precondition(count >= 1, "\(count) observations: expected at least 1")
        let features = generator.uniformMatrix(rows: count, columns: featureCount, in: -1..<1)
        let targets = Vector((0..<count).map { target(of: Array(features.row($0)), using: &generator) })
        return (features, targets)
    }

    private func target<G: RandomNumberGenerator>(of x: [Double], using generator: inout G) -> Double {
        switch self {
        case .heteroscedastic:
            return x[0] + 0.5 * x[1] - x[2] + Double.exp(x[3] - 0.5) * generator.normal()
        case .skewed:
            return Double.sin(3 * x[0]) + x[1] * x[1] + (0.3 + 0.5 * (x[2] + 1)) * generator.exponential()
        case .multimodal:
            let branch: Double = generator.uniform() < 0.5 + 0.35 * x[1] ? 1 : -1
            return branch * (1.2 + 0.8 * x[0]) + 0.25 * generator.normal()
        case .regionwise:
            let line = 2 * (x[1] - x[2] + x[3] - x[4] + x[5])
            if x[0] < 0 { return line + 0.2 * generator.normal() }
            let isEven = (Int((4 * (x[1] + 1)).rounded(.down)) + Int((2 * (x[2] + 1)).rounded(.down))) % 2 == 0
            return line + (isEven ? 4 : -4) + 0.5 * generator.normal()
        case .smooth:
            let u = x.map { ($0 + 1) / 2 }
            return 10 * Double.sin(.pi * u[0] * u[1]) + 20 * (u[2] - 0.5) * (u[2] - 0.5) + 10 * u[3] + 5 * u[4]
                + generator.normal()
        case .heavyTailed:
            return x[0] - x[1] + 0.5 * x[2] + 0.3 * generator.studentT(degreesOfFreedom: 2)
        case .steps:
            let piece = (x[0] > 0 ? 2 : 0) + (x[1] > 0.3 ? 1 : 0)
            return [0.0, 2, -1, 4][piece] + [0.2, 0.6, 1, 0.3][piece] * generator.normal()
        case .sparse:
            return x[0] - 2 * x[1] + 1.5 * x[2] + x[3] + (0.2 + 0.6 * (x[4] > 0 ? 1 : 0)) * generator.normal()
        }
    }
}
