import Mathematics

/// How a linear system is solved whose matrix is known by its products with vectors alone.
///
/// An iteration that does not reach its tolerance gives the best that it found; a right-hand side that is not finite
/// gives NaN.
public indirect enum ImplicitLinearSolver<Scalar: TensorScalar>: Sendable {
    /// Conjugate gradients, for symmetric positive definite (or negative definite) matrices: Hessians at a minimum. It
    /// stops at a direction in which the curvature has another sign than in the first.
    case conjugateGradient(tolerance: Scalar = 4 * Scalar.ulpOfOne, maximumIterations: Int = 1000)
    /// Conjugate gradients on the normal equations AᵀAx = Aᵀb (CGLS), for any matrix: of a singular one the solution, or
    /// least-squares solution, of least norm. Two products an iteration; the condition is squared.
    case normalConjugateGradient(tolerance: Scalar = 4 * Scalar.ulpOfOne, maximumIterations: Int = 1000)
    /// GMRES (Saad and Schultz 1986) with restarts, for any matrix.
    case gmres(tolerance: Scalar = 4 * Scalar.ulpOfOne, restart: Int = 50, maximumIterations: Int = 1000)
    /// BiCGSTAB (van der Vorst 1992), for any matrix: constant memory, but it can break down.
    case bicgstab(tolerance: Scalar = 4 * Scalar.ulpOfOne, maximumIterations: Int = 1000)
    /// The matrix column by column and its LU factors: for few unknowns. NaN if it is singular.
    case direct
    /// Another solver with ρ ≥ 0 on the diagonal, for matrices that are singular or nearly so: (A + ρI)x = b, or
    /// (AᵀA + ρI)x = Aᵀb by the normal equations.
    case ridge(Scalar, ImplicitLinearSolver = .normalConjugateGradient())

    /// x with Ax = b, outside any differentiation.
    ///
    /// - Parameters:
    ///   - b: of any shape, which x shares.
    ///   - product: Ax from x.
    ///   - adjoint: Aᵀy from y, for the normal equations; by default the pullback of `product`, which must then be made of
    ///     tensor operations.
    public func solve(
        _ b: Tensor<Scalar>, _ product: (Tensor<Scalar>) -> Tensor<Scalar>,
        adjoint: ((Tensor<Scalar>) -> Tensor<Scalar>)? = nil
    ) -> Tensor<Scalar> {
        solve(b, product, adjoint, ridge: 0)
    }

    private func solve(
        _ b: Tensor<Scalar>, _ product: (Tensor<Scalar>) -> Tensor<Scalar>,
        _ adjoint: ((Tensor<Scalar>) -> Tensor<Scalar>)?, ridge: Scalar
    ) -> Tensor<Scalar> {
        func ridged(_ x: Tensor<Scalar>) -> Tensor<Scalar> { ridge == 0 ? product(x) : product(x) + x * ridge }
        switch self {
        case .conjugateGradient(let tolerance, let maximumIterations):
            return solveByConjugateGradients(b, tolerance, maximumIterations, ridged)
        case .normalConjugateGradient(let tolerance, let maximumIterations):
            return solveByKrylovIteration(b, product, adjoint) { matrix, right throws(LinearAlgebraError) in
                try conjugateGradientLeastSquares(
                    matrix, right, penalty: ridge, tolerance: tolerance, maximumIterations: maximumIterations)
            }
        case .gmres(let tolerance, let restart, let maximumIterations):
            return solveByGMRES(b, tolerance, restart, maximumIterations, ridged)
        case .bicgstab(let tolerance, let maximumIterations):
            return solveByKrylovIteration(b, ridged, nil) { matrix, right throws(LinearAlgebraError) in
                try stabilizedBiconjugateGradients(
                    matrix, right, tolerance: tolerance, maximumIterations: maximumIterations)
            }
        case .direct: return solveDirectly(b, ridged)
        case .ridge(let more, let solver): return solver.solve(b, product, adjoint, ridge: ridge + more)
        }
    }
}

/// A solver of Mathematics on products of tensors.
private func solveByKrylovIteration<S: TensorScalar>(
    _ b: Tensor<S>, _ product: (Tensor<S>) -> Tensor<S>, _ adjoint: ((Tensor<S>) -> Tensor<S>)?,
    _ solver: (FunctionOperator<S>, DenseVector<S>) throws(LinearAlgebraError) -> IterativeSolution<S>
) -> Tensor<S> {
    let shape = b.shape
    return withoutActuallyEscaping(product) { product in
        let adjoint = adjoint ?? { y in valueWithPullback(at: .zeros(shape), product).pullback(y) }
        let matrix = FunctionOperator<S>(rows: b.count, columns: b.count) { x in
            product(Tensor(x).reshaped(to: shape)).flattened().vector
        } adjoint: { y in
            adjoint(Tensor(y).reshaped(to: shape)).flattened().vector
        }
        do throws(LinearAlgebraError) {
            return Tensor(try solver(matrix, b.flattened().vector).solution).reshaped(to: shape)
        } catch {
            return Tensor(repeating: .nan, shape: shape)
        }
    }
}

private func solveByConjugateGradients<S: TensorScalar>(
    _ b: Tensor<S>, _ tolerance: S, _ maximumIterations: Int, _ product: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    var x = Tensor<S>.zeros(b.shape), residual = b, direction = b
    var square = (b * b).sum().scalar
    let goal = tolerance * square.squareRoot()
    var sign: S = 0
    for iteration in 0..<maximumIterations where square.squareRoot() > goal {
        let image = product(direction)
        let curvature = (direction * image).sum().scalar
        if iteration == 0 { sign = curvature < 0 ? -1 : 1 }
        // The first direction is taken whatever its curvature: it is the steepest one.
        guard curvature * sign > 0 else { return iteration == 0 ? b : x }
        let step = square / curvature
        VectorMath.add(direction, scaledBy: step, to: &x)
        VectorMath.add(image, scaledBy: -step, to: &residual)
        let next = (residual * residual).sum().scalar
        direction = residual + direction * (next / square)
        square = next
    }
    return x
}

private func solveByGMRES<S: TensorScalar>(
    _ b: Tensor<S>, _ tolerance: S, _ restart: Int, _ maximumIterations: Int, _ product: (Tensor<S>) -> Tensor<S>
) -> Tensor<S> {
    var x = Tensor<S>.zeros(b.shape), residual = b
    let goal = tolerance * b.norm().scalar
    var iterations = 0
    var last = S.infinity
    while iterations < maximumIterations {
        let length = residual.norm().scalar
        // Restarting gains nothing any more: the rounding error is reached.
        guard length > goal, length < last else { break }
        last = length
        var basis = [residual / length]
        // The Hessenberg matrix made triangular by rotations, column by column.
        var columns: [[S]] = [], rotations: [(cosine: S, sine: S)] = [], right = [length]
        while columns.count < min(restart, b.count), iterations < maximumIterations, right[columns.count].magnitude > goal {
            iterations += 1
            let k = columns.count
            var image = product(basis[k]), column = [S](repeating: 0, count: k + 2)
            for _ in 0..<2 {          // twice, since once loses orthogonality
                for (index, vector) in basis.enumerated() {
                    let projection = (vector * image).sum().scalar
                    column[index] += projection
                    VectorMath.add(vector, scaledBy: -projection, to: &image)
                }
            }
            column[k + 1] = image.norm().scalar
            let rest = column[k + 1]
            for (index, rotation) in rotations.enumerated() {
                let (a, c) = (column[index], column[index + 1])
                column[index] = rotation.cosine * a + rotation.sine * c
                column[index + 1] = rotation.cosine * c - rotation.sine * a
            }
            let radius = S.hypot(column[k], column[k + 1])
            guard radius > 0 else { break }
            let rotation = (cosine: column[k] / radius, sine: column[k + 1] / radius)
            rotations.append(rotation)
            column[k] = radius
            column.removeLast()
            columns.append(column)
            right.append(-rotation.sine * right[k])
            right[k] *= rotation.cosine
            if rest == 0 { break }
            basis.append(image / rest)
        }
        var weights = [S](repeating: 0, count: columns.count)
        for row in columns.indices.reversed() {
            var sum = right[row]
            for column in row + 1..<Swift.max(columns.count, row + 1) { sum -= columns[column][row] * weights[column] }
            weights[row] = sum / columns[row][row]
        }
        if columns.isEmpty { break }
        for (weight, vector) in zip(weights, basis) { VectorMath.add(vector, scaledBy: weight, to: &x) }
        residual = b - product(x)
    }
    return x
}

private func solveDirectly<S: TensorScalar>(_ b: Tensor<S>, _ product: (Tensor<S>) -> Tensor<S>) -> Tensor<S> {
    let identity = Tensor<S>.identity(b.count)
    guard b.count > 0 else { return b }
    let columns = (0..<b.count).map { product(identity[$0].reshaped(to: b.shape)).flattened() }
    let matrix = Tensor.stacking(columns, along: 1)
    return LinearSystemKernels.solve(matrix, b.reshaped(to: [b.count, 1])).solution.reshaped(to: b.shape)
}
