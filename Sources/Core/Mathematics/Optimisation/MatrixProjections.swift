extension DenseMatrix where Scalar == Double {
    /// The nearest positive semidefinite matrix in Frobenius norm: negative eigenvalues become `minimum`.
    ///
    /// - Parameter minimum: the least eigenvalue of the result, at least 0.
    /// - Throws: `OptimisationError` unless the matrix is symmetric and finite.
    public func projectedOntoPositiveSemidefinite(minimum: Double = 0) throws(OptimisationError) -> Matrix {
        try requireArgument(minimum >= 0 && minimum.isFinite, "minimum", minimum, "at least 0")
        do throws(LinearAlgebraError) {
            return try SymmetricEigendecomposition(self).applying { Swift.max($0, minimum) }
        } catch {
            throw .linearAlgebra(error)
        }
    }

    /// The nearest doubly stochastic matrix in Frobenius norm (the Birkhoff polytope).
    ///
    /// - Throws: `OptimisationError` unless the matrix is square and finite.
    public func projectedOntoBirkhoffPolytope(tolerance: Double = 1e-12) throws(OptimisationError) -> Matrix {
        try requireArgument(rows == columns, "matrix", "of shape (\(rows), \(columns))", "a square matrix")
        return try projectedOntoTransportPolytope(
            rowSums: .ones(rows), columnSums: .ones(columns), tolerance: tolerance)
    }

    /// The nearest non-negative matrix in Frobenius norm with the given row and column sums.
    ///
    /// The dual problem has n + m variables u, v with X = max(M + u1ᵀ + 1vᵀ, 0); it is solved by a semismooth
    /// Newton method with a line search (Li, Sun and Toh, "On the efficient computation of a generalized Jacobian
    /// of the projector over the Birkhoff polytope", 2020). O((n + m)³) an iteration, few iterations. Where entries
    /// differ by more than 100 times the largest sum, a linear program finds the start.
    ///
    /// - Parameters:
    ///   - rowSums: the positive sums of the rows.
    ///   - columnSums: the positive sums of the columns, with the same total.
    ///   - tolerance: the largest error of a row or column sum, relative to the largest sum.
    /// - Throws: `OptimisationError` if sums do not fit or the tolerance is not reached.
    public func projectedOntoTransportPolytope(
        rowSums: Vector, columnSums: Vector, tolerance: Double = 1e-12
    ) throws(OptimisationError) -> Matrix {
        try requireFiniteElements(flattened, "matrix")
        if rowSums.count != rows { throw .lengthMismatch(argument: "rowSums", count: rowSums.count, expected: rows) }
        if columnSums.count != columns {
            throw .lengthMismatch(argument: "columnSums", count: columnSums.count, expected: columns)
        }
        for (index, sum) in rowSums.enumerated() {
            try requireArgument(sum > 0 && sum.isFinite, "rowSums[\(index)]", sum, "a positive finite number")
        }
        for (index, sum) in columnSums.enumerated() {
            try requireArgument(sum > 0 && sum.isFinite, "columnSums[\(index)]", sum, "a positive finite number")
        }
        try requireArgument(
            (rowSums.sum - columnSums.sum).magnitude <= 1e-9 * rowSums.sum, "columnSums",
            "of total \(columnSums.sum)", "the total \(rowSums.sum) of rowSums")
        try requireArgument(tolerance > 0, "tolerance", tolerance, "a positive number")
        guard rows > 0, columns > 0 else { return self }
        // Entries far beyond the sums make a nearly linear program: its duals, as shifts of rows and columns, change no
        // projection and leave entries that matter near zero.
        let spread = (flattened.max() ?? 0) - (flattened.min() ?? 0)
        let isLarge = spread > 100 * Swift.max(rowSums.maximumMagnitude, columnSums.maximumMagnitude)
        let shifted = isLarge ? shiftedByTransportDuals(rowSums, columnSums) : nil
        return try (shifted ?? self).transportProjectionByNewton(rowSums, columnSums, tolerance: tolerance)
    }

    /// M + u1ᵀ + 1vᵀ with the dual solution u, v of max ⟨M, X⟩ over the transport polytope; nil if the solver gives up.
    private func shiftedByTransportDuals(_ rowSums: Vector, _ columnSums: Vector) -> Matrix? {
        var program = LinearProgram(maximising: flattened)
        for row in 0..<rows {
            program.constrain(
                indices: (0..<columns).map { row * columns + $0 }, coefficients: Array(repeating: 1, count: columns),
                .equalTo(rowSums[row]))
        }
        for column in 0..<columns {
            program.constrain(
                indices: (0..<rows).map { $0 * columns + column }, coefficients: Array(repeating: 1, count: rows),
                .equalTo(columnSums[column]))
        }
        guard let duals = try? program.solve().duals else { return nil }
        return Matrix(rows: rows, columns: columns) { self[$0, $1] - duals[$0] - duals[rows + $1] }
    }

    private func transportProjectionByNewton(
        _ rowSums: Vector, _ columnSums: Vector, tolerance: Double
    ) throws(OptimisationError) -> Matrix {
        let (n, m) = (rows, columns)
        let targets = Vector(count: n + m) { $0 < n ? rowSums[$0] : columnSums[$0 - n] }
        let allowed = tolerance * targets.maximumMagnitude
        func primal(_ dual: Vector) -> Matrix {
            Matrix(rows: n, columns: m) { Swift.max(self[$0, $1] + dual[$0] + dual[n + $1], 0) }
        }
        func value(_ x: Matrix, _ dual: Vector) -> Double { x.flattened.squaredNorm / 2 - targets.dot(dual) }
        func residual(_ x: Matrix) -> Vector {
            let (byRow, byColumn) = (x.rowSums, x.columnSums)
            return Vector(count: n + m) { $0 < n ? byRow[$0] - rowSums[$0] : byColumn[$0 - n] - columnSums[$0 - n] }
        }
        // Start where every row of M + u1ᵀ is projected on its own simplex.
        var dual = Vector.zeros(n + m)
        for row in 0..<n { dual[row] = -SimplexThreshold(Array(self.row(row)), total: rowSums[row]).value }
        var point = primal(dual)
        var gradient = residual(point)
        let limit = 200
        for _ in 0..<limit {
            if gradient.maximumMagnitude <= allowed { return point }
            var hessian = Matrix.zeros(n + m, n + m)
            for row in 0..<n {
                for column in 0..<m where point[row, column] > 0 {
                    hessian[row, row] += 1
                    hessian[n + column, n + column] += 1
                    hessian[row, n + column] = 1
                    hessian[n + column, row] = 1
                }
            }
            // Adding a constant to u and taking it from v changes nothing: the matrix is always singular.
            hessian.addToDiagonal(Swift.min(1e-3, Swift.max(0.1 * gradient.norm, 1e-10)))
            let step: Vector
            do throws(LinearAlgebraError) {
                step = -(try CholeskyDecomposition(hessian).solve(gradient))
            } catch {
                throw .linearAlgebra(error)
            }
            let current = value(point, dual)
            let slope = gradient.dot(step)
            var length = 1.0
            for attempt in 0..<50 {
                let trial = dual.advanced(by: length, along: step)
                let trialPoint = primal(trial)
                let trialGradient = residual(trialPoint)
                let decreases = value(trialPoint, trial) <= current + 1e-4 * length * slope
                // At the level of rounding the residual decides.
                if decreases || trialGradient.norm < 0.9 * gradient.norm || attempt == 49 {
                    (dual, point, gradient) = (trial, trialPoint, trialGradient)
                    break
                }
                length /= 2
            }
        }
        throw .notConverged(method: "the projection's Newton iteration", iterations: limit, residual: gradient.maximumMagnitude)
    }

    /// The proximal map of threshold · (nuclear norm): singular values are soft-thresholded.
    ///
    /// - Throws: `OptimisationError` if the threshold is negative or the matrix is not finite.
    public func singularValuesThresholded(by threshold: Double) throws(OptimisationError) -> Matrix {
        try requireArgument(threshold >= 0, "threshold", threshold, "at least 0")
        do throws(LinearAlgebraError) {
            let decomposition = try SingularValueDecomposition(self)
            let values = decomposition.singularValues.map { Swift.max($0 - threshold, 0) }
            return decomposition.left.scalingColumns(by: values) * decomposition.rightTransposed
        } catch {
            throw .linearAlgebra(error)
        }
    }
}
