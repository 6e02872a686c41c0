import Mathematics

extension CentroidAssignment<Float> {
    /// Puts points to centroids by the metric and the method of the options.
    mutating func assign(
        _ points: DenseMatrix<Float>, at offset: Int = 0, to centroids: DenseMatrix<Float>, options: FlashKMeansOptions
    ) {
        let biases =
            options.metric == .squaredEuclidean
            ? Self.squaredDistanceBiases(of: centroids) : DenseVector(repeating: 0, count: centroids.rows)
        switch options.assignment {
        case .fused:
            assign(points, at: offset, to: centroids, biases: biases, maximumThreads: options.maximumThreads)
        case .tiled:
            assign(
                points, at: offset, to: centroids, biases: biases,
                search: .tiled(points: options.tilePoints, centroids: options.tileCentroids),
                maximumThreads: options.maximumThreads)
        case .materialized:
            let products =
                options.maximumThreads == 1
                ? BLASThreads.withSingleThread { points.multiplied(byTransposeOf: centroids) }
                : points.multiplied(byTransposeOf: centroids)
            assign(products: products, at: offset, biases: biases, maximumThreads: options.maximumThreads)
        }
    }
}

/// The sums of the points of each cluster by any of the methods.
struct KMeansSums {
    let sums: ClusterSums<Float>
    let merges: Int

    var counts: [Int] { sums.counts }

    init(
        _ points: DenseMatrix<Float>, labels: [Int], clusters: Int, method: KMeansUpdate, chunk: Int, maximumThreads: Int?
    ) {
        switch method {
        case .sortInverse:
            var sums = ClusterSums<Float>(clusters: clusters, dimension: points.columns)
            for start in stride(from: 0, to: points.rows, by: chunk) {
                let rows = start..<min(start + chunk, points.rows)
                sums.add(points, rows: rows, labels: labels[rows], maximumThreads: maximumThreads)
            }
            (self.sums, merges) = (sums, sums.merges)
        case .threadPrivate:
            sums = privateClusterSums(points, labels: labels, clusters: clusters, maximumThreads: maximumThreads)
            merges = points.rows
        case .lockedScatter:
            sums = lockedClusterSums(points, labels: labels, clusters: clusters, maximumThreads: maximumThreads)
            merges = points.rows
        }
    }

    init(_ sums: ClusterSums<Float>) { (self.sums, merges) = (sums, sums.merges) }

    /// The next centroids, and how far the one went that went farthest.
    func centroids(after old: DenseMatrix<Float>, metric: KMeansMetric) -> (DenseMatrix<Float>, Double) {
        let (means, squaredShifts) = sums.means(keeping: old)
        if metric == .squaredEuclidean { return (means, (squaredShifts.max() ?? 0).squareRoot()) }
        // An empty cluster keeps its centroid, whatever its length.
        var centroids = means.normalizingRows(), largest = 0.0
        for (cluster, count) in counts.enumerated() {
            if count == 0 { centroids.setRow(cluster, to: old.row(cluster)) }
            var shift = 0.0
            for column in 0..<old.columns {
                let difference = Double(centroids[cluster, column]) - Double(old[cluster, column])
                shift += difference * difference
            }
            largest = max(largest, shift)
        }
        return (centroids, largest.squareRoot())
    }
}

extension DenseMatrix<Float> {
    /// Every row divided by its norm; a row of zeros stays.
    func normalizingRows() -> DenseMatrix<Float> {
        let norms = squaredRowNorms
        var result = self
        result.withUnsafeMutableBufferPointer { numbers in
            for row in 0..<rows where norms[row] > 0 {
                let scale = 1 / norms[row].squareRoot()
                for place in row * columns..<(row + 1) * columns { numbers[place] *= scale }
            }
        }
        return result
    }
}

/// How many points have each label.
func clusterSizes(_ labels: [Int], clusters: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: clusters)
    for label in labels { counts[label] += 1 }
    return counts
}

func requirePoints(_ points: DenseMatrix<Float>, _ argument: String) throws(LinearAlgebraError) {
    if points.rows == 0 || points.columns == 0 {
        throw .empty(argument: argument, shape: "(\(points.rows), \(points.columns))")
    }
    try requireFinite(points, argument)
}

func requireFinite(_ points: DenseMatrix<Float>, _ argument: String) throws(LinearAlgebraError) {
    let bad = points.withUnsafeBufferPointer { numbers -> Int? in
        // x - x is 0 unless x is infinite or NaN: one sum says whether any is.
        var sums = SIMD16<Float>.zero
        var place = 0
        if let base = numbers.baseAddress {
            while place + 16 <= numbers.count {
                let lanes = UnsafeRawPointer(base + place).loadUnaligned(as: SIMD16<Float>.self)
                sums += lanes - lanes
                place += 16
            }
        }
        if sums.sum() == 0, numbers[place...].allSatisfy(\.isFinite) { return nil }
        return numbers.firstIndex { !$0.isFinite }
    }
    if let bad {
        throw .notFinite(
            argument: argument, index: bad, value: Double(points.withUnsafeBufferPointer { $0[bad] }))
    }
}

func requireEqualColumns(
    _ a: DenseMatrix<Float>, _ argument: String, _ b: DenseMatrix<Float>, _ other: String
) throws(LinearAlgebraError) {
    if a.columns != b.columns {
        throw .shapeMismatch(
            argument: argument, shape: "(\(a.rows), \(a.columns))", other: other,
            otherShape: "(\(b.rows), \(b.columns))", expected: "equal numbers of columns")
    }
}
