import RealModule

/// The trade-off of hits and false alarms of a score as its threshold falls.
public struct ROCCurve: Sendable, Hashable {
    /// The share of negatives at or above each threshold, from 0 to 1.
    public let falsePositiveRates: [Double]
    /// The share of positives at or above each threshold, from 0 to 1.
    public let truePositiveRates: [Double]
    /// The scores, descending; the first is infinite, above all.
    public let thresholds: [Double]
    /// The area under the curve: the probability that a positive scores above a negative, ties counting ½.
    public let area: Double

    /// The curve of some scores. O(n log n).
    ///
    /// - Parameters:
    ///   - scores: without NaN; larger means positive.
    ///   - isPositive: as many, with at least one positive and one negative.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(scores: some Collection<Double>, isPositive: some Collection<Bool>) throws(StatisticsError) {
        let steps = try ThresholdSteps(scores, isPositive)
        let negatives = steps.negatives
        guard negatives > 0 else { throw .undefined(argument: "isPositive", reason: "there is no negative") }
        falsePositiveRates = [0] + steps.falsePositives.map { $0 / negatives }
        truePositiveRates = [0] + steps.truePositives.map { $0 / steps.positives }
        thresholds = [.infinity] + steps.thresholds
        // In whole pairs, so that the area is exact.
        var pairs = 0.0
        var (hits, alarms) = (0.0, 0.0)
        for (hit, alarm) in zip(steps.truePositives, steps.falsePositives) {
            pairs += (alarm - alarms) * (hit + hits) / 2
            (hits, alarms) = (hit, alarm)
        }
        area = pairs / (steps.positives * negatives)
    }
}

/// The trade-off of precision and recall of a score as its threshold falls.
public struct PrecisionRecallCurve: Sendable, Hashable {
    /// The share of the items at or above each threshold that are positive.
    public let precisions: [Double]
    /// The share of the positives at or above each threshold, up to 1.
    public let recalls: [Double]
    /// The scores, descending.
    public let thresholds: [Double]

    /// The curve of some scores. O(n log n).
    ///
    /// - Parameters:
    ///   - scores: without NaN; larger means positive.
    ///   - isPositive: as many, with at least one positive.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(scores: some Collection<Double>, isPositive: some Collection<Bool>) throws(StatisticsError) {
        let steps = try ThresholdSteps(scores, isPositive)
        precisions = zip(steps.truePositives, steps.falsePositives).map { $0 / ($0 + $1) }
        recalls = steps.truePositives.map { $0 / steps.positives }
        thresholds = steps.thresholds
    }

    /// Σ (recall − recall before) · precision, without interpolation.
    public var averagePrecision: Double {
        var sum = 0.0
        var before = 0.0
        for (precision, recall) in zip(precisions, recalls) {
            sum += (recall - before) * precision
            before = recall
        }
        return sum
    }

    /// The threshold with the largest F₁ = 2·precision·recall/(precision + recall), and that F₁.
    public var bestF1: (threshold: Double, f1: Double) {
        var best = (threshold: Double.infinity, f1: 0.0)
        for (index, threshold) in thresholds.enumerated() {
            let sum = precisions[index] + recalls[index]
            let f1 = sum > 0 ? 2 * precisions[index] * recalls[index] / sum : 0
            if f1 > best.f1 { best = (threshold, f1) }
        }
        return best
    }
}

/// The counts at or above each different score, from the largest down.
private struct ThresholdSteps {
    var thresholds: [Double] = []
    var truePositives: [Double] = []
    var falsePositives: [Double] = []
    var positives = 0.0
    var negatives = 0.0

    init(_ scores: some Collection<Double>, _ isPositive: some Collection<Bool>) throws(StatisticsError) {
        try StatisticsError.requireEqualCounts(isPositive.count, "isPositive", scores.count, "scores")
        for (index, score) in scores.enumerated() where score.isNaN {
            throw .invalidElement(argument: "scores", index: index, value: score, expected: "numbers")
        }
        for (score, positive) in zip(scores, isPositive).sorted(by: { $0.0 > $1.0 }) {
            if positive { positives += 1 } else { negatives += 1 }
            if thresholds.last == score {
                truePositives[truePositives.count - 1] = positives
                falsePositives[falsePositives.count - 1] = negatives
            } else {
                thresholds.append(score)
                truePositives.append(positives)
                falsePositives.append(negatives)
            }
        }
        guard positives > 0 else { throw .undefined(argument: "isPositive", reason: "there is no positive") }
    }
}

/// The normalised discounted cumulative gain of the first k items of a ranking: Σ gain/log₂(place + 1), over the largest
/// that the same gains allow (Järvelin and Kekäläinen 2002). 0 if no item has a gain.
///
/// - Parameters:
///   - gains: non-negative, in the order of the ranking.
///   - cutoff: k, at least 1; by default all.
/// - Throws: `StatisticsError` naming what is wrong.
public func normalisedDiscountedCumulativeGain(
    _ gains: some Collection<Double>, cutoff: Int? = nil
) throws(StatisticsError) -> Double {
    try gains.requireSample("gains")
    for (index, gain) in gains.enumerated() where gain < 0 {
        throw .invalidElement(argument: "gains", index: index, value: gain, expected: "non-negative numbers")
    }
    let k = cutoff ?? gains.count
    guard k >= 1 else { throw .outOfRange(argument: "cutoff", value: Double(k), expected: "at least 1") }
    func discounted(_ gains: some Sequence<Double>) -> Double {
        gains.prefix(k).enumerated().reduce(0) { $0 + $1.element / Double.log2(Double($1.offset + 2)) }
    }
    let best = discounted(gains.sorted(by: >))
    return best == 0 ? 0 : discounted(gains) / best
}

/// The mean over rankings of 1/(place of the first relevant item), 0 for a ranking without one among the first k.
///
/// - Parameters:
///   - rankings: whether each item is relevant, in order; at least one ranking.
///   - cutoff: k, at least 1; by default all.
/// - Throws: `StatisticsError` naming what is wrong.
public func meanReciprocalRank(_ rankings: [[Bool]], cutoff: Int? = nil) throws(StatisticsError) -> Double {
    guard !rankings.isEmpty else { throw .tooFew(argument: "rankings", count: 0, expected: "at least 1") }
    if let cutoff, cutoff < 1 { throw .outOfRange(argument: "cutoff", value: Double(cutoff), expected: "at least 1") }
    return rankings.reduce(0) { sum, ranking in
        guard let place = ranking.prefix(cutoff ?? ranking.count).firstIndex(of: true) else { return sum }
        return sum + 1 / Double(place + 1)
    } / Double(rankings.count)
}
