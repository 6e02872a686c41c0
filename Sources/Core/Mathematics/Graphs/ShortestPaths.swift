/// The shortest paths from one vertex to all others.
public struct ShortestPaths: Sendable {
    /// Where the paths begin.
    public let source: Int
    /// The length of the shortest path to each vertex; infinity where there is none.
    public let distances: Vector
    /// The vertex before each on its path; nil at the source and where there is no path.
    public let predecessors: [Int?]

    /// The vertices of the shortest path to a vertex, both ends included; nil if there is none.
    public func path(to vertex: Int) -> [Int]? {
        guard distances[vertex] < .infinity else { return nil }
        var path = [vertex]
        var current = vertex
        while let previous = predecessors[current] {
            path.append(previous)
            current = previous
        }
        return path.reversed()
    }
}

extension Graph {
    /// The fewest edges from a vertex to all others, by breadth-first search. O(V + E).
    ///
    /// - Throws: `GraphError.vertexOutOfRange`.
    public func breadthFirstPaths(from source: Int) throws(GraphError) -> ShortestPaths {
        try requireVertex(source, "source")
        var distances = Vector(repeating: .infinity, count: vertexCount)
        var predecessors = [Int?](repeating: nil, count: vertexCount)
        distances[source] = 0
        var queue = [source]
        var next = 0
        while next < queue.count {
            let vertex = queue[next]
            next += 1
            for neighbor in neighbors(of: vertex) where distances[neighbor.vertex] == .infinity {
                distances[neighbor.vertex] = distances[vertex] + 1
                predecessors[neighbor.vertex] = vertex
                queue.append(neighbor.vertex)
            }
        }
        return ShortestPaths(source: source, distances: distances, predecessors: predecessors)
    }

    /// The shortest paths from a vertex by weights of at least 0: Dijkstra's algorithm. O((V + E) log V).
    ///
    /// - Throws: `GraphError.vertexOutOfRange`, `GraphError.invalidWeight` for a negative weight.
    public func shortestPaths(from source: Int) throws(GraphError) -> ShortestPaths {
        try requireVertex(source, "source")
        try requireWeights("at least 0 (use bellmanFordPaths for negative weights)") { $0 >= 0 }
        var distances = Vector(repeating: .infinity, count: vertexCount)
        var predecessors = [Int?](repeating: nil, count: vertexCount)
        var heap = VertexHeap()
        distances[source] = 0
        heap.insert(source, 0)
        while let (distance, vertex) = heap.removeFirst() {
            if distance > distances[vertex] { continue }
            for neighbor in neighbors(of: vertex) {
                let through = distance + neighbor.weight
                if through < distances[neighbor.vertex] {
                    distances[neighbor.vertex] = through
                    predecessors[neighbor.vertex] = vertex
                    heap.insert(neighbor.vertex, through)
                }
            }
        }
        return ShortestPaths(source: source, distances: distances, predecessors: predecessors)
    }

    /// The shortest paths from a vertex by weights of any sign: the algorithm of Bellman and Ford. O(VE).
    ///
    /// - Throws: `GraphError.vertexOutOfRange`, `GraphError.negativeCycle` if one can be reached (an undirected edge of
    ///   negative weight is one).
    public func bellmanFordPaths(from source: Int) throws(GraphError) -> ShortestPaths {
        try requireVertex(source, "source")
        var distances = Vector(repeating: .infinity, count: vertexCount)
        var predecessors = [Int?](repeating: nil, count: vertexCount)
        distances[source] = 0
        var changed = -1
        for _ in 0..<max(vertexCount, 1) {
            changed = -1
            for vertex in 0..<vertexCount where distances[vertex] < .infinity {
                for neighbor in neighbors(of: vertex) {
                    let through = distances[vertex] + neighbor.weight
                    if through < distances[neighbor.vertex] {
                        distances[neighbor.vertex] = through
                        predecessors[neighbor.vertex] = vertex
                        changed = neighbor.vertex
                    }
                }
            }
            if changed < 0 { break }
        }
        if changed >= 0 {
            // As many steps back as there are vertices end inside the cycle.
            var inside = changed
            for _ in 0..<vertexCount { inside = predecessors[inside] ?? inside }
            var cycle = [inside]
            var current = predecessors[inside] ?? inside
            while current != inside {
                cycle.append(current)
                current = predecessors[current] ?? inside
            }
            throw .negativeCycle(vertices: cycle.reversed())
        }
        return ShortestPaths(source: source, distances: distances, predecessors: predecessors)
    }

    /// The shortest distances between all pairs by weights of any sign: the algorithm of Floyd and Warshall. O(V³).
    ///
    /// - Returns: element (i, j) is the distance from i to j, infinity if there is no path.
    /// - Throws: `GraphError.negativeCycle` if there is one.
    public func allPairsDistances() throws(GraphError) -> Matrix {
        let n = vertexCount
        var distances = Matrix(repeating: .infinity, rows: n, columns: n)
        var onCycle = -1
        distances.withUnsafeMutableBufferPointer { d in
            for vertex in 0..<n {
                d[vertex * n + vertex] = 0
                for neighbor in neighbors(of: vertex) {
                    d[vertex * n + neighbor.vertex] = min(d[vertex * n + neighbor.vertex], neighbor.weight)
                }
            }
            guard let d = d.baseAddress else { return }
            for k in 0..<n {
                let through = d + k * n
                for i in 0..<n {
                    let first = d[i * n + k]
                    if first == .infinity { continue }
                    let row = d + i * n
                    for j in 0..<n {
                        let length = first + through[j]
                        if length < row[j] { row[j] = length }
                    }
                    if row[i] < 0 {
                        onCycle = i
                        return
                    }
                }
            }
        }
        if onCycle >= 0 {
            _ = try bellmanFordPaths(from: onCycle)
            throw .negativeCycle(vertices: [onCycle])
        }
        return distances
    }
}
