import Mathematics

// Derivatives of solutions by the implicit function theorem (`implicit-diff`, Blondel et al. 2022, arXiv:2105.15183):
// where F(x, θ) = 0, the derivative of x by θ is −A⁻¹ ∂F/∂θ with A = ∂F/∂x, whatever found x. The memory needed does
// not depend on the number of iterations.

/// Why there is no solution to differentiate.
public enum ImplicitDifferentiationError: Error, Equatable, CustomStringConvertible {
    /// The iteration stopped with a residual above the tolerance.
    case notConverged(method: String, iterations: Int, residual: Double, tolerance: Double)

    public var description: String {
        switch self {
        case .notConverged(let method, let iterations, let residual, let tolerance):
            "\(method) did not converge: after \(iterations) iterations the residual is \(residual), expected at most \(tolerance)"
        }
    }
}

/// A solution x of F(x, θ) = 0, found by any means, as a function of θ.
///
/// With A = ∂F/∂x and B = ∂F/∂θ, reverse mode solves Aᵀu = −x̄ once and gives uᵀB for all parameters; forward mode solves
/// A ẋ = −B θ̇. Neither A nor B is ever formed. Where `solution` is only near to x, the derivative is that of the
/// equation there: its error is of the order of the solution's (theorem 1 of the paper).
///
/// - Parameters:
///   - residual: F, with as many results as x has elements; it must depend on differentiated tensors through its
///     arguments alone.
///   - solution: x for these parameters.
///   - parameters: θ.
///   - solver: how the linear systems with A and Aᵀ are solved, one for each derivative.
/// - Returns: x, whose derivatives by θ are those of the implicit function, in both modes and to any order.
public func implicitRoot<Model: Parameterized>(
    of residual: @escaping (_ x: Tensor<Model.Scalar>, _ parameters: Model) -> Tensor<Model.Scalar>,
    solution: Tensor<Model.Scalar>, parameters: Model, solver: ImplicitLinearSolver<Model.Scalar> = .gmres()
) -> Tensor<Model.Scalar> {
    let solution = solution.detached()
    let test = residual(solution, parameters.detached())
    guard test.trace == nil else {
        fatalError("implicitRoot: the function uses a differentiated tensor that is not among its arguments")
    }
    guard test.shape == solution.shape else {
        shapesDoNotFit("implicitRoot", test.shape, solution.shape, "the residual has the shape of the solution")
    }
    return implicitRoot(parameters.parameters, solver, { _ in solution }) { x, list in
        residual(x, parameters.replacingParameters(with: list))
    }
}

/// What a solver of one's own returns, as a function of θ: the `custom_root` of the paper.
///
/// - Parameters:
///   - residual: F, which is zero at the solution; see `implicitRoot(of:solution:parameters:solver:)`.
///   - parameters: θ.
///   - solver: of the linear systems.
///   - solve: x from θ. It is called once, with parameters that nobody differentiates.
/// - Throws: what `solve` throws.
public func implicitRoot<Model: Parameterized, E: Error>(
    of residual: @escaping (_ x: Tensor<Model.Scalar>, _ parameters: Model) -> Tensor<Model.Scalar>, parameters: Model,
    solver: ImplicitLinearSolver<Model.Scalar> = .gmres(), solvedBy solve: (Model) throws(E) -> Tensor<Model.Scalar>
) throws(E) -> Tensor<Model.Scalar> {
    implicitRoot(of: residual, solution: try solve(parameters.detached()), parameters: parameters, solver: solver)
}

/// A solution of x = T(x, θ), found by any means, as a function of θ: the `custom_fixed_point` of the paper, with
/// F = T(x, θ) − x.
///
/// - Parameters:
///   - map: T; see `implicitRoot(of:solution:parameters:solver:)`.
///   - solution: x for these parameters.
///   - parameters: θ.
///   - solver: of the linear systems with ∂T/∂x − I.
public func implicitFixedPoint<Model: Parameterized>(
    of map: @escaping (_ x: Tensor<Model.Scalar>, _ parameters: Model) -> Tensor<Model.Scalar>,
    solution: Tensor<Model.Scalar>, parameters: Model, solver: ImplicitLinearSolver<Model.Scalar> = .gmres()
) -> Tensor<Model.Scalar> {
    implicitRoot(of: { map($0, $1) - $0 }, solution: solution, parameters: parameters, solver: solver)
}

/// The solution as an operation on the arguments. The system of its pullback is again a root, whose arguments are
/// these, the solution and the cotangent; that of its pushforward likewise: that is how it is differentiated again.
private func implicitRoot<S: TensorScalar>(
    _ arguments: [Tensor<S>], _ solver: ImplicitLinearSolver<S>, _ solve: ([Tensor<S>]) -> Tensor<S>,
    _ residual: @escaping (Tensor<S>, [Tensor<S>]) -> Tensor<S>
) -> Tensor<S> {
    Tensor.recording(arguments, solve) { arguments, x in
        { cotangent, wanted in
            // Aᵀu = −x̄
            func adjointResidual(_ u: Tensor<S>, _ list: [Tensor<S>]) -> Tensor<S> {
                let (x, cotangent, arguments) = (list[0], list[1], Array(list[2...]))
                return valueWithPullback(at: x) { residual($0, arguments) }.pullback(u) + cotangent
            }
            let u = implicitRoot([x, cotangent] + arguments, solver, { list in
                let (x, cotangent, arguments) = (list[0], list[1], Array(list[2...]))
                let transpose = valueWithPullback(at: x) { residual($0, arguments) }.pullback
                return solver.solve(-cotangent, transpose) { direction in
                    derivative(at: x, along: direction) { residual($0, arguments) }
                }
            }, adjointResidual)
            let variables = zip(arguments, wanted).filter(\.1).map(\.0)
            let parts = valueWithPullback(at: variables) { residual(x, arguments.replacing(wanted, with: $0)) }.pullback(u)
            var next = parts.makeIterator()
            return wanted.map { $0 ? next.next() : nil }
        }
    } pushforward: { arguments, x, tangents in
        // A ẋ = −B θ̇
        let moving = tangents.map { $0 != nil }, tangents = tangents.compactMap { $0 }
        func moved(_ x: Tensor<S>, _ list: [Tensor<S>], _ tangents: [Tensor<S>]) -> Tensor<S> {
            derivative(at: zip(list, moving).filter(\.1).map(\.0), along: tangents) {
                residual(x, list.replacing(moving, with: $0))
            }
        }
        func tangentResidual(_ tangent: Tensor<S>, _ list: [Tensor<S>]) -> Tensor<S> {
            let (x, arguments) = (list[0], Array(list[1...arguments.count]))
            return derivative(at: x, along: tangent) { residual($0, arguments) }
                + moved(x, arguments, Array(list[(1 + arguments.count)...]))
        }
        return implicitRoot([x] + arguments + tangents, solver, { list in
            let (x, arguments) = (list[0], Array(list[1...arguments.count]))
            return solver.solve(-moved(x, arguments, Array(list[(1 + arguments.count)...]))) { direction in
                derivative(at: x, along: direction) { residual($0, arguments) }
            } adjoint: {
                valueWithPullback(at: x) { residual($0, arguments) }.pullback($0)
            }
        }, tangentResidual)
    }
}

extension Array {
    /// The list with others in the marked places, in order.
    fileprivate func replacing(_ marks: [Bool], with others: [Element]) -> [Element] {
        var next = others.makeIterator()
        return zip(self, marks).map { $1 ? next.next() ?? $0 : $0 }
    }
}

/// The fixed point x = T(x, θ), as a function of θ.
///
/// Iterates x ← T(x, θ) until ‖T(x) − x‖ ≤ tolerance (1 + ‖x‖); T must be a contraction near the fixed point.
///
/// - Parameters:
///   - map: T; it must depend on differentiated tensors through its arguments alone.
///   - parameters: θ.
///   - start: where to begin.
///   - tolerance: a thousand units of rounding by default.
///   - maximumIterations: after which the iteration counts as not converged.
///   - solver: of the linear systems with I − ∂T/∂x.
/// - Throws: `ImplicitDifferentiationError.notConverged`.
public func fixedPoint<Model: Parameterized>(
    of map: @escaping (_ x: Tensor<Model.Scalar>, _ parameters: Model) -> Tensor<Model.Scalar>, parameters: Model,
    startingAt start: Tensor<Model.Scalar>, tolerance: Model.Scalar? = nil, maximumIterations: Int = 10_000,
    solver: ImplicitLinearSolver<Model.Scalar> = .gmres()
) throws(ImplicitDifferentiationError) -> Tensor<Model.Scalar> {
    let fixed = parameters.detached()
    let tolerance = tolerance ?? 1000 * Model.Scalar.ulpOfOne
    var x = start.detached(), change = Model.Scalar.infinity
    var iterations = 0
    while iterations < maximumIterations {
        let next = map(x, fixed)
        change = (next - x).norm().scalar / (1 + x.norm().scalar)
        x = next
        iterations += 1
        if change <= tolerance { break }
    }
    guard change <= tolerance else {
        throw .notConverged(
            method: "fixedPoint", iterations: iterations, residual: Double(change), tolerance: Double(tolerance))
    }
    return implicitRoot(of: { map($0, $1) - $0 }, solution: x, parameters: parameters, solver: solver)
}

/// The minimiser x of a smooth function f(x, θ), as a function of θ, by the optimality condition ∇ₓf(x, θ) = 0.
///
/// Newton's method with steps by conjugate gradients, which stop at negative curvature, and backtracking, until
/// ‖∇f‖ ≤ tolerance (1 + ‖x‖). The Hessian at the minimum must be positive definite.
///
/// - Parameters:
///   - objective: f, whose result is a single number; it must depend on differentiated tensors through its arguments
///     alone.
///   - parameters: θ.
///   - start: where to begin.
///   - tolerance: ten thousand units of rounding by default.
///   - maximumIterations: after which the minimisation counts as not converged.
///   - solver: of the linear systems with the Hessian.
/// - Throws: `ImplicitDifferentiationError.notConverged`.
public func argmin<Model: Parameterized>(
    of objective: @escaping (_ x: Tensor<Model.Scalar>, _ parameters: Model) -> Tensor<Model.Scalar>, parameters: Model,
    startingAt start: Tensor<Model.Scalar>, tolerance: Model.Scalar? = nil, maximumIterations: Int = 200,
    solver: ImplicitLinearSolver<Model.Scalar> = .conjugateGradient()
) throws(ImplicitDifferentiationError) -> Tensor<Model.Scalar> {
    let fixed = parameters.detached()
    let tolerance = tolerance ?? 10_000 * Model.Scalar.ulpOfOne
    var x = start.detached(), residual = Model.Scalar.infinity
    var iterations = 0
    while true {
        let (value, slope) = valueAndGradient(at: x) { objective($0, fixed) }
        residual = slope.norm().scalar / (1 + x.norm().scalar)
        if residual <= tolerance || iterations == maximumIterations || !value.scalar.isFinite { break }
        let step = ImplicitLinearSolver.conjugateGradient(tolerance: min(0.1, residual)).solve(-slope) { direction in
            hessianVectorProduct(at: x, along: direction) { objective($0, fixed) }
        }
        let decrease = (step * slope).sum().scalar
        var length: Model.Scalar = 1
        var next = x + step
        // Near the minimum the values' rounding hides the decrease: there the full Newton step is right.
        let noise = 100 * Model.Scalar.ulpOfOne * (1 + value.scalar.magnitude)
        while length > 1e-10, !(objective(next, fixed).scalar <= value.scalar + length * decrease / 10_000 + noise) {
            length /= 2
            next = x + step * length
        }
        x = next
        iterations += 1
    }
    guard residual <= tolerance else {
        throw .notConverged(method: "argmin", iterations: iterations, residual: Double(residual), tolerance: Double(tolerance))
    }
    return implicitRoot(
        of: { x, parameters in gradient(at: x) { objective($0, parameters) } }, solution: x, parameters: parameters,
        solver: solver)
}
