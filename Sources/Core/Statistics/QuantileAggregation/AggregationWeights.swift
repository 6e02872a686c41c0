import DeepLearning
import Mathematics
import RealModule

/// The weights of an aggregation: a table, or a network that makes one from the features.
struct AggregationWeights: Parameterized, Sendable {
    /// The logits (or weights) of a global aggregation, [1, outputs]; added to the network's of a local one.
    var table: Tensor<Float>
    var network: FeatureNetwork?
    let options: AggregationOptions
    let models: Int
    let levels: Int

    init<G: RandomNumberGenerator>(
        options: AggregationOptions, models: Int, levels: Int, features: Int, using generator: inout G
    ) {
        self.options = options
        self.models = models
        self.levels = levels
        let inputs = models * levels
        // The start is the average of the models; fine weights begin at the own level, with a little of the others.
        let start: [Float]
        switch options.resolution {
        case .coarse: start = [Float](repeating: options.isConvex ? 0 : 1 / Float(models), count: models)
        case .medium: start = [Float](repeating: options.isConvex ? 0 : 1 / Float(models), count: inputs)
        case .fine:
            start = (0..<levels * inputs).map { index in
                let isOwnLevel = index % inputs % levels == index / inputs
                return options.isConvex ? (isOwnLevel ? 6 : 0) : (isOwnLevel ? 1 / Float(models) : 0)
            }
        }
        table = Tensor(shape: [1, start.count], scalars: start)
        if options.scope == .local {
            var network = FeatureNetwork(
                inputs: features, hidden: options.network.hiddenWidths, outputs: start.count,
                dropout: options.network.dropout, using: &generator)
            // Near 0, so that training starts from the table.
            let last = network.layers.count - 1
            let factor: Float = options.isConvex ? 0.1 : 0.1 / Float(models)
            network.layers[last].weight = network.layers[last].weight * factor
            network.layers[last].bias = nil
            self.network = network
        }
    }

    mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
        try body(&table)
        try network.forEachParameter(body)
    }

    /// Combined quantiles, [observations, levels], of inputs [observations, models · levels].
    func callAsFunction(_ inputs: Tensor<Float>, features: Tensor<Float>) -> Tensor<Float> {
        combine(inputs, network.map { $0(features) + table } ?? table)
    }

    /// The same with dropout.
    func training<G: RandomNumberGenerator>(
        _ inputs: Tensor<Float>, features: Tensor<Float>, using generator: inout G
    ) -> Tensor<Float> {
        guard let network else { return combine(inputs, table) }
        return combine(inputs, network.training(features, using: &generator) + table)
    }

    /// The weights at some features, with one axis for each thing they depend on.
    func values(features: Tensor<Float>) -> Tensor<Float> {
        normalized(network.map { $0(features) + table } ?? table)
    }

    private func normalized(_ logits: Tensor<Float>) -> Tensor<Float> {
        let n = logits.shape[0]
        switch options.resolution {
        case .coarse: return options.isConvex ? logits.softmax(along: 1) : logits
        case .medium:
            let shaped = logits.reshaped(to: [n, models, levels])
            return options.isConvex ? shaped.softmax(along: 1) : shaped
        case .fine:
            let shaped = logits.reshaped(to: [n, levels, models * levels])
            return options.isConvex ? shaped.softmax(along: 2) : shaped
        }
    }

    private func combine(_ inputs: Tensor<Float>, _ logits: Tensor<Float>) -> Tensor<Float> {
        let weights = normalized(logits)
        let n = inputs.shape[0]
        let isShared = logits.shape[0] == 1 && n != 1
        switch options.resolution {
        case .coarse:
            return (inputs.reshaped(to: [n, models, levels]) * weights.expandingShape(at: 2)).sum(along: 1)
        case .medium:
            return (inputs.reshaped(to: [n, models, levels]) * weights).sum(along: 1)
        case .fine:
            if isShared { return matmul(inputs, weights.squeezed(at: 0).transposed()) }
            return matmul(weights, inputs.expandingShape(at: 2)).squeezed(at: 2)
        }
    }
}
