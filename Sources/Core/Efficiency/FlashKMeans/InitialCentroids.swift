import Mathematics

/// How first centroids are chosen.
public enum KMeansInitialization: String, Sendable, CaseIterable {
    /// Different points at random.
    case randomPoints
    /// Greedy k-means++ (Arthur and Vassilvitskii 2007), see `kMeansPlusPlusSeeds`.
    case plusPlus
}

// swiftcore: initial_centroids
/// Points to begin with.
///
/// - Parameters:
///   - points: one point a row, finite.
///   - clusters: how many, at least 1 and at most the number of points.
///   - method: how they are chosen.
///   - generator: draws them.
/// - Throws: `LinearAlgebraError` if a coordinate is not finite or the number of clusters is out of range.
public func initialCentroids(
    of points: DenseMatrix<Float>, clusters: Int, method: KMeansInitialization = .randomPoints,
    using generator: inout some RandomNumberGenerator
) throws(LinearAlgebraError) -> DenseMatrix<Float> {
    try requirePoints(points, "points")
    guard clusters >= 1, clusters <= points.rows else {
        throw .outOfRange(
            argument: "clusters", value: Double(clusters),
            expected: "a number in 1 ... \(points.rows), the number of points")
    }
    switch method {
    case .randomPoints:
        return points.selectingRows(generator.sample(clusters, withoutReplacementBelow: points.rows))
    case .plusPlus:
        let doubles = points.withUnsafeBufferPointer { numbers in
            Matrix(rows: points.rows, columns: points.columns) { Double(numbers[$0 * points.columns + $1]) }
        }
        return points.selectingRows(try kMeansPlusPlusSeeds(doubles, clusters: clusters, using: &generator))
    }
}
