import Mathematics

// The same for plain arrays, as Python calls them.

// swiftcore: order_quantiles
/// Predicted quantiles in a non-decreasing order.
///
/// - Parameters:
///   - quantiles: [observations, levels].
///   - ordering: how.
/// - Throws: `StatisticsError` if a number is not finite and rows are pooled.
public func orderedQuantiles(
    _ quantiles: Matrix, by ordering: QuantileOrdering = .sort
) throws(StatisticsError) -> Matrix {
    try ordering(quantiles)
}

// swiftcore: synthetic_regression
/// Draws features and targets of a synthetic regression problem.
///
/// - Parameters:
///   - task: which problem.
///   - count: how many observations, at least 1.
///   - generator: what draws.
/// - Throws: `StatisticsError` for a count below 1.
public func syntheticRegression<G: RandomNumberGenerator>(
    _ task: SyntheticRegressionTask, count: Int, using generator: inout G
) throws(StatisticsError) -> (features: Matrix, targets: Vector) {
    guard count >= 1 else { throw .outOfRange(argument: "count", value: Double(count), expected: "at least 1") }
    return task.sample(count, using: &generator)
}

// swiftcore: aggregate_quantiles
/// Trains an aggregation of quantile models and combines their predictions for new observations. See
/// `QuantileAggregator`.
///
/// - Parameters:
///   - predictions: the models' predictions for the new observations, one matrix a model.
///   - features: the new observations' features.
///   - trainingPredictions: out-of-fold predictions for the training observations.
///   - trainingFeatures: their features.
///   - trainingTargets: their targets.
///   - validationPredictions: predictions for other observations, for stopping early.
///   - validationFeatures: their features.
///   - validationTargets: their targets.
///   - levels: increasing numbers in (0, 1), one a column of the predictions.
///   - scope: whether weights depend on the features.
///   - resolution: how many weights.
///   - crossingPenalty: the weight of the penalty on crossing quantiles; 0 for none.
///   - ordering: how the result is ordered.
///   - generator: draws what training draws.
/// - Throws: `StatisticsError` for data that do not fit.
public func aggregateQuantiles<G: RandomNumberGenerator>(
    _ predictions: [Matrix], features: Matrix, trainingPredictions: [Matrix], trainingFeatures: Matrix,
    trainingTargets: Vector, validationPredictions: [Matrix], validationFeatures: Matrix, validationTargets: Vector,
    levels: [Double], scope: AggregationScope = .local, resolution: AggregationResolution = .fine,
    crossingPenalty: Double = 1, ordering: QuantileOrdering = .sort, using generator: inout G
) throws(StatisticsError) -> Matrix {
    let aggregator = try QuantileAggregator(
        training: AggregationData(
            predictions: trainingPredictions, features: trainingFeatures, targets: trainingTargets),
        validation: AggregationData(
            predictions: validationPredictions, features: validationFeatures, targets: validationTargets),
        levels: levels,
        options: AggregationOptions(scope: scope, resolution: resolution, crossingPenalty: crossingPenalty),
        using: &generator)
    return try ordering(aggregator(predictions, features: features))
}

// swiftcore: quantile_averaging
/// Convex weights of quantile models with the least mean pinball loss, by linear programming: one a model (coarse,
/// quantile regression averaging), one a model and level (medium), or all levels mixed (fine).
///
/// - Parameters:
///   - predictions: out-of-fold predictions, one matrix [observations, levels] a model.
///   - targets: one number an observation.
///   - levels: increasing numbers in (0, 1), one a column.
///   - resolution: how many weights.
/// - Returns: weights and loss.
/// - Throws: `StatisticsError` for data that do not fit.
public func quantileAveraging(
    _ predictions: [Matrix], targets: Vector, levels: [Double], resolution: AggregationResolution = .coarse
) throws(StatisticsError) -> ConvexAggregation {
    let data = try AggregationData(
        predictions: predictions, features: Matrix.zeros(targets.count, 1), targets: targets)
    return try ConvexAggregation(resolution, data: data, levels: levels)
}
