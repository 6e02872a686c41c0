import Foundation
import Mathematics
import Testing

@Suite struct ProximalTests {
    @Test func scalarMapsMinimiseByBruteForce() {
        var generator = Philox(seed: 12)
        for _ in 0..<40 {
            let u = generator.normal(standardDeviation: 2)
            let (weight, step) = (generator.uniform(in: 0.05..<1.5), generator.uniform(in: 0.1..<0.9))
            let cases: [(ProximalOperator, Bool)] = [
                (.l1(weight: weight), true), (.elasticNet(l1: weight, l2: 0.7), true), (.squaredL2(weight: weight), true),
                (.l2(weight: weight), true), (.maximumMagnitude(weight: weight), true), (.l0(weight: weight), false),
                (.half(weight: weight), false), (.continuousExactL0(weight: weight, columnNorm: 1.05), false),
            ]
            for (penalty, isConvex) in cases {
                func objective(_ x: Double) -> Double { step * penalty.value(at: [x]) + (x - u) * (x - u) / 2 }
                let found = penalty.apply([u], step: step)[0]
                var (best, least) = (0.0, objective(0))
                for k in -6000...6000 where objective(Double(k) * 1e-3) < least { (best, least) = (Double(k) * 1e-3, objective(Double(k) * 1e-3)) }
                #expect(objective(found) <= least + 1e-12)
                if isConvex { #expect(abs(found - best) < 1.1e-3) }
            }
        }
    }

    @Test func vectorMapsMeetTheirOptimality() throws {
        var generator = Philox(seed: 13)
        let (a, b) = (generator.normalMatrix(rows: 5, columns: 7), generator.normalVector(count: 5))
        let groups = [[0, 3, 5], [1], [2, 4]]
        let penalties: [ProximalOperator] = [
            .l1(weights: [0, 0.5, 1, 2, 0.1, 0.3, 0.4]), .l2(weight: 0.9), .groupL2(weight: 0.6, groups: groups),
            .maximumMagnitude(weight: 0.8), .indicator(of: try .simplex()), try .leastSquares(a, b, weight: 1.3), .zero,
        ]
        for penalty in penalties {
            for step in [0.2, 1, 5] {
                let x = generator.normalVector(count: 7, standardDeviation: 2)
                let p = penalty.apply(x, step: step)
                let least = step * penalty.value(at: p) + (p - x).squaredNorm / 2
                // The proximal objective is strongly convex: F(z) ≥ F(p) + ½‖z − p‖² for every z.
                for scale in [1e-3, 0.1, 2] {
                    for _ in 0..<20 {
                        let z = p + generator.normalVector(count: 7, standardDeviation: scale)
                        let value = step * penalty.value(at: z) + (z - x).squaredNorm / 2
                        #expect(value >= least + (z - p).squaredNorm / 2 * (1 - 1e-9) - 1e-10)
                    }
                }
            }
        }
        // Groups by hand: √3 · 0.6 off the norm of (3, 0, 4), the free element unchanged.
        let shrunk = ProximalOperator.groupL2(weight: 0.6, groups: groups).apply([3, 0.1, 0, 0, 0, 4, 9], step: 1)
        let factor = 1 - 0.6 * 3.0.squareRoot() / 5
        expectClose(shrunk, [3 * factor, 0, 0, 0, 0, 4 * factor, 9], within: 1e-15)
    }

    @Test func thresholdsAtTheirEdges() {
        #expect(softThreshold(3, 1) == 2 && softThreshold(-3, 1) == -2 && softThreshold(1, 1) == 0)
        #expect(softThreshold(.infinity, 1) == .infinity && softThreshold(.nan, 1).isNaN)
        #expect(hardThreshold(2.1, 2) == 2.1 && hardThreshold(1.9, 2) == 0 && hardThreshold(.nan, 1).isNaN)
        // At |u| = (3/2) t^⅔ the half threshold jumps from 0 to t^⅔.
        let edge = 1.5 * pow(0.7, 2.0 / 3)
        #expect(halfThreshold(edge * (1 - 1e-12), 0.7) == 0)
        #expect(abs(halfThreshold(edge * (1 + 1e-12), 0.7) - pow(0.7, 2.0 / 3)) < 1e-6)
        #expect(halfThreshold(-2, 0) == -2 && halfThreshold(.nan, 1).isNaN)
        #expect(abs(halfThreshold(1e8, 1) - 1e8) < 1e-3)
        #expect(continuousExactL0Threshold(0.5, weight: 1, step: 2, columnNorm: 1) == 0)
        #expect(continuousExactL0Threshold(-9, weight: 1, step: 0.5, columnNorm: 1) == -9)
    }

    @Test func proximalGradientSolvesTheLassoAsItsConditionsSay() throws {
        var generator = Philox(seed: 14)
        let a = generator.normalMatrix(rows: 30, columns: 60)
        let b = generator.normalVector(count: 30)
        let weight = 4.0
        func squares(_ x: Vector) -> (value: Double, gradient: Vector) {
            let r = a * x - b
            return (r.squaredNorm / 2, a.transposeMultiplied(by: r))
        }
        var values: [Double] = []
        let fast = try ProximalGradient().minimise(from: .zeros(60), penalty: .l1(weight: weight), squares)
        let slow = try ProximalGradient(isAccelerated: false).minimise(
            from: .zeros(60), penalty: .l1(weight: weight), trace: { values.append($0.value) }, squares)
        let step = try 1 / SingularValueDecomposition(a).singularValues[0]
        let constant = try ProximalGradient(step: .constant(step * step)).minimise(
            from: .zeros(60), penalty: .l1(weight: weight), squares)
        for result in [fast, slow, constant] {
            #expect(result.converged)
            let correlations = a.transposeMultiplied(by: b - a * result.point)
            for (x, c) in zip(result.point, correlations) {
                #expect(x == 0 ? abs(c) <= weight + 1e-6 : abs(c - (x > 0 ? weight : -weight)) < 1e-6)
            }
        }
        expectClose(fast.point, slow.point, within: 1e-7)
        expectClose(fast.point, constant.point, within: 1e-7)
        #expect(fast.iterations < slow.iterations)
        // ISTA descends monotonically.
        #expect(zip(values, values.dropFirst()).allSatisfy { $1 <= $0 + 1e-12 * $0 })
        // ½‖Ax − b‖² + λ‖x‖₁ is n times the lasso of weight λ/n.
        let coordinate = try ElasticNet(fitsIntercept: false, tolerance: 1e-13).fit(a, b, penalty: weight / 30)
        expectClose(fast.point, coordinate.coefficients, within: 1e-6)
    }

    @Test func projectedGradientSolvesOverASimplex() throws {
        // Nearest point of the simplex in a metric: a quadratic program.
        var generator = Philox(seed: 15)
        let h = generator.normalMatrix(rows: 8, columns: 8).rowGram + 0.1 * Matrix.identity(8)
        let q = generator.normalVector(count: 8)
        let result = try ProximalGradient(gradientTolerance: 1e-10).minimise(from: .zeros(8), over: .simplex()) { x in
            (x.dot(h * x) / 2 + q.dot(x), h * x + q)
        }
        var program = QuadraticProgram(hessian: h, linear: q)
        program.equalities = ([Array(repeating: 1, count: 8)], [1])
        program.lower = .zeros(8)
        let exact = try program.solve()
        expectClose(result.point, exact.point, within: 1e-8)
        #expect(abs(result.value - exact.value) < 1e-12)
        #expect(throws: OptimisationError.objective(Mishap())) {
            try ProximalGradient().minimise(from: [0], penalty: .zero) { _ in throw Mishap() }
        }
        #expect(throws: OptimisationError.invalid(argument: "step", value: "0.0", expected: "a positive finite number")) {
            try ProximalGradient(step: .constant(0)).minimise(from: [0], penalty: .zero) { ($0[0], [1]) }
        }
        #expect(throws: OptimisationError.notFinite(what: "start[0]", value: .nan)) {
            try ProximalGradient().minimise(from: [.nan], penalty: .zero) { ($0[0], [1]) }
        }
    }
}
