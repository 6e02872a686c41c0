import Foundation
import Mathematics
import Testing

@Suite struct GraphTests {
    /// A random directed or undirected graph with whole weights.
    private func randomGraph(
        _ n: Int, edges: Int, directed: Bool, weights: Range<Int>, _ generator: inout Philox
    ) throws -> Graph {
        try Graph(
            vertexCount: n,
            edges: (0..<edges).map { _ in
                Graph.Edge(
                    generator.integer(below: n), generator.integer(below: n),
                    weight: Double(generator.integer(in: weights)))
            }, isDirected: directed)
    }

    @Test func adjacency() throws {
        let graph = try Graph(
            vertexCount: 4,
            edges: [.init(0, 1, weight: 2), .init(1, 0, weight: 3), .init(2, 2, weight: 5), .init(3, 1)])
        #expect(graph.neighbors(of: 1).map(\.vertex) == [0, 0, 3])
        #expect(graph.neighbors(of: 1).map(\.edge) == [0, 1, 3])
        #expect(graph.adjacencyMatrix == [[0, 5, 0, 0], [5, 0, 0, 1], [0, 0, 5, 0], [0, 1, 0, 0]])
        #expect(graph.weightedDegrees == [5, 6, 5, 1])
        #expect(graph.degree(of: 2) == 1)
        #expect(try Graph(adjacencyMatrix: graph.adjacencyMatrix).adjacencyMatrix == graph.adjacencyMatrix)
        let directed = try Graph(vertexCount: 3, edges: [(0, 1), (1, 2)], isDirected: true)
        #expect(directed.adjacencyMatrix == [[0, 1, 0], [0, 0, 1], [0, 0, 0]])
        #expect(directed.reversed.adjacencyMatrix == directed.adjacencyMatrix.transposed)
        #expect(try graph.subgraph(of: [1, 0]).adjacencyMatrix == [[0, 5], [5, 0]])
        #expect(throws: GraphError.vertexOutOfRange(argument: "the target of edge 0", vertex: 3, count: 3)) {
            try Graph(vertexCount: 3, edges: [(0, 3)])
        }
        #expect(throws: GraphError.self) { try Graph(vertexCount: 1, edges: [.init(0, 0, weight: .nan)]) }
        #expect(throws: GraphError.self) { try Graph(adjacencyMatrix: [[0, 1], [2, 0]]) }
        #expect(throws: GraphError.self) { try graph.subgraph(of: [1, 1]) }
    }

    @Test func shortestPathsAgreeWithEachOther() throws {
        var generator = Philox(seed: 31)
        for round in 0..<12 {
            let directed = round % 2 == 0
            let graph = try randomGraph(14, edges: 30, directed: directed, weights: 0..<9, &generator)
            let all = try graph.allPairsDistances()
            for source in 0..<14 {
                let dijkstra = try graph.shortestPaths(from: source)
                let bellman = try graph.bellmanFordPaths(from: source)
                #expect(dijkstra.distances == all.row(source) && bellman.distances == all.row(source))
                for target in 0..<14 {
                    guard let path = dijkstra.path(to: target) else {
                        #expect(all[source, target] == .infinity)
                        continue
                    }
                    #expect(path.first == source && path.last == target)
                    let length = zip(path, path.dropFirst()).reduce(0.0) { sum, step in
                        sum
                            + (graph.neighbors(of: step.0).filter { $0.vertex == step.1 }.map(\.weight).min()
                                ?? .infinity)
                    }
                    #expect(length == dijkstra.distances[target])
                }
                // Steps alone: powers of the adjacency matrix.
                let steps = try graph.breadthFirstPaths(from: source).distances
                var reached = Vector(count: 14) { $0 == source ? 1 : 0 }
                let ones = Matrix(rows: 14, columns: 14) { i, j in
                    i == j || graph.neighbors(of: i).contains { $0.vertex == j } ? 1 : 0
                }
                for step in 0..<14 {
                    for vertex in 0..<14 { #expect((steps[vertex] <= Double(step)) == (reached[vertex] > 0)) }
                    reached = ones.transposeMultiplied(by: reached)
                }
            }
        }
    }

    @Test func negativeWeights() throws {
        let graph = try Graph(
            vertexCount: 4,
            edges: [.init(0, 1, weight: 4), .init(0, 2, weight: 2), .init(2, 1, weight: -3), .init(1, 3, weight: 1)],
            isDirected: true)
        #expect(try graph.bellmanFordPaths(from: 0).distances == [0, -1, 2, 0])
        #expect(try graph.bellmanFordPaths(from: 0).path(to: 3) == [0, 2, 1, 3])
        #expect(try graph.allPairsDistances().row(0) == [0, -1, 2, 0])
        #expect(throws: GraphError.self) { try graph.shortestPaths(from: 0) }
        let bad = try Graph(
            vertexCount: 4, edges: [.init(0, 1), .init(1, 2, weight: -2), .init(2, 3), .init(3, 1, weight: 0.5)],
            isDirected: true)
        do {
            _ = try bad.bellmanFordPaths(from: 0)
            Issue.record("a negative cycle was not found")
        } catch GraphError.negativeCycle(let vertices) {
            #expect(Set(vertices) == [1, 2, 3] && vertices.count == 3)
        }
        #expect(throws: GraphError.self) { try bad.allPairsDistances() }
        #expect(throws: GraphError.self) { try bad.bellmanFordPaths(from: 4) }
    }

    @Test func connectivity() throws {
        let graph = try Graph(vertexCount: 6, edges: [(4, 1), (1, 2), (5, 3)])
        #expect(graph.components == [[0], [1, 2, 4], [3, 5]])
        #expect(!graph.isConnected && Graph.cycle(5).isConnected)
        var generator = Philox(seed: 32)
        for _ in 0..<30 {
            let directed = try randomGraph(12, edges: 18, directed: true, weights: 1..<2, &generator)
            // By the definition: i and j reach each other.
            let distances = try directed.allPairsDistances()
            let components = directed.stronglyConnectedComponents
            var label = [Int](repeating: -1, count: 12)
            for (index, component) in components.enumerated() { for vertex in component { label[vertex] = index } }
            for i in 0..<12 {
                for j in 0..<12 {
                    let mutual = distances[i, j] < .infinity && distances[j, i] < .infinity
                    #expect(mutual == (label[i] == label[j]))
                    if distances[i, j] < .infinity { #expect(label[i] >= label[j]) }
                }
            }
            let isAcyclic = components.count == 12 && !directed.edges.contains { $0.source == $0.target }
            if isAcyclic {
                let order = try directed.topologicalOrder()
                for edge in directed.edges {
                    #expect(order.firstIndex(of: edge.source)! < order.firstIndex(of: edge.target)!)
                }
            } else {
                #expect(throws: GraphError.self) { try directed.topologicalOrder() }
            }
        }
        let order = try Graph(vertexCount: 5, edges: [(4, 0), (3, 1), (1, 0)], isDirected: true).topologicalOrder()
        #expect(order == [2, 3, 1, 4, 0])
        #expect(throws: GraphError.self) { try graph.topologicalOrder() }
    }

    @Test func disjointSets() {
        var sets = DisjointSets(count: 6)
        #expect(sets.unite(0, 3) && sets.unite(3, 5) && !sets.unite(0, 5))
        #expect(sets.setCount == 4 && sets.size(ofSetWith: 5) == 3)
        #expect(sets.areUnited(0, 5) && !sets.areUnited(1, 5))
    }

    /// All sets of n − 1 edges that connect the vertices.
    private func spanningTrees(_ graph: Graph) -> [[Int]] {
        (0..<1 << graph.edges.count).compactMap { subset in
            guard subset.nonzeroBitCount == graph.vertexCount - 1 else { return nil }
            let chosen = graph.edges.indices.filter { subset >> $0 & 1 == 1 }
            var sets = DisjointSets(count: graph.vertexCount)
            return chosen.allSatisfy { sets.unite(graph.edges[$0].source, graph.edges[$0].target) } ? chosen : nil
        }
    }

    @Test func everySpanningTreeIsVisitedOnce() throws {
        var generator = Philox(seed: 34)
        for _ in 0..<20 {
            let graph = try randomGraph(6, edges: 10, directed: false, weights: 1..<6, &generator)
            var trees: [[Int]] = [], complements: [[Int]] = []
            if graph.isConnected {
                try graph.forEachSpanningTree { complement in
                    complements.append(complement)
                    trees.append(graph.edges.indices.filter { !complement.contains($0) })
                    return true
                }
                #expect(Set(trees).count == trees.count)
                #expect(complements.indices.dropFirst().allSatisfy {
                    complements[$0 - 1].lexicographicallyPrecedes(complements[$0])
                })
            } else {
                #expect(throws: GraphError.self) { try graph.forEachSpanningTree { _ in true } }
            }
            #expect(Set(trees) == Set(spanningTrees(graph)))
            // A bridge is what every spanning forest has: without it there are more components.
            let count = graph.components.count
            let bridges = try graph.edges.indices.filter { removed in
                try Graph(
                    vertexCount: 6, edges: graph.edges.indices.filter { $0 != removed }.map { graph.edges[$0] }
                ).components.count > count
            }
            #expect(try graph.bridges() == bridges)
        }
        // Cayley: 7⁵ trees of the complete graph on 7 vertices.
        var count = 0
        try Graph.complete(7).forEachSpanningTree { _ in
            count += 1
            return true
        }
        #expect(count == 16807)
        count = 0
        try Graph.complete(7).forEachSpanningTree { _ in
            count += 1
            return count < 10
        }
        #expect(count == 10)
        // Two parallel edges and a loop: one of the two is outside, and the loop always.
        var complements: [[Int]] = []
        try Graph(vertexCount: 2, edges: [(0, 1), (1, 1), (1, 0)]).forEachSpanningTree { complement in
            complements.append(complement)
            return true
        }
        #expect(complements == [[0, 1], [1, 2]])
        #expect(throws: GraphError.self) { try Graph(vertexCount: 2, edges: [(0, 1)], isDirected: true).bridges() }
    }

    @Test func spanningTreesByEnumeration() throws {
        var generator = Philox(seed: 33)
        for _ in 0..<15 {
            let graph = try randomGraph(6, edges: 11, directed: false, weights: 1..<6, &generator)
            let trees = spanningTrees(graph)
            let weights = trees.map { $0.reduce(0.0) { $0 + graph.edges[$1].weight } }
            let forest = try graph.minimumSpanningForest()
            let count = trees.reduce(0.0) { $0 + $1.reduce(1.0) { $0 * graph.edges[$1].weight } }
            if trees.isEmpty {
                #expect(forest.treeCount > 1)
                #expect(try graph.logSpanningTreeCount() == -.infinity)
                continue
            }
            #expect(forest.weight == weights.min())
            #expect(trees.contains(forest.edges.sorted()))
            #expect(try graph.minimumSpanningForest(maximizing: true).weight == weights.max())
            #expect(try graph.minimumSpanningTree(from: 2).weight == weights.min())
            #expect(abs(try graph.logSpanningTreeCount() - log(count)) < 1e-12)
            for cycle in try graph.fundamentalCycles(of: forest) {
                // Every vertex of the cycle has two of its edges (a loop both ends).
                var ends = [Int: Int]()
                for edge in cycle {
                    ends[graph.edges[edge].source, default: 0] += 1
                    ends[graph.edges[edge].target, default: 0] += 1
                }
                #expect(ends.values.allSatisfy { $0 == 2 })
                #expect(cycle.dropFirst().allSatisfy { forest.edges.contains($0) } && !forest.edges.contains(cycle[0]))
            }
        }
        // Cayley: n^{n−2} trees of the complete graph; n of the cycle.
        #expect(abs(try Graph.complete(9).logSpanningTreeCount() - 7 * log(9.0)) < 1e-12)
        #expect(abs(try Graph.cycle(30).logSpanningTreeCount() - log(30.0)) < 1e-12)
        #expect(try Graph.complete(1).logSpanningTreeCount() == 0)
    }

    @Test func laplaciansAndResistances() throws {
        let path = try Graph(vertexCount: 3, edges: [.init(0, 1, weight: 2), .init(1, 2, weight: 1)])
        #expect(try path.laplacian() == [[2, -2, 0], [-2, 3, -1], [0, -1, 1]])
        #expect(
            (try path.laplacian(.randomWalk) - [[1, -1, 0], [-2.0 / 3, 1, -1.0 / 3], [0, -1, 1]]).maximumMagnitude
                < 1e-15)
        let normalized = try path.laplacian(.normalized)
        #expect(abs(normalized[0, 1] + 2 / 6.0.squareRoot()) < 1e-15)
        // Conductances in series and in parallel; on a cycle k(n − k)/n.
        let resistances = try path.effectiveResistances()
        #expect(abs(resistances[0, 2] - 1.5) < 1e-13 && abs(resistances[0, 1] - 0.5) < 1e-13)
        let cycle = try Graph.cycle(10).effectiveResistances()
        for k in 0..<10 { #expect(abs(cycle[0, k] - Double(k * (10 - k)) / 10) < 1e-13) }
        let apart = try Graph(vertexCount: 4, edges: [(0, 1), (0, 1)]).effectiveResistances()
        #expect(apart[0, 2] == .infinity && apart[3, 3] == 0 && abs(apart[0, 1] - 0.5) < 1e-13)
        // Foster: Σ over edges of weight · resistance = vertices − 1.
        var generator = Philox(seed: 34)
        let random = try Graph.barabasiAlbert(vertexCount: 40, attachments: 3, using: &generator)
        let all = try random.effectiveResistances()
        #expect(abs(random.edges.reduce(0.0) { $0 + $1.weight * all[$1.source, $1.target] } - 39) < 1e-11)
        // The cycle's eigenvalues: 2 − 2 cos(2πk/n).
        let embedding = try SpectralEmbedding(of: .cycle(8), dimensions: 3, kind: .combinatorial)
        let second = 2 - 2 * cos(Double.pi / 4)
        #expect((embedding.eigenvalues - [0, second, second]).maximumMagnitude < 1e-14)
        let walk = try SpectralEmbedding(of: path, dimensions: 3, kind: .randomWalk)
        let matrix = try path.laplacian(.randomWalk)
        for k in 0..<3 {
            let v = walk.coordinates.column(k)
            #expect((matrix * v - walk.eigenvalues[k] * v).norm < 1e-14)
        }
        #expect(throws: GraphError.self) {
            try Graph(vertexCount: 2, edges: [.init(0, 1, weight: -1)]).laplacian()
        }
    }

    @Test func spectralClustersFindThePlantedBlocks() throws {
        var generator = Philox(seed: 35)
        let graph = try Graph.stochasticBlockModel(
            blockSizes: [30, 40, 20], probabilities: [[0.6, 0.03, 0.03], [0.03, 0.6, 0.03], [0.03, 0.03, 0.6]],
            using: &generator)
        let labels = try graph.spectralClusters(3, using: &generator)
        for range in [0..<30, 30..<70, 70..<90] { #expect(Set(labels[range]).count == 1) }
        #expect(Set(labels).count == 3)
    }

    @Test func generators() throws {
        #expect(Graph.grid(rows: 3, columns: 4).edges.count == 17)
        let torus = Graph.grid(rows: 3, columns: 4, isPeriodic: true)
        #expect((0..<12).allSatisfy { torus.degree(of: $0) == 4 })
        #expect(Graph.complete(5).edges.count == 10 && Graph.complete(0).vertexCount == 0)
        var generator = Philox(seed: 36)
        // 499500 pairs: mean 9990, standard deviation 98.9.
        let sparse = try Graph.erdosRenyi(vertexCount: 1000, probability: 0.02, using: &generator)
        #expect(abs(Double(sparse.edges.count) - 9990) < 500)
        #expect(Set(sparse.edges).count == sparse.edges.count && sparse.edges.allSatisfy { $0.source < $0.target })
        #expect(
            try Graph.erdosRenyi(vertexCount: 7, probability: 1, using: &generator).adjacencyMatrix
                == Graph.complete(7).adjacencyMatrix)
        #expect(try Graph.erdosRenyi(vertexCount: 7, probability: 0, using: &generator).edges.isEmpty)
        // Every pair alike: the count of each over 2000 graphs within 5 standard deviations of 600.
        var counts = Matrix.zeros(5, 5)
        for _ in 0..<2000 {
            counts =
                counts + (try Graph.erdosRenyi(vertexCount: 5, probability: 0.3, using: &generator)).adjacencyMatrix
        }
        for i in 0..<5 { for j in 0..<i { #expect(abs(counts[i, j] - 600) < 5 * 420.0.squareRoot()) } }
        let growing = try Graph.barabasiAlbert(vertexCount: 200, attachments: 3, using: &generator)
        #expect(growing.edges.count == 3 + 196 * 3 && growing.isConnected)
        for (n, d) in [(10, 3), (20, 4), (5, 4), (6, 0), (50, 7)] {
            let regular = try Graph.randomRegular(vertexCount: n, degree: d, using: &generator)
            #expect((0..<n).allSatisfy { regular.degree(of: $0) == d })
            #expect(Set(regular.edges).count == n * d / 2 && regular.edges.allSatisfy { $0.source != $0.target })
        }
        #expect(throws: GraphError.self) { try Graph.randomRegular(vertexCount: 5, degree: 3, using: &generator) }
        // 16 labelled trees of 4 vertices, all alike: χ² with 15 degrees of freedom below its 0.9999 quantile.
        var trees: [Set<Set<Int>>: Double] = [:]
        for _ in 0..<3200 {
            let tree = try Graph.randomTree(vertexCount: 4, using: &generator)
            #expect(tree.edges.count == 3 && tree.isConnected)
            trees[Set(tree.edges.map { [$0.source, $0.target] }), default: 0] += 1
        }
        #expect(trees.count == 16)
        #expect(trees.values.reduce(0) { $0 + ($1 - 200) * ($1 - 200) / 200 } < 44.3)
        #expect(throws: GraphError.self) { try Graph.erdosRenyi(vertexCount: 4, probability: 1.5, using: &generator) }
        // Same seed, same graph.
        var (a, b) = (Philox(seed: 1), Philox(seed: 1))
        #expect(
            try Graph.barabasiAlbert(vertexCount: 50, attachments: 2, using: &a)
                == Graph.barabasiAlbert(vertexCount: 50, attachments: 2, using: &b))
    }
}
