import RealModule

// swiftcore: binomial_test
/// The exact binomial test that the probability of success is a given one. The statistic is the share of successes.
///
/// Two-sided, it sums all outcomes that are no more likely than the one seen.
///
/// - Parameters:
///   - successes: 0 … trials.
///   - trials: at least 1.
///   - probability: of the hypothesis.
///   - alternative: of the share of successes.
/// - Throws: `StatisticsError` naming what is wrong.
public func binomialTest(
    successes: Int, trials: Int, probability: Double = 0.5, alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    guard trials >= 1 else { throw .outOfRange(argument: "trials", value: Double(trials), expected: "at least 1") }
    guard (0...trials).contains(successes) else {
        throw .outOfRange(argument: "successes", value: Double(successes), expected: "0 ... \(trials), the trials")
    }
    let distribution = try BinomialDistribution(trials: trials, successProbability: probability)
    let share = Double(successes) / Double(trials)
    return HypothesisTest(statistic: share, pValue: exactPValue(successes, distribution, alternative))
}

/// The p-value of one count by the exact test of least likely outcomes.
private func exactPValue(
    _ k: Int, _ distribution: some DiscreteDistribution, _ alternative: Alternative
) -> Double {
    switch alternative {
    case .less: return distribution.cumulative(k)
    case .greater: return distribution.survival(k - 1)
    case .twoSided:
        let support = distribution.support
        // A mass equal but for rounding counts as equal.
        let bound = distribution.logProbability(k) + 1e-7
        if bound == -.infinity { return 0 }
        let mode = min(max(Int(distribution.mean.rounded()), support.lowerBound), support.upperBound)
        if Double(k) < distribution.mean {
            // The first beyond the mean that is as unlikely: the masses fall there.
            var (low, high) = (mode, support.upperBound + 1)
            while low < high {
                let middle = low + (high - low) / 2
                if distribution.logProbability(middle) <= bound { high = middle } else { low = middle + 1 }
            }
            return distribution.cumulative(k) + distribution.survival(max(low, k + 1) - 1)
        }
        var (low, high) = (support.lowerBound - 1, mode)
        while low < high {
            let middle = low + (high - low + 1) / 2
            if distribution.logProbability(middle) <= bound { low = middle } else { high = middle - 1 }
        }
        return distribution.survival(k - 1) + distribution.cumulative(min(low, k - 1))
    }
}

// swiftcore: fisher_exact_test
/// Fisher's exact test that rows and columns of a 2 × 2 table are independent. The statistic is the odds ratio
/// ad/(bc) of the sample.
///
/// - Parameters:
///   - table: [[a, b], [c, d]], non-negative counts with a positive sum.
///   - alternative: of the odds ratio compared with 1.
/// - Throws: `StatisticsError` naming what is wrong.
public func fisherExactTest(
    _ table: [[Int]], alternative: Alternative = .twoSided
) throws(StatisticsError) -> HypothesisTest {
    guard table.count == 2, table.allSatisfy({ $0.count == 2 && $0.allSatisfy { $0 >= 0 } }) else {
        throw .undefined(argument: "table", reason: "expected two rows of two non-negative counts")
    }
    let (a, b, c, d) = (table[0][0], table[0][1], table[1][0], table[1][1])
    let distribution = try HypergeometricDistribution(draws: a + b, successes: a + c, population: a + b + c + d)
    let odds = Double(a) * Double(d) / (Double(b) * Double(c))
    return HypothesisTest(statistic: odds, pValue: exactPValue(a, distribution, alternative))
}

/// McNemar's exact test that two classifiers of the same items err equally often: a binomial test of the discordant
/// pairs. The statistic is the smaller of both counts.
///
/// - Parameters:
///   - onlyFirst: how many items only the first got right.
///   - onlySecond: how many items only the second got right.
/// - Throws: `StatisticsError` if a count is negative.
public func mcNemarTest(onlyFirst: Int, onlySecond: Int) throws(StatisticsError) -> HypothesisTest {
    for (name, count) in [("onlyFirst", onlyFirst), ("onlySecond", onlySecond)] where count < 0 {
        throw .outOfRange(argument: name, value: Double(count), expected: "0 or more")
    }
    let smaller = min(onlyFirst, onlySecond)
    let distribution = try BinomialDistribution(trials: onlyFirst + onlySecond, successProbability: 0.5)
    return HypothesisTest(statistic: Double(smaller), pValue: 2 * distribution.cumulative(smaller))
}

// swiftcore: chi_squared_test
/// Pearson's chi-squared test that counts follow given expectations. The statistic is Σ(observed − expected)²/expected.
///
/// - Parameters:
///   - observed: counts, at least two.
///   - expected: positive, as many; by default all equal. They are scaled to the sum of the counts.
///   - estimatedParameters: how many parameters were estimated from the counts; each takes a degree of freedom.
/// - Throws: `StatisticsError` naming what is wrong.
public func chiSquaredTest(
    observed: [Double], expected: [Double]? = nil, estimatedParameters: Int = 0
) throws(StatisticsError) -> HypothesisTest {
    guard observed.count >= 2 else { throw .tooFew(argument: "observed", count: observed.count, expected: "at least 2") }
    let total = try observed.requireWeights("observed")
    let expected = expected ?? [Double](repeating: 1, count: observed.count)
    try StatisticsError.requireEqualCounts(expected.count, "expected", observed.count, "observed")
    let expectedTotal = try expected.requireWeights("expected")
    for (index, value) in expected.enumerated() where value <= 0 {
        throw .invalidElement(argument: "expected", index: index, value: value, expected: "positive numbers")
    }
    let freedom = Double(observed.count - 1 - estimatedParameters)
    guard freedom >= 1, estimatedParameters >= 0 else {
        throw .outOfRange(
            argument: "estimatedParameters", value: Double(estimatedParameters),
            expected: "0 ... \(observed.count - 2), to leave a degree of freedom")
    }
    let statistic = zip(observed, expected).reduce(0.0) { sum, pair in
        let expectation = pair.1 * (total / expectedTotal)
        return sum + (pair.0 - expectation) * ((pair.0 - expectation) / expectation)
    }
    return HypothesisTest(
        statistic: statistic, pValue: try ChiSquaredDistribution(degreesOfFreedom: freedom).survival(statistic),
        degreesOfFreedom: freedom)
}

/// The statistic of a test of independence.
public enum IndependenceStatistic: Sendable, Hashable {
    /// Pearson's Σ(O − E)²/E.
    case pearson
    /// Pearson's with Yates' correction: each |O − E| is brought ½ (at most itself) nearer to 0. For 2 × 2 tables.
    case yates
    /// The likelihood ratio G = 2Σ O ln(O/E).
    case likelihoodRatio
}

// swiftcore: independence_test
/// The chi-squared test that rows and columns of a table of counts are independent.
///
/// - Parameters:
///   - table: non-negative counts, at least 2 × 2, without an empty row or column.
///   - statistic: which one.
/// - Throws: `StatisticsError` naming what is wrong.
public func independenceTest(
    _ table: Matrix, statistic: IndependenceStatistic = .pearson
) throws(StatisticsError) -> HypothesisTest {
    guard table.rows >= 2, table.columns >= 2 else {
        throw .tooFew(argument: "table", count: table.count, expected: "at least 2 rows and 2 columns")
    }
    let total = try table.flattened.requireWeights("table")
    let rows = (0..<table.rows).map { table.row($0).reduce(0, +) }
    let columns = (0..<table.columns).map { table.column($0).reduce(0, +) }
    guard rows.allSatisfy({ $0 > 0 }), columns.allSatisfy({ $0 > 0 }) else {
        throw .undefined(argument: "table", reason: "a row or a column holds no counts")
    }
    var sum = 0.0
    for i in 0..<table.rows {
        for j in 0..<table.columns {
            let expected = rows[i] * (columns[j] / total)
            let distance = (table[i, j] - expected).magnitude
            switch statistic {
            case .pearson: sum += distance * (distance / expected)
            case .yates:
                let corrected = distance - min(0.5, distance)
                sum += corrected * (corrected / expected)
            case .likelihoodRatio: sum += 2 * xLogY(table[i, j], table[i, j] / expected)
            }
        }
    }
    let freedom = Double((table.rows - 1) * (table.columns - 1))
    return HypothesisTest(
        statistic: sum, pValue: try ChiSquaredDistribution(degreesOfFreedom: freedom).survival(sum), degreesOfFreedom: freedom)
}

/// Cramér's V of a table of counts, in [0, 1]: 0 for independence, 1 if one variable determines the other.
///
/// - Throws: as `independenceTest`.
public func cramersV(_ table: Matrix) throws(StatisticsError) -> Double {
    let statistic = try independenceTest(table).statistic
    return (statistic / (table.flattened.reduce(0, +) * Double(min(table.rows, table.columns) - 1))).squareRoot()
}
