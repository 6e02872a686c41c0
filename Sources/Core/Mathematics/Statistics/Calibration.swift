import RealModule

/// How confidences are put into bins.
public enum CalibrationBinning: Sendable, Hashable {
    /// Bins of equal width in [0, 1]: bin i holds the confidences in (i/n, (i + 1)/n], the first also 0.
    case equalWidth(Int)
    /// Bins of equal numbers of confidences in ascending order, to within one.
    case equalMass(Int)
}

/// How far confidences are from the frequencies of being right.
///
/// ```swift
/// let calibration = try Calibration(confidences: top, isCorrect: hits)
/// calibration.expectedError
/// ```
public struct Calibration: Sendable {
    /// The confidences of one bin.
    public struct Bin: Sendable, Hashable {
        /// How many.
        public let count: Int
        /// Their mean.
        public let meanConfidence: Double
        /// The share that was right.
        public let accuracy: Double
    }

    /// The bins that are not empty, in ascending order.
    public let bins: [Bin]
    private let count: Double

    /// Bins the confidences.
    ///
    /// - Parameters:
    ///   - confidences: predicted probabilities in [0, 1], at least one.
    ///   - isCorrect: as many: whether what was predicted happened.
    ///   - binning: by default 15 bins of equal width (Guo et al. 2017, arXiv 1706.04599).
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(
        confidences: some Collection<Double>, isCorrect: some Collection<Bool>, binning: CalibrationBinning = .equalWidth(15)
    ) throws(StatisticsError) {
        try requirePredictions(confidences, isCorrect.count)
        var members: [[(confidence: Double, isCorrect: Bool)]]
        let pairs = zip(confidences, isCorrect).map { (confidence: $0, isCorrect: $1) }
        switch binning {
        case .equalWidth(let number):
            try Self.requireBins(number)
            members = Array(repeating: [], count: number)
            for pair in pairs {
                let bin = Int((pair.confidence * Double(number)).rounded(.up)) - 1
                members[min(max(bin, 0), number - 1)].append(pair)
            }
        case .equalMass(let number):
            try Self.requireBins(number)
            let sorted = pairs.enumerated()
                .sorted { ($0.element.confidence, $0.offset) < ($1.element.confidence, $1.offset) }.map(\.element)
            members = (0..<number).map { Array(sorted[($0 * sorted.count / number)..<(($0 + 1) * sorted.count / number)]) }
        }
        bins = members.filter { !$0.isEmpty }.map { bin in
            Bin(
                count: bin.count, meanConfidence: bin.reduce(0) { $0 + $1.confidence } / Double(bin.count),
                accuracy: Double(bin.count { $0.isCorrect }) / Double(bin.count))
        }
        count = Double(confidences.count)
    }

    private static func requireBins(_ number: Int) throws(StatisticsError) {
        guard number >= 1 else { throw .outOfRange(argument: "binning", value: Double(number), expected: "at least 1 bin") }
    }

    /// The expected calibration error, Σ (count/n)·|accuracy − confidence| (Naeini et al. 2015).
    public var expectedError: Double { expectedError(power: 1) }

    /// (Σ (count/n)·|accuracy − confidence|^power)^(1/power).
    public func expectedError(power: Double) -> Double {
        let sum = bins.reduce(0.0) {
            $0 + Double($1.count) / count * Double.pow(($1.accuracy - $1.meanConfidence).magnitude, power)
        }
        return power == 1 ? sum : .pow(sum, 1 / power)
    }

    /// The largest |accuracy − confidence| of a bin.
    public var maximumError: Double { bins.reduce(0) { max($0, ($1.accuracy - $1.meanConfidence).magnitude) } }

    /// The squared calibration error corrected for the variance of the accuracies, Σ (count/n)·((a − c)² − a(1 − a)/(count
    /// − 1)) over bins of at least two (Kumar, Liang and Ma 2019, arXiv 1909.10155); it may be negative.
    public var debiasedSquaredError: Double {
        bins.filter { $0.count > 1 }.reduce(0) {
            let gap = $1.accuracy - $1.meanConfidence
            return $0 + Double($1.count) / count * (gap * gap - $1.accuracy * (1 - $1.accuracy) / Double($1.count - 1))
        }
    }

    /// The calibration of the largest probability of each row.
    ///
    /// - Parameters:
    ///   - probabilities: one row an item, one column a class; in [0, 1].
    ///   - labels: the true class of each row.
    ///   - binning: as of the initialiser.
    /// - Throws: `StatisticsError` naming what is wrong.
    public static func ofTopLabel(
        probabilities: Matrix, labels: [Int], binning: CalibrationBinning = .equalWidth(15)
    ) throws(StatisticsError) -> Calibration {
        try requireLabels(probabilities, labels)
        var (confidences, isCorrect): ([Double], [Bool]) = ([], [])
        for row in 0..<probabilities.rows {
            let best = (0..<probabilities.columns).max { probabilities[row, $0] < probabilities[row, $1] } ?? 0
            confidences.append(probabilities[row, best])
            isCorrect.append(best == labels[row])
        }
        return try Calibration(confidences: confidences, isCorrect: isCorrect, binning: binning)
    }

    /// The mean over the classes of the expected calibration error of each class's probability.
    ///
    /// Parameters and errors as of `ofTopLabel`.
    public static func classwiseExpectedError(
        probabilities: Matrix, labels: [Int], binning: CalibrationBinning = .equalWidth(15)
    ) throws(StatisticsError) -> Double {
        try requireLabels(probabilities, labels)
        var sum = 0.0
        for column in 0..<probabilities.columns {
            sum += try Calibration(
                confidences: probabilities.column(column), isCorrect: labels.map { $0 == column }, binning: binning
            ).expectedError
        }
        return sum / Double(probabilities.columns)
    }
}

// swiftcore: brier_score
/// The mean squared distance of probabilities from what happened (Brier 1950, for two outcomes).
///
/// - Parameters:
///   - probabilities: in [0, 1], at least one.
///   - outcomes: as many.
/// - Throws: `StatisticsError` naming what is wrong.
public func brierScore(
    probabilities: some Collection<Double>, outcomes: some Collection<Bool>
) throws(StatisticsError) -> Double {
    try requirePredictions(probabilities, outcomes.count)
    return zip(probabilities, outcomes).reduce(0) {
        let distance = $1.0 - ($1.1 ? 1 : 0)
        return $0 + distance * distance
    } / Double(probabilities.count)
}

/// The mean over the rows of Σ(probability − indicator of the label)² (Brier 1950, for several classes), in [0, 2].
///
/// - Parameters:
///   - probabilities: one row an item, one column a class; in [0, 1].
///   - labels: the true class of each row.
/// - Throws: `StatisticsError` naming what is wrong.
public func brierScore(probabilities: Matrix, labels: [Int]) throws(StatisticsError) -> Double {
    try requireLabels(probabilities, labels)
    var sum = 0.0
    for row in 0..<probabilities.rows {
        for column in 0..<probabilities.columns {
            let distance = probabilities[row, column] - (labels[row] == column ? 1 : 0)
            sum += distance * distance
        }
    }
    return sum / Double(probabilities.rows)
}

/// The mean of −ln of the probability given to what happened; infinite if one was 0.
///
/// - Parameters:
///   - probabilities: one row an item, one column a class; in [0, 1].
///   - labels: the true class of each row.
/// - Throws: `StatisticsError` naming what is wrong.
public func negativeLogLikelihood(probabilities: Matrix, labels: [Int]) throws(StatisticsError) -> Double {
    try requireLabels(probabilities, labels)
    return labels.enumerated().reduce(0) { $0 - Double.log(probabilities[$1.offset, $1.element]) } / Double(labels.count)
}

private func requirePredictions(_ probabilities: some Collection<Double>, _ outcomes: Int) throws(StatisticsError) {
    guard !probabilities.isEmpty else { throw .tooFew(argument: "the probabilities", count: 0, expected: "at least 1") }
    try StatisticsError.requireEqualCounts(outcomes, "the outcomes", probabilities.count, "the probabilities")
    for (index, value) in probabilities.enumerated() where !(value >= 0 && value <= 1) {
        throw .invalidElement(argument: "the probabilities", index: index, value: value, expected: "numbers in [0, 1]")
    }
}

private func requireLabels(_ probabilities: Matrix, _ labels: [Int]) throws(StatisticsError) {
    try StatisticsError.requireEqualCounts(labels.count, "labels", probabilities.rows, "the rows of probabilities")
    try requirePredictions(probabilities.flattened, probabilities.count)
    for (index, label) in labels.enumerated() where label < 0 || label >= probabilities.columns {
        throw .invalidElement(
            argument: "labels", index: index, value: Double(label), expected: "classes below \(probabilities.columns)")
    }
}
