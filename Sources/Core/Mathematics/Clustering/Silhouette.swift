// swiftcore: silhouettes
/// The silhouette of each point: (b − a)/max(a, b), a its mean distance to the others of its cluster and b the
/// least mean distance to those of another.
///
/// Rousseeuw, "Silhouettes: a graphical aid to the interpretation and validation of cluster analysis", 1987. 0 for the
/// only point of a cluster. O(n² · dimensions).
///
/// - Parameters:
///   - points: one point a row.
///   - labels: the cluster of each point, numbers from 0.
/// - Throws: `LinearAlgebraError` if the counts differ, a coordinate is not finite or there are not at least two
///   clusters.
public func silhouettes(_ points: Matrix, labels: [Int]) throws(LinearAlgebraError) -> Vector {
    try points.requireFinite("points")
    if labels.count != points.rows {
        throw .shapeMismatch(
            argument: "labels", shape: "(\(labels.count))", other: "points",
            otherShape: "(\(points.rows), \(points.columns))", expected: "one label a row")
    }
    let clusters = (labels.max() ?? -1) + 1
    var counts = [Double](repeating: 0, count: clusters)
    for label in labels {
        if label < 0 { throw .outOfRange(argument: "labels", value: Double(label), expected: "labels of at least 0") }
        counts[label] += 1
    }
    let used = counts.count { $0 > 0 }
    guard used >= 2 else {
        throw .outOfRange(argument: "the number of clusters", value: Double(used), expected: "at least 2")
    }
    let block = 256
    let parts = parallelMap((points.rows + block - 1) / block) { [counts] part in
        let range = part * block..<min((part + 1) * block, points.rows)
        let distances = pairwiseSquaredDistances(points[range, 0..<points.columns], points)
        return range.map { point -> Double in
            var sums = [Double](repeating: 0, count: clusters)
            for other in 0..<points.rows where other != point {
                sums[labels[other]] += distances[point - range.lowerBound, other].squareRoot()
            }
            let own = labels[point]
            if counts[own] == 1 { return 0 }
            let within = sums[own] / (counts[own] - 1)
            var between = Double.infinity
            for cluster in 0..<clusters where cluster != own && counts[cluster] > 0 {
                between = min(between, sums[cluster] / counts[cluster])
            }
            let scale = max(within, between)
            return scale > 0 ? (between - within) / scale : 0
        }
    }
    return Vector(parts.flatMap { $0 })
}
