import Mathematics
import Testing

struct CentroidTests {
    @Test(arguments: [(1, 1, 1), (23, 2, 3), (24, 4, 2), (25, 5, 9), (96, 16, 17), (200, 31, 40), (60, 700, 5)])
    func assignmentsInDoubles(count: Int, dimension: Int, clusters: Int) {
        var generator = Philox(seed: 60)
        let points = generator.normalMatrix(rows: count, columns: dimension)
        let centroids = generator.normalMatrix(rows: clusters, columns: dimension)
        let biases = CentroidAssignment.squaredDistanceBiases(of: centroids)
        for (cluster, bias) in biases.enumerated() {
            #expect(abs(bias + centroids.row(cluster).squaredNorm / 2) < 1e-12 * Double(dimension))
        }
        var materialized = CentroidAssignment<Double>(count: count + 2)
        materialized.assign(products: points.multiplied(byTransposeOf: centroids), at: 2, biases: biases)
        for search in [CentroidSearch.fused, .tiled(points: 10, centroids: 7)] {
            var assignment = CentroidAssignment<Double>(count: count)
            assignment.assign(points, to: centroids, biases: biases, search: search)
            #expect(assignment.labels == Array(materialized.labels.dropFirst(2)))
            let distances = assignment.squaredDistances(of: points, from: centroids)
            let norms = points.squaredRowNorms
            for row in 0..<count {
                let all = (0..<clusters).map { (points.row(row) - centroids.row($0)).squaredNorm }
                #expect(assignment.labels[row] == all.firstIndex(of: all.min() ?? .nan))
                #expect(abs(distances[row] - (all.min() ?? .nan)) < 1e-14 * (1 + distances[row]))
                #expect(abs(norms[row] - 2 * assignment.fits[row] - distances[row]) < 1e-13 * Double(dimension))
            }
        }
    }

    @Test func pointsInParts() {
        var generator = Philox(seed: 61)
        let points = generator.normalMatrix(rows: 400, columns: 6), centroids = generator.normalMatrix(rows: 11, columns: 6)
        let none = Vector(repeating: 0, count: 11)
        var whole = CentroidAssignment<Double>(count: 400), parts = whole
        whole.assign(points, to: centroids, biases: none)
        for start in stride(from: 0, to: 400, by: 37) {
            parts.assign(points[start..<min(400, start + 37), 0..<6], at: start, to: centroids, biases: none)
        }
        #expect(whole == parts)
        // Without biases the largest product wins.
        for row in 0..<400 {
            let products = (0..<11).map { points.row(row).dot(centroids.row($0)) }
            #expect(whole.labels[row] == products.firstIndex(of: products.max() ?? .nan))
            #expect(abs(whole.fits[row] - products[whole.labels[row]]) < 1e-13)
        }
    }

    @Test func sumsAndMeans() {
        var generator = Philox(seed: 62)
        let points = generator.normalMatrix(rows: 3000, columns: 37)
        let labels = (0..<3000).map { _ in generator.uniform() < 0.7 ? 3 : generator.integer(below: 19) }
        var sums = ClusterSums<Double>(clusters: 20, dimension: 37)
        sums.add(points, labels: labels[...])
        #expect(sums.merges <= 12 + 19)
        var alone = ClusterSums<Double>(clusters: 20, dimension: 37)
        alone.add(points, labels: labels[...], maximumThreads: 1)
        #expect(alone == sums)
        let old = generator.normalMatrix(rows: 20, columns: 37)
        let (means, shifts) = sums.means(keeping: old)
        for cluster in 0..<20 {
            let own = labels.indices.filter { labels[$0] == cluster }
            #expect(sums.counts[cluster] == own.count)
            let mean = own.isEmpty ? old.row(cluster) : points.selectingRows(own).columnMeans
            #expect((means.row(cluster) - mean).maximumMagnitude < 1e-13)
            #expect(abs(shifts[cluster] - (mean - old.row(cluster)).squaredNorm) < 1e-12)
        }
        #expect(sums.counts[19] == 0)
        // A second call adds; rows can be left out.
        sums.add(points, rows: 10..<20, labels: labels[10..<20])
        #expect(sums.counts.reduce(0, +) == 3010)
        let total = points.columnMeans * 3000 + points[10..<20, 0..<37].columnMeans * 10
        let summed = (0..<20).reduce(Vector(repeating: 0, count: 37)) { $0 + sums.sums.row($1) }
        #expect((summed - total).maximumMagnitude < 1e-11)
    }
}
