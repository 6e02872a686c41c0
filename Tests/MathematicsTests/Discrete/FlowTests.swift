import Mathematics
import Testing

@Suite struct FlowTests {
    @Test func flowIsTheSmallestCut() throws {
        var generator = Philox(seed: 41)
        for round in 0..<40 {
            let directed = round % 2 == 0
            let n = 7
            let graph = try Graph(
                vertexCount: n,
                edges: (0..<14).map { _ in
                    Graph.Edge(
                        generator.integer(below: n), generator.integer(below: n),
                        weight: round % 3 == 0 ? generator.uniform() : Double(generator.integer(below: 6)))
                }, isDirected: directed)
            // All cuts between 0 and n − 1.
            var smallest = Double.infinity
            for subset in 0..<1 << n where subset & 1 == 1 && subset >> (n - 1) & 1 == 0 {
                let capacity = graph.edges.reduce(0.0) { sum, edge in
                    let (a, b) = (subset >> edge.source & 1 == 1, subset >> edge.target & 1 == 1)
                    return (directed ? a && !b : a != b) ? sum + edge.weight : sum
                }
                smallest = min(smallest, capacity)
            }
            let flow = try MaximumFlow(in: graph, from: 0, to: n - 1)
            #expect(abs(flow.value - smallest) < 1e-12)
            #expect(abs(flow.cutEdges(of: graph).reduce(0.0) { $0 + graph.edges[$1].weight } - smallest) < 1e-12)
            var balance = Vector.zeros(n)
            for (edge, amount) in zip(graph.edges, flow.edgeFlows) {
                #expect(amount <= edge.weight && amount >= (directed ? 0 : -edge.weight))
                balance[edge.source] += amount
                balance[edge.target] -= amount
            }
            for vertex in 0..<n {
                let expected = vertex == 0 ? flow.value : vertex == n - 1 ? -flow.value : 0
                #expect(abs(balance[vertex] - expected) < 1e-12)
            }
        }
        let infinite = try Graph(vertexCount: 3, edges: [.init(0, 1, weight: .infinity), .init(1, 2, weight: 4)])
        #expect(try MaximumFlow(in: infinite, from: 0, to: 2).value == 4)
        #expect(throws: GraphError.self) { try MaximumFlow(in: infinite, from: 0, to: 1) }
        #expect(throws: GraphError.self) { try MaximumFlow(in: infinite, from: 0, to: 0) }
        #expect(throws: GraphError.self) { try MaximumFlow(in: infinite, from: 0, to: 3) }
    }

    @Test func cheapestFlowHasOptimalPotentials() throws {
        var generator = Philox(seed: 42)
        var solved = 0
        for _ in 0..<60 {
            let n = 12
            var supplies = Vector(count: n) { _ in Double(generator.integer(in: -4..<5)) }
            supplies[n - 1] -= supplies.sum
            let arcs = (0..<50).map { _ in
                MinimumCostFlow.Arc(
                    generator.integer(below: n), generator.integer(below: n),
                    capacity: generator.bernoulli(0.2) ? .infinity : Double(generator.integer(below: 8)),
                    cost: Double(generator.integer(in: -1..<10)))
            }
            guard let flow = try? MinimumCostFlow(supplies: supplies, arcs: arcs) else { continue }
            solved += 1
            var balance = Vector.zeros(n)
            for (arc, amount) in zip(arcs, flow.flows) {
                #expect(amount >= 0 && amount <= arc.capacity && amount == amount.rounded())
                balance[arc.source] += amount
                balance[arc.target] -= amount
                let reduced = arc.cost + flow.potentials[arc.source] - flow.potentials[arc.target]
                if amount < arc.capacity { #expect(reduced > -1e-9) }
                if amount > 0 { #expect(reduced < 1e-9) }
            }
            #expect(balance == supplies)
        }
        #expect(solved > 20)
    }

    @Test func assignmentAsAFlow() throws {
        var generator = Philox(seed: 43)
        let costs = generator.uniformMatrix(rows: 15, columns: 15)
        let arcs = (0..<15).flatMap { i in (0..<15).map { MinimumCostFlow.Arc(i, 15 + $0, cost: costs[i, $0]) } }
        let flow = try MinimumCostFlow(supplies: Vector(count: 30) { $0 < 15 ? 1 : -1 }, arcs: arcs)
        #expect(abs(flow.cost - (try Assignment(costs: costs).cost)) < 1e-13)
    }

    @Test func impossibleFlowsAreNamed() throws {
        #expect(throws: TransportError.unbounded) {
            try MinimumCostFlow(supplies: [0, 0], arcs: [.init(0, 1, cost: 1), .init(1, 0, cost: -2)])
        }
        #expect(throws: TransportError.self) {
            try MinimumCostFlow(supplies: [1, -1], arcs: [.init(0, 1, capacity: 0.5, cost: 1)])
        }
        #expect(throws: TransportError.unequalMasses(source: 1, target: 0)) {
            try MinimumCostFlow(supplies: [1, 0], arcs: [])
        }
        #expect(throws: TransportError.self) { try MinimumCostFlow(supplies: [1, -1], arcs: [.init(0, 2, cost: 1)]) }
        #expect(try MinimumCostFlow(supplies: [], arcs: []).cost == 0)
        // A loop of negative cost is filled to its capacity.
        #expect(try MinimumCostFlow(supplies: [0], arcs: [.init(0, 0, capacity: 3, cost: -2)]).cost == -6)
    }
}
