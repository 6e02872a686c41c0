import Foundation

extension Graph {
    /// The grid of `rows` × `columns` vertices with edges between neighbours in a row or a column; vertex
    /// (i, j) has the number i·columns + j.
    ///
    /// - Parameters:
    ///   - rows: not negative.
    ///   - columns: not negative.
    ///   - isPeriodic: whether the last row and column are joined to the first (a torus), in each direction in which
    ///     there are at least 3.
    public static func grid(rows: Int, columns: Int, isPeriodic: Bool = false) -> Graph {
        precondition(rows >= 0 && columns >= 0, "a grid of \(rows) × \(columns) vertices does not exist")
        var edges: [Edge] = []
        for i in 0..<rows {
            for j in 0..<columns {
                let vertex = i * columns + j
                if j + 1 < columns {
                    edges.append(Edge(vertex, vertex + 1))
                } else if isPeriodic, columns > 2 {
                    edges.append(Edge(vertex, i * columns))
                }
                if i + 1 < rows {
                    edges.append(Edge(vertex, vertex + columns))
                } else if isPeriodic, rows > 2 {
                    edges.append(Edge(vertex, j))
                }
            }
        }
        return Graph(checked: rows * columns, edges, false)
    }

    /// The complete graph.
    public static func complete(_ vertexCount: Int) -> Graph {
        var edges: [Edge] = []
        for i in 0..<max(vertexCount, 0) { for j in i + 1..<max(vertexCount, i + 1) { edges.append(Edge(i, j)) } }
        return Graph(checked: max(vertexCount, 0), edges, false)
    }

    /// The cycle 0 − 1 − … − (n − 1) − 0, for n ≥ 3; a path for fewer.
    public static func cycle(_ vertexCount: Int) -> Graph {
        let path = (0..<max(vertexCount - 1, 0)).map { Edge($0, $0 + 1) }
        return Graph(
            checked: max(vertexCount, 0), vertexCount > 2 ? path + [Edge(vertexCount - 1, 0)] : path, false)
    }

    /// A random graph in which every pair is joined with the same probability, independently (Erdős and Rényi).
    ///
    /// O(n + edges), by geometric jumps (Batagelj and Brandes, "Efficient generation of large random networks", 2005).
    ///
    /// - Throws: `GraphError.outOfRange` for a probability outside [0, 1] or a negative count.
    public static func erdosRenyi(
        vertexCount: Int, probability: Double, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> Graph {
        try stochasticBlockModel(
            blockSizes: [vertexCount], probabilities: [[probability]], using: &generator)
    }

    /// A random graph of blocks: vertices of the blocks r and s are joined with probability P_rs, independently.
    ///
    /// Vertices are numbered block after block.
    ///
    /// - Parameters:
    ///   - blockSizes: how many vertices each block has.
    ///   - probabilities: P, symmetric, one row a block.
    ///   - generator: where the edges come from.
    /// - Throws: `GraphError.outOfRange` for a probability outside [0, 1] or a negative size,
    ///   `GraphError.wrongShape` if P does not fit the blocks or is not symmetric.
    public static func stochasticBlockModel(
        blockSizes: [Int], probabilities: Matrix, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> Graph {
        let blocks = blockSizes.count
        if probabilities.rows != blocks || probabilities.columns != blocks || probabilities != probabilities.transposed,
            !probabilities.flattened.contains(where: \.isNaN)
        {
            throw .wrongShape(
                argument: "probabilities", shape: "(\(probabilities.rows), \(probabilities.columns))",
                expected: "a symmetric matrix of \(blocks) rows")
        }
        for size in blockSizes where size < 0 {
            throw .outOfRange(argument: "blockSizes", value: Double(size), expected: "sizes of at least 0")
        }
        for value in probabilities.flattened where !(value >= 0 && value <= 1) {
            throw .outOfRange(argument: "probabilities", value: value, expected: "probabilities in [0, 1]")
        }
        var firsts = [0]
        for size in blockSizes { firsts.append(firsts[firsts.count - 1] + size) }
        var edges: [Edge] = []
        for r in 0..<blocks {
            for s in r..<blocks {
                let (rows, columns) = (blockSizes[r], blockSizes[s])
                let pairs = r == s ? rows * (rows - 1) / 2 : rows * columns
                let p = probabilities[r, s]
                if p == 0 || pairs == 0 { continue }
                let logComplement = log1p(-p)
                var pair = -1
                // The row of the triangle that holds the pair, for r = s.
                var (row, rowStart) = (1, 0)
                while true {
                    let jump = p == 1 ? 0 : (log(generator.openUniform()) / logComplement).rounded(.down)
                    if jump >= Double(pairs - pair - 1) { break }
                    pair += 1 + Int(jump)
                    if r == s {
                        while pair >= rowStart + row {
                            rowStart += row
                            row += 1
                        }
                        edges.append(Edge(firsts[r] + pair - rowStart, firsts[r] + row))
                    } else {
                        edges.append(Edge(firsts[r] + pair / columns, firsts[s] + pair % columns))
                    }
                }
            }
        }
        return Graph(checked: firsts[blocks], edges, false)
    }

    /// A growing random graph in which each new vertex is joined to `attachments` different old ones, chosen with
    /// probability proportional to their degree (Barabási and Albert, 1999). It begins with a star.
    ///
    /// - Throws: `GraphError.outOfRange` unless 1 ≤ attachments < vertexCount.
    public static func barabasiAlbert(
        vertexCount: Int, attachments: Int, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> Graph {
        guard attachments >= 1, attachments < vertexCount else {
            throw .outOfRange(
                argument: "attachments", value: Double(attachments), expected: "a number in 1 ..< \(vertexCount)")
        }
        var edges = (1...attachments).map { Edge(0, $0) }
        // Every vertex as often as it has edges.
        var ends = edges.flatMap { [$0.source, $0.target] }
        for vertex in attachments + 1..<max(vertexCount, attachments + 1) {
            var chosen: [Int] = []
            while chosen.count < attachments {
                let candidate = ends[generator.integer(below: ends.count)]
                if !chosen.contains(candidate) { chosen.append(candidate) }
            }
            for other in chosen {
                edges.append(Edge(other, vertex))
                ends.append(other)
                ends.append(vertex)
            }
        }
        return Graph(checked: vertexCount, edges, false)
    }

    /// A random simple graph in which every vertex has the same degree, nearly uniform among all of them.
    ///
    /// Steger and Wormald, "Generating random regular graphs quickly", 1999: free half-edges are paired at random
    /// without loops and double edges, and all over again if that gets stuck.
    ///
    /// - Throws: `GraphError.outOfRange` unless 0 ≤ degree < vertexCount and degree · vertexCount is even.
    public static func randomRegular(
        vertexCount: Int, degree: Int, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> Graph {
        guard degree >= 0, degree < max(vertexCount, 1), degree * vertexCount % 2 == 0 else {
            throw .outOfRange(
                argument: "degree", value: Double(degree),
                expected: "a number in 0 ..< \(vertexCount) whose product with \(vertexCount) is even")
        }
        while true {
            var free = (0..<vertexCount * degree).map { $0 / degree }
            var joined = Set<Edge>()
            var edges: [Edge] = []
            var failures = 0
            while !free.isEmpty {
                let a = generator.integer(below: free.count)
                var b = generator.integer(below: free.count - 1)
                if b >= a { b += 1 }
                let edge = Edge(min(free[a], free[b]), max(free[a], free[b]))
                if free[a] == free[b] || joined.contains(edge) {
                    failures += 1
                    if failures > 100, !Self.hasFreePair(free, joined) { break }
                    continue
                }
                failures = 0
                joined.insert(edge)
                edges.append(edge)
                for place in [max(a, b), min(a, b)] {
                    free.swapAt(place, free.count - 1)
                    free.removeLast()
                }
            }
            if free.isEmpty { return Graph(checked: vertexCount, edges, false) }
        }
    }

    private static func hasFreePair(_ free: [Int], _ joined: Set<Edge>) -> Bool {
        let vertices = Array(Set(free)).sorted()
        for (index, a) in vertices.enumerated() {
            for b in vertices[(index + 1)...] where !joined.contains(Edge(a, b)) { return true }
        }
        return false
    }

    /// A uniformly random labelled tree, from a random Prüfer sequence.
    ///
    /// - Throws: `GraphError.outOfRange` if there is no vertex.
    public static func randomTree(
        vertexCount: Int, using generator: inout some RandomNumberGenerator
    ) throws(GraphError) -> Graph {
        guard vertexCount > 0 else {
            throw .outOfRange(argument: "vertexCount", value: Double(vertexCount), expected: "at least 1")
        }
        if vertexCount <= 2 { return .complete(vertexCount) }
        let sequence = (0..<vertexCount - 2).map { _ in generator.integer(below: vertexCount) }
        var remaining = [Int](repeating: 1, count: vertexCount)
        for vertex in sequence { remaining[vertex] += 1 }
        var leaves = VertexHeap()
        for vertex in 0..<vertexCount where remaining[vertex] == 1 { leaves.insert(vertex, Double(vertex)) }
        var edges: [Edge] = []
        for vertex in sequence {
            guard let leaf = leaves.removeFirst()?.vertex else { break }
            edges.append(Edge(leaf, vertex))
            remaining[vertex] -= 1
            if remaining[vertex] == 1 { leaves.insert(vertex, Double(vertex)) }
        }
        if let a = leaves.removeFirst()?.vertex, let b = leaves.removeFirst()?.vertex { edges.append(Edge(a, b)) }
        return Graph(checked: vertexCount, edges, false)
    }
}
