// swiftcore: permutation_test; without: statistic
/// A permutation test that two samples come from one distribution.
///
/// All assignments of the numbers to the samples are equally likely then. If there are at most `maximumPermutations`
/// of them, all are tried; otherwise so many are drawn, and the p-value is (1 + as extreme)/(1 + drawn), which is
/// valid at any number (Phipson and Smyth 2010).
///
/// - Parameters:
///   - x: at least one finite number.
///   - y: at least one finite number.
///   - alternative: of the statistic; two-sided doubles the smaller tail.
///   - maximumPermutations: at least 1.
///   - generator: draws the permutations.
///   - statistic: of the two samples, by default the difference of their means.
/// - Throws: `StatisticsError` naming what is wrong.
public func permutationTest<G: RandomNumberGenerator>(
    _ x: [Double], _ y: [Double], alternative: Alternative = .twoSided, maximumPermutations: Int = 9999,
    using generator: inout G,
    statistic: (_ x: ArraySlice<Double>, _ y: ArraySlice<Double>) -> Double = {
        $0.reduce(0, +) / Double($0.count) - $1.reduce(0, +) / Double($1.count)
    }
) throws(StatisticsError) -> HypothesisTest {
    try x.requireSample("x")
    try y.requireSample("y")
    guard maximumPermutations >= 1 else {
        throw .outOfRange(argument: "maximumPermutations", value: Double(maximumPermutations), expected: "at least 1")
    }
    let n = x.count
    var pooled = x + y
    let observed = statistic(pooled[..<n], pooled[n...])
    var tally = PermutationTally(observed: observed)
    if let combinations = binomialCoefficient(pooled.count, n), combinations <= maximumPermutations {
        let numbers = pooled
        var chosen = Array(0..<n)
        while true {
            var isChosen = [Bool](repeating: false, count: numbers.count)
            for index in chosen { isChosen[index] = true }
            pooled = chosen.map { numbers[$0] } + numbers.indices.filter { !isChosen[$0] }.map { numbers[$0] }
            tally.add(statistic(pooled[..<n], pooled[n...]))
            // The next combination in lexicographic order.
            guard let place = chosen.indices.last(where: { chosen[$0] < numbers.count - n + $0 }) else { break }
            chosen[place] += 1
            for later in chosen.indices where later > place { chosen[later] = chosen[later - 1] + 1 }
        }
        return HypothesisTest(statistic: observed, pValue: tally.pValue(alternative, isExact: true))
    }
    for _ in 0..<maximumPermutations {
        generator.shuffle(&pooled)
        tally.add(statistic(pooled[..<n], pooled[n...]))
    }
    return HypothesisTest(statistic: observed, pValue: tally.pValue(alternative, isExact: false))
}

// swiftcore: paired_permutation_test
/// A permutation test that the differences of pairs are symmetric around 0, by changing their signs.
///
/// All 2ⁿ signs are tried if they are at most `maximumPermutations`, else so many are drawn. The statistic is the mean
/// difference.
///
/// - Parameters:
///   - differences: at least one finite number.
///   - alternative: of the mean difference; two-sided doubles the smaller tail.
///   - maximumPermutations: at least 1.
///   - generator: draws the signs.
/// - Throws: `StatisticsError` naming what is wrong.
public func pairedPermutationTest<G: RandomNumberGenerator>(
    _ differences: [Double], alternative: Alternative = .twoSided, maximumPermutations: Int = 9999,
    using generator: inout G
) throws(StatisticsError) -> HypothesisTest {
    try differences.requireSample("differences")
    guard maximumPermutations >= 1 else {
        throw .outOfRange(argument: "maximumPermutations", value: Double(maximumPermutations), expected: "at least 1")
    }
    let n = Double(differences.count)
    let observed = differences.reduce(0, +) / n
    var tally = PermutationTally(observed: observed)
    if differences.count < 62, 1 << differences.count <= maximumPermutations {
        for signs in 0..<(1 << differences.count) {
            tally.add(differences.enumerated().reduce(0) { $0 + (signs >> $1.offset & 1 == 0 ? $1.element : -$1.element) } / n)
        }
        return HypothesisTest(statistic: observed, pValue: tally.pValue(alternative, isExact: true))
    }
    for _ in 0..<maximumPermutations {
        var bits: UInt64 = 0
        var sum = 0.0
        for (index, difference) in differences.enumerated() {
            if index % 64 == 0 { bits = generator.next() }
            sum += bits & 1 == 0 ? difference : -difference
            bits >>= 1
        }
        tally.add(sum / n)
    }
    return HypothesisTest(statistic: observed, pValue: tally.pValue(alternative, isExact: false))
}

/// How many permutations give a statistic at least as large, and as small, as the one observed.
private struct PermutationTally {
    let observed: Double
    var asLarge = 0
    var asSmall = 0
    var count = 0

    mutating func add(_ statistic: Double) {
        // A permutation of equal value may differ by the rounding of its sums.
        let tolerance = 1e-12 * max(observed.magnitude, statistic.magnitude)
        count += 1
        if statistic >= observed - tolerance { asLarge += 1 }
        if statistic <= observed + tolerance { asSmall += 1 }
    }

    func pValue(_ alternative: Alternative, isExact: Bool) -> Double {
        let extra = isExact ? 0 : 1
        func share(_ number: Int) -> Double { Double(number + extra) / Double(count + extra) }
        return switch alternative {
        case .less: share(asSmall)
        case .greater: share(asLarge)
        case .twoSided: min(1, 2 * share(min(asSmall, asLarge)))
        }
    }
}

/// n over k, or nil if it exceeds an Int.
func binomialCoefficient(_ n: Int, _ k: Int) -> Int? {
    var result = 1
    for step in 0..<min(k, n - k) {
        let (product, overflow) = result.multipliedReportingOverflow(by: n - step)
        if overflow { return nil }
        result = product / (step + 1)
    }
    return result
}
