import RealModule

/// How the p-value of a rank test is computed.
public enum RankTestMethod: Sendable, Hashable {
    /// Exactly if there are no ties and the samples are small (50 or fewer), else by the normal limit.
    case automatic
    /// From the exact distribution; ties are an error.
    case exact
    /// From the normal limit with corrections for ties and for continuity.
    case asymptotic
}

// swiftcore: mann_whitney_test
/// The Mann-Whitney U test (Wilcoxon's rank-sum test) that neither of two samples tends to be larger.
///
/// The statistic is U of the first sample: the number of pairs in which x exceeds y, ties counting ½.
///
/// - Parameters:
///   - x: at least one number, no NaN.
///   - y: at least one number, no NaN.
///   - alternative: of x compared with y.
///   - method: how to compute the p-value. Automatic is exact if there are no ties and the smaller sample has at
///     most 8 numbers, as in SciPy.
/// - Throws: `StatisticsError` naming what is wrong.
/// - Complexity: O(n log n); exact O(n²m²).
public func mannWhitneyTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, alternative: Alternative = .twoSided,
    method: RankTestMethod = .automatic
) throws(StatisticsError) -> HypothesisTest {
    guard !x.isEmpty else { throw .tooFew(argument: "x", count: 0, expected: "at least 1") }
    guard !y.isEmpty else { throw .tooFew(argument: "y", count: 0, expected: "at least 1") }
    let ranked = try RankedSample(Array(x) + Array(y), "x and y")
    let (n, m) = (x.count, y.count)
    let (a, b) = (Double(n), Double(m))
    let u = ranked.ranks.prefix(n).reduce(0, +) - a * (a + 1) / 2
    let exact = try usesExact(method, ranked.hasTies, isSmall: min(n, m) <= 8)
    let largest =
        switch alternative {
        case .twoSided: max(u, a * b - u)
        case .greater: u
        case .less: a * b - u
        }
    if exact {
        // P(U ≥ largest) = P(U ≤ nm − largest) by symmetry.
        let counts = mannWhitneyCounts(n, m)
        let total = counts.reduce(0, +)
        let tail = counts.prefix(Int(a * b - largest) + 1).reduce(0, +) / total
        return HypothesisTest(statistic: u, pValue: alternative == .twoSided ? 2 * tail : tail)
    }
    let count = a + b
    let variance = a * b / 12 * (count + 1 - ranked.tieTerm / (count * (count - 1)))
    let z = (largest - a * b / 2 - 0.5) / variance.squareRoot()
    let p = normalCDF(-z)
    return HypothesisTest(statistic: u, pValue: alternative == .twoSided ? 2 * p : p)
}

/// How many of the arrangements of n and m numbers have U = 0, 1, …, nm: the coefficients of the Gaussian binomial.
func mannWhitneyCounts(_ n: Int, _ m: Int) -> [Double] {
    let last = n * m
    var counts = [Double](repeating: 0, count: last + 1)
    counts[0] = 1
    for step in 1...n {
        // Times (1 − q^(m + step)), then divided by (1 − q^step).
        for u in stride(from: last, through: m + step, by: -1) { counts[u] -= counts[u - m - step] }
        for u in stride(from: step, through: last, by: 1) { counts[u] += counts[u - step] }
    }
    return counts
}

// swiftcore: wilcoxon_signed_rank_test
/// Wilcoxon's signed-rank test that the differences of pairs are symmetric around 0. Zero differences are dropped.
///
/// The statistic is the rank sum of the positive differences, or for the two-sided test the smaller of both.
///
/// - Parameters:
///   - differences: finite, at least one not 0.
///   - alternative: of the differences.
///   - method: how to compute the p-value. Automatic is exact if there are neither ties nor zeros and at most 50
///     differences.
/// - Throws: `StatisticsError` naming what is wrong.
public func wilcoxonSignedRankTest(
    _ differences: some Collection<Double>, alternative: Alternative = .twoSided, method: RankTestMethod = .automatic
) throws(StatisticsError) -> HypothesisTest {
    try differences.requireSample("differences")
    let nonzero = differences.filter { $0 != 0 }
    guard !nonzero.isEmpty else { throw .undefined(argument: "differences", reason: "all are 0") }
    let ranked = try RankedSample(nonzero.map(\.magnitude), "differences")
    let n = Double(nonzero.count)
    let positive = zip(nonzero, ranked.ranks).reduce(0) { $1.0 > 0 ? $0 + $1.1 : $0 }
    let negative = n * (n + 1) / 2 - positive
    let statistic = alternative == .twoSided ? min(positive, negative) : positive
    let isSmall = nonzero.count <= 50 && nonzero.count == differences.count
    if try usesExact(method, ranked.hasTies, isSmall: isSmall) {
        var counts: [Double] = [1]
        for rank in 1...nonzero.count {
            let before = counts
            counts += [Double](repeating: 0, count: rank)
            for sum in before.indices { counts[sum + rank] += before[sum] }
        }
        let total = counts.reduce(0, +)
        func atMost(_ sum: Double) -> Double { counts.prefix(Int(sum) + 1).reduce(0, +) / total }
        let p =
            switch alternative {
            case .twoSided: 2 * atMost(statistic)
            case .less: atMost(positive)
            case .greater: atMost(negative)
            }
        return HypothesisTest(statistic: statistic, pValue: p)
    }
    let variance = n * (n + 1) * (2 * n + 1) / 24 - ranked.tieTerm / 48
    let z = (positive - n * (n + 1) / 4) / variance.squareRoot()
    return HypothesisTest(statistic: statistic, pValue: HypothesisTest.normalPValue(z, alternative))
}

// swiftcore: kruskal_wallis_test
/// The Kruskal-Wallis test that several samples have one distribution, against one of them tending to be larger.
///
/// The statistic is H, corrected for ties; its p-value is that of the chi-squared limit with groups − 1 degrees of
/// freedom.
///
/// - Parameter groups: at least two, none empty, finite, not all numbers equal.
/// - Throws: `StatisticsError` naming what is wrong.
public func kruskalWallisTest(_ groups: [[Double]]) throws(StatisticsError) -> HypothesisTest {
    try requireGroups(groups)
    let ranked = try RankedSample(groups.flatMap { $0 }, "groups")
    let n = Double(ranked.ranks.count)
    let correction = 1 - ranked.tieTerm / (n * (n * n - 1))
    guard correction > 0 else { throw .undefined(argument: "groups", reason: "all numbers are equal") }
    var start = 0
    var sum = 0.0
    for group in groups {
        let size = Double(group.count)
        let mean = ranked.ranks[start..<(start + group.count)].reduce(0, +) / size
        // From the deviations of the mean ranks, which do not cancel.
        sum += size * (mean - (n + 1) / 2) * (mean - (n + 1) / 2)
        start += group.count
    }
    let h = 12 / (n * (n + 1)) * sum / correction
    let freedom = Double(groups.count - 1)
    return HypothesisTest(
        statistic: h, pValue: try ChiSquaredDistribution(degreesOfFreedom: freedom).survival(h), degreesOfFreedom: freedom)
}

// swiftcore: friedman_test
/// The Friedman test that several treatments, each applied to the same subjects, do not differ.
///
/// - Parameter measurements: one row a subject, one column a treatment; at least two rows and three columns.
/// - Returns: the chi-squared statistic corrected for ties, with columns − 1 degrees of freedom. For all pairs, compare
///   differences of `meanRanks` with `nemenyiCriticalDifference`.
/// - Throws: `StatisticsError` naming what is wrong.
public func friedmanTest(_ measurements: Matrix) throws(StatisticsError) -> HypothesisTest {
    let (n, k) = (Double(measurements.rows), Double(measurements.columns))
    guard measurements.columns >= 3, measurements.rows >= 2 else {
        throw .tooFew(
            argument: "measurements", count: measurements.count, expected: "at least 2 rows and 3 columns")
    }
    try measurements.flattened.requireSample("measurements")
    var ties = 0.0
    for row in 0..<measurements.rows { ties += try RankedSample(measurements.row(row), "measurements").tieTerm }
    let correction = 1 - ties / (n * k * (k * k - 1))
    guard correction > 0 else { throw .undefined(argument: "measurements", reason: "every row is constant") }
    let sum = try meanRanks(of: measurements).reduce(0) { $0 + ($1 - (k + 1) / 2) * ($1 - (k + 1) / 2) }
    let statistic = 12 * n / (k * (k + 1)) * sum / correction
    return HypothesisTest(
        statistic: statistic, pValue: try ChiSquaredDistribution(degreesOfFreedom: k - 1).survival(statistic),
        degreesOfFreedom: k - 1)
}

/// The mean over the rows of the rank of each column within its row, from 1, ties sharing the mean.
///
/// - Throws: `StatisticsError` if a number is NaN.
public func meanRanks(of measurements: Matrix) throws(StatisticsError) -> [Double] {
    var sums = [Double](repeating: 0, count: measurements.columns)
    for row in 0..<measurements.rows {
        for (column, rank) in try RankedSample(measurements.row(row), "measurements").ranks.enumerated() {
            sums[column] += rank
        }
    }
    return sums.map { $0 / Double(measurements.rows) }
}

/// The least difference of two mean ranks that is significant in Nemenyi's comparison of all pairs after a Friedman
/// test: q·√(k(k + 1)/(6n)) with q the quantile of the studentized range over √2 (Demšar 2006, section 3.2.2).
///
/// - Parameters:
///   - treatments: k, at least 2.
///   - subjects: n, at least 1.
///   - significance: in (0, 1).
/// - Throws: `StatisticsError` naming the argument that is out of range.
public func nemenyiCriticalDifference(
    treatments: Int, subjects: Int, significance: Double = 0.05
) throws(StatisticsError) -> Double {
    guard treatments >= 2 else {
        throw .outOfRange(argument: "treatments", value: Double(treatments), expected: "at least 2")
    }
    guard subjects >= 1 else { throw .outOfRange(argument: "subjects", value: Double(subjects), expected: "at least 1") }
    try StatisticsError.requireLevel(significance, "significance")
    let k = Double(treatments)
    let quantile = try rangeQuantile(treatments, upperTail: significance)
    return quantile / 2.0.squareRoot() * (k * (k + 1) / (6 * Double(subjects))).squareRoot()
}

/// The upper quantile of the range of k standard normal numbers.
func rangeQuantile(_ count: Int, upperTail: Double) throws(StatisticsError) -> Double {
    // P(range ≤ w) = k ∫ φ(z) (Φ(z + w) − Φ(z))^(k−1) dz; the trapezoid rule converges geometrically.
    func survival(_ w: Double) -> Double {
        let step = 0.05
        var sum = 0.0
        for index in -260...160 {
            let z = Double(index) * step
            let inside = max(0, normalCDF(z + w) - normalCDF(z))
            sum += step * Double(count) * .exp(-z * z / 2 - logSquareRootOfTwoPi)
                * .pow(inside, Double(count - 1))
        }
        return 1 - sum
    }
    do {
        return try findRoot(of: { survival($0) - upperTail }, in: 0...40, tolerance: 1e-12)
    } catch {
        throw .undefined(argument: "significance", reason: "no quantile of the range at \(upperTail)")
    }
}

private func usesExact(_ method: RankTestMethod, _ hasTies: Bool, isSmall: Bool) throws(StatisticsError) -> Bool {
    switch method {
    case .asymptotic: return false
    case .automatic: return !hasTies && isSmall
    case .exact:
        if hasTies { throw .undefined(argument: "method", reason: "the exact distribution needs a sample without ties") }
        return true
    }
}
