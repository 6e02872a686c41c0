/// The largest flow from one vertex to another, and the smallest cut between them.
///
/// Dinic, "Algorithm for solution of a problem of maximum flow in networks with power estimation", 1970:
/// blocking flows in the layers of a breadth-first search. O(V²E) for any capacities, far less in practice.
public struct MaximumFlow: Sendable {
    /// How much flows.
    public let value: Double
    /// The flow on each edge of the graph, in its order; on an undirected edge positive from its source to its target.
    public let edgeFlows: Vector
    /// Whether each vertex is on the source's side of the smallest cut (the smallest such side).
    public let isOnSourceSide: [Bool]

    /// Solves the problem with the weights as capacities.
    ///
    /// - Parameters:
    ///   - graph: directed or not; weights at least 0, infinity allowed.
    ///   - source: where the flow begins.
    ///   - sink: where it ends; another vertex.
    /// - Throws: `GraphError` for a bad vertex, a negative capacity, or `GraphError.outOfRange` if the flow is
    ///   infinite or source and sink are the same.
    public init(in graph: Graph, from source: Int, to sink: Int) throws(GraphError) {
        try graph.requireVertex(source, "source")
        try graph.requireVertex(sink, "sink")
        if source == sink {
            throw .outOfRange(argument: "sink", value: Double(sink), expected: "a vertex other than the source")
        }
        try graph.requireWeights("a capacity of at least 0") { $0 >= 0 }
        var network = ResidualNetwork(graph)
        if network.reachesWithoutLimit(sink, from: source) {
            throw .outOfRange(argument: "the flow", value: .infinity, expected: "a finite value")
        }
        var total = 0.0
        while network.findLayers(from: source, to: sink) { total += network.sendBlockingFlow(source, sink) }
        value = total
        isOnSourceSide = network.layer.map { $0 >= 0 }
        edgeFlows = Vector(count: graph.edges.count) { network.flow[2 * $0] }
    }

    /// The edges that cross the smallest cut; their capacities add up to the value of the flow.
    public func cutEdges(of graph: Graph) -> [Int] {
        graph.edges.indices.filter {
            let (a, b) = (isOnSourceSide[graph.edges[$0].source], isOnSourceSide[graph.edges[$0].target])
            return graph.isDirected ? a && !b : a != b
        }
    }
}

/// Arcs 2e and 2e + 1 are edge e and its reverse.
private struct ResidualNetwork {
    let starts: [Int]
    let arcs: [Int]
    let head: [Int]
    let capacity: [Double]
    var flow: [Double]
    var layer: [Int]
    private var next: [Int]

    init(_ graph: Graph) {
        let (n, m) = (graph.vertexCount, graph.edges.count)
        var head = [Int](repeating: 0, count: 2 * m)
        var capacity = [Double](repeating: 0, count: 2 * m)
        var starts = [Int](repeating: 0, count: n + 1)
        for (index, edge) in graph.edges.enumerated() {
            head[2 * index] = edge.target
            head[2 * index + 1] = edge.source
            capacity[2 * index] = edge.weight
            capacity[2 * index + 1] = graph.isDirected ? 0 : edge.weight
            starts[edge.source + 1] += 1
            starts[edge.target + 1] += 1
        }
        for vertex in 0..<n { starts[vertex + 1] += starts[vertex] }
        var place = starts
        var arcs = [Int](repeating: 0, count: 2 * m)
        for (index, edge) in graph.edges.enumerated() {
            arcs[place[edge.source]] = 2 * index
            place[edge.source] += 1
            arcs[place[edge.target]] = 2 * index + 1
            place[edge.target] += 1
        }
        (self.starts, self.arcs, self.head, self.capacity) = (starts, arcs, head, capacity)
        flow = Array(repeating: 0, count: 2 * m)
        layer = Array(repeating: -1, count: n)
        next = starts
    }

    private func room(_ arc: Int) -> Double { capacity[arc] - flow[arc] }

    /// Whether there is a path of infinite capacity.
    func reachesWithoutLimit(_ sink: Int, from source: Int) -> Bool {
        var seen = [Bool](repeating: false, count: layer.count)
        var stack = [source]
        seen[source] = true
        while let vertex = stack.popLast() {
            if vertex == sink { return true }
            for arc in arcs[starts[vertex]..<starts[vertex + 1]] where capacity[arc] == .infinity && !seen[head[arc]] {
                seen[head[arc]] = true
                stack.append(head[arc])
            }
        }
        return false
    }

    mutating func findLayers(from source: Int, to sink: Int) -> Bool {
        for vertex in layer.indices { layer[vertex] = -1 }
        layer[source] = 0
        next = starts
        var queue = [source]
        var position = 0
        while position < queue.count {
            let vertex = queue[position]
            position += 1
            for arc in arcs[starts[vertex]..<starts[vertex + 1]] where layer[head[arc]] < 0 && room(arc) > 0 {
                layer[head[arc]] = layer[vertex] + 1
                queue.append(head[arc])
            }
        }
        return layer[sink] >= 0
    }

    /// Augments along layered paths until each is blocked, without recursion.
    mutating func sendBlockingFlow(_ source: Int, _ sink: Int) -> Double {
        var total = 0.0
        var path: [Int] = []
        var vertex = source
        while true {
            if vertex == sink {
                let amount = path.reduce(Double.infinity) { min($0, room($1)) }
                total += amount
                var cut = 0
                for (index, arc) in path.enumerated().reversed() {
                    let full = room(arc) == amount
                    flow[arc] = full ? capacity[arc] : flow[arc] + amount
                    flow[arc ^ 1] = -flow[arc]
                    if full { cut = index }
                }
                vertex = head[path[cut] ^ 1]
                path.removeSubrange(cut...)
                continue
            }
            if next[vertex] < starts[vertex + 1] {
                let arc = arcs[next[vertex]]
                if room(arc) > 0, layer[head[arc]] == layer[vertex] + 1 {
                    path.append(arc)
                    vertex = head[arc]
                } else {
                    next[vertex] += 1
                }
            } else {
                guard let arc = path.popLast() else { return total }
                vertex = head[arc ^ 1]
                next[vertex] += 1
            }
        }
    }
}
