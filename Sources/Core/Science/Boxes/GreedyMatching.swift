/// What became of one detection when it was matched with the annotated objects.
public enum MatchOutcome: Sendable, Hashable {
    /// The detection found an object that counts: its position among the objects.
    case truePositive(object: Int)
    /// The detection found nothing, or an object that a better detection had found.
    case falsePositive
    /// The detection counts neither way: it lies on an object that does not count.
    case ignored
}

/// Matches detections one-to-one with objects as the Pascal VOC devkit does.
///
/// Each detection, best first, looks at the object it overlaps most, whether or not that one is taken. Where the
/// overlap reaches the threshold, the detection is ignored on a difficult object, a true positive on an object that
/// is free, and a false positive on one that is taken: it does not fall back on its second choice.
///
/// - Parameters:
///   - overlaps: one row a detection, in decreasing order of score, with the overlap with every object.
///   - isDifficult: for every object, whether it counts neither for nor against the detector.
///   - threshold: the smallest overlap of a match, in [0, 1]. It is enough to reach it, as in the devkit; the Python
///     version that came with Fast R-CNN asks for more.
/// - Returns: one outcome a detection.
/// - Complexity: O(detections × objects).
public func matchAsPascalVOC(
    overlaps: [[Double]], isDifficult: [Bool], threshold: Double
) -> [MatchOutcome] {
    var isTaken = [Bool](repeating: false, count: isDifficult.count)
    return overlaps.map { row in
        precondition(row.count == isDifficult.count, "overlaps: a row needs one value for every object")
        // An object that the detection does not touch is no candidate, even at a threshold of zero.
        var best: Int?
        for object in row.indices where row[object] > (best.map { row[$0] } ?? 0) { best = object }
        guard let best, row[best] >= threshold else { return .falsePositive }
        if isDifficult[best] { return .ignored }
        if isTaken[best] { return .falsePositive }
        isTaken[best] = true
        return .truePositive(object: best)
    }
}

/// Matches detections one-to-one with objects as COCO's evaluation does.
///
/// Each detection, best first, takes the free object it overlaps most, provided that the overlap reaches the
/// threshold; of equal overlaps the later object. Objects that do not count are only looked at where no object that
/// counts will do. A crowd can be matched any number of times.
///
/// - Parameters:
///   - overlaps: one row a detection, in decreasing order of score, with the overlap with every object: the
///     intersection over the union, but over the detection's own area for a crowd.
///   - isIgnored: for every object, whether it counts neither for nor against the detector.
///   - isCrowd: for every object, whether it stands for a crowd.
///   - threshold: the smallest overlap of a match, in [0, 1].
/// - Returns: one outcome a detection.
/// - Complexity: O(detections × objects).
public func matchAsCOCO(
    overlaps: [[Double]], isIgnored: [Bool], isCrowd: [Bool], threshold: Double
) -> [MatchOutcome] {
    precondition(isIgnored.count == isCrowd.count, "isCrowd: needs one value for every object")
    let counting = isIgnored.indices.filter { !isIgnored[$0] }
    let ignored = isIgnored.indices.filter { isIgnored[$0] }
    var isTaken = [Bool](repeating: false, count: isIgnored.count)
    return overlaps.map { row in
        precondition(row.count == isIgnored.count, "overlaps: a row needs one value for every object")
        func best(of candidates: [Int]) -> Int? {
            // The allowance is COCO's: at a threshold of 1, rounding must not keep equal boxes apart.
            var overlap = min(threshold, 1 - 1e-10)
            var best: Int?
            for object in candidates where (!isTaken[object] || isCrowd[object]) && row[object] >= overlap {
                overlap = row[object]
                best = object
            }
            return best
        }
        if let object = best(of: counting) {
            isTaken[object] = true
            return .truePositive(object: object)
        }
        if let object = best(of: ignored) {
            isTaken[object] = true
            return .ignored
        }
        return .falsePositive
    }
}
