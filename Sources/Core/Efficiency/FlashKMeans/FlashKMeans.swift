import Foundation
import Mathematics

/// What k-means gives.
public struct FlashKMeansResult: Sendable {
    /// The centroid of each point: those that follow belong to these.
    public let labels: [Int]
    /// One centroid a row.
    public let centroids: DenseMatrix<Float>
    /// The number of points of each cluster.
    public let counts: [Int]
    /// The sum over all points of the squared distance (the inertia), or of the cosine or product, with their centroids.
    public let objective: Double
    /// How many updates there were.
    public let iterations: Int
    /// Whether the centroids stopped moving.
    public let hasConverged: Bool
    /// What the memory had to do.
    // swiftcore: hidden
    public let work: KMeansWork
}

// swiftcore: flash_k_means
/// Lloyd's k-means from given centroids with the data movement of flash-kmeans (arXiv:2603.09229, algorithms "FlashAssign"
/// and "sort-inverse update"): the iterations are those of any exact k-means.
///
/// A cluster without points keeps its centroid. The labels are those of the centroids that are returned, for which the
/// points are assigned once more after the last update. Every result except that of `lockedScatter` is the same bits at any
/// number of threads (`threadPrivate`: at the same number).
///
/// Work: points × centroids × dimension an iteration. Memory beyond points and centroids: 12 bytes a point, and 192 bytes a
/// dimension for each thread; see `KMeansWork`.
///
/// - Parameters:
///   - points: one point a row, finite; distances are computed in Float, so that points much farther from the origin than
///     from each other should be centred first.
///   - initialCentroids: one centroid a row, at least 1.
///   - options: the method's choices.
/// - Throws: `LinearAlgebraError` if a coordinate is not finite, the columns differ or a choice is out of range.
public func flashKMeans(
    _ points: DenseMatrix<Float>, initialCentroids: DenseMatrix<Float>, options: FlashKMeansOptions = FlashKMeansOptions()
) throws(LinearAlgebraError) -> FlashKMeansResult {
    var run = try FlashKMeansRun(points, initialCentroids: initialCentroids, options: options)
    run.assign()
    while run.iterations < options.maximumIterations {
        let shift = run.update()
        run.assign()
        if shift < options.tolerance { return run.result(hasConverged: true) }
    }
    return run.result(hasConverged: false)
}

/// k-means step by step.
///
/// ```swift
/// var run = try FlashKMeansRun(points, initialCentroids: start)
/// run.assign()
/// while run.update() > 1e-4 { run.assign() }
/// ```
public struct FlashKMeansRun: Sendable {
    /// The points, normalised where the metric is the cosine.
    public let points: DenseMatrix<Float>
    /// The choices.
    public let options: FlashKMeansOptions
    /// The centroids, one a row.
    public private(set) var centroids: DenseMatrix<Float>
    /// Where the last assignment put the points.
    public private(set) var assignment: CentroidAssignment<Float>
    /// The number of points of each cluster at the last update.
    public private(set) var counts: [Int]
    /// How many updates there were.
    public private(set) var iterations = 0
    /// What the memory had to do.
    public private(set) var work = KMeansWork()
    private let threads: Int

    /// A run that has not assigned anything.
    ///
    /// - Throws: `LinearAlgebraError` if a coordinate is not finite, the columns differ or a choice is out of range.
    public init(
        _ points: DenseMatrix<Float>, initialCentroids: DenseMatrix<Float>, options: FlashKMeansOptions = FlashKMeansOptions()
    ) throws(LinearAlgebraError) {
        try options.validate()
        try requirePoints(points, "points")
        try requirePoints(initialCentroids, "initialCentroids")
        try requireEqualColumns(initialCentroids, "initialCentroids", points, "points")
        self.options = options
        self.points = options.metric == .cosine ? points.normalizingRows() : points
        centroids = options.metric == .cosine ? initialCentroids.normalizingRows() : initialCentroids
        assignment = CentroidAssignment(count: points.rows)
        counts = [Int](repeating: 0, count: initialCentroids.rows)
        threads = options.maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount
    }

    /// The number of each point's centroid.
    public var labels: [Int] { assignment.labels }

    /// Puts each point to its centroid.
    public mutating func assign() {
        assignment.assign(points, to: centroids, options: options)
        work.countAssignment(
            options.assignment, count: points.rows, all: points.rows, dimension: points.columns, clusters: centroids.rows,
            options: options, threads: threads)
    }

    /// Moves each centroid to the mean of its points.
    ///
    /// - Returns: how far the centroid went that went farthest.
    @discardableResult
    public mutating func update() -> Double {
        let sums = KMeansSums(
            points, labels: assignment.labels, clusters: centroids.rows, method: options.update, chunk: options.chunk,
            maximumThreads: options.maximumThreads)
        let shift: Double
        (centroids, shift) = sums.centroids(after: centroids, metric: options.metric)
        counts = sums.counts
        iterations += 1
        work.countUpdate(
            options.update, count: points.rows, dimension: points.columns, clusters: centroids.rows, merges: sums.merges,
            chunk: options.chunk, threads: threads)
        return shift
    }

    /// The squared distance of each point from the centroid of its label, or its cosine or product with it, as of the last
    /// assignment.
    public var values: [Float] {
        guard options.metric == .squaredEuclidean else { return assignment.fits }
        return Array(
            assignment.squaredDistances(of: points, from: centroids, maximumThreads: options.maximumThreads))
    }

    /// The sum of squared distances to the centroids, or of the cosines or products with them, as of the last assignment.
    public var objective: Double { values.reduce(0) { $0 + Double($1) } }

    /// The result as of the last assignment.
    public func result(hasConverged: Bool) -> FlashKMeansResult {
        FlashKMeansResult(
            labels: assignment.labels, centroids: centroids, counts: clusterSizes(assignment.labels, clusters: centroids.rows),
            objective: objective, iterations: iterations, hasConverged: hasConverged, work: work)
    }
}

/// k-means on each of several sets of points, independently and several at a time: attention heads, say, each with its own
/// keys.
///
/// Each set stops when its own centroids have; the released implementation goes on until all have.
///
/// - Parameters:
///   - batches: sets of points, of the same or of different sizes.
///   - initialCentroids: as many matrices of centroids.
///   - options: the choices, the same for all.
/// - Throws: `LinearAlgebraError` as `flashKMeans(_:initialCentroids:options:)`, of the first set that has an error.
public func flashKMeans(
    batches: [DenseMatrix<Float>], initialCentroids: [DenseMatrix<Float>], options: FlashKMeansOptions = FlashKMeansOptions()
) throws(LinearAlgebraError) -> [FlashKMeansResult] {
    guard batches.count == initialCentroids.count else {
        throw .shapeMismatch(
            argument: "initialCentroids", shape: "(\(initialCentroids.count))", other: "batches",
            otherShape: "(\(batches.count))", expected: "one matrix of centroids a batch")
    }
    let threads = options.maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount
    // One thread each where there are enough of them: no thread waits for another.
    guard batches.count >= threads else {
        var results: [FlashKMeansResult] = []
        for (points, start) in zip(batches, initialCentroids) {
            results.append(try flashKMeans(points, initialCentroids: start, options: options))
        }
        return results
    }
    var single = options
    single.maximumThreads = 1
    let own = single
    return try parallelMap(batches.count, maximumThreads: threads) { (index: Int) throws(LinearAlgebraError) in
        try flashKMeans(batches[index], initialCentroids: initialCentroids[index], options: own)
    }
}
