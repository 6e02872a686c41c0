/// Counts of numbers in adjacent bins.
///
/// Every bin holds its lower edge and not its upper one, but the last, which holds both.
public struct Histogram: Sendable, Hashable {
    /// The edges of the bins, ascending, one more than there are bins.
    public let edges: [Double]
    /// The sum of the weights (by default the number) of what fell into each bin.
    public let counts: [Double]
    /// The weight of what fell outside all bins.
    public let outside: Double

    /// Counts numbers in bins with given edges. O(n log bins).
    ///
    /// - Parameters:
    ///   - sample: numbers without NaN; those outside the edges are counted in `outside`.
    ///   - edges: at least two, strictly ascending and finite.
    ///   - weights: of the numbers, by default 1 each.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(
        of sample: some Collection<Double>, edges: [Double], weights: [Double]? = nil
    ) throws(StatisticsError) {
        try edges.requireSample("edges", atLeast: 2)
        for index in 1..<edges.count where edges[index] <= edges[index - 1] {
            throw .invalidElement(argument: "edges", index: index, value: edges[index], expected: "strictly ascending edges")
        }
        if let weights { try StatisticsError.requireEqualCounts(weights.count, "weights", sample.count, "sample") }
        let first = edges[0]
        let last = edges[edges.count - 1]
        var counts = [Double](repeating: 0, count: edges.count - 1)
        var outside = 0.0
        for (index, value) in sample.enumerated() {
            if value.isNaN {
                throw .invalidElement(argument: "sample", index: index, value: value, expected: "numbers")
            }
            let weight = weights?[index] ?? 1
            guard value >= first, value <= last else {
                outside += weight
                continue
            }
            // The last edge that is not above the value.
            var (low, high) = (0, edges.count - 1)
            while high - low > 1 {
                let middle = (low + high) / 2
                if edges[middle] <= value { low = middle } else { high = middle }
            }
            counts[low] += weight
        }
        self.edges = edges
        self.counts = counts
        self.outside = outside
    }

    // swiftcore: histogram
    /// Counts numbers in equally wide bins over a range.
    ///
    /// - Parameters:
    ///   - sample: finite numbers.
    ///   - bins: how many, at least 1.
    ///   - range: by default from the smallest to the largest number, or half a unit around a constant.
    public init(
        of sample: some Collection<Double>, bins: Int, in range: ClosedRange<Double>? = nil
    ) throws(StatisticsError) {
        guard bins >= 1 else { throw .outOfRange(argument: "bins", value: Double(bins), expected: "at least 1") }
        if range == nil { try sample.requireSample("sample") }
        var lower = range?.lowerBound ?? sample.min() ?? 0
        var upper = range?.upperBound ?? sample.max() ?? 1
        if lower == upper { (lower, upper) = (lower - 0.5, upper + 0.5) }
        try self.init(of: sample, edges: Array(Vector.linearlySpaced(from: lower, to: upper, count: bins + 1)))
    }

    /// The weight in all bins together.
    public var total: Double { counts.reduce(0, +) }

    /// The share of the total in each bin.
    public var frequencies: [Double] {
        let total = total
        return counts.map { $0 / total }
    }

    /// The density estimate: frequency over width, which integrates to 1.
    public var densities: [Double] {
        zip(frequencies, zip(edges, edges.dropFirst())).map { $0 / ($1.1 - $1.0) }
    }

    /// The middle of each bin.
    public var centers: [Double] { zip(edges, edges.dropFirst()).map { $0 + ($1 - $0) / 2 } }

    /// The number of bins of the rule of Freedman and Diaconis (1981), width 2·IQR/∛n; at least 1.
    public static func freedmanDiaconisBins(for sample: some Collection<Double>) throws(StatisticsError) -> Int {
        let width = try 2 * interquartileRange(of: sample) / PortableFunctions.power(Double(sample.count), 1.0 / 3)
        guard width > 0, let low = sample.min(), let high = sample.max(), (high - low) / width < 1e9 else { return 1 }
        return max(1, Int(((high - low) / width).rounded(.up)))
    }
}
