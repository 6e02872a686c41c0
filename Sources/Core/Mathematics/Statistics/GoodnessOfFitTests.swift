import RealModule

// swiftcore: kolmogorov_smirnov_test
/// The Kolmogorov-Smirnov test that a sample comes from a continuous distribution.
///
/// The statistic is D, the largest distance between the empirical distribution function and the given one. The
/// p-value is exact: Marsaglia, Tsang and Wang, "Evaluating Kolmogorov's distribution", 2003, for up to 3000 numbers
/// (and its far tail P ≈ 2·P(D⁺) where that is more accurate); beyond, the limit at √n D + 1/(6√n) + (√n D − 1)/(4n),
/// Vrbik, "Small-sample corrections to Kolmogorov-Smirnov test statistic", 2018, within 2·10⁻³ of
/// the exact p-value, relatively, down to p-values of 10⁻³.
///
/// - Parameters:
///   - sample: at least one finite number.
///   - cumulative: the distribution function of the hypothesis.
/// - Throws: `StatisticsError` naming what is wrong.
public func kolmogorovSmirnovTest(
    _ sample: some Collection<Double>, cumulative: (Double) -> Double
) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample")
    let n = Double(sample.count)
    var distance = 0.0
    for (index, x) in sample.sorted().enumerated() {
        let value = cumulative(x)
        try StatisticsError.requireProbability(value, "cumulative(\(x))")
        distance = max(distance, value - Double(index) / n, Double(index + 1) / n - value)
    }
    return HypothesisTest(statistic: distance, pValue: kolmogorovSurvival(distance, count: sample.count))
}

/// The Kolmogorov-Smirnov test that a sample comes from a distribution.
public func kolmogorovSmirnovTest(
    _ sample: some Collection<Double>, distribution: some ContinuousDistribution
) throws(StatisticsError) -> HypothesisTest {
    try kolmogorovSmirnovTest(sample, cumulative: distribution.cumulative)
}

// swiftcore: kolmogorov_smirnov_two_sample_test
/// The Kolmogorov-Smirnov test that two samples have one continuous distribution.
///
/// The statistic is D, the largest distance between the empirical distribution functions. The p-value is exact where
/// the product of the sizes is at most 10⁶ (the paths of the lattice that stay within D, Hodges 1957), else the limit
/// of Kolmogorov's distribution.
///
/// - Parameters:
///   - x: at least one finite number.
///   - y: at least one finite number.
/// - Throws: `StatisticsError` naming what is wrong.
public func kolmogorovSmirnovTest(
    _ x: some Collection<Double>, _ y: some Collection<Double>
) throws(StatisticsError) -> HypothesisTest {
    try x.requireSample("x")
    try y.requireSample("y")
    let (a, b) = (x.sorted(), y.sorted())
    let (n, m) = (a.count, b.count)
    // D as a whole number of 1/(nm).
    var (i, j, largest) = (0, 0, 0)
    while i < n, j < m {
        let value = min(a[i], b[j])
        while i < n, a[i] == value { i += 1 }
        while j < m, b[j] == value { j += 1 }
        largest = max(largest, abs(i * m - j * n))
    }
    let statistic = Double(largest) / (Double(n) * Double(m))
    if n * m <= 1_000_000 {
        return HypothesisTest(statistic: statistic, pValue: pathsBeyond(largest, n, m))
    }
    let effective = Double(n) * Double(m) / Double(n + m)
    return HypothesisTest(statistic: statistic, pValue: kolmogorovLimit(effective.squareRoot() * statistic))
}

/// The share of the paths from (0, 0) to (n, m) that reach |i m − j n| ≥ `bound`.
private func pathsBeyond(_ bound: Int, _ n: Int, _ m: Int) -> Double {
    if bound == 0 { return 1 }
    // The probability of having stayed within the bound and being at (i, j), over that of being at (i, j): each step
    // into (i, j) comes from the left or from below with probabilities i/(i + j) and j/(i + j). What has left is
    // summed, not subtracted from 1, so that a tiny p-value keeps its digits.
    var outside = [Double](repeating: 0, count: m + 1)
    for i in 0...n {
        for j in 0...m {
            if abs(i * m - j * n) >= bound {
                outside[j] = 1
            } else if i == 0, j == 0 {
                outside[j] = 0
            } else {
                let left = i > 0 ? Double(i) / Double(i + j) * outside[j] : 0
                let below = j > 0 ? Double(j) / Double(i + j) * outside[j - 1] : 0
                outside[j] = left + below
            }
        }
    }
    return outside[m]
}

/// P(√n D > x) in the limit of large n.
func kolmogorovLimit(_ x: Double) -> Double {
    if x <= 0 { return 1 }
    if x < 1 {
        // The other form of the theta function, 1 − √(2π)/x Σ exp(−(2k − 1)²π²/(8x²)).
        let factor = -Double.pi * Double.pi / (8 * x * x)
        var sum = 0.0
        for odd in [1.0, 3, 5, 7, 9] { sum += Double.exp(odd * odd * factor) }
        return 1 - (2 * Double.pi).squareRoot() / x * sum
    }
    var sum = 0.0
    var sign = 1.0
    for k in [1.0, 2, 3, 4, 5] {
        sum += sign * Double.exp(-2 * k * k * x * x)
        sign = -sign
    }
    return 2 * sum
}

/// P(D > d) for n numbers.
func kolmogorovSurvival(_ d: Double, count: Int) -> Double {
    let n = Double(count)
    if d <= 0.5 / n { return 1 }
    if d >= 1 { return 0 }
    // Twice the one-sided probability is exact for d ≥ ½ and an upper bound that is sharp in the far tail.
    if d >= 0.5 || n * d * d > 4 { return min(1, 2 * smirnovSurvival(d, count: count)) }
    if count > 3000 {
        let z = n.squareRoot() * d
        return kolmogorovLimit(z + 1 / (6 * n.squareRoot()) + (z - 1) / (4 * n))
    }
    let k = Int(n * d) + 1
    let h = Double(k) - n * d
    let order = 2 * k - 1
    var matrix = Matrix(rows: order, columns: order) { $0 - $1 + 1 < 0 ? 0 : 1 }
    for i in 0..<order {
        matrix[i, 0] -= Double.pow(h, Double(i + 1))
        matrix[order - 1, i] -= Double.pow(h, Double(order - i))
    }
    if 2 * h > 1 { matrix[order - 1, 0] += Double.pow(2 * h - 1, Double(order)) }
    for i in 0..<order {
        for j in 0..<order where i - j + 1 > 0 {
            for divisor in 1...(i - j + 1) { matrix[i, j] /= Double(divisor) }
        }
    }
    // The power by squaring, with the exponent of the scale kept apart.
    var (result, scale) = (Matrix.identity(order), 0.0)
    var (power, powerScale) = (matrix, 0.0)
    var remaining = count
    while remaining > 0 {
        if remaining & 1 == 1 {
            result = result * power
            scale += powerScale
        }
        power = power * power
        powerScale *= 2
        if power[k - 1, k - 1] > 1e140 {
            power *= 1e-140
            powerScale += 140
        }
        if result[k - 1, k - 1] > 1e140 {
            result *= 1e-140
            scale += 140
        }
        remaining >>= 1
    }
    let logarithm = Double.log(result[k - 1, k - 1]) + scale * Double.log(10) + Double.logGamma(n + 1) - n * Double.log(n)
    return min(1, max(0, 1 - .exp(logarithm)))
}

/// P(D⁺ > d) for n numbers, by Smirnov's sum of Birnbaum and Tingey, whose terms are positive.
func smirnovSurvival(_ d: Double, count: Int) -> Double {
    let n = Double(count)
    let last = Int((n * (1 - d)).rounded(.down))
    var sum = 0.0
    for j in 0...max(last, 0) {
        let x = Double(j)
        let share = d + x / n
        if share >= 1 { continue }
        let choose = PortableFunctions.binomialLogMass(x, trials: n, probability: share)
        // The mass holds share^j (1 − share)^(n − j); Smirnov's sum needs share^(j − 1).
        sum += .exp(choose - Double.log(share))
    }
    return min(1, d * sum)
}

/// The Cramér-von Mises test that a sample comes from a continuous distribution.
///
/// The statistic is W² = 1/(12n) + Σ((2i − 1)/(2n) − F(x₍ᵢ₎))². The p-value is that of the limit of large n; its error is
/// of order 1/n.
///
/// - Parameters:
///   - sample: at least two finite numbers.
///   - cumulative: the distribution function of the hypothesis.
/// - Throws: `StatisticsError` naming what is wrong.
public func cramerVonMisesTest(
    _ sample: some Collection<Double>, cumulative: (Double) -> Double
) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 2)
    let n = Double(sample.count)
    var statistic = 1 / (12 * n)
    for (index, x) in sample.sorted().enumerated() {
        let value = cumulative(x)
        try StatisticsError.requireProbability(value, "cumulative(\(x))")
        let distance = (2 * Double(index) + 1) / (2 * n) - value
        statistic += distance * distance
    }
    return HypothesisTest(statistic: statistic, pValue: cramerVonMisesSurvival(statistic))
}

/// P(W² > x) in the limit: Anderson and Darling 1952, a series of Bessel functions.
func cramerVonMisesSurvival(_ x: Double) -> Double {
    guard x > 0 else { return 1 }
    var sum = 0.0
    for k in 0..<20 {
        let y = Double(4 * k + 1)
        let z = y * y / (16 * x)
        let term = Double.exp(Double.logGamma(Double(k) + 0.5) - Double.logGamma(Double(k) + 1))
            / (.pow(.pi, 1.5) * x.squareRoot()) * y.squareRoot() * .exp(-2 * z) * besselK(0.25, z, scaled: true)
        sum += term
        if term < 1e-17 * sum || term.isNaN { break }
    }
    return min(1, max(0, 1 - sum))
}

/// The Anderson-Darling test that a sample comes from a continuous distribution.
///
/// The statistic is A² = −n − Σ(2i − 1)/n·(ln F(x₍ᵢ₎) + ln(1 − F(x₍ₙ₊₁₋ᵢ₎))). The p-value is that of the limit for a
/// completely given distribution, computed from its two-term series (Marsaglia and Marsaglia, "Evaluating the
/// Anderson-Darling distribution", 2004); at 10 numbers or more it is within about 0.001 of the exact one.
///
/// - Parameters:
///   - sample: at least two finite numbers.
///   - distribution: of the hypothesis.
/// - Throws: `StatisticsError` naming what is wrong.
public func andersonDarlingTest(
    _ sample: some Collection<Double>, distribution: some ContinuousDistribution
) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 2)
    let statistic = andersonDarlingStatistic(sample.sorted(), distribution)
    return HypothesisTest(statistic: statistic, pValue: 1 - andersonDarlingLimit(statistic))
}

/// The Anderson-Darling test of normality, with mean and variance estimated from the sample.
///
/// The statistic is A²; its p-value is that of D'Agostino and Stephens, "Goodness-of-fit techniques", 1986, table 4.9,
/// for A²(1 + 0.75/n + 2.25/n²).
///
/// - Parameter sample: at least 8 finite numbers, not all equal.
/// - Throws: `StatisticsError` naming what is wrong.
public func andersonDarlingNormalityTest(_ sample: some Collection<Double>) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 8)
    let moments = StreamingMoments(sample)
    guard moments.variance > 0 else { throw .undefined(argument: "sample", reason: "all numbers are equal") }
    let normal = try NormalDistribution(mean: moments.mean, standardDeviation: moments.standardDeviation)
    let statistic = andersonDarlingStatistic(sample.sorted(), normal)
    let n = Double(moments.count)
    let a = statistic * (1 + 0.75 / n + 2.25 / (n * n))
    let p: Double =
        switch a {
        case ..<0.2: 1 - .exp(-13.436 + 101.14 * a - 223.73 * a * a)
        case ..<0.34: 1 - .exp(-8.318 + 42.796 * a - 59.938 * a * a)
        case ..<0.6: .exp(0.9177 - 4.279 * a - 1.38 * a * a)
        case ..<10: .exp(1.2937 - 5.709 * a + 0.0186 * a * a)
        default: 0
        }
    return HypothesisTest(statistic: statistic, pValue: p)
}

private func andersonDarlingStatistic(_ sorted: [Double], _ distribution: some ContinuousDistribution) -> Double {
    let n = Double(sorted.count)
    var sum = 0.0
    for index in sorted.indices {
        let lower = Double.log(distribution.cumulative(sorted[index]))
        let upper = Double.log(distribution.survival(sorted[sorted.count - 1 - index]))
        sum += (2 * Double(index) + 1) * (lower + upper)
    }
    return -n - sum / n
}

/// P(A² ≤ x) in the limit, with Marsaglia and Marsaglia's polynomials; error below 2e-6.
private func andersonDarlingLimit(_ x: Double) -> Double {
    func polynomial(_ coefficients: [Double]) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }
    if x <= 0 { return 0 }
    if x < 2 {
        return .exp(-1.2337141 / x) / x.squareRoot()
            * polynomial([2.00012, 0.247105, -0.0649821, 0.0347962, -0.011672, 0.00168691])
    }
    return .exp(-.exp(polynomial([1.0776, -2.30695, 0.43424, -0.082433, 0.008056, -0.0003146])))
}

/// The Jarque-Bera test of normality. The statistic is n(skewness²/6 + excess kurtosis²/24), with the chi-squared
/// limit of two degrees of freedom.
///
/// - Parameter sample: at least two finite numbers, not all equal.
/// - Throws: `StatisticsError` naming what is wrong.
public func jarqueBeraTest(_ sample: some Collection<Double>) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 2)
    let moments = StreamingMoments(sample)
    guard moments.variance > 0 else { throw .undefined(argument: "sample", reason: "all numbers are equal") }
    let statistic = Double(moments.count)
        * (moments.skewness * moments.skewness / 6 + moments.excessKurtosis * moments.excessKurtosis / 24)
    return HypothesisTest(statistic: statistic, pValue: .exp(-statistic / 2), degreesOfFreedom: 2)
}

// swiftcore: shapiro_wilk_test
/// The Shapiro-Wilk test of normality. The statistic is W.
///
/// Royston, "Algorithm AS R94", Applied Statistics 44, 1995: approximate weights from the normal scores and a normal
/// transformation of W.
///
/// - Parameter sample: 3 … 5000 finite numbers, not all equal.
/// - Throws: `StatisticsError` naming what is wrong.
public func shapiroWilkTest(_ sample: some Collection<Double>) throws(StatisticsError) -> HypothesisTest {
    try sample.requireSample("sample", atLeast: 3)
    guard sample.count <= 5000 else {
        throw .outOfRange(argument: "the count of sample", value: Double(sample.count), expected: "at most 5000")
    }
    let sorted = sample.sorted()
    let n = sorted.count
    let size = Double(n)
    let moments = StreamingMoments(sorted)
    guard sorted[n - 1] > sorted[0] else { throw .undefined(argument: "sample", reason: "all numbers are equal") }
    func polynomial(_ coefficients: [Double], _ x: Double) -> Double { coefficients.reversed().reduce(0) { $0 * x + $1 } }
    var weights = [Double](repeating: 0, count: n)
    if n == 3 {
        weights = [-0.5.squareRoot(), 0, 0.5.squareRoot()]
    } else {
        let scores = (1...n).map { normalQuantile((Double($0) - 0.375) / (size + 0.25)) }
        let squares = scores.reduce(0) { $0 + $1 * $1 }
        let u = 1 / size.squareRoot()
        let root = squares.squareRoot()
        let last = polynomial([scores[n - 1] / root, 0.221157, -0.147981, -2.071190, 4.434685, -2.706056], u)
        let (m1, m2) = (scores[n - 1], scores[n - 2])
        let factor: Double
        if n > 5 {
            let second = polynomial([m2 / root, 0.042981, -0.293762, -1.752461, 5.682633, -3.582633], u)
            factor = ((squares - 2 * m1 * m1 - 2 * m2 * m2) / (1 - 2 * last * last - 2 * second * second)).squareRoot()
            weights = scores.map { $0 / factor }
            weights[1] = -second
            weights[n - 2] = second
        } else {
            factor = ((squares - 2 * m1 * m1) / (1 - 2 * last * last)).squareRoot()
            weights = scores.map { $0 / factor }
        }
        weights[0] = -last
        weights[n - 1] = last
    }
    // In units of the range, so that nothing overflows; 1 − W from the deviations of the scaled weights.
    let range = sorted[n - 1] - sorted[0]
    let x = sorted.map { ($0 - moments.mean) / range }
    let squaresOfX = x.reduce(0) { $0 + $1 * $1 }
    let squaresOfWeights = weights.reduce(0) { $0 + $1 * $1 }
    let product = zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }
    let scale = (squaresOfWeights * squaresOfX).squareRoot()
    let complement = (scale - product) * (scale + product) / (squaresOfWeights * squaresOfX)
    let w = 1 - complement
    if n == 3 {
        let p = 6 / Double.pi * (Double.asin(w.squareRoot()) - Double.asin(0.75.squareRoot()))
        return HypothesisTest(statistic: w, pValue: max(0, p))
    }
    let y = Double.log(complement)
    let z: Double
    if n <= 11 {
        let gamma = -2.273 + 0.459 * size
        if y >= gamma { return HypothesisTest(statistic: w, pValue: 1e-99) }
        let mean = polynomial([0.5440, -0.39978, 0.025054, -6.714e-4], size)
        let deviation = Double.exp(polynomial([1.3822, -0.77857, 0.062767, -0.0020322], size))
        z = (-Double.log(gamma - y) - mean) / deviation
    } else {
        let logSize = Double.log(size)
        let mean = polynomial([-1.5861, -0.31082, -0.083751, 0.0038915], logSize)
        let deviation = Double.exp(polynomial([-0.4803, -0.082676, 0.0030302], logSize))
        z = (y - mean) / deviation
    }
    return HypothesisTest(statistic: w, pValue: normalCDF(-z))
}
