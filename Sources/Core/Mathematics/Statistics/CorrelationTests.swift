import RealModule

/// The covariance Σ(x − x̄)(y − ȳ)/(n − 1) of two samples.
///
/// - Parameters:
///   - x: at least two finite numbers.
///   - y: as many.
/// - Throws: `StatisticsError` naming what is wrong.
public func covariance(_ x: some Collection<Double>, _ y: some Collection<Double>) throws(StatisticsError) -> Double {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    try x.requireSample("x", atLeast: 2)
    try y.requireSample("y", atLeast: 2)
    let n = Double(x.count)
    let (meanX, meanY) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    return zip(x, y).reduce(0) { $0 + ($1.0 - meanX) * ($1.1 - meanY) } / (n - 1)
}

/// The covariance matrix of the columns of a sample of vectors, over n − 1.
///
/// - Parameter sample: one observation a row; at least two.
/// - Throws: `StatisticsError` naming what is wrong.
public func covarianceMatrix(_ sample: Matrix) throws(StatisticsError) -> Matrix {
    guard sample.rows >= 2 else { throw .tooFew(argument: "sample", count: sample.rows, expected: "at least 2 rows") }
    try sample.flattened.requireSample("sample", atLeast: 0)
    let means = sample.columnMeans
    let centred = Matrix(rows: sample.rows, columns: sample.columns) { sample[$0, $1] - means[$1] }
    return centred.columnGram / Double(sample.rows - 1)
}

/// The matrix of Pearson's correlations of the columns of a sample of vectors; NaN where a column does not vary.
///
/// - Parameter sample: one observation a row; at least two.
/// - Throws: `StatisticsError` naming what is wrong.
public func correlationMatrix(_ sample: Matrix) throws(StatisticsError) -> Matrix {
    let covariance = try covarianceMatrix(sample)
    return Matrix(rows: sample.columns, columns: sample.columns) { i, j in
        i == j && covariance[i, i] > 0
            ? 1 : covariance[i, j] / (covariance[i, i].squareRoot() * covariance[j, j].squareRoot())
    }
}

// swiftcore: pearson_test
/// The test that two normal variables are uncorrelated. The statistic is Pearson's r, the p-value that of Student's t
/// with n − 2 degrees of freedom.
///
/// - Parameters:
///   - x: at least three finite numbers.
///   - y: as many.
///   - alternative: of the correlation.
/// - Throws: `StatisticsError` naming what is wrong.
public func pearsonTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    try correlationTest(try pearsonCorrelation(x, y), x.count, alternative)
}

/// The test that two variables are independent against a monotone relation. The statistic is Spearman's rank
/// correlation, the p-value that of the t approximation with n − 2 degrees of freedom.
///
/// Parameters and errors as of `pearsonTest`.
public func spearmanTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    try correlationTest(try spearmanCorrelation(x, y), x.count, alternative)
}

private func correlationTest(
    _ r: Double, _ count: Int, _ alternative: Alternative
) throws(StatisticsError) -> HypothesisTest {
    guard count >= 3 else { throw .tooFew(argument: "x", count: count, expected: "at least 3") }
    let freedom = Double(count - 2)
    let t = r * (freedom / ((1 - r) * (1 + r))).squareRoot()
    let test = try HypothesisTest.studentT(t, degreesOfFreedom: freedom, alternative)
    return HypothesisTest(statistic: r, pValue: test.pValue, degreesOfFreedom: freedom)
}

/// The test that two variables are independent against a monotone relation. The statistic is Kendall's τ_b.
///
/// The p-value is exact (Kendall's recursion for the number of discordant pairs) without ties and for at most 33 pairs
/// or one extreme in either direction, as in SciPy; else that of the normal limit with the variance for ties.
///
/// Parameters and errors as of `pearsonTest`.
public func kendallTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    let pairs = try KendallPairs(x, y)
    let tau = try kendallCorrelation(x, y)
    let n = Double(x.count)
    let all = n * (n - 1) / 2
    guard !tau.isNaN else { return HypothesisTest(statistic: tau, pValue: .nan) }
    let discordant = (all - pairs.score) / 2
    let hasTies = pairs.untiedInX < all || pairs.untiedInY < all
    if !hasTies, x.count <= 33 || min(discordant, all - discordant) <= 1 {
        let counts = discordantShares(x.count, upTo: Int(all))
        func atMost(_ k: Double) -> Double { counts.prefix(Int(k) + 1).reduce(0, +) }
        let p =
            switch alternative {
            case .twoSided: 2 * atMost(min(discordant, all - discordant))
            case .greater: atMost(discordant)
            case .less: atMost(all - discordant)
            }
        return HypothesisTest(statistic: tau, pValue: p)
    }
    func sums(_ groups: [Int]) -> (first: Double, second: Double) {
        groups.reduce((0, 0)) {
            let t = Double($1)
            return ($0.0 + t * (t - 1) * (2 * t + 5), $0.1 + t * (t - 1) * (t - 2))
        }
    }
    let (first, second) = (try RankedSample(x, "x").groups, try RankedSample(y, "y").groups)
    let (a, b) = (sums(first), sums(second))
    let (tiedX, tiedY) = (all - pairs.untiedInX, all - pairs.untiedInY)
    let base = n * (n - 1)
    let variance = (base * (2 * n + 5) - a.first - b.first) / 18 + 2 * tiedX * tiedY / base
        + a.second * b.second / (9 * base * (n - 2))
    let z = pairs.score / variance.squareRoot()
    return HypothesisTest(statistic: tau, pValue: HypothesisTest.normalPValue(z, alternative))
}

/// The share of the permutations of n with 0, 1, …, `last` inversions.
private func discordantShares(_ n: Int, upTo last: Int) -> [Double] {
    var shares = [Double](repeating: 0, count: last + 1)
    shares[0] = 1
    for size in stride(from: 2, through: n, by: 1) {
        // A window sum of `size` neighbours, divided by their number.
        let before = shares
        var window = 0.0
        for k in 0...last {
            window += before[k]
            if k >= size { window -= before[k - size] }
            shares[k] = max(0, window) / Double(size)
        }
    }
    return shares
}
