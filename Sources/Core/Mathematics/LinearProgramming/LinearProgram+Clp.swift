internal import CCoinOR

/// `ClpSolve`'s special option 2: 1 leaves the process's signals alone.
private let clpSignalOption: Int32 = 2

extension LinearProgram {
    // swiftcore: linear_program; spread: self
    /// Solves the program: by Clp's simplex methods, or by Cbc's branch and cut when a variable is an integer.
    ///
    /// Feasibility and optimality hold to the solvers' tolerance of 1e-7. The same program gives the same
    /// bits, unless `maximumSeconds` stops it.
    ///
    /// - Parameters:
    ///   - relativeGap: with integer variables, stop when the best point is proven to be within this
    ///     fraction of the optimum.
    ///   - maximumNodes: with integer variables, stop after so many nodes of the search tree.
    ///   - maximumSeconds: stop after so long.
    /// - Throws: `LinearProgramError.infeasible` or `.unbounded`; `.invalid` if numbers, indices or bounds are
    ///   not usable; `.limitReached` if a limit came before a feasible point; `.abandoned` otherwise.
    public func solve(
        relativeGap: Double = 0, maximumNodes: Int? = nil, maximumSeconds: Double? = nil
    ) throws(LinearProgramError) -> LinearProgramSolution {
        try validate()
        if let maximumNodes, maximumNodes < 0 {
            throw .invalid(argument: "maximumNodes", value: "\(maximumNodes)", expected: "at least 0")
        }
        if let maximumSeconds, !(maximumSeconds > 0) {
            throw .invalid(argument: "maximumSeconds", value: "\(maximumSeconds)", expected: "a positive number")
        }
        guard isInteger.contains(true) else { return try solveContinuous(maximumSeconds: maximumSeconds) }
        return try solveInteger(relativeGap: relativeGap, maximumNodes: maximumNodes, maximumSeconds: maximumSeconds)
    }

    /// Clp on the program, whatever `isInteger` says.
    func solveContinuous(maximumSeconds: Double?) throws(LinearProgramError) -> LinearProgramSolution {
        let columns = ColumnForm(self)
        guard let model = Clp_newModel() else { throw .abandoned(solver: "Clp", status: -1) }
        defer { Clp_deleteModel(model) }
        Clp_setLogLevel(model, 0)
        columns.load { counts, starts, rows, values, lower, upper, costs, rowLower, rowUpper in
            Clp_loadProblem(model, counts.columns, counts.rows, starts, rows, values, lower, upper, costs, rowLower, rowUpper)
        }
        if let maximumSeconds { Clp_setMaximumSeconds(model, maximumSeconds) }
        // Clp would set a handler of its own for SIGINT and put the old one back; two solves at once then put each
        // other's back, and the process is left with Clp's.
        let options = ClpSolve_new()
        defer { ClpSolve_delete(options) }
        ClpSolve_setSpecialOption(options, clpSignalOption, 1, -1)
        Clp_initialSolveWithOptions(model, options)
        switch Clp_status(model) {
        case 0: break
        case 1, 2:
            // Presolve cannot always tell the two apart; without an objective nothing is unbounded.
            var feasibility = self
            if objective.maximumMagnitude == 0 { throw .infeasible }
            feasibility.objective = .zeros(variableCount)
            _ = try feasibility.solveContinuous(maximumSeconds: maximumSeconds)
            throw .unbounded
        case 3: throw .limitReached(limit: "the given time or Clp's limit of iterations")
        case let status: throw .abandoned(solver: "Clp", status: Int(status))
        }
        let sign = maximises ? -1.0 : 1.0
        let point = Vector(UnsafeBufferPointer(start: Clp_getColSolution(model), count: variableCount))
        let duals = sign * Vector(UnsafeBufferPointer(start: Clp_getRowPrice(model), count: constraints.count))
        let reduced = sign * Vector(UnsafeBufferPointer(start: Clp_getReducedCost(model), count: variableCount))
        let value = objective.dot(point)
        return LinearProgramSolution(
            point: point, value: value, duals: duals, reducedCosts: reduced, bestBound: value,
            iterations: Int(Clp_getIterationCount(model)), nodes: 0)
    }
}

/// A program in the form the solvers take: minimisation, columns, infinite bounds as the largest Doubles.
struct ColumnForm {
    private var starts: [Int32]
    private var rows: [Int32]
    private var values: [Double]
    private let lower: [Double]
    private let upper: [Double]
    private let costs: [Double]
    private let rowLower: [Double]
    private let rowUpper: [Double]

    init(_ program: LinearProgram) {
        var counts = [Int](repeating: 0, count: program.variableCount + 1)
        for constraint in program.constraints { for index in constraint.indices { counts[index + 1] += 1 } }
        for index in 0..<program.variableCount { counts[index + 1] += counts[index] }
        var next = counts
        var rows = [Int32](repeating: 0, count: counts[program.variableCount])
        var values = [Double](repeating: 0, count: rows.count)
        for (row, constraint) in program.constraints.enumerated() {
            for (index, coefficient) in zip(constraint.indices, constraint.coefficients) {
                if next[index] > counts[index], rows[next[index] - 1] == Int32(row) {
                    // The same variable again in the same row.
                    values[next[index] - 1] += coefficient
                } else {
                    rows[next[index]] = Int32(row)
                    values[next[index]] = coefficient
                    next[index] += 1
                }
            }
        }
        // Close the gaps that merged elements left.
        var kept: [Int32] = [0]
        var used = 0
        for index in 0..<program.variableCount {
            for place in counts[index]..<next[index] {
                (rows[used], values[used]) = (rows[place], values[place])
                used += 1
            }
            kept.append(Int32(used))
        }
        starts = kept
        self.rows = Array(rows.prefix(used))
        self.values = Array(values.prefix(used))
        func finite(_ value: Double) -> Double {
            value.isInfinite ? (value > 0 ? .greatestFiniteMagnitude : -.greatestFiniteMagnitude) : value
        }
        lower = program.variableBounds.map { finite($0.lower) }
        upper = program.variableBounds.map { finite($0.upper) }
        rowLower = program.constraints.map { finite($0.bounds.lower) }
        rowUpper = program.constraints.map { finite($0.bounds.upper) }
        costs = program.maximises ? program.objective.map { -$0 } : Array(program.objective)
    }

    func load(
        _ body: (
            (columns: Int32, rows: Int32), UnsafePointer<Int32>, UnsafePointer<Int32>, UnsafePointer<Double>,
            UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>,
            UnsafePointer<Double>
        ) -> Void
    ) {
        body(
            (Int32(costs.count), Int32(rowLower.count)), starts, rows, values, lower, upper, costs, rowLower, rowUpper)
    }
}
