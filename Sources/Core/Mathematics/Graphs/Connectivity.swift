extension Graph {
    /// The component of each vertex, numbered from 0 in the order of their first vertices; of a directed graph the
    /// weak ones. O(V + E).
    public var componentLabels: [Int] {
        var sets = DisjointSets(count: vertexCount)
        for edge in edges { sets.unite(edge.source, edge.target) }
        var numbers = [Int](repeating: -1, count: vertexCount)
        var next = 0
        return (0..<vertexCount).map { vertex in
            let representative = sets.representative(of: vertex)
            if numbers[representative] < 0 {
                numbers[representative] = next
                next += 1
            }
            return numbers[representative]
        }
    }

    /// The vertices of each component (of a directed graph: each weak one).
    public var components: [[Int]] {
        var result: [[Int]] = []
        for (vertex, label) in componentLabels.enumerated() {
            if label == result.count { result.append([]) }
            result[label].append(vertex)
        }
        return result
    }

    /// Whether there is exactly one component.
    public var isConnected: Bool { (componentLabels.max() ?? -1) == 0 }

    /// The sets of vertices that reach each other, each after those it leads to (Tarjan, "Depth-first search and linear
    /// graph algorithms", 1972), without recursion. O(V + E).
    public var stronglyConnectedComponents: [[Int]] {
        var order = [Int](repeating: -1, count: vertexCount)
        var low = [Int](repeating: 0, count: vertexCount)
        var isOpen = [Bool](repeating: false, count: vertexCount)
        var open: [Int] = []
        var path: [(vertex: Int, next: Int)] = []
        var time = 0
        var result: [[Int]] = []
        func enter(_ vertex: Int) {
            order[vertex] = time
            low[vertex] = time
            time += 1
            open.append(vertex)
            isOpen[vertex] = true
            path.append((vertex, starts[vertex]))
        }
        for root in 0..<vertexCount where order[root] < 0 {
            enter(root)
            while let (vertex, next) = path.last {
                if next < starts[vertex + 1] {
                    path[path.count - 1].next += 1
                    let other = adjacency[next].vertex
                    if order[other] < 0 {
                        enter(other)
                    } else if isOpen[other] {
                        low[vertex] = min(low[vertex], order[other])
                    }
                    continue
                }
                path.removeLast()
                if let above = path.last?.vertex { low[above] = min(low[above], low[vertex]) }
                if low[vertex] == order[vertex] {
                    var component: [Int] = []
                    while let member = open.popLast() {
                        isOpen[member] = false
                        component.append(member)
                        if member == vertex { break }
                    }
                    result.append(component.sorted())
                }
            }
        }
        return result
    }

    /// An order in which every directed edge leads forwards, the smallest vertex first where several could be next.
    ///
    /// - Throws: `GraphError.wrongKind` for an undirected graph, `GraphError.cyclic` with a cycle if there is one.
    public func topologicalOrder() throws(GraphError) -> [Int] {
        try requireDirected("a topological order")
        var incoming = [Int](repeating: 0, count: vertexCount)
        for edge in edges { incoming[edge.target] += 1 }
        var ready = VertexHeap()
        for vertex in 0..<vertexCount where incoming[vertex] == 0 { ready.insert(vertex, Double(vertex)) }
        var order: [Int] = []
        while let (_, vertex) = ready.removeFirst() {
            order.append(vertex)
            for neighbor in neighbors(of: vertex) {
                incoming[neighbor.vertex] -= 1
                if incoming[neighbor.vertex] == 0 { ready.insert(neighbor.vertex, Double(neighbor.vertex)) }
            }
        }
        if order.count < vertexCount {
            let cycle = stronglyConnectedComponents.first { component in
                component.count > 1 || neighbors(of: component[0]).contains { $0.vertex == component[0] }
            }
            throw .cyclic(vertices: cycle ?? [])
        }
        return order
    }
}
