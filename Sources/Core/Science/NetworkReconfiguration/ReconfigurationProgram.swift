import Mathematics

extension DistributionNetwork {
    /// The continuous relaxation of Taylor and Hover's mixed-integer quadratic program (2012), with its variables, for
    /// any state of branch and bound.
    ///
    /// The variables are, in blocks of one a line: P and Q from `from` to `to`, in total loads; β_from,to and β_to,from
    /// in [0, 1], where β_ij = 1 says that i is the parent of j. The objective is the loss in kW at nominal voltages.
    /// Flows meet the loads at every bus but the fed one; Σ_i β_ij = 1 there, and no β leads to the fed bus; β_ij +
    /// β_ji ≤ 1, and 1 or 0 for lines that are closed or open for good; −β_ji ≤ P_ij ≤ β_ij where all active loads are
    /// at least 0, else |P_ij| ≤ β_ij + β_ji, and so for Q: M is the sum of the loads' magnitudes, no less than any
    /// flow.
    ///
    /// - Parameters:
    ///   - closed: the places of lines with β_ij + β_ji = 1.
    ///   - open: the places of lines with β_ij + β_ji = 0.
    public func reconfigurationProgram(closed: [Int] = [], open: [Int] = []) -> QuadraticProgram {
        let count = lines.count
        let (isClosed, isOpen) = (switches(open: closed), switches(open: open))
        let others = buses.indices.filter { $0 != slack }
        let loads = [buses.map(\.activeLoad), buses.map(\.reactiveLoad)]
        let total = max(loads.map { $0.reduce(0) { $0 + abs($1) } }.max() ?? 0, .leastNormalMagnitude)

        var hessian = Matrix.zeros(4 * count, 4 * count)
        for (index, line) in lines.enumerated() {
            for block in 0..<2 {
                hessian[block * count + index, block * count + index] = 2 * line.resistance * total * total / powerUnit
            }
        }
        let statuses = lines.indices.filter { isClosed[$0] || isOpen[$0] }
        var equalities = Matrix.zeros(3 * others.count + statuses.count, 4 * count)
        var right = Vector.zeros(equalities.rows)
        for (row, bus) in others.enumerated() {
            for (index, line) in lines.enumerated() where line.from == bus || line.to == bus {
                let sign = line.to == bus ? 1.0 : -1.0
                for block in 0..<2 { equalities[block * others.count + row, block * count + index] = sign }
                equalities[2 * others.count + row, (line.to == bus ? 2 : 3) * count + index] = 1
            }
            for block in 0..<2 { right[block * others.count + row] = loads[block][bus] / total }
            right[2 * others.count + row] = 1
        }
        for (row, index) in statuses.enumerated() {
            equalities[3 * others.count + row, 2 * count + index] = 1
            equalities[3 * others.count + row, 3 * count + index] = 1
            right[3 * others.count + row] = isClosed[index] ? 1 : 0
        }
        // Rows in blocks of one a line: the sum of both β, then P and Q from above and from below.
        var inequalities = Matrix.zeros(5 * count, 4 * count)
        var bounds = Vector.zeros(5 * count)
        for index in 0..<count {
            inequalities[index, 2 * count + index] = 1
            inequalities[index, 3 * count + index] = 1
            bounds[index] = 1
            for block in 0..<2 {
                let isDirected = loads[block].allSatisfy { $0 >= 0 }
                for (side, sign) in [(0, 1.0), (1, -1.0)] {
                    let row = (1 + 2 * block + side) * count + index
                    inequalities[row, block * count + index] = sign
                    inequalities[row, (2 + side) * count + index] = -1
                    if !isDirected { inequalities[row, (3 - side) * count + index] = -1 }
                }
            }
        }
        var program = QuadraticProgram(hessian: hessian, linear: .zeros(4 * count))
        program.equalities = (equalities, right)
        program.inequalities = (inequalities, bounds)
        var lower = Vector(repeating: -.infinity, count: 4 * count)
        var upper = Vector(repeating: .infinity, count: 4 * count)
        for (index, line) in lines.enumerated() {
            for (block, end) in [(2, line.to), (3, line.from)] {
                lower[block * count + index] = 0
                upper[block * count + index] = end == slack ? 0 : 1
            }
        }
        (program.lower, program.upper) = (lower, upper)
        return program
    }
}
