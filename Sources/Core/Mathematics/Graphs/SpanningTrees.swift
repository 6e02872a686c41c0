import Foundation

/// Edges that join the vertices of each component without a cycle.
public struct SpanningForest: Sendable {
    /// The places of the chosen edges in the graph's list.
    public let edges: [Int]
    /// The sum of their weights.
    public let weight: Double
    /// The number of trees: of components.
    public let treeCount: Int
}

extension Graph {
    /// The spanning forest of least weight, by Kruskal's algorithm. O(E log E).
    ///
    /// Equal weights are taken in the order of the edges, so that the answer is unique.
    ///
    /// - Parameter maximizing: whether the largest weight is wanted.
    /// - Throws: `GraphError.wrongKind` for a directed graph.
    public func minimumSpanningForest(maximizing: Bool = false) throws(GraphError) -> SpanningForest {
        try requireUndirected("a spanning forest")
        let sign = maximizing ? -1.0 : 1.0
        let order = edges.indices.sorted {
            let (a, b) = (sign * edges[$0].weight, sign * edges[$1].weight)
            return a < b || (a == b && $0 < $1)
        }
        var sets = DisjointSets(count: vertexCount)
        let chosen = order.filter { sets.unite(edges[$0].source, edges[$0].target) }
        return SpanningForest(
            edges: chosen, weight: chosen.reduce(0) { $0 + edges[$1].weight }, treeCount: sets.setCount)
    }

    /// The tree of least weight that spans the component of a vertex, by Prim's algorithm. O(E log V).
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph, `GraphError.vertexOutOfRange`.
    public func minimumSpanningTree(from root: Int) throws(GraphError) -> SpanningForest {
        try requireUndirected("a spanning tree")
        try requireVertex(root, "root")
        var best = [Double](repeating: .infinity, count: vertexCount)
        var through = [Int](repeating: -1, count: vertexCount)
        var isDone = [Bool](repeating: false, count: vertexCount)
        var chosen: [Int] = []
        var heap = VertexHeap()
        heap.insert(root, -.infinity)
        while let (_, vertex) = heap.removeFirst() {
            if isDone[vertex] { continue }
            isDone[vertex] = true
            if through[vertex] >= 0 { chosen.append(through[vertex]) }
            for neighbor in neighbors(of: vertex)
            where !isDone[neighbor.vertex] && neighbor.weight < best[neighbor.vertex] {
                best[neighbor.vertex] = neighbor.weight
                through[neighbor.vertex] = neighbor.edge
                heap.insert(neighbor.vertex, neighbor.weight)
            }
        }
        return SpanningForest(edges: chosen, weight: chosen.reduce(0) { $0 + edges[$1].weight }, treeCount: 1)
    }

    /// The fundamental cycles of a spanning forest: for each edge outside it, the edges of the one cycle it closes,
    /// that edge first.
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph.
    public func fundamentalCycles(of forest: SpanningForest) throws(GraphError) -> [[Int]] {
        try requireUndirected("a fundamental cycle")
        let inForest = Set(forest.edges)
        let tree = Graph(checked: vertexCount, forest.edges.map { edges[$0] }, false)
        // The edge to the parent, the parent and the depth in a breadth-first walk of each tree.
        var parent = [(vertex: Int, edge: Int)](repeating: (-1, -1), count: vertexCount)
        var depth = [Int](repeating: -1, count: vertexCount)
        for root in 0..<vertexCount where depth[root] < 0 {
            depth[root] = 0
            var queue = [root]
            var next = 0
            while next < queue.count {
                let vertex = queue[next]
                next += 1
                for neighbor in tree.neighbors(of: vertex) where depth[neighbor.vertex] < 0 {
                    depth[neighbor.vertex] = depth[vertex] + 1
                    parent[neighbor.vertex] = (vertex, forest.edges[neighbor.edge])
                    queue.append(neighbor.vertex)
                }
            }
        }
        return edges.indices.filter { !inForest.contains($0) }.map { index in
            var (a, b) = (edges[index].source, edges[index].target)
            var cycle = [index]
            while a != b {
                if depth[a] < depth[b] { swap(&a, &b) }
                cycle.append(parent[a].edge)
                a = parent[a].vertex
            }
            return cycle
        }
    }

    /// The logarithm of the weighted number of spanning trees, Σ over trees of the product of the weights.
    ///
    /// Kirchhoff's matrix-tree theorem: the determinant of the Laplacian without one row and column. −∞ if the graph
    /// is not connected; 0 for one vertex. O(V³).
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph, `GraphError.invalidWeight` for a weight that is not
    ///   positive and finite.
    public func logSpanningTreeCount() throws(GraphError) -> Double {
        try requireUndirected("the matrix-tree theorem")
        try requireWeights("a positive finite number") { $0 > 0 && $0 < .infinity }
        if vertexCount == 0 || !isConnected { return -.infinity }
        let laplacian = try laplacian()
        let minor = laplacian[1..<vertexCount, 1..<vertexCount]
        do {
            return try CholeskyDecomposition(minor).logDeterminant
        } catch {
            // Numerically singular: the weights are so unequal that rounding hides the smallest eigenvalue.
            return -.infinity
        }
    }
}
