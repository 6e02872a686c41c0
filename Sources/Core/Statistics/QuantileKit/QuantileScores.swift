import Mathematics

// Scores of predicted quantiles. Predictions are a matrix: one row an observation, one column a level.

// swiftcore: pinball_loss
/// The pinball loss of one predicted quantile: τ(y − q) above it, (1 − τ)(q − y) below.
///
/// - Parameters:
///   - prediction: q.
///   - target: y.
///   - level: τ in (0, 1).
public func pinballLoss(_ prediction: Double, target: Double, level: Double) -> Double {
    target >= prediction ? level * (target - prediction) : (1 - level) * (prediction - target)
}

// swiftcore: mean_pinball_loss
/// The mean pinball loss over observations and levels.
///
/// - Parameters:
///   - quantiles: [observations, levels].
///   - targets: one number an observation.
///   - levels: increasing numbers in (0, 1).
/// - Throws: `StatisticsError` if the shapes do not fit or the levels are not increasing in (0, 1).
public func meanPinballLoss(
    of quantiles: Matrix, targets: Vector, levels: [Double]
) throws(StatisticsError) -> Double {
    try requireQuantiles(quantiles, targets: targets, levels: levels)
    var sum = 0.0
    for row in 0..<quantiles.rows {
        for (column, level) in levels.enumerated() {
            sum += pinballLoss(quantiles[row, column], target: targets[row], level: level)
        }
    }
    return sum / Double(quantiles.count)
}

/// The interval score (u − l) + (2/α)(l − y)₊ + (2/α)(y − u)₊ of a central interval that should miss with
/// probability α (Gneiting and Raftery 2007).
public func intervalScore(lower: Double, upper: Double, target: Double, miscoverage: Double) -> Double {
    upper - lower + 2 / miscoverage * (max(0, lower - target) + max(0, target - upper))
}

// swiftcore: weighted_interval_score
/// The weighted interval score (Bracher et al. 2021): the mean over observations of
/// (|y − median|/2 + Σ (α/2) · interval score of α)/(K + ½) over the K central intervals and the median.
///
/// Twice the mean pinball loss of the same levels.
///
/// - Parameters:
///   - quantiles: [observations, levels].
///   - targets: one number an observation.
///   - levels: increasing and symmetric about ½: τ and 1 − τ; ½ itself may be absent, and then K is divided by.
/// - Throws: `StatisticsError` as `meanPinballLoss`, and for levels that are not symmetric.
public func weightedIntervalScore(
    of quantiles: Matrix, targets: Vector, levels: [Double]
) throws(StatisticsError) -> Double {
    try requireQuantiles(quantiles, targets: targets, levels: levels)
    let pairs = try symmetricPairs(of: levels)
    let median = levels.count % 2 == 1 ? levels.count / 2 : nil
    let divisor = Double(levels.count) / 2
    var sum = 0.0
    for row in 0..<quantiles.rows {
        if let median { sum += (targets[row] - quantiles[row, median]).magnitude / 2 }
        for pair in pairs {
            sum +=
                pair.miscoverage / 2
                * intervalScore(
                    lower: quantiles[row, pair.lower], upper: quantiles[row, pair.upper], target: targets[row],
                    miscoverage: pair.miscoverage)
        }
    }
    return sum / divisor / Double(quantiles.rows)
}

// swiftcore: crossing_fraction
/// The share of neighbouring levels whose predictions are in the wrong order.
///
/// - Parameters:
///   - quantiles: [observations, levels], at least two levels.
///   - tolerance: a higher level's prediction may be below its neighbour's by at most so much.
public func crossingFraction(of quantiles: Matrix, tolerance: Double = 0) throws(StatisticsError) -> Double {
    guard quantiles.columns >= 2, quantiles.rows >= 1 else {
        throw .tooFew(argument: "quantiles", count: quantiles.columns, expected: "at least 2 levels and an observation")
    }
    var crossings = 0
    for row in 0..<quantiles.rows {
        for column in 1..<quantiles.columns where quantiles[row, column] < quantiles[row, column - 1] - tolerance {
            crossings += 1
        }
    }
    return Double(crossings) / Double(quantiles.rows * (quantiles.columns - 1))
}

/// How often the targets fall where the quantiles say.
public struct QuantileCoverage: Sendable, Hashable {
    /// For each level the share of targets at or below its prediction.
    public let below: [Double]
    /// For each central interval, the widest first, its nominal coverage 1 − α.
    public let nominal: [Double]
    /// The share of targets in each of them.
    public let covered: [Double]

    /// The mean of |share below − level| over the levels.
    public let calibrationError: Double

    /// The mean of |covered − nominal| over the intervals; 0 if there is none.
    public var coverageError: Double {
        nominal.isEmpty ? 0 : zip(covered, nominal).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / Double(nominal.count)
    }
}

// swiftcore: quantile_coverage
/// The coverage of predicted quantiles.
///
/// - Parameters:
///   - quantiles: [observations, levels].
///   - targets: one number an observation.
///   - levels: increasing and symmetric about ½.
/// - Throws: `StatisticsError` as `weightedIntervalScore`.
public func quantileCoverage(
    of quantiles: Matrix, targets: Vector, levels: [Double]
) throws(StatisticsError) -> QuantileCoverage {
    try requireQuantiles(quantiles, targets: targets, levels: levels)
    let pairs = try symmetricPairs(of: levels)
    let n = Double(targets.count)
    let below = levels.indices.map { level in
        Double((0..<targets.count).count { targets[$0] <= quantiles[$0, level] }) / n
    }
    let covered = pairs.map { pair in
        Double(
            (0..<targets.count).count {
                quantiles[$0, pair.lower] <= targets[$0] && targets[$0] <= quantiles[$0, pair.upper]
            }) / n
    }
    let error = zip(below, levels).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / Double(levels.count)
    return QuantileCoverage(
        below: below, nominal: pairs.map { 1 - $0.miscoverage }, covered: covered, calibrationError: error)
}

/// The levels k/(count + 1), k = 1 … count: .05 … .95 for 19, .01 … .99 for 99.
public func equallySpacedLevels(_ count: Int) -> [Double] {
    precondition(count > 0, "\(count) levels: expected at least 1")
    return (1...count).map { Double($0) / Double(count + 1) }
}

/// The pairs τ < ½ < 1 − τ among symmetric levels, the widest first.
func symmetricPairs(of levels: [Double]) throws(StatisticsError) -> [(lower: Int, upper: Int, miscoverage: Double)] {
    for index in levels.indices where (levels[index] + levels[levels.count - 1 - index] - 1).magnitude > 1e-9 {
        throw .invalidElement(
            argument: "levels", index: index, value: levels[index], expected: "levels symmetric about 0.5")
    }
    return (0..<levels.count / 2).map { ($0, levels.count - 1 - $0, 2 * levels[$0]) }
}

func requireLevels(_ levels: [Double]) throws(StatisticsError) {
    guard !levels.isEmpty else { throw .tooFew(argument: "levels", count: 0, expected: "at least 1") }
    for (index, level) in levels.enumerated() {
        guard level > 0, level < 1, index == 0 || level > levels[index - 1] else {
            throw .invalidElement(
                argument: "levels", index: index, value: level, expected: "increasing numbers in (0, 1)")
        }
    }
}

func requireQuantiles(_ quantiles: Matrix, targets: Vector, levels: [Double]) throws(StatisticsError) {
    try requireLevels(levels)
    guard quantiles.rows == targets.count, quantiles.columns == levels.count, quantiles.rows > 0 else {
        throw .shapeMismatch(
            argument: "quantiles", shape: "(\(quantiles.rows), \(quantiles.columns))", other: "targets by levels",
            otherShape: "(\(targets.count), \(levels.count))", expected: "one row an observation, one column a level")
    }
}
