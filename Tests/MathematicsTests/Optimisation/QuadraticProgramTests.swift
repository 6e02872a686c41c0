import Foundation
import Mathematics
import Testing

@Suite struct QuadraticProgramTests {
    /// Checks feasibility, stationarity, signs and complementarity.
    private func expectOptimal(
        _ program: QuadraticProgram, _ solution: QuadraticProgramSolution, within tolerance: Double = 1e-8,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let x = solution.point
        var stationarity = program.hessian * x + program.linear - solution.lowerMultipliers + solution.upperMultipliers
        var worst = 0.0
        if let (a, b) = program.equalities {
            stationarity += a.transposeMultiplied(by: solution.equalityMultipliers)
            worst = max(worst, (a * x - b).maximumMagnitude)
        }
        if let (g, h) = program.inequalities {
            stationarity += g.transposeMultiplied(by: solution.inequalityMultipliers)
            for (slack, z) in zip(h - g * x, solution.inequalityMultipliers) { worst = max(worst, -slack, -z, min(slack, z)) }
        }
        for index in x.indices {
            let below = x[index] - (program.lower?[index] ?? -.infinity)
            let above = (program.upper?[index] ?? .infinity) - x[index]
            worst = max(worst, -below, min(below, solution.lowerMultipliers[index]), -solution.lowerMultipliers[index])
            worst = max(worst, -above, min(above, solution.upperMultipliers[index]), -solution.upperMultipliers[index])
        }
        worst = max(worst, stationarity.maximumMagnitude)
        #expect(worst < tolerance, "\(worst)", sourceLocation: sourceLocation)
    }

    @Test func nocedalAndWrightsExampleHasItsSolution() throws {
        // Example 16.4: min (x₁ − 1)² + (x₂ − 2.5)², solution (1.4, 1.7).
        var program = QuadraticProgram(hessian: [[2, 0], [0, 2]], linear: [-2, -5])
        program.inequalities = ([[-1, 2], [1, 2], [1, -2]], [2, 6, 2])
        program.lower = .zeros(2)
        let solution = try program.solve()
        expectClose(solution.point, [1.4, 1.7], within: 1e-14)
        expectClose(solution.inequalityMultipliers, [0.8, 0, 0], within: 1e-13)
        expectClose(solution.lowerMultipliers, [0, 0], within: 1e-13)
        #expect(abs(solution.value - (0.8 - 7.25)) < 1e-13)
    }

    @Test func equalityConstrainedProgramsAreLinearSystems() throws {
        var generator = Philox(seed: 21)
        let p = generator.normalMatrix(rows: 6, columns: 6).rowGram
        let (q, a, b) = (
            generator.normalVector(count: 6), generator.normalMatrix(rows: 2, columns: 6), generator.normalVector(count: 2)
        )
        var program = QuadraticProgram(hessian: p, linear: q)
        expectClose(try program.solve().point, try -LUDecomposition(p).solve(q), within: 1e-9)
        program.equalities = (a, b)
        let solution = try program.solve()
        let system = p.appendingColumns(of: a.transposed).appendingRows(of: a.appendingColumns(of: .zeros(2, 2)))
        let exact = try LUDecomposition(system).solve(Vector(Array(-q) + Array(b)))
        expectClose(solution.point, Vector(exact[..<6]), within: 1e-10)
        expectClose(solution.equalityMultipliers, Vector(exact[6...]), within: 1e-9)
    }

    @Test func randomProgramsMeetTheirConditions() throws {
        var generator = Philox(seed: 22)
        for trial in 0..<60 {
            let n = 2 + trial % 11
            let rank = trial.isMultiple(of: 3) ? max(1, n / 2) : n
            let hessian = generator.normalMatrix(rows: rank, columns: n).columnGram
            var program = QuadraticProgram(hessian: hessian, linear: generator.normalVector(count: n, standardDeviation: 3))
            let inside = generator.uniformVector(count: n, in: -0.9..<0.9)
            if trial % 4 < 3 { program.lower = Vector((0..<n).map { _ in generator.bernoulli(0.8) ? -1 : -20 }) }
            program.upper = Vector((0..<n).map { trial % 4 < 3 && $0.isMultiple(of: 5) ? .infinity : 1 })
            if trial % 4 == 3 { program.lower = Vector(repeating: -1, count: n) }
            if trial.isMultiple(of: 2), n > 3 {
                let a = generator.normalMatrix(rows: n / 3, columns: n)
                program.equalities = (a, a * inside)
            }
            if rank < n || trial % 5 < 3 {
                let g = generator.normalMatrix(rows: 2 * n, columns: n)
                program.inequalities = (g, (g * inside).map { $0 + generator.uniform() })
            }
            if rank < n { program.upper = .ones(n) }
            expectOptimal(program, try program.solve())
        }
    }

    @Test func boundsReproduceSciPysLeastSquares() throws {
        // A = [[cos(i j + 1) for j in range(5)] for i in range(8)], b = [sin(3 i) + 0.2 for i in range(8)]
        let a = Matrix(rows: 8, columns: 5) { cos(Double($0 * $1 + 1)) }
        let b = Vector((0..<8).map { sin(3 * Double($0)) + 0.2 })
        var program = QuadraticProgram(hessian: a.columnGram, linear: -a.transposeMultiplied(by: b))
        program.lower = .zeros(5)
        // scipy.optimize.nnls(A, b)
        expectClose(try program.solve().point, [0.47964035284205414, 0, 0, 0, 0], within: 1e-12)
        program.lower = Vector(repeating: -0.2, count: 5)
        program.upper = Vector(repeating: 0.3, count: 5)
        // scipy.optimize.lsq_linear(A, b, bounds=([-.2] * 5, [.3] * 5), method="bvls", tol=1e-15).x
        expectClose(
            try program.solve().point,
            [0.3, 0.0026560195982446642, -0.017244997884850594, -0.2, -0.18603539453718526], within: 1e-12)
    }

    @Test func linearProgramsAndRedundancyAreSolved() throws {
        var generator = Philox(seed: 23)
        for _ in 0..<10 {
            let g = generator.normalMatrix(rows: 8, columns: 5)
            let h = g * generator.uniformVector(count: 5) + generator.uniformVector(count: 8)
            let c = generator.normalVector(count: 5)
            var program = QuadraticProgram(hessian: .zeros(5, 5), linear: c)
            // Every row twice.
            program.inequalities = (g.appendingRows(of: g), Vector(Array(h) + Array(h)))
            program.lower = .zeros(5)
            program.upper = .ones(5)
            var linear = LinearProgram(minimising: c)
            linear.constrain(g) { .atMost(h[$0]) }
            linear.boundAllVariables(.between(0, 1))
            let solution = try program.solve()
            let reference = try linear.solve()
            #expect(abs(solution.value - reference.value) < 1e-9)
            expectOptimal(program, solution)
        }
        // The same equality twice.
        var program = QuadraticProgram(hessian: .identity(2), linear: [0, 0])
        program.equalities = ([[1, 1], [1, 1]], [1, 1])
        expectClose(try program.solve().point, [0.5, 0.5], within: 1e-10)
        // Fixed variables, and rows that bind nothing.
        program.lower = [0.8, -.infinity]
        program.upper = [0.8, .infinity]
        program.inequalities = ([[1, 0]], [.infinity])
        expectClose(try program.solve().point, [0.8, 0.2], within: 1e-10)
    }

    @Test func unitsDoNotMatter() throws {
        // x → x/s, objective → t · objective.
        for s in [1e-9, 1, 1e9] {
            for t in [1e-12, 1, 1e12] {
                var program = QuadraticProgram(
                    hessian: t * s * s * ([[2, 0], [0, 2]] as Matrix), linear: t * s * ([-2, -5] as Vector))
                program.inequalities = ([[-s, 2 * s], [s, 2 * s], [s, -2 * s]], [2, 6, 2])
                program.lower = .zeros(2)
                let solution = try program.solve()
                expectClose(s * solution.point, [1.4, 1.7], within: 1e-9)
                expectClose(solution.inequalityMultipliers / t, [0.8, 0, 0], within: 1e-8)
            }
        }
        // Units that differ between variables.
        let d: Vector = [1e-6, 1, 1e5]
        let h: Matrix = [[2, 1, 0], [1, 3, 1], [0, 1, 4]]
        var plain = QuadraticProgram(hessian: h, linear: [-1, 2, -3])
        (plain.lower, plain.upper) = (.zeros(3), .ones(3))
        var scaled = QuadraticProgram(
            hessian: h.scalingRows(by: d).scalingColumns(by: d), linear: d .* [-1, 2, -3])
        (scaled.lower, scaled.upper) = (.zeros(3), Vector.ones(3) ./ d)
        expectClose(try d .* scaled.solve().point, try plain.solve().point, within: 1e-9)
    }

    @Test func tinyActiveBoundsAreExact() throws {
        var program = QuadraticProgram(hessian: .identity(3), linear: [-1, -0.2, 5])
        program.lower = .zeros(3)
        program.upper = [0.7, 1, 1]
        let solution = try program.solve()
        #expect(solution.point[0] == 0.7 && solution.point[2] == 0)
        #expect(abs(solution.point[1] - 0.2) < 1e-15)
        expectClose(solution.upperMultipliers, [0.3, 0, 0], within: 1e-13)
        expectClose(solution.lowerMultipliers, [0, 0, 5], within: 1e-13)
        #expect(try QuadraticProgram(hessian: .zeros(0, 0), linear: []).solve().value == 0)
        #expect(try QuadraticProgram(hessian: .zeros(2, 2), linear: [0, 0]).solve().value == 0)
    }

    @Test func failuresAreTyped() throws {
        var program = QuadraticProgram(hessian: [[1, 0], [0, 0]], linear: [0, -1])
        #expect(throws: OptimisationError.unbounded) { try program.solve() }
        program.inequalities = ([[1, 0], [-1, 0]], [-1, -1])
        program.upper = [10, 10]
        #expect(throws: OptimisationError.infeasible) { try program.solve() }
        program.inequalities = nil
        #expect(abs(try program.solve().value + 10) < 1e-9)
        program.equalities = ([[1, 1], [1, 1]], [1, 2])
        #expect(throws: OptimisationError.infeasible) { try program.solve() }
        program.equalities = ([[1, 1]], [1, 2])
        #expect(throws: OptimisationError.self) { try program.solve() }
        program.equalities = nil
        program.lower = [0, 11]
        #expect(throws: OptimisationError.invalid(argument: "lower[1]", value: "11.0", expected: "at most upper[1] = 10.0")) {
            try program.solve()
        }
        program.lower = [0]
        #expect(throws: OptimisationError.lengthMismatch(argument: "lower", count: 1, expected: 2)) { try program.solve() }
        #expect(throws: OptimisationError.self) { try QuadraticProgram(hessian: [[1, 0], [0, -1]], linear: [0, 0]).solve() }
        #expect(throws: OptimisationError.self) { try QuadraticProgram(hessian: [[1, 2], [0, 1]], linear: [0, 0]).solve() }
        #expect(throws: OptimisationError.notFinite(what: "linear[1]", value: .nan)) {
            try QuadraticProgram(hessian: .identity(2), linear: [0, .nan]).solve()
        }
    }
}
