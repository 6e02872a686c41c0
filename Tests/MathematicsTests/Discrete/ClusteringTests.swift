import Foundation
import Mathematics
import Testing

@Suite struct ClusteringTests {
    private func cloud(_ centres: [[Double]], each count: Int, spread: Double, _ generator: inout Philox) -> Matrix {
        Matrix(
            rows: centres.flatMap { centre in
                (0..<count).map { _ in centre.map { $0 + spread * generator.normal() } }
            })
    }

    @Test func pairwiseDistancesAreTheDefinition() {
        var generator = Philox(seed: 51)
        let x = generator.normalMatrix(rows: 20, columns: 3).map { $0 + 1e6 }
        let y = generator.normalMatrix(rows: 11, columns: 3).map { $0 + 1e6 }
        let ours = pairwiseSquaredDistances(x, y)
        for i in 0..<20 { for j in 0..<11 { #expect(abs(ours[i, j] - (x.row(i) - y.row(j)).squaredNorm) < 1e-12) } }
        #expect(pairwiseSquaredDistances(.zeros(0, 3), y).rows == 0)
    }

    @Test func kMeansFindsSeparatedClusters() throws {
        var generator = Philox(seed: 52)
        let points = cloud([[0, 0], [10, 0], [0, 10], [10, 10]], each: 50, spread: 0.5, &generator)
        let result = try KMeans(points, clusters: 4, using: &generator)
        #expect(result.hasConverged)
        for block in 0..<4 { #expect(Set(result.labels[block * 50..<block * 50 + 50]).count == 1) }
        // At a fixed point the means are those of the clusters and each point is with the nearest.
        var cost = 0.0
        for cluster in 0..<4 {
            let members = points.selectingRows(result.labels.indices.filter { result.labels[$0] == cluster })
            #expect((members.columnMeans - result.centroids.row(cluster)).norm < 1e-12)
            for row in 0..<members.rows { cost += (members.row(row) - result.centroids.row(cluster)).squaredNorm }
        }
        #expect(abs(cost - result.cost) < 1e-10 * cost)
        #expect(try result.labels(of: points) == result.labels)
        #expect(try silhouettes(points, labels: result.labels).mean > 0.85)
    }

    @Test func lloydAgreesWithADirectLoop() throws {
        var generator = Philox(seed: 53)
        let points = generator.normalMatrix(rows: 5000, columns: 4)
        let start = points[0..<7, 0..<4]
        var centroids = start
        var labels: [Int] = []
        for _ in 0..<6 {
            labels = (0..<5000).map { i in
                (0..<7).min {
                    (points.row(i) - centroids.row($0)).squaredNorm < (points.row(i) - centroids.row($1)).squaredNorm
                }!
            }
            for k in 0..<7 {
                centroids.setRow(k, to: points.selectingRows(labels.indices.filter { labels[$0] == k }).columnMeans)
            }
        }
        let ours = try KMeans(points, initialCentroids: start, maximumIterations: 6, tolerance: 0)
        #expect((ours.centroids - centroids).maximumMagnitude < 1e-12)
        #expect(ours.iterations == 6 && !ours.hasConverged)
        // The cost never rises.
        var previous = Double.infinity
        for steps in 0..<20 {
            let cost = try KMeans(points, initialCentroids: start, maximumIterations: steps, tolerance: 0).cost
            #expect(cost <= previous * (1 + 1e-12))
            previous = cost
        }
    }

    @Test func emptyClustersAndUglyInput() throws {
        var generator = Philox(seed: 54)
        // The third mean attracts nothing and takes the farthest point.
        let points: Matrix = [[0], [0.1], [5], [5.1], [9]]
        let result = try KMeans(points, initialCentroids: [[0], [5], [1000]])
        #expect(result.labels == [0, 0, 1, 1, 2])
        #expect(abs(result.cost - 0.01) < 1e-12)
        let same = Matrix(repeating: 2, rows: 6, columns: 2)
        #expect(try KMeans(same, clusters: 3, using: &generator).cost == 0)
        #expect(try Set(kMeansPlusPlusSeeds(same, clusters: 6, using: &generator)).count == 6)
        #expect(try KMeans(points, clusters: 5, using: &generator).cost < 1e-28)
        #expect(
            throws: LinearAlgebraError.outOfRange(
                argument: "clusters", value: 6, expected: "a number in 1 ... 5, the number of points")
        ) {
            try KMeans(points, clusters: 6, using: &generator)
        }
        #expect(throws: LinearAlgebraError.self) { try KMeans([[1], [.nan]], clusters: 1, using: &generator) }
        #expect(throws: LinearAlgebraError.self) { try KMeans(.zeros(0, 2), clusters: 1, using: &generator) }
        var (a, b) = (Philox(seed: 5), Philox(seed: 5))
        let cloud = generator.normalMatrix(rows: 300, columns: 3)
        #expect(
            try KMeans(cloud, clusters: 8, restarts: 3, using: &a).centroids
                == KMeans(cloud, clusters: 8, restarts: 3, using: &b).centroids)
    }

    @Test func linkageIsSciPys() throws {
        // X = numpy.array([[((7 * i) % 13) + .1 * i, ((5 * i) % 11) - .05 * i + .01 * i ** 3] for i in range(9)])
        // scipy.cluster.hierarchy.linkage(X, method)
        let points = Matrix(rows: 9, columns: 2) { i, j in
            j == 0
                ? Double(7 * i % 13) + 0.1 * Double(i)
                : Double(5 * i % 11) - 0.05 * Double(i) + 0.01 * Double(i * i * i)
        }
        let expected: [(AgglomerativeClustering.Linkage, Matrix)] = [
            (
                .single,
                [
                    [3, 5, 1.2059850745345062, 2], [4, 6, 1.271377206025025, 2], [2, 10, 1.3159027319676782, 3],
                    [1, 9, 1.4647866738880453, 3], [7, 12, 1.6144348856488449, 4], [8, 11, 2.2135040094836054, 4],
                    [13, 14, 6.021627686929838, 8], [0, 15, 8.660923738262564, 9],
                ]
            ),
            (
                .complete,
                [
                    [3, 5, 1.2059850745345062, 2], [4, 6, 1.271377206025025, 2], [2, 10, 2.4029981273400947, 3],
                    [7, 9, 2.5848791074245607, 3], [1, 12, 3.601999444752872, 4], [8, 11, 3.9984496995710717, 4],
                    [13, 14, 10.689246933250256, 8], [0, 15, 12.66484899238834, 9],
                ]
            ),
            (
                .average,
                [
                    [3, 5, 1.2059850745345062, 2], [4, 6, 1.271377206025025, 2], [2, 10, 1.8594504296538865, 3],
                    [1, 9, 2.024832890656304, 3], [7, 12, 2.6004378126087593, 4], [8, 11, 3.174100374282256, 4],
                    [13, 14, 8.398291714317665, 8], [0, 15, 10.379169994522348, 9],
                ]
            ),
            (
                .ward,
                [
                    [3, 5, 1.2059850745345062, 2], [4, 6, 1.271377206025025, 2], [2, 10, 2.1131019852340307, 3],
                    [1, 9, 2.3237900077244507, 3], [7, 12, 3.0688108446106606, 4], [8, 11, 3.7950494067930114, 4],
                    [0, 13, 12.6378225972673, 5], [14, 15, 16.43469554867926, 9],
                ]
            ),
        ]
        for (linkage, tree) in expected {
            let ours = try AgglomerativeClustering(points, linkage: linkage)
            for (step, merge) in ours.merges.enumerated() {
                #expect(
                    merge.first == Int(tree[step, 0]) && merge.second == Int(tree[step, 1]), "\(linkage), step \(step)")
                #expect(abs(merge.distance - tree[step, 2]) < 1e-12)
                #expect(merge.count == Int(tree[step, 3]))
            }
            let threshold = ours.merges[5].distance
            #expect(try ours.labels(clusters: 3) == ours.labels(distanceAtMost: threshold))
            #expect(Set(try ours.labels(clusters: 3)) == [0, 1, 2])
        }
        let line = try AgglomerativeClustering([[0], [1], [5], [6.5], [20]], linkage: .single)
        #expect(try line.labels(clusters: 3) == [0, 0, 1, 1, 2])
        #expect(try line.labels(clusters: 1) == [0, 0, 0, 0, 0])
        #expect(try AgglomerativeClustering(.zeros(1, 1), linkage: .ward).merges.isEmpty)
        #expect(throws: LinearAlgebraError.self) { try line.labels(clusters: 6) }
        #expect(throws: LinearAlgebraError.self) {
            try AgglomerativeClustering(distances: [[0, -1], [-1, 0]], linkage: .single)
        }
    }

    @Test func silhouettesByHand() throws {
        // Points 0, 1 | 4 with a = 1, 1; b = 4, 3.
        let values = try silhouettes([[0], [1], [4]], labels: [0, 0, 1])
        #expect((values - [0.75, 2.0 / 3, 0]).maximumMagnitude < 1e-14)
        #expect(throws: LinearAlgebraError.self) { try silhouettes([[0], [1]], labels: [0, 0]) }
    }

    @Test func nearestNeighborsAgreeWithSorting() throws {
        var generator = Philox(seed: 55)
        for (n, d, k) in [(1, 2, 3), (40, 1, 5), (300, 3, 7), (500, 2, 1), (200, 20, 4)] {
            // Whole coordinates: many equal distances.
            let points = Matrix(rows: n, columns: d) { _, _ in Double(generator.integer(below: n > 250 ? 6 : 1000)) }
            let tree = try KDTree(points)
            let brute = try nearestNeighbors(of: points, among: points, count: k)
            for row in 0..<min(n, 60) {
                let distances = (0..<n).map { (points.row($0) - points.row(row)).norm }
                let order = (0..<n).sorted { (distances[$0], $0) < (distances[$1], $1) }
                let found = try tree.nearest(to: points.row(row), count: k)
                #expect(found.map(\.index) == Array(order.prefix(k)))
                #expect(zip(found, order).allSatisfy { abs($0.distance - distances[$1]) < 1e-9 })
                #expect(zip(brute[row], order).allSatisfy { abs($0.distance - distances[$1]) < 1e-4 })
                let others = try tree.nearest(to: points.row(row), count: k, excluding: row)
                #expect(others.map(\.index) == Array(order.filter { $0 != row }.prefix(k)))
            }
        }
        let line: Matrix = [[0], [1], [3], [7]]
        let either = try Graph(nearestNeighborsAmong: line, neighbors: 1)
        #expect(either.edges == [.init(0, 1, weight: 1), .init(1, 2, weight: 2), .init(2, 3, weight: 4)])
        let mutual = try Graph(nearestNeighborsAmong: line, neighbors: 1, rule: .mutual) { exp(-$0) }
        #expect(mutual.edges == [.init(0, 1, weight: exp(-1))])
        #expect(throws: LinearAlgebraError.self) { try KDTree([[.infinity]]) }
        #expect(throws: LinearAlgebraError.self) { try KDTree(line).nearest(to: [1, 2], count: 1) }
    }
}
