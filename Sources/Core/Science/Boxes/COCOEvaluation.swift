/// A range of object areas, in square pixels, both ends included.
public struct AreaRange: Sendable, Hashable {
    public let name: String
    public let bounds: ClosedRange<Double>

    public init(name: String, bounds: ClosedRange<Double>) {
        self.name = name
        self.bounds = bounds
    }

    public static let all = AreaRange(name: "all", bounds: 0...1e10)
    /// Up to 32 × 32 pixels.
    public static let small = AreaRange(name: "small", bounds: 0...1024)
    /// From 32 × 32 to 96 × 96 pixels.
    public static let medium = AreaRange(name: "medium", bounds: 1024...9216)
    /// From 96 × 96 pixels.
    public static let large = AreaRange(name: "large", bounds: 9216...1e10)
}

/// The choices of COCO's box evaluation; the initial values are those of the benchmark.
public struct COCOParameters: Sendable, Hashable {
    /// The smallest overlaps of a match: 0.5, 0.55, ... 0.95.
    public var overlapThresholds: [Double]
    /// The recall levels whose precision is averaged: 0, 0.01, ... 1.
    public var recallLevels: [Double]
    /// How many detections of an image count in each category: the best 1, 10 and 100.
    public var maximumDetections: [Int]
    public var areaRanges: [AreaRange]

    public init(
        overlapThresholds: [Double] = COCOParameters.standardOverlapThresholds,
        recallLevels: [Double] = COCOParameters.standardRecallLevels, maximumDetections: [Int] = [1, 10, 100],
        areaRanges: [AreaRange] = [.all, .small, .medium, .large]
    ) {
        self.overlapThresholds = overlapThresholds
        self.recallLevels = recallLevels
        self.maximumDetections = maximumDetections
        self.areaRanges = areaRanges
    }

    /// 0.5, 0.55, ... 0.95, rounded as the benchmark's own code rounds them.
    public static let standardOverlapThresholds: [Double] = {
        let step = (0.95 - 0.5) / 9
        return (0..<9).map { (index: Int) -> Double in 0.5 + Double(index) * step } + [0.95]
    }()
    /// 0, 0.01, ... 1, rounded as the benchmark's own code rounds them.
    public static let standardRecallLevels: [Double] =
        (0..<100).map { (index: Int) -> Double in Double(index) * 0.01 } + [1]

    func validate() throws(BoxError) {
        for (index, threshold) in overlapThresholds.enumerated() {
            try Science.validate(
                overlapThreshold: threshold, argument: "parameters.overlapThresholds[\(index)]")
        }
        for (index, level) in recallLevels.enumerated() {
            guard level >= 0, level <= 1, index == 0 || level >= recallLevels[index - 1] else {
                throw BoxError(
                    argument: "parameters.recallLevels[\(index)]", value: "\(level)",
                    expected: "a recall in [0, 1], not below the one before it")
            }
        }
        for (index, count) in maximumDetections.enumerated() where count < 1 {
            throw BoxError(
                argument: "parameters.maximumDetections[\(index)]", value: "\(count)", expected: "at least 1")
        }
        if overlapThresholds.isEmpty || recallLevels.isEmpty || maximumDetections.isEmpty || areaRanges.isEmpty {
            throw BoxError(
                argument: "parameters", value: "an empty list", expected: "at least one value in every list")
        }
    }
}

/// Average precision and recall as COCO's benchmark defines them for boxes.
public struct COCOEvaluation: Sendable, Hashable {
    // swiftcore: hidden
    public let parameters: COCOParameters
    /// The categories that have an object, in increasing order.
    public let categories: [Int]

    /// One category, area range and maximum number of detections at all overlap thresholds.
    struct Cell: Sendable, Hashable {
        /// Precision by threshold and recall level.
        var precision: [[Double]]
        /// Recall by threshold.
        var recall: [Double]
    }

    /// By category, area range and maximum number of detections; nil where no object counts.
    var cells: [Cell?]

    // swiftcore: field
    /// The mean average precision, in [0, 1]: over the categories, and over the overlap thresholds unless one is given.
    ///
    /// - Parameters:
    ///   - overlapThreshold: one of the thresholds of ``parameters``; nil for the mean over all of them.
    ///   - area: one of the area ranges of ``parameters``.
    ///   - maximumDetections: one of the numbers of ``parameters``; nil for the largest.
    /// - Returns: nil where no object counts, or where the evaluation does not cover what was asked for.
    public func averagePrecision(
        overlapThreshold: Double? = nil, area: AreaRange = .all, maximumDetections: Int? = nil
    ) -> Double? {
        guard let thresholds = thresholdIndices(overlapThreshold) else { return nil }
        let values = cells(area: area, maximumDetections: maximumDetections)
            .flatMap { cell in thresholds.map { mean(cell.precision[$0]) } }
        return values.isEmpty ? nil : mean(values)
    }

    // swiftcore: field
    /// The mean recall, in [0, 1]: over the categories, and over the overlap thresholds unless one is given.
    ///
    /// - Parameters:
    ///   - overlapThreshold: one of the thresholds of ``parameters``; nil for the mean over all of them.
    ///   - area: one of the area ranges of ``parameters``.
    ///   - maximumDetections: one of the numbers of ``parameters``; nil for the largest.
    /// - Returns: nil where no object counts, or where the evaluation does not cover what was asked for.
    public func averageRecall(
        overlapThreshold: Double? = nil, area: AreaRange = .all, maximumDetections: Int? = nil
    ) -> Double? {
        guard let thresholds = thresholdIndices(overlapThreshold) else { return nil }
        let values = cells(area: area, maximumDetections: maximumDetections)
            .flatMap { cell in thresholds.map { cell.recall[$0] } }
        return values.isEmpty ? nil : mean(values)
    }

    // swiftcore: field
    /// The precision at every recall level, averaged over the categories.
    ///
    /// - Parameters:
    ///   - overlapThreshold: one of the thresholds of ``parameters``; nil for the mean over all of them.
    ///   - area: one of the area ranges of ``parameters``.
    ///   - maximumDetections: one of the numbers of ``parameters``; nil for the largest.
    /// - Returns: one value a recall level, or nil where no object counts.
    public func precisionAtRecallLevels(
        overlapThreshold: Double? = nil, area: AreaRange = .all, maximumDetections: Int? = nil
    ) -> [Double]? {
        guard let thresholds = thresholdIndices(overlapThreshold) else { return nil }
        let cells = cells(area: area, maximumDetections: maximumDetections)
        guard !cells.isEmpty else { return nil }
        return parameters.recallLevels.indices.map { level in
            mean(cells.flatMap { cell in thresholds.map { cell.precision[$0][level] } })
        }
    }

    /// Average precision of one category at one overlap threshold (nil: their mean) over all areas.
    public func averagePrecision(ofCategory category: Int, overlapThreshold: Double? = nil) -> Double? {
        guard let index = categories.firstIndex(of: category), let thresholds = thresholdIndices(overlapThreshold),
            let area = parameters.areaRanges.firstIndex(of: .all),
            let cell = cells[cellIndex(category: index, area: area, maximum: largestMaximum)]
        else { return nil }
        return mean(thresholds.map { mean(cell.precision[$0]) })
    }

    func cellIndex(category: Int, area: Int, maximum: Int) -> Int {
        (category * parameters.areaRanges.count + area) * parameters.maximumDetections.count + maximum
    }

    private var largestMaximum: Int {
        parameters.maximumDetections.indices.max {
            parameters.maximumDetections[$0] < parameters.maximumDetections[$1]
        } ?? 0
    }

    private func thresholdIndices(_ threshold: Double?) -> [Int]? {
        guard let threshold else { return Array(parameters.overlapThresholds.indices) }
        // 0.55 as written and 0.55 as computed may differ in the last bit.
        return parameters.overlapThresholds.firstIndex { abs($0 - threshold) < 1e-9 }.map { [$0] }
    }

    private func cells(area: AreaRange, maximumDetections: Int?) -> [Cell] {
        guard let area = parameters.areaRanges.firstIndex(of: area),
            let maximum = maximumDetections.map({ parameters.maximumDetections.firstIndex(of: $0) }) ?? largestMaximum
        else { return [] }
        return categories.indices.compactMap { cells[cellIndex(category: $0, area: area, maximum: maximum)] }
    }
}

// swiftcore: coco_evaluation
/// Scores detections as COCO's benchmark does for boxes.
///
/// In every image and category the best detections, up to the largest of the maximum numbers, are matched with the
/// objects by ``matchAsCOCO(overlaps:isIgnored:isCrowd:threshold:)``. Crowds and objects outside an area range do not
/// count there, nor does a detection outside it that matches nothing. Detections of all images are then ranked by
/// score, equal scores by image; precision is made non-increasing and read off at the recall levels.
///
/// The values are those of `pycocotools`, where every annotation has a non-zero identifier (it takes an object whose
/// identifier is 0 for no match). Pascal VOC's difficult objects have no meaning here and are treated as any other.
///
/// - Parameters:
///   - detections: the detections; those of a category without objects have no effect.
///   - objects: the objects.
///   - parameters: thresholds, recall levels, numbers of detections and area ranges.
/// - Throws: ``BoxError`` where a box, an area, a score or a parameter cannot be used.
/// - Complexity: O(areas × thresholds × D × G) in each image and category with D detections and G objects, and the
///   sorting of all detections.
public func evaluateAsCOCO(
    detections: [Detection], objects: [GroundTruthObject], parameters: COCOParameters = COCOParameters()
) throws(BoxError) -> COCOEvaluation {
    try validate(detections: detections)
    try validate(objects: objects)
    try parameters.validate()

    let key = { (image: Int, category: Int) in ImageAndCategory(image: image, category: category) }
    let objectsByKey = Dictionary(grouping: objects) { key($0.image, $0.category) }
    let detectionsByKey = Dictionary(grouping: detections) { key($0.image, $0.category) }
    let categories = Set(objects.map(\.category)).sorted()
    let imagesByCategory = Dictionary(
        grouping: Set(objectsByKey.keys).union(detectionsByKey.keys), by: \.category)

    var evaluation = COCOEvaluation(parameters: parameters, categories: categories, cells: [])
    for category in categories {
        let scenes = (imagesByCategory[category] ?? []).sorted().map { key in
            COCOScene(
                detections: detectionsByKey[key] ?? [], objects: objectsByKey[key] ?? [],
                maximum: parameters.maximumDetections.max() ?? 0)
        }
        for area in parameters.areaRanges {
            let matched = scenes.map { $0.matched(in: area, thresholds: parameters.overlapThresholds) }
            for maximum in parameters.maximumDetections {
                evaluation.cells.append(
                    cell(of: matched, maximum: maximum, recallLevels: parameters.recallLevels))
            }
        }
    }
    return evaluation
}

/// The detections and objects of one image and category, with their overlaps.
private struct COCOScene {
    /// Best first, and no more than are ever looked at.
    let detections: [Detection]
    let objects: [GroundTruthObject]
    let overlaps: [[Double]]

    init(detections: [Detection], objects: [GroundTruthObject], maximum: Int) {
        let ranked = decreasingOrder(of: detections.map(\.score)).prefix(maximum).map { detections[$0] }
        self.detections = ranked
        self.objects = objects
        self.overlaps = ranked.map { detection in
            objects.map {
                $0.isCrowd
                    ? detection.box.intersectionOverArea($0.box) : detection.box.intersectionOverUnion($0.box)
            }
        }
    }

    func matched(in area: AreaRange, thresholds: [Double]) -> MatchedScene {
        let isIgnored = objects.map { $0.isCrowd || !area.bounds.contains($0.area) }
        let isCrowd = objects.map(\.isCrowd)
        let isOutside = detections.map { !area.bounds.contains($0.box.area()) }
        return MatchedScene(
            scores: detections.map(\.score),
            outcomes: thresholds.map { threshold in
                let outcomes = matchAsCOCO(
                    overlaps: overlaps, isIgnored: isIgnored, isCrowd: isCrowd, threshold: threshold)
                return zip(outcomes, isOutside).map { $0 == .falsePositive && $1 ? .ignored : $0 }
            },
            objectCount: isIgnored.count { !$0 })
    }
}

/// What became of the detections of one image and category in one area range.
private struct MatchedScene {
    let scores: [Double]
    /// By threshold and detection.
    let outcomes: [[MatchOutcome]]
    /// How many objects count.
    let objectCount: Int
}

private func cell(of scenes: [MatchedScene], maximum: Int, recallLevels: [Double]) -> COCOEvaluation.Cell? {
    let objectCount = scenes.reduce(0) { $0 + $1.objectCount }
    guard objectCount > 0 else { return nil }
    let scores = scenes.flatMap { $0.scores.prefix(maximum) }
    let order = decreasingOrder(of: scores)
    let rankedScores = order.map { scores[$0] }
    var cell = COCOEvaluation.Cell(precision: [], recall: [])
    for threshold in scenes[0].outcomes.indices {
        let outcomes = scenes.flatMap { $0.outcomes[threshold].prefix(maximum) }
        let curve = PrecisionRecallCurve(
            outcomes: order.map { outcomes[$0] }, scores: rankedScores, objectCount: objectCount)
        cell.precision.append(curve.interpolatedPrecision(atRecalls: recallLevels))
        cell.recall.append(curve.recall.last ?? 0)
    }
    return cell
}

private func mean(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.reduce(0, +) / Double(values.count)
}
