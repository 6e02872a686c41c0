// swiftcore: pearson_correlation
/// Pearson's correlation of two samples, in [−1, 1]; NaN if one does not vary.
///
/// - Parameters:
///   - x: at least two finite numbers.
///   - y: as many.
/// - Throws: `StatisticsError` naming what is wrong.
public func pearsonCorrelation(
    _ x: some Collection<Double>, _ y: some Collection<Double>
) throws(StatisticsError) -> Double {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    try x.requireSample("x", atLeast: 2)
    try y.requireSample("y", atLeast: 2)
    return correlation(Array(x), Array(y))
}

// swiftcore: spearman_correlation
/// Spearman's rank correlation: Pearson's of the midranks; NaN if one sample does not vary. O(n log n).
public func spearmanCorrelation(
    _ x: some Collection<Double>, _ y: some Collection<Double>
) throws(StatisticsError) -> Double {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    guard x.count >= 2 else { throw .tooFew(argument: "x", count: x.count, expected: "at least 2") }
    return correlation(try RankedSample(x, "x").ranks, try RankedSample(y, "y").ranks)
}

// swiftcore: kendall_correlation
/// Kendall's rank correlation τ_b: concordant minus discordant pairs, over the pairs without ties in x times
/// those without ties in y, under a root. NaN if one sample does not vary.
///
/// Knight, "A computer method for calculating Kendall's tau with ungrouped data", 1966: a merge sort
/// counts the discordant pairs. O(n log n).
public func kendallCorrelation(
    _ x: some Collection<Double>, _ y: some Collection<Double>
) throws(StatisticsError) -> Double {
    let pairs = try KendallPairs(x, y)
    return (pairs.score / pairs.untiedInX.squareRoot()) / pairs.untiedInY.squareRoot()
}

/// Pearson's correlation of two arrays of one size.
func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    // Scaled to around 1, so that no square overflows or vanishes; by a power of two, so that nothing is rounded and
    // ranks without ties have the exact quotient of 1 - 6 Σd² / (n³ - n).
    let deviationsX = x.map { $0 - meanX }
    let deviationsY = y.map { $0 - meanY }
    let scaleX = deviationsX.reduce(0) { max($0, $1.magnitude) }
    let scaleY = deviationsY.reduce(0) { max($0, $1.magnitude) }
    // A deviation of rounding size is none.
    guard scaleX > 4 * Double.ulpOfOne * meanX.magnitude, scaleY > 4 * Double.ulpOfOne * meanY.magnitude,
        scaleX > 0, scaleY > 0
    else { return .nan }
    let (powerX, powerY) = (scaleX.binade, scaleY.binade)
    var (squaresX, squaresY, products) = (0.0, 0.0, 0.0)
    for (a, b) in zip(deviationsX, deviationsY) {
        let (a, b) = (a / powerX, b / powerY)
        squaresX += a * a
        squaresY += b * b
        products += a * b
    }
    return min(1, max(-1, products / (squaresX * squaresY).squareRoot()))
}

/// The pair counts behind Kendall's correlation.
struct KendallPairs {
    /// Concordant minus discordant pairs.
    let score: Double
    let untiedInX: Double
    let untiedInY: Double

    init(_ x: some Collection<Double>, _ y: some Collection<Double>) throws(StatisticsError) {
        try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
        guard x.count >= 2 else { throw .tooFew(argument: "x", count: x.count, expected: "at least 2") }
        let ranksX = try RankedSample(x, "x")
        let ranksY = try RankedSample(y, "y")
        let n = x.count
        func pairs(_ groups: [Int]) -> Double { groups.reduce(0) { $0 + Double($1) * Double($1 - 1) / 2 } }
        let order = (0..<n).sorted {
            (ranksX.ranks[$0], ranksY.ranks[$0]) < (ranksX.ranks[$1], ranksY.ranks[$1])
        }
        var tiedInBoth = 0.0
        var run = 1
        for place in 1..<n {
            let same =
                ranksX.ranks[order[place]] == ranksX.ranks[order[place - 1]]
                && ranksY.ranks[order[place]] == ranksY.ranks[order[place - 1]]
            if same {
                tiedInBoth += Double(run)
                run += 1
            } else {
                run = 1
            }
        }
        let all = Double(n) * Double(n - 1) / 2
        let tiedInX = pairs(ranksX.groups)
        let tiedInY = pairs(ranksY.groups)
        let discordant = Self.exchanges(order.map { ranksY.ranks[$0] })
        score = all - tiedInX - tiedInY + tiedInBoth - 2 * discordant
        untiedInX = all - tiedInX
        untiedInY = all - tiedInY
    }

    /// The number of pairs out of order, by merge sort from the bottom.
    private static func exchanges(_ values: [Double]) -> Double {
        var values = values
        var merged = values
        var exchanges = 0.0
        var width = 1
        while width < values.count {
            for start in stride(from: 0, to: values.count, by: 2 * width) {
                let middle = min(start + width, values.count)
                let end = min(start + 2 * width, values.count)
                var (left, right) = (start, middle)
                for place in start..<end {
                    if left < middle, right >= end || values[left] <= values[right] {
                        merged[place] = values[left]
                        left += 1
                    } else {
                        merged[place] = values[right]
                        right += 1
                        exchanges += Double(middle - left)
                    }
                }
            }
            swap(&values, &merged)
            width *= 2
        }
        return exchanges
    }
}
