import DeepLearning
import Mathematics
import RealModule

/// A multilayer perceptron with one output a level, trained on the pinball loss.
public struct QuantileNetwork: QuantileLearner, Hashable {
    public var options: NetworkTrainingOptions
    public init(options: NetworkTrainingOptions = NetworkTrainingOptions()) { self.options = options }
    public var name: String { "quantile network" }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        let quantileLevels = Tensor<Float>(shape: [1, levels.count], scalars: levels.map { Float($0) })
        return try fitNetwork(
            options, features: features, response: response, levels: levels, outputs: levels.count, using: &generator
        ) { output, targets in
            pinballLoss(output, targets: targets, levels: quantileLevels)
        } quantiles: { output in
            output
        }
    }
}

/// A multilayer perceptron for the mean and the standard deviation of a normal distribution, trained on its
/// likelihood; its quantiles are the normal's.
public struct GaussianNetwork: QuantileLearner, Hashable {
    public var options: NetworkTrainingOptions
    public init(options: NetworkTrainingOptions = NetworkTrainingOptions()) { self.options = options }
    public var name: String { "Gaussian network" }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        let normal = Tensor<Float>(shape: [1, levels.count], scalars: levels.map { Float(normalQuantile($0)) })
        return try fitNetwork(
            options, features: features, response: response, levels: levels, outputs: 2, using: &generator
        ) { output, targets in
            let (mean, logDeviation) = meanAndLogDeviation(output)
            return (((targets - mean) * exp(-logDeviation)).squared() * 0.5 + logDeviation).mean()
        } quantiles: { output in
            let (mean, logDeviation) = meanAndLogDeviation(output)
            return mean + exp(logDeviation) * normal
        }
    }
}

/// The two outputs; a deviation is at least e^−4 of the response's own, so that no observation takes all of the
/// likelihood.
private func meanAndLogDeviation(_ output: Tensor<Float>) -> (mean: Tensor<Float>, logDeviation: Tensor<Float>) {
    (output.sliced(0..<1, along: 1), output.sliced(1..<2, along: 1).clamped(from: -4, to: 4))
}

/// A network on standardised features, for a response standardised too.
private struct NetworkModel: QuantileModel {
    let network: FeatureNetwork
    let standardization: Standardization
    let mean: Double
    let scale: Double
    let quantilesOfOutput: @Sendable (Tensor<Float>) -> Tensor<Float>

    func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix {
        quantilesOfOutput(network(Tensor(single: try standardization(features)))).double.map { mean + scale * $0 }
    }
}

private func fitNetwork<G: RandomNumberGenerator>(
    _ options: NetworkTrainingOptions, features: Matrix, response: Vector, levels: [Double], outputs: Int,
    using generator: inout G, loss: @escaping (Tensor<Float>, Tensor<Float>) -> Tensor<Float>,
    quantiles: @escaping @Sendable (Tensor<Float>) -> Tensor<Float>
) throws(StatisticsError) -> any QuantileModel {
    try requireTraining(features: features, response: response, levels: levels)
    try options.validate()
    let standardization = Standardization(of: features)
    let mean = response.sum / Double(response.count)
    let deviation = (response.map { ($0 - mean) * ($0 - mean) }.sum / Double(response.count)).squareRoot()
    let scale = deviation > 0 ? deviation : 1
    let inputs = Tensor(single: try standardization(features))
    let targets = Tensor<Float>(shape: [response.count, 1], scalars: response.map { Float(($0 - mean) / scale) })
    return try trainingErrors {
        let split = try trainingSplit(
            count: response.count, validationFraction: options.validationFraction, using: &generator)
        let validationRows = split.validation.isEmpty ? split.training : split.validation
        let (validationInputs, validationTargets) = (inputs.rows(validationRows), targets.rows(validationRows))
        var network = FeatureNetwork(
            inputs: features.columns, hidden: options.hiddenWidths, outputs: outputs, dropout: options.dropout,
            using: &generator)
        var batches = try MiniBatches(
            count: split.training.count,
            batchSize: min(split.training.count, NetworkTrainingOptions.batchSize(observations: split.training.count)))
        var training = Training(
            Adam<FeatureNetwork>(
                learningRate: Float(options.learningRate), weightDecay: Float(options.weightDecay)),
            steps: options.maximumSteps)
        training.validationInterval = options.evaluationInterval
        training.patience = max(1, options.patience / options.evaluationInterval)
        _ = try training.run(
            on: &network, validate: { Double(loss($0(validationInputs), validationTargets).scalar) }
        ) { model, _ in
            let rows = batches.next(using: &generator).map { split.training[$0] }
            return loss(model.training(inputs.rows(rows), using: &generator), targets.rows(rows))
        }
        return NetworkModel(
            network: network, standardization: standardization, mean: mean, scale: scale, quantilesOfOutput: quantiles)
    }
}
