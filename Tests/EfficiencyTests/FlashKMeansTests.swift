import Efficiency
import Foundation
import Mathematics
import Testing

/// Sums and counts point by point, in Doubles.
func sumsByPoint(_ points: DenseMatrix<Float>, _ labels: [Int], _ clusters: Int) -> (sums: [[Double]], counts: [Int]) {
    var sums = [[Double]](repeating: [Double](repeating: 0, count: points.columns), count: clusters)
    var counts = [Int](repeating: 0, count: clusters)
    for row in 0..<points.rows {
        counts[labels[row]] += 1
        for column in 0..<points.columns { sums[labels[row]][column] += Double(points[row, column]) }
    }
    return (sums, counts)
}

/// The squared distances of a point to all centroids, in Doubles.
func squaredDistances(_ points: DenseMatrix<Float>, _ row: Int, _ centroids: DenseMatrix<Float>) -> [Double] {
    (0..<centroids.rows).map { cluster in
        (0..<points.columns).reduce(0) {
            let difference = Double(points[row, $1]) - Double(centroids[cluster, $1])
            return $0 + difference * difference
        }
    }
}

func cloud(_ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix<Float> {
    var generator = Philox(seed: seed)
    return DenseMatrix(rows: rows, columns: columns) { _, _ in Float(generator.normal()) }
}

struct FlashKMeansTests {
    /// i = np.arange(40)[:, None]; j = np.arange(3)[None, :]
    /// X = (((7*i + 3*j*j + i*i//5) % 13) + 0.25*((i*(j + 2)) % 7)).astype(np.float32)
    static let points = DenseMatrix<Float>(rows: 40, columns: 3) { i, j in
        Float((7 * i + 3 * j * j + i * i / 5) % 13) + 0.25 * Float(i * (j + 2) % 7)
    }
    static let start = points.selectingRows(0..<4)

    @Test func everyMethodGivesScikitLearnsIterations() throws {
        // sklearn.cluster.KMeans(4, init=X[:4], n_init=1, max_iter=n, tol=0, algorithm='lloyd').fit(X), 1.9.1:
        // inertia_ and cluster_centers_ for n = 1, 2 and 10, where it stopped by itself.
        let expected: [(iterations: Int, inertia: Double, centroids: DenseMatrix<Float>)] = [
            (
                1, 551.9403076171875,
                [
                    [3.9166665, 2.5833335, 11.583333], [7.776316, 8.763158, 6.8552632], [2.2749996, 5.4749994, 1.3249993],
                    [11.40625, 7.65625, 10.125],
                ]
            ),
            (
                2, 234.2884063720703,
                [
                    [3.9166665, 2.5833335, 11.583333], [7.552632, 10.5394745, 6.618421], [2.2749996, 5.4749994, 1.3249993],
                    [11.9375, 3.4374998, 10.6875],
                ]
            ),
            (
                10, 187.69845581054688,
                [
                    [0.5, 3.75, 12.125], [7.7, 10.6375, 6.75], [2.2749996, 5.4749994, 1.3249993],
                    [11.96875, 1.9062505, 10.84375],
                ]
            ),
        ]
        // labels_ of the last
        let labels = [
            0, 1, 2, 1, 1, 2, 3, 1, 2, 2, 3, 3, 1, 1, 1, 1, 1, 1, 1, 3, 3, 2, 2, 1, 3, 2, 1, 1, 2, 1, 0, 1, 3, 1, 2, 1, 2, 3,
            1, 1,
        ]
        for (iterations, inertia, centroids) in expected {
            for assignment in KMeansAssignment.allCases {
                for update in KMeansUpdate.allCases {
                    let options = FlashKMeansOptions(
                        maximumIterations: iterations, tolerance: iterations == 10 ? 1e-4 : 0, assignment: assignment,
                        update: update, tilePoints: 7, tileCentroids: 3, chunk: 16)
                    let result = try flashKMeans(Self.points, initialCentroids: Self.start, options: options)
                    #expect((result.centroids - centroids).maximumMagnitude < 5e-6, "\(assignment), \(update)")
                    #expect(abs(result.objective - inertia) < 1e-4 * inertia)
                    if iterations == 10 {
                        #expect(result.labels == labels && result.hasConverged && result.iterations == 4)
                        #expect(result.counts == [2, 20, 10, 8])
                    } else {
                        #expect(!result.hasConverged && result.iterations == iterations)
                    }
                }
            }
            let hamerly = try hamerlyKMeans(
                Self.points, initialCentroids: Self.start, options: FlashKMeansOptions(maximumIterations: iterations))
            #expect((hamerly.centroids - centroids).maximumMagnitude < 5e-6)
            #expect(abs(hamerly.objective - inertia) < 1e-4 * inertia)
        }
    }

    /// Sizes around those of vectors, panels and tiles, and a dimension that the tiles cut.
    @Test(arguments: [
        (1, 1, 1), (15, 2, 3), (16, 3, 2), (47, 5, 9), (48, 16, 16), (49, 17, 15), (64, 8, 1), (100, 33, 40), (333, 64, 50),
        (70, 600, 23), (1000, 4, 129),
    ]) func nearestCentroids(count: Int, dimension: Int, clusters: Int) throws {
        let points = cloud(count, dimension, seed: 1), centroids = cloud(clusters, dimension, seed: 2)
        for assignment in KMeansAssignment.allCases {
            var run = try FlashKMeansRun(
                points, initialCentroids: centroids, options: FlashKMeansOptions(assignment: assignment, tileCentroids: 20))
            run.assign()
            var total = 0.0
            for row in 0..<count {
                let distances = squaredDistances(points, row, centroids)
                let least = distances.min() ?? .nan
                #expect(distances[run.labels[row]] <= least * (1 + 1e-5) + 1e-5, "\(assignment), point \(row)")
                total += least
            }
            #expect(abs(run.objective - total) <= 1e-5 * total)
        }
    }

    @Test func equalDistancesGoToTheLowerNumber() throws {
        // Whole coordinates: every product is exact, and many distances are equal.
        var generator = Philox(seed: 3)
        let points = DenseMatrix<Float>(rows: 500, columns: 3) { _, _ in Float(generator.integer(below: 4)) }
        let centroids = DenseMatrix<Float>(rows: 70, columns: 3) { _, _ in Float(generator.integer(below: 4)) }
        for assignment in KMeansAssignment.allCases {
            var run = try FlashKMeansRun(
                points, initialCentroids: centroids,
                options: FlashKMeansOptions(assignment: assignment, tilePoints: 60, tileCentroids: 33))
            run.assign()
            for row in 0..<points.rows {
                let distances = squaredDistances(points, row, centroids)
                #expect(run.labels[row] == distances.firstIndex(of: distances.min() ?? 0), "\(assignment), point \(row)")
            }
        }
    }

    @Test func sumsOfSkewedClusters() throws {
        for (count, dimension, clusters, chunk) in [(1, 1, 1, 1), (1000, 3, 5, 1 << 20), (5000, 70, 40, 1 << 20), (5000, 21, 700, 999)] {
            let points = cloud(count, dimension, seed: 4)
            var generator = Philox(seed: 5)
            // Most points in cluster 0, none in the last.
            let labels = (0..<count).map { _ in
                generator.uniform() < 0.8 ? 0 : generator.integer(below: max(1, clusters - 1))
            }
            let (sums, counts) = sumsByPoint(points, labels, clusters)
            var sorted = ClusterSums<Float>(clusters: clusters, dimension: dimension)
            for first in stride(from: 0, to: count, by: chunk) {
                let rows = first..<min(count, first + chunk)
                let before = sorted.merges
                sorted.add(points, rows: rows, labels: labels[rows])
                #expect(sorted.merges - before <= (rows.count + 255) / 256 + clusters - 1)
            }
            for own in [
                sorted, privateClusterSums(points, labels: labels, clusters: clusters, maximumThreads: 3),
                lockedClusterSums(points, labels: labels, clusters: clusters, maximumThreads: 2),
            ] {
                #expect(own.counts == counts)
                for cluster in 0..<clusters {
                    for column in 0..<dimension {
                        #expect(abs(own.sums[cluster, column] - sums[cluster][column]) < 2e-5 * Double(counts[cluster] + 1).squareRoot())
                    }
                }
            }
            var other = ClusterSums<Float>(clusters: clusters, dimension: dimension)
            for first in stride(from: 0, to: count, by: chunk) {
                let rows = first..<min(count, first + chunk)
                other.add(points, rows: rows, labels: labels[rows], maximumThreads: 1)
            }
            #expect(other == sorted)
        }
    }

    @Test func kernelsByThemselves() throws {
        let points: DenseMatrix<Float> = [[0, 0], [3, 4], [0, 2]], centroids: DenseMatrix<Float> = [[0, 1], [3, 3], [9, 9]]
        let assignment = try flashAssign(points, to: centroids)
        #expect(assignment.labels == [0, 1, 0] && assignment.values == [1, 1, 1])
        let cosines = try flashAssign(points, to: centroids, metric: .cosine)
        #expect(cosines.labels == [0, 1, 0])
        #expect(abs(cosines.values[1] - 0.98994949) < 1e-6 && cosines.values[0] == 0)
        let update = try sortInverseUpdate(points, labels: [0, 1, 0], centroids: centroids)
        #expect(update.means == [[0, 1], [3, 4], [9, 9]] && update.counts == [2, 1, 0] && update.merges == 2)
        #expect(
            throws: LinearAlgebraError.outOfRange(
                argument: "labels", value: 3, expected: "numbers in 0 ..< 3, the centroids")
        ) { try sortInverseUpdate(points, labels: [0, 3, 0], centroids: centroids) }
        #expect(throws: LinearAlgebraError.self) { try sortInverseUpdate(points, labels: [0], centroids: centroids) }
    }

    @Test func threadsDoNotChangeBits() throws {
        let (points, _) = try SkewedMixture(clusters: 60, dimension: 24, separation: 2, skew: 1)
            .sample(30_000, using: Philox(seed: 6))
        let start = points.selectingRows(0..<150)
        for assignment in [KMeansAssignment.fused, .tiled] {
            let results = try [1, 2, 3].map {
                try flashKMeans(
                    points, initialCentroids: start,
                    options: FlashKMeansOptions(maximumIterations: 4, assignment: assignment, maximumThreads: $0))
            }
            for other in results.dropFirst() {
                #expect(other.labels == results[0].labels && other.centroids == results[0].centroids)
                #expect(other.objective == results[0].objective)
            }
        }
    }

    @Test func emptyClustersAndDuplicates() throws {
        // The third centroid attracts nothing and stays; equal centroids leave the second without points.
        let points: DenseMatrix<Float> = [[0], [1], [10], [12]]
        let result = try flashKMeans(
            points, initialCentroids: [[0], [11], [1000]], options: FlashKMeansOptions(maximumIterations: 3))
        #expect(result.labels == [0, 0, 1, 1])
        #expect(result.centroids == [[0.5], [11], [1000]])
        #expect(result.counts == [2, 2, 0])
        #expect(abs(result.objective - 2.5) < 1e-6)
        let same = DenseMatrix<Float>(repeating: 3, rows: 300, columns: 5)
        let flat = try flashKMeans(
            same, initialCentroids: same.selectingRows([0, 1]), options: FlashKMeansOptions(tolerance: 1e-9))
        #expect(flat.counts == [300, 0] && flat.objective == 0 && flat.hasConverged && flat.iterations == 1)
    }

    @Test func cosineAndProduct() throws {
        let points = cloud(400, 6, seed: 7)
        let start = cloud(9, 6, seed: 8)
        func unit(_ v: [Double]) -> [Double] {
            let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return v.map { $0 / norm }
        }
        let raw = (0..<400).map { row in (0..<6).map { Double(points[row, $0]) } }
        for metric in [KMeansMetric.cosine, .dotProduct] {
            let rows = metric == .cosine ? raw.map(unit) : raw
            var centres = (0..<9).map { row in (0..<6).map { Double(start[row, $0]) } }
            if metric == .cosine { centres = centres.map(unit) }
            var labels: [Int] = [], objectives: [Double] = []
            func products(_ row: [Double]) -> [Double] { centres.map { zip($0, row).reduce(0) { $0 + $1.0 * $1.1 } } }
            for iteration in 0..<6 {
                labels = rows.map { row in
                    let all = products(row)
                    return all.firstIndex(of: all.max() ?? 0) ?? 0
                }
                objectives.append(rows.reduce(0) { $0 + (products($1).max() ?? 0) })
                if iteration == 5 { break }
                for cluster in 0..<9 {
                    let own = rows.indices.filter { labels[$0] == cluster }
                    if own.isEmpty { continue }
                    centres[cluster] = unit((0..<6).map { column in own.reduce(0) { $0 + rows[$1][column] } })
                }
            }
            let result = try flashKMeans(
                points, initialCentroids: start, options: FlashKMeansOptions(metric: metric, maximumIterations: 5))
            #expect(result.labels == labels)
            #expect(abs(result.objective - objectives[5]) < 1e-4 * objectives[5])
            for cluster in 0..<9 {
                for column in 0..<6 { #expect(abs(Double(result.centroids[cluster, column]) - centres[cluster][column]) < 1e-5) }
            }
            // Spherical k-means: the sum of cosines cannot fall.
            if metric == .cosine { for (a, b) in zip(objectives, objectives.dropFirst()) { #expect(b >= a - 1e-12) } }
        }
    }

    @Test func hamerlyLeavesOutDistances() throws {
        let (points, _) = try SkewedMixture(clusters: 12, dimension: 3, separation: 8).sample(4000, using: Philox(seed: 9))
        var generator = Philox(seed: 10)
        let start = try initialCentroids(of: points, clusters: 12, method: .plusPlus, using: &generator)
        let options = FlashKMeansOptions(maximumIterations: 12)
        let flash = try flashKMeans(points, initialCentroids: start, options: options)
        let hamerly = try hamerlyKMeans(points, initialCentroids: start, options: options)
        #expect(hamerly.labels == flash.labels && hamerly.centroids == flash.centroids)
        #expect(abs(hamerly.objective - flash.objective) < 1e-5 * flash.objective)
        #expect(flash.work.distances == 13 * 4000 * 12)
        #expect(hamerly.work.distances < flash.work.distances / 3)
        #expect(throws: LinearAlgebraError.self) {
            try hamerlyKMeans(points, initialCentroids: start, options: FlashKMeansOptions(metric: .cosine))
        }
    }

    @Test func miniBatchesAverageWhatTheyDraw() throws {
        let points = cloud(50, 4, seed: 11)
        var generator = Philox(seed: 12)
        var copy = generator
        // One centroid: steps of 1/n make it the mean of all draws.
        let result = try miniBatchKMeans(
            points, initialCentroids: [[9, 9, 9, 9]], batchSize: 7, steps: 11, using: &generator)
        let draws = (0..<77).map { _ in copy.integer(below: 50) }
        for column in 0..<4 {
            let mean = draws.reduce(0) { $0 + Double(points[$1, column]) } / 77
            #expect(abs(Double(result.centroids[0, column]) - mean) < 1e-5)
        }
        #expect(result.work.distances == 77 + 50 && result.counts == [50])
        #expect(throws: LinearAlgebraError.outOfRange(argument: "batchSize", value: 0, expected: "at least 1")) {
            try miniBatchKMeans(points, initialCentroids: [[0, 0, 0, 0]], batchSize: 0, using: &generator)
        }
    }

    @Test func batchesAreIndependent() throws {
        let batches = (0..<5).map { cloud(200 + 10 * $0, 8, seed: UInt64(20 + $0)) }
        let starts = batches.map { $0.selectingRows(0..<6) }
        let options = FlashKMeansOptions(maximumIterations: 50, tolerance: 1e-3)
        let together = try flashKMeans(batches: batches, initialCentroids: starts, options: options)
        for (index, result) in together.enumerated() {
            let alone = try flashKMeans(batches[index], initialCentroids: starts[index], options: options)
            #expect(result.labels == alone.labels && result.centroids == alone.centroids)
            #expect(result.iterations == alone.iterations)
        }
        #expect(throws: LinearAlgebraError.self) { try flashKMeans(batches: batches, initialCentroids: [starts[0]]) }
    }

    @Test func work() throws {
        let points = cloud(3000, 16, seed: 13), start = points.selectingRows(0..<100)
        func work(_ assignment: KMeansAssignment, _ update: KMeansUpdate) throws -> KMeansWork {
            try flashKMeans(
                points, initialCentroids: start,
                options: FlashKMeansOptions(maximumIterations: 1, assignment: assignment, update: update, maximumThreads: 2)
            ).work
        }
        guard CentroidSearch.isFusedSupported else { return }
        let flash = try work(.fused, .sortInverse), naive = try work(.materialized, .lockedScatter)
        // The products: 3000 × 100 Floats; a panel: 48 points of 16 Floats for each of two threads.
        #expect(naive.assignmentBytes - flash.assignmentBytes == 4 * 3000 * 100 - 2 * 48 * 16 * 4)
        #expect(naive.assignmentTraffic - flash.assignmentTraffic == 2 * 2 * 4 * 3000 * 100)
        #expect(naive.merges == 3000 && flash.merges <= 12 + 99)
        #expect(try work(.tiled, .sortInverse).assignmentBytes - flash.assignmentBytes == 2 * (4 * 128 * 100 - 48 * 16 * 4))
        let resident = peakResidentBytes {
            let block = [UInt8](repeating: 1, count: 100 << 20)
            #expect(block[50 << 20] == 1)
        }
        // Other tests run at the same time.
        if let resident { #expect(resident > 95 << 20) }
    }

    @Test func badInput() throws {
        let points = cloud(5, 2, seed: 14)
        #expect(throws: LinearAlgebraError.outOfRange(argument: "maximumIterations", value: 0, expected: "at least 1")) {
            try flashKMeans(points, initialCentroids: points, options: FlashKMeansOptions(maximumIterations: 0))
        }
        #expect(throws: LinearAlgebraError.outOfRange(argument: "tolerance", value: -1, expected: "at least 0")) {
            try flashKMeans(points, initialCentroids: points, options: FlashKMeansOptions(tolerance: -1))
        }
        #expect(throws: LinearAlgebraError.self) { try flashKMeans([[.nan]], initialCentroids: [[1]]) }
        #expect(throws: LinearAlgebraError.self) {
            var bad = points
            bad[4, 1] = .infinity
            _ = try flashKMeans(points, initialCentroids: bad)
        }
        #expect(
            throws: LinearAlgebraError.shapeMismatch(
                argument: "initialCentroids", shape: "(1, 3)", other: "points", otherShape: "(5, 2)",
                expected: "equal numbers of columns")
        ) { try flashKMeans(points, initialCentroids: [[1, 2, 3]]) }
        #expect(throws: LinearAlgebraError.empty(argument: "points", shape: "(0, 2)")) {
            try flashKMeans(.zeros(0, 2), initialCentroids: [[1, 2]])
        }
        var generator = Philox(seed: 15)
        #expect(throws: LinearAlgebraError.self) { try initialCentroids(of: points, clusters: 6, using: &generator) }
        let chosen = try initialCentroids(of: points, clusters: 5, using: &generator)
        #expect(Set((0..<5).map { chosen[$0, 0] }) == Set((0..<5).map { points[$0, 0] }))
    }
}
