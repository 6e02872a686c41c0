import Mathematics
import Testing

@Suite struct OptimalTransportTests {
    /// Marginals, feasible potentials and a duality gap of zero prove that a plan is optimal.
    private func expectOptimal(
        _ transport: OptimalTransport, _ costs: Matrix, _ a: Vector, _ b: Vector,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let plan = transport.plan
        let (f, g) = (transport.sourcePotentials, transport.targetPotentials)
        let scale = max(costs.maximumMagnitude, 1e-300)
        #expect((plan.rowSums - a).maximumMagnitude < 1e-14 * a.sum, sourceLocation: sourceLocation)
        #expect((plan.columnSums - b).maximumMagnitude < 1e-14 * a.sum, sourceLocation: sourceLocation)
        #expect(transport.flows.allSatisfy { $0.mass > 0 }, sourceLocation: sourceLocation)
        var worst = -Double.infinity
        for i in 0..<costs.rows { for j in 0..<costs.columns { worst = max(worst, f[i] + g[j] - costs[i, j]) } }
        #expect(worst < 1e-13 * scale, sourceLocation: sourceLocation)
        #expect(abs(f.dot(a) + g.dot(b) - transport.cost) < 1e-12 * scale * a.sum, sourceLocation: sourceLocation)
        #expect(transport.flows.count < costs.rows + costs.columns, sourceLocation: sourceLocation)
    }

    @Test func everyShapeIsProvenOptimal() throws {
        var generator = Philox(seed: 21)
        for (n, m) in [(1, 1), (1, 7), (7, 1), (5, 5), (3, 17), (40, 25), (120, 120), (30, 200)] {
            for kind in 0..<4 {
                let costs = Matrix(rows: n, columns: m) { i, j in
                    switch kind {
                    case 0: generator.normal()
                    case 1: Double(generator.integer(below: 4))
                    case 2: 1e-200 * generator.uniform()
                    default: Double((i - j) * (i - j))
                    }
                }
                // Zero masses, tiny masses and very unequal ones.
                var a = Vector(count: n) {
                    kind == 1 && $0 % 3 == 1 ? 0 : kind == 2 ? 1e-3 + 1e6 * generator.uniform() : generator.uniform()
                }
                var b = Vector(count: m) { kind == 1 && $0 % 4 == 2 ? 0 : generator.exponential() }
                a /= a.sum
                b /= b.sum
                expectOptimal(try OptimalTransport(costs: costs, sourceMasses: a, targetMasses: b), costs, a, b)
            }
            let costs = generator.uniformMatrix(rows: n, columns: m)
            expectOptimal(
                try OptimalTransport(costs: costs), costs, Vector(repeating: 1 / Double(n), count: n),
                Vector(repeating: 1 / Double(m), count: m))
        }
    }

    @Test func equalWeightsAreAnAssignment() throws {
        var generator = Philox(seed: 5)
        let costs = generator.uniformMatrix(rows: 80, columns: 80)
        let transport = try OptimalTransport(costs: costs)
        #expect(abs(transport.cost - (try Assignment(costs: costs).cost) / 80) < 1e-14)
        #expect(transport.flows.count == 80)
        // The most degenerate case of all: every plan is optimal, and every pivot moves nothing.
        #expect(try OptimalTransport(costs: Matrix(repeating: 3, rows: 64, columns: 64)).cost == 3)
    }

    @Test func agreesWithPOT() throws {
        // a, b = numpy.arange(1., 8), numpy.arange(9., 0, -1); M[i, j] = ((5 i + 3 j + i j) % 11) / 2; ot.emd2(a /
        // a.sum(), b / b.sum(), M)
        let a = Vector(count: 7) { Double($0 + 1) / 28 }
        let b = Vector(count: 9) { Double(9 - $0) / 45 }
        let costs = Matrix(rows: 7, columns: 9) { Double((5 * $0 + 3 * $1 + $0 * $1) % 11) / 2 }
        let transport = try OptimalTransport(costs: costs, sourceMasses: a, targetMasses: b)
        #expect(abs(transport.cost - 0.8253968253968254) < 1e-14)
    }

    @Test func badInputIsNamed() {
        let costs = Matrix.zeros(2, 2)
        #expect(throws: TransportError.unequalMasses(source: 2, target: 3)) {
            try OptimalTransport(costs: costs, sourceMasses: [1, 1], targetMasses: [1, 2])
        }
        #expect(throws: TransportError.wrongShape(argument: "targetMasses", shape: "(3)", expected: "(2)")) {
            try OptimalTransport(costs: costs, sourceMasses: [1, 1], targetMasses: [1, 1, 0])
        }
        #expect(
            throws: TransportError.invalidElement(
                argument: "sourceMasses", index: 1, value: -1, expected: "finite masses of at least 0")
        ) {
            try OptimalTransport(costs: costs, sourceMasses: [1, -1], targetMasses: [1, 1])
        }
        #expect(throws: TransportError.self) { try OptimalTransport(costs: [[.infinity, 1]]) }
        #expect(throws: TransportError.self) { try OptimalTransport(costs: [[.nan, 1]]) }
        #expect(throws: TransportError.self) { try OptimalTransport(costs: .zeros(0, 3)) }
        #expect(throws: TransportError.self) {
            try OptimalTransport(costs: costs, sourceMasses: [0, 0], targetMasses: [0, 0])
        }
    }
}
