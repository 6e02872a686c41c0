import Foundation
import Mathematics
import Science
import Testing

@Suite struct SoftNMSTests {
    /// Twelve boxes; the expected values are those of the authors' own code (float32, inclusive pixels),
    /// `cpu_soft_nms(boxes, sigma=0.5, Nt=0.3, threshold=0.001, method=m)` with m = 0 (hard), 1 (linear), 2 (Gaussian).
    static let boxes = [
        [0, 21, 55, 60], [18, 34, 65, 55], [37, 39, 68, 98], [22, 2, 79, 52], [13, 0, 48, 44], [1, 15, 25, 51],
        [16, 12, 72, 71], [18, 15, 53, 65], [22, 10, 72, 56], [12, 22, 46, 58], [36, 12, 88, 68], [35, 5, 64, 55],
    ].map { Box(xMin: $0[0], yMin: $0[1], xMax: $0[2], yMax: $0[3]) }
    static let scores = [0.375, 0.75, 0.5, 0.125, 0.25, 0.8125, 0.1875, 0.6875, 0.3125, 0.4375, 0.625, 0.5625]

    @Test(arguments: [
        (SuppressionRule.hard(), [5, 1, 10, 2, 4], [0.8125, 0.75, 0.625, 0.5, 0.25]),
        (
            .linear(), [5, 1, 10, 2, 7, 4, 11, 9, 0, 3, 6],
            [
                0.8125, 0.75, 0.625, 0.5, 0.4282143, 0.1579572, 0.1577261, 0.08323088, 0.03202038, 0.01632262,
                0.00412825,
            ]
        ),
        (
            .gaussian(), [5, 1, 10, 7, 2, 11, 9, 4, 0, 8, 3, 6],
            [
                0.8125, 0.7408392, 0.5800628, 0.4508439, 0.3957167, 0.2601728, 0.1581604, 0.1165446, 0.04687282,
                0.02811501, 0.008874085, 0.004928815,
            ]
        ),
    ])
    func agreesWithTheOfficialCode(rule: SuppressionRule, order: [Int], scores: [Double]) throws {
        let result = try suppress(Self.boxes, scores: Self.scores, by: rule, convention: .inclusivePixels)
        #expect(result.order == order)
        #expect(result.rescored.count == scores.count)
        for (mine, official) in zip(result.rescored, scores) { #expect(abs(mine - official) < 2e-6 * official) }
    }

    /// Three boxes by hand. A and B share half of each: 50 / 150 = 1/3. C touches neither.
    @Test func threeBoxesByHand() throws {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        let boxes = [a, a.translated(x: 5, y: 0), a.translated(x: 100, y: 0)]
        let scores = [0.9, 0.6, 0.5]
        let linear = try suppress(boxes, scores: scores, by: .linear(overlapThreshold: 0.3))
        #expect(linear.order == [0, 2, 1])
        #expect(zip(linear.rescored, [0.9, 0.5, 0.4]).allSatisfy { abs($0 - $1) < 1e-15 })
        // The threshold is a strict one.
        let atThreshold = try suppress(boxes, scores: scores, by: .linear(overlapThreshold: 50.0 / 150))
        #expect(atThreshold.rescored == [0.9, 0.6, 0.5])
        let gaussian = try suppress(boxes, scores: scores, by: .gaussian(sigma: 0.5))
        #expect(gaussian.order == [0, 2, 1])
        #expect(abs(gaussian.rescored[2] - 0.6 * exp(-2.0 / 9)) < 1e-15)
        #expect(try suppress(boxes, scores: scores, by: .hard(overlapThreshold: 0.3)).order == [0, 2])
        #expect(try suppress(boxes, scores: scores, by: .hard(overlapThreshold: 0.4)).order == [0, 1, 2])
    }

    @Test func tiesGoToTheLowerIndex() throws {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        let boxes = (0..<5).map { a.translated(x: 100 * Double($0), y: 0) } + [a]
        let scores = [0.5, 0.5, 0.7, 0.5, 0.5, 0.5]
        #expect(try suppress(boxes, scores: scores, by: .hard()).order == [2, 0, 1, 3, 4])
        #expect(try suppress(boxes, scores: scores, by: .none).order == [2, 0, 1, 3, 4, 5])
    }

    @Test func scoreThreshold() throws {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        let far = a.translated(x: 50, y: 0)
        #expect(try suppress([a, far], scores: [0.5, 0.0009], by: .gaussian()).order == [0])
        #expect(try suppress([a, far], scores: [0.5, 0.001], by: .gaussian()).order == [0, 1])
        // The first box is emitted whatever its score, as in the official code.
        #expect(try suppress([far], scores: [0.0001], by: .gaussian()).order == [0])
        // What is suppressed outright stays away, also without a threshold.
        #expect(try suppress([a, a], scores: [0.5, 0.4], by: .hard(), scoreThreshold: 0).order == [0])
        #expect(try suppress([], scores: [], by: .gaussian()).order == [])
    }

    /// Every rule against a direct transcription of its definition: what is left is rescored from the original score
    /// by the product over all boxes emitted before.
    @Test func agreesWithTheDefinition() throws {
        var generator = Philox(seed: 11)
        for round in 0..<40 {
            let scene = try CrowdedScene(using: &generator)
            let (boxes, scores) = (scene.proposals, scene.scores)
            for rule in [SuppressionRule.hard(), .linear(), .gaussian(), .gaussian(sigma: 0.1), .none] {
                let convention: PixelConvention = round.isMultiple(of: 2) ? .continuous : .inclusivePixels
                var emitted: [Int] = []
                var expected: [Double] = []
                var discarded: Set<Int> = []
                while true {
                    let left = boxes.indices.filter { !emitted.contains($0) && !discarded.contains($0) }
                    let current = left.map { b in
                        emitted.reduce(scores[b]) { score, m in
                            let overlap = boxes[m].intersectionOverUnion(boxes[b], convention)
                            switch rule {
                            case .hard(let threshold): return overlap > threshold ? 0 : score
                            case .linear(let threshold): return overlap > threshold ? score * (1 - overlap) : score
                            case .gaussian(let sigma): return score * exp(-overlap * overlap / sigma)
                            case .none: return score
                            }
                        }
                    }
                    let alive = zip(left, current).filter { emitted.isEmpty || $0.1 >= 0.001 }
                    discarded.formUnion(Set(left).subtracting(alive.map(\.0)))
                    guard let highest = alive.map(\.1).max(), let best = alive.first(where: { $0.1 == highest })
                    else { break }
                    emitted.append(best.0)
                    expected.append(best.1)
                }
                let result = try suppress(boxes, scores: scores, by: rule, convention: convention)
                #expect(result.order == emitted)
                #expect(result.rescored == expected)
            }
        }
    }

    @Test func limitsOfTheGaussianRule() throws {
        var generator = Philox(seed: 5)
        for _ in 0..<50 {
            let scene = try CrowdedScene(using: &generator)
            let sharp = try suppress(scene.proposals, scores: scene.scores, by: .gaussian(sigma: 1e-300))
            let hard = try suppress(scene.proposals, scores: scene.scores, by: .hard(overlapThreshold: 0))
            #expect(sharp.order == hard.order)
            #expect(sharp.rescored == hard.rescored)
            // With N boxes a score loses at most a share N / sigma.
            let flat = try suppress(scene.proposals, scores: scene.scores, by: .gaussian(sigma: 1e12))
            for (index, score) in zip(flat.order, flat.rescored) {
                #expect(abs(score - scene.scores[index]) <= Double(scene.scores.count) * 1e-12)
            }
            #expect(flat.order.count == scene.scores.count { $0 >= 0.001 })
        }
    }

    @Test func permutedInputAndOrderOfScores() throws {
        var generator = Philox(seed: 6)
        for _ in 0..<30 {
            let scene = try CrowdedScene(using: &generator)
            #expect(Set(scene.scores).count == scene.scores.count)
            let shuffled = scene.proposals.indices.shuffled(using: &generator)
            for rule in [SuppressionRule.hard(), .linear(), .gaussian(), .none] {
                let one = try suppress(scene.proposals, scores: scene.scores, by: rule)
                let other = try suppress(
                    shuffled.map { scene.proposals[$0] }, scores: shuffled.map { scene.scores[$0] }, by: rule)
                #expect(one.order == other.order.map { shuffled[$0] })
                #expect(one.rescored == other.rescored)
                #expect(zip(one.rescored, one.rescored.dropFirst()).allSatisfy { $0 >= $1 })
            }
        }
    }

    @Test func categoriesAreApart() throws {
        let a = Box(x: 0, y: 0, width: 10, height: 10)
        let boxes = [a, a, a, a.translated(x: 5, y: 0)]
        let result = try suppress(boxes, scores: [0.9, 0.8, 0.7, 0.6], categories: [1, 2, 1, 2], by: .linear())
        // The third is the first again (1 - IoU = 0); the fourth shares a third with the second.
        #expect(result.order == [0, 1, 3])
        #expect(abs(result.rescored[2] - 0.4) < 1e-15)

        let detections = zip(boxes, [0.9, 0.8, 0.7, 0.6]).enumerated().map {
            Detection(image: $0 == 3 ? 4 : 2, category: $0 == 1 ? 2 : 1, box: $1.0, score: $1.1)
        }
        let kept = try suppress(detections, by: .hard())
        #expect(kept == [detections[0], detections[1], detections[3]])
    }

    @Test func errorsNameTheArgument() {
        let box = Box(x: 0, y: 0, width: 10, height: 10)
        func message(
            _ boxes: [Box], _ scores: [Double], _ rule: SuppressionRule = .hard(), threshold: Double = 0.001
        ) -> String? {
            do {
                _ = try suppress(boxes, scores: scores, by: rule, scoreThreshold: threshold)
                return nil
            } catch {
                return error.description
            }
        }
        #expect(message([box], [0.5, 0.4]) == "scores: expected one score for each of 1 boxes, found 2 scores")
        #expect(message([box, box], [0.5, .nan]) == "scores[1]: expected a finite number of at least 0, found nan")
        #expect(message([box], [-0.5]) == "scores[0]: expected a finite number of at least 0, found -0.5")
        #expect(message([box], [0.5], .gaussian(sigma: 0)) == "rule.sigma: expected a positive finite number, found 0.0")
        #expect(message([box], [0.5], .gaussian(sigma: .nan)) != nil)
        #expect(
            message([box], [0.5], .hard(overlapThreshold: 1.5))
                == "rule.overlapThreshold: expected an overlap in [0, 1], found 1.5")
        #expect(message([box], [0.5], .linear(overlapThreshold: -0.1)) != nil)
        #expect(
            message([box, Box(xMin: 5, yMin: 0, xMax: 1, yMax: 1)], [0.5, 0.4])
                == "boxes[1]: expected finite edges with xMin <= xMax and yMin <= yMax, "
                + "found (xMin 5.0, yMin 0.0, xMax 1.0, yMax 1.0)")
        #expect(message([box], [0.5], threshold: -1) != nil)
        #expect(throws: BoxError.self) { try suppress([box], scores: [0.5], categories: [], by: .hard()) }
    }
}
