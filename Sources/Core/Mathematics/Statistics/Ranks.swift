/// The ranks of a sample from 1, equal numbers sharing the mean of their ranks. O(n log n).
///
/// - Throws: `StatisticsError` if a number is NaN.
public func midranks(of sample: some Collection<Double>) throws(StatisticsError) -> [Double] {
    try RankedSample(sample, "sample").ranks
}

/// The ranks of a sample and the sizes of its groups of equal numbers.
struct RankedSample {
    let ranks: [Double]
    /// The sizes of the groups of equal numbers, in ascending order of the numbers; 1 where there is no tie.
    let groups: [Int]

    init(_ sample: some Collection<Double>, _ argument: String) throws(StatisticsError) {
        let values = Array(sample)
        for (index, value) in values.enumerated() where value.isNaN {
            throw .invalidElement(argument: argument, index: index, value: value, expected: "numbers")
        }
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var groups: [Int] = []
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
            groups.append(end - start)
            start = end
        }
        self.ranks = ranks
        self.groups = groups
    }

    var hasTies: Bool { groups.contains { $0 > 1 } }

    /// Σ(t³ − t) over the groups, the correction of a rank variance for ties.
    var tieTerm: Double { groups.reduce(0) { $0 + Double($1) * (Double($1) * Double($1) - 1) } }
}
