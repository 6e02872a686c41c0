import Foundation
import Mathematics
import Science
import Testing

/// The fixtures are generated data; `reference.py` beside them writes them and the values of `pycocotools` 2.0.11.
struct DetectionReference: Decodable {
    let summary: [Double]
    let averagePrecisionByThreshold: [Double]
    let averagePrecisionByMaximum: [Double]
    let averageRecallByThreshold: [Double]
    let precisionAt50OfCategory1: [Double]
    let overlapThresholds: [Double]
    let recallLevels: [Double]
    let pascalVOC: [String: [Double]]

    static func load() throws -> (reference: Self, dataset: DetectionDataset, detections: [Detection]) {
        let folder = try #require(Bundle.module.url(forResource: "Fixtures", withExtension: nil))
            .appendingPathComponent("detection")
        let reference = try JSONDecoder().decode(
            Self.self, from: Data(contentsOf: folder.appendingPathComponent("reference.json")))
        let dataset = try DetectionDataset(cocoAnnotations: folder.appendingPathComponent("instances.json"))
        return (reference, dataset, try dataset.cocoResults(at: folder.appendingPathComponent("results.json")))
    }
}

@Suite struct DetectionEvaluationTests {
    @Test func agreesWithPycocotools() throws {
        let (reference, dataset, detections) = try DetectionReference.load()
        let evaluation = try evaluateAsCOCO(detections: detections, objects: dataset.objects)
        let parameters = evaluation.parameters
        #expect(parameters.overlapThresholds == reference.overlapThresholds)
        #expect(parameters.recallLevels == reference.recallLevels)

        let summary = [
            evaluation.averagePrecision(), evaluation.averagePrecision(overlapThreshold: 0.5),
            evaluation.averagePrecision(overlapThreshold: 0.75), evaluation.averagePrecision(area: .small),
            evaluation.averagePrecision(area: .medium), evaluation.averagePrecision(area: .large),
            evaluation.averageRecall(maximumDetections: 1), evaluation.averageRecall(maximumDetections: 10),
            evaluation.averageRecall(maximumDetections: 100), evaluation.averageRecall(area: .small),
            evaluation.averageRecall(area: .medium), evaluation.averageRecall(area: .large),
        ]
        #expect(summary.count == reference.summary.count)
        for (mine, theirs) in zip(summary, reference.summary) { #expect(abs(try #require(mine) - theirs) < 1e-12) }
        for (threshold, theirs) in zip(parameters.overlapThresholds, reference.averagePrecisionByThreshold) {
            #expect(abs(try #require(evaluation.averagePrecision(overlapThreshold: threshold)) - theirs) < 1e-12)
        }
        for (threshold, theirs) in zip(parameters.overlapThresholds, reference.averageRecallByThreshold) {
            #expect(abs(try #require(evaluation.averageRecall(overlapThreshold: threshold)) - theirs) < 1e-12)
        }
        for (maximum, theirs) in zip([1, 10, 100], reference.averagePrecisionByMaximum) {
            #expect(abs(try #require(evaluation.averagePrecision(maximumDetections: maximum)) - theirs) < 1e-12)
        }
        let person = try #require(
            evaluateAsCOCO(detections: detections, objects: dataset.objects.filter { $0.category == 1 })
                .precisionAtRecallLevels(overlapThreshold: 0.5))
        #expect(person.count == 101)
        for (mine, theirs) in zip(person, reference.precisionAt50OfCategory1) { #expect(abs(mine - theirs) < 1e-12) }
        // A category of crowds only has no average precision.
        #expect(evaluation.averagePrecision(ofCategory: 3) == nil)
        let byCategory = try [1, 2].map { try #require(evaluation.averagePrecision(ofCategory: $0)) }
        #expect(abs((byCategory[0] + byCategory[1]) / 2 - reference.summary[0]) < 1e-12)
        // What the evaluation does not cover has no value.
        #expect(evaluation.averagePrecision(overlapThreshold: 0.42) == nil)
        #expect(evaluation.averagePrecision(maximumDetections: 7) == nil)
    }

    @Test func agreesWithThePascalVOCReference() throws {
        let (reference, dataset, detections) = try DetectionReference.load()
        let objects = dataset.objects.map { object in
            var object = object
            object.isDifficult = object.isCrowd
            return object
        }
        for category in [1, 2] {
            for threshold in [0.3, 0.5, 0.7] {
                let curve = try #require(
                    try pascalVOCCurve(
                        detections: detections, objects: objects, category: category, threshold: threshold))
                let expected = try #require(reference.pascalVOC["\(category) \(threshold)"])
                #expect(abs(curve.elevenPointAveragePrecision - expected[0]) < 1e-12)
                #expect(abs(curve.allPointAveragePrecision - expected[1]) < 1e-12)
            }
        }
        let mean = try pascalVOCAveragePrecision(detections: detections, objects: objects)
        #expect(mean.byCategory.keys.sorted() == [1, 2])
        let expected = [1, 2].compactMap { reference.pascalVOC["\($0) 0.5"]?[1] }
        #expect(abs(mean.mean - (expected[0] + expected[1]) / 2) < 1e-12)
    }

    /// Four objects, found by the 1st, 3rd and 6th of six detections: precisions 1, 2/3 and 1/2 at recalls 1/4, 1/2, 3/4.
    @Test func averagePrecisionByHand() {
        let outcomes: [MatchOutcome] = [
            .truePositive(object: 0), .falsePositive, .truePositive(object: 1), .ignored, .falsePositive,
            .falsePositive, .truePositive(object: 2),
        ]
        let curve = PrecisionRecallCurve(
            outcomes: outcomes, scores: [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3], objectCount: 4)
        #expect(curve.recall == [0.25, 0.25, 0.5, 0.5, 0.5, 0.75])
        #expect(curve.precision == [1, 0.5, 2.0 / 3, 0.5, 0.4, 0.5])
        #expect(curve.scores == [0.9, 0.8, 0.7, 0.5, 0.4, 0.3])
        // All points: a quarter at 1, a quarter at 2/3, a quarter at 1/2, a quarter at 0.
        #expect(abs(curve.allPointAveragePrecision - (1 + 2.0 / 3 + 0.5) / 4) < 1e-15)
        // Eleven points: 0, 0.1, 0.2 at 1; 0.3, 0.4, 0.5 at 2/3; 0.6, 0.7 at 1/2; 0.8, 0.9, 1 at 0.
        #expect(abs(curve.elevenPointAveragePrecision - (3 + 2 + 1) / 11.0) < 1e-15)
        #expect(curve.interpolatedPrecision(atRecall: 0.5) == 2.0 / 3)
        #expect(curve.interpolatedPrecision(atRecall: 0.8) == 0)
        // A recall of exactly 3/10 reaches the level 0.3: ten objects, three found.
        let three = PrecisionRecallCurve(
            outcomes: (0..<3).map { .truePositive(object: $0) }, scores: [3, 2, 1], objectCount: 10)
        #expect(abs(three.elevenPointAveragePrecision - 4.0 / 11) < 1e-15)
    }

    @Test func perfectDetectionsScoreOne() throws {
        var generator = Philox(seed: 8)
        let (dataset, _) = try crowdedScenes(count: 5, using: &generator)
        let perfect = dataset.objects.map {
            Detection(image: $0.image, category: $0.category, box: $0.box, score: generator.uniform())
        }
        let evaluation = try evaluateAsCOCO(detections: perfect, objects: dataset.objects)
        #expect(abs(try #require(evaluation.averagePrecision()) - 1) < 1e-12)
        #expect(evaluation.averageRecall() == 1)
        #expect(abs(try pascalVOCAveragePrecision(detections: perfect, objects: dataset.objects).mean - 1) < 1e-12)
        let none = try evaluateAsCOCO(detections: [], objects: dataset.objects)
        #expect(none.averagePrecision() == 0)
        #expect(none.averageRecall() == 0)
        #expect(try evaluateAsCOCO(detections: perfect, objects: []).averagePrecision() == nil)
    }

    /// Pascal VOC does not fall back on the second best object, COCO does.
    @Test func secondChoice() {
        let overlaps = [[0.9, 0.6], [0.8, 0.7]]
        #expect(
            matchAsPascalVOC(overlaps: overlaps, isDifficult: [false, false], threshold: 0.5)
                == [.truePositive(object: 0), .falsePositive])
        #expect(
            matchAsCOCO(overlaps: overlaps, isIgnored: [false, false], isCrowd: [false, false], threshold: 0.5)
                == [.truePositive(object: 0), .truePositive(object: 1)])
    }

    @Test func objectsThatDoNotCount() {
        // Difficult: neither right nor wrong, any number of times; at the threshold it is a match.
        #expect(
            matchAsPascalVOC(overlaps: [[0.5], [0.9], [0.4]], isDifficult: [true], threshold: 0.5)
                == [.ignored, .ignored, .falsePositive])
        #expect(matchAsPascalVOC(overlaps: [[], [0, 0]].prefix(1).map { $0 }, isDifficult: [], threshold: 0)
            == [.falsePositive])
        #expect(matchAsPascalVOC(overlaps: [[0, 0]], isDifficult: [false, false], threshold: 0) == [.falsePositive])
        // An object that counts is preferred to an ignored one with a larger overlap; an ignored object is taken once,
        // a crowd any number of times.
        #expect(
            matchAsCOCO(
                overlaps: [[0.9, 0.6], [0.9, 0.6], [0.9, 0.6]], isIgnored: [true, false], isCrowd: [false, false],
                threshold: 0.5) == [.truePositive(object: 1), .ignored, .falsePositive])
        #expect(
            matchAsCOCO(
                overlaps: [[0.9], [0.9]], isIgnored: [true], isCrowd: [true], threshold: 0.5)
                == [.ignored, .ignored])
        // Of equal overlaps the later object.
        #expect(
            matchAsCOCO(
                overlaps: [[0.7, 0.7]], isIgnored: [false, false], isCrowd: [false, false], threshold: 0.5)
                == [.truePositive(object: 1)])
    }

    @Test func errorsNameTheArgument() {
        let box = Box(x: 0, y: 0, width: 10, height: 10)
        let object = GroundTruthObject(image: 0, category: 0, box: box)
        #expect(throws: BoxError(
            argument: "detections[1].score", value: "nan", expected: "a finite number")
        ) {
            try evaluateAsCOCO(
                detections: [0.1, .nan].map { Detection(image: 0, category: 0, box: box, score: $0) },
                objects: [object])
        }
        #expect(throws: BoxError.self) {
            try evaluateAsCOCO(
                detections: [], objects: [GroundTruthObject(image: 0, category: 0, box: box, area: -1)])
        }
        #expect(throws: BoxError.self) {
            try evaluateAsCOCO(
                detections: [], objects: [object], parameters: COCOParameters(maximumDetections: [0]))
        }
        #expect(throws: BoxError.self) {
            try evaluateAsCOCO(
                detections: [], objects: [object], parameters: COCOParameters(overlapThresholds: [1.1]))
        }
        #expect(throws: BoxError(argument: "threshold", value: "2.0", expected: "an overlap in [0, 1]")) {
            try pascalVOCCurve(detections: [], objects: [object], category: 0, threshold: 2)
        }
    }
}
