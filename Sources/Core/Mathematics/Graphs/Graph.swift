/// A graph with weighted edges, directed or not.
///
/// Vertices are the numbers 0 ..< `vertexCount`. Parallel edges and loops are allowed. Beside the list
/// of edges it keeps the neighbours of each vertex in compressed rows, so that a walk over them reads
/// contiguous memory. Immutable.
///
/// ```swift
/// let triangle = try Graph(vertexCount: 3, edges: [(0, 1), (1, 2), (2, 0)])
/// ```
public struct Graph: Sendable, Equatable {
    /// An edge.
    public struct Edge: Sendable, Hashable {
        /// Where a directed edge begins.
        public let source: Int
        /// Where a directed edge ends.
        public let target: Int
        /// Its length, capacity or strength, as the question has it.
        public let weight: Double

        /// An edge between two vertices.
        public init(_ source: Int, _ target: Int, weight: Double = 1) {
            self.source = source
            self.target = target
            self.weight = weight
        }
    }

    /// A vertex seen from another.
    public struct Neighbor: Sendable, Hashable {
        /// The vertex at the other end.
        public let vertex: Int
        /// The edge's weight.
        public let weight: Double
        /// The edge's place in `edges`.
        public let edge: Int
    }

    /// The number of vertices.
    public let vertexCount: Int
    /// Whether edges lead only from their source to their target.
    public let isDirected: Bool
    /// The edges in the order given.
    public let edges: [Edge]

    let starts: [Int]
    let adjacency: [Neighbor]

    /// A graph of given edges.
    ///
    /// - Parameters:
    ///   - vertexCount: the number of vertices.
    ///   - edges: the edges.
    ///   - isDirected: whether they lead one way only.
    /// - Throws: `GraphError.vertexOutOfRange`, or `GraphError.invalidWeight` for a weight that is NaN.
    public init(vertexCount: Int, edges: [Edge], isDirected: Bool = false) throws(GraphError) {
        guard vertexCount >= 0 else {
            throw .outOfRange(argument: "vertexCount", value: Double(vertexCount), expected: "at least 0")
        }
        for (index, edge) in edges.enumerated() {
            for (name, vertex) in [("source", edge.source), ("target", edge.target)]
            where vertex < 0 || vertex >= vertexCount {
                throw .vertexOutOfRange(argument: "the \(name) of edge \(index)", vertex: vertex, count: vertexCount)
            }
            if edge.weight.isNaN { throw .invalidWeight(edge: index, value: edge.weight, expected: "a number") }
        }
        self.init(checked: vertexCount, edges, isDirected)
    }

    /// A graph of edges of weight 1.
    ///
    /// - Throws: `GraphError.vertexOutOfRange`.
    public init(vertexCount: Int, edges: [(Int, Int)], isDirected: Bool = false) throws(GraphError) {
        try self.init(vertexCount: vertexCount, edges: edges.map { Edge($0.0, $0.1) }, isDirected: isDirected)
    }

    /// A graph of the non-zero elements of a matrix of weights: for an undirected graph a symmetric one.
    ///
    /// - Throws: `GraphError.wrongShape` if the matrix is not square, `GraphError.wrongKind` if it is not symmetric
    ///   and the graph undirected, `GraphError.invalidWeight` for NaN.
    public init(adjacencyMatrix matrix: Matrix, isDirected: Bool = false) throws(GraphError) {
        if matrix.rows != matrix.columns {
            throw .wrongShape(
                argument: "adjacencyMatrix", shape: "(\(matrix.rows), \(matrix.columns))", expected: "a square matrix")
        }
        var edges: [Edge] = []
        for i in 0..<matrix.rows {
            for j in (isDirected ? 0 : i)..<matrix.rows {
                if !isDirected, matrix[i, j] != matrix[j, i], !matrix[i, j].isNaN {
                    throw .wrongKind(operation: "a matrix that is not symmetric", expected: "a directed")
                }
                if matrix[i, j] != 0 { edges.append(Edge(i, j, weight: matrix[i, j])) }
            }
        }
        try self.init(vertexCount: matrix.rows, edges: edges, isDirected: isDirected)
    }

    /// For edges already known to be right.
    init(checked vertexCount: Int, _ edges: [Edge], _ isDirected: Bool) {
        self.vertexCount = vertexCount
        self.isDirected = isDirected
        self.edges = edges
        var starts = [Int](repeating: 0, count: vertexCount + 1)
        for edge in edges {
            starts[edge.source + 1] += 1
            if !isDirected, edge.source != edge.target { starts[edge.target + 1] += 1 }
        }
        for vertex in 0..<vertexCount { starts[vertex + 1] += starts[vertex] }
        var next = starts
        var adjacency = [Neighbor](
            repeating: Neighbor(vertex: 0, weight: 0, edge: 0), count: starts[vertexCount])
        for (index, edge) in edges.enumerated() {
            adjacency[next[edge.source]] = Neighbor(vertex: edge.target, weight: edge.weight, edge: index)
            next[edge.source] += 1
            if !isDirected, edge.source != edge.target {
                adjacency[next[edge.target]] = Neighbor(vertex: edge.source, weight: edge.weight, edge: index)
                next[edge.target] += 1
            }
        }
        self.starts = starts
        self.adjacency = adjacency
    }

    /// The vertices to which an edge leads from a vertex, in the order of the edges; a loop shows once.
    public func neighbors(of vertex: Int) -> ArraySlice<Neighbor> {
        precondition(vertex >= 0 && vertex < vertexCount, "vertex \(vertex) is not in 0 ..< \(vertexCount)")
        return adjacency[starts[vertex]..<starts[vertex + 1]]
    }

    /// How many edges leave a vertex (of an undirected graph: meet it; a loop counts once).
    public func degree(of vertex: Int) -> Int { neighbors(of: vertex).count }

    /// The sum of the weights of the edges that leave each vertex; a loop counts once.
    public var weightedDegrees: Vector {
        Vector(count: vertexCount) { vertex in neighbors(of: vertex).reduce(0) { $0 + $1.weight } }
    }

    /// The matrix of weights; parallel edges add up.
    public var adjacencyMatrix: Matrix {
        var result = Matrix.zeros(vertexCount, vertexCount)
        result.withUnsafeMutableBufferPointer { out in
            for vertex in 0..<vertexCount {
                for neighbor in neighbors(of: vertex) { out[vertex * vertexCount + neighbor.vertex] += neighbor.weight }
            }
        }
        return result
    }

    /// The graph with every edge turned round; an undirected graph itself.
    public var reversed: Graph {
        guard isDirected else { return self }
        return Graph(
            checked: vertexCount, edges.map { Edge($0.target, $0.source, weight: $0.weight) }, true)
    }

    /// The graph of some of the vertices, numbered in the order given, with the edges between them.
    ///
    /// - Throws: `GraphError.vertexOutOfRange`, or `GraphError.outOfRange` if a vertex is given twice.
    public func subgraph(of vertices: [Int]) throws(GraphError) -> Graph {
        var place = [Int?](repeating: nil, count: vertexCount)
        for (index, vertex) in vertices.enumerated() {
            try requireVertex(vertex, "vertices[\(index)]")
            if place[vertex] != nil {
                throw .outOfRange(argument: "vertices[\(index)]", value: Double(vertex), expected: "no vertex twice")
            }
            place[vertex] = index
        }
        let kept = edges.compactMap { edge -> Edge? in
            guard let a = place[edge.source], let b = place[edge.target] else { return nil }
            return Edge(a, b, weight: edge.weight)
        }
        return Graph(checked: vertices.count, kept, isDirected)
    }

    func requireVertex(_ vertex: Int, _ argument: String) throws(GraphError) {
        if vertex < 0 || vertex >= vertexCount {
            throw .vertexOutOfRange(argument: argument, vertex: vertex, count: vertexCount)
        }
    }

    func requireUndirected(_ operation: String) throws(GraphError) {
        if isDirected { throw .wrongKind(operation: operation, expected: "an undirected") }
    }

    func requireDirected(_ operation: String) throws(GraphError) {
        if !isDirected { throw .wrongKind(operation: operation, expected: "a directed") }
    }

    func requireWeights(_ expected: String, _ isAllowed: (Double) -> Bool) throws(GraphError) {
        for (index, edge) in edges.enumerated() where !isAllowed(edge.weight) {
            throw .invalidWeight(edge: index, value: edge.weight, expected: expected)
        }
    }
}
