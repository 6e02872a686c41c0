import Foundation
import Mathematics
import Testing

@Suite struct SmoothMinimiserTests {
    private let logistic = Logistic()

    @Test func quasiNewtonAndConjugateGradientsFindRosenbrocksValley() throws {
        let start = Vector((0..<10).map { $0.isMultiple(of: 2) ? -1.2 : 1 })
        for result in [
            try LBFGS().minimise(from: start, rosenbrock),
            try ConjugateGradientDescent().minimise(from: start, rosenbrock),
            try NewtonConjugateGradient().minimise(
                from: start, hessianProduct: { rosenbrockHessian($0) * $1 }, rosenbrock),
            try TrustRegion().minimise(from: start, hessian: rosenbrockHessian, rosenbrock),
        ] {
            #expect(result.reason == .gradientTolerance && result.converged)
            #expect(result.gradientNorm <= 1e-8)
            // The chained function has a second minimum near x₀ = −1 (value 3.98658 for ten variables).
            #expect(result.value < 1e-12 || abs(result.value - 3.986579112347) < 1e-4)
            #expect(abs(rosenbrock(result.point).value - result.value) < 1e-15)
        }
        let plane = try LBFGS().minimise(from: [-1.2, 1], rosenbrock)
        expectClose(plane.point, [1, 1], within: 1e-8)
        #expect(plane.evaluations < 60)
        let slow = try GradientDescent(gradientTolerance: 1e-5, maximumIterations: 200_000).minimise(from: [-1.2, 1], rosenbrock)
        expectClose(slow.point, [1, 1], within: 1e-4)
    }

    @Test func logisticRegressionIsSciPys() throws {
        for result in [
            try GradientDescent(gradientTolerance: 1e-9).minimise(from: .zeros(3), logistic.callAsFunction),
            try ConjugateGradientDescent(gradientTolerance: 1e-9).minimise(from: .zeros(3), logistic.callAsFunction),
            try LBFGS(gradientTolerance: 1e-10).minimise(from: .zeros(3), logistic.callAsFunction),
            try NewtonConjugateGradient(gradientTolerance: 1e-12).minimise(
                from: .zeros(3), hessianProduct: { logistic.hessian($0) * $1 }, logistic.callAsFunction),
            try TrustRegion(gradientTolerance: 1e-12).minimise(
                from: .zeros(3), hessian: logistic.hessian, logistic.callAsFunction),
        ] {
            #expect(result.converged)
            expectClose(result.point, logistic.solution, within: 2e-8)
            #expect(abs(result.value - logistic.minimum) < 1e-13)
        }
    }

    @Test func illConditionedQuadraticsMeetTheirClosedForm() throws {
        // Eigenvalues from 1e-3 to 1e3: the minimiser of ½xᵀAx − bᵀx solves Ax = b.
        var generator = Philox(seed: 5)
        let basis = try SymmetricEigendecomposition(generator.normalMatrix(rows: 20, columns: 20).rowGram).eigenvectors
        let spectrum = Vector.logarithmicallySpaced(from: 1e-3, to: 1e3, count: 20)
        let product = basis.scalingColumns(by: spectrum).multiplied(byTransposeOf: basis)
        let a = 0.5 * (product + product.transposed)
        let b = generator.normalVector(count: 20)
        let exact = basis * (basis.transposeMultiplied(by: b) ./ spectrum)
        func quadratic(_ x: Vector) -> (value: Double, gradient: Vector) { (x.dot(a * x) / 2 - b.dot(x), a * x - b) }
        let newton = try NewtonConjugateGradient().minimise(from: .zeros(20), hessianProduct: { a * $1 }, quadratic)
        let exactSteps = try TrustRegion().minimise(from: .zeros(20), hessian: { _ in a }, quadratic)
        let secant = try LBFGS(memory: 20).minimise(from: .zeros(20), quadratic)
        for result in [newton, exactSteps, secant] {
            #expect((result.point - exact).norm < 1e-4 * exact.norm)
        }
        let conjugate = try ConjugateGradientDescent(gradientTolerance: 1e-3).minimise(from: .zeros(20), quadratic)
        #expect(conjugate.reason == .gradientTolerance)
        // A constant step contracts each eigenvector by 1 − tλ.
        let result = try GradientDescent(lineSearch: .constant(1e-3), gradientTolerance: 0, maximumIterations: 50)
            .minimise(from: .zeros(20), quadratic)
        let factors = spectrum.map { 1 - pow(1 - 1e-3 * $0, 50) }
        expectClose(result.point, basis * (factors .* (basis.transposeMultiplied(by: b) ./ spectrum)), within: 1e-12)
        #expect(result.reason == .iterationLimit && result.iterations == 50)
    }

    @Test func lineSearchesKeepTheirConditions() throws {
        var steps: [OptimisationStep] = []
        _ = try GradientDescent(lineSearch: .armijo(decrease: 0.3), maximumIterations: 50)
            .minimise(from: [-1.2, 1], trace: { steps.append($0) }, rosenbrock)
        for (before, after) in zip(steps, steps.dropFirst()) {
            let (value, gradient) = rosenbrock(before.point)
            #expect(after.value <= value - 0.3 * after.stepLength * gradient.squaredNorm + 1e-14)
            expectClose(after.point, before.point - after.stepLength * gradient, within: 1e-12)
        }
        steps = []
        _ = try GradientDescent(lineSearch: .strongWolfe(decrease: 1e-3, curvature: 0.2), maximumIterations: 50)
            .minimise(from: [-1.2, 1], trace: { steps.append($0) }, rosenbrock)
        for (before, after) in zip(steps, steps.dropFirst()) {
            let gradient = rosenbrock(before.point).gradient
            #expect(after.value <= before.value - 1e-3 * after.stepLength * gradient.squaredNorm + 1e-14)
            #expect(abs(rosenbrock(after.point).gradient.dot(gradient)) <= 0.2 * gradient.squaredNorm + 1e-14)
        }
        #expect(steps.count == 51)
    }

    @Test func regionsWhereTheFunctionIsNotFiniteAreAvoided() throws {
        // min x − log x = 1 at 1; from 0.01 the first steps overshoot to the NaN of negative numbers.
        func barrier(_ x: Vector) -> (value: Double, gradient: Vector) { (x[0] - log(x[0]), [1 - 1 / x[0]]) }
        for start in [0.01, 30] {
            #expect(abs(try LBFGS().minimise(from: [start], barrier).point[0] - 1) < 1e-7)
            #expect(abs(try GradientDescent().minimise(from: [start], barrier).point[0] - 1) < 1e-7)
            #expect(abs(try NewtonConjugateGradient().minimise(
                from: [start], hessianProduct: { $1 ./ ($0 .* $0) }, barrier).point[0] - 1) < 1e-7)
        }
    }

    @Test func trustRegionLeavesSaddles() throws {
        // f = x² − y² + y⁴: a saddle at 0 where the gradient vanishes, minima −¼ at y = ±1/√2.
        func saddle(_ x: Vector) -> (value: Double, gradient: Vector) {
            let y = x[1]
            return (x[0] * x[0] - y * y + y * y * y * y, [2 * x[0], -2 * y + 4 * y * y * y])
        }
        for start in [[0, 0], [1, 0]] as [Vector] {
            let result = try TrustRegion().minimise(
                from: start, hessian: { [[2, 0], [0, -2 + 12 * $0[1] * $0[1]]] }, saddle)
            #expect(abs(result.value + 0.25) < 1e-12)
            expectClose([result.point[0], abs(result.point[1])], [0, 0.5.squareRoot()], within: 1e-7)
        }
        // Steihaug's directions of negative curvature leave it too, once the gradient is not zero.
        let result = try NewtonConjugateGradient().minimise(
            from: [1, 1e-4], hessianProduct: { x, v in [2 * v[0], (-2 + 12 * x[1] * x[1]) * v[1]] }, saddle)
        #expect(abs(result.value + 0.25) < 1e-12)
    }

    @Test func firstTrustRegionStepIsTheBallsMinimum() throws {
        // One iteration from 0 on an indefinite quadratic: the minimum over the disc of radius 1 by brute force.
        for (a, g) in [
            ([[1, 2], [2, -3]], [0.5, 0.25]), ([[-1, 0], [0, 2]], [0, 1]), ([[3, 1], [1, 2]], [-9, 4]), ([[0, 0], [0, 1]], [1e-3, 0]),
        ] as [(Matrix, Vector)] {
            let result = try TrustRegion(maximumIterations: 1).minimise(from: [0, 0], hessian: { _ in a }) { x in
                (x.dot(a * x) / 2 + g.dot(x), a * x + g)
            }
            var least = Double.infinity
            for turn in 0..<20_000 {
                let x: Vector = [cos(Double(turn) * .pi / 10_000), sin(Double(turn) * .pi / 10_000)]
                least = min(least, x.dot(a * x) / 2 + g.dot(x))
            }
            #expect(result.point.norm <= 1 + 1e-10)
            #expect(abs(result.value - least) < 1e-6, "\(a) \(g): \(result.value), \(least)")
        }
    }

    @Test func trustRegionStepsMeetTheirTheorem() throws {
        // p is the global minimiser exactly if (H + λI)p = −g with H + λI ⪰ 0, λ ≥ 0 and λ(radius − ‖p‖) = 0.
        var generator = Philox(seed: 9)
        for trial in 0..<60 {
            let n = 1 + trial % 6
            let raw = generator.normalMatrix(rows: n, columns: n)
            var h = 0.5 * (raw + raw.transposed)
            var g = generator.normalVector(count: n)
            let eigen = try SymmetricEigendecomposition(h)
            if trial % 4 == 1 { h = h + Matrix.identity(n) * (0.5 - eigen.eigenvalues[0]) }
            if trial % 4 == 2 {
                // The hard case: no part of g along the lowest eigenvector.
                let lowest = eigen.eigenvectors.column(0)
                g -= g.dot(lowest) * lowest
            }
            for radius in [1e-6, 0.3, 10, 1e6] {
                let (p, decrease) = try TrustRegion.step(gradient: g, hessian: h, radius: radius)
                #expect(p.norm <= radius * (1 + 1e-10))
                #expect(abs(decrease + g.dot(p) + p.dot(h * p) / 2) <= 1e-9 * max(1, decrease))
                let least = try h.symmetricEigenvalues()[0]
                if p.norm < radius * (1 - 1e-9) {
                    #expect(least > -1e-9 && (h * p + g).norm < 1e-8 * max(1, g.norm))
                } else {
                    let multiplier = -p.dot(h * p + g) / p.squaredNorm
                    #expect(multiplier >= max(0, -least) - 1e-8)
                    #expect((h * p + multiplier * p + g).norm < 1e-8 * max(1, g.norm, radius))
                }
            }
        }
    }

    @Test func nelderMeadFindsMinimaOfFunctionsWithKinks() throws {
        let smooth = try NelderMead().minimise(from: [-1.2, 1]) { rosenbrock($0).value }
        expectClose(smooth.point, [1, 1], within: 1e-6)
        let kinks = try NelderMead(isAdaptive: true).minimise(from: [3, 3, 3]) { abs($0[0] - 1) + abs($0[1] + 2) + abs($0[2]) }
        expectClose(kinks.point, [1, -2, 0], within: 1e-6)
        let guarded = try NelderMead().minimise(from: [2]) { $0[0] < 0 ? .nan : $0[0] - log($0[0]) }
        expectClose(guarded.point, [1], within: 1e-4)
        #expect(guarded.converged && guarded.gradientNorm.isNaN)
    }

    @Test func badInputIsNamed() throws {
        #expect(throws: OptimisationError.notFinite(what: "start[1]", value: .nan)) {
            try LBFGS().minimise(from: [0, .nan], rosenbrock)
        }
        #expect(throws: OptimisationError.notFinite(what: "the objective at the start", value: .infinity)) {
            try LBFGS().minimise(from: [0, 0]) { (.infinity, $0) }
        }
        #expect(throws: OptimisationError.lengthMismatch(argument: "gradient", count: 3, expected: 2)) {
            try GradientDescent().minimise(from: [0, 0]) { _ in (0, [1, 2, 3]) }
        }
        #expect(throws: OptimisationError.invalid(argument: "memory", value: "0", expected: "at least 1")) {
            try LBFGS(memory: 0).minimise(from: [0, 0], rosenbrock)
        }
        #expect(throws: OptimisationError.objective(Mishap())) {
            try LBFGS().minimise(from: [0, 0]) { _ in throw Mishap() }
        }
        #expect(throws: OptimisationError.objective(Mishap())) {
            try NewtonConjugateGradient().minimise(from: [0, 0], hessianProduct: { _, _ in throw Mishap() }, rosenbrock)
        }
        #expect(throws: OptimisationError.lengthMismatch(argument: "hessianProduct", count: 1, expected: 2)) {
            try NewtonConjugateGradient().minimise(from: [0, 0], hessianProduct: { _, _ in [1] }, rosenbrock)
        }
        #expect(throws: OptimisationError.invalid(argument: "hessian", value: "of shape (1, 1)", expected: "shape (2, 2)")) {
            try TrustRegion().minimise(from: [0, 0], hessian: { _ in [[1]] }, rosenbrock)
        }
        #expect(throws: OptimisationError.self) {
            try GradientDescent(lineSearch: .strongWolfe(decrease: 0.9)).minimise(from: [0, 0], rosenbrock)
        }
        #expect(throws: OptimisationError.self) {
            try GradientDescent(lineSearch: .constant(1e3)).minimise(from: [-1.2, 1], rosenbrock)
        }
        #expect(throws: OptimisationError.invalid(argument: "start", value: "empty", expected: "at least one variable")) {
            try NelderMead().minimise(from: []) { _ in 0 }
        }
        #expect("\(OptimisationError.objective(Mishap()))" == "the objective failed: Mishap()")
    }
}
