import Mathematics

/// How one way to aggregate fared on test data.
public struct AggregationResult: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// The weighted interval score of its ordered quantiles.
    public let score: Double
    /// The share of neighbouring levels in the wrong order before ordering.
    public let rawCrossings: Double
    /// The same after it.
    public let orderedCrossings: Double
    /// Its ordered quantiles for the test observations.
    public let quantiles: Matrix
}

/// Compares the aggregations of quantile-aggregation (arXiv:2103.00083) on one problem.
public struct AggregationComparison: Sendable {
    /// The settings of the trained aggregations; scope, resolution and penalty are the comparison's own.
    public var options = AggregationOptions(scope: .local, resolution: .fine)
    /// How results are ordered.
    public var ordering = QuantileOrdering.sort
    /// The crossing penalty of the fine local aggregation with one.
    public var penalty = 1.0
    public var penaltyMargin = CrossingMargin.fixed(1e-2)
    /// How many settings of the fine local aggregation are drawn and the best on validation kept; 0 for `options` as
    /// it is.
    public var searches = 0

    public init() {}

    /// Fits all aggregations to out-of-fold predictions and scores them on test data.
    ///
    /// In this order: each base model, the best of them on validation data, their average (vincentisation), median and
    /// the average of their distribution functions; linear-programming averages with one weight a model (QRA) and one a
    /// model and level (FQRA); global and local, coarse, medium and fine; fine local with the crossing penalty.
    ///
    /// - Parameters:
    ///   - ensemble: the base models.
    ///   - validation: data for stopping early and for choosing the best model.
    ///   - test: data to score on.
    ///   - generator: draws what training draws.
    /// - Throws: `StatisticsError` for data that do not fit.
    public func run<G: RandomNumberGenerator>(
        _ ensemble: QuantileEnsemble, validation: AggregationData, test: AggregationData, using generator: inout G
    ) throws(StatisticsError) -> [AggregationResult] {
        let levels = ensemble.levels
        var results: [AggregationResult] = []
        func add(_ name: String, _ quantiles: Matrix) throws(StatisticsError) {
            let ordered = try ordering(quantiles)
            results.append(
                AggregationResult(
                    name: name, score: try weightedIntervalScore(of: ordered, targets: test.targets, levels: levels),
                    rawCrossings: try crossingFraction(of: quantiles),
                    orderedCrossings: try crossingFraction(of: ordered), quantiles: ordered))
        }
        for (name, prediction) in zip(ensemble.names, test.predictions) { try add(name, prediction) }
        let losses = try validation.predictions.map { prediction throws(StatisticsError) in
            try meanPinballLoss(of: try ordering(prediction), targets: validation.targets, levels: levels)
        }
        let best = losses.indices.min { (losses[$0], $0) < (losses[$1], $1) } ?? 0
        try add("best single", test.predictions[best])
        let p = test.modelCount
        try add(
            "average",
            Matrix(rows: test.count, columns: levels.count) { row, column in
                test.predictions.reduce(0) { $0 + $1[row, column] } / Double(p)
            })
        try add(
            "median",
            try Matrix(rows: test.count, columns: levels.count) { row, column throws(StatisticsError) in
                try median(of: test.predictions.map { $0[row, column] })
            })
        try add("linear pool", try linearPool(test.predictions, levels: levels))
        try add("QRA", try ConvexAggregation(.coarse, data: ensemble.outOfFold, levels: levels)(test.predictions))
        try add("FQRA", try ConvexAggregation(.medium, data: ensemble.outOfFold, levels: levels)(test.predictions))
        func train(_ options: AggregationOptions) throws(StatisticsError) -> QuantileAggregator {
            try QuantileAggregator(
                training: ensemble.outOfFold, validation: validation, levels: levels, options: options,
                using: &generator)
        }
        for scope in AggregationScope.allCases {
            for resolution in AggregationResolution.allCases {
                var options = self.options
                (options.scope, options.resolution, options.crossingPenalty) = (scope, resolution, 0)
                if scope == .global { options.network.learningRate = max(options.network.learningRate, 5e-3) }
                let aggregator = try train(options)
                try add(
                    "\(scope.rawValue) \(resolution.rawValue)",
                    try aggregator(test.predictions, features: test.features))
            }
        }
        var penalized = self.options
        (penalized.scope, penalized.resolution) = (.local, .fine)
        (penalized.crossingPenalty, penalized.crossingMargin) = (penalty, penaltyMargin)
        var chosen = try train(penalized)
        for _ in 0..<searches {
            let candidate = try train(Self.randomOptions(from: penalized, using: &generator))
            if candidate.validationLoss < chosen.validationLoss { chosen = candidate }
        }
        try add("local fine, penalty", try chosen(test.predictions, features: test.features))
        return results
    }

    /// Settings drawn from the paper's grid: the penalty's weight and margin, the network's size and dropout, the
    /// learning rate.
    public static func randomOptions<G: RandomNumberGenerator>(
        from options: AggregationOptions, using generator: inout G
    ) -> AggregationOptions {
        var options = options
        options.crossingPenalty = [0.5, 1, 2, 5, 10][generator.integer(below: 5)]
        let scale = [1e-1, 1e-2, 1e-3, 1e-4][generator.integer(below: 4)]
        options.crossingMargin = generator.bernoulli(0.5) ? .adaptive(scale: scale) : .fixed(min(scale, 1e-2))
        let width = [64, 128][generator.integer(below: 2)]
        options.network.hiddenWidths = [Int](repeating: width, count: 2 + generator.integer(below: 2))
        options.network.dropout = [0, 0.05, 0.1][generator.integer(below: 3)]
        options.network.learningRate = [1e-3, 5e-4][generator.integer(below: 2)]
        return options
    }
}
