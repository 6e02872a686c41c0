// swiftcore: autocorrelation
/// The autocorrelations of a series at lags 0 … `maximumLag`: Σ(xₜ − x̄)(xₜ₊ₖ − x̄)/Σ(xₜ − x̄)², the biased estimate, whose
/// sequence is positive definite.
///
/// - Parameters:
///   - series: at least two finite numbers, not all equal.
///   - maximumLag: 0 … count − 1; by default that.
/// - Throws: `StatisticsError` naming what is wrong.
/// - Complexity: O(count · maximumLag).
public func autocorrelation(of series: some Collection<Double>, maximumLag: Int? = nil) throws(StatisticsError) -> [Double] {
    try series.requireSample("series", atLeast: 2)
    let maximumLag = maximumLag ?? series.count - 1
    guard (0..<series.count).contains(maximumLag) else {
        throw .outOfRange(argument: "maximumLag", value: Double(maximumLag), expected: "0 ... \(series.count - 1)")
    }
    let mean = series.reduce(0, +) / Double(series.count)
    let deviations = series.map { $0 - mean }
    let variance = deviations.reduce(0) { $0 + $1 * $1 }
    guard variance > 0 else { throw .undefined(argument: "series", reason: "all numbers are equal") }
    return deviations.withUnsafeBufferPointer { numbers in
        (0...maximumLag).map { lag in
            var sum = 0.0
            for index in 0..<(numbers.count - lag) { sum += numbers[index] * numbers[index + lag] }
            return sum / variance
        }
    }
}

// swiftcore: effective_sample_size
/// The number of independent draws whose mean varies as much as that of a stationary series of a Markov chain.
///
/// n/(1 + 2Σρₖ) with the sum cut by Geyer's initial monotone sequence ("Practical Markov chain Monte Carlo", 1992): pair
/// sums ρ₂ₖ + ρ₂ₖ₊₁ as long as they are positive, each at most the one before.
///
/// - Parameter series: at least four finite numbers, not all equal.
/// - Returns: a number in (0, n log₁₀ n]; more than n for a series that alternates.
/// - Throws: `StatisticsError` naming what is wrong.
public func effectiveSampleSize(of series: some Collection<Double>) throws(StatisticsError) -> Double {
    try series.requireSample("series", atLeast: 4)
    let n = series.count
    let mean = series.reduce(0, +) / Double(n)
    let deviations = series.map { $0 - mean }
    let variance = deviations.reduce(0) { $0 + $1 * $1 }
    guard variance > 0 else { throw .undefined(argument: "series", reason: "all numbers are equal") }
    func correlation(_ lag: Int) -> Double {
        var sum = 0.0
        for index in 0..<(n - lag) { sum += deviations[index] * deviations[index + lag] }
        return sum / variance
    }
    var sum = 0.0
    var before = Double.infinity
    for lag in stride(from: 0, to: n - 1, by: 2) {
        let pair = correlation(lag) + correlation(lag + 1)
        if pair <= 0 { break }
        before = min(before, pair)
        sum += before
    }
    let time = max(2 * sum - 1, 1 / PortableFunctions.logarithm(Double(n)) * PortableFunctions.logarithm(10))
    return Double(n) / time
}

/// The effective number of weighted observations, (Σw)²/Σw² (Kish).
///
/// - Parameter weights: non-negative with a positive sum.
/// - Throws: `StatisticsError` naming what is wrong.
public func effectiveSampleSize(weights: some Collection<Double>) throws(StatisticsError) -> Double {
    let total = try weights.requireWeights("weights")
    return 1 / weights.reduce(0) { $0 + ($1 / total) * ($1 / total) }
}

/// The potential scale reduction R̂ of several chains, each split in half (Gelman et al., "Bayesian data analysis", third
/// edition, section 11.4). Near 1 if they have mixed.
///
/// - Parameter chains: at least one, of equal length of at least four, not all constant.
/// - Throws: `StatisticsError` naming what is wrong.
public func potentialScaleReduction(_ chains: [[Double]]) throws(StatisticsError) -> Double {
    guard let length = chains.first?.count else { throw .tooFew(argument: "chains", count: 0, expected: "at least 1") }
    let half = length / 2
    var moments: [StreamingMoments] = []
    for (index, chain) in chains.enumerated() {
        try chain.requireSample("chains[\(index)]", atLeast: 4)
        try StatisticsError.requireEqualCounts(chain.count, "chains[\(index)]", length, "chains[0]")
        moments.append(StreamingMoments(chain.prefix(half)))
        moments.append(StreamingMoments(chain.suffix(half)))
    }
    let within = moments.reduce(0) { $0 + $1.variance } / Double(moments.count)
    let between = StreamingMoments(moments.map(\.mean)).variance
    guard within > 0 else { throw .undefined(argument: "chains", reason: "no chain varies") }
    let n = Double(half)
    return ((n - 1) / n + between / within).squareRoot()
}
