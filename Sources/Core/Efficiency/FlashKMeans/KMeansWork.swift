import Mathematics

/// What k-means asked of the memory, counted from the sizes of its arrays.
public struct KMeansWork: Sendable, Equatable {
    /// The most bytes that the assignment held at a time beyond the points and the centroids.
    public var assignmentBytes = 0
    /// The most bytes that the update held at a time beyond the points, the centroids and the labels.
    public var updateBytes = 0
    /// Bytes that the assignments read from and wrote to arrays that do not fit in a cache: the points once, the labels and
    /// distances, and the products as often as they are written and read.
    public var assignmentTraffic = 0
    /// Bytes that the updates read and wrote: the points once, the labels and their order, the sums at each merge.
    public var updateTraffic = 0
    /// How often a point or a run of points was added to a sum that others are added to as well.
    public var merges = 0
    /// How many distances between a point and a centroid were computed.
    public var distances = 0

    /// No work.
    public init() {}

    /// The most bytes held at a time beyond the points and the centroids.
    public var peakBytes: Int { max(assignmentBytes, updateBytes) }
    /// All bytes read and written.
    public var bytesMoved: Int { assignmentTraffic + updateTraffic }

    /// Counts an assignment of `count` points, of labels (8 bytes) and distances (4 bytes) among `all` points.
    mutating func countAssignment(
        _ method: KMeansAssignment, count: Int, all: Int, dimension: Int, clusters: Int, options: FlashKMeansOptions,
        threads: Int
    ) {
        let buffer: Int, traffic: Int
        switch method {
        case .fused where !CentroidSearch.isFusedSupported:
            (buffer, traffic) = (threads * 128 * 128 * 4, 2 * count * clusters * 4)
        case .fused:
            // A panel of three vectors of 16 Floats a dimension for each thread.
            (buffer, traffic) = (threads * 48 * dimension * 4, 0)
        case .tiled:
            let tile = min(options.tilePoints, count) * min(options.tileCentroids, clusters) * 4
            (buffer, traffic) = (threads * tile, 2 * count * clusters * 4)
        case .materialized:
            (buffer, traffic) = (count * clusters * 4, 2 * count * clusters * 4)
        }
        // Labels and distances of all points, a bias for each centroid.
        assignmentBytes = max(assignmentBytes, buffer + 12 * all + 4 * clusters)
        assignmentTraffic += traffic + count * (4 * dimension + 12)
        distances += count * clusters
    }

    /// Counts an update with `count` points.
    mutating func countUpdate(
        _ method: KMeansUpdate, count: Int, dimension: Int, clusters: Int, merges: Int, chunk: Int, threads: Int
    ) {
        self.merges += merges
        let sums = clusters * (8 * dimension + 8)
        switch method {
        case .sortInverse:
            let sorted = min(count, chunk), chunks = (sorted + ClusterSums<Float>.chunk - 1) / ClusterSums<Float>.chunk
            updateBytes = max(
                updateBytes, sums * (count > chunk ? 2 : 1) + 4 * sorted + chunks * 8 * dimension + threads * 4 * dimension)
            // The order is written and read; labels are read twice for the sort and once for the runs.
            updateTraffic += count * (4 * dimension + 2 * 4 + 3 * 8) + merges * 16 * dimension
        case .threadPrivate:
            updateBytes = max(updateBytes, sums * threads)
            updateTraffic += count * (4 * dimension + 8) + merges * 16 * dimension
        case .lockedScatter:
            updateBytes = max(updateBytes, sums + 40 * clusters)
            updateTraffic += count * (4 * dimension + 8) + merges * (16 * dimension + 2 * 40)
        }
    }
}
