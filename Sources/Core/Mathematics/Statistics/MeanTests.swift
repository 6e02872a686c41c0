// swiftcore: t_test
/// Student's t test of the mean of a normal sample. The statistic is t = (mean − `mean`)/standard error.
///
/// - Parameters:
///   - sample: at least two finite numbers.
///   - mean: of the hypothesis.
///   - alternative: which departures count.
/// - Throws: `StatisticsError` naming what is wrong.
public func tTest(
    _ sample: some Collection<Double>, mean: Double = 0, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 2)
    try StatisticsError.requireFinite(mean, "mean")
    let moments = StreamingMoments(sample)
    return try .studentT(
        (moments.mean - mean) / moments.standardError, degreesOfFreedom: Double(moments.count - 1), alternative)
}

// swiftcore: paired_t_test
/// The paired t test: Student's t test that the mean of x − y is 0.
///
/// - Parameters:
///   - x: at least two finite numbers.
///   - y: as many, in the same order.
///   - alternative: of the mean of x − y.
/// - Throws: `StatisticsError` naming what is wrong.
public func pairedTTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    try StatisticsError.requireEqualCounts(y.count, "y", x.count, "x")
    try x.requireSample("x", atLeast: 2)
    try y.requireSample("y", atLeast: 2)
    return try tTest(zip(x, y).map { $0 - $1 }, alternative: alternative)
}

// swiftcore: two_sample_t_test
/// Welch's t test that two normal samples have equal means, without assuming equal variances; or Student's,
/// which assumes them.
///
/// - Parameters:
///   - x: at least two finite numbers.
///   - y: at least two finite numbers.
///   - assumingEqualVariances: true for Student's test with the pooled variance.
///   - alternative: of mean(x) − mean(y).
/// - Throws: `StatisticsError` naming what is wrong.
public func twoSampleTTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>, assumingEqualVariances: Bool = false,
    alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    try x.requireSample("x", atLeast: 2)
    try y.requireSample("y", atLeast: 2)
    let (a, b) = (StreamingMoments(x), StreamingMoments(y))
    let (n, m) = (Double(a.count), Double(b.count))
    let difference = a.mean - b.mean
    if assumingEqualVariances {
        let pooled = ((n - 1) * a.variance + (m - 1) * b.variance) / (n + m - 2)
        return try .studentT(
            difference / (pooled * (1 / n + 1 / m)).squareRoot(), degreesOfFreedom: n + m - 2, alternative)
    }
    let (first, second) = (a.variance / n, b.variance / m)
    let sum = first + second
    // Welch and Satterthwaite's degrees of freedom, in shares of the sum so that nothing overflows.
    let (p, q) = (first / sum, second / sum)
    let freedom = sum > 0 ? 1 / (p * p / (n - 1) + q * q / (m - 1)) : n + m - 2
    return try .studentT(difference / sum.squareRoot(), degreesOfFreedom: freedom, alternative)
}

// swiftcore: analysis_of_variance
/// One-way analysis of variance: the F test that normal samples of equal variance have equal means.
///
/// - Parameter groups: at least two, each with at least one finite number, more numbers than groups in all.
/// - Throws: `StatisticsError` naming what is wrong.
public func analysisOfVariance(_ groups: [[Double]]) throws(StatisticsError) -> HypothesisTest {
    try requireGroups(groups)
    let count = groups.reduce(0) { $0 + $1.count }
    let (between, within) = (Double(groups.count - 1), Double(count - groups.count))
    guard within > 0 else { throw .tooFew(argument: "groups", count: count, expected: "more numbers than groups") }
    let means = groups.map { StreamingMoments($0) }
    let grandMean = groups.joined().reduce(0, +) / Double(count)
    let betweenSquares = means.reduce(0.0) { $0 + Double($1.count) * ($1.mean - grandMean) * ($1.mean - grandMean) }
    let withinSquares = means.reduce(0.0) { $0 + $1.populationVariance * Double($1.count) }
    let f = (betweenSquares / between) / (withinSquares / within)
    let p = try f.isNaN
        ? .nan : FisherFDistribution(numeratorDegrees: between, denominatorDegrees: within).survival(f)
    return HypothesisTest(statistic: f, pValue: p, degreesOfFreedom: between, denominatorDegrees: within)
}

/// The Brown-Forsythe test (Levene's with medians) that samples have equal variances: an analysis of variance of
/// the distances from each group's median.
///
/// - Parameter groups: as of `analysisOfVariance`.
/// - Throws: `StatisticsError` naming what is wrong.
public func brownForsytheTest(_ groups: [[Double]]) throws(StatisticsError) -> HypothesisTest {
    try requireGroups(groups)
    var distances: [[Double]] = []
    for group in groups {
        let centre = try median(of: group)
        distances.append(group.map { ($0 - centre).magnitude })
    }
    return try analysisOfVariance(distances)
}

/// Hotelling's test that a normal sample of vectors has a given mean. The statistic is T² = n (x̄ − μ)ᵀ S⁻¹ (x̄ − μ).
///
/// - Parameters:
///   - sample: one vector a row; more rows than columns.
///   - mean: of the hypothesis.
/// - Throws: `StatisticsError` naming what is wrong; `.linearAlgebra` if the covariance is singular.
public func hotellingTest(_ sample: Matrix, mean: Vector) throws(StatisticsError) -> HypothesisTest {
    try sample.flattened.requireSample("sample")
    try StatisticsError.requireEqualCounts(mean.count, "mean", sample.columns, "a row of sample")
    let (n, p) = (Double(sample.rows), Double(sample.columns))
    guard n > p else { throw .tooFew(argument: "sample", count: sample.rows, expected: "more rows than columns") }
    let summary = StreamingCovariance(rows: sample)
    let distance = try MultivariateNormalDistribution(mean: summary.mean, covariance: summary.covariance)
        .squaredMahalanobisDistance(mean)
    return try hotelling(n * distance, dimension: p, freedom: n - 1)
}

/// Hotelling's test that two normal samples of vectors with one covariance have equal means. The statistic is T².
///
/// - Parameters:
///   - x: one vector a row.
///   - y: as many columns; the rows of both together exceed the columns by at least two.
/// - Throws: `StatisticsError` naming what is wrong; `.linearAlgebra` if the pooled covariance is singular.
public func hotellingTest(_ x: Matrix, _ y: Matrix) throws(StatisticsError) -> HypothesisTest {
    try x.flattened.requireSample("x")
    try y.flattened.requireSample("y")
    try StatisticsError.requireEqualCounts(y.columns, "a row of y", x.columns, "a row of x")
    let (n, m, p) = (Double(x.rows), Double(y.rows), Double(x.columns))
    guard x.rows >= 2, y.rows >= 2, n + m - 2 >= p else {
        throw .tooFew(argument: "x and y", count: x.rows + y.rows, expected: "two rows each and more rows in all than columns + 1")
    }
    let (a, b) = (StreamingCovariance(rows: x), StreamingCovariance(rows: y))
    let pooled = (a.covariance * (n - 1) + b.covariance * (m - 1)) / (n + m - 2)
    let distance = try MultivariateNormalDistribution(mean: a.mean, covariance: pooled)
        .squaredMahalanobisDistance(b.mean)
    return try hotelling(n * m / (n + m) * distance, dimension: p, freedom: n + m - 2)
}

private func hotelling(
    _ squared: Double, dimension: Double, freedom: Double
) throws(StatisticsError) -> HypothesisTest {
    let below = freedom - dimension + 1
    let f = squared * below / (dimension * freedom)
    let p = try FisherFDistribution(numeratorDegrees: dimension, denominatorDegrees: below).survival(f)
    return HypothesisTest(statistic: squared, pValue: p, degreesOfFreedom: dimension, denominatorDegrees: below)
}

/// Checks the groups of a test of several samples.
func requireGroups(_ groups: [[Double]]) throws(StatisticsError) {
    guard groups.count >= 2 else { throw .tooFew(argument: "groups", count: groups.count, expected: "at least 2") }
    for (index, group) in groups.enumerated() { try group.requireSample("groups[\(index)]") }
}
