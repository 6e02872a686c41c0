import Foundation
import Mathematics

/// How crowded scenes are drawn. The initial values are those of the reproduction of Soft-NMS (arXiv:1704.04503).
///
/// Lengths are in pixels; shares and jitters are relative to a box's own size.
public struct CrowdedSceneParameters: Sendable, Hashable {
    /// The size of an image.
    public var imageWidth = 640.0
    public var imageHeight = 480.0
    /// How many objects an image has, not counting their neighbours.
    public var objectCount = 2...5
    /// The width of an object.
    public var objectWidth = 60.0..<140.0
    /// An object's height over its width.
    public var aspectRatio = 0.6..<1.6
    /// The share of the objects that have a neighbour of the same size.
    public var crowdFraction = 0.6
    /// How far the neighbour lies to the left or right, as a share of the width.
    public var neighbourShift = 0.15..<0.45
    /// How many proposals an object attracts.
    public var proposalsPerObject = 6...13
    /// The standard deviation of a proposal's centre, as a share of the object's size, and of its size's logarithm.
    public var proposalJitter = 0.09
    /// How well an object can be recognised: what the scores of its proposals are multiplied by.
    public var quality = 0.6..<1.0
    /// The standard deviation of the noise on a score.
    public var scoreNoise = 0.03
    /// How many boxes are proposed where nothing is.
    public var falseBoxCount = 3...9
    /// The scores of boxes that are proposed where nothing is.
    public var falseBoxScore = 0.05..<0.4

    public init() {}

    /// The parameters with another share of crowded objects, in [0, 1].
    public init(crowdFraction: Double) { self.crowdFraction = crowdFraction }
}

/// A scene with objects of one category, some of which stand close together, and what a detector would propose before
/// any suppression.
public struct CrowdedScene: Sendable, Hashable {
    public var objects: [Box]
    public var proposals: [Box]
    /// The score of every proposal, in [0, 1].
    public var scores: [Double]

    /// Draws a scene.
    ///
    /// Objects are placed uniformly so that they, with their neighbours, do not touch one another: what overlaps does so
    /// by the crowd fraction alone. A proposal is its object with a jittered centre and size; its score is the object's
    /// quality times its overlap with the object, plus noise.
    ///
    /// - Throws: ``BoxError`` where a parameter lies outside its range.
    public init(
        parameters: CrowdedSceneParameters = CrowdedSceneParameters(), using generator: inout some RandomNumberGenerator
    ) throws(BoxError) {
        try parameters.validate()
        let image = Box(xMin: 0, yMin: 0, xMax: parameters.imageWidth, yMax: parameters.imageHeight)
        objects = []
        proposals = []
        scores = []

        var occupied: [Box] = []
        for _ in 0..<generator.integer(in: Range(parameters.objectCount)) {
            guard
                let group = Self.group(parameters: parameters, image: image, besides: occupied, using: &generator)
            else { continue }
            objects += group
            occupied += group
        }
        for object in objects {
            let quality = generator.uniform(in: parameters.quality)
            for _ in 0..<generator.integer(in: Range(parameters.proposalsPerObject)) {
                let proposal = Self.jittered(object, by: parameters.proposalJitter, using: &generator)
                    .clamped(to: image)
                let overlap = proposal.intersectionOverUnion(object)
                let noise = generator.normal(mean: 0, standardDeviation: parameters.scoreNoise)
                proposals.append(proposal)
                scores.append(min(max(quality * overlap + noise, 0), 1))
            }
        }
        for _ in 0..<generator.integer(in: Range(parameters.falseBoxCount)) {
            proposals.append(Self.box(parameters: parameters, inside: image, using: &generator))
            scores.append(generator.uniform(in: parameters.falseBoxScore))
        }
    }

    /// A box somewhere in the image, or nearly all of the image where it would be larger.
    private static func box(
        parameters: CrowdedSceneParameters, inside image: Box, using generator: inout some RandomNumberGenerator
    ) -> Box {
        let width = min(generator.uniform(in: parameters.objectWidth), 0.9 * image.width)
        let height = min(width * generator.uniform(in: parameters.aspectRatio), 0.9 * image.height)
        return Box(
            x: generator.uniform(in: 0..<image.width - width), y: generator.uniform(in: 0..<image.height - height),
            width: width, height: height)
    }

    /// An object with its neighbour, if it has one; nil where a hundred attempts find no free place.
    private static func group(
        parameters: CrowdedSceneParameters, image: Box, besides occupied: [Box],
        using generator: inout some RandomNumberGenerator
    ) -> [Box]? {
        let isCrowded = generator.bernoulli(parameters.crowdFraction)
        for _ in 0..<100 {
            var group = [box(parameters: parameters, inside: image, using: &generator)]
            if isCrowded {
                let side = generator.bernoulli(0.5) ? 1.0 : -1.0
                let shift = generator.uniform(in: parameters.neighbourShift)
                let neighbour = group[0].translated(x: side * shift * group[0].width, y: 0)
                guard neighbour.xMin >= image.xMin, neighbour.xMax <= image.xMax else { continue }
                group.append(neighbour)
            }
            let isFree = group.allSatisfy { box in occupied.allSatisfy { $0.intersection(box) == 0 } }
            if isFree { return group }
        }
        return nil
    }

    private static func jittered(
        _ box: Box, by jitter: Double, using generator: inout some RandomNumberGenerator
    ) -> Box {
        let x = box.centerX + box.width * generator.normal(mean: 0, standardDeviation: jitter)
        let y = box.centerY + box.height * generator.normal(mean: 0, standardDeviation: jitter)
        let width = box.width * exp(generator.normal(mean: 0, standardDeviation: jitter))
        let height = box.height * exp(generator.normal(mean: 0, standardDeviation: jitter))
        return Box(centerX: x, centerY: y, width: width, height: height)
    }
}

extension CrowdedSceneParameters {
    func validate() throws(BoxError) {
        func check(_ isValid: Bool, _ argument: String, _ value: Any, _ expected: String) throws(BoxError) {
            guard isValid else {
                throw BoxError(argument: "parameters.\(argument)", value: "\(value)", expected: expected)
            }
        }
        try check(imageWidth > 0 && imageWidth.isFinite, "imageWidth", imageWidth, "a positive length")
        try check(imageHeight > 0 && imageHeight.isFinite, "imageHeight", imageHeight, "a positive length")
        try check(objectCount.lowerBound >= 0, "objectCount", objectCount, "counts of at least 0")
        try check(objectWidth.lowerBound > 0 && !objectWidth.isEmpty, "objectWidth", objectWidth, "positive lengths")
        try check(aspectRatio.lowerBound > 0 && !aspectRatio.isEmpty, "aspectRatio", aspectRatio, "positive ratios")
        try check((0...1).contains(crowdFraction), "crowdFraction", crowdFraction, "a share in [0, 1]")
        try check(!neighbourShift.isEmpty, "neighbourShift", neighbourShift, "a range that is not empty")
        try check(
            proposalsPerObject.lowerBound >= 0, "proposalsPerObject", proposalsPerObject, "counts of at least 0")
        try check(
            proposalJitter >= 0 && proposalJitter.isFinite, "proposalJitter", proposalJitter,
            "a standard deviation of at least 0")
        try check(!quality.isEmpty, "quality", quality, "a range that is not empty")
        try check(
            scoreNoise >= 0 && scoreNoise.isFinite, "scoreNoise", scoreNoise, "a standard deviation of at least 0")
        try check(falseBoxCount.lowerBound >= 0, "falseBoxCount", falseBoxCount, "counts of at least 0")
        try check(
            falseBoxScore.lowerBound >= 0 && !falseBoxScore.isEmpty, "falseBoxScore", falseBoxScore,
            "scores of at least 0")
    }
}

// swiftcore: crowded_scenes
/// Draws a data set of crowded scenes and the proposals in them, in the form that evaluation takes.
///
/// - Parameters:
///   - sceneCount: how many scenes, numbered from 0 as images; the only category is 0.
///   - parameters: how a scene is drawn.
///   - generator: what the scenes are drawn with.
/// - Throws: ``BoxError`` where a parameter lies outside its range.
public func crowdedScenes(
    count sceneCount: Int, parameters: CrowdedSceneParameters = CrowdedSceneParameters(),
    using generator: inout some RandomNumberGenerator
) throws(BoxError) -> (dataset: DetectionDataset, proposals: [Detection]) {
    guard sceneCount >= 0 else {
        throw BoxError(argument: "sceneCount", value: "\(sceneCount)", expected: "a count of at least 0")
    }
    var dataset = DetectionDataset(images: [], categories: [.init(identifier: 0, name: "object")], objects: [])
    var proposals: [Detection] = []
    for image in 0..<sceneCount {
        let scene = try CrowdedScene(parameters: parameters, using: &generator)
        dataset.images.append(
            .init(
                identifier: image, name: "scene \(image)", width: Int(parameters.imageWidth),
                height: Int(parameters.imageHeight)))
        dataset.objects += scene.objects.map { GroundTruthObject(image: image, category: 0, box: $0) }
        proposals += zip(scene.proposals, scene.scores).map {
            Detection(image: image, category: 0, box: $0, score: $1)
        }
    }
    return (dataset, proposals)
}
