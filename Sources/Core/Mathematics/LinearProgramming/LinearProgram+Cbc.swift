internal import CCoinOR
import Synchronization

/// Cbc's command interpreter, through which its C interface solves, keeps its state in static variables.
private let oneCbcAtATime = Mutex(())

extension LinearProgram {
    func solveInteger(
        relativeGap: Double, maximumNodes: Int?, maximumSeconds: Double?
    ) throws(LinearProgramError) -> LinearProgramSolution {
        if !(relativeGap >= 0) {
            throw .invalid(argument: "relativeGap", value: "\(relativeGap)", expected: "a number of at least 0")
        }
        let found = oneCbcAtATime.withLock { _ in
            runCbc(relativeGap: relativeGap, maximumNodes: maximumNodes, maximumSeconds: maximumSeconds)
        }
        let (point, bound, nodes, iterations) = try found.get()
        // The integers come back within 1e-6 of integers. With them fixed exactly, what is left is linear: its
        // solution is exact in the integers and has duals.
        var fixed = self
        for index in 0..<variableCount where isInteger[index] {
            fixed.bound(variable: index, .equalTo(point[index].rounded()))
        }
        let polished: LinearProgramSolution
        do {
            polished = try fixed.solveContinuous(maximumSeconds: nil)
        } catch {
            throw .abandoned(solver: "Cbc (its integers, once rounded, leave no feasible point)", status: -1)
        }
        return LinearProgramSolution(
            point: polished.point, value: polished.value, duals: polished.duals, reducedCosts: polished.reducedCosts,
            bestBound: bound, iterations: iterations, nodes: nodes)
    }

    private typealias Found = (point: Vector, bound: Double, nodes: Int, iterations: Int)

    private func runCbc(
        relativeGap: Double, maximumNodes: Int?, maximumSeconds: Double?
    ) -> Result<Found, LinearProgramError> {
        let columns = ColumnForm(self)
        guard let model = Cbc_newModel() else { return .failure(.abandoned(solver: "Cbc", status: -1)) }
        defer { Cbc_deleteModel(model) }
        Cbc_setLogLevel(model, 0)
        Cbc_setParameter(model, "log", "0")
        Cbc_setParameter(model, "slog", "0")
        Cbc_setParameter(model, "ratio", "\(relativeGap)")
        if let maximumNodes { Cbc_setParameter(model, "maxN", "\(maximumNodes)") }
        if let maximumSeconds { Cbc_setParameter(model, "sec", "\(maximumSeconds)") }
        columns.load { counts, starts, rows, values, lower, upper, costs, rowLower, rowUpper in
            Cbc_loadProblem(model, counts.columns, counts.rows, starts, rows, values, lower, upper, costs, rowLower, rowUpper)
        }
        for index in 0..<variableCount where isInteger[index] { Cbc_setInteger(model, Int32(index)) }
        Cbc_solve(model)
        if Cbc_isProvenInfeasible(model) != 0 || Cbc_isContinuousUnbounded(model) != 0 {
            // Cbc names its relaxation's trouble; feasibility alone tells the two apart.
            var feasibility = self
            if objective.maximumMagnitude == 0 { return .failure(.infeasible) }
            feasibility.objective = .zeros(variableCount)
            switch feasibility.runCbc(relativeGap: 0, maximumNodes: maximumNodes, maximumSeconds: maximumSeconds) {
            case .success: return .failure(.unbounded)
            case .failure(let error): return .failure(error)
            }
        }
        guard let best = Cbc_bestSolution(model) else {
            let limited =
                Cbc_isNodeLimitReached(model) != 0 || Cbc_isSecondsLimitReached(model) != 0
                || Cbc_status(model) == 1
            return .failure(
                limited
                    ? .limitReached(limit: "the given nodes or seconds")
                    : .abandoned(solver: "Cbc", status: Int(Cbc_status(model))))
        }
        let point = Vector(UnsafeBufferPointer(start: best, count: variableCount))
        let bound = Cbc_getBestPossibleObjValue(model) * (maximises ? -1 : 1)
        return .success((point, bound, Int(Cbc_getNodeCount(model)), Int(Cbc_getIterationCount(model))))
    }
}
