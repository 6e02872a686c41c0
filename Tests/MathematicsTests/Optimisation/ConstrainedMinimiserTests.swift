import Foundation
import Mathematics
import Testing

@Suite struct ConstrainedMinimiserTests {
    @Test func boxConstrainedRosenbrockIsSciPys() throws {
        // scipy.optimize.minimize(rosen, x0, jac=rosen_der, method="L-BFGS-B", bounds=..., ftol=1e-16, gtol=1e-12).fun
        let (lower, upper): (Vector, Vector) = ([-1, 0.1, -2, -1, 0, -1], [0.8, 2, 0.3, 1, 0.5, 1])
        let start: Vector = [0.5, 0.2, -0.3, 0.9, 0.1, 0.4]
        let result = try BoxConstrainedLBFGS(gradientTolerance: 1e-9).minimise(
            from: start, lower: lower, upper: upper, rosenbrock)
        #expect(abs(result.value - 2.5489070199700947) < 1e-12, "\(result)")
        #expect(result.point[2] == 0.3)
        expectClose(
            result.point, [0.744661886, 0.552806868, 0.3, 0.100969315, 0.01999485, 0.000399794], within: 1e-6)
        #expect(result.gradientNorm <= 1e-9 || result.reason == .precisionLimit)
    }

    @Test func boxConstrainedQuadraticsAgreeWithTheInteriorPointMethod() throws {
        var generator = Philox(seed: 41)
        for trial in 0..<12 {
            let n = 3 + 4 * trial
            let h = generator.normalMatrix(rows: n, columns: n).rowGram + 0.01 * Matrix.identity(n)
            var program = QuadraticProgram(hessian: h, linear: generator.normalVector(count: n, standardDeviation: 5))
            program.lower = Vector((0..<n).map { $0.isMultiple(of: 4) ? -.infinity : -0.5 })
            program.upper = Vector((0..<n).map { $0.isMultiple(of: 3) ? .infinity : 0.5 })
            let exact = try program.solve()
            let result = try BoxConstrainedLBFGS().minimise(
                from: .zeros(n), lower: try #require(program.lower), upper: try #require(program.upper)
            ) { x in (x.dot(h * x) / 2 + program.linear.dot(x), h * x + program.linear) }
            #expect(abs(result.value - exact.value) < 1e-9 * abs(exact.value), "\(n) \(result.reason)")
            expectClose(result.point, exact.point, within: 1e-5)
        }
        // No bounds at all.
        let free = try BoxConstrainedLBFGS().minimise(
            from: [-1.2, 1], lower: [-.infinity, -.infinity], upper: [.infinity, .infinity], rosenbrock)
        expectClose(free.point, [1, 1], within: 1e-7)
        // Fixed variables and a start outside.
        let fixed = try BoxConstrainedLBFGS().minimise(from: [9, 9], lower: [0.5, -2], upper: [0.5, 2], rosenbrock)
        expectClose(fixed.point, [0.5, 0.25], within: 1e-9)
        #expect(throws: OptimisationError.lengthMismatch(argument: "start", count: 1, expected: 2)) {
            try BoxConstrainedLBFGS().minimise(from: [0], lower: [0, 0], upper: [1, 1], rosenbrock)
        }
    }

    /// ½‖Cx − d‖² over the simplex, and its minimiser by the interior point method.
    private func simplexProblem(
        _ seed: UInt64, _ n: Int
    ) throws -> (function: (Vector) -> (value: Double, gradient: Vector), exact: QuadraticProgramSolution, constant: Double) {
        var generator = Philox(seed: seed)
        let c = generator.normalMatrix(rows: 2 * n, columns: n)
        let d = generator.normalVector(count: 2 * n)
        var program = QuadraticProgram(hessian: c.columnGram, linear: -c.transposeMultiplied(by: d))
        program.equalities = (Matrix.zeros(1, n) + Matrix(repeating: 1, rows: 1, columns: n), [1])
        program.lower = .zeros(n)
        return ({ x in
            let r = c * x - d
            return (r.squaredNorm / 2, c.transposeMultiplied(by: r))
        }, try program.solve(), d.squaredNorm / 2)
    }

    @Test func mirrorDescentSolvesOverSimplices() throws {
        let (function, exact, constant) = try simplexProblem(42, 12)
        let start = Vector(repeating: 1.0 / 12, count: 12)
        let result = try MirrorDescent(gapTolerance: 1e-7).minimise(from: start, function)
        #expect(result.converged)
        // The gap is a certificate.
        #expect(result.value - (exact.value + constant) <= result.gradientNorm + 1e-12)
        #expect(result.value - (exact.value + constant) >= -1e-12)
        expectClose(result.point, exact.point, within: 1e-3)
        // One constant step has the closed form x exp(−tg)/Σ.
        let once = try MirrorDescent(step: .constant(0.01), maximumIterations: 1).minimise(from: start, function)
        let raw = start .* function(start).gradient.map { exp(-0.01 * $0) }
        expectClose(once.point, raw / raw.sum, within: 1e-15)
        // A product of simplices: each block keeps its sum; linear objectives end at the least element.
        let costs: Vector = [3, 1, 2, 5, 4, 9]
        let blocks = try MirrorDescent().minimise(from: [1, 1, 1, 0.5, 0.5, 1], blockSize: 3) { ($0.dot(costs), costs) }
        expectClose(blocks.point, [0, 3, 0, 0, 2, 0], within: 1e-7)
        // Kinks: max of linear functions, the value of a matrix game. Rock, paper, scissors is fair.
        let game: Matrix = [[0, 1, -1], [-1, 0, 1], [1, -1, 0]]
        let fair = try MirrorDescent(step: .inverseSquareRoot(0.5), maximumIterations: 20_000)
            .minimise(from: [0.7, 0.2, 0.1]) { x in
                let payoffs = game.transposeMultiplied(by: x)
                let worst = payoffs.indices.max { payoffs[$0] < payoffs[$1] } ?? 0
                return (payoffs[worst], game.column(worst))
            }
        #expect(abs(fair.value) < 0.01)
        #expect(throws: OptimisationError.invalid(argument: "start[1]", value: "0.0", expected: "a positive finite number")) {
            try MirrorDescent().minimise(from: [1, 0], function)
        }
        #expect(throws: OptimisationError.invalid(argument: "blockSize", value: "2", expected: "a divisor of 3")) {
            try MirrorDescent().minimise(from: [1, 1, 1], blockSize: 2, function)
        }
    }

    @Test func frankWolfeSolvesOverPolytopes() throws {
        let (function, exact, constant) = try simplexProblem(43, 12)
        let least = exact.value + constant
        let start = Vector(count: 12) { $0 == 0 ? 1 : 0 }
        var gaps: [Double] = []
        let plain = try FrankWolfe(gapTolerance: 1e-3).minimise(
            from: start, vertex: { FrankWolfe.simplexVertex($0) }, function)
        let openLoop = try FrankWolfe(step: .openLoop, gapTolerance: 1e-2).minimise(
            from: start, vertex: { FrankWolfe.simplexVertex($0) },
            trace: { gaps.append($0.gradientNorm - ($0.value - least)) }, function)
        let away = try FrankWolfe(takesAwaySteps: true, gapTolerance: 1e-9).minimise(
            from: start, vertex: { FrankWolfe.simplexVertex($0) }, function)
        for result in [plain, openLoop, away] {
            #expect(result.converged)
            #expect(result.value - least <= result.gradientNorm + 1e-12 && result.value >= least - 1e-10)
            #expect(abs(result.point.sum - 1) < 1e-9 && result.point.allSatisfy { $0 >= -1e-12 })
        }
        #expect(gaps.allSatisfy { $0 >= -1e-9 })
        #expect(away.iterations < 2000)
        expectClose(away.point, exact.point, within: 1e-4)
        // Nearest point of the ℓ1 ball: the projection.
        let target: Vector = [2, -1, 0.3, 0]
        let projected = try FrankWolfe(takesAwaySteps: true, gapTolerance: 1e-12).minimise(
            from: [1, 0, 0, 0], vertex: { FrankWolfe.l1BallVertex($0) }
        ) { (($0 - target).squaredNorm / 2, $0 - target) }
        expectClose(projected.point, try ConvexSet.l1Ball().project(target), within: 1e-5)
        #expect(FrankWolfe.boxVertex([1, -1], lower: [0, 0], upper: [2, 3]) == [0, 3])
        #expect(throws: OptimisationError.self) {
            try FrankWolfe(step: .openLoop, takesAwaySteps: true).minimise(from: [1], vertex: { $0 }, { ($0[0], [1]) })
        }
        #expect(throws: OptimisationError.lengthMismatch(argument: "vertex", count: 2, expected: 1)) {
            try FrankWolfe().minimise(from: [1], vertex: { _ in [1, 2] }) { ($0[0], [1]) }
        }
    }

    @Test func alternatingDirectionsSolveLassoBasisPursuitAndCompletion() throws {
        var generator = Philox(seed: 44)
        let a = generator.normalMatrix(rows: 20, columns: 40)
        let b = generator.normalVector(count: 20)
        let lasso = try AlternatingDirections().minimise(from: .zeros(40), .leastSquares(a, b), plus: .l1(weight: 2))
        let coordinate = try ElasticNet(fitsIntercept: false, tolerance: 1e-13).fit(a, b, penalty: 2.0 / 20)
        expectClose(lasso.second, coordinate.coefficients, within: 1e-6)
        expectClose(lasso.multipliers, a.transposeMultiplied(by: b - a * lasso.first), within: 1e-5)
        // Basis pursuit, min ‖x‖₁ subject to Ax = b, is a linear program in x = u − v.
        let pursuit = try AlternatingDirections().minimise(
            from: .zeros(40), .indicator(of: .affine(a, b)), plus: .l1(weight: 1))
        var program = LinearProgram(minimising: .ones(80))
        program.constrain(a.appendingColumns(of: -1 * a)) { .equalTo(b[$0]) }
        let least = try program.solve().value
        #expect(abs(pursuit.second.absoluteSum - least) < 1e-6)
        expectClose(a * pursuit.first, b, within: 1e-9)
        // The nearest correlation matrix: Dykstra's algorithm agrees with alternating directions.
        let m: Matrix = [[1, 0.9, -0.6], [0.9, 1, 0.7], [-0.6, 0.7, 1]]
        let diagonal = try ConvexSet.affine(Matrix(rows: 3, columns: 9) { $1 == 4 * $0 ? 1 : 0 }, .ones(3))
        let cone = try ConvexSet.positiveSemidefinite(order: 3)
        let nearest = try ConvexSet.project(m.flattened, ontoIntersectionOf: [cone, diagonal], tolerance: 1e-11)
        let split = try AlternatingDirections().minimise(
            from: m.flattened,
            ProximalOperator(
                value: { ($0 - m.flattened).squaredNorm / 2 + (cone.distance(from: $0) < 1e-9 ? 0 : .infinity) },
                apply: { cone.project((1 / (1 + $1)) * ($0 + $1 * m.flattened)) }),
            plus: .indicator(of: diagonal))
        expectClose(split.second, nearest, within: 1e-6)
        #expect(try Matrix(rows: 3, columns: 3, nearest).symmetricEigenvalues()[0] > -1e-9)
        #expect(throws: OptimisationError.self) {
            try AlternatingDirections(relaxation: 2).minimise(from: [0], .zero, plus: .zero)
        }
        let limited = try AlternatingDirections(maximumIterations: 2).minimise(from: .zeros(40), .leastSquares(a, b), plus: .l1(weight: 2))
        #expect(limited.reason == .iterationLimit)
    }

    @Test func nonlinearProgramsMeetPublishedOptima() throws {
        // Hock and Schittkowski's problem 71; scipy.optimize.minimize(method="SLSQP"): 17.014017289.
        let solution = try AugmentedLagrangian().minimise(
            from: [1, 5, 5, 1], lower: .ones(4), upper: Vector(repeating: 5, count: 4),
            equalities: { x in ([x.squaredNorm - 40], Matrix(rows: 1, columns: 4, 2 * x)) },
            inequalities: { x in
                let product = x[0] * x[1] * x[2] * x[3]
                return ([25 - product], Matrix(rows: 1, columns: 4, x.map { -product / $0 }))
            }
        ) { x in
            let sum = x[0] + x[1] + x[2]
            return (x[0] * x[3] * sum + x[2], [x[3] * (sum + x[0]), x[0] * x[3], x[0] * x[3] + 1, x[0] * sum])
        }
        #expect(abs(solution.value - 17.0140172892) < 1e-6)
        expectClose(solution.point, [1, 4.742999, 3.821150, 1.379408], within: 1e-5)
        #expect(solution.violation <= 1e-8)
        // The multipliers that Hock and Schittkowski's problem has: 0.5522937 and −0.1614686 in the signs used here.
        expectClose(solution.inequalityMultipliers, [0.5522937], within: 1e-5)
        expectClose(solution.equalityMultipliers, [0.1614686], within: 1e-5)
        // The largest x + y on the unit circle: √2, multiplier 1/√2.
        let circle = try AugmentedLagrangian().minimise(
            from: [1, 0.2], equalities: { ([$0.squaredNorm - 1], Matrix(rows: 1, columns: 2, 2 * $0)) }
        ) { (-$0.sum, [-1, -1]) }
        #expect(abs(circle.value + 2.0.squareRoot()) < 1e-7)
        #expect(abs(circle.equalityMultipliers[0] - 0.5.squareRoot()) < 1e-6)
        // An inequality that does not bind has no multiplier.
        let slack = try AugmentedLagrangian().minimise(
            from: [3], inequalities: { ([$0[0] - 10], [[1]]) }) { ($0[0] * $0[0], [2 * $0[0]]) }
        #expect(abs(slack.point[0]) < 1e-6 && slack.inequalityMultipliers == [0])
        #expect(throws: OptimisationError.self) {
            try AugmentedLagrangian(maximumIterations: 20).minimise(
                from: [3], equalities: { ([$0[0], $0[0] - 1], [[1], [1]]) }) { ($0[0] * $0[0], [2 * $0[0]]) }
        }
        #expect(throws: OptimisationError.objective(Mishap())) {
            try AugmentedLagrangian().minimise(from: [3], equalities: { _ in throw Mishap() }) { ($0[0], [1]) }
        }
        #expect(throws: OptimisationError.self) {
            try AugmentedLagrangian().minimise(from: [3], equalities: { ([$0[0]], [[1, 2]]) }) { ($0[0], [1]) }
        }
    }
}
