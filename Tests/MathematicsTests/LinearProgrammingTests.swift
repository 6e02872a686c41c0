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
        print(solution)
    }
    @Test func milp() throws {
        var program = LinearProgram(maximising: [5, 4, 3])
        program.constrain([2, 3, 1], .atMost(5))
        program.constrain([4, 1, 2], .atMost(11))
        program.constrain([3, 4, 2], .atMost(8))
        for i in 0..<3 { program.requireInteger(variable: i) }
        let s = try program.solve()
        print(s)
        program.boundAllVariables(.between(0.2,0.8))
        #expect(throws: LinearProgramError.infeasible) { try program.solve() }
        var u = LinearProgram(maximising: [1,1]); u.requireInteger(variable: 0); u.constrain([1,-1], .atMost(3.5))
        #expect(throws: LinearProgramError.unbounded) { try u.solve() }
    }
}
