import Foundation
import Mathematics

/// What is wrong with k-means on points from elsewhere.
public enum FlashKMeansError: Error, Equatable, CustomStringConvertible {
    /// The points, the centroids or a choice.
    case input(LinearAlgebraError)
    /// The file.
    case file(DataFileError)

    public var description: String {
        switch self {
        case .input(let error): error.description
        case .file(let error): error.description
        }
    }
}

// swiftcore: flash_k_means_of_file
/// k-means on the vectors of a file, of which two chunks are in memory at a time; see
/// `flashKMeans(from:initialCentroids:options:overlapsReading:)`.
///
/// - Parameters:
///   - path: a `.npy` file of float32 or a `.fvecs` file.
///   - initialCentroids: one centroid a row.
///   - options: the method's choices.
/// - Throws: `FlashKMeansError`.
public func flashKMeans(
    path: String, initialCentroids: DenseMatrix<Float>, options: FlashKMeansOptions = FlashKMeansOptions()
) throws(FlashKMeansError) -> FlashKMeansResult {
    let file: VectorFile
    do throws(DataFileError) { file = try VectorFile(path: path) } catch { throw .file(error) }
    return try flashKMeans(from: file, initialCentroids: initialCentroids, options: options)
}

/// k-means on points that need not fit in memory ("chunked stream overlap" of flash-kmeans, arXiv:2603.09229).
///
/// Each iteration reads all chunks of `options.chunk` points; while one is assigned and added up, a thread reads the next.
/// Labels, centroids and everything else are the same bits as in memory with the same chunk.
///
/// - Parameters:
///   - source: where the points are.
///   - initialCentroids: one centroid a row.
///   - options: the method's choices; of the updates only `sortInverse` goes chunk by chunk.
///   - overlapsReading: whether the next chunk is read during the work on one.
/// - Throws: `FlashKMeansError`: what `flashKMeans(_:initialCentroids:options:)` throws, or the file's error.
public func flashKMeans(
    from source: some PointSource, initialCentroids: DenseMatrix<Float>, options: FlashKMeansOptions = FlashKMeansOptions(),
    overlapsReading: Bool = true
) throws(FlashKMeansError) -> FlashKMeansResult {
    do throws(LinearAlgebraError) {
        try options.validate()
        try requirePoints(initialCentroids, "initialCentroids")
        if source.count == 0 { throw .empty(argument: "points", shape: "(0, \(source.dimension))") }
        if initialCentroids.columns != source.dimension {
            throw .shapeMismatch(
                argument: "initialCentroids", shape: "(\(initialCentroids.rows), \(initialCentroids.columns))",
                other: "points", otherShape: "(\(source.count), \(source.dimension))", expected: "equal numbers of columns")
        }
        if options.update != .sortInverse {
            throw .outOfRange(argument: "update", value: .nan, expected: "sortInverse, which goes chunk by chunk")
        }
    } catch { throw .input(error) }

    let count = source.count, dimension = source.dimension, clusters = initialCentroids.rows
    let threads = options.maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount
    let chunks = ChunkedPoints(source, chunk: options.chunk, readsAhead: overlapsReading)
    var centroids = options.metric == .cosine ? initialCentroids.normalizingRows() : initialCentroids
    var assignment = CentroidAssignment<Float>(count: count)
    var work = KMeansWork(), iterations = 0, isFirst = true, objective = 0.0

    /// Assigns all points, and adds them up where the centroids are to move on.
    func pass(adding: Bool) throws(FlashKMeansError) -> KMeansSums {
        var sums = ClusterSums<Float>(clusters: clusters, dimension: dimension)
        try chunks.forEach { (range, raw) throws(FlashKMeansError) in
            if isFirst {
                do throws(LinearAlgebraError) {
                    try requireFinite(raw, "points[\(range.lowerBound)..<\(range.upperBound)]")
                } catch { throw .input(error) }
            }
            let points = options.metric == .cosine ? raw.normalizingRows() : raw
            assignment.assign(points, at: range.lowerBound, to: centroids, options: options)
            work.countAssignment(
                options.assignment, count: range.count, all: count, dimension: dimension, clusters: clusters,
                options: options, threads: threads)
            if adding {
                sums.add(points, labels: assignment.labels[range], maximumThreads: options.maximumThreads)
            } else if options.metric == .squaredEuclidean {
                let distances = assignment.squaredDistances(
                    of: points, at: range.lowerBound, from: centroids, maximumThreads: options.maximumThreads)
                objective = distances.reduce(objective) { $0 + Double($1) }
            } else {
                objective = assignment.fits[range].reduce(objective) { $0 + Double($1) }
            }
        }
        isFirst = false
        return KMeansSums(sums)
    }

    var hasConverged = false
    while iterations < options.maximumIterations, !hasConverged {
        let sums = try pass(adding: true)
        let (next, shift) = sums.centroids(after: centroids, metric: options.metric)
        centroids = next
        iterations += 1
        hasConverged = shift < options.tolerance
        work.countUpdate(
            .sortInverse, count: count, dimension: dimension, clusters: clusters, merges: sums.merges, chunk: options.chunk,
            threads: threads)
    }
    _ = try pass(adding: false)
    // The two chunks that are in memory.
    work.assignmentBytes += min(2 * options.chunk, count) * dimension * 4
    return FlashKMeansResult(
        labels: assignment.labels, centroids: centroids, counts: clusterSizes(assignment.labels, clusters: clusters),
        objective: objective, iterations: iterations, hasConverged: hasConverged, work: work)
}

/// The chunks of a source, one after the other, each read while the one before is in use.
private struct ChunkedPoints<Source: PointSource> {
    let source: Source
    let ranges: [Range<Int>]
    let readsAhead: Bool

    init(_ source: Source, chunk: Int, readsAhead: Bool) {
        self.source = source
        self.readsAhead = readsAhead
        ranges = stride(from: 0, to: source.count, by: chunk).map { $0..<min($0 + chunk, source.count) }
    }

    func forEach(
        _ body: (Range<Int>, DenseMatrix<Float>) throws(FlashKMeansError) -> Void
    ) throws(FlashKMeansError) {
        var coming: Reading?
        defer { _ = coming?.result }
        for (index, range) in ranges.enumerated() {
            let current = coming ?? Reading(source, range, onThread: false)
            coming = nil
            let points: DenseMatrix<Float>
            switch current.result {
            case .success(let read): points = read
            case .failure(let error): throw .file(error)
            }
            if readsAhead, index + 1 < ranges.count { coming = Reading(source, ranges[index + 1], onThread: true) }
            try body(range, points)
        }
    }

    /// A chunk that is being read.
    private final class Reading: @unchecked Sendable {
        // Unchecked: the reading thread writes before it signals, the other reads after it has waited.
        private var read: Result<DenseMatrix<Float>, DataFileError>?
        private let isDone: DispatchSemaphore?

        init(_ source: Source, _ range: Range<Int>, onThread: Bool) {
            func result() -> Result<DenseMatrix<Float>, DataFileError> {
                do throws(DataFileError) { return .success(try source.points(range)) } catch { return .failure(error) }
            }
            guard onThread else {
                isDone = nil
                read = result()
                return
            }
            let done = DispatchSemaphore(value: 0)
            isDone = done
            Thread { [self] in
                do throws(DataFileError) {
                    read = .success(try source.points(range))
                } catch {
                    read = .failure(error)
                }
                done.signal()
            }.start()
        }

        var result: Result<DenseMatrix<Float>, DataFileError> {
            if isResultPending { isDone?.wait() }
            isResultPending = false
            return read ?? .failure(DataFileError(file: "", place: "chunk", value: "not read", expected: "a chunk"))
        }

        private var isResultPending = true
    }
}
