import CVectorMath

/// The sums of the points of each cluster.
///
/// Points are sorted by cluster (a stable counting sort), and each chunk of 256 sorted points is added up run by run: a
/// cluster's points stand together, so that a sum is merged once a run instead of once a point ("sort-inverse update" of
/// flash-kmeans, arXiv:2603.09229). Runs are added in the points' precision, merged as Doubles. Threads take whole chunks and
/// never write to the same sum: the bits do not depend on their number.
public struct ClusterSums<Scalar: LinearAlgebraScalar>: Sendable, Equatable {
    /// The sum of each cluster's points, one a row.
    public private(set) var sums: Matrix
    /// The number of points of each cluster.
    public private(set) var counts: [Int]
    /// How often a run was added to a sum: at most ⌈n/256⌉ + k − 1 for each call with n points and k clusters.
    public private(set) var merges = 0

    /// Sorted points that are added up at a time.
    public static var chunk: Int { 256 }

    /// No points yet.
    public init(clusters: Int, dimension: Int) {
        precondition(clusters > 0 && dimension >= 0, "there are no sums of shape (\(clusters), \(dimension))")
        sums = .zeros(clusters, dimension)
        counts = [Int](repeating: 0, count: clusters)
    }

    /// Sums that were made elsewhere.
    ///
    /// - Parameters:
    ///   - sums: one cluster a row.
    ///   - counts: the number of points of each.
    public init(sums: Matrix, counts: [Int]) {
        precondition(sums.rows == counts.count, "\(sums.rows) sums, \(counts.count) counts")
        self.sums = sums
        self.counts = counts
    }

    /// Adds points.
    ///
    /// Work: points × dimension additions. Memory: 4 bytes a point, one row a chunk.
    ///
    /// - Parameters:
    ///   - points: one point a row; fewer than 2³¹.
    ///   - rows: those that are added; nil for all.
    ///   - labels: the cluster of each of these rows, in order; a label that is none of the clusters stops the program.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public mutating func add(
        _ points: DenseMatrix<Scalar>, rows: Range<Int>? = nil, labels: ArraySlice<Int>, maximumThreads: Int? = nil
    ) {
        let rows = rows ?? 0..<points.rows, dimension = points.columns, count = rows.count
        precondition(rows.lowerBound >= 0 && rows.upperBound <= points.rows, "rows \(rows) of \(points.rows)")
        precondition(labels.count == count, "\(labels.count) labels of \(count) points")
        precondition(dimension == sums.columns, "points of dimension \(dimension), sums of \(sums.columns)")
        precondition(count < 1 << 31, "\(count) points at once: expected fewer than 2³¹")
        guard count > 0 else { return }
        let (order, own) = sortedByLabel(labels)
        let chunks = (count + Self.chunk - 1) / Self.chunk
        var isFirst = true
        for cluster in counts.indices {
            if counts[cluster] > 0 { isFirst = false }
            counts[cluster] += own[cluster]
        }
        // Each cluster's first run is written to its row, the runs that continue one from the chunk before to heads.
        var target = isFirst ? sums : .zeros(sums.rows, dimension)
        if isFirst { sums = .zeros(0, dimension) }
        let heads = Storage<Double>(uninitializedCount: chunks * dimension)
        let parts = max(1, min(chunks, 4 * (maximumThreads ?? 64)))
        let threads = count * max(dimension, 1) < 1 << 19 ? 1 : maximumThreads
        let first = target.mutablePointer
        let runs = labels.withUnsafeBufferPointer { labels in
            order.withUnsafeBufferPointer { order in
                nonisolated(unsafe) let target = first, labels = labels.baseAddress, order = order.baseAddress
                return parallelMap(parts, maximumThreads: threads) { part in
                    let scratch = UnsafeMutablePointer<Scalar>.allocate(capacity: max(1, dimension))
                    defer { scratch.deallocate() }
                    var runs = 0
                    for chunk in part * chunks / parts..<(part + 1) * chunks / parts {
                        runs += vm_sum_runs(
                            ClusterKernels<Scalar>.isDouble, chunk * Self.chunk, min(count, (chunk + 1) * Self.chunk), order,
                            labels, dimension, points.memory.pointer + rows.lowerBound * dimension, dimension, scratch, target,
                            heads.pointer + chunk * dimension)
                    }
                    return runs
                }
            }
        }
        merges += runs.reduce(0, +)
        let base = labels.startIndex
        for chunk in 1..<max(chunks, 1) {
            let label = labels[base + Int(order[chunk * Self.chunk])]
            guard label == labels[base + Int(order[chunk * Self.chunk - 1])] else { continue }
            vm_add_scaled(1, dimension, 1, heads.pointer + chunk * dimension, first + label * dimension)
        }
        if isFirst {
            sums = target
        } else {
            vm_add_scaled(1, target.count, 1, first, sums.mutablePointer)
        }
    }

    /// The means of the clusters; an empty one keeps its centroid.
    ///
    /// - Returns: the means and how far each centroid is from its mean, squared.
    public func means(keeping centroids: DenseMatrix<Scalar>) -> (means: DenseMatrix<Scalar>, squaredShifts: Vector) {
        precondition(
            centroids.rows == sums.rows && centroids.columns == sums.columns,
            "centroids of shape (\(centroids.rows), \(centroids.columns)), sums of (\(sums.rows), \(sums.columns))")
        let means = Storage<Scalar>(uninitializedCount: sums.count), shifts = Storage<Double>(uninitializedCount: sums.rows)
        counts.withUnsafeBufferPointer {
            vm_cluster_means(
                ClusterKernels<Scalar>.isDouble, sums.rows, sums.columns, sums.memory.pointer, $0.baseAddress,
                centroids.memory.pointer, means.pointer, shifts.pointer)
        }
        return (
            DenseMatrix(rows: sums.rows, columns: sums.columns, storage: means), Vector(storage: shifts)
        )
    }

    /// The places of the points in the order of their labels, equal ones in their own order; and how many have each label.
    private func sortedByLabel(_ labels: ArraySlice<Int>) -> (order: [Int32], counts: [Int]) {
        var own = [Int](repeating: 0, count: counts.count)
        for label in labels { own[label] += 1 }
        var next = [Int](repeating: 0, count: counts.count)
        for cluster in 1..<max(own.count, 1) { next[cluster] = next[cluster - 1] + own[cluster - 1] }
        let order = [Int32](unsafeUninitializedCapacity: labels.count) { order, count in
            labels.withUnsafeBufferPointer { labels in
                for place in 0..<labels.count {
                    order[next[labels[place]]] = Int32(truncatingIfNeeded: place)
                    next[labels[place]] += 1
                }
            }
            count = labels.count
        }
        return (order, own)
    }
}
