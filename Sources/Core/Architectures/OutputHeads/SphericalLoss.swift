import Mathematics

/// All that a loss of the spherical family sees of the D outputs of an example: the target's, their sum and the sum of
/// their squares (Vincent, de Brébisson and Bouthillier 2015, arXiv:1412.7091).
public struct OutputStatistics: Equatable, Sendable {
    /// o_c.
    public var target: Double
    /// s = Σ o_k.
    public var sum: Double
    /// q = Σ o_k².
    public var squaredSum: Double
    /// D.
    public var count: Int

    /// The statistics of these values.
    public init(target: Double, sum: Double, squaredSum: Double, count: Int) {
        self.target = target
        self.sum = sum
        self.squaredSum = squaredSum
        self.count = count
    }
}

/// The derivatives of a loss by the three statistics.
public struct OutputStatisticsGradient: Equatable, Sendable {
    /// ∂L/∂o_c with s and q held.
    public var target: Double
    /// ∂L/∂s.
    public var sum: Double
    /// ∂L/∂q.
    public var squaredSum: Double

    /// The gradient of these values.
    public init(target: Double, sum: Double, squaredSum: Double) {
        self.target = target
        self.sum = sum
        self.squaredSum = squaredSum
    }
}

/// A loss for classification that depends on the outputs through `OutputStatistics` alone, so that an output layer can
/// be trained in time independent of the number of classes (z-loss, arXiv:1604.08859).
public enum SphericalLoss: Equatable, Sendable {
    /// (1/a) softplus(a(b − z_c)), where z_c = (o_c − μ)/σ is the target's z-score among the outputs (z-loss,
    /// arXiv:1604.08859). `sharpness` is a > 0, `location` b: how far above the mean the target shall be, in
    /// standard deviations. Invariant to shift and positive scale of the outputs.
    case zLoss(sharpness: Double = 1, location: Double = 0)
    /// Σ (o_k − δ_kc)².
    case squaredError
    /// −ln of (1 + o_c + o_c²/2) / Σ (1 + o_k + o_k²/2).
    case logTaylorSoftmax
    /// −ln of (o_c² + ε) / Σ (o_k² + ε), ε > 0.
    case logSphericalSoftmax(epsilon: Double = 0.01)

    /// The loss.
    ///
    /// - Throws: `ArchitectureError.invalid` for a parameter out of range, no outputs, or, for the Z-loss, outputs that
    ///   are all equal.
    public func value(at statistics: OutputStatistics) throws(ArchitectureError) -> Double {
        try check()
        let o = statistics.target, s = statistics.sum, q = statistics.squaredSum, count = Double(statistics.count)
        switch self {
        case .zLoss(let sharpness, let location):
            let z = try ZScore(statistics)
            return softplus(location - z.value, sharpness: sharpness)
        case .squaredError: return q - 2 * o + 1
        case .logTaylorSoftmax: return .log(count + s + q / 2) - .log(1 + o + o * o / 2)
        case .logSphericalSoftmax(let epsilon): return .log(q + count * epsilon) - .log(o * o + epsilon)
        }
    }

    /// The derivatives by the three statistics.
    ///
    /// - Throws: as `value(at:)`.
    public func gradient(at statistics: OutputStatistics) throws(ArchitectureError) -> OutputStatisticsGradient {
        try check()
        let o = statistics.target, s = statistics.sum, q = statistics.squaredSum, count = Double(statistics.count)
        switch self {
        case .zLoss(let sharpness, let location):
            let z = try ZScore(statistics)
            let slope = -logistic(sharpness * (location - z.value)) / z.deviation
            // z = (o − μ)/σ with μ = s/D, σ² = q/D − μ².
            return OutputStatisticsGradient(
                target: slope, sum: slope * (z.value * z.mean / z.deviation - 1) / count,
                squaredSum: -slope * z.value / (2 * count * z.deviation))
        case .squaredError: return OutputStatisticsGradient(target: -2, sum: 0, squaredSum: 1)
        case .logTaylorSoftmax:
            let total = count + s + q / 2
            return OutputStatisticsGradient(
                target: -(1 + o) / (1 + o + o * o / 2), sum: 1 / total, squaredSum: 0.5 / total)
        case .logSphericalSoftmax(let epsilon):
            return OutputStatisticsGradient(
                target: -2 * o / (o * o + epsilon), sum: 0, squaredSum: 1 / (q + count * epsilon))
        }
    }

    private func check() throws(ArchitectureError) {
        switch self {
        case .zLoss(let sharpness, let location):
            try requirePositive(sharpness, "sharpness")
            try requireArgument(location.isFinite, "location", location, "a finite number")
        case .logSphericalSoftmax(let epsilon): try requirePositive(epsilon, "epsilon")
        case .squaredError, .logTaylorSoftmax: break
        }
    }
}

/// The target's output less the mean, in standard deviations.
struct ZScore {
    let value: Double
    let mean: Double
    let deviation: Double

    init(_ statistics: OutputStatistics) throws(ArchitectureError) {
        try requireArgument(statistics.count > 1, "outputs", "of \(statistics.count) classes", "at least 2 classes")
        let count = Double(statistics.count)
        mean = statistics.sum / count
        let variance = statistics.squaredSum / count - mean * mean
        try requireArgument(
            variance > 0, "outputs", "of variance \(variance)", "outputs that are not all equal, for the Z-loss")
        deviation = variance.squareRoot()
        value = (statistics.target - mean) / deviation
    }
}
