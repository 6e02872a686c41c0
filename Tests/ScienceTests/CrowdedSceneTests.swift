import Foundation
import Mathematics
import Science
import Testing

@Suite struct CrowdedSceneTests {
    @Test func scenesFollowTheirDescription() throws {
        var generator = Philox(seed: 1)
        var objectCount = 0
        var neighbourCount = 0
        for _ in 0..<400 {
            let scene = try CrowdedScene(using: &generator)
            var left = scene.objects
            var groups = 0
            while let first = left.first {
                left.removeFirst()
                groups += 1
                // A neighbour has the same size and is shifted by 15 to 45 % of the width: its overlap is
                // (1 - s) / (1 + s), between 0.55 / 1.45 and 0.85 / 1.15. Nothing else touches.
                let touching = left.filter { $0.intersection(first) > 0 }
                #expect(touching.count <= 1)
                if let neighbour = touching.first {
                    let shift = abs(neighbour.xMin - first.xMin) / first.width
                    #expect(shift > 0.15 - 1e-9 && shift < 0.45 + 1e-9)
                    #expect(abs(neighbour.intersectionOverUnion(first) - (1 - shift) / (1 + shift)) < 1e-9)
                    left.removeAll { $0 == neighbour }
                    neighbourCount += 1
                }
            }
            #expect((2...5).contains(groups))
            objectCount += groups
            #expect(scene.proposals.count == scene.scores.count)
            #expect((6 * scene.objects.count + 3...13 * scene.objects.count + 9).contains(scene.proposals.count))
            #expect(scene.scores.allSatisfy { (0...1).contains($0) })
            #expect(scene.proposals.allSatisfy { $0.isValid && $0.xMax <= 640 && $0.yMax <= 480 && $0.xMin >= 0 })
        }
        // 60 % of about 1400 objects: the standard error is 1.3 points. A crowded group is a little harder to place.
        #expect(abs(Double(neighbourCount) / Double(objectCount) - 0.6) < 0.05)
        #expect(abs(Double(objectCount) / 400 - 3.5) < 0.2)
    }

    @Test func crowdFractionsZeroAndOne() throws {
        var generator = Philox(seed: 2)
        let apart = try CrowdedScene(parameters: CrowdedSceneParameters(crowdFraction: 0), using: &generator)
        for (index, box) in apart.objects.enumerated() {
            #expect(apart.objects[..<index].allSatisfy { $0.intersection(box) == 0 })
        }
        let crowded = try CrowdedScene(parameters: CrowdedSceneParameters(crowdFraction: 1), using: &generator)
        #expect(crowded.objects.count.isMultiple(of: 2) && crowded.objects.count >= 4)
    }

    @Test func sameSeedSameBits() throws {
        var one = Philox(seed: 9)
        var two = Philox(seed: 9)
        var other = Philox(seed: 10)
        let first = try crowdedScenes(count: 3, using: &one)
        let second = try crowdedScenes(count: 3, using: &two)
        #expect(first.dataset == second.dataset && first.proposals == second.proposals)
        #expect(first.proposals != (try crowdedScenes(count: 3, using: &other)).proposals)
    }

    /// The sweep over rules against suppressing and evaluating each rule by itself.
    @Test func sweepAgreesWithSingleEvaluations() throws {
        let rules: [SuppressionRule] = [.hard(), .hard(overlapThreshold: 0.7), .linear(), .gaussian(), .none]
        var generator = Philox(seed: 4)
        let (dataset, proposals) = try crowdedScenes(count: 20, using: &generator)
        let scores = try sweepSuppression(over: rules, proposals: proposals, objects: dataset.objects)
        #expect(scores.map(\.rule) == rules)
        for (rule, score) in zip(rules, scores) {
            let evaluation = try evaluateAsCOCO(
                detections: suppress(proposals, by: rule), objects: dataset.objects)
            #expect(score.averagePrecision == evaluation.averagePrecision())
            #expect(score.averagePrecision50 == evaluation.averagePrecision(overlapThreshold: 0.5))
            #expect(score.averageRecall == evaluation.averageRecall())
            let mean = score.averagePrecisionByThreshold.reduce(0, +) / 10
            #expect(abs(mean - score.averagePrecision) < 1e-12)
            for (curve, precision) in zip(score.precisionByThreshold, score.averagePrecisionByThreshold) {
                #expect(abs(curve.reduce(0, +) / 101 - precision) < 1e-12)
            }
        }
        #expect(scores == (try sweepSuppression(over: rules, proposals: proposals, objects: dataset.objects)))
    }

    @Test func sweepOverSeedsIsTheMean() throws {
        let rules: [SuppressionRule] = [.hard(), .gaussian()]
        let parameters = CrowdedSceneParameters(crowdFraction: 0.6)
        func precision(_ seeds: [UInt64]) throws -> [Double] {
            try sweepSuppression(over: rules, crowdedScenes: parameters, sceneCount: 10, seeds: seeds)
                .map(\.averagePrecision)
        }
        let (a, b, both) = (try precision([1]), try precision([2]), try precision([1, 2]))
        #expect(a != b)
        for index in rules.indices { #expect(abs((a[index] + b[index]) / 2 - both[index]) < 1e-12) }
    }

    @Test func errorsNameTheArgument() {
        var generator = Philox(seed: 4)
        #expect(throws: BoxError(argument: "parameters.crowdFraction", value: "1.5", expected: "a share in [0, 1]")) {
            try CrowdedScene(parameters: CrowdedSceneParameters(crowdFraction: 1.5), using: &generator)
        }
        #expect(throws: BoxError(argument: "sceneCount", value: "-1", expected: "a count of at least 0")) {
            try crowdedScenes(count: -1, using: &generator)
        }
        #expect(throws: BoxError(argument: "seeds", value: "none", expected: "at least one seed")) {
            try sweepSuppression(
                over: [.hard()], crowdedScenes: CrowdedSceneParameters(), sceneCount: 1, seeds: [])
        }
        #expect(throws: BoxError.self) {
            try sweepSuppression(over: [.gaussian(sigma: -1)], proposals: [], objects: [
                GroundTruthObject(image: 0, category: 0, box: Box(x: 0, y: 0, width: 1, height: 1))
            ])
        }
        #expect(throws: BoxError.self) { try sweepSuppression(over: [.hard()], proposals: [], objects: []) }
    }
}
