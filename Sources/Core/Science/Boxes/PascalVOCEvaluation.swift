/// How the area under a precision-recall curve is read off.
public enum AveragePrecisionRule: Sendable, Hashable, CaseIterable {
    /// The mean precision at eleven recall levels (Pascal VOC until 2009).
    case elevenPoint
    /// The area under the curve's envelope (Pascal VOC since 2010).
    case allPoints
}

extension PrecisionRecallCurve {
    /// The average precision by one of Pascal VOC's rules, in [0, 1].
    public func averagePrecision(_ rule: AveragePrecisionRule) -> Double {
        switch rule {
        case .elevenPoint: elevenPointAveragePrecision
        case .allPoints: allPointAveragePrecision
        }
    }
}

// swiftcore: pascal_voc_curve
/// The precision-recall curve of one category as the Pascal VOC devkit computes it.
///
/// Detections are taken over all images in decreasing order of score and matched with
/// ``matchAsPascalVOC(overlaps:isDifficult:threshold:)``. Objects that are difficult are not counted.
///
/// - Parameters:
///   - detections: detections of any category.
///   - objects: objects of any category.
///   - category: the category to evaluate.
///   - threshold: the smallest overlap of a match, in [0, 1].
///   - convention: how wide a box is; the devkit counts the last pixel.
/// - Returns: the curve, or nil where the category has no object that counts.
/// - Throws: ``BoxError`` where a box, an area, a score or the threshold cannot be used.
public func pascalVOCCurve(
    detections: [Detection], objects: [GroundTruthObject], category: Int, threshold: Double = 0.5,
    convention: PixelConvention = .inclusivePixels
) throws(BoxError) -> PrecisionRecallCurve? {
    try validate(detections: detections)
    try validate(objects: objects)
    try validate(overlapThreshold: threshold, argument: "threshold")

    let objects = objects.filter { $0.category == category }
    let detections = detections.filter { $0.category == category }
    let objectCount = objects.count { !$0.isDifficult }
    guard objectCount > 0 else { return nil }

    let objectsByImage = Dictionary(grouping: objects, by: \.image)
    let detectionsByImage = Dictionary(grouping: detections.indices) { detections[$0].image }
    var outcomes = [MatchOutcome](repeating: .falsePositive, count: detections.count)
    for (image, indices) in detectionsByImage {
        let objects = objectsByImage[image] ?? []
        let ranked = decreasingOrder(of: indices.map { detections[$0].score }).map { indices[$0] }
        let matches = matchAsPascalVOC(
            overlaps: ranked.map { detection in
                objects.map { detections[detection].box.intersectionOverUnion($0.box, convention) }
            },
            isDifficult: objects.map(\.isDifficult), threshold: threshold)
        for (detection, match) in zip(ranked, matches) { outcomes[detection] = match }
    }
    return PrecisionRecallCurve(outcomes: outcomes, scores: detections.map(\.score), objectCount: objectCount)
}

// swiftcore: pascal_voc_average_precision
/// The average precision of every category and their mean, as the Pascal VOC devkit computes them.
///
/// - Parameters:
///   - detections: the detections.
///   - objects: the objects; a category without an object that counts is left out.
///   - threshold: the smallest overlap of a match, in [0, 1].
///   - rule: eleven recall levels or the whole curve.
///   - convention: how wide a box is; the devkit counts the last pixel.
/// - Returns: the average precision of each category, and their mean (0 where there is no category).
/// - Throws: ``BoxError`` where a box, an area, a score or the threshold cannot be used.
public func pascalVOCAveragePrecision(
    detections: [Detection], objects: [GroundTruthObject], threshold: Double = 0.5,
    rule: AveragePrecisionRule = .allPoints, convention: PixelConvention = .inclusivePixels
) throws(BoxError) -> (byCategory: [Int: Double], mean: Double) {
    var byCategory: [Int: Double] = [:]
    for category in Set(objects.map(\.category)) {
        let curve = try pascalVOCCurve(
            detections: detections, objects: objects, category: category, threshold: threshold,
            convention: convention)
        byCategory[category] = curve?.averagePrecision(rule)
    }
    // Summed in a fixed order, so that the mean has the same bits in every run.
    let total = byCategory.keys.sorted().reduce(0) { $0 + (byCategory[$1] ?? 0) }
    return (byCategory, byCategory.isEmpty ? 0 : total / Double(byCategory.count))
}
