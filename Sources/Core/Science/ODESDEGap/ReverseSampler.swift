import DeepLearning
import Mathematics

/// Draws from what a score generates, by the reverse stochastic equation or by the probability-flow equation
/// (ode-sde-gap, arXiv:2311.15996).
///
/// Both start from N(0, I/2) at T and go to 0 in equal steps dt < 0, the last ten of which are divided in ten:
/// x += (−x − score) dt + √(−dt) noise (the last step without noise), or x += (−x − score/2) dt.
public struct ReverseSampler: Sendable {
    public enum Dynamics: String, Sendable, Hashable, CaseIterable {
        /// The reverse stochastic differential equation.
        case stochastic
        /// The probability-flow ordinary differential equation.
        case probabilityFlow
    }

    /// How many steps of T/count, at least 11; the paper takes 800.
    public var stepCount: Int
    /// T.
    public var largestTime: Double
    /// The score is asked for no time below it.
    public var smallestTime: Double

    /// A sampler with the paper's steps unless others are given.
    public init(stepCount: Int = 800, largestTime: Double = 10, smallestTime: Double = 1e-5) {
        self.stepCount = stepCount
        self.largestTime = largestTime
        self.smallestTime = smallestTime
    }

    /// The times at which steps begin, and how far each goes.
    var steps: [(time: Double, step: Double)] {
        let step = largestTime / Double(stepCount)
        let coarse = (0..<stepCount - 10).map { (largestTime - Double($0) * step, step) }
        return coarse + (0..<100).map { (10 * step - Double($0) * step / 10, step / 10) }
    }

    // swiftcore: reverse_samples; keepsShape: score
    /// `count` points of the plane.
    ///
    /// They are drawn in parts of 1,000, each with a stream of its own, on all cores: the result does not depend on
    /// how many there are.
    ///
    /// - Parameters:
    ///   - count: how many points.
    ///   - dynamics: which equation.
    ///   - generator: its streams draw; it is not advanced.
    ///   - score: the score at points (shape [points, 2]) and a time.
    /// - Returns: shape [count, 2].
    /// - Throws: `DiffusionError` where a setting cannot be used.
    public func sample(
        _ count: Int, by dynamics: Dynamics, streamsOf generator: Philox,
        score: @escaping @Sendable (_ points: Tensor<Float>, _ time: Double) -> Tensor<Float>
    ) throws(DiffusionError) -> Tensor<Float> {
        guard stepCount > 10 else {
            throw DiffusionError(argument: "stepCount", value: "\(stepCount)", expected: "at least 11")
        }
        guard count > 0 else {
            throw DiffusionError(argument: "count", value: "\(count)", expected: "a positive number of points")
        }
        let partSize = 1000
        let parts: [Tensor<Float>] = parallelMap((count + partSize - 1) / partSize) { part in
            var generator = generator.stream(part)
            return samplePart(min(partSize, count - part * partSize), dynamics, &generator, score)
        }
        return Tensor.concatenating(parts)
    }

    private func samplePart(
        _ count: Int, _ dynamics: Dynamics, _ generator: inout Philox,
        _ score: (Tensor<Float>, Double) -> Tensor<Float>
    ) -> Tensor<Float> {
        var x = Tensor<Float>.randomNormal([count, 2], standardDeviation: Float(0.5.squareRoot()), using: &generator)
        let steps = steps
        for (index, (time, step)) in steps.enumerated() {
            let slope = score(x, max(time, smallestTime))
            switch dynamics {
            case .stochastic:
                x = x + (x + slope) * Float(step)
                if index < steps.count - 1 {
                    x = x + Tensor<Float>.randomNormal([count, 2], using: &generator) * Float(step.squareRoot())
                }
            case .probabilityFlow:
                x = x + (x + slope * 0.5) * Float(step)
            }
        }
        return x
    }
}
