import RealModule

/// The maximum mean discrepancy of two samples under a Gaussian kernel.
///
/// Gretton et al., "A kernel two-sample test", 2012: the squared distance of the kernel means, with
/// k(x, y) = exp(−‖x − y‖²/(2·bandwidth²)). O((n + m)² d).
public struct MaximumMeanDiscrepancy: Sendable {
    /// The unbiased estimate of MMD² (equation 3 of the paper), which may be negative.
    public let unbiased: Double
    /// The biased estimate of MMD² (equation 5), never negative but for rounding.
    public let biased: Double
    /// Of the kernel.
    public let bandwidth: Double

    /// Compares two samples.
    ///
    /// - Parameters:
    ///   - x: one observation a row; at least two.
    ///   - y: likewise, with as many columns.
    ///   - bandwidth: of the kernel, positive; by default the median of the distances between different observations of
    ///     both samples together.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(_ x: Matrix, _ y: Matrix, bandwidth: Double? = nil) throws(StatisticsError) {
        try requireTwoSamples(x, y)
        let (n, m) = (x.rows, y.rows)
        let squares = squaredDistances(x.appendingRows(of: y))
        if let bandwidth {
            try StatisticsError.requirePositive(bandwidth, "bandwidth")
            self.bandwidth = bandwidth
        } else {
            var distances: [Double] = []
            for i in 0..<(n + m) { for j in 0..<i { distances.append(squares[i, j].squareRoot()) } }
            let middle = try median(of: distances)
            guard middle > 0 else { throw .undefined(argument: "bandwidth", reason: "half of the distances are 0") }
            self.bandwidth = middle
        }
        let factor = -1 / (2 * self.bandwidth * self.bandwidth)
        var (insideX, insideY, between) = (0.0, 0.0, 0.0)
        for i in 0..<(n + m) {
            for j in 0..<i {
                let kernel = Double.exp(factor * squares[i, j])
                if i < n { insideX += kernel } else if j >= n { insideY += kernel } else { between += kernel }
            }
        }
        let (a, b) = (Double(n), Double(m))
        unbiased = 2 * insideX / (a * (a - 1)) + 2 * insideY / (b * (b - 1)) - 2 * between / (a * b)
        biased = (2 * insideX + a) / (a * a) + (2 * insideY + b) / (b * b) - 2 * between / (a * b)
    }
}

// swiftcore: energy_distance
/// The energy distance 2E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ of two samples (Székely and Rizzo 2013), never negative.
///
/// - Parameters:
///   - x: one observation a row; at least two.
///   - y: likewise, with as many columns.
/// - Throws: `StatisticsError` naming what is wrong.
public func energyDistance(_ x: Matrix, _ y: Matrix) throws(StatisticsError) -> Double {
    try requireTwoSamples(x, y)
    let (n, m) = (x.rows, y.rows)
    let squares = squaredDistances(x.appendingRows(of: y))
    var (insideX, insideY, between) = (0.0, 0.0, 0.0)
    for i in 0..<(n + m) {
        for j in 0..<i {
            let distance = squares[i, j].squareRoot()
            if i < n { insideX += distance } else if j >= n { insideY += distance } else { between += distance }
        }
    }
    let (a, b) = (Double(n), Double(m))
    return max(0, 2 * between / (a * b) - 2 * insideX / (a * a) - 2 * insideY / (b * b))
}

/// The squared Euclidean distances of all rows, from the differences, so that near points keep their digits.
func squaredDistances(_ points: Matrix) -> Matrix {
    let (rows, dimension) = (points.rows, points.columns)
    var result = Matrix.zeros(rows, rows)
    result.withUnsafeMutableBufferPointer { result in
        points.withUnsafeBufferPointer { numbers in
            for i in 0..<rows {
                for j in 0..<i {
                    var sum = 0.0
                    for column in 0..<dimension {
                        let difference = numbers[i * dimension + column] - numbers[j * dimension + column]
                        sum += difference * difference
                    }
                    result[i * rows + j] = sum
                    result[j * rows + i] = sum
                }
            }
        }
    }
    return result
}

private func requireTwoSamples(_ x: Matrix, _ y: Matrix) throws(StatisticsError) {
    try StatisticsError.requireEqualCounts(y.columns, "a row of y", x.columns, "a row of x")
    for (name, sample) in [("x", x), ("y", y)] {
        guard sample.rows >= 2 else { throw .tooFew(argument: name, count: sample.rows, expected: "at least 2 rows") }
        if sample.columns > 0 { try sample.flattened.requireSample(name) }
    }
}

/// The distances between two finite sets of points.
public struct HausdorffDistance: Sendable, Hashable {
    /// The largest distance of a point of the first set from the second.
    public let forward: Double
    /// The largest distance of a point of the second set from the first.
    public let backward: Double

    /// The larger of both: the Hausdorff distance.
    public var symmetric: Double { max(forward, backward) }

    /// Measures two sets of points in the Euclidean norm. O(nm), with early exit.
    ///
    /// - Parameters:
    ///   - x: one point a row; at least one.
    ///   - y: likewise, with as many columns.
    ///   - share: the quantile of the distances that counts as the largest, in (0, 1]; 0.95 gives the robust variant. The
    ///     quantile is linear as in `quantile`.
    /// - Throws: `StatisticsError` naming what is wrong.
    public init(_ x: Matrix, _ y: Matrix, share: Double = 1) throws(StatisticsError) {
        try StatisticsError.requireEqualCounts(y.columns, "a row of y", x.columns, "a row of x")
        try x.flattened.requireSample("x")
        try y.flattened.requireSample("y")
        guard share > 0, share <= 1 else { throw .outOfRange(argument: "share", value: share, expected: "a number in (0, 1]") }
        forward = sortedQuantile(Self.nearest(x, y).sorted(), share, .linear)
        backward = sortedQuantile(Self.nearest(y, x).sorted(), share, .linear)
    }

    /// The distance of each row of `x` from the nearest row of `y`.
    private static func nearest(_ x: Matrix, _ y: Matrix) -> [Double] {
        let dimension = x.columns
        return x.withUnsafeBufferPointer { a in
            y.withUnsafeBufferPointer { b in
                (0..<x.rows).map { i in
                    var best = Double.infinity
                    for j in 0..<y.rows {
                        var sum = 0.0
                        for column in 0..<dimension {
                            let difference = a[i * dimension + column] - b[j * dimension + column]
                            sum += difference * difference
                            if sum >= best { break }
                        }
                        best = min(best, sum)
                    }
                    return best.squareRoot()
                }
            }
        }
    }
}
