/// Coordinates of a graph's vertices from the smallest eigenvalues of its Laplacian.
public struct SpectralEmbedding: Sendable {
    /// The smallest eigenvalues, ascending.
    public let eigenvalues: Vector
    /// The coordinates, one row a vertex, one column an eigenvalue.
    public let coordinates: Matrix

    /// Embeds a graph.
    ///
    /// Eigenvectors of D − W, of the normalised Laplacian, or, for the random walk, D^{−½} times the latter, which
    /// solve Lv = λDv. The sign of each column makes its entry of largest magnitude positive. O(V³).
    ///
    /// - Parameters:
    ///   - graph: undirected, weights at least 0.
    ///   - dimensions: how many eigenvectors.
    ///   - kind: which Laplacian.
    /// - Throws: `GraphError` for a directed graph, bad weights, or dimensions outside 1 ... vertices.
    public init(of graph: Graph, dimensions: Int, kind: LaplacianKind = .normalized) throws(GraphError) {
        guard dimensions >= 1, dimensions <= graph.vertexCount else {
            throw .outOfRange(
                argument: "dimensions", value: Double(dimensions), expected: "a number in 1 ... \(graph.vertexCount)")
        }
        let laplacian = try graph.laplacian(kind == .combinatorial ? .combinatorial : .normalized)
        let decomposition: SymmetricEigendecomposition<Double>
        do {
            decomposition = try SymmetricEigendecomposition(laplacian)
        } catch {
            throw .numerical(error)
        }
        let degrees = graph.weightedDegrees
        let scale = degrees.map { kind == .randomWalk && $0 > 0 ? 1 / $0.squareRoot() : 1 } as Vector
        let vectors = decomposition.eigenvectors
        let signs = Vector(count: dimensions) { column in
            var largest = 0.0
            for row in 0..<vectors.rows {
                let value = vectors[row, column] * scale[row]
                // A clear margin, so that rounding does not choose between entries of equal magnitude.
                if abs(value) > abs(largest) * (1 + 1e-9) { largest = value }
            }
            return largest < 0 ? -1 : 1
        }
        eigenvalues = Vector(decomposition.eigenvalues.prefix(dimensions))
        coordinates = Matrix(rows: vectors.rows, columns: dimensions) { vectors[$0, $1] * scale[$0] * signs[$1] }
    }
}

extension Graph {
    /// Clusters of the vertices by k-means on the normalised rows of the spectral embedding.
    ///
    /// Ng, Jordan and Weiss, "On spectral clustering: analysis and an algorithm", 2002.
    ///
    /// - Parameters:
    ///   - clusters: how many.
    ///   - restarts: how many seedings of k-means are tried.
    ///   - generator: where the seeds come from.
    /// - Returns: the cluster of each vertex.
    /// - Throws: `GraphError` for a directed graph, bad weights, or a number of clusters outside 1 ... vertices.
    public func spectralClusters(
        _ clusters: Int, restarts: Int = 10, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> [Int] {
        let embedding = try SpectralEmbedding(of: self, dimensions: clusters)
        var rows = embedding.coordinates
        for vertex in 0..<rows.rows {
            let row = rows.row(vertex)
            if row.norm > 0 { rows.setRow(vertex, to: row / row.norm) }
        }
        do {
            return try KMeans(rows, clusters: clusters, restarts: restarts, using: &generator).labels
        } catch {
            throw .numerical(error)
        }
    }
}
