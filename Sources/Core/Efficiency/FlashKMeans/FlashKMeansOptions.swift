import Mathematics

/// What "near" means for a point and a centroid.
public enum KMeansMetric: String, Sendable, CaseIterable {
    /// The smallest $|x - c|^2$; a centroid is the mean of its points.
    case squaredEuclidean
    /// The largest cosine; points and centroids are normalised (spherical k-means).
    case cosine
    /// The largest product $x \cdot c$ with points as they are; centroids are means, normalised.
    case dotProduct
}

/// How points find their centroids.
public enum KMeansAssignment: String, Sendable, CaseIterable {
    /// Distances are compared in registers and never written: flash assign.
    case fused
    /// Distances to some centroids at a time are written to a tile and read again.
    case tiled
    /// The whole matrix of distances is written, then read again: the textbook's way.
    case materialized
}

/// How centroids become means.
public enum KMeansUpdate: String, Sendable, CaseIterable {
    /// Points are sorted by label, and runs of equal labels are merged once each.
    case sortInverse
    /// Each thread adds its points to sums of its own, which are then added up.
    case threadPrivate
    /// All threads add points to the same sums, each of which has a lock. The bits depend on who came first.
    case lockedScatter
}

/// Choices of k-means; the defaults are flash-kmeans (arXiv:2603.09229).
public struct FlashKMeansOptions: Sendable, Equatable {
    /// What "near" means.
    public var metric: KMeansMetric
    /// At most so many iterations, each of an assignment and an update; at least 1.
    public var maximumIterations: Int
    /// Stop when no centroid has moved as far as this; 0 never does.
    public var tolerance: Double
    /// How points find their centroids.
    public var assignment: KMeansAssignment
    /// How centroids become means.
    public var update: KMeansUpdate
    /// Points of a tile.
    public var tilePoints: Int
    /// Centroids of a tile.
    public var tileCentroids: Int
    /// Points that are sorted, or read from a file, at a time. Sums of different chunks are added in order, so that another
    /// chunk gives other rounding.
    public var chunk: Int
    /// At most so many threads; nil for the number of processors.
    public var maximumThreads: Int?

    public init(
        metric: KMeansMetric = .squaredEuclidean, maximumIterations: Int = 100, tolerance: Double = 0,
        assignment: KMeansAssignment = .fused, update: KMeansUpdate = .sortInverse, tilePoints: Int = 128,
        tileCentroids: Int = 128, chunk: Int = 1 << 20, maximumThreads: Int? = nil
    ) {
        self.metric = metric
        self.maximumIterations = maximumIterations
        self.tolerance = tolerance
        self.assignment = assignment
        self.update = update
        self.tilePoints = tilePoints
        self.tileCentroids = tileCentroids
        self.chunk = chunk
        self.maximumThreads = maximumThreads
    }

    func validate() throws(LinearAlgebraError) {
        func require(_ value: Int, _ name: String) throws(LinearAlgebraError) {
            if value < 1 { throw .outOfRange(argument: name, value: Double(value), expected: "at least 1") }
        }
        try require(maximumIterations, "maximumIterations")
        try require(tilePoints, "tilePoints")
        try require(tileCentroids, "tileCentroids")
        try require(chunk, "chunk")
        if chunk >= 1 << 31 { throw .outOfRange(argument: "chunk", value: Double(chunk), expected: "less than 2³¹") }
        if let maximumThreads { try require(maximumThreads, "maximumThreads") }
        guard tolerance >= 0 else {
            throw .outOfRange(argument: "tolerance", value: tolerance, expected: "at least 0")
        }
    }
}
