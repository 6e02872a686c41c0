/// Clusters of points around their means.
///
/// Lloyd's iteration from the seeding k-means++ (Arthur and Vassilvitskii, "k-means++: the advantages of careful
/// seeding", 2007), in its greedy form: of several candidates the one that lowers the cost most. Points find their
/// means by `CentroidAssignment` and means are made by `ClusterSums`, the two halves of flash-kmeans (arXiv:2603.09229); the
/// bits are the same at any number of threads.
///
/// A cluster that loses all its points takes the point that is farthest from its own mean.
public struct KMeans: Sendable {
    /// The means, one a row.
    public let centroids: Matrix
    /// The cluster of each point: the nearest mean, the lower number at equal distance.
    public let labels: [Int]
    /// The sum of squared distances to the means.
    public let cost: Double
    /// The number of Lloyd's iterations of the best run.
    public let iterations: Int
    /// Whether the labels stopped changing, or the means moved less than the tolerance.
    public let hasConverged: Bool

    // swiftcore: k_means
    /// Clusters points from k-means++ seeds.
    ///
    /// - Parameters:
    ///   - points: one point a row, finite.
    ///   - clusters: how many, at least 1 and at most the number of points.
    ///   - restarts: how many seedings are tried; the cheapest result counts.
    ///   - maximumIterations: at most so many iterations a run.
    ///   - tolerance: stop when the means move less than this together (Frobenius norm), relative to the spread of
    ///     the points.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    ///   - generator: where the seeds come from.
    /// - Throws: `LinearAlgebraError` if a coordinate is not finite or a parameter is out of range.
    public init(
        _ points: Matrix, clusters: Int, restarts: Int = 1, maximumIterations: Int = 300, tolerance: Double = 1e-6,
        maximumThreads: Int? = nil, using generator: inout some RandomNumberGenerator
    ) throws(LinearAlgebraError) {
        guard restarts >= 1 else {
            throw .outOfRange(argument: "restarts", value: Double(restarts), expected: "at least 1")
        }
        var best: KMeans?
        for _ in 0..<restarts {
            let seeds = try kMeansPlusPlusSeeds(points, clusters: clusters, using: &generator)
            let run = try KMeans(
                points, initialCentroids: points.selectingRows(seeds), maximumIterations: maximumIterations,
                tolerance: tolerance, maximumThreads: maximumThreads)
            if run.cost < best?.cost ?? .infinity || best == nil { best = run }
        }
        guard let best else { preconditionFailure("no run of k-means") }
        self = best
    }

    // swiftcore: k_means_from
    /// Clusters points from given means by Lloyd's iteration alone.
    ///
    /// - Parameters:
    ///   - points: one point a row, finite.
    ///   - initialCentroids: one mean a row, at least 1 and at most as many as points.
    ///   - maximumIterations: at most so many iterations; 0 only assigns.
    ///   - tolerance: as in the seeded form.
    ///   - maximumThreads: as in the seeded form.
    /// - Throws: `LinearAlgebraError` if a coordinate is not finite, the columns differ or a parameter is out of range.
    public init(
        _ points: Matrix, initialCentroids: Matrix, maximumIterations: Int = 300, tolerance: Double = 1e-6,
        maximumThreads: Int? = nil
    ) throws(LinearAlgebraError) {
        try points.requireFinite("points")
        try initialCentroids.requireFinite("initialCentroids")
        try requireClusters(initialCentroids.rows, points)
        if initialCentroids.columns != points.columns {
            throw .shapeMismatch(
                argument: "initialCentroids", shape: "(\(initialCentroids.rows), \(initialCentroids.columns))",
                other: "points", otherShape: "(\(points.rows), \(points.columns))", expected: "equal numbers of columns"
            )
        }
        guard maximumIterations >= 0 else {
            throw .outOfRange(
                argument: "maximumIterations", value: Double(maximumIterations), expected: "at least 0")
        }
        guard tolerance >= 0 else {
            throw .outOfRange(argument: "tolerance", value: tolerance, expected: "at least 0")
        }
        if let maximumThreads, maximumThreads < 1 {
            throw .outOfRange(argument: "maximumThreads", value: Double(maximumThreads), expected: "at least 1")
        }
        // Centred points keep the digits of the distances.
        let mean = points.columnMeans
        let centred = points.subtractingFromRows(mean)
        let spread = (centred.squaredRowNorms.sum / Double(points.rows)).squareRoot()
        var centroids = initialCentroids.subtractingFromRows(mean)
        var assignment = CentroidAssignment<Double>(count: points.rows), next = assignment
        assignment.assign(
            centred, to: centroids, biases: CentroidAssignment.squaredDistanceBiases(of: centroids),
            maximumThreads: maximumThreads)
        var count = 0
        var converged = false
        while count < maximumIterations {
            var sums = ClusterSums<Double>(clusters: centroids.rows, dimension: centroids.columns)
            sums.add(centred, labels: assignment.labels[...], maximumThreads: maximumThreads)
            var updated = sums.means(keeping: centroids).means
            let empty = sums.counts.indices.filter { sums.counts[$0] == 0 }
            if !empty.isEmpty {
                // The farthest points, each for one empty cluster.
                let distances = assignment.squaredDistances(of: centred, from: centroids)
                let farthest = distances.indices.sorted { (distances[$0], $1) > (distances[$1], $0) }
                for (cluster, row) in zip(empty, farthest) { updated.setRow(cluster, to: centred.row(row)) }
            }
            next.assign(
                centred, to: updated, biases: CentroidAssignment.squaredDistanceBiases(of: updated),
                maximumThreads: maximumThreads)
            count += 1
            let moved = (updated - centroids).frobeniusNorm
            let isStable = next.labels == assignment.labels
            centroids = updated
            swap(&assignment, &next)
            if isStable || moved <= tolerance * spread {
                converged = true
                break
            }
        }
        self.centroids = Matrix(rows: centroids.rows, columns: centroids.columns) { centroids[$0, $1] + mean[$1] }
        labels = assignment.labels
        cost = assignment.squaredDistances(of: centred, from: centroids, maximumThreads: maximumThreads).sum
        iterations = count
        hasConverged = converged
    }

    /// The clusters of other points: the nearest means.
    ///
    /// - Throws: `LinearAlgebraError` if the columns differ or a coordinate is not finite.
    public func labels(of points: Matrix) throws(LinearAlgebraError) -> [Int] {
        try points.requireFinite("points")
        guard points.columns == centroids.columns else {
            throw .shapeMismatch(
                argument: "points", shape: "(\(points.rows), \(points.columns))", other: "centroids",
                otherShape: "(\(centroids.rows), \(centroids.columns))", expected: "equal numbers of columns")
        }
        let mean = centroids.columnMeans, centred = centroids.subtractingFromRows(mean)
        var assignment = CentroidAssignment<Double>(count: points.rows)
        assignment.assign(
            points.subtractingFromRows(mean), to: centred, biases: CentroidAssignment.squaredDistanceBiases(of: centred))
        return assignment.labels
    }
}

// swiftcore: k_means_plus_plus_seeds
/// The k-means++ seeds: rows of the points, each drawn with probability proportional to the squared distance from
/// the nearest drawn before; of 2 + ⌊ln k⌋ candidates the one that leaves the least cost.
///
/// - Throws: `LinearAlgebraError` if a coordinate is not finite or the number of clusters is out of range.
public func kMeansPlusPlusSeeds(
    _ points: Matrix, clusters: Int, using generator: inout some RandomNumberGenerator
) throws(LinearAlgebraError) -> [Int] {
    try points.requireFinite("points")
    try requireClusters(clusters, points)
    let centred = points.subtractingFromRows(points.columnMeans)
    let n = points.rows
    var candidates = 2
    var power = 2.718281828459045
    while power <= Double(clusters) {
        candidates += 1
        power *= 2.718281828459045
    }
    let norms = centred.squaredRowNorms
    /// Squared distances of all points (columns) to some of them (rows).
    func distances(_ rows: [Int]) -> Matrix {
        var result = centred.selectingRows(rows).multiplied(byTransposeOf: centred)
        result.withUnsafeMutableBufferPointer { out in
            norms.withUnsafeBufferPointer { norms in
                for (place, row) in rows.enumerated() {
                    let own = norms[row]
                    for point in 0..<n {
                        let value = own - 2 * out[place * n + point] + norms[point]
                        out[place * n + point] = value > 0 ? value : 0
                    }
                    // The point itself, and none else, is certain to be at distance 0.
                    out[place * n + row] = 0
                }
            }
        }
        return result
    }
    var seeds = [generator.integer(below: n)]
    var isSeed = [Bool](repeating: false, count: n)
    isSeed[seeds[0]] = true
    var nearest = distances(seeds).row(0)
    var cumulative = [Double](repeating: 0, count: n)
    while seeds.count < clusters {
        var total = 0.0
        for point in 0..<n {
            total += nearest[point]
            cumulative[point] = total
        }
        if !(total > 0) {
            // All points coincide with seeds: any other will do.
            let rest = (0..<n).filter { !isSeed[$0] }
            seeds.append(rest[generator.integer(below: rest.count)])
            isSeed[seeds[seeds.count - 1]] = true
            continue
        }
        let rows = (0..<candidates).map { _ in
            // The first point whose cumulative weight exceeds the draw; where rounding leaves none, the last
            // one that has a weight.
            let draw = generator.uniform() * total
            var (low, high) = (0, n - 1)
            while low < high {
                let middle = (low + high) / 2
                if cumulative[middle] > draw { high = middle } else { low = middle + 1 }
            }
            while nearest[low] == 0 { low -= 1 }
            return low
        }
        let toCandidates = distances(rows)
        var best = (cost: Double.infinity, place: 0)
        toCandidates.withUnsafeBufferPointer { d in
            nearest.withUnsafeBufferPointer { nearest in
                for place in rows.indices {
                    var cost = 0.0
                    for point in 0..<n { cost += min(nearest[point], d[place * n + point]) }
                    if cost < best.cost { best = (cost, place) }
                }
            }
        }
        seeds.append(rows[best.place])
        isSeed[rows[best.place]] = true
        nearest = nearest.combined(with: toCandidates.row(best.place)) { min($0, $1) }
    }
    return seeds
}

private func requireClusters(_ clusters: Int, _ points: Matrix) throws(LinearAlgebraError) {
    try points.requireNotEmpty("points")
    guard clusters >= 1, clusters <= points.rows else {
        throw .outOfRange(
            argument: "clusters", value: Double(clusters),
            expected: "a number in 1 ... \(points.rows), the number of points")
    }
}
