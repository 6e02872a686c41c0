/// How p-values are adjusted for being many.
public enum MultipleTestingCorrection: Sendable, CaseIterable {
    /// Times the number of tests; controls the probability of any false rejection.
    case bonferroni
    /// Holm's step-down procedure, 1979: the same, uniformly more powerful.
    case holm
    /// Hochberg's step-up procedure, 1988: the same for independent (or positively dependent) tests.
    case hochberg
    /// Benjamini and Hochberg, 1995: controls the share of false rejections for independent tests.
    case benjaminiHochberg
    /// Benjamini and Yekutieli, 2001: the same under any dependence.
    case benjaminiYekutieli
}

// swiftcore: adjusted_p_values
/// P-values adjusted for being many: rejecting those at most α keeps the error rate of the method at α.
///
/// - Parameters:
///   - pValues: in [0, 1], in any order.
///   - method: which error rate is controlled, and how.
/// - Returns: adjusted p-values in the order of the given ones.
/// - Throws: `StatisticsError` if a p-value is not a probability.
public func adjustedPValues(
    _ pValues: [Double], method: MultipleTestingCorrection
) throws(StatisticsError) -> [Double] {
    for (index, p) in pValues.enumerated() where !(p >= 0 && p <= 1) {
        throw .invalidElement(argument: "pValues", index: index, value: p, expected: "probabilities")
    }
    let n = pValues.count
    let order = pValues.indices.sorted { pValues[$0] < pValues[$1] }
    var adjusted = pValues
    switch method {
    case .bonferroni: return pValues.map { min(1, Double(n) * $0) }
    case .holm:
        var largest = 0.0
        for (place, index) in order.enumerated() {
            largest = max(largest, min(1, Double(n - place) * pValues[index]))
            adjusted[index] = largest
        }
    case .hochberg, .benjaminiHochberg, .benjaminiYekutieli:
        let harmonic = method == .benjaminiYekutieli ? (0..<n).reduce(0.0) { $0 + 1 / Double($1 + 1) } : 1
        var smallest = 1.0
        for (place, index) in order.enumerated().reversed() {
            let factor = method == .hochberg ? Double(n - place) : harmonic * Double(n) / Double(place + 1)
            smallest = min(smallest, factor * pValues[index])
            adjusted[index] = smallest
        }
    }
    return adjusted
}
