/// Precision and recall of a ranked list of detections, cut after every detection that counts.
public struct PrecisionRecallCurve: Sendable, Hashable {
    /// The share of the objects that were found, in [0, 1]; it never decreases.
    public let recall: [Double]
    /// The share of the detections that are right, in [0, 1].
    public let precision: [Double]
    /// The score at which the list is cut; it never increases.
    public let scores: [Double]
    /// How many objects there are to find.
    public let objectCount: Int

    /// The curve of detections given in any order.
    ///
    /// - Parameters:
    ///   - outcomes: what became of each detection; ignored ones leave no trace.
    ///   - scores: the detections' scores. Equal scores stay in the order given.
    ///   - objectCount: how many objects count.
    public init(outcomes: [MatchOutcome], scores: [Double], objectCount: Int) {
        precondition(outcomes.count == scores.count, "scores: needs one score for every outcome")
        var found = 0
        var wrong = 0
        var recall: [Double] = []
        var precision: [Double] = []
        var cuts: [Double] = []
        for index in decreasingOrder(of: scores) {
            switch outcomes[index] {
            case .truePositive: found += 1
            case .falsePositive: wrong += 1
            case .ignored: continue
            }
            recall.append(objectCount > 0 ? Double(found) / Double(objectCount) : 0)
            precision.append(Double(found) / Double(found + wrong))
            cuts.append(scores[index])
        }
        self.recall = recall
        self.precision = precision
        self.scores = cuts
        self.objectCount = objectCount
    }

    /// The largest precision at a recall of at least the one asked for; 0 where that recall is not reached.
    public func interpolatedPrecision(atRecall level: Double) -> Double {
        guard let start = recall.firstIndex(where: { $0 >= level }) else { return 0 }
        return precision[start...].max() ?? 0
    }

    /// The precision of the curve's envelope at every one of the recall levels.
    ///
    /// - Parameter levels: recall levels in increasing order.
    /// - Complexity: O(detections + levels).
    public func interpolatedPrecision(atRecalls levels: [Double]) -> [Double] {
        let envelope = envelope
        var position = 0
        return levels.map { level in
            while position < recall.count, recall[position] < level { position += 1 }
            return position < recall.count ? envelope[position] : 0
        }
    }

    /// The mean interpolated precision at the recalls 0, 0.1, ... 1: Pascal VOC's measure until 2009.
    ///
    /// A recall of exactly 3/10 reaches the level 0.3. In the devkit, and at three levels in its Python version, the
    /// level is rounded upwards and not reached.
    public var elevenPointAveragePrecision: Double {
        interpolatedPrecision(atRecalls: (0...10).map { Double($0) / 10 }).reduce(0, +) / 11
    }

    /// The area under the curve's envelope: Pascal VOC's measure since 2010.
    public var allPointAveragePrecision: Double {
        var area = 0.0
        var previous = 0.0
        for (recall, precision) in zip(recall, envelope) {
            area += (recall - previous) * precision
            previous = recall
        }
        return area
    }

    /// For every cut the largest precision there or at a later cut.
    public var envelope: [Double] {
        var envelope = precision
        for index in envelope.indices.dropLast().reversed() {
            envelope[index] = max(envelope[index], envelope[index + 1])
        }
        return envelope
    }
}
