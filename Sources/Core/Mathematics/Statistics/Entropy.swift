import RealModule

// Entropies and divergences of finite distributions. Logarithms are natural by default; `base: 2` gives bits.

/// A factor that turns nats into units of another base.
private func unit(_ base: Double) throws(StatisticsError) -> Double {
    guard base > 0, base != 1, base < .infinity else {
        throw .outOfRange(argument: "base", value: base, expected: "a positive finite number other than 1")
    }
    return base == Double.exp(1) ? 1 : 1 / Double.log(base)
}

/// Two distributions on the same outcomes, divided by their sums.
private func pair(
    _ p: some Collection<Double>, _ q: some Collection<Double>
) throws(StatisticsError) -> (p: [Double], q: [Double]) {
    try StatisticsError.requireEqualCounts(q.count, "q", p.count, "p")
    let (a, b) = (try p.requireWeights("p"), try q.requireWeights("q"))
    return (p.map { $0 / a }, q.map { $0 / b })
}

// swiftcore: entropy
/// Shannon's entropy −Σ p log p of a distribution.
///
/// - Parameters:
///   - p: non-negative weights with a positive sum, which are divided by it.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` naming what is wrong.
public func entropy(of p: some Collection<Double>, base: Double = .exp(1)) throws(StatisticsError) -> Double {
    let total = try p.requireWeights("p")
    return try unit(base) * p.reduce(0) { $0 + entropyTerm($1 / total) }
}

/// Rényi's entropy log(Σ p^α)/(1 − α); Shannon's for α = 1, the logarithm of the support's size for 0, −log max p for ∞.
///
/// - Parameters:
///   - p: as of `entropy`.
///   - order: α ≥ 0.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` naming what is wrong.
public func renyiEntropy(
    of p: some Collection<Double>, order: Double, base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    guard order >= 0 else { throw .outOfRange(argument: "order", value: order, expected: "0 or more") }
    if order == 1 { return try entropy(of: p, base: base) }
    let total = try p.requireWeights("p")
    let logarithms = p.filter { $0 > 0 }.map { Double.log($0 / total) }
    if order == .infinity { return try -unit(base) * (logarithms.max() ?? 0) }
    return try unit(base) * Vector(logarithms.map { order * $0 }).logSumExp() / (1 - order)
}

/// Tsallis' entropy (1 − Σ p^q)/(q − 1); Shannon's in nats for q = 1, the Gini impurity for 2.
///
/// - Parameters:
///   - p: as of `entropy`.
///   - order: q ≥ 0.
/// - Throws: `StatisticsError` naming what is wrong.
public func tsallisEntropy(of p: some Collection<Double>, order: Double) throws(StatisticsError) -> Double {
    try StatisticsError.requireFinite(order, "order")
    guard order >= 0 else { throw .outOfRange(argument: "order", value: order, expected: "0 or more") }
    if order == 1 { return try entropy(of: p) }
    let total = try p.requireWeights("p")
    // −Σ p (p^(q−1) − 1)/(q − 1), which does not cancel near q = 1.
    return p.reduce(0) { $1 > 0 ? $0 - ($1 / total) * Double.expMinusOne((order - 1) * Double.log($1 / total)) : $0 }
        / (order - 1)
}

/// The cross entropy −Σ p log q; infinite if q is 0 where p is not.
///
/// - Parameters:
///   - p: non-negative weights with a positive sum, which are divided by it.
///   - q: likewise, as many.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` naming what is wrong.
public func crossEntropy(
    _ p: some Collection<Double>, _ q: some Collection<Double>, base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    return try unit(base) * zip(p, q).reduce(0) { $0 - xLogY($1.0, $1.1) }
}

// swiftcore: kullback_leibler_divergence
/// The Kullback-Leibler divergence KL(p ‖ q) = Σ p log(p/q); infinite if q is 0 where p is not.
///
/// Parameters and errors as of `crossEntropy`.
public func kullbackLeiblerDivergence(
    _ p: some Collection<Double>, _ q: some Collection<Double>, base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    // p log(p/q) − p + q has no negative terms, so that near-equal distributions keep their digits.
    let sum = zip(p, q).reduce(0.0) { sum, pair in
        if pair.0 == 0 { return sum + pair.1 }
        let ratio = (pair.1 - pair.0) / pair.0
        return sum + pair.0 * (ratio > -0.5 && ratio < 1 ? ratio - Double.log(onePlus: ratio) : ratio - Double.log(pair.1 / pair.0))
    }
    return try unit(base) * sum
}

// swiftcore: jensen_shannon_divergence
/// The Jensen-Shannon divergence ½KL(p ‖ m) + ½KL(q ‖ m) with m = (p + q)/2, in [0, log 2].
///
/// Parameters and errors as of `crossEntropy`. Its square root is a metric.
public func jensenShannonDivergence(
    _ p: some Collection<Double>, _ q: some Collection<Double>, base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    let middle = zip(p, q).map { ($0 + $1) / 2 }
    return try (kullbackLeiblerDivergence(p, middle, base: base) + kullbackLeiblerDivergence(q, middle, base: base)) / 2
}

/// Rényi's divergence log(Σ p^α q^(1 − α))/(α − 1); Kullback and Leibler's for α = 1, log max p/q for ∞.
///
/// - Parameters:
///   - p: as of `crossEntropy`.
///   - q: as of `crossEntropy`.
///   - order: α ≥ 0.
///   - base: of the logarithm, by default e.
/// - Throws: `StatisticsError` naming what is wrong.
public func renyiDivergence(
    _ p: some Collection<Double>, _ q: some Collection<Double>, order: Double, base: Double = .exp(1)
) throws(StatisticsError) -> Double {
    guard order >= 0 else { throw .outOfRange(argument: "order", value: order, expected: "0 or more") }
    if order == 1 { return try kullbackLeiblerDivergence(p, q, base: base) }
    let (p, q) = try pair(p, q)
    let unit = try unit(base)
    let both = zip(p, q).filter { $0.0 > 0 }
    if order > 1, both.contains(where: { $0.1 == 0 }) { return .infinity }
    if order == .infinity { return unit * (both.map { Double.log($0.0 / $0.1) }.max() ?? 0) }
    let terms = both.filter { $0.1 > 0 }.map { order * Double.log($0.0) + (1 - order) * Double.log($0.1) }
    return unit * Vector(terms).logSumExp() / (order - 1)
}

// swiftcore: total_variation_distance
/// The total variation distance ½Σ|p − q|, in [0, 1]. Parameters and errors as of `crossEntropy`.
public func totalVariationDistance(
    _ p: some Collection<Double>, _ q: some Collection<Double>
) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    return zip(p, q).reduce(0) { $0 + ($1.0 - $1.1).magnitude } / 2
}

/// The Hellinger distance √(½Σ(√p − √q)²), in [0, 1]. Parameters and errors as of `crossEntropy`.
public func hellingerDistance(_ p: some Collection<Double>, _ q: some Collection<Double>) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    let sum = zip(p, q).reduce(0.0) { sum, pair in
        let difference = pair.0.squareRoot() - pair.1.squareRoot()
        return sum + difference * difference
    }
    return (sum / 2).squareRoot()
}

/// The chi-squared divergence Σ(p − q)²/q; infinite if q is 0 where p is not. Parameters and errors as of `crossEntropy`.
public func chiSquaredDivergence(
    _ p: some Collection<Double>, _ q: some Collection<Double>
) throws(StatisticsError) -> Double {
    let (p, q) = try pair(p, q)
    return zip(p, q).reduce(0) { $1.0 == $1.1 ? $0 : $0 + ($1.0 - $1.1) * (($1.0 - $1.1) / $1.1) }
}
