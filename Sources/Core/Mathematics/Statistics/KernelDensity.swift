import RealModule

/// How wide the kernel of a density estimate is.
public enum KernelBandwidth: Sendable, Hashable {
    /// Scott's factor n^(−1/(d + 4)) of the sample's standard deviation (covariance, in more dimensions).
    case scott
    /// Silverman's factor (n(d + 2)/4)^(−1/(d + 4)) of the same.
    case silverman
    /// Silverman's rule of thumb for one dimension, 0.9 · min(s, IQR/1.349) · n^(−1/5), which outliers do not spoil.
    case robustSilverman
    /// A given factor of the standard deviation (covariance).
    case factor(Double)
    /// A given standard deviation of the kernel, in one dimension or equal in all.
    case fixed(Double)
}

/// A density estimated by a Gaussian kernel around each observation, in any dimension.
///
/// ```swift
/// let density = try KernelDensity(of: sample)
/// density.density(at: 0.5)
/// ```
public struct KernelDensity: Sendable {
    /// One observation a row.
    public let points: Matrix
    /// The weights of the observations, with sum 1.
    public let weights: [Double]
    /// The covariance of the kernel.
    public let kernelCovariance: Matrix
    private let factor: CholeskyDecomposition<Double>
    /// The observations in the coordinates in which the kernel is standard.
    private let whitened: Matrix

    /// Estimates the density of numbers.
    ///
    /// - Parameters:
    ///   - sample: at least two finite numbers, not all equal.
    ///   - weights: of the numbers; by default equal.
    ///   - bandwidth: of the kernel.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(
        of sample: some Collection<Double>, weights: [Double]? = nil, bandwidth: KernelBandwidth = .scott
    ) throws(StatisticsError) {
        try self.init(
            points: Matrix(rows: sample.count, columns: 1, Vector(sample)), weights: weights, bandwidth: bandwidth)
    }

    /// Estimates the density of vectors.
    ///
    /// - Parameters:
    ///   - points: one observation a row; more rows than columns.
    ///   - weights: of the observations; by default equal. They count as in SciPy's `gaussian_kde`: n becomes (Σw)²/Σw² and
    ///     the covariance is weighted.
    ///   - bandwidth: of the kernel.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(
        points: Matrix, weights: [Double]? = nil, bandwidth: KernelBandwidth = .scott
    ) throws(StatisticsError) {
        try points.flattened.requireSample("points")
        let dimension = points.columns
        guard points.rows > dimension else {
            throw .tooFew(argument: "points", count: points.rows, expected: "more observations than the \(dimension) dimensions")
        }
        let weights = weights ?? [Double](repeating: 1, count: points.rows)
        try StatisticsError.requireEqualCounts(weights.count, "weights", points.rows, "points")
        let total = try weights.requireWeights("weights")
        let shares = weights.map { $0 / total }
        let squares = shares.reduce(0) { $0 + $1 * $1 }
        let n = 1 / squares
        let d = Double(dimension)
        var scale: Double?
        var width: Double?
        switch bandwidth {
        case .scott: scale = .pow(n, -1 / (d + 4))
        case .silverman: scale = .pow(n * (d + 2) / 4, -1 / (d + 4))
        case .factor(let given):
            try StatisticsError.requirePositive(given, "bandwidth")
            scale = given
        case .fixed(let given):
            try StatisticsError.requirePositive(given, "bandwidth")
            width = given
        case .robustSilverman:
            guard dimension == 1 else {
                throw .undefined(argument: "bandwidth", reason: "the robust rule is for one dimension, not \(dimension)")
            }
            let numbers = points.flattened
            let deviation = StreamingMoments(numbers).standardDeviation
            let range = try interquartileRange(of: numbers) / 1.349
            let spread = range > 0 ? min(deviation, range) : deviation
            guard spread > 0 else { throw .undefined(argument: "points", reason: "all observations are equal") }
            width = 0.9 * spread * .pow(n, -0.2)
        }
        if let width {
            kernelCovariance = Matrix.identity(dimension) * (width * width)
        } else {
            let means = (0..<dimension).map { column in
                (0..<points.rows).reduce(0.0) { $0 + shares[$1] * points[$1, column] }
            }
            let centred = Matrix(rows: points.rows, columns: dimension) {
                (points[$0, $1] - means[$1]) * (shares[$0] / (1 - squares)).squareRoot()
            }
            let factor = scale ?? 1
            kernelCovariance = centred.columnGram * (factor * factor)
        }
        let covariance = kernelCovariance
        let decomposition = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try CholeskyDecomposition(covariance)
        }
        factor = decomposition
        whitened = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try decomposition.solveLower(points.transposed).transposed
        }
        self.points = points
        self.weights = shares
    }

    /// The number of coordinates of an observation.
    public var dimension: Int { points.columns }

    /// The natural logarithm of the estimated density at a point, finite also where the density underflows.
    ///
    /// - Throws: `StatisticsError` if the point has another dimension.
    public func logDensity(at point: Vector) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(point.count, "point", dimension, "a row of points")
        let centre = try StatisticsError.wrapping { () throws(LinearAlgebraError) in
            try factor.solveLower(point.asColumn).flattened
        }
        let d = dimension
        let exponents = whitened.withUnsafeBufferPointer { numbers in
            Vector(count: points.rows) { row in
                var sum = 0.0
                for column in 0..<d {
                    let difference = numbers[row * d + column] - centre[column]
                    sum += difference * difference
                }
                return -sum / 2 + Double.log(weights[row])
            }
        }
        return exponents.logSumExp() - factor.logDeterminant / 2 - Double(d) * logSquareRootOfTwoPi
    }

    /// The estimated density at a point.
    ///
    /// - Throws: `StatisticsError` if the point has another dimension.
    public func density(at point: Vector) throws(StatisticsError) -> Double { .exp(try logDensity(at: point)) }

    /// The estimated density at a number, for observations in one dimension.
    public func density(at x: Double) throws(StatisticsError) -> Double { try density(at: [x] as Vector) }

    /// The estimated distribution function at a number: a smoothed empirical one.
    ///
    /// - Throws: `StatisticsError` if the observations are not in one dimension.
    public func cumulative(at x: Double) throws(StatisticsError) -> Double {
        try StatisticsError.requireEqualCounts(1, "x", dimension, "a row of points")
        let width = factor.lower[0, 0]
        return points.flattened.enumerated().reduce(0) { $0 + weights[$1.offset] * normalCDF((x - $1.element) / width) }
    }

    /// A vector of the estimated distribution.
    public func sample<G: RandomNumberGenerator>(using generator: inout G) -> Vector {
        let row = generator.index(weightedBy: weights)
        return generator.multivariateNormal(mean: points.row(row), choleskyFactor: factor.lower)
    }
}
