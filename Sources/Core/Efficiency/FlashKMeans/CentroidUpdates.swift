import CVectorMath
import Foundation
import Mathematics

/// The sums of the clusters' points by adding each point to its cluster's row, in sums that each thread has for itself.
///
/// The baseline of the sort-inverse update with as much memory as threads × centroids × dimension. The rows of the points are
/// cut into as many parts as there are threads, whose sums are added up in order.
///
/// - Parameters:
///   - points: one point a row.
///   - labels: the cluster of each; a label that is none stops the program.
///   - clusters: how many there are.
///   - maximumThreads: nil for the number of processors.
public func privateClusterSums(
    _ points: DenseMatrix<Float>, labels: [Int], clusters: Int, maximumThreads: Int? = nil
) -> ClusterSums<Float> {
    requireLabels(labels, points, clusters)
    let parts = max(1, maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount), dimension = points.columns
    let all = parallelMap(parts, maximumThreads: parts) { part in
        let sums = Storage<Double>(repeating: 0, count: clusters * dimension)
        var counts = [Int](repeating: 0, count: clusters)
        points.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return }
            for row in part * points.rows / parts..<(part + 1) * points.rows / parts {
                let label = labels[row]
                vm_accumulate(0, dimension, first + row * dimension, sums.pointer + label * dimension)
                counts[label] += 1
            }
        }
        return (sums: sums, counts: counts)
    }
    for other in all.dropFirst() { vm_add_scaled(1, clusters * dimension, 1, other.sums.pointer, all[0].sums.pointer) }
    return ClusterSums(
        sums: Matrix(rows: clusters, columns: dimension, storage: all[0].sums),
        counts: (0..<clusters).map { cluster in all.reduce(0) { $0 + $1.counts[cluster] } })
}

/// The sums of the clusters' points by adding each point to its cluster's row, all threads to the same rows: a lock for each
/// row, which is what an atomic addition is on a GPU.
///
/// The baseline of the sort-inverse update. The order in which threads come changes the rounding.
///
/// - Parameters:
///   - points: one point a row.
///   - labels: the cluster of each; a label that is none stops the program.
///   - clusters: how many there are.
///   - maximumThreads: nil for the number of processors.
public func lockedClusterSums(
    _ points: DenseMatrix<Float>, labels: [Int], clusters: Int, maximumThreads: Int? = nil
) -> ClusterSums<Float> {
    requireLabels(labels, points, clusters)
    let threads = max(1, maximumThreads ?? ProcessInfo.processInfo.activeProcessorCount), dimension = points.columns
    let sums = Storage<Double>(repeating: 0, count: clusters * dimension)
    let counts = Storage<Int>(repeating: 0, count: clusters)
    nonisolated(unsafe) let locks = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: clusters)
    for cluster in 0..<clusters { pthread_mutex_init(locks + cluster, nil) }
    defer {
        for cluster in 0..<clusters { pthread_mutex_destroy(locks + cluster) }
        locks.deallocate()
    }
    _ = parallelMap(threads, maximumThreads: threads) { part in
        points.withUnsafeBufferPointer { numbers in
            guard let first = numbers.baseAddress else { return }
            for row in part * points.rows / threads..<(part + 1) * points.rows / threads {
                let label = labels[row]
                pthread_mutex_lock(locks + label)
                vm_accumulate(0, dimension, first + row * dimension, sums.pointer + label * dimension)
                counts.pointer[label] += 1
                pthread_mutex_unlock(locks + label)
            }
        }
    }
    return ClusterSums(
        sums: Matrix(rows: clusters, columns: dimension, storage: sums), counts: (0..<clusters).map { counts.pointer[$0] })
}

private func requireLabels(_ labels: [Int], _ points: DenseMatrix<Float>, _ clusters: Int) {
    precondition(labels.count == points.rows, "\(labels.count) labels of \(points.rows) points")
    precondition(labels.allSatisfy { $0 >= 0 && $0 < clusters }, "a label is none of the \(clusters) clusters")
}
