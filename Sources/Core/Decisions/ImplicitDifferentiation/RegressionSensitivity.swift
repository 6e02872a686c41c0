import DeepLearning
import Mathematics

// The two regressions whose sensitivity to the penalty has a closed form: what implicit and unrolled derivatives are
// measured against (`implicit-diff`, arXiv:2105.15183, figure 3 and section 4).

/// How good the derivative of a ridge regression by its penalty is at every iterate of gradient descent.
public struct RidgeSensitivity: Sendable {
    /// x*, the regression.
    public let solution: Vector
    /// dx*/dθ = −(XᵀX + θI)⁻¹x*.
    public let derivative: Vector
    /// The implicit derivative at x*.
    public let implicitDerivative: Vector
    /// ‖xₖ − x*‖ for k = 0, 1, …
    public let iterateErrors: [Double]
    /// ‖J(xₖ) − dx*/dθ‖ of the implicit derivative.
    public let implicitErrors: [Double]
    /// ‖dxₖ/dθ − dx*/dθ‖ of unrolling.
    public let unrolledErrors: [Double]
    /// C = 1/(λ(XᵀX) + θ) with the smallest eigenvalue: theorem 1 bounds the implicit error by C‖xₖ − x*‖.
    public let errorConstant: Double
}

// swiftcore: ridge_sensitivity
/// The derivative by θ of argmin ½‖Xx − y‖² + ½θ‖x‖², implicit and unrolled, along gradient descent from zero with the step
/// 1/L.
///
/// - Parameters:
///   - design: X.
///   - targets: y.
///   - penalty: θ > 0.
///   - iterations: how many steps of gradient descent.
/// - Throws: `OptimisationError` for shapes or numbers that make no regression.
public func ridgeSensitivity(
    design: Matrix, targets: Vector, penalty: Double, iterations: Int
) throws(OptimisationError) -> RidgeSensitivity {
    try requireRegression(design, targets)
    try requirePositive(penalty, "penalty")
    try requireArgument(iterations >= 0, "iterations", iterations, "at least 0")
    let gram = design.columnGram + penalty * Matrix.identity(design.columns)
    let exact: Vector, slope: Vector, eigenvalues: Vector
    do throws(LinearAlgebraError) {
        let factor = try CholeskyDecomposition(gram)
        exact = try factor.solve(design.transposeMultiplied(by: targets))
        slope = -(try factor.solve(exact))
        eigenvalues = try SymmetricEigendecomposition(gram).eigenvalues
    } catch {
        throw .linearAlgebra(error)
    }
    let x = Tensor(design), y = Tensor(targets)
    let objective = SmoothObjective<Tensor<Double>> { w, theta in
        ((matmul(x, w) - y).squared().sum() + theta * w.squared().sum()) * 0.5
    }
    let solver = DifferentiableSolver.gradientDescent(of: objective, step: 1 / (eigenvalues.max() ?? 1))
    let (theta, unit) = (Tensor(penalty), Tensor(1.0))
    func implicit(at point: Tensor<Double>) -> Tensor<Double> {
        DeepLearning.derivative(at: theta, along: unit) {
            solver.condition.root(point, parameters: $0, solver: .conjugateGradient())
        }
    }
    let (iterates, unrolled) = valueAndDerivative(at: theta, along: unit) {
        solver.unrolledIterates(from: .zeros([design.columns]), parameters: $0, iterations: iterations)
    }
    func errors(_ rows: [Tensor<Double>], _ limit: Vector) -> [Double] { rows.map { ($0.vector - limit).norm } }
    let points = (0...iterations).map { iterates[$0] }
    return RidgeSensitivity(
        solution: exact, derivative: slope, implicitDerivative: implicit(at: Tensor(exact)).vector,
        iterateErrors: errors(points, exact), implicitErrors: errors(points.map(implicit), slope),
        unrolledErrors: errors((0...iterations).map { unrolled[$0] }, slope),
        errorConstant: 1 / (eigenvalues.min() ?? .nan))
}

/// A solution and its derivative by a single parameter.
public struct SolutionSensitivity: Sendable {
    public let solution: Vector
    public let derivative: Vector
}

// swiftcore: lasso_sensitivity
/// argmin ½‖Xx − y‖² + λ‖x‖₁ by FISTA, and its derivative by λ through the proximal gradient fixed point.
///
/// On the support S it is −(X_SᵀX_S)⁻¹ sign(x_S) while the support does not change, and zero off it.
///
/// - Parameters:
///   - design: X.
///   - targets: y.
///   - penalty: λ > 0.
///   - iterations: the most iterations.
/// - Throws: `OptimisationError` for shapes or numbers that make no regression, or if FISTA does not converge.
public func lassoSensitivity(
    design: Matrix, targets: Vector, penalty: Double, iterations: Int = 100_000
) throws(OptimisationError) -> SolutionSensitivity {
    try requireRegression(design, targets)
    try requirePositive(penalty, "penalty")
    let x = Tensor(design), y = Tensor(targets)
    let objective = SmoothObjective<Tensor<Double>> { w, _ in (matmul(x, w) - y).squared().sum() * 0.5 }
    let norm = design.norm(.spectral)
    let solver = DifferentiableSolver.proximalGradient(of: objective, step: 1 / (norm * norm)) { point, step, penalty in
        point.softThresholded(by: penalty * step)
    }
    let theta = Tensor(penalty)
    let run = solver.run(
        from: .zeros([design.columns]), parameters: theta, iterations: iterations, tolerance: 1e-15)
    if run.change > 1e-12 { throw .notConverged(method: "FISTA", iterations: run.iterations, residual: run.change) }
    let slope = DeepLearning.derivative(at: theta, along: Tensor(1.0)) {
        solver.condition.root(run.solution, parameters: $0)
    }
    return SolutionSensitivity(solution: run.solution.vector, derivative: slope.vector)
}

private func requireRegression(_ design: Matrix, _ targets: Vector) throws(OptimisationError) {
    try requireArgument(
        design.rows > 0 && design.columns > 0, "design", "of the shape (\(design.rows), \(design.columns))",
        "at least one row and column")
    if targets.count != design.rows {
        throw .lengthMismatch(argument: "targets", count: targets.count, expected: design.rows)
    }
    try requireFinite(design.flattened, "design")
    try requireFinite(targets, "targets")
}
