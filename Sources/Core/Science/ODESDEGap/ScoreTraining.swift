import DeepLearning
import Mathematics

/// How a score model is trained: denoising score matching plus w_R times the mean squared Fokker-Planck residual
/// (ode-sde-gap, arXiv:2311.15996).
///
/// The loss is E‖score(x_t, t) − ∇ ln p(x_t | x₀)‖² with t = T·Beta(1, 2) + ε, plus w_R E R² at collocation points
/// uniform on the box and on [ε, T].
public struct ScoreTraining: Sendable {
    /// Adam's step for some number of iterations.
    public struct Stage: Sendable, Hashable {
        public var learningRate: Double
        public var iterations: Int

        public init(learningRate: Double, iterations: Int) {
            self.learningRate = learningRate
            self.iterations = iterations
        }
    }

    /// w_R, at least 0.
    public var residualWeight = 0.0
    /// ε, positive: the smallest time.
    public var smallestTime = 1e-5
    /// T: the largest time.
    public var largestTime = 10.0
    /// How many data points, and how many collocation points, an iteration draws.
    public var batchSize = 2000
    public var collocationCount = 2000
    /// Whether the data points come in pairs with opposite noise, see `OrnsteinUhlenbeckProcess.transition`: the
    /// same loss with a smaller variance, for batches smaller than the paper's 20,000 to 200,000.
    public var usesAntitheticNoise = false
    /// The stages one after the other; the paper's are 25,000, 65,000 and 10,000 iterations at 1e-3, 1e-4, 1e-5.
    public var stages = [
        Stage(learningRate: 1e-3, iterations: 25_000), Stage(learningRate: 1e-4, iterations: 65_000),
        Stage(learningRate: 1e-5, iterations: 10_000),
    ]

    public init() {}

    /// The number of iterations of all stages.
    public var iterations: Int { stages.reduce(0) { $0 + $1.iterations } }

    /// Stages that divide `iterations` as the paper's do: a quarter, 65 % and a tenth.
    public static func paperStages(iterations: Int) -> [Stage] {
        let first = iterations / 4, last = iterations / 10
        return [
            Stage(learningRate: 1e-3, iterations: first),
            Stage(learningRate: 1e-4, iterations: iterations - first - last),
            Stage(learningRate: 1e-5, iterations: last),
        ]
    }

    /// Trains a model on a distribution.
    ///
    /// - Parameters:
    ///   - model: what to train, in place.
    ///   - distribution: where data are drawn from.
    ///   - generator: what draws.
    ///   - report: called after each iteration with its number (from 1) and its two losses.
    /// - Returns: the mean of the losses over the last tenth of the iterations.
    /// - Throws: `DiffusionError` where a setting cannot be used.
    @discardableResult
    public func train<G: RandomNumberGenerator>(
        _ model: inout ScoreModel, on distribution: PlanarDistribution, using generator: inout G,
        report: (_ iteration: Int, _ denoisingLoss: Double, _ residual: Double) -> Void = { _, _, _ in }
    ) throws(DiffusionError) -> (denoisingLoss: Double, residual: Double) {
        guard residualWeight >= 0, residualWeight.isFinite else {
            throw DiffusionError(argument: "residualWeight", value: "\(residualWeight)", expected: "a number of at least 0")
        }
        guard residualWeight == 0 || model.kind == .potential else {
            throw DiffusionError(
                argument: "residualWeight", value: "\(residualWeight)",
                expected: "0, since a model of the score alone has no Fokker-Planck residual")
        }
        guard batchSize > 0, collocationCount > 0 else {
            throw DiffusionError(
                argument: "batchSize", value: "\(batchSize), collocationCount \(collocationCount)",
                expected: "positive numbers")
        }
        guard smallestTime > 0, largestTime > smallestTime else {
            throw DiffusionError(
                argument: "smallestTime", value: "\(smallestTime) with largestTime \(largestTime)",
                expected: "0 < smallestTime < largestTime")
        }
        var optimizer = Adam<ScoreModel>()
        var iteration = 0
        var sums = (count: 0, denoising: 0.0, residual: 0.0)
        let process = OrnsteinUhlenbeckProcess()
        for stage in stages {
            optimizer.learningRate = Float(stage.learningRate)
            for _ in 0..<stage.iterations {
                iteration += 1
                let startCount = usesAntitheticNoise ? (batchSize + 1) / 2 : batchSize
                let times = (0..<startCount).map { _ in
                    // Beta(1, 2) by its quantile function 1 − √(1 − u).
                    largestTime * (1 - (1 - generator.uniform()).squareRoot()) + smallestTime
                }
                let starts = distribution.sample(startCount, using: &generator)
                let (points, targets) = process.transition(
                    from: starts, times: times, isAntithetic: usesAntitheticNoise, using: &generator)
                let timeColumn = Tensor<Float>(times.map { Float($0) }).reshaped(to: [startCount, 1])
                let inputs = Tensor.concatenating(
                    [points, usesAntitheticNoise ? Tensor.concatenating([timeColumn, timeColumn]) : timeColumn], along: 1)
                let collocation = residualWeight > 0 ? collocationPoints(distribution, using: &generator) : nil
                let (_, gradient, losses) = valueAndGradient(at: model, carrying: { model in
                    let denoising = (model.score(at: inputs) - targets).squared().sum() / Float(points.shape[0])
                    guard let collocation else { return (denoising, (denoising.detached(), Float.nan)) }
                    let residual = model.fokkerPlanckResidual(at: collocation).squared().mean()
                    return (denoising + residual * Float(residualWeight), (denoising.detached(), residual.detached().scalar))
                })
                optimizer.update(&model, along: gradient)
                report(iteration, Double(losses.0.scalar), Double(losses.1))
                if iteration > iterations - max(1, iterations / 10) {
                    sums = (
                        sums.count + 1, sums.denoising + Double(losses.0.scalar), sums.residual + Double(losses.1)
                    )
                }
            }
        }
        return (sums.denoising / Double(sums.count), sums.residual / Double(sums.count))
    }

    /// Points uniform on the box and in time, as rows x₁, x₂, t.
    public func collocationPoints<G: RandomNumberGenerator>(
        _ distribution: PlanarDistribution, using generator: inout G
    ) -> Tensor<Float> {
        var points = Tensor<Float>.zeros([collocationCount, 3])
        let half = distribution.boxHalfWidth
        points.withUnsafeMutableScalars { points in
            for row in 0..<collocationCount {
                points[3 * row] = Float(half * (2 * generator.uniform() - 1))
                points[3 * row + 1] = Float(half * (2 * generator.uniform() - 1))
                points[3 * row + 2] = Float(smallestTime + (largestTime - smallestTime) * generator.uniform())
            }
        }
        return points
    }
}
