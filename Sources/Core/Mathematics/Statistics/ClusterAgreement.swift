import RealModule

/// How two labellings of the same items agree, whatever the labels are called.
///
/// ```swift
/// let agreement = try ClusterAgreement([0, 0, 1, 1], ["b", "b", "a", "c"])
/// agreement.normalisedMutualInformation        // 0.8
/// ```
public struct ClusterAgreement: Sendable {
    /// How many items have each pair of labels.
    public let table: Matrix
    /// The mutual information of the labels, in nats.
    public let mutualInformation: Double
    /// The entropy of the first labelling, in nats.
    public let firstEntropy: Double
    /// The entropy of the second labelling, in nats.
    public let secondEntropy: Double
    private let rows: [Double]
    private let columns: [Double]

    /// Compares two labellings.
    ///
    /// - Parameters:
    ///   - first: the label of each item; for homogeneity and completeness the true classes.
    ///   - second: as many.
    /// - Throws: `StatisticsError` if the counts differ or are 0.
    public init<A: Hashable, B: Hashable>(_ first: [A], _ second: [B]) throws(StatisticsError) {
        let table = try contingencyTable(first, second)
        rows = (0..<table.rows).map { table.row($0).reduce(0, +) }
        columns = (0..<table.columns).map { table.column($0).reduce(0, +) }
        mutualInformation = max(0, try Mathematics.mutualInformation(of: table))
        firstEntropy = try entropy(of: rows)
        secondEntropy = try entropy(of: columns)
        self.table = table
    }

    private var count: Double { rows.reduce(0, +) }

    /// The mutual information over the mean of both entropies, in [0, 1]; 1 if both labellings are constant.
    public var normalisedMutualInformation: Double {
        firstEntropy + secondEntropy == 0 ? 1 : min(1, 2 * mutualInformation / (firstEntropy + secondEntropy))
    }

    /// 1 − H(first | second)/H(first): 1 if every label of the second holds items of one label of the first only.
    public var homogeneity: Double { firstEntropy == 0 ? 1 : min(1, mutualInformation / firstEntropy) }

    /// 1 − H(second | first)/H(second): 1 if all items of a label of the first share a label of the second.
    public var completeness: Double { secondEntropy == 0 ? 1 : min(1, mutualInformation / secondEntropy) }

    /// The variation of information H(first | second) + H(second | first), a metric, in nats.
    public var variationOfInformation: Double { max(0, firstEntropy + secondEntropy - 2 * mutualInformation) }

    private func pairs(_ counts: some Sequence<Double>) -> Double { counts.reduce(0) { $0 + $1 * ($1 - 1) / 2 } }

    /// The share of pairs of items that both labellings treat alike, together or apart (Rand 1971).
    public var randIndex: Double {
        let all = count * (count - 1) / 2
        guard all > 0 else { return 1 }
        let together = pairs(table.flattened)
        return (all + 2 * together - pairs(rows) - pairs(columns)) / all
    }

    /// The Rand index adjusted for chance (Hubert and Arabie 1985): 1 for equal partitions, 0 on average for random ones.
    public var adjustedRandIndex: Double {
        let all = count * (count - 1) / 2
        let (together, first, second) = (pairs(table.flattened), pairs(rows), pairs(columns))
        guard all > 0 else { return 1 }
        let expected = first * (second / all)
        let largest = (first + second) / 2
        return largest == expected ? 1 : (together - expected) / (largest - expected)
    }

    /// The mutual information adjusted for chance (Vinh, Epps and Bailey 2010) over the mean entropy: 1 for equal
    /// partitions, 0 on average for random ones. O(rows · columns · items/rows).
    public var adjustedMutualInformation: Double {
        if rows.count == columns.count, rows.count == 1 || rows.count == Int(count) { return 1 }
        let n = count
        var expected = 0.0
        for a in rows {
            for b in columns {
                var k = max(1, a + b - n)
                while k <= min(a, b) {
                    let mass = PortableFunctions.hypergeometricLogMass(k, successes: a, failures: n - a, draws: b)
                    expected += k / n * Double.log(n * k / (a * b)) * .exp(mass)
                    k += 1
                }
            }
        }
        let mean = (firstEntropy + secondEntropy) / 2
        let denominator = mean - expected
        guard denominator.magnitude > 1e-15 else { return 0 }
        return (mutualInformation - expected) / denominator
    }

    /// The share of items whose label in the first is the most frequent among those with their label in the second.
    public var purity: Double {
        (0..<table.columns).reduce(0.0) { $0 + (table.column($1).max() ?? 0) } / count
    }
}
