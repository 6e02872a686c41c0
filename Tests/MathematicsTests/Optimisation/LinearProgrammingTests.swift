import Glibc
import Mathematics
import Testing

@Suite struct LinearProgrammingTests {
    @Test func agreesWithSciPy() throws {
        // scipy.optimize.linprog([-1, 4, 0.5], A_ub=[[-3, 1, 2], [1, 2, -1]], b_ub=[6, 4],
        //   A_eq=[[1, 1, 1]], b_eq=[3], bounds=[(None, 2.5), (-3, None), (0, 5)])
        // x, fun, ineqlin.marginals, eqlin.marginals, lower.marginals + upper.marginals
        var program = LinearProgram(minimising: [-1, 4, 0.5])
        program.constrain([-3, 1, 2], .atMost(6))
        program.constrain([1, 2, -1], .atMost(4))
        program.constrain([1, 1, 1], .equalTo(3))
        program.bound(variable: 0, .atMost(2.5))
        program.bound(variable: 1, .atLeast(-3))
        program.bound(variable: 2, .between(0, 5))
        let solution = try program.solve()
        expectClose(solution.point, [2.5, -3, 3.5], within: 1e-12)
        #expect(abs(solution.value + 12.75) < 1e-12)
        expectClose(solution.duals, [0, 0, 0.5], within: 1e-12)
        expectClose(solution.reducedCosts, [-1.5, 3.5, 0], within: 1e-12)
        #expect(program.violation(at: solution.point) < 1e-12)
        #expect(abs(program.violation(at: [2.5, -3, 5.5]) - 2) < 1e-12)
    }

    /// In a process of its own: who else changes signals here at the same time does not matter.
    @Test func concurrentSolvesLeaveTheInterruptAlone() async {
        await #expect(processExitsWith: .success) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        for _ in 0..<500 {
                            var program = LinearProgram(minimising: [-1, -1.5])
                            program.constrain([3, 5], .atMost(13.5))
                            _ = try program.solve()
                        }
                    }
                }
                try await group.waitForAll()
            }
            var action = sigaction()
            #expect(sigaction(SIGINT, nil, &action) == 0)
            #expect(unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) <= 1)
        }
    }

    @Test func dualityHoldsOnRandomPrograms() throws {
        var generator = Philox(seed: 3)
        for trial in 0..<30 {
            let (m, n) = (4 + trial % 7, 6 + trial % 5)
            let a = generator.normalMatrix(rows: m, columns: n)
            let inside = generator.uniformVector(count: n)
            let b = a * inside + generator.uniformVector(count: m)
            let c = generator.normalVector(count: n)
            var program = trial.isMultiple(of: 2) ? LinearProgram(minimising: c) : LinearProgram(maximising: c)
            program.constrain(a) { .atMost(b[$0]) }
            program.boundAllVariables(.between(0, 2))
            let solution = try program.solve()
            let sign = trial.isMultiple(of: 2) ? 1.0 : -1
            #expect(program.violation(at: solution.point) < 1e-9)
            // Strong duality: value = bᵀy + Σ (bound · reduced cost), reduced cost c − Aᵀy.
            expectClose(solution.reducedCosts, c - a.transposeMultiplied(by: solution.duals), within: 1e-9)
            let dual = b.dot(solution.duals)
                + 2 * solution.reducedCosts.reduce(0) { $0 + (sign * $1 < 0 ? $1 : 0) }
            #expect(abs(dual - solution.value) < 1e-9)
            #expect(solution.duals.allSatisfy { sign * $0 <= 1e-12 })
            #expect(solution.bestBound == solution.value && solution.nodes == 0)
        }
    }

    @Test func integerProgramsAgreeWithBruteForce() throws {
        // scipy.optimize.milp(-c, constraints=LinearConstraint(w, -inf, 11.3), integrality=ones(7), bounds=Bounds(0, 1))
        var knapsack = LinearProgram(maximising: [16, 19, 23, 28, 33, 9, 11.5])
        knapsack.constrain([2, 3, 4, 5, 6, 1.5, 2.2], .atMost(11.3))
        for index in 0..<7 { knapsack.requireBinary(variable: index) }
        let packed = try knapsack.solve()
        #expect(packed.point == [1, 1, 1, 0, 0, 0, 1] && packed.value == 69.5)
        #expect(abs(packed.bestBound - 69.5) < 1e-6)

        var generator = Philox(seed: 11)
        for _ in 0..<15 {
            let a = Matrix(rows: 3, columns: 4) { _, _ in Double(generator.integer(in: -4..<9)) }
            let b = Vector((0..<3).map { _ in Double(generator.integer(in: 8..<30)) })
            let c = Vector((0..<4).map { _ in Double(generator.integer(in: -3..<10)) })
            var program = LinearProgram(maximising: c)
            program.constrain(a) { .atMost(b[$0]) }
            program.boundAllVariables(.between(0, 5))
            for index in 0..<3 { program.requireInteger(variable: index) }
            let solution = try program.solve()
            // The last variable is continuous: given the others its best value is an end of an interval.
            var best = -Double.infinity
            for code in 0..<216 {
                let head: Vector = [Double(code % 6), Double(code / 6 % 6), Double(code / 36)]
                var (low, high) = (0.0, 5.0)
                for row in 0..<3 {
                    let left = b[row] - (0..<3).reduce(0.0) { $0 + a[row, $1] * head[$1] }
                    if a[row, 3] > 0 { high = min(high, left / a[row, 3]) }
                    if a[row, 3] < 0 { low = max(low, left / a[row, 3]) }
                    if a[row, 3] == 0, left < 0 { low = .infinity }
                }
                if low <= high {
                    best = max(best, (0..<3).reduce(c[3] * (c[3] > 0 ? high : low)) { $0 + c[$1] * head[$1] })
                }
            }
            #expect(abs(solution.value - best) < 1e-8)
            #expect((0..<3).allSatisfy { solution.point[$0] == solution.point[$0].rounded() })
            #expect(program.violation(at: solution.point) < 1e-9)
        }
    }

    @Test func limitsAndGapsAreKept() throws {
        // A market split instance, hard for branch and bound: a loose gap or few nodes must end it with a true bound.
        var generator = Philox(seed: 2)
        var program = LinearProgram(minimising: Vector((0..<40).map { $0 < 8 ? 1 : 0 }))
        for row in 0..<4 {
            var coefficients = Vector.zeros(40)
            for index in 8..<40 { coefficients[index] = Double(generator.integer(in: 0..<100)) }
            (coefficients[2 * row], coefficients[2 * row + 1]) = (1, -1)
            program.constrain(coefficients, .equalTo((coefficients.sum / 2).rounded(.down)))
        }
        for index in 8..<40 { program.requireBinary(variable: index) }
        let limited = try program.solve(maximumNodes: 50)
        #expect(limited.bestBound <= limited.value)
        #expect(program.violation(at: limited.point) < 1e-6)
        #expect(limited.nodes <= 200)
        let timed = try program.solve(maximumSeconds: 0.5)
        #expect(timed.bestBound <= timed.value)
        let loose = try program.solve(relativeGap: 1e6)
        #expect(program.violation(at: loose.point) < 1e-6)
        #expect(loose.relativeGap >= 0 && loose.bestBound <= loose.value)
        // No limit outlives its solve.
        var knapsack = LinearProgram(maximising: [16, 19, 23, 28, 33, 9, 11.5])
        knapsack.constrain([2, 3, 4, 5, 6, 1.5, 2.2], .atMost(11.3))
        for index in 0..<7 { knapsack.requireBinary(variable: index) }
        _ = try? knapsack.solve(relativeGap: 10, maximumNodes: 0, maximumSeconds: 1e-3)
        #expect(try knapsack.solve().value == 69.5)
        // Without the slack of the first eight variables no point is found at once.
        for index in 0..<8 { program.bound(variable: index, .equalTo(0)) }
        do {
            let lucky = try program.solve(maximumNodes: 1)
            #expect(program.violation(at: lucky.point) < 1e-6)
        } catch {
            #expect([.infeasible, .limitReached(limit: "the given nodes or seconds")].contains(error))
        }
        #expect(throws: LinearProgramError.invalid(argument: "maximumNodes", value: "-1", expected: "at least 0")) {
            try knapsack.solve(maximumNodes: -1)
        }
        #expect(throws: LinearProgramError.self) { try knapsack.solve(maximumSeconds: .nan) }
        #expect(throws: LinearProgramError.self) { try knapsack.solve(relativeGap: -1) }
    }

    @Test func failuresAreTyped() throws {
        var program = LinearProgram(maximising: [1, 1])
        #expect(throws: LinearProgramError.unbounded) { try program.solve() }
        program.constrain([1, -1], .atMost(3.5))
        #expect(throws: LinearProgramError.unbounded) { try program.solve() }
        program.requireInteger(variable: 0)
        #expect(throws: LinearProgramError.unbounded) { try program.solve() }
        program.constrain([1, 1], .atMost(-1))
        #expect(throws: LinearProgramError.infeasible) { try program.solve() }
        // Feasible without integers, infeasible with them.
        var fractional = LinearProgram(minimising: [1, 1])
        fractional.constrain([2, 2], .equalTo(3))
        #expect(try fractional.solve().value == 1.5)
        for index in 0..<2 { fractional.requireInteger(variable: index) }
        #expect(throws: LinearProgramError.infeasible) { try fractional.solve() }
        var wrong = LinearProgram(minimising: [1, .nan])
        #expect(throws: LinearProgramError.invalid(argument: "objective[1]", value: "nan", expected: "a finite number")) {
            try wrong.solve()
        }
        wrong.objective = [1, 1]
        wrong.constrain(indices: [0, 2], coefficients: [1, 1], .atMost(1))
        #expect(throws: LinearProgramError.invalid(argument: "constraints[0].indices", value: "2", expected: "0 ..< 2")) {
            try wrong.solve()
        }
        var empty = LinearProgram(minimising: [1])
        empty.bound(variable: 0, .between(2, 1))
        #expect(throws: LinearProgramError.self) { try empty.solve() }
    }

    @Test func sparseRowsAddUpAndEdgesWork() throws {
        var program = LinearProgram(maximising: [1, 1, 1])
        program.constrain(indices: [2, 0, 2], coefficients: [1, 1, 2], .atMost(6))
        program.constrain(indices: [1], coefficients: [1], .between(1, 4))
        program.bound(variable: 0, .equalTo(0))
        #expect(try program.solve().point == [0, 4, 2])
        #expect(try LinearProgram(minimising: []).solve().value == 0)
        #expect(try LinearProgram(minimising: [1, 2]).solve().point == [0, 0])
    }
}
