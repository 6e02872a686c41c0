import Decisions
import DeepLearning
import Mathematics
import Testing

@Suite struct DifferentiableSolverTests {
    static let design = randomTensor([12, 4])
    static let targets = randomTensor([12], seed: 2)
    static var least: SmoothObjective<Tensor<Double>> {
        SmoothObjective { x, theta in
            (matmul(design, x) - targets).squared().sum() * 0.5 + theta * x.squared().sum() * 0.5
        }
    }
    static let step = 0.03

    /// Each solver reaches the minimiser that another method finds, and its unrolled derivative the implicit one, in both
    /// modes.
    @Test func solversReachTheMinimiserAndItsDerivative() throws {
        let gram = matmul(Self.design.transposed(), Self.design) + Tensor.identity(4) * 0.7
        let ridge = try solve(gram, matmul(Self.design.transposed(), Self.targets))
        var program = QuadraticProgram(hessian: gram.matrix, linear: -matmul(Self.design.transposed(), Self.targets).vector)
        program.equalities = ([[1, 1, 1, 1]], [1])
        program.lower = .zeros(4)
        let onSimplex = Tensor(try program.solve().point)
        let theta = Tensor(0.7)
        let simplex: (Tensor<Double>, Tensor<Double>) -> Tensor<Double> = { x, _ in x.simplexProjected() }
        let cases: [(String, DifferentiableSolver<Tensor<Double>>, Tensor<Double>, Int)] = [
            ("gradient descent", .gradientDescent(of: Self.least, step: Self.step), ridge, 800),
            (
                "FISTA", .proximalGradient(of: Self.least, step: Self.step) { x, _, _ in x.simplexProjected() }, onSimplex, 1500
            ),
            (
                "proximal gradient",
                .proximalGradient(of: Self.least, step: Self.step, isAccelerated: false) { x, _, _ in x.simplexProjected() },
                onSimplex, 800
            ),
            ("projected gradient", .projectedGradient(of: Self.least, step: Self.step, projection: simplex), onSimplex, 800),
            ("mirror descent", .entropicMirrorDescent(of: Self.least, step: Self.step), onSimplex, 5000),
            ("FIRE", .fire(of: Self.least), ridge, 400),
        ]
        let start = Tensor(repeating: 0.25, shape: [4])
        for (name, solver, minimiser, iterations) in cases {
            let run = solver.run(from: start, parameters: theta, iterations: iterations, tolerance: -1)
            #expect(largestDifference(run.solution, minimiser) < 1e-7, "\(name)")
            #expect(run.iterations == iterations)
            let implicit = jacobian(at: theta) { solver.implicit(from: start, parameters: $0, iterations: iterations) }
            let reverse = jacobian(at: theta) { solver.unrolled(from: start, parameters: $0, iterations: iterations) }
            let forward = forwardJacobian(at: theta) { solver.unrolled(from: start, parameters: $0, iterations: iterations) }
            #expect(largestDifference(reverse, implicit) < 1e-6, "\(name), reverse")
            #expect(largestDifference(forward, reverse) < 1e-10, "\(name), forward")
        }
        let iterates = DifferentiableSolver.gradientDescent(of: Self.least, step: Self.step)
            .unrolledIterates(from: start, parameters: theta, iterations: 3)
        #expect(iterates.shape == [4, 4])
        #expect(largestDifference(iterates[1], start - Self.least.gradient(start, theta) * Self.step) == 0)
        let early = DifferentiableSolver.gradientDescent(of: Self.least, step: Self.step)
            .run(from: start, parameters: theta, iterations: 1000, tolerance: 1e-3)
        #expect(early.iterations < 100 && early.change <= 1e-3)
    }

    /// The memory of reverse mode grows in proportion to the iterations unrolled, and not with those of implicit mode. In a
    /// process of its own, since other tests take memory, too.
    @Test func memory() async {
        await #expect(processExitsWith: .success) {
            let solver = DifferentiableSolver.gradientDescent(of: Self.least, step: Self.step)
            func bytes(_ iterations: Int, isUnrolled: Bool) -> Double {
                let count = reverseModeMemory(at: Tensor(0.7)) { theta in
                    isUnrolled
                        ? solver.unrolled(from: .zeros([4]), parameters: theta, iterations: iterations)
                        : solver.implicit(from: .zeros([4]), parameters: theta, iterations: iterations, tolerance: -1)
                }
                return Double(count ?? -1)
            }
            let unrolled = [500, 1000, 2000, 4000].map { bytes($0, isUnrolled: true) / Double($0) }
            // At least the design's product, 12 numbers.
            #expect(unrolled.allSatisfy { $0 > 96 && abs($0 / unrolled[3] - 1) < 0.05 }, "\(unrolled)")
            let implicit = [500, 4000].map { bytes($0, isUnrolled: false) }
            #expect(abs(implicit[0] - implicit[1]) < 20_000 && implicit[1] < 200_000, "\(implicit)")
        }
    }

    @Test func ridge() throws {
        let result = try ridgeSensitivity(design: Self.design.matrix, targets: Self.targets.vector, penalty: 0.7, iterations: 120)
        let gram = Self.design.matrix.columnGram + 0.7 * Matrix.identity(4)
        let exact = try gram.solve(Self.design.matrix.transposeMultiplied(by: Self.targets.vector))
        let slope = -(try gram.solve(exact))
        #expect((result.solution - exact).maximumMagnitude < 1e-12)
        #expect((result.derivative - slope).maximumMagnitude < 1e-12)
        #expect((result.implicitDerivative - slope).maximumMagnitude < 1e-12)
        #expect(result.iterateErrors.count == 121 && abs(result.iterateErrors[0] - exact.norm) < 1e-12)
        // −(H)⁻¹(xₖ − x*) exactly; unrolling starts with no derivative.
        for (implicit, error) in zip(result.implicitErrors, result.iterateErrors) {
            #expect(implicit <= result.errorConstant * error + 1e-13)
        }
        #expect(abs(result.unrolledErrors[0] - slope.norm) < 1e-12)
        #expect(result.unrolledErrors[60] > 2 * result.implicitErrors[60])
        #expect(result.unrolledErrors[60] < result.unrolledErrors[20])
    }

    /// The derivative on the support is −(X_SᵀX_S)⁻¹ sign(x_S).
    @Test func lasso() throws {
        let design = randomTensor([30, 8], seed: 4).matrix
        let targets = design * Vector([2, -1, 0.5, 0, 0, 0, 0, 0]) + 0.1 * randomTensor([30], seed: 5).vector
        let result = try lassoSensitivity(design: design, targets: targets, penalty: 3)
        let support = result.solution.indices.filter { result.solution[$0] != 0 }
        #expect(support.count >= 3 && support.count < 8)
        let part = Matrix(rows: 30, columns: support.count) { design[$0, support[$1]] }
        let signs = Vector(support.map { result.solution[$0] > 0 ? 1 : -1 })
        let onSupport = -(try part.columnGram.solve(signs))
        var expected = Vector.zeros(8)
        for (place, index) in support.enumerated() { expected[index] = onSupport[place] }
        #expect((result.derivative - expected).maximumMagnitude < 1e-9)
        // The solution: Xᵀ(y − Xx) = λ sign(x) on the support, no larger off it.
        let correlation = design.transposeMultiplied(by: targets - design * result.solution)
        for index in 0..<8 {
            if let place = support.firstIndex(of: index) {
                #expect(abs(correlation[index] - 3 * signs[place]) < 1e-8)
            } else {
                #expect(abs(correlation[index]) <= 3 + 1e-8)
            }
        }
    }

    @Test func badInput() {
        #expect(throws: OptimisationError.lengthMismatch(argument: "targets", count: 1, expected: 2)) {
            _ = try ridgeSensitivity(design: [[1], [2]], targets: [1], penalty: 1, iterations: 1)
        }
        #expect(throws: OptimisationError.self) {
            _ = try ridgeSensitivity(design: [[1], [2]], targets: [1, 2], penalty: 0, iterations: 1)
        }
        #expect(throws: OptimisationError.self) { _ = try lassoSensitivity(design: [[.nan]], targets: [1], penalty: 1) }
        #expect(throws: OptimisationError.self) {
            _ = try lassoSensitivity(design: [[1, 2], [2, 1]], targets: [1, 5], penalty: 0.1, iterations: 2)
        }
    }
}
