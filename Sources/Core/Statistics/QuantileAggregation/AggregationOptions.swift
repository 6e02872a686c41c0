/// Whether the weights of an aggregation depend on the features (quantile-aggregation, arXiv:2103.00083, section 3).
public enum AggregationScope: String, Sendable, Hashable, CaseIterable {
    /// The same weights for every observation.
    case global
    /// Weights from a network on the features.
    case local
}

/// How many weights an aggregation of p models at m levels has.
public enum AggregationResolution: String, Sendable, Hashable, CaseIterable {
    /// One a model: p.
    case coarse
    /// One a model and level: p · m.
    case medium
    /// Each level of the result mixes all levels of all models: p · m · m.
    case fine
}

/// By how much a higher quantile should exceed a lower one before crossing is not penalised.
public enum CrossingMargin: Sendable, Hashable {
    /// δ, the same for all pairs, in standard deviations of the response.
    case fixed(Double)
    /// This part of the distance between the empirical quantiles of the residuals at the two levels.
    case adaptive(scale: Double)
}

/// How an aggregation is trained.
public struct AggregationOptions: Sendable, Hashable {
    public var scope: AggregationScope
    public var resolution: AggregationResolution
    /// Whether weights are a softmax, so that they are positive with the sum 1.
    public var isConvex: Bool
    /// w: the weight of the crossing penalty; 0 for none. The paper searches .5, 1, 2, 5 and 10.
    public var crossingPenalty: Double
    /// δ of the crossing penalty.
    public var crossingMargin: CrossingMargin
    /// What the loss sees: the raw quantiles or, to train through it, ordered ones.
    public var trainingOrdering: QuantileOrdering
    /// A Huber threshold of the pinball loss in standard deviations of the response; 0 for none.
    public var huberThreshold: Double
    /// The local network and the optimiser; its validation fraction is not used, since validation data are given.
    public var network: NetworkTrainingOptions

    /// The paper's settings but for the search over them: weight decay 1e-7, a validation every 10 steps, a patience of
    /// 500 steps.
    public init(
        scope: AggregationScope, resolution: AggregationResolution, isConvex: Bool = true, crossingPenalty: Double = 0,
        crossingMargin: CrossingMargin = .fixed(1e-3), trainingOrdering: QuantileOrdering = .none,
        huberThreshold: Double = 0,
        network: NetworkTrainingOptions = NetworkTrainingOptions(
            hiddenWidths: [64, 64], learningRate: 1e-3, maximumSteps: 3000, patience: 500)
    ) {
        self.scope = scope
        self.resolution = resolution
        self.isConvex = isConvex
        self.crossingPenalty = crossingPenalty
        self.crossingMargin = crossingMargin
        self.trainingOrdering = trainingOrdering
        self.huberThreshold = huberThreshold
        self.network = network
    }
}
