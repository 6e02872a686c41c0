import BenchmarkMeasuring
import Efficiency
import Mathematics

/// flash-kmeans (arXiv:2603.09229) and the k-means of Mathematics, which shares its kernels, against scikit-learn's KMeans:
/// Lloyd's iteration from the same centroids, five iterations, in single and in double precision.
let kMeansCases: [CaseMaker] =
    [(50_000, 16, 16), (200_000, 64, 64), (200_000, 64, 1024), (20_000, 128, 256)].map { count, dimension, clusters in
        { try singlePrecision(count, dimension, clusters, threads: $0) }
    }
    + [(2_000, 2, 8), (50_000, 16, 16), (200_000, 64, 64)].map { count, dimension, clusters in
        { try doublePrecision(count, dimension, clusters, threads: $0) }
    }

/// Clusters so wide that the iterations do not end by themselves.
private func data(
    _ count: Int, _ dimension: Int, _ clusters: Int
) throws -> (points: DenseMatrix<Float>, start: DenseMatrix<Float>) {
    let points = try SkewedMixture(clusters: clusters, dimension: dimension, skew: 0.5)
        .sample(count, using: Philox(seed: 1)).points
    var generator = Philox(seed: 2)
    return (points, try initialCentroids(of: points, clusters: clusters, using: &generator))
}

private func singlePrecision(
    _ count: Int, _ dimension: Int, _ clusters: Int, threads: Int
) throws -> ComparedCase {
    let (points, start) = try data(count, dimension, clusters)
    let options = FlashKMeansOptions(maximumIterations: 5, maximumThreads: threads)
    return ComparedCase(
        "flash-kmeans: \(count) points, D = \(dimension), K = \(clusters), Float", peerName: "k_means",
        settings: ["iterations": 5], inputs: ["points": NumericArray(points), "start": NumericArray(start)],
        bar: .speed(atLeast: 1), note: "peer: scikit-learn KMeans, Lloyd"
    ) {
        try flashKMeans(points, initialCentroids: start, options: options)
    } results: { result in
        // A point between two centroids may go either way.
        [
            Output("inertia", [result.objective], tolerance: 1e-5),
            Output("centroids", result.centroids.withUnsafeBufferPointer { $0.map(Double.init) }, tolerance: 2e-4),
        ]
    }
}

private func doublePrecision(
    _ count: Int, _ dimension: Int, _ clusters: Int, threads: Int
) throws -> ComparedCase {
    let (floats, floatStart) = try data(count, dimension, clusters)
    let points = Matrix(rows: count, columns: dimension) { Double(floats[$0, $1]) }
    let start = Matrix(rows: clusters, columns: dimension) { Double(floatStart[$0, $1]) }
    return ComparedCase(
        "k-means: \(count) points, D = \(dimension), K = \(clusters), Double", peerName: "k_means",
        settings: ["iterations": 5], inputs: ["points": NumericArray(points), "start": NumericArray(start)],
        bar: .speed(atLeast: 1), note: "peer: scikit-learn KMeans, Lloyd"
    ) {
        try KMeans(points, initialCentroids: start, maximumIterations: 5, tolerance: 0, maximumThreads: threads)
    } results: { result in
        [
            Output("inertia", [result.cost], tolerance: 1e-10),
            Output("centroids", result.centroids.withUnsafeBufferPointer { Array($0) }, tolerance: 1e-10),
            Output("labels", result.labels.map(Double.init), tolerance: 1e-12),
        ]
    }
}
