import Foundation

/// How a detection's score decays when a better one overlaps it (Soft-NMS, arXiv:1704.04503).
public enum SuppressionRule: Sendable, Hashable {
    /// Non-maximum suppression as usual: a box that overlaps a better one by more than the threshold N_t is
    /// dropped.
    case hard(overlapThreshold: Double = 0.3)
    /// The score is multiplied by `1 - IoU` where the overlap exceeds the threshold N_t.
    case linear(overlapThreshold: Double = 0.3)
    /// The score is multiplied by `exp(-IoU² / sigma)`, whatever the overlap.
    case gaussian(sigma: Double = 0.5)
    /// Every box keeps its score.
    case none

    /// The factor f by which a box's score is multiplied when a better box overlaps it by `overlap`.
    public func decay(overlap: Double) -> Double {
        switch self {
        case .hard(let threshold): overlap > threshold ? 0 : 1
        case .linear(let threshold): overlap > threshold ? 1 - overlap : 1
        case .gaussian(let sigma): exp(-overlap * overlap / sigma)
        case .none: 1
        }
    }

    func validate() throws(BoxError) {
        switch self {
        case .hard(let threshold), .linear(let threshold):
            try Science.validate(overlapThreshold: threshold, argument: "rule.overlapThreshold")
        case .gaussian(let sigma):
            guard sigma > 0, sigma.isFinite else {
                throw BoxError(argument: "rule.sigma", value: "\(sigma)", expected: "a positive finite number")
            }
        case .none: break
        }
    }
}

// swiftcore: soft_nms
/// Ranks overlapping detections of one category, decaying the score of those that a better one overlaps
/// (algorithm of figure 2 in Soft-NMS, arXiv:1704.04503).
///
/// Until no box is left: the box M with the largest score is emitted; then the score of every box b that is left
/// becomes
///
///     s_b ← s_b · f(IoU(M, b))
///
/// and a box whose score falls below `scoreThreshold` (or to zero) is dropped. The factor f is
///
///     hard       0 where IoU > N_t, else 1
///     linear     1 - IoU where IoU > N_t, else 1
///     gaussian   exp(-IoU² / sigma)
///     none       1
///
/// Of boxes with equal scores the one that comes first in `boxes` is emitted first. As in the official code, the
/// first box is emitted whatever its score, and the threshold is applied to boxes that M does not touch too.
///
///     let (order, rescored) = try suppress(boxes, scores: scores, by: .gaussian(sigma: 0.5))
///     let best = boxes[order[0]]      // with the score rescored[0]
///
/// - Parameters:
///   - boxes: N boxes of one category in one image.
///   - scores: their N scores, finite and at least 0.
///   - rule: how scores decay, with the paper's N_t = 0.3 or sigma = 0.5 unless given.
///   - scoreThreshold: the score below which a box is dropped; the official code's 0.001 unless given.
///   - convention: how wide a box is; the official code uses `.inclusivePixels`.
/// - Returns: `order`, the positions in `boxes` of the emitted boxes, and `rescored`, the scores they were emitted
///   with, which never increase.
/// - Throws: ``BoxError`` where the counts differ, a score is not finite or negative, a box is inverted, N_t lies
///   outside [0, 1] or sigma is not positive.
/// - Complexity: O(N²).
public func suppress(
    _ boxes: [Box], scores: [Double], by rule: SuppressionRule, scoreThreshold: Double = 0.001,
    convention: PixelConvention = .continuous
) throws(BoxError) -> (order: [Int], rescored: [Double]) {
    try validate(boxes: boxes, argument: "boxes")
    try validate(scores: scores, boxCount: boxes.count)
    try rule.validate()
    guard scoreThreshold >= 0, scoreThreshold.isFinite else {
        throw BoxError(
            argument: "scoreThreshold", value: "\(scoreThreshold)", expected: "a finite number of at least 0")
    }

    var live = zip(boxes, scores).enumerated().map { index, pair in
        LiveBox(box: pair.0, area: pair.0.area(convention), score: pair.1, index: index)
    }
    var order: [Int] = []
    var rescored: [Double] = []
    order.reserveCapacity(boxes.count)
    rescored.reserveCapacity(boxes.count)
    live.withUnsafeMutableBufferPointer { live in
        var count = live.count
        var best = live.indices.first ?? 0
        for position in live.indices where live[position].score > live[best].score { best = position }
        while count > 0 {
            let winner = live[best]
            order.append(winner.index)
            rescored.append(winner.score)
            // The boxes that stay keep their order, so that the first of equal scores is the one with the lower index.
            var kept = 0
            var next = 0
            for position in 0..<count where position != best {
                var box = live[position]
                let shared = winner.box.intersection(box.box, convention)
                // Without an overlap every rule leaves the score.
                if shared > 0 {
                    let decay = rule.decay(overlap: shared / (winner.area + box.area - shared))
                    box.score *= decay
                    guard decay > 0 else { continue }
                }
                guard box.score >= scoreThreshold else { continue }
                live[kept] = box
                if box.score > live[next].score { next = kept }
                kept += 1
            }
            (count, best) = (kept, next)
        }
    }
    return (order, rescored)
}

/// A box that has not been emitted yet.
private struct LiveBox {
    let box: Box
    let area: Double
    var score: Double
    /// Its position in the input.
    let index: Int
}


// swiftcore: soft_nms_by_category
/// Ranks overlapping detections of several categories: each category by itself, as
/// ``suppress(_:scores:by:scoreThreshold:convention:)`` does, and then all of them by their new scores.
///
/// - Parameters:
///   - boxes: N boxes in one image.
///   - scores: their N scores.
///   - categories: their N categories.
///   - rule: how scores decay.
///   - scoreThreshold: the score below which a box is dropped.
///   - convention: how wide a box is.
/// - Returns: the positions in `boxes` of the emitted boxes and their scores, in decreasing order of score; of
///   equal scores the lower position first.
/// - Throws: ``BoxError``, also where the count of categories differs from that of boxes.
public func suppress(
    _ boxes: [Box], scores: [Double], categories: [Int], by rule: SuppressionRule, scoreThreshold: Double = 0.001,
    convention: PixelConvention = .continuous
) throws(BoxError) -> (order: [Int], rescored: [Double]) {
    guard categories.count == boxes.count else {
        throw BoxError(
            argument: "categories", value: "\(categories.count) categories",
            expected: "one category for each of \(boxes.count) boxes")
    }
    try validate(boxes: boxes, argument: "boxes")
    try validate(scores: scores, boxCount: boxes.count)
    let members = Dictionary(grouping: boxes.indices) { categories[$0] }
    var emitted: [(index: Int, score: Double)] = []
    for category in members.keys.sorted() {
        let indices = members[category] ?? []
        let (order, rescored) = try suppress(
            indices.map { boxes[$0] }, scores: indices.map { scores[$0] }, by: rule,
            scoreThreshold: scoreThreshold, convention: convention)
        emitted += zip(order, rescored).map { (indices[$0], $1) }
    }
    emitted.sort { $0.score > $1.score || ($0.score == $1.score && $0.index < $1.index) }
    return (emitted.map(\.index), emitted.map(\.score))
}

// swiftcore: soft_nms_of_detections
/// Ranks the detections of a whole data set: those of each image and category by themselves.
///
/// - Parameters:
///   - detections: a detector's proposals before any suppression.
///   - rule: how scores decay.
///   - scoreThreshold: the score below which a detection is dropped.
///   - convention: how wide a box is.
/// - Returns: the detections that are left with their new scores, by image, category and decreasing score.
/// - Throws: ``BoxError``.
public func suppress(
    _ detections: [Detection], by rule: SuppressionRule, scoreThreshold: Double = 0.001,
    convention: PixelConvention = .continuous
) throws(BoxError) -> [Detection] {
    try validate(detections: detections)
    try rule.validate()
    let members = Dictionary(grouping: detections.indices) {
        ImageAndCategory(image: detections[$0].image, category: detections[$0].category)
    }
    var kept: [Detection] = []
    for key in members.keys.sorted() {
        let indices = members[key] ?? []
        let (order, rescored) = try suppress(
            indices.map { detections[$0].box }, scores: indices.map { detections[$0].score }, by: rule,
            scoreThreshold: scoreThreshold, convention: convention)
        for (position, score) in zip(order, rescored) {
            var detection = detections[indices[position]]
            detection.score = score
            kept.append(detection)
        }
    }
    return kept
}

private func validate(scores: [Double], boxCount: Int) throws(BoxError) {
    guard scores.count == boxCount else {
        throw BoxError(
            argument: "scores", value: "\(scores.count) scores", expected: "one score for each of \(boxCount) boxes")
    }
    if let index = scores.firstIndex(where: { !($0 >= 0 && $0.isFinite) }) {
        throw BoxError(
            argument: "scores[\(index)]", value: "\(scores[index])", expected: "a finite number of at least 0")
    }
}
