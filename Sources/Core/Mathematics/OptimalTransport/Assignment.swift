/// A one-to-one assignment of rows to columns with the least total cost.
///
/// Shortest augmenting paths with dual potentials: Jonker and Volgenant, "A shortest augmenting path
/// algorithm for dense and sparse linear assignment problems", 1987; rectangular as in Crouse, "On
/// implementing 2D rectangular assignment algorithms", 2016. O(min² · max) time.
public struct Assignment: Sendable {
    /// For each row its column; nil for rows left over when there are more rows than columns.
    public let columnOfRow: [Int?]
    /// The sum of the chosen costs.
    public let cost: Double
    /// The dual values u of the rows.
    public let rowPotentials: Vector
    /// The dual values v of the columns: uᵢ + vⱼ ≤ cᵢⱼ with equality where assigned (≥ when maximizing),
    /// and Σu + Σv is the cost. Values of what is left over are 0.
    public let columnPotentials: Vector

    /// The assigned pairs in the order of the rows.
    public var pairs: [(row: Int, column: Int)] {
        columnOfRow.enumerated().compactMap { row, column in column.map { (row, $0) } }
    }

    // swiftcore: assignment
    /// Solves the assignment problem for a matrix of costs.
    ///
    /// - Parameters:
    ///   - costs: one row an agent, one column a task, of any shape. Infinity forbids a pair (−infinity when
    ///     maximizing).
    ///   - maximizing: whether the largest instead of the smallest total is wanted.
    /// - Throws: `TransportError.invalidElement` for a NaN or an infinity of the wrong sign,
    ///   `TransportError.infeasible` if every complete assignment has a forbidden pair.
    public init(costs: Matrix, maximizing: Bool = false) throws(TransportError) {
        for (index, value) in costs.flattened.enumerated() {
            if value.isNaN || value == (maximizing ? .infinity : -.infinity) {
                throw .invalidElement(
                    argument: "costs", index: index, value: value,
                    expected: "numbers, or \(maximizing ? "-" : "")infinity for a forbidden pair")
            }
        }
        let transposed = costs.rows > costs.columns
        let sign = maximizing ? -1.0 : 1.0
        let tall = transposed ? costs.transposed : costs
        let work = maximizing ? tall.flattened.map { -$0 } : tall.flattened
        var solver = ShortestAugmentingPaths(rows: tall.rows, columns: tall.columns)
        let failed = work.withUnsafeBufferPointer { solver.solve($0) }
        if let row = failed {
            throw .infeasible(
                reason: "\(transposed ? "column" : "row") \(row) of costs cannot be assigned without a forbidden pair")
        }
        let shortPotentials = Vector(solver.rowPotential.map { sign * $0 })
        let longPotentials = Vector(solver.columnPotential.map { sign * $0 })
        var columnOfRow = [Int?](repeating: nil, count: costs.rows)
        var total = 0.0
        for (short, long) in solver.columnOfRow.enumerated() {
            let (row, column) = transposed ? (long, short) : (short, long)
            columnOfRow[row] = column
            total += costs[row, column]
        }
        self.columnOfRow = columnOfRow
        cost = total
        rowPotentials = transposed ? longPotentials : shortPotentials
        columnPotentials = transposed ? shortPotentials : longPotentials
    }
}

/// The algorithm on a matrix with no more rows than columns.
private struct ShortestAugmentingPaths {
    let rows: Int
    let columns: Int
    var rowPotential: [Double]
    var columnPotential: [Double]
    var columnOfRow: [Int]
    private var rowOfColumn: [Int]

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
        rowPotential = Array(repeating: 0, count: rows)
        columnPotential = Array(repeating: 0, count: columns)
        columnOfRow = Array(repeating: -1, count: rows)
        rowOfColumn = Array(repeating: -1, count: columns)
    }

    /// Assigns every row; returns a row that cannot be assigned, if there is one.
    mutating func solve(_ costs: UnsafeBufferPointer<Double>) -> Int? {
        guard rows > 0, let base = costs.baseAddress else { return nil }
        if rows == columns { reduceColumns(base) }
        var distance = [Double](repeating: 0, count: columns)
        var predecessor = [Int](repeating: 0, count: columns)
        var remaining = [Int](repeating: 0, count: columns)
        var scannedRows: [Int] = []
        for row in 0..<rows where columnOfRow[row] < 0 {
            guard
                augment(from: row, base, &distance, &predecessor, &remaining, &scannedRows)
            else { return row }
        }
        return nil
    }

    /// v_j = min_i c_ij, assigned where no other column took the row. Only for square matrices: a
    /// column left over must keep the potential 0.
    private mutating func reduceColumns(_ costs: UnsafePointer<Double>) {
        var best = [Int](repeating: 0, count: columns)
        for column in 0..<columns { columnPotential[column] = costs[column] }
        for row in 1..<max(rows, 1) {
            let line = costs + row * columns
            for column in 0..<columns where line[column] < columnPotential[column] {
                columnPotential[column] = line[column]
                best[column] = row
            }
        }
        for column in 0..<columns {
            if columnPotential[column] == .infinity {
                columnPotential[column] = 0
            } else if columnOfRow[best[column]] < 0 {
                columnOfRow[best[column]] = column
                rowOfColumn[column] = best[column]
            }
        }
    }

    /// Dijkstra's search over reduced costs for the nearest free column, then the flip of the path.
    private mutating func augment(
        from start: Int, _ costs: UnsafePointer<Double>, _ distance: inout [Double],
        _ predecessor: inout [Int], _ remaining: inout [Int], _ scannedRows: inout [Int]
    ) -> Bool {
        for column in 0..<columns {
            distance[column] = .infinity
            // From the last to the first: a tie goes to the column seen first, which keeps identity
            // matrices and constant costs on the diagonal.
            remaining[column] = columns - 1 - column
        }
        var left = columns
        scannedRows.removeAll(keepingCapacity: true)
        var row = start
        var minimum = 0.0
        var sink = -1
        distance.withUnsafeMutableBufferPointer { distance in
            predecessor.withUnsafeMutableBufferPointer { predecessor in
                remaining.withUnsafeMutableBufferPointer { remaining in
                    columnPotential.withUnsafeBufferPointer { v in
                        while sink < 0 {
                            scannedRows.append(row)
                            let line = costs + row * columns
                            let offset = minimum - rowPotential[row]
                            var lowest = Double.infinity
                            var place = -1
                            for index in 0..<left {
                                let column = remaining[index]
                                let through = line[column] - v[column] + offset
                                if through < distance[column] {
                                    distance[column] = through
                                    predecessor[column] = row
                                }
                                let d = distance[column]
                                if d < lowest || (d == lowest && d < .infinity && rowOfColumn[column] < 0) {
                                    lowest = d
                                    place = index
                                }
                            }
                            if place < 0 { return }
                            minimum = lowest
                            let column = remaining[place]
                            left -= 1
                            remaining[place] = remaining[left]
                            remaining[left] = column
                            if rowOfColumn[column] < 0 { sink = column } else { row = rowOfColumn[column] }
                        }
                    }
                }
            }
        }
        if sink < 0 { return false }
        // Potentials: what the search passed keeps its reduced costs non-negative.
        rowPotential[start] += minimum
        for scanned in scannedRows where scanned != start {
            rowPotential[scanned] += minimum - distance[columnOfRow[scanned]]
        }
        for index in left..<columns {
            let column = remaining[index]
            columnPotential[column] -= minimum - distance[column]
        }
        var column = sink
        while true {
            let row = predecessor[column]
            rowOfColumn[column] = row
            swap(&columnOfRow[row], &column)
            if row == start { return true }
        }
    }
}
