/// An estimate of an integral over the unit cube and its standard error.
public struct QuasiMonteCarloResult: Sendable, Equatable {
    /// The mean over the randomisations.
    public let value: Double
    /// The standard error of the mean over the randomisations.
    public let standardError: Double
}

/// The integral of a function over the unit cube by randomised quasi-Monte Carlo.
///
/// The mean over `count` points of each of `randomizations` independently scrambled Sobol sequences. For smooth
/// functions the error falls nearly as 1/count, and faster with scrambling; counts that are powers of
/// two are best.
///
/// - Parameters:
///   - function: of a point in [0, 1)^dimension.
///   - dimension: 1 to 337.
///   - count: points a randomisation.
///   - randomizations: at least 2.
///   - generator: draws the scramblings.
/// - Throws: `QuadratureError.invalidArgument`; `.notFinite` if a mean is not finite (the point named is 0).
public func quasiMonteCarloMean(
    of function: (UnsafeBufferPointer<Double>) -> Double, dimension: Int, count: Int, randomizations: Int = 8,
    using generator: inout some RandomNumberGenerator
) throws(QuadratureError) -> QuasiMonteCarloResult {
    for (argument, value, least) in [("count", count, 1), ("randomizations", randomizations, 2)] where value < least {
        throw .invalidArgument(argument: argument, value: Double(value), expected: "at least \(least)")
    }
    var means: [Double] = []
    let storage = Storage<Double>(repeating: 0, count: dimension < 0 ? 0 : dimension)
    let point = UnsafeMutableBufferPointer(start: storage.pointer, count: storage.count)
    for _ in 0..<randomizations {
        var sequence = try SobolSequence(dimension: dimension, using: &generator)
        var sum = 0.0
        for _ in 0..<count {
            sequence.next(into: point)
            sum += function(UnsafeBufferPointer(point))
        }
        let mean = sum / Double(count)
        if !mean.isFinite { throw .notFinite(at: 0, value: mean) }
        means.append(mean)
    }
    withExtendedLifetime(storage) {}
    let mean = means.reduce(0, +) / Double(randomizations)
    let variance = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(randomizations - 1)
    return QuasiMonteCarloResult(value: mean, standardError: (variance / Double(randomizations)).squareRoot())
}
