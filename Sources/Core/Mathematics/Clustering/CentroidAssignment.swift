import CVectorMath
import Foundation

/// How the nearest centroids of points are found: the results differ in nothing but rounding.
public enum CentroidSearch: Sendable, Hashable {
    /// Each product of a point and a centroid is compared in the register in which it was computed, so that no product is
    /// ever written to memory ("flash assign" of flash-kmeans, arXiv:2603.09229, with registers in the place of a GPU's
    /// shared memory). Where the processor lacks AVX-512 it is `tiled` with 128 points and 128 centroids.
    case fused
    /// BLAS writes the products of some points with some centroids to a tile of memory, which is then searched.
    case tiled(points: Int, centroids: Int)

    /// Whether the processor has the vectors that `fused` needs to be more than a name.
    public static var isFusedSupported: Bool { ClusterKernels<Float>.isFused }

    static let portable = CentroidSearch.tiled(points: 128, centroids: 128)
}

/// Which centroid each of some points is assigned to, and how well it fits.
///
/// The fit of a point x and a centroid c is $x \cdot c + b_c$, and the centroid that fits best is chosen, of equals the one
/// with the lower number. With $b_c = -\frac{1}{2}|c|^2$ (`squaredDistanceBiases(of:)`) it is the nearest:
/// $|x - c|^2 = |x|^2 - 2 (x \cdot c + b_c)$. With $b = 0$ it is the one of the largest product.
public struct CentroidAssignment<Scalar: LinearAlgebraScalar>: Sendable, Equatable {
    /// The number of each point's centroid.
    public private(set) var labels: [Int]
    /// The fit of each point and its centroid.
    public private(set) var fits: [Scalar]

    /// Room for so many points, all assigned to centroid 0.
    public init(count: Int) {
        precondition(count >= 0, "there cannot be \(count) points")
        labels = [Int](repeating: 0, count: count)
        fits = [Scalar](repeating: -.infinity, count: count)
    }

    /// The biases that make the nearest centroid the one that fits best: half the squared norms, negative.
    public static func squaredDistanceBiases(of centroids: DenseMatrix<Scalar>) -> DenseVector<Scalar> {
        centroids.squaredRowNorms * -0.5
    }

    /// Assigns points to centroids.
    ///
    /// Work: points × centroids × dimension multiplications. Memory beyond points and centroids: for each thread a panel of
    /// 192 bytes a dimension (`fused`) or one tile. The result does not depend on the number of threads.
    ///
    /// - Parameters:
    ///   - points: one point a row, finite.
    ///   - offset: the place of the first of them among the points of this assignment.
    ///   - centroids: one centroid a row, at least one, finite, of the points' dimension.
    ///   - biases: one number a centroid, added to the products with it.
    ///   - search: how they are found.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public mutating func assign(
        _ points: DenseMatrix<Scalar>, at offset: Int = 0, to centroids: DenseMatrix<Scalar>, biases: DenseVector<Scalar>,
        search: CentroidSearch = .fused, maximumThreads: Int? = nil
    ) {
        let (count, dimension, clusters) = (points.rows, points.columns, centroids.rows)
        precondition(offset >= 0 && offset + count <= labels.count, "\(count) points at \(offset) among \(labels.count)")
        precondition(clusters > 0, "an assignment needs at least one centroid")
        if centroids.columns != dimension || biases.count != clusters {
            shapeMismatch(
                "assign", "(\(count), \(dimension))", "(\(clusters), \(centroids.columns)), \(biases.count) biases",
                "points and centroids must have equal dimensions, and each centroid a bias")
        }
        guard count > 0 else { return }
        let isFused = search == .fused && ClusterKernels<Scalar>.isFused
        // Blocks of some milliseconds at most, so that unequal threads share the work; whole panels of 48 points.
        let rows: Int
        if case .tiled(let height, _) = search, !isFused {
            rows = max(1, height)
        } else {
            rows = max(1, min((count + 47) / 48, (1 << 22) / max(1, clusters * dimension * 48))) * 48
        }
        let blocks = (count + rows - 1) / rows
        let threads = count * clusters * max(dimension, 1) < 1 << 22 ? 1 : maximumThreads
        labels.withUnsafeMutableBufferPointer { labels in
            fits.withUnsafeMutableBufferPointer { fits in
                guard let allLabels = labels.baseAddress, let allFits = fits.baseAddress else { return }
                nonisolated(unsafe) let ownLabels = allLabels + offset
                nonisolated(unsafe) let ownFits = allFits + offset
                _ = parallelMap(blocks, maximumThreads: threads) { block in
                    let first = block * rows
                    let kernels = ClusterKernels(
                        points: points.memory.pointer + first * dimension, count: min(rows, count - first),
                        dimension: dimension, labels: ownLabels + first, fits: ownFits + first)
                    if isFused {
                        kernels.assignFused(to: centroids, biases)
                    } else {
                        kernels.assignTiled(to: centroids, biases, search: search)
                    }
                }
            }
        }
    }

    /// Assigns points whose products with all centroids are there.
    ///
    /// - Parameters:
    ///   - products: those of one point a row, as many columns as there are centroids.
    ///   - offset: the place of the first of them among the points of this assignment.
    ///   - biases: one number a centroid.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public mutating func assign(
        products: DenseMatrix<Scalar>, at offset: Int = 0, biases: DenseVector<Scalar>, maximumThreads: Int? = nil
    ) {
        let (count, clusters) = products.shape
        precondition(offset >= 0 && offset + count <= labels.count, "\(count) points at \(offset) among \(labels.count)")
        precondition(clusters > 0 && biases.count == clusters, "\(clusters) columns of products, \(biases.count) biases")
        let rows = max(1, (1 << 18) / clusters), blocks = (count + rows - 1) / rows
        labels.withUnsafeMutableBufferPointer { labels in
            fits.withUnsafeMutableBufferPointer { fits in
                guard let allLabels = labels.baseAddress, let allFits = fits.baseAddress else { return }
                nonisolated(unsafe) let ownLabels = allLabels + offset
                nonisolated(unsafe) let ownFits = allFits + offset
                ownLabels.update(repeating: 0, count: count)
                ownFits.update(repeating: -.infinity, count: count)
                _ = parallelMap(blocks, maximumThreads: maximumThreads) { block in
                    let first = block * rows
                    vm_largest_products(
                        ClusterKernels<Scalar>.isDouble, min(rows, count - first), clusters,
                        products.memory.pointer + first * clusters, clusters, biases.storage.pointer, 0, ownLabels + first,
                        ownFits + first)
                }
            }
        }
    }

    /// The squared distances between points and the centroids of their labels, from differences: with all their digits,
    /// which the fits have not where points are much farther from the origin than from each other.
    ///
    /// - Parameters:
    ///   - points: one point a row.
    ///   - offset: the place of the first of them among the points of this assignment.
    ///   - centroids: those that the points were assigned to.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public func squaredDistances(
        of points: DenseMatrix<Scalar>, at offset: Int = 0, from centroids: DenseMatrix<Scalar>, maximumThreads: Int? = nil
    ) -> DenseVector<Scalar> {
        let (count, dimension) = points.shape
        precondition(offset >= 0 && offset + count <= labels.count, "\(count) points at \(offset) among \(labels.count)")
        precondition(dimension == centroids.columns, "points of dimension \(dimension), centroids of \(centroids.columns)")
        precondition(labels.allSatisfy { $0 < centroids.rows }, "a label is none of the \(centroids.rows) centroids")
        let result = Storage<Scalar>(uninitializedCount: count)
        let block = 1 << 13, blocks = (count + block - 1) / block
        let threads = count * dimension < 1 << 19 ? 1 : maximumThreads
        labels.withUnsafeBufferPointer { labels in
            guard let all = labels.baseAddress else { return }
            nonisolated(unsafe) let own = all + offset
            _ = parallelMap(blocks, maximumThreads: threads) { index in
                let first = index * block
                vm_label_distances(
                    ClusterKernels<Scalar>.isDouble, min(block, count - first), dimension,
                    points.memory.pointer + first * dimension, dimension, centroids.memory.pointer, own + first,
                    result.pointer + first)
            }
        }
        return DenseVector(storage: result)
    }
}

/// A block of points on its way through the kernels.
struct ClusterKernels<Scalar: LinearAlgebraScalar> {
    let points: UnsafeMutablePointer<Scalar>
    let count: Int
    let dimension: Int
    let labels: UnsafeMutablePointer<Int>
    let fits: UnsafeMutablePointer<Scalar>

    static var isDouble: Int32 { Scalar.blasType.isDouble ? 1 : 0 }

    /// Whether the processor has the vectors of the fused kernel.
    static var isFused: Bool {
        vm_nearest(isDouble, 0, 0, nil, 0, 0, nil, 0, nil, nil, nil, nil) != 0
    }

    func assignFused(to centroids: DenseMatrix<Scalar>, _ biases: DenseVector<Scalar>) {
        let panel = UnsafeMutableRawPointer.allocate(
            byteCount: max(1, dimension) * Int(VM_PANEL_BYTES), alignment: 64)
        defer { panel.deallocate() }
        _ = vm_nearest(
            Self.isDouble, count, dimension, points, dimension, centroids.rows, centroids.memory.pointer, dimension,
            biases.storage.pointer, panel, labels, fits)
    }

    func assignTiled(to centroids: DenseMatrix<Scalar>, _ biases: DenseVector<Scalar>, search: CentroidSearch) {
        guard case .tiled(let height, let width) = search == .fused ? .portable : search else { return }
        let rows = max(1, min(height, count)), columns = max(1, min(width, centroids.rows))
        let tile = Storage<Scalar>(uninitializedCount: rows * columns)
        var row = 0
        while row < count {
            let tall = min(rows, count - row)
            (fits + row).update(repeating: -.infinity, count: tall)
            (labels + row).update(repeating: 0, count: tall)
            var column = 0
            while column < centroids.rows {
                let wide = min(columns, centroids.rows - column)
                // Long points in pieces: BLAS may cut them elsewhere with more threads.
                var depth = 0
                repeat {
                    let deep = min(512, dimension - depth)
                    let left = points + (row * dimension + depth)
                    let right = centroids.memory.pointer + (column * dimension + depth)
                    let beta: Scalar = depth == 0 ? 0 : 1
                    BLAS.multiply(
                        tall, wide, deep, 1, left, rowStride: dimension, .identity, right, rowStride: dimension,
                        .transpose, beta: beta, into: tile.pointer, rowStride: wide)
                    depth += deep
                } while depth < dimension
                vm_largest_products(
                    Self.isDouble, tall, wide, tile.pointer, wide, biases.storage.pointer + column, column, labels + row,
                    fits + row)
                column += wide
            }
            row += tall
        }
    }
}

extension DenseMatrix where Scalar: LinearAlgebraScalar {
    /// The squared norm of every row.
    public var squaredRowNorms: DenseVector<Scalar> {
        let result = Storage<Scalar>(uninitializedCount: rows)
        let block = 1 << 14, blocks = (rows + block - 1) / block
        _ = parallelMap(blocks, maximumThreads: count < 1 << 20 ? 1 : nil) { index in
            let first = index * block, own = memory.pointer + first * columns
            vm_dot_rows(
                ClusterKernels<Scalar>.isDouble, min(block, rows - first), columns, own, own, result.pointer + first)
        }
        return DenseVector(storage: result)
    }
}
