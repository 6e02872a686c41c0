import Mathematics

/// The risk as a power law of samples and norm on the over-parameterized branch p > n: R ∝ n^−a N^−b.
///
/// The scaling law of arXiv:2502.01585, with the norm in place of the number of features. Since risk and
/// norm both fall as p > n grows, the risk rises with the norm there and b is negative.
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
    // swiftcore: hidden
    /// The fit of R to (n, N) in logarithms.
    public let fit: PowerLawFit

    // swiftcore: field
    /// a in R ∝ n^−a N^−b.
    public var samplesExponent: Double { -fit.exponents[0] }
    // swiftcore: field
    /// b in R ∝ n^−a N^−b.
    public var normExponent: Double { -fit.exponents[1] }

    // swiftcore: norm_scaling_law
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
