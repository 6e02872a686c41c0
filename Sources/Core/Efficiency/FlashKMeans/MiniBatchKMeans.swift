import Mathematics

// swiftcore: mini_batch_k_means
/// k-means on random batches (Sculley, "Web-scale k-means clustering", 2010): inexact, each point of a batch moves its
/// centroid by 1/n of the way, n being the number of points that the centroid has had.
///
/// - Parameters:
///   - points: one point a row, finite.
///   - initialCentroids: one centroid a row.
///   - batchSize: points drawn for a step, with replacement.
///   - steps: how many batches.
///   - maximumThreads: nil for the number of processors.
///   - generator: draws the batches.
/// - Returns: the centroids after the last step and the assignment of all points to them; `iterations` are the steps.
/// - Throws: `LinearAlgebraError` if a coordinate is not finite, the columns differ or a number is below 1.
public func miniBatchKMeans(
    _ points: DenseMatrix<Float>, initialCentroids: DenseMatrix<Float>, batchSize: Int = 1024, steps: Int = 100,
    maximumThreads: Int? = nil, using generator: inout some RandomNumberGenerator
) throws(LinearAlgebraError) -> FlashKMeansResult {
    for (name, value) in [("batchSize", batchSize), ("steps", steps)] where value < 1 {
        throw .outOfRange(argument: name, value: Double(value), expected: "at least 1")
    }
    let options = FlashKMeansOptions(maximumIterations: steps, maximumThreads: maximumThreads)
    // The run of the end checks the input before the first step as well.
    _ = try FlashKMeansRun(points, initialCentroids: initialCentroids, options: options)
    var centroids = initialCentroids
    var seen = [Int](repeating: 0, count: centroids.rows), distances = 0
    var assignment = CentroidAssignment<Float>(count: batchSize)
    for _ in 0..<steps {
        let batch = points.selectingRows((0..<batchSize).map { _ in generator.integer(below: points.rows) })
        assignment.assign(batch, to: centroids, options: options)
        distances += batchSize * centroids.rows
        let columns = points.columns
        batch.withUnsafeBufferPointer { numbers in
            centroids.withUnsafeMutableBufferPointer { centroids in
                for row in 0..<batchSize {
                    let label = assignment.labels[row]
                    seen[label] += 1
                    let rate = 1 / Float(seen[label])
                    for column in 0..<columns {
                        let place = label * columns + column
                        centroids[place] += rate * (numbers[row * columns + column] - centroids[place])
                    }
                }
            }
        }
    }
    var run = try FlashKMeansRun(points, initialCentroids: centroids, options: options)
    run.assign()
    var work = run.work
    work.distances += distances
    return FlashKMeansResult(
        labels: run.labels, centroids: centroids, counts: clusterSizes(run.labels, clusters: centroids.rows),
        objective: run.objective, iterations: steps, hasConverged: false, work: work)
}
