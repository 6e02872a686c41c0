/// Which Laplacian of a graph.
public enum LaplacianKind: Sendable {
    /// D − W.
    case combinatorial
    /// I − D^{−½} W D^{−½}; symmetric, eigenvalues in [0, 2].
    case normalized
    /// I − D⁻¹W.
    case randomWalk
}

extension Graph {
    /// The Laplacian matrix: D the diagonal of weighted degrees, W the matrix of weights.
    ///
    /// A vertex without edges has a zero row and column in each kind. Loops cancel in D − W.
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph, `GraphError.invalidWeight` for a negative or infinite
    ///   weight.
    public func laplacian(_ kind: LaplacianKind = .combinatorial) throws(GraphError) -> Matrix {
        try requireUndirected("a Laplacian")
        try requireWeights("a finite number of at least 0") { $0 >= 0 && $0 < .infinity }
        let n = vertexCount
        let degrees = weightedDegrees
        var result = Matrix.zeros(n, n)
        result.withUnsafeMutableBufferPointer { out in
            for i in 0..<n where degrees[i] > 0 {
                out[i * n + i] += kind == .combinatorial ? degrees[i] : 1
                for neighbor in neighbors(of: i) {
                    let j = neighbor.vertex
                    let weight: Double
                    switch kind {
                    case .combinatorial: weight = neighbor.weight
                    case .normalized: weight = neighbor.weight / (degrees[i] * degrees[j]).squareRoot()
                    case .randomWalk: weight = neighbor.weight / degrees[i]
                    }
                    out[i * n + j] -= weight
                }
            }
        }
        return result
    }

    /// The effective resistances between all pairs of vertices, the weights being conductances.
    ///
    /// R_ij = L⁺_ii + L⁺_jj − 2 L⁺_ij with the pseudo-inverse of the Laplacian; infinity between components. O(V³).
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph, `GraphError.invalidWeight` for a weight that is not
    ///   positive and finite, `GraphError.numerical` if the Laplacian is numerically singular.
    public func effectiveResistances() throws(GraphError) -> Matrix {
        try requireUndirected("an effective resistance")
        try requireWeights("a positive finite number") { $0 > 0 && $0 < .infinity }
        let labels = componentLabels
        var result = Matrix(repeating: .infinity, rows: vertexCount, columns: vertexCount)
        for members in components {
            let part = try subgraph(of: members)
            // (L + 11ᵀ/n)⁻¹ = L⁺ + 11ᵀ/n, and the constant drops out of the differences. The scale keeps the
            // condition of the sum that of L.
            let laplacian = try part.laplacian()
            let shift = max(laplacian.trace, 1e-300) / Double(members.count * members.count)
            let inverse: Matrix
            do {
                inverse = try CholeskyDecomposition(laplacian.map { $0 + shift }).inverse()
            } catch {
                throw .numerical(error)
            }
            for (a, i) in members.enumerated() {
                for (b, j) in members.enumerated() where labels[i] == labels[j] {
                    result[i, j] = i == j ? 0 : inverse[a, a] + inverse[b, b] - 2 * inverse[a, b]
                }
            }
        }
        return result
    }
}
