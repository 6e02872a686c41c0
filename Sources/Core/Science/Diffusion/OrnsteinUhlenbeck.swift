import DeepLearning
import Foundation
import Mathematics

/// The forward process dX = −X dt + dW of a score-based diffusion model.
///
/// X_t given x₀ is normal with mean x₀ e^(−t) and variance (1 − e^(−2t))/2 in every coordinate; as t grows it
/// forgets x₀ and tends to N(0, I/2).
public struct OrnsteinUhlenbeckProcess: Sendable, Hashable {
    public init() {}

    /// The variance of a coordinate long after the start.
    public var stationaryVariance: Double { 0.5 }

    /// e^(−t): what is left of x₀ at time t ≥ 0.
    public func meanFactor(at time: Double) -> Double { Foundation.exp(-time) }

    /// (1 − e^(−2t))/2: the variance of a coordinate given x₀.
    public func variance(at time: Double) -> Double { -Foundation.expm1(-2 * time) / 2 }

    /// Points at their times, drawn from given starts, and the scores of the transition kernel there,
    /// ∇ ln p(x_t | x₀) = −(x_t − x₀ e^(−t)) / variance: what denoising score matching regresses on.
    ///
    /// - Parameters:
    ///   - starts: x₀, of the shape [points, coordinates].
    ///   - times: one a point, positive.
    ///   - isAntithetic: whether each start gives two points with opposite noise. The mean of the regression is the
    ///     same, and at small times, where the score of the kernel grows as 1/√t, most of its noise cancels.
    ///   - generator: what draws.
    /// - Returns: points and scores of the shape of `starts`; twice as many where antithetic, the second half with
    ///   the opposite noise.
    public func transition<Scalar: TensorScalar, G: RandomNumberGenerator>(
        from starts: Tensor<Scalar>, times: [Double], isAntithetic: Bool = false, using generator: inout G
    ) -> (points: Tensor<Scalar>, scores: Tensor<Scalar>) {
        precondition(times.count == starts.shape[0], "one time a start")
        let coordinates = starts.shape[1], half = starts.count
        var points = isAntithetic ? Tensor.concatenating([starts, starts]) : starts
        var scores = Tensor<Scalar>.zeros(points.shape)
        points.withUnsafeMutableScalars { points in
            scores.withUnsafeMutableScalars { scores in
                for (index, time) in times.enumerated() {
                    let factor = meanFactor(at: time), deviation = variance(at: time).squareRoot()
                    for place in index * coordinates..<(index + 1) * coordinates {
                        let noise = generator.normal(), mean = Double(points[place]) * factor
                        points[place] = Scalar(mean + deviation * noise)
                        scores[place] = Scalar(-noise / deviation)
                        guard isAntithetic else { continue }
                        points[half + place] = Scalar(mean - deviation * noise)
                        scores[half + place] = Scalar(noise / deviation)
                    }
                }
            }
        }
        return (points, scores)
    }
}
