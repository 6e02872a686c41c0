import DeepLearning
import Mathematics
import RealModule

/// The predictions of several quantile models for the same observations, with their features and targets.
public struct AggregationData: Sendable {
    /// One matrix a model: [observations, levels].
    public let predictions: [Matrix]
    /// [observations, features].
    public let features: Matrix
    /// One number an observation.
    public let targets: Vector

    /// - Throws: `StatisticsError` if the shapes do not fit or a number is not finite.
    public init(predictions: [Matrix], features: Matrix, targets: Vector) throws(StatisticsError) {
        guard let first = predictions.first else {
            throw .tooFew(argument: "predictions", count: 0, expected: "at least 1 model")
        }
        for matrix in predictions {
            guard matrix.rows == targets.count, matrix.columns == first.columns else {
                throw .shapeMismatch(
                    argument: "predictions", shape: "(\(matrix.rows), \(matrix.columns))", other: "targets by levels",
                    otherShape: "(\(targets.count), \(first.columns))",
                    expected: "one row a target, one shape for all models")
            }
            try requireFinite(matrix, "predictions")
        }
        try requireResponse(targets, of: features)
        try requireFinite(features, "features")
        self.predictions = predictions
        self.features = features
        self.targets = targets
    }

    /// The number of models p.
    public var modelCount: Int { predictions.count }
    /// The number of levels m.
    public var levelCount: Int { predictions[0].columns }
    /// The number of observations.
    public var count: Int { targets.count }

    /// [observations, models · levels], standardised.
    func inputs(mean: Double, scale: Double) -> Tensor<Float> {
        let (p, m) = (modelCount, levelCount)
        var scalars = [Float](repeating: 0, count: count * p * m)
        for (k, matrix) in predictions.enumerated() {
            for row in 0..<count {
                for level in 0..<m { scalars[(row * p + k) * m + level] = Float((matrix[row, level] - mean) / scale) }
            }
        }
        return Tensor(shape: [count, p * m], scalars: scalars)
    }
}

/// A trained combination of quantile models; local and fine it is the paper's deep quantile aggregation
/// (quantile-aggregation, arXiv:2103.00083).
public struct QuantileAggregator: Sendable {
    /// How it was trained.
    public let options: AggregationOptions
    /// The levels of its inputs and its result.
    public let levels: [Double]
    /// How many models it combines.
    public let modelCount: Int
    /// The mean pinball loss on the training and the validation data, in the units of the targets.
    public let trainingLoss: Double
    public let validationLoss: Double
    /// How many steps were made.
    public let steps: Int

    private let weights: AggregationWeights
    private let standardization: Standardization
    private let mean: Double
    private let scale: Double

    /// Trains an aggregation on predictions that the models made for observations they had not seen.
    ///
    /// The loss is the mean pinball loss plus the crossing penalty
    /// (w / number of pairs) Σ_{i<j} (qᵢ − qⱼ + δᵢⱼ)₊, averaged over the batch.
    ///
    /// - Parameters:
    ///   - training: out-of-fold predictions, features and targets.
    ///   - validation: those of other observations, for stopping early.
    ///   - levels: increasing numbers in (0, 1), one a column of the predictions.
    ///   - options: what and how.
    ///   - generator: draws batches, first weights and dropout.
    /// - Throws: `StatisticsError` for data or options that do not fit, or a loss that is not finite.
    public init<G: RandomNumberGenerator>(
        training: AggregationData, validation: AggregationData, levels: [Double], options: AggregationOptions,
        using generator: inout G
    ) throws(StatisticsError) {
        try requireLevels(levels)
        try options.network.validate()
        try requireNonNegative(options.crossingPenalty, "crossingPenalty")
        try requireNonNegative(options.huberThreshold, "huberThreshold")
        guard training.levelCount == levels.count, validation.levelCount == levels.count else {
            throw .countMismatch(
                argument: "levels", count: levels.count, other: "predictions", otherCount: training.levelCount)
        }
        guard training.modelCount == validation.modelCount,
            training.features.columns == validation.features.columns
        else {
            throw .shapeMismatch(
                argument: "validation", shape: "\(validation.modelCount) models, \(validation.features.columns) features",
                other: "training", otherShape: "\(training.modelCount) models, \(training.features.columns) features",
                expected: "the same models and features")
        }
        let (p, m) = (training.modelCount, levels.count)
        let standardization = Standardization(of: training.features)
        let mean = training.targets.sum / Double(training.count)
        let variance = training.targets.map { ($0 - mean) * ($0 - mean) }.sum / Double(training.count)
        let scale = variance > 0 ? variance.squareRoot() : 1
        func tensors(
            _ data: AggregationData
        ) throws(StatisticsError) -> (features: Tensor<Float>, inputs: Tensor<Float>, targets: Tensor<Float>) {
            (
                Tensor(single: try standardization(data.features)), data.inputs(mean: mean, scale: scale),
                Tensor(shape: [data.count, 1], scalars: data.targets.map { Float(($0 - mean) / scale) })
            )
        }
        let (features, inputs, targets) = try tensors(training)
        let held = try tensors(validation)
        let levelRow = Tensor<Float>(shape: [1, m], scalars: levels.map { Float($0) })
        var penalty: CrossingPenalty?
        if options.crossingPenalty > 0, m > 1 {
            penalty = CrossingPenalty(
                margins: try Self.margins(options.crossingMargin, data: training, levels: levels, scale: scale))
        }
        let crossingPenalty = penalty
        func quantiles(_ raw: Tensor<Float>) -> Tensor<Float> { options.trainingOrdering(raw) }

        var model = AggregationWeights(
            options: options, models: p, levels: m, features: training.features.columns, using: &generator)
        let result: (steps: Int, training: Double, validation: Double) = try trainingErrors {
            var batches = try MiniBatches(
                count: training.count,
                batchSize: min(training.count, NetworkTrainingOptions.batchSize(observations: training.count)))
            var run = Training(
                Adam<AggregationWeights>(
                    learningRate: Float(options.network.learningRate), weightDecay: Float(options.network.weightDecay)),
                steps: options.network.maximumSteps)
            run.validationInterval = options.network.evaluationInterval
            run.patience = max(1, options.network.patience / options.network.evaluationInterval)
            let history = try run.run(
                on: &model,
                validate: { model in
                    let predicted = quantiles(model(held.inputs, features: held.features))
                    return Double(pinballLoss(predicted, targets: held.targets, levels: levelRow).scalar)
                }
            ) { model, _ in
                let rows = batches.next(using: &generator)
                let raw = model.training(inputs.rows(rows), features: features.rows(rows), using: &generator)
                let loss = pinballLoss(
                    quantiles(raw), targets: targets.rows(rows), levels: levelRow,
                    huberThreshold: Float(options.huberThreshold))
                guard let crossingPenalty else { return loss }
                return loss + crossingPenalty(raw) * Float(options.crossingPenalty)
            }
            let training = pinballLoss(quantiles(model(inputs, features: features)), targets: targets, levels: levelRow)
            let validation = pinballLoss(
                quantiles(model(held.inputs, features: held.features)), targets: held.targets, levels: levelRow)
            return (history.losses.count, Double(training.scalar) * scale, Double(validation.scalar) * scale)
        }
        self.options = options
        self.levels = levels
        modelCount = p
        weights = model
        self.standardization = standardization
        self.mean = mean
        self.scale = scale
        (steps, trainingLoss, validationLoss) = (result.steps, result.training, result.validation)
    }

    /// The combined quantiles of new observations, as they come: order them with a `QuantileOrdering`.
    ///
    /// - Parameters:
    ///   - predictions: the models' own, in the order of the training.
    ///   - features: [observations, features].
    /// - Returns: [observations, levels].
    /// - Throws: `StatisticsError` if the shapes do not fit.
    public func callAsFunction(_ predictions: [Matrix], features: Matrix) throws(StatisticsError) -> Matrix {
        let data = try AggregationData(
            predictions: predictions, features: features, targets: Vector.zeros(features.rows))
        guard data.modelCount == modelCount, data.levelCount == levels.count else {
            throw .shapeMismatch(
                argument: "predictions", shape: "\(data.modelCount) models, \(data.levelCount) levels",
                other: "the aggregator", otherShape: "\(modelCount) models, \(levels.count) levels", expected: "the same models and levels")
        }
        let raw = weights(
            data.inputs(mean: mean, scale: scale), features: Tensor(single: try standardization(features)))
        return raw.double.map { mean + scale * $0 }
    }

    /// The weights at some observations: [observations, models] coarse, [observations, models, levels] medium,
    /// [observations, levels, models · levels] fine; one observation for global weights.
    public func weights(at features: Matrix) throws(StatisticsError) -> Tensor<Float> {
        weights.values(features: Tensor(single: try standardization(features)))
    }

    /// δᵢⱼ for i < j in standard deviations of the targets.
    private static func margins(
        _ margin: CrossingMargin, data: AggregationData, levels: [Double], scale: Double
    ) throws(StatisticsError) -> Tensor<Float> {
        let m = levels.count
        switch margin {
        case .fixed(let value):
            try requireNonNegative(value, "crossingMargin")
            return Tensor(repeating: Float(value), shape: [m, m])
        case .adaptive(let part):
            try requireNonNegative(part, "crossingMargin")
            // Residuals from the mean of the models' middle levels.
            let residuals = (0..<data.count).map { row in
                data.targets[row] - data.predictions.reduce(0) { $0 + $1[row, m / 2] } / Double(data.modelCount)
            }
            let empirical = try Mathematics.quantiles(of: residuals, at: levels)
            return Tensor(
                shape: [m, m],
                scalars: (0..<m * m).map { Float(part * max(0, empirical[$0 % m] - empirical[$0 / m]) / scale) })
        }
    }
}

/// Σ_{i<j} (qᵢ − qⱼ + δᵢⱼ)₊ divided by the number of pairs and of observations.
struct CrossingPenalty: Sendable {
    /// [1, m, m].
    private let margins: Tensor<Float>
    private let pairs: Tensor<Float>
    private let pairCount: Float

    init(margins: Tensor<Float>) {
        let m = margins.shape[0]
        self.margins = margins.expandingShape(at: 0)
        pairs = Tensor(shape: [1, m, m], scalars: (0..<m * m).map { $0 / m < $0 % m ? 1 : 0 })
        pairCount = Float(m * (m - 1) / 2)
    }

    func callAsFunction(_ quantiles: Tensor<Float>) -> Tensor<Float> {
        let differences = quantiles.expandingShape(at: 2) - quantiles.expandingShape(at: 1) + margins
        return (relu(differences) * pairs).sum() / (pairCount * Float(quantiles.shape[0]))
    }
}
