/// What can be wrong with a graph or with a question about it.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// A vertex does not exist.
    case vertexOutOfRange(argument: String, vertex: Int, count: Int)
    /// An edge's weight is not allowed.
    case invalidWeight(edge: Int, value: Double, expected: String)
    /// A directed graph was given where an undirected one is needed, or the other way round.
    case wrongKind(operation: String, expected: String)
    /// A cycle of negative total weight makes shortest paths meaningless.
    case negativeCycle(vertices: [Int])
    /// A cycle where there must be none.
    case cyclic(vertices: [Int])
    /// A graph of several components was given where a connected one is needed.
    case notConnected(components: Int)
    /// A parameter is out of its range.
    case outOfRange(argument: String, value: Double, expected: String)
    /// A matrix has the wrong shape.
    case wrongShape(argument: String, shape: String, expected: String)
    /// A decomposition failed.
    case numerical(LinearAlgebraError)

    public var description: String {
        switch self {
        case .vertexOutOfRange(let argument, let vertex, let count):
            "\(argument) is vertex \(vertex): expected one in 0 ..< \(count)"
        case .invalidWeight(let edge, let value, let expected):
            "edge \(edge) has weight \(value): expected \(expected)"
        case .wrongKind(let operation, let expected):
            "\(operation) needs \(expected) graph"
        case .negativeCycle(let vertices):
            "the cycle \(vertices) has negative weight: expected none"
        case .cyclic(let vertices):
            "the vertices \(vertices) form a cycle: expected an acyclic graph"
        case .notConnected(let components):
            "the graph has \(components) components: expected a connected one"
        case .outOfRange(let argument, let value, let expected):
            "\(argument) is \(value): expected \(expected)"
        case .wrongShape(let argument, let shape, let expected):
            "\(argument) has shape \(shape): expected \(expected)"
        case .numerical(let error):
            error.description
        }
    }
}
