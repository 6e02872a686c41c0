import Mathematics

/// Labels, and how far each point is from its centroid.
public struct FlashAssignment: Sendable {
    /// The number of each point's centroid; of equals the lower one.
    public let labels: [Int]
    /// The squared distance of each point from its centroid, or its cosine or product with it.
    public let values: [Float]
}

// swiftcore: flash_assign
/// The nearest centroid of each point without a matrix of distances (flash-kmeans, arXiv:2603.09229, "FlashAssign").
///
/// Distances are $|x|^2 - 2 x \cdot c + |c|^2$; 48 points and 8 centroids at a time stay in registers, and of the distances only
/// the smallest of each point is kept. See `CentroidAssignment`.
///
/// - Parameters:
///   - points: one point a row, finite.
///   - centroids: one centroid a row.
///   - metric: what "nearest" means.
///   - maximumThreads: nil for the number of processors.
/// - Throws: `LinearAlgebraError` if a coordinate is not finite or the columns differ.
public func flashAssign(
    _ points: DenseMatrix<Float>, to centroids: DenseMatrix<Float>, metric: KMeansMetric = .squaredEuclidean,
    maximumThreads: Int? = nil
) throws(LinearAlgebraError) -> FlashAssignment {
    var run = try FlashKMeansRun(
        points, initialCentroids: centroids, options: FlashKMeansOptions(metric: metric, maximumThreads: maximumThreads))
    run.assign()
    return FlashAssignment(labels: run.labels, values: run.values)
}

// swiftcore: sort_inverse_update
/// The means of labelled points by sorting the labels and merging runs (flash-kmeans, arXiv:2603.09229, "sort-inverse update").
///
/// See `ClusterSums`.
///
/// - Parameters:
///   - points: one point a row, finite.
///   - labels: the cluster of each, below the number of centroids.
///   - centroids: one a row: what an empty cluster keeps.
///   - maximumThreads: nil for the number of processors.
/// - Returns: the means, one a row; how many points each is made of; how often a run of points was merged, at most
///   ⌈n/256⌉ + k − 1 times.
/// - Throws: `LinearAlgebraError` if a coordinate is not finite, the columns differ, or a label is out of range or missing.
public func sortInverseUpdate(
    _ points: DenseMatrix<Float>, labels: [Int], centroids: DenseMatrix<Float>, maximumThreads: Int? = nil
) throws(LinearAlgebraError) -> (means: DenseMatrix<Float>, counts: [Int], merges: Int) {
    try requirePoints(points, "points")
    try requirePoints(centroids, "centroids")
    try requireEqualColumns(centroids, "centroids", points, "points")
    if labels.count != points.rows {
        throw .shapeMismatch(
            argument: "labels", shape: "(\(labels.count))", other: "points",
            otherShape: "(\(points.rows), \(points.columns))", expected: "one label a point")
    }
    for label in labels where label < 0 || label >= centroids.rows {
        throw .outOfRange(
            argument: "labels", value: Double(label), expected: "numbers in 0 ..< \(centroids.rows), the centroids")
    }
    let sums = KMeansSums(
        points, labels: labels, clusters: centroids.rows, method: .sortInverse, chunk: FlashKMeansOptions().chunk,
        maximumThreads: maximumThreads)
    return (sums.sums.means(keeping: centroids).means, sums.counts, sums.merges)
}
