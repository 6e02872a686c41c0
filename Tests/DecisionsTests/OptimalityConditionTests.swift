import Decisions
import DeepLearning
import Mathematics
import Testing

@Suite struct OptimalityConditionTests {
    /// min ½xᵀQx − θᵀx over the simplex, Q positive definite.
    static let hessian: Matrix = [[3, 1, 0, 0.5], [1, 2, 0.3, 0], [0, 0.3, 1.5, 0.2], [0.5, 0, 0.2, 4]]
    static let theta: Tensor<Double> = [1, 0.4, -3, 2]
    static var objective: SmoothObjective<Tensor<Double>> {
        SmoothObjective { x, theta in (x * matmul(Tensor(hessian), x)).sum() * 0.5 - (theta * x).sum() }
    }

    private func program(_ theta: Tensor<Double>) throws -> QuadraticProgramSolution {
        var program = QuadraticProgram(hessian: Self.hessian, linear: -theta.vector)
        program.equalities = ([[1, 1, 1, 1]], [1])
        program.lower = .zeros(4)
        return try program.solve()
    }

    private func programPoint(_ theta: Tensor<Double>) -> Tensor<Double> {
        do { return Tensor(try program(theta).point) } catch {
            Issue.record("\(error)")
            return .zeros([4])
        }
    }

    /// All conditions that this problem has give one Jacobian: that of differences of another solver's solutions.
    @Test func allConditionsAgree() throws {
        let solution = try program(Self.theta)
        #expect(solution.point.count { $0 > 1e-6 } == 3)
        let expected = differences(at: Self.theta, step: 1e-5) { programPoint($0) }
        let point = Tensor(solution.point)
        let steps: Tensor<Double> = [0.3, 0.2, 0.25, 0.1]
        let conditions: [(String, OptimalityCondition<Tensor<Double>>)] = [
            ("projected gradient", .projectedGradient(of: Self.objective, step: 0.2) { x, _ in x.simplexProjected() }),
            ("mirror descent", .entropicMirrorDescent(of: Self.objective, step: 0.2)),
            (
                "mirror descent, Euclidean",
                .mirrorDescent(of: Self.objective, step: 0.1, mirrorMap: { $0 }) { x, _ in x.simplexProjected() }
            ),
        ]
        for (name, condition) in conditions {
            #expect(condition.residual(point, Self.theta).norm().scalar < 1e-8, "\(name): residual")
            let reverse = jacobian(at: Self.theta) { condition.root(point, parameters: $0) }
            let forward = forwardJacobian(at: Self.theta) { condition.root(point, parameters: $0) }
            #expect(largestDifference(reverse, expected) < 1e-7, "\(name), reverse")
            #expect(largestDifference(forward, expected) < 1e-7, "\(name), forward")
        }
        // The multipliers: h = Σx − 1 and g = −x.
        let condition = OptimalityCondition.karushKuhnTucker(
            of: Self.objective, equalities: { x, _ in (x.sum() - 1).reshaped(to: [1]) }, equalityCount: 1,
            inequalities: { x, _ in -x }, inequalityCount: 4)
        let whole = Tensor.concatenating([
            point, Tensor(solution.equalityMultipliers), Tensor(solution.lowerMultipliers),
        ])
        #expect(condition.residual(whole, Self.theta).norm().scalar < 1e-8)
        let multipliers = jacobian(at: Self.theta) { condition.root(whole, parameters: $0) }
        #expect(largestDifference(multipliers.sliced(0..<4), expected) < 1e-7, "KKT")
        // The proximal gradient condition of the unconstrained lasso with the blocks' own steps.
        let lasso = OptimalityCondition.blockProximalGradient(of: Self.objective, steps: steps) { x, steps, _ in
            x.softThresholded(by: steps * 0.5)
        }
        let solver = DifferentiableSolver.proximalGradient(of: Self.objective, step: 0.2) { x, step, _ in
            x.softThresholded(by: Tensor(0.5 * step))
        }
        let start = Tensor<Double>.zeros([4])
        let minimiser = solver.run(from: start, parameters: Self.theta, iterations: 10_000, tolerance: 1e-16).solution
        #expect(lasso.residual(minimiser, Self.theta).norm().scalar < 1e-12)
        let slopes = differences(at: Self.theta, step: 1e-5) {
            solver.run(from: start, parameters: $0, iterations: 10_000, tolerance: 1e-16).solution
        }
        #expect(largestDifference(jacobian(at: Self.theta) { lasso.root(minimiser, parameters: $0) }, slopes) < 1e-8)
        #expect(
            largestDifference(jacobian(at: Self.theta) { solver.condition.root(minimiser, parameters: $0) }, slopes) < 1e-8)
    }

    /// Inequalities whose right-hand sides are the parameters: the multipliers are the value's derivatives.
    @Test func multipliersAreDerivativesOfTheValue() throws {
        let right: Vector = [-2.5, 5]
        var program = QuadraticProgram(hessian: Self.hessian, linear: -Self.theta.vector)
        program.inequalities = ([[1, 1, 1, 1], [1, -1, 0, 0]], right)
        let solution = try program.solve()
        let rows = Tensor<Double>([[1, 1, 1, 1], [1, -1, 0, 0]])
        let condition = OptimalityCondition<Tensor<Double>>.karushKuhnTucker(
            of: SmoothObjective { x, _ in Self.objective.value(x, Self.theta) },
            inequalities: { x, right in matmul(rows, x) - right }, inequalityCount: 2)
        let point = Tensor.concatenating([Tensor(solution.point), Tensor(solution.inequalityMultipliers)])
        let slope = gradient(at: Tensor(right)) { right in
            Self.objective.value(condition.root(point, parameters: right).sliced(0..<4), Self.theta)
        }
        #expect(solution.inequalityMultipliers[0] > 0.1)
        #expect(largestDifference(slope, -Tensor(solution.inequalityMultipliers)) < 1e-8)
    }

    /// x³ = θ: x' = 1/(3x²) and x'' = −2/(9x⁵).
    @Test func newton() {
        let condition = OptimalityCondition<Tensor<Double>>.newton { x, theta in x * x * x - theta }
        func root(_ theta: Tensor<Double>) -> Tensor<Double> {
            condition.root(Tensor([2.0]), parameters: theta, solver: .direct)
        }
        let theta = Tensor([8.0])
        #expect(abs(jacobian(at: theta, root).scalar - 1 / 12.0) < 1e-14)
        #expect(abs(forwardJacobian(at: theta, root).scalar - 1 / 12.0) < 1e-14)
        let second = gradient(at: theta) { theta in gradient(at: theta) { root($0).sum() }.sum() }
        #expect(abs(second.scalar + 2 / (9 * 32.0)) < 1e-13)
    }

    /// The minimum of ½‖x − θ‖² + ‖x‖⁴/4 is found twice: by stationarity and by Newton on the gradient.
    @Test func stationarity() throws {
        let objective = SmoothObjective<Tensor<Double>> { x, theta in
            (x - theta).squared().sum() * 0.5 + x.squared().sum().squared() * 0.25
        }
        let theta: Tensor<Double> = [1, 2]
        // x = sθ/‖θ‖ with s + s³ = ‖θ‖.
        let length = 5.0.squareRoot()
        let s = try findRoot(of: { $0 + $0 * $0 * $0 - length }, in: 0...length)
        let point = theta * (s / length)
        // The Jacobian of θ ↦ s(‖θ‖)θ/‖θ‖: s' along θ and s/‖θ‖ across, s' = 1/(1 + 3s²).
        let along = 1 / (1 + 3 * s * s), across = s / length
        let expected = Tensor<Double>.identity(2) * across
            + Tensor.outerProduct(theta, theta) * ((along - across) / 5)
        let condition = OptimalityCondition.stationarity(of: objective)
        for solver: ImplicitLinearSolver<Double> in [.conjugateGradient(), .normalConjugateGradient(), .direct, .bicgstab(), .gmres()] {
            let slope = jacobian(at: theta) { condition.root(point, parameters: $0, solver: solver) }
            #expect(largestDifference(slope, expected) < 1e-11)
        }
        let newton = OptimalityCondition.newton(of: objective.gradient)
        #expect(largestDifference(jacobian(at: theta) { newton.root(point, parameters: $0) }, expected) < 1e-11)
    }

    /// min −x₁ − 2x₂ subject to x₁ + x₂ ≤ 4, x₁ + 3x₂ ≤ 6, x ≥ 0: at (3, 1) the first two bind, so that z = E⁻¹d there.
    @Test func linearProgramAsConicProgram() throws {
        let matrix: Tensor<Double> = [[1, 1], [1, 3], [-1, 0], [0, -1]]
        let program = try ConicProgram(cost: [-1, -2], matrix: matrix, right: [4, 6, 0, 0])
        let condition = ConicProgram.residualMap(of: [.nonNegative(4)])
        // c + Eᵀy = 0 with y = (½, ½).
        let point = ConicProgram.embedding(primal: [3, 1], dual: [0.5, 0.5, 0, 0], slack: [0, 0, 3, 1])
        #expect(condition.residual(point, program).norm().scalar < 1e-14)
        func primal(_ program: ConicProgram) -> Tensor<Double> {
            ConicProgram.solution(
                of: condition.root(point, parameters: program), variableCount: 2, cones: [.nonNegative(4)]).primal
        }
        // [[1, 1], [1, 3]]⁻¹ = [[1.5, −0.5], [−0.5, 0.5]]
        let byRight = (0..<2).map { row in gradient(at: program) { primal($0)[row] } }
        #expect(largestDifference(byRight[0].right, [1.5, -0.5, 0, 0]) < 1e-10)
        #expect(largestDifference(byRight[1].right, [-0.5, 0.5, 0, 0]) < 1e-10)
        #expect(largestDifference(byRight[0].cost, [0, 0]) < 1e-10)
        // dz = −E⁻¹ dE z
        #expect(largestDifference(byRight[0].matrix, [[-4.5, -1.5], [1.5, 0.5], [0, 0], [0, 0]]) < 1e-10)
        // The multipliers solve Eᵀy = −c: y = (1.5c₁ − 0.5c₂, −0.5c₁ + 0.5c₂) times −1.
        let dual = gradient(at: program) {
            ConicProgram.solution(
                of: condition.root(point, parameters: $0), variableCount: 2, cones: [.nonNegative(4)]).dual[0]
        }
        #expect(largestDifference(dual.cost, [-1.5, 0.5]) < 1e-10)
    }

    /// min cᵀz subject to ‖z‖ ≤ r and z₃ = 0.2: z = −√(r² − 0.04) ĉ on the first two coordinates.
    @Test func coneProgram() throws {
        let cost: Tensor<Double> = [3, 4, 1], r = 2.0, zero = Tensor([0.0])
        let cones: [ConicProgram.Cone] = [.zero(1), .secondOrder(4)]
        let matrix: Tensor<Double> = [[0, 0, 1], [0, 0, 0], [-1, 0, 0], [0, -1, 0], [0, 0, -1]]
        let program = try ConicProgram(cost: cost, matrix: matrix, right: Tensor([0.2, r, 0, 0, 0]))
        let radius = (r * r - 0.04).squareRoot()
        let primal: Tensor<Double> = .concatenating([cost.sliced(0..<2) * (-radius / 5), [0.2]])
        // The multiplier of the cone is a multiple of (r, −z): c + Eᵀy = 0 gives y = (5/radius)(r, −z) there.
        let factor = 5 / radius
        let coneDual: Tensor<Double> = .concatenating([Tensor([r]), -primal]) * factor
        let equalityDual = coneDual[3] - 1
        let dual: Tensor<Double> = .concatenating([equalityDual.reshaped(to: [1]), coneDual])
        let slack: Tensor<Double> = .concatenating([zero, Tensor([r]), primal])
        let condition = ConicProgram.residualMap(of: cones)
        let point = ConicProgram.embedding(primal: primal, dual: dual, slack: slack)
        #expect(condition.residual(point, program).norm().scalar < 1e-13)
        let slopes = (0..<3).map { row in
            gradient(at: program) {
                ConicProgram.solution(of: condition.root(point, parameters: $0), variableCount: 3, cones: cones).primal[row]
            }
        }
        // −radius (I − ĉĉᵀ)/‖c‖ on the first two.
        let byCost: Tensor<Double> = [[-0.64, 0.48, 0], [0.48, -0.36, 0], [0, 0, 0]]
        #expect(largestDifference(.stacking(slopes.map { $0.cost }), byCost * (radius / 5)) < 1e-9)
        // By r: −(r/radius)ĉ; by the equality's right-hand side: (0.2/radius)ĉ and 1.
        #expect(abs(slopes[0].right.scalars[1] + r / radius * 0.6) < 1e-9)
        #expect(abs(slopes[0].right.scalars[0] - 0.2 / radius * 0.6) < 1e-9)
        #expect(abs(slopes[2].right.scalars[0] - 1) < 1e-9)
        #expect(throws: OptimisationError.self) { _ = try ConicProgram(cost: [1], matrix: matrix, right: [0, 0, 0, 0, 0]) }
        #expect(throws: OptimisationError.self) { _ = try ConicProgram(cost: cost, matrix: matrix, right: [0]) }
    }
}
