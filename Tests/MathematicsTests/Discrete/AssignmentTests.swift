import Mathematics
import Testing

@Suite struct AssignmentTests {
    /// The least total over all ways to give each row (or, if there are more rows, each column) its own partner.
    private func bruteForce(_ costs: Matrix) -> Double {
        if costs.rows > costs.columns { return bruteForce(costs.transposed) }
        func best(_ row: Int, _ used: Set<Int>) -> Double {
            if row == costs.rows { return 0 }
            return (0..<costs.columns).filter { !used.contains($0) }.reduce(.infinity) {
                min($0, costs[row, $1] + best(row + 1, used.union([$1])))
            }
        }
        return best(0, [])
    }

    @Test func agreesWithAllPermutations() throws {
        var generator = Philox(seed: 11)
        for (rows, columns) in [(1, 1), (1, 4), (4, 1), (3, 3), (5, 5), (6, 6), (3, 6), (6, 3), (5, 7)] {
            for round in 0..<20 {
                // Real costs, small integers with many ties, and some forbidden pairs.
                let costs = Matrix(rows: rows, columns: columns) { _, _ in
                    switch round % 3 {
                    case 0: generator.normal()
                    case 1: Double(generator.integer(below: 3))
                    default: generator.bernoulli(0.15) ? .infinity : generator.uniform()
                    }
                }
                let expected = bruteForce(costs)
                if expected == .infinity {
                    #expect(throws: TransportError.self) { try Assignment(costs: costs) }
                    continue
                }
                let assignment = try Assignment(costs: costs)
                #expect(abs(assignment.cost - expected) < 1e-13)
                let columnsUsed = assignment.columnOfRow.compactMap { $0 }
                #expect(Set(columnsUsed).count == min(rows, columns) && columnsUsed.count == min(rows, columns))
                let (u, v) = (assignment.rowPotentials, assignment.columnPotentials)
                #expect(abs(u.sum + v.sum - expected) < 1e-12)
                for i in 0..<rows { for j in 0..<columns { #expect(u[i] + v[j] <= costs[i, j] + 1e-12) } }
                if round % 3 < 2 {
                    let largest = try Assignment(costs: costs, maximizing: true)
                    #expect(abs(largest.cost + bruteForce(costs.map { -$0 })) < 1e-13)
                    #expect(abs(largest.rowPotentials.sum + largest.columnPotentials.sum - largest.cost) < 1e-12)
                }
            }
        }
    }

    @Test func agreesWithSciPy() throws {
        // scipy.optimize.linear_sum_assignment(C), C[i, j] = (37 i² + 91 i j + 53 j² + 7 i + 13 j) mod 101, 60 × 80
        // and 80 × 60
        let costs = Matrix(rows: 60, columns: 80) { i, j in
            Double((37 * i * i + 91 * i * j + 53 * j * j + 7 * i + 13 * j) % 101)
        }
        #expect(try Assignment(costs: costs).cost == 74)
        #expect(try Assignment(costs: costs.transposed).cost == 74)
        #expect(try Assignment(costs: costs[0..<60, 0..<60], maximizing: true).cost == 5865)
        #expect(try Assignment(costs: costs[0..<60, 0..<60]).cost == 134)
    }

    @Test func largeInstancesHaveNoDualityGap() throws {
        var generator = Philox(seed: 3)
        for (rows, columns) in [(200, 200), (100, 300), (300, 100)] {
            let costs = generator.uniformMatrix(rows: rows, columns: columns)
            let assignment = try Assignment(costs: costs)
            let (u, v) = (assignment.rowPotentials, assignment.columnPotentials)
            #expect(abs(u.sum + v.sum - assignment.cost) < 1e-11)
            var worst = 0.0
            for i in 0..<rows { for j in 0..<columns { worst = max(worst, u[i] + v[j] - costs[i, j]) } }
            #expect(worst < 1e-13)
            for (row, column) in assignment.pairs { #expect(abs(u[row] + v[column] - costs[row, column]) < 1e-13) }
        }
    }

    @Test func ugly() throws {
        #expect(try Assignment(costs: .zeros(0, 0)).pairs.isEmpty)
        #expect(try Assignment(costs: .zeros(3, 0)).columnOfRow == [nil, nil, nil])
        #expect(try Assignment(costs: .zeros(4, 4)).columnOfRow == [0, 1, 2, 3])
        #expect(try Assignment(costs: [[1e300, -1e300], [-1e300, 1e300]]).cost == -2e300)
        #expect(throws: TransportError.self) { try Assignment(costs: [[1, .nan]]) }
        #expect(throws: TransportError.self) { try Assignment(costs: [[1, -.infinity]]) }
        #expect(throws: TransportError.self) { try Assignment(costs: [[1, .infinity], [2, .infinity]]) }
    }
}
