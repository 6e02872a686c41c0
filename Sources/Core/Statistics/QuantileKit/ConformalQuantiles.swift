import Mathematics

/// Conformalised quantiles (Romano, Patterson and Candès 2019, arXiv:1905.03222): each central interval is widened
/// (or narrowed) by a constant, so that it covers a new observation with at least its nominal probability.
public struct ConformalQuantiles: Sendable, Hashable {
    /// The levels.
    public let levels: [Double]
    /// What is taken from the lower and added to the upper end of each central interval, the widest first; ∞ where
    /// there are too few observations for the level.
    public let offsets: [Double]

    // swiftcore: conformal_quantiles
    /// Calibrates on observations that the quantiles were not fitted to.
    ///
    /// The offset of the interval of miscoverage α is the ⌈(1 − α)(n + 1)⌉-th smallest of max(l − y, y − u).
    ///
    /// - Parameters:
    ///   - quantiles: [observations, levels].
    ///   - targets: one number an observation.
    ///   - levels: increasing and symmetric about ½.
    /// - Throws: `StatisticsError` if the shapes do not fit or the levels are not symmetric.
    public init(calibrating quantiles: Matrix, targets: Vector, levels: [Double]) throws(StatisticsError) {
        try requireQuantiles(quantiles, targets: targets, levels: levels)
        self.levels = levels
        offsets = try symmetricPairs(of: levels).map { pair in
            let scores = (0..<targets.count).map {
                max(quantiles[$0, pair.lower] - targets[$0], targets[$0] - quantiles[$0, pair.upper])
            }.sorted()
            let rank = conformalRank(count: scores.count, miscoverage: pair.miscoverage)
            return rank > scores.count ? .infinity : scores[rank - 1]
        }
    }

    /// The quantiles with the offsets; the median, if there is one, stays. They may cross: order them afterwards.
    ///
    /// - Throws: `StatisticsError` if the columns are not as many as the levels.
    public func callAsFunction(_ quantiles: Matrix) throws(StatisticsError) -> Matrix {
        guard quantiles.columns == levels.count else {
            throw .countMismatch(
                argument: "quantiles", count: quantiles.columns, other: "levels", otherCount: levels.count)
        }
        return Matrix(rows: quantiles.rows, columns: quantiles.columns) { row, column in
            let mirrored = levels.count - 1 - column
            if column == mirrored { return quantiles[row, column] }
            return column < mirrored
                ? quantiles[row, column] - offsets[column] : quantiles[row, column] + offsets[mirrored]
        }
    }

    /// CV+ (Barber et al. 2021, arXiv:1905.02928) for quantiles: the conformity scores come from the folds' own
    /// held-out observations, and each is put around the prediction of the fold that held it out.
    ///
    /// - Parameters:
    ///   - heldOut: quantiles of the training observations, each by the model of its fold, [n, levels].
    ///   - targets: the training targets.
    ///   - folds: the fold of each training observation, 0 ..< the number of folds.
    ///   - predictions: the new observations' quantiles by the model of each fold, [new, levels] each.
    ///   - levels: increasing and symmetric about ½.
    /// - Returns: [new, levels]; a median is the mean of the folds'.
    /// - Throws: `StatisticsError` if the shapes do not fit.
    /// - Complexity: O(new · levels · n log n).
    public static func crossValidationPlus(
        heldOut: Matrix, targets: Vector, folds: [Int], predictions: [Matrix], levels: [Double]
    ) throws(StatisticsError) -> Matrix {
        try requireQuantiles(heldOut, targets: targets, levels: levels)
        guard folds.count == targets.count else {
            throw .countMismatch(argument: "folds", count: folds.count, other: "targets", otherCount: targets.count)
        }
        guard let first = predictions.first,
            predictions.allSatisfy({ $0.rows == first.rows && $0.columns == levels.count })
        else {
            throw .undefined(
                argument: "predictions",
                reason: "expected a matrix with \(levels.count) columns for each fold, all of one shape")
        }
        for (index, fold) in folds.enumerated() where !(0..<predictions.count ~= fold) {
            throw .invalidElement(
                argument: "folds", index: index, value: Double(fold), expected: "folds in 0 ..< \(predictions.count)")
        }
        var result = Matrix(rows: first.rows, columns: levels.count) { row, column in
            predictions.reduce(0) { $0 + $1[row, column] } / Double(predictions.count)
        }
        for pair in try symmetricPairs(of: levels) {
            let scores = (0..<targets.count).map {
                max(heldOut[$0, pair.lower] - targets[$0], targets[$0] - heldOut[$0, pair.upper])
            }
            let rank = conformalRank(count: scores.count, miscoverage: pair.miscoverage)
            for row in 0..<first.rows {
                let lower = scores.indices.map { predictions[folds[$0]][row, pair.lower] - scores[$0] }.sorted()
                let upper = scores.indices.map { predictions[folds[$0]][row, pair.upper] + scores[$0] }.sorted()
                result[row, pair.lower] = rank > scores.count ? -.infinity : lower[scores.count - rank]
                result[row, pair.upper] = rank > scores.count ? .infinity : upper[rank - 1]
            }
        }
        return result
    }
}

/// ⌈(1 − α)(n + 1)⌉, where a product that is whole up to rounding counts as whole.
func conformalRank(count: Int, miscoverage: Double) -> Int {
    max(1, Int(((1 - miscoverage) * Double(count + 1) - 1e-9).rounded(.up)))
}
