import RealModule

/// Solves Ax = b for a general square A by GMRES (Saad and Schultz, SIAM J. Sci. Stat. Comput. 7 (1986) 856),
/// started anew every `restart` steps.
///
/// Arnoldi's basis is orthogonalised twice. The preconditioner is applied from the right, AM⁻¹y = b, so that
/// the residual is that of the system itself. Stops where ‖b − Ax‖ ≤ tolerance · ‖b‖.
///
/// - Parameters:
///   - matrix: A, n × n.
///   - right: b, n scalars.
///   - start: where to begin; zero by default.
///   - restart: after how many steps the basis is given up; memory for restart + 1 vectors.
///   - tolerance: the relative residual at which to stop.
///   - maximumIterations: at most so many products with A; 10n by default.
///   - preconditioner: an approximation of A⁻¹r for any r.
/// - Throws: `LinearAlgebraError` if A is not square, the lengths differ, b is not finite or `restart` is not
///   positive.
public func generalizedMinimumResiduals<Matrix: LinearOperator>(
    _ matrix: Matrix, _ right: DenseVector<Matrix.Scalar>, start: DenseVector<Matrix.Scalar>? = nil,
    restart: Int = 30, tolerance: Matrix.Scalar.RealScalar = 1e-5, maximumIterations: Int? = nil,
    preconditioner: ((DenseVector<Matrix.Scalar>) -> DenseVector<Matrix.Scalar>)? = nil
) throws(LinearAlgebraError) -> IterativeSolution<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    typealias Real = Scalar.RealScalar
    try matrix.requireSystem(right)
    try require("restart", restart, restart > 0, "a positive number of steps")
    var (solution, residual) = try matrix.start(start, right)
    let bound = tolerance * right.norm
    let limit = maximumIterations ?? 10 * right.count
    let size = min(restart, max(right.count, 1))
    var norms = [residual.norm]
    var iterations = 0
    var trueNorm = norms[0]
    while trueNorm > bound, iterations < limit {
        var basis = [residual / Scalar(trueNorm)]
        var images: [DenseVector<Scalar>] = []
        // The columns of the rotated Hessenberg matrix, and the rotated right-hand side.
        var triangle = DenseMatrix<Scalar>.zeros(size, size)
        var coordinates = DenseVector<Scalar>.zeros(size + 1)
        coordinates[0] = Scalar(trueNorm)
        var rotations: [(cosine: Scalar, sine: Scalar)] = []
        while rotations.count < size, iterations < limit {
            let step = rotations.count
            let preconditioned = preconditioner?(basis[step]) ?? basis[step]
            if preconditioner != nil { images.append(preconditioned) }
            var next = matrix.applied(to: preconditioned)
            let imageNorm = next.norm
            var column = [Scalar](repeating: 0, count: step + 1)
            for _ in 0..<2 {
                for (index, vector) in basis.enumerated() {
                    let coefficient = vector.dot(next)
                    column[index] += coefficient
                    next.add(-coefficient, times: vector)
                }
            }
            let height = next.norm
            guard height.isFinite else { break }
            for (index, rotation) in rotations.enumerated() {
                let (upper, lower) = (column[index], column[index + 1])
                column[index] = rotation.cosine * upper + rotation.sine * lower
                column[index + 1] = rotation.cosine * lower - rotation.sine.conjugated * upper
            }
            // The rotation that takes the new element below the diagonal to zero; that element is real.
            let diagonal = column[step]
            let length = diagonal.modulus
            let radius = Real.hypot(length, height)
            iterations += 1
            guard radius > imageNorm * Real.ulpOfOne, radius > 0 else {
                norms.append(coordinates[step].modulus)
                break
            }
            let phase = length == 0 ? 1 : diagonal / Scalar(length)
            let rotation = (cosine: Scalar(length / radius), sine: phase * Scalar(height / radius))
            column[step] = phase * Scalar(radius)
            coordinates[step + 1] = -rotation.sine.conjugated * coordinates[step]
            coordinates[step] = rotation.cosine * coordinates[step]
            rotations.append(rotation)
            for (index, value) in column.enumerated() { triangle[index, step] = value }
            norms.append(coordinates[step + 1].modulus)
            if norms[iterations] <= bound || height <= imageNorm * Real.ulpOfOne { break }
            next.scale(by: Scalar(1 / height))
            basis.append(next)
        }
        let used = rotations.count
        guard used > 0 else { break }
        let weights = try triangle[0..<used, 0..<used].solveTriangular(.upper, DenseVector(coordinates.view(0..<used)))
        for index in 0..<used {
            solution.add(weights[index], times: preconditioner == nil ? basis[index] : images[index])
        }
        residual = right
        residual.add(-1, times: matrix.applied(to: solution))
        let previous = trueNorm
        trueNorm = residual.norm
        // Neither convergence nor any progress over a whole cycle: it would go on like this for ever.
        if !(trueNorm < previous) { break }
    }
    norms[norms.count - 1] = trueNorm
    return IterativeSolution(
        solution: solution, iterations: iterations, residualNorms: norms, isConverged: trueNorm <= bound)
}

/// Solves Ax = b for a general square A by BiCGSTAB (van der Vorst, SIAM J. Sci. Stat. Comput. 13 (1992) 631).
///
/// Short recurrences and constant memory, but the residual does not fall steadily and the iteration can break
/// down, which ends it without convergence. Stops where ‖b − Ax‖ ≤ tolerance · ‖b‖. The preconditioner is
/// applied from the right.
///
/// - Parameters:
///   - matrix: A, n × n.
///   - right: b, n scalars.
///   - start: where to begin; zero by default.
///   - tolerance: the relative residual at which to stop.
///   - maximumIterations: at most so many steps, of two products with A each; 10n by default.
///   - preconditioner: an approximation of A⁻¹r for any r.
/// - Throws: `LinearAlgebraError` if A is not square, the lengths differ or b is not finite.
public func stabilizedBiconjugateGradients<Matrix: LinearOperator>(
    _ matrix: Matrix, _ right: DenseVector<Matrix.Scalar>, start: DenseVector<Matrix.Scalar>? = nil,
    tolerance: Matrix.Scalar.RealScalar = 1e-5, maximumIterations: Int? = nil,
    preconditioner: ((DenseVector<Matrix.Scalar>) -> DenseVector<Matrix.Scalar>)? = nil
) throws(LinearAlgebraError) -> IterativeSolution<Matrix.Scalar> {
    typealias Scalar = Matrix.Scalar
    try matrix.requireSystem(right)
    var (solution, residual) = try matrix.start(start, right)
    let bound = tolerance * right.norm
    let shadow = residual
    var direction = residual
    var product = shadow.dot(residual)
    var norms = [residual.norm]
    var iterations = 0
    while norms[iterations] > bound, iterations < maximumIterations ?? 10 * right.count {
        let smoothDirection = preconditioner?(direction) ?? direction
        let image = matrix.applied(to: smoothDirection)
        let projection = shadow.dot(image)
        guard projection != 0, projection.isFinite else { break }
        let alpha = product / projection
        residual.add(-alpha, times: image)
        solution.add(alpha, times: smoothDirection)
        iterations += 1
        let half = residual.norm
        if half <= bound {
            norms.append(half)
            break
        }
        let smoothResidual = preconditioner?(residual) ?? residual
        let second = matrix.applied(to: smoothResidual)
        let square = second.squaredNorm
        guard square > 0, square.isFinite else {
            norms.append(half)
            break
        }
        let omega = second.dot(residual) / Scalar(square)
        solution.add(omega, times: smoothResidual)
        residual.add(-omega, times: second)
        norms.append(residual.norm)
        let nextProduct = shadow.dot(residual)
        guard omega != 0, product != 0, nextProduct.isFinite else { break }
        let beta = (nextProduct / product) * (alpha / omega)
        product = nextProduct
        // direction ← residual + β(direction − ω · image)
        direction.add(-omega, times: image)
        guard beta != 0 else { break }
        direction.scale(by: beta)
        direction.add(1, times: residual)
    }
    return IterativeSolution(
        solution: solution, iterations: iterations, residualNorms: norms, isConverged: norms[iterations] <= bound)
}
