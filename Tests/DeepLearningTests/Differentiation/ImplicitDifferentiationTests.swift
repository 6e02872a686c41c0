import DeepLearning
import Mathematics
import Testing

@Suite struct ImplicitDifferentiationTests {
    /// x = tanh(Wx + b), a contraction.
    static let weights = normal([3, 3]) * 0.3
    static let bias = normal([3], seed: 2)

    private func map(_ x: Tensor<Double>, _ parameters: ParameterPair<Tensor<Double>, Tensor<Double>>) -> Tensor<Double> {
        tanh(matmul(parameters.first, x) + parameters.second)
    }

    private func solution(
        _ parameters: ParameterPair<Tensor<Double>, Tensor<Double>>, _ solver: ImplicitLinearSolver<Double>
    ) -> Tensor<Double> {
        do {
            return try fixedPoint(of: map, parameters: parameters, startingAt: .zeros([3]), tolerance: 1e-15, solver: solver)
        } catch {
            Issue.record("\(error)")
            return .zeros([3])
        }
    }

    @Test func fixedPointsInEveryModeAndOrder() {
        let parameters = ParameterPair(Self.weights, Self.bias)
        let x = solution(parameters, .gmres())
        expectClose(map(x, parameters), x.scalars, tolerance: 1e-14)
        expectGradientsMatchFiniteDifferences(at: parameters, "GMRES") { solution($0, .gmres()) }
        expectGradientsMatchFiniteDifferences(at: parameters, "direct") { solution($0, .direct) }
        expectGradientsMatchFiniteDifferences(at: parameters, "restarts") { solution($0, .gmres(restart: 2)) }
        expectGradientsMatchFiniteDifferences(at: parameters, "normal equations") { solution($0, .normalConjugateGradient()) }
        expectGradientsMatchFiniteDifferences(at: parameters, "BiCGSTAB") { solution($0, .bicgstab()) }
        // By unrolling the iteration.
        let unrolled = jacobian(at: Self.bias) { b in
            var x = Tensor<Double>.zeros([3])
            for _ in 0..<200 { x = tanh(matmul(Self.weights, x) + b) }
            return x
        }
        expectClose(jacobian(at: Self.bias) { solution(ParameterPair(Self.weights, $0), .gmres()) }, unrolled.scalars)
    }

    /// Ridge regression: x* = (AᵀA + θI)⁻¹Aᵀb with dx*/dθ = −(AᵀA + θI)⁻¹x* (claim 1 of the paper).
    @Test func ridgeRegression() throws {
        let a = normal([10, 4]), b = normal([10], seed: 2)
        let gram = matmul(a.transposed(), a) + Tensor.identity(4) * 1.5
        let exact = try solve(gram, matmul(a.transposed(), b))
        func ridge(_ theta: Tensor<Double>) -> Tensor<Double> {
            do {
                return try argmin(of: { x, theta in
                    ((matmul(a, x) - b).squared().sum() + theta * x.squared().sum()) * 0.5
                }, parameters: theta, startingAt: .zeros([4]))
            } catch {
                Issue.record("\(error)")
                return .zeros([4])
            }
        }
        expectClose(ridge(Tensor(1.5)), exact.scalars, tolerance: 1e-12)
        let derivative = try -solve(gram, exact)
        expectClose(jacobian(at: Tensor(1.5)) { ridge($0) }.flattened(), derivative.scalars, tolerance: 1e-10)
        expectGradientsMatchFiniteDifferences(at: Tensor(1.5)) { ridge($0) }
    }

    /// A minimiser that is not a linear function of its parameters: logistic regression with two of them.
    @Test func argminOfASmoothFunction() {
        let inputs = normal([12, 3]), labels = normal([12], seed: 2).isLess(than: Tensor(0.0))
        let parameters = ParameterPair(Tensor(0.7), normal([3], seed: 5))
        expectGradientsMatchFiniteDifferences(at: parameters, tolerance: 1e-6) { parameters in
            do {
                return try argmin(of: { x, parameters in
                    let logits = matmul(inputs, x)
                    let loss = (softplus(logits) - logits * labels).sum()
                    return loss + parameters.first * (x - parameters.second).squared().sum()
                }, parameters: parameters, startingAt: .zeros([3]))
            } catch {
                Issue.record("\(error)")
                return .zeros([3])
            }
        }
    }

    /// Any solver's output: the square root by Newton's method, √θ with the derivatives 1/(2√θ), −1/(4θ^(3/2)).
    @Test func rootsOfOnesOwn() {
        func root(_ theta: Tensor<Double>) -> Tensor<Double> {
            var x = 1.0
            for _ in 0..<50 { x = (x + theta.detached().scalar / x) / 2 }
            return implicitRoot(of: { $0 * $0 - $1 }, solution: Tensor(x), parameters: theta)
        }
        expectClose(root(Tensor(9.0)), [3])
        expectClose(gradient(at: Tensor(9.0)) { root($0) }, [1 / 6.0], tolerance: 1e-14)
        expectClose(gradient(at: Tensor(9.0)) { gradient(at: $0) { root($0) } }, [-1 / 108.0], tolerance: 1e-14)
        expectClose(derivative(at: Tensor(9.0), along: Tensor(2.0)) { root($0) }, [1 / 3.0], tolerance: 1e-14)
    }

    /// The same by a solver that is called for the parameters' values alone, and by Newton's map as a fixed point.
    @Test func solversAndFixedPointsOfOnesOwn() throws {
        func newton(_ theta: Tensor<Double>) -> Tensor<Double> {
            precondition(theta.scalar > 0)
            var x = 1.0
            for _ in 0..<50 { x = (x + theta.scalar / x) / 2 }
            return Tensor(x)
        }
        func root(_ theta: Tensor<Double>) -> Tensor<Double> {
            implicitRoot(of: { $0 * $0 - $1 }, parameters: theta, solver: .direct, solvedBy: newton)
        }
        func fixed(_ theta: Tensor<Double>) -> Tensor<Double> {
            implicitFixedPoint(of: { ($0 + $1 / $0) * 0.5 }, solution: newton(theta.detached()), parameters: theta)
        }
        for function in [root, fixed] {
            expectClose(gradient(at: Tensor(9.0)) { function($0) }, [1 / 6.0], tolerance: 1e-14)
            expectClose(derivative(at: Tensor(9.0), along: Tensor(2.0)) { function($0) }, [1 / 3.0], tolerance: 1e-14)
        }
        expectClose(gradient(at: Tensor(9.0)) { gradient(at: $0) { root($0) } }, [-1 / 108.0], tolerance: 1e-14)
        struct Refusal: Error {}
        #expect(throws: Refusal.self) {
            _ = try implicitRoot(of: { x, p in x - p }, parameters: Tensor(1.0)) { _ throws(Refusal) in throw Refusal() }
        }
    }

    /// One linear system serves all parameters of a reverse pass, and one a forward pass.
    @Test func oneSystemADerivative() {
        nonisolated(unsafe) var products = 0
        let a = normal([6, 6]) * 0.3 + Tensor.identity(6) * 2
        func root(_ parameters: ParameterPair<Tensor<Double>, Tensor<Double>>) -> Tensor<Double> {
            let exact = (try? solve(a, (parameters.first + parameters.second).detached().reshaped(to: [6, 1]))) ?? .zeros([6, 1])
            return implicitRoot(of: { x, parameters in
                products += 1
                return matmul(a, x) - parameters.first - parameters.second
            }, solution: exact.reshaped(to: [6]), parameters: parameters)
        }
        let parameters = ParameterPair(normal([6], seed: 3), normal([6], seed: 4))
        _ = gradient(at: parameters) { root($0).sum() }
        let reverse = products
        products = 0
        _ = derivative(at: parameters, along: parameters) { root($0) }
        // The test, the two sides of the equation, and GMRES: not more than 6 products and one for the residual.
        #expect(reverse <= 4 && products <= 12, "\(reverse) and \(products) evaluations")
    }

    @Test func divergenceThrows() {
        #expect(throws: ImplicitDifferentiationError.self) {
            _ = try fixedPoint(of: { x, p in x * p + 1 }, parameters: Tensor(2.0), startingAt: Tensor(1.0), maximumIterations: 50)
        }
        #expect(throws: ImplicitDifferentiationError.self) {
            _ = try argmin(of: { x, p in x * p }, parameters: Tensor(2.0), startingAt: Tensor(1.0), maximumIterations: 5)
        }
    }

    /// Products with a matrix alone, against LU factors.
    @Test func linearSolvers() throws {
        let a = normal([8, 8]) + Tensor.identity(8) * 4, b = normal([8], seed: 2)
        let exact = try solve(a, b).scalars
        let solvers: [ImplicitLinearSolver<Double>] = [
            .gmres(), .gmres(restart: 3), .direct, .bicgstab(), .normalConjugateGradient(),
        ]
        let identity = Tensor<Double>.identity(8)
        let ridged = try solve(a + identity * 0.5, b).scalars
        for solver in solvers {
            expectClose(solver.solve(b) { matmul(a, $0) }, exact, tolerance: 1e-11)
            if case .normalConjugateGradient = solver { continue }
            expectClose(
                ImplicitLinearSolver.ridge(0.2, .ridge(0.3, solver)).solve(b) { matmul(a, $0) }, ridged, tolerance: 1e-11)
        }
        let normal = try solve(matmul(a.transposed(), a) + identity * 0.5, matmul(a.transposed(), b)).scalars
        expectClose(ImplicitLinearSolver.ridge(0.5).solve(b) { matmul(a, $0) }, normal, tolerance: 1e-11)
        let transposed: (Tensor<Double>) -> Tensor<Double> = { matmul(a.transposed(), $0) }
        expectClose(
            ImplicitLinearSolver.ridge(0.5).solve(b, { matmul(a, $0) }, adjoint: transposed), normal, tolerance: 1e-11)
        // Of a singular system, the solution of least norm.
        expectClose(
            ImplicitLinearSolver.normalConjugateGradient().solve(Tensor([2.0, 2.0])) { $0.sum().expanded(to: [2]) }, [1, 1])
        #expect(ImplicitLinearSolver.bicgstab().solve(Tensor([Double.nan, 1])) { $0 }.scalars.allSatisfy { $0.isNaN })
        let symmetric = matmul(a, a.transposed())
        let expected = try solve(symmetric, b).scalars
        expectClose(ImplicitLinearSolver.conjugateGradient().solve(b) { matmul(symmetric, $0) }, expected, tolerance: 1e-11)
        expectClose(ImplicitLinearSolver.conjugateGradient().solve(b) { -matmul(symmetric, $0) }, expected.map { -$0 }, tolerance: 1e-11)
        for solver in solvers + [.conjugateGradient()] {
            expectClose(solver.solve(Tensor.zeros([8])) { matmul(symmetric, $0) }, [Double](repeating: 0, count: 8))
        }
    }
}
