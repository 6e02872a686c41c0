extension Graph {
    /// The edges without which a component falls in two, in the order of the list (Tarjan, "A note on finding the
    /// bridges of a graph", 1974). O(V + E).
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph.
    public func bridges() throws(GraphError) -> [Int] {
        try requireUndirected("a bridge")
        let flags = bridgeFlags(without: [Bool](repeating: false, count: edges.count))
        return edges.indices.filter { flags[$0] }
    }

    /// Visits every spanning tree of a connected graph once: `body` gets the edges outside the tree, ascending, and
    /// whether to go on.
    ///
    /// The complements of the trees are visited in lexicographic order. Edges are taken out in ascending order, bridges
    /// of what is left excepted, as long as the edges that are passed over form no cycle: by then what is left can
    /// always be completed, so that no branch of the search is without a tree. O(V + E) for each shorter set of edges
    /// that begins a complement: at most E − V + 1 for each tree, and fewer than there are trees where the graph has
    /// several cycles.
    ///
    /// ```swift
    /// let triangle = try Graph(vertexCount: 3, edges: [(0, 1), (1, 2), (2, 0)])
    /// try triangle.forEachSpanningTree { print($0); return true }         // [0], [1], [2]
    /// ```
    ///
    /// - Throws: `GraphError.wrongKind` for a directed graph, `GraphError.notConnected`; and what `body` throws.
    public func forEachSpanningTree(_ body: (_ complement: [Int]) throws -> Bool) throws {
        try requireUndirected("a spanning tree")
        let count = components.count
        guard count == 1 else { throw GraphError.notConnected(components: count) }
        var search = SpanningTreeSearch(graph: self)
        _ = try search.extend(from: 0, kept: DisjointSets(count: vertexCount), body)
    }

    /// Whether each edge is a bridge of the graph without some of its edges; false for the removed ones.
    func bridgeFlags(without removed: [Bool]) -> [Bool] {
        var isBridge = [Bool](repeating: false, count: edges.count)
        var order = [Int](repeating: -1, count: vertexCount)
        var low = [Int](repeating: 0, count: vertexCount)
        // The vertices of the path, the edge that led to each, and the next of its neighbours.
        var path: [(vertex: Int, edge: Int, next: Int)] = []
        path.reserveCapacity(vertexCount)
        var time = 0
        for root in 0..<vertexCount where order[root] < 0 {
            order[root] = time
            low[root] = time
            time += 1
            path.append((root, -1, starts[root]))
            while let (vertex, edge, next) = path.last {
                if next < starts[vertex + 1] {
                    path[path.count - 1].next += 1
                    let neighbor = adjacency[next]
                    if neighbor.edge == edge || removed[neighbor.edge] { continue }
                    if order[neighbor.vertex] < 0 {
                        order[neighbor.vertex] = time
                        low[neighbor.vertex] = time
                        time += 1
                        path.append((neighbor.vertex, neighbor.edge, starts[neighbor.vertex]))
                    } else {
                        low[vertex] = min(low[vertex], order[neighbor.vertex])
                    }
                } else {
                    path.removeLast()
                    if let above = path.last {
                        low[above.vertex] = min(low[above.vertex], low[vertex])
                        if low[vertex] > order[above.vertex] { isBridge[edge] = true }
                    }
                }
            }
        }
        return isBridge
    }
}

/// The edges taken out so far.
private struct SpanningTreeSearch {
    let graph: Graph
    let size: Int
    var isRemoved: [Bool]
    var complement: [Int] = []

    init(graph: Graph) {
        self.graph = graph
        size = graph.edges.count - graph.vertexCount + 1
        isRemoved = Array(repeating: false, count: graph.edges.count)
    }

    /// Visits the trees without the edges taken out and with the edges before `first` that were passed over; false if
    /// `body` wants no more.
    mutating func extend(from first: Int, kept: DisjointSets, _ body: ([Int]) throws -> Bool) rethrows -> Bool {
        if complement.count == size { return try body(complement) }
        let isBridge = graph.bridgeFlags(without: isRemoved)
        var kept = kept
        for edge in first..<graph.edges.count {
            if !isBridge[edge] {
                isRemoved[edge] = true
                complement.append(edge)
                let goesOn = try extend(from: edge + 1, kept: kept, body)
                complement.removeLast()
                isRemoved[edge] = false
                if !goesOn { return false }
            }
            // Every later tree has this edge.
            if !kept.unite(graph.edges[edge].source, graph.edges[edge].target) { break }
        }
        return true
    }
}
