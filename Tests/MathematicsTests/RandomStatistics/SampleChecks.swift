import Foundation
import Mathematics
import Testing

/// The largest distance between the empirical distribution of a sample and a distribution function.
func kolmogorovDistance(_ sample: [Double], _ distribution: (Double) -> Double) -> Double {
    let sorted = sample.sorted()
    let n = Double(sorted.count)
    return sorted.enumerated().map { index, x in
        let value = distribution(x)
        return max(abs(value - Double(index) / n), abs(value - Double(index + 1) / n))
    }.max() ?? 0
}

/// Expects the empirical distribution near the given one: beyond 1.95/√n with probability 1e-3.
func expectDistribution(
    _ sample: [Double], sourceLocation: SourceLocation = #_sourceLocation, _ distribution: (Double) -> Double
) {
    let distance = kolmogorovDistance(sample, distribution)
    #expect(distance < 1.95 / Double(sample.count).squareRoot(), sourceLocation: sourceLocation)
}

/// Expects mean and variance within 4 standard errors; the variance's uses the sample's fourth moment.
func expectMoments(
    _ sample: [Double], mean: Double, variance: Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let n = Double(sample.count)
    let sampleMean = sample.reduce(0, +) / n
    #expect(abs(sampleMean - mean) <= 4 * (variance / n).squareRoot(), comment, sourceLocation: sourceLocation)
    let squares = sample.map { ($0 - mean) * ($0 - mean) }
    let sampleVariance = squares.reduce(0, +) / n
    let spread = (squares.reduce(0) { $0 + pow($1 - variance, 2) } / n / n).squareRoot()
    #expect(abs(sampleVariance - variance) <= 4 * spread, comment, sourceLocation: sourceLocation)
}

/// Expects counts that follow the masses: a chi-squared statistic over cells of at least 10 expected
/// counts, neighbours merged, within 4 standard deviations of its mean.
func expectMasses(
    _ sample: [Int], _ mass: (Int) -> Double, _ comment: Comment? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let n = Double(sample.count)
    var seen: [Int: Int] = [:]
    for value in sample { seen[value, default: 0] += 1 }
    guard let low = sample.min(), let high = sample.max() else { return }
    var statistic = 0.0
    var cells = 0.0
    var expected = 0.0
    var observed = 0.0
    var total = 0.0
    var seenTotal = 0.0
    for value in low...high {
        expected += n * mass(value)
        observed += Double(seen[value] ?? 0)
        if expected >= 10 {
            statistic += (observed - expected) * (observed - expected) / expected
            cells += 1
            (total, seenTotal) = (total + expected, seenTotal + observed)
            (expected, observed) = (0, 0)
        }
    }
    let rest = n - total
    if rest >= 10 {
        statistic += pow(n - seenTotal - rest, 2) / rest
        cells += 1
    }
    let freedom = max(cells - 1, 1)
    #expect(statistic < freedom + 4 * (2 * freedom).squareRoot() + 4, comment, sourceLocation: sourceLocation)
}

/// A hash of bits that pins what a seed means.
func bitHash(_ values: some Sequence<Double>) -> UInt64 {
    values.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ $1.bitPattern) &* 0x100_0000_01b3 }
}

/// |a − b| relative to |b|, where both zero is 0.
func relativeError(_ value: Double, _ reference: Double) -> Double {
    value == reference ? 0 : abs(value - reference) / max(abs(reference), Double.leastNormalMagnitude)
}
