import CVectorMath
import Foundation
import Mathematics

/// Exact k-means that leaves out distances by the triangle inequality (Hamerly, "Making k-means even faster", 2010).
///
/// Each point keeps an upper bound on the distance to its own centroid and a lower bound on the distance to any other. Where
/// the upper one is below the lower one, or below half the distance from the own centroid to its nearest neighbour, nothing
/// can have changed. The other points are compared with all centroids, which also renews their bounds. Updates are
/// sort-inverse, as in `flashKMeans`.
///
/// - Parameters:
///   - points: one point a row, finite.
///   - initialCentroids: one centroid a row.
///   - options: metric must be the squared distance; `assignment` and `update` are not looked at.
/// - Returns: the result; `work.distances` counts the distances that were computed.
/// - Throws: `LinearAlgebraError` as `flashKMeans(_:initialCentroids:options:)`, and for another metric.
public func hamerlyKMeans(
    _ points: DenseMatrix<Float>, initialCentroids: DenseMatrix<Float>, options: FlashKMeansOptions = FlashKMeansOptions()
) throws(LinearAlgebraError) -> FlashKMeansResult {
    try options.validate()
    guard options.metric == .squaredEuclidean else {
        throw .outOfRange(argument: "metric", value: .nan, expected: "squaredEuclidean: bounds need a distance")
    }
    try requirePoints(points, "points")
    try requirePoints(initialCentroids, "initialCentroids")
    try requireEqualColumns(initialCentroids, "initialCentroids", points, "points")
    var state = HamerlyState(points, initialCentroids, options)
    state.assignAll()
    while state.iterations < options.maximumIterations {
        let shift = state.update()
        state.assign()
        if shift < options.tolerance { return state.result(hasConverged: true) }
    }
    return state.result(hasConverged: false)
}

private struct HamerlyState {
    let points: DenseMatrix<Float>
    let options: FlashKMeansOptions
    let squaredNorms: DenseVector<Float>
    var centroids: DenseMatrix<Float>
    var labels: [Int]
    /// Bounds on the distances, not squared: to the own centroid from above, to all others from below.
    var upper: [Float]
    var lower: [Float]
    var iterations = 0
    var work = KMeansWork()

    /// Distances are rounded: a bound counts only where it is clear by more than this, relatively.
    static let margin: Float = 1e-5

    init(_ points: DenseMatrix<Float>, _ centroids: DenseMatrix<Float>, _ options: FlashKMeansOptions) {
        self.points = points
        self.options = options
        self.centroids = centroids
        squaredNorms = points.squaredRowNorms
        labels = [Int](repeating: 0, count: points.rows)
        upper = [Float](repeating: .infinity, count: points.rows)
        lower = [Float](repeating: 0, count: points.rows)
    }

    mutating func assignAll() { compare(Array(0..<points.rows)) }

    mutating func update() -> Double {
        let sums = KMeansSums(
            points, labels: labels, clusters: centroids.rows, method: .sortInverse, chunk: options.chunk,
            maximumThreads: options.maximumThreads)
        let (means, squaredShifts) = sums.sums.means(keeping: centroids)
        centroids = means
        iterations += 1
        work.merges += sums.merges
        // Each bound gives way by as much as its centroid may have moved.
        let shifts = squaredShifts.map { Float($0.squareRoot()) * (1 + Self.margin) }
        let farthest = shifts.indices.max { shifts[$0] < shifts[$1] } ?? 0
        let second = shifts.indices.filter { $0 != farthest }.map { shifts[$0] }.max() ?? 0
        for index in labels.indices {
            upper[index] += shifts[labels[index]]
            lower[index] -= labels[index] == farthest ? second : shifts[farthest]
        }
        return (squaredShifts.max() ?? 0).squareRoot()
    }

    mutating func assign() {
        let halves = halfDistancesToNeighbours()
        var doubtful: [Int] = []
        let columns = points.columns
        for index in labels.indices {
            let limit = max(halves[labels[index]], lower[index]) * (1 - Self.margin)
            if upper[index] < limit { continue }
            // The bound made exact: often that is enough.
            upper[index] = points.withUnsafeBufferPointer { numbers in
                centroids.withUnsafeBufferPointer { own in
                    var sum: Float = 0
                    for column in 0..<columns {
                        let difference = numbers[index * columns + column] - own[labels[index] * columns + column]
                        sum += difference * difference
                    }
                    return sum.squareRoot()
                }
            }
            work.distances += 1
            if !(upper[index] < limit) { doubtful.append(index) }
        }
        compare(doubtful)
    }

    /// Half the distance of each centroid from the nearest other one.
    private mutating func halfDistancesToNeighbours() -> [Float] {
        let products = centroids.multiplied(byTransposeOf: centroids), norms = centroids.squaredRowNorms
        work.distances += centroids.rows * (centroids.rows - 1) / 2
        return (0..<centroids.rows).map { a in
            var least = Float.infinity
            for b in 0..<centroids.rows where b != a { least = min(least, norms[a] - 2 * products[a, b] + norms[b]) }
            return max(0, least).squareRoot() / 2
        }
    }

    /// Compares points with all centroids: the nearest one, and the bounds from it and the second.
    private mutating func compare(_ indices: [Int]) {
        let block = 512, norms = centroids.squaredRowNorms
        let (points, centroids) = (self.points, self.centroids)
        let blocks = parallelMap((indices.count + block - 1) / block, maximumThreads: options.maximumThreads) { part in
            let own = Array(indices[part * block..<min((part + 1) * block, indices.count)])
            let products = points.selectingRows(own).multiplied(byTransposeOf: centroids)
            return products.withUnsafeBufferPointer { products in
                norms.withUnsafeBufferPointer { norms in
                    own.indices.map { row in
                        var (least, next, label) = (Float.infinity, Float.infinity, 0)
                        for cluster in 0..<norms.count {
                            let value = norms[cluster] - 2 * products[row * norms.count + cluster]
                            if value < least {
                                (least, next, label) = (value, least, cluster)
                            } else if value < next {
                                next = value
                            }
                        }
                        return (label: label, least: least, next: next)
                    }
                }
            }
        }
        work.distances += indices.count * centroids.rows
        for (part, found) in blocks.enumerated() {
            for (place, entry) in found.enumerated() {
                let index = indices[part * block + place]
                labels[index] = entry.label
                upper[index] = max(0, squaredNorms[index] + entry.least).squareRoot()
                lower[index] = max(0, squaredNorms[index] + entry.next).squareRoot()
            }
        }
    }

    func result(hasConverged: Bool) -> FlashKMeansResult {
        var objective = 0.0
        for index in labels.indices {
            for column in 0..<points.columns {
                let difference = Double(points[index, column]) - Double(centroids[labels[index], column])
                objective += difference * difference
            }
        }
        return FlashKMeansResult(
            labels: labels, centroids: centroids, counts: clusterSizes(labels, clusters: centroids.rows),
            objective: objective, iterations: iterations, hasConverged: hasConverged, work: work)
    }
}
