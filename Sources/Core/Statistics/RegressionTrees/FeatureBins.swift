import Mathematics

/// Features cut into bins at quantiles of the training sample, which trees split between.
public struct FeatureBins: Sendable, Hashable {
    /// The thresholds of each feature, ascending: bin b holds thresholds[b − 1] < x ≤ thresholds[b].
    public let thresholds: [[Double]]
    /// The bins of the training sample, feature by feature.
    let codes: [[UInt8]]
    /// The number of training observations.
    public let count: Int

    /// Bins of a training sample.
    ///
    /// - Parameters:
    ///   - features: one row an observation, finite.
    ///   - maximumBins: at most so many a feature, 2 … 256; a feature with fewer different values has one bin a value.
    /// - Throws: `StatisticsError` for an empty sample, a number that is not finite or a count of bins out of range.
    public init(_ features: Matrix, maximumBins: Int = 64) throws(StatisticsError) {
        guard 2...256 ~= maximumBins else {
            throw .outOfRange(argument: "maximumBins", value: Double(maximumBins), expected: "2 … 256")
        }
        guard features.rows > 0, features.columns > 0 else {
            throw .tooFew(argument: "features", count: features.count, expected: "at least 1 observation of 1 feature")
        }
        try requireFinite(features, "features")
        count = features.rows
        var (thresholds, codes): ([[Double]], [[UInt8]]) = ([], [])
        for column in 0..<features.columns {
            let values = Array(features.column(column))
            let sorted = values.sorted()
            var cuts: [Double] = []
            for bin in 1..<maximumBins {
                // Between two observations, so that a new one near to either falls on its side.
                let place = bin * sorted.count / maximumBins
                guard place > 0, sorted[place - 1] < sorted[place] else { continue }
                let cut = sorted[place - 1] + (sorted[place] - sorted[place - 1]) / 2
                if cuts.last.map({ $0 < cut }) ?? true { cuts.append(cut) }
            }
            thresholds.append(cuts)
            codes.append(values.map { UInt8(Self.bin(of: $0, in: cuts)) })
        }
        self.thresholds = thresholds
        self.codes = codes
    }

    /// The number of thresholds below x.
    private static func bin(of x: Double, in thresholds: [Double]) -> Int {
        var (low, high) = (0, thresholds.count)
        while low < high {
            let middle = (low + high) / 2
            if thresholds[middle] < x { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

func requireFinite(_ matrix: Matrix, _ argument: String) throws(StatisticsError) {
    for index in 0..<matrix.count where !matrix[index / matrix.columns, index % matrix.columns].isFinite {
        throw .invalidElement(
            argument: "\(argument), row \(index / matrix.columns)", index: index % matrix.columns,
            value: matrix[index / matrix.columns, index % matrix.columns], expected: "finite numbers")
    }
}
