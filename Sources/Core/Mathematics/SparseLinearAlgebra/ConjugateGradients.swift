import RealModule

/// Solves Ax = b for a Hermitian (symmetric, where real) positive definite A by preconditioned conjugate
/// gradients (Hestenes and Stiefel).
///
/// The error in the A-norm falls at least as ((√κ − 1)/(√κ + 1))ᵏ. Stops where ‖b − Ax‖ ≤ tolerance · ‖b‖.
/// An infinite or NaN product ends the iteration without convergence.
///
/// - Parameters:
///   - matrix: A, n × n.
///   - right: b, n scalars.
///   - start: where to begin; zero by default.
///   - tolerance: the relative residual at which to stop.
///   - maximumIterations: at most so many products with A; 10n by default.
///   - preconditioner: an approximation of A⁻¹r for any r, itself Hermitian positive definite.
/// - Throws: `LinearAlgebraError` if A is not square, the lengths differ, b is not finite, or a direction p
///   with pᴴAp ≤ 0 shows that A is not positive definite.
public func conjugateGradients<Matrix: LinearOperator>(
    _ matrix: Matrix, _ right: DenseVector<Matrix.Scalar>, start: DenseVector<Matrix.Scalar>? = nil,
    tolerance: Matrix.Scalar.RealScalar = 1e-5, maximumIterations: Int? = nil,
    preconditioner: ((DenseVector<Matrix.Scalar>) -> DenseVector<Matrix.Scalar>)? = nil
) throws(LinearAlgebraError) -> IterativeSolution<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    try matrix.requireSystem(right)
    var (solution, residual) = try matrix.start(start, right)
    let bound = tolerance * right.norm
    var norms = [residual.norm]
    var preconditioned = preconditioner?(residual) ?? residual
    var direction = preconditioned
    var energy = residual.dot(preconditioned).realPart
    var iterations = 0
    while norms[iterations] > bound, iterations < maximumIterations ?? 10 * right.count {
        let image = matrix.applied(to: direction)
        let curvature = direction.dot(image).realPart
        guard curvature.isFinite else { break }
        try require("pᴴAp", curvature, curvature > 0, "positive, as of a positive definite matrix")
        let step = Scalar(energy / curvature)
        solution.add(step, times: direction)
        residual.add(-step, times: image)
        iterations += 1
        norms.append(residual.norm)
        preconditioned = preconditioner?(residual) ?? residual
        let next = residual.dot(preconditioned).realPart
        // direction ← preconditioned + (next/energy) · direction
        swap(&direction, &preconditioned)
        direction.add(Scalar(next / energy), times: preconditioned)
        energy = next
    }
    return IterativeSolution(
        solution: solution, iterations: iterations, residualNorms: norms, isConverged: norms[iterations] <= bound)
}

/// The x of least ‖Ax − b‖² + λ‖x‖² for any A, by conjugate gradients on the normal equations (CGLS).
///
/// Works with A and Aᴴ, never with AᴴA; the condition is still squared. Stops where
/// ‖Aᴴ(b − Ax) − λx‖ ≤ tolerance · ‖Aᴴb‖; `residualNorms` are these norms.
///
/// - Parameters:
///   - matrix: A, m × n.
///   - right: b, m scalars.
///   - start: where to begin; zero by default, from which the solution of least norm is found.
///   - penalty: λ ≥ 0.
///   - tolerance: the relative residual of the normal equations at which to stop.
///   - maximumIterations: at most so many products with A and Aᴴ; 10 · max(m, n) by default.
/// - Throws: `LinearAlgebraError` if the lengths differ, b is not finite or λ is negative.
public func conjugateGradientLeastSquares<Matrix: AdjointableOperator>(
    _ matrix: Matrix, _ right: DenseVector<Matrix.Scalar>, start: DenseVector<Matrix.Scalar>? = nil,
    penalty: Matrix.Scalar.RealScalar = 0, tolerance: Matrix.Scalar.RealScalar = 1e-5,
    maximumIterations: Int? = nil
) throws(LinearAlgebraError) -> IterativeSolution<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    try matrix.requireSystem(right, isSquare: false)
    try require("penalty", penalty, penalty >= 0 && penalty.isFinite, "a number ≥ 0")
    var (solution, residual) = try matrix.start(start, right)
    func gradient() -> DenseVector<Scalar> {
        var result = matrix.adjointApplied(to: residual)
        if penalty > 0 { result.add(-Scalar(penalty), times: solution) }
        return result
    }
    let bound = tolerance * matrix.adjointApplied(to: right).norm
    var current = gradient()
    var direction = current
    var energy = current.squaredNorm
    var norms = [current.norm]
    var iterations = 0
    while norms[iterations] > bound, iterations < maximumIterations ?? 10 * max(matrix.shape.rows, matrix.shape.columns) {
        let image = matrix.applied(to: direction)
        let curvature = image.squaredNorm + penalty * direction.squaredNorm
        guard curvature > 0, curvature.isFinite else { break }
        let step = Scalar(energy / curvature)
        solution.add(step, times: direction)
        residual.add(-step, times: image)
        iterations += 1
        current = gradient()
        norms.append(current.norm)
        let next = current.squaredNorm
        swap(&direction, &current)
        direction.add(Scalar(next / energy), times: current)
        energy = next
    }
    return IterativeSolution(
        solution: solution, iterations: iterations, residualNorms: norms, isConverged: norms[iterations] <= bound)
}

/// Solves Ax = b for a Hermitian (symmetric, where real) A, definite or not, by MINRES (Paige and Saunders,
/// SIAM J. Numer. Anal. 12 (1975) 617): each iterate has the least residual in its Krylov space.
///
/// Stops where ‖b − Ax‖ ≤ tolerance · ‖b‖. Of a singular system without solution, the residual stays and the
/// iteration ends without convergence.
///
/// - Parameters:
///   - matrix: A, n × n.
///   - right: b, n scalars.
///   - start: where to begin; zero by default.
///   - tolerance: the relative residual at which to stop.
///   - maximumIterations: at most so many products with A; 10n by default.
/// - Throws: `LinearAlgebraError` if A is not square, the lengths differ or b is not finite.
public func minimumResiduals<Matrix: LinearOperator>(
    _ matrix: Matrix, _ right: DenseVector<Matrix.Scalar>, start: DenseVector<Matrix.Scalar>? = nil,
    tolerance: Matrix.Scalar.RealScalar = 1e-5, maximumIterations: Int? = nil
) throws(LinearAlgebraError) -> IterativeSolution<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    typealias Real = Scalar.RealScalar
    try matrix.requireSystem(right)
    var (solution, vector) = try matrix.start(start, right)
    let bound = tolerance * right.norm
    // Lanczos: vectors v₀, v₁ with coupling β; the rotations of two steps; two directions w.
    var beta = vector.norm
    var norms = [beta]
    var (c0, c1, s0, s1): (Real, Real, Real, Real) = (1, 1, 0, 0)
    var remaining = beta
    var previous = DenseVector<Scalar>.zeros(right.count)
    var (w0, w1) = (previous, previous)
    if beta > 0 { vector.scale(by: Scalar(1 / beta)) }
    let scale = beta
    var iterations = 0
    while norms[iterations] > bound, iterations < maximumIterations ?? 10 * right.count {
        var next = matrix.applied(to: vector)
        let alpha = vector.dot(next).realPart
        guard alpha.isFinite else { break }
        let imageNorm = next.norm
        next.add(-Scalar(alpha), times: vector)
        if iterations > 0 { next.add(-Scalar(beta), times: previous) }
        let nextBeta = next.norm
        let a0 = c1 * alpha - c0 * s1 * beta
        let a1 = Real.hypot(a0, nextBeta)
        let a2 = s1 * alpha + c0 * c1 * beta
        let a3 = s0 * beta
        guard a1 > imageNorm * Real.ulpOfOne, a1 > 0 else { break }
        (c0, c1, s0, s1) = (c1, a0 / a1, s1, nextBeta / a1)
        // w ← (v − a₃w₀ − a₂w₁)/a₁, in the memory of w₀.
        if a3 == 0 {
            w0 = vector
        } else {
            w0.scale(by: -Scalar(a3))
            w0.add(1, times: vector)
        }
        w0.add(-Scalar(a2), times: w1)
        w0.scale(by: Scalar(1 / a1))
        swap(&w0, &w1)
        solution.add(Scalar(c1 * remaining), times: w1)
        remaining = -s1 * remaining
        iterations += 1
        norms.append(abs(remaining))
        beta = nextBeta
        guard beta > scale * Real.leastNormalMagnitude else { break }
        swap(&previous, &vector)
        swap(&vector, &next)
        vector.scale(by: Scalar(1 / beta))
    }
    return IterativeSolution(
        solution: solution, iterations: iterations, residualNorms: norms, isConverged: norms[iterations] <= bound)
}
