import Mathematics

/// Quantile models fitted to one training sample, with what an aggregation needs of them (quantile-aggregation,
/// arXiv:2103.00083, section 4.1).
///
/// Each learner is fitted once to each fold's complement, for predictions of the fold that it has not seen, and once to
/// the whole sample, for new observations.
public struct QuantileEnsemble: Sendable {
    /// The learners' names.
    public let names: [String]
    /// The levels.
    public let levels: [Double]
    /// The out-of-fold predictions, with the training features and targets.
    public let outOfFold: AggregationData
    /// The fold of each training observation.
    public let folds: [Int]
    /// The models of the whole sample, one a learner.
    public let models: [any QuantileModel]
    /// The models of the folds' complements, [folds][learners].
    public let foldModels: [[any QuantileModel]]

    /// Fits learners.
    ///
    /// Fits of one learner to one part are independent, each with its own stream of random numbers, and run on several
    /// threads.
    ///
    /// - Parameters:
    ///   - learners: at least one.
    ///   - features: the training features.
    ///   - targets: the training targets.
    ///   - levels: increasing numbers in (0, 1).
    ///   - foldCount: the number of folds; the paper's is 5.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    ///   - generator: draws the folds and seeds the fits.
    /// - Throws: `StatisticsError` for data that do not fit.
    public init<G: RandomNumberGenerator>(
        learners: [any QuantileLearner], features: Matrix, targets: Vector, levels: [Double], foldCount: Int = 5,
        maximumThreads: Int? = nil, using generator: inout G
    ) throws(StatisticsError) {
        try requireTraining(features: features, response: targets, levels: levels)
        guard !learners.isEmpty else { throw .tooFew(argument: "learners", count: 0, expected: "at least 1") }
        guard foldCount >= 2, targets.count >= 4 * foldCount else {
            throw .outOfRange(
                argument: "foldCount", value: Double(foldCount),
                expected: "at least 2 folds of at least 4 of the \(targets.count) observations")
        }
        let order = generator.permutation(targets.count)
        var folds = [Int](repeating: 0, count: targets.count)
        for (place, index) in order.enumerated() { folds[index] = place % foldCount }
        let streams = Philox(seed: generator.next())
        let assigned = folds
        // Part `foldCount` is the whole sample.
        let fitted = try parallelMap(learners.count * (foldCount + 1), maximumThreads: maximumThreads) {
            (task: Int) throws(StatisticsError) -> any QuantileModel in
            let (fold, learner) = (task / learners.count, task % learners.count)
            let rows = assigned.indices.filter { assigned[$0] != fold }
            var own = streams.stream(task)
            return try learners[learner].fit(
                features: features.selectingRows(rows), response: Vector(rows.map { targets[$0] }), levels: levels,
                using: &own)
        }
        let parts = (0...foldCount).map { Array(fitted[$0 * learners.count..<($0 + 1) * learners.count]) }
        var predictions = [Matrix](repeating: .zeros(targets.count, levels.count), count: learners.count)
        for fold in 0..<foldCount {
            let rows = folds.indices.filter { folds[$0] == fold }
            let held = features.selectingRows(rows)
            for (learner, model) in parts[fold].enumerated() {
                let predicted = try model.quantiles(at: held)
                for (index, row) in rows.enumerated() { predictions[learner].setRow(row, to: predicted.row(index)) }
            }
        }
        names = learners.map(\.name)
        self.levels = levels
        outOfFold = try AggregationData(predictions: predictions, features: features, targets: targets)
        self.folds = folds
        models = parts[foldCount]
        foldModels = Array(parts[..<foldCount])
    }

    /// The predictions of the whole sample's models for other observations.
    ///
    /// - Throws: `StatisticsError` if the features do not fit.
    public func data(features: Matrix, targets: Vector) throws(StatisticsError) -> AggregationData {
        try AggregationData(
            predictions: try models.map { model throws(StatisticsError) in try model.quantiles(at: features) },
            features: features, targets: targets)
    }

    /// The six base models of the comparison: linear, nearest neighbours, forest, boosted trees, Gaussian network,
    /// quantile network.
    public static var standardLearners: [any QuantileLearner] {
        [
            LinearQuantileRegression(), NearestNeighborQuantiles(), QuantileForest(), BoostedQuantileTrees(),
            GaussianNetwork(), QuantileNetwork(),
        ]
    }
}
