import Dispatch
import Mathematics

/// How one suppression rule scores under COCO's evaluation (an entry of tables 1 to 3 in Soft-NMS, arXiv:1704.04503).
public struct SuppressionScore: Sendable, Hashable {
    public let rule: SuppressionRule
    /// Average precision over the overlap thresholds 0.5, 0.55, ... 0.95, in [0, 1].
    public let averagePrecision: Double
    /// Average precision at each of ``overlapThresholds``, in [0, 1].
    public let averagePrecisionByThreshold: [Double]
    /// The overlap thresholds of COCO's evaluation.
    public let overlapThresholds: [Double]
    /// Average recall with at most 100 detections in an image, in [0, 1].
    public let averageRecall: Double
    /// For each overlap threshold the precision at the recalls 0, 0.01, ... 1.
    public let precisionByThreshold: [[Double]]

    /// Average precision at an overlap of 0.5, in [0, 1].
    public var averagePrecision50: Double { averagePrecisionByThreshold[0] }
}

// swiftcore: sweep_suppression
/// Scores suppression rules on the same proposals: average precision over rule × overlap threshold.
///
/// The rules are worked on by all cores; the result does not depend on how many there are.
///
/// - Parameters:
///   - rules: the rules, such as `.hard` at several N_t or `.gaussian` at several sigma.
///   - proposals: what a detector proposes before suppression.
///   - objects: what is to be found; at least one object must count.
///   - scoreThreshold: the score below which a box is dropped.
///   - convention: how wide a box is for suppression. The evaluation is COCO's, which is continuous.
/// - Returns: one score a rule, in the order of the rules.
/// - Throws: ``BoxError`` where an argument cannot be used.
public func sweepSuppression(
    over rules: [SuppressionRule], proposals: [Detection], objects: [GroundTruthObject],
    scoreThreshold: Double = 0.001, convention: PixelConvention = .continuous
) throws(BoxError) -> [SuppressionScore] {
    guard objects.contains(where: { !$0.isCrowd }) else {
        throw BoxError(
            argument: "objects", value: "\(objects.count) objects", expected: "at least one object that is no crowd")
    }
    for rule in rules { try rule.validate() }
    let results = SharedResults<Result<SuppressionScore, BoxError>>(count: rules.count)
    DispatchQueue.concurrentPerform(iterations: rules.count) { index in
        results[index] = Result { () throws(BoxError) in
            try score(
                rules[index], proposals: proposals, objects: objects, scoreThreshold: scoreThreshold,
                convention: convention)
        }
    }
    var scores: [SuppressionScore] = []
    for result in results.values { scores.append(try result.get()) }
    return scores
}

// swiftcore: sweep_suppression_on_crowded_scenes
/// Scores suppression rules on generated crowded scenes, averaged over seeds.
///
/// - Parameters:
///   - rules: the rules.
///   - parameters: how a scene is drawn.
///   - sceneCount: how many scenes are drawn for each seed.
///   - seeds: one data set is drawn from each.
/// - Returns: the mean score of every rule, in the order of the rules.
/// - Throws: ``BoxError`` where an argument cannot be used.
public func sweepSuppression(
    over rules: [SuppressionRule], crowdedScenes parameters: CrowdedSceneParameters, sceneCount: Int,
    seeds: [UInt64]
) throws(BoxError) -> [SuppressionScore] {
    guard !seeds.isEmpty else {
        throw BoxError(argument: "seeds", value: "none", expected: "at least one seed")
    }
    var sums: [SuppressionScore] = []
    for seed in seeds {
        var generator = Philox(seed: seed)
        let (dataset, proposals) = try crowdedScenes(count: sceneCount, parameters: parameters, using: &generator)
        let scores = try sweepSuppression(over: rules, proposals: proposals, objects: dataset.objects)
        sums = sums.isEmpty ? scores : zip(sums, scores).map { $0.combined(with: $1, by: +) }
    }
    let share = 1 / Double(seeds.count)
    return sums.map { sum in sum.combined(with: sum) { total, _ in total * share } }
}

extension SuppressionScore {
    /// Every measure of two scores of one rule, combined.
    fileprivate func combined(
        with other: SuppressionScore, by combine: (Double, Double) -> Double
    ) -> SuppressionScore {
        SuppressionScore(
            rule: rule, averagePrecision: combine(averagePrecision, other.averagePrecision),
            averagePrecisionByThreshold: zip(averagePrecisionByThreshold, other.averagePrecisionByThreshold)
                .map(combine),
            overlapThresholds: overlapThresholds, averageRecall: combine(averageRecall, other.averageRecall),
            precisionByThreshold: zip(precisionByThreshold, other.precisionByThreshold)
                .map { zip($0, $1).map(combine) })
    }
}

private func score(
    _ rule: SuppressionRule, proposals: [Detection], objects: [GroundTruthObject], scoreThreshold: Double,
    convention: PixelConvention
) throws(BoxError) -> SuppressionScore {
    let kept = try suppress(proposals, by: rule, scoreThreshold: scoreThreshold, convention: convention)
    var parameters = COCOParameters()
    parameters.areaRanges = [.all]
    parameters.maximumDetections = [100]
    let evaluation = try evaluateAsCOCO(detections: kept, objects: objects, parameters: parameters)
    let thresholds = parameters.overlapThresholds
    return SuppressionScore(
        rule: rule, averagePrecision: evaluation.averagePrecision() ?? 0,
        averagePrecisionByThreshold: thresholds.map { evaluation.averagePrecision(overlapThreshold: $0) ?? 0 },
        overlapThresholds: thresholds, averageRecall: evaluation.averageRecall() ?? 0,
        precisionByThreshold: thresholds.map { evaluation.precisionAtRecallLevels(overlapThreshold: $0) ?? [] })
}

/// Room for the results of concurrent work: every worker writes its own place, and the places are read afterwards.
private final class SharedResults<Value: Sendable>: @unchecked Sendable {
    private let storage: UnsafeMutableBufferPointer<Value?>

    init(count: Int) {
        storage = .allocate(capacity: count)
        storage.initialize(repeating: nil)
    }

    deinit {
        storage.deinitialize()
        storage.deallocate()
    }

    subscript(index: Int) -> Value? {
        get { storage[index] }
        set { storage[index] = newValue }
    }

    var values: [Value] { storage.compactMap { $0 } }
}
