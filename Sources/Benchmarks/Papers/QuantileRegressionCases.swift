import BenchmarkMeasuring
import Mathematics
import Statistics

/// The base models of quantile-aggregation (arXiv:2103.00083), fitted and asked for new observations, against the packages
/// whose models they are. Linear planes are unique and compared number by number; trees draw and bin differently, so that the
/// mean pinball loss on new observations is compared.
let quantileRegressionCases: [CaseMaker] = anyThreads([
    { try comparison("linear", LinearQuantileRegression(), training: 1000, peer: "scikit-learn QuantileRegressor, HiGHS") },
    {
        try comparison(
            "boosted trees", BoostedQuantileTrees(), training: 5000,
            peer: "scikit-learn HistGradientBoostingRegressor, loss quantile")
    },
    {
        try comparison(
            "forest", QuantileForest(), training: 2000, peer: "quantile-forest RandomForestQuantileRegressor")
    },
])

private func comparison(
    _ name: String, _ learner: some QuantileLearner, training: Int, peer: String
) throws -> ComparedCase {
    let levels = equallySpacedLevels(9), task = SyntheticRegressionTask.heteroscedastic
    var generator = Philox(seed: 1)
    let (features, targets) = task.sample(training, using: &generator)
    let (newFeatures, newTargets) = task.sample(1000, using: &generator)
    return ComparedCase(
        "quantile-aggregation: \(name), \(training) observations, 9 levels",
        peerName: "quantile_" + name.split(separator: " ").joined(separator: "_"),
        inputs: [
            "features": NumericArray(features), "targets": NumericArray(targets), "levels": NumericArray(levels),
            "new_features": NumericArray(newFeatures), "new_targets": NumericArray(newTargets),
        ], bar: .speed(atLeast: 1), note: "peer: \(peer)"
    ) {
        var own = Philox(seed: 2)
        return try learner.fit(features: features, response: targets, levels: levels, using: &own)
            .quantiles(at: newFeatures)
    } results: { quantiles in
        let loss = Output(
            "pinball loss", [try meanPinballLoss(of: quantiles, targets: newTargets, levels: levels)], tolerance: 0.02)
        guard name == "linear" else { return [loss] }
        return [loss, Output("quantiles", quantiles.withUnsafeBufferPointer { Array($0) }, tolerance: 1e-8)]
    }
}
