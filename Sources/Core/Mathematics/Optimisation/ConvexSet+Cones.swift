extension ConvexSet {
    /// The second-order cone {(t, u) : ‖u‖ ≤ t}, t the first element.
    ///
    /// Its projection has a closed form (Bauschke, thesis, 1996). O(n).
    public static let secondOrderCone = ConvexSet(
        projection: { point in
            guard let t = point.first else { return point }
            let norm = coneNorm(point)
            if norm <= t { return point }
            if norm <= -t { return .zeros(point.count) }
            let height = (t + norm) / 2
            return Vector(count: point.count) { $0 == 0 ? height : height / norm * point[$0] }
        },
        jacobianProduct: { point, direction in
            guard let t = point.first else { return direction }
            let norm = coneNorm(point)
            if norm <= t { return direction }
            if norm <= -t { return .zeros(point.count) }
            // ½ [1 wᵀ; w (1 + t/‖u‖)I − (t/‖u‖)wwᵀ], w = u/‖u‖.
            let slope = t / norm
            var along = 0.0
            for index in 1..<point.count { along += point[index] / norm * direction[index] }
            return Vector(count: point.count) { index in
                if index == 0 { return (direction[0] + along) / 2 }
                let unit = point[index] / norm
                return (unit * direction[0] + (1 + slope) * direction[index] - slope * unit * along) / 2
            }
        })

    /// The cone of positive semidefinite matrices of an order, as vectors of order² elements, row by row.
    ///
    /// Only the symmetric part of a point counts, as the nearest matrix is symmetric. The Jacobian is that of Malick
    /// and Sendov (2006). O(order³).
    ///
    /// - Throws: `OptimisationError` unless the order is positive.
    public static func positiveSemidefinite(order: Int) throws(OptimisationError) -> ConvexSet {
        try requireArgument(order >= 1, "order", order, "at least 1")
        @Sendable func symmetric(_ point: Vector) -> Matrix {
            precondition(
                point.count == order * order, "a matrix of order \(order) has \(order * order) elements, got \(point.count)")
            let matrix = Matrix(rows: order, columns: order, point)
            return 0.5 * (matrix + matrix.transposed)
        }
        return ConvexSet(
            projection: { point in
                // What is not finite has no nearest point.
                guard let eigen = try? SymmetricEigendecomposition(symmetric(point)) else {
                    return Vector(repeating: .nan, count: point.count)
                }
                return eigen.applying { max($0, 0) }.flattened
            },
            jacobianProduct: { point, direction in
                guard let eigen = try? SymmetricEigendecomposition(symmetric(point)) else {
                    return Vector(repeating: .nan, count: point.count)
                }
                let values = eigen.eigenvalues
                let basis = eigen.eigenvectors
                let inner = basis.transposeMultiplied(by: symmetric(direction)) * basis
                let weighted = Matrix(rows: order, columns: order) { row, column in
                    let (a, b) = (values[row], values[column])
                    let quotient = a == b ? (a > 0 ? 1 : 0) : (max(a, 0) - max(b, 0)) / (a - b)
                    return quotient * inner[row, column]
                }
                return (basis * weighted).multiplied(byTransposeOf: basis).flattened
            })
    }

    /// The affine set {x : Ax = b}. O(mn) a projection after one singular value decomposition.
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or no point satisfies Ax = b.
    public static func affine(_ matrix: Matrix, _ right: Vector) throws(OptimisationError) -> ConvexSet {
        if right.count != matrix.rows {
            throw .lengthMismatch(argument: "right", count: right.count, expected: matrix.rows)
        }
        try requireFiniteElements(right, "right")
        guard matrix.rows > 0 else { return .everything }
        let decomposition: SingularValueDecomposition<Double>
        do throws(LinearAlgebraError) {
            decomposition = try SingularValueDecomposition(matrix)
        } catch {
            throw .linearAlgebra(error)
        }
        let values = decomposition.singularValues
        let least = Double(max(matrix.rows, matrix.columns)) * .ulpOfOne * (values.first ?? 0)
        let rank = values.count { $0 > least }
        // Rows of an orthonormal basis of the row space, and what they must give.
        let basis = decomposition.rightTransposed[0..<rank, 0..<matrix.columns]
        let projected = decomposition.left.transposeMultiplied(by: right)
        let heights = Vector(count: rank) { projected[$0] / values[$0] }
        let particular = basis.transposeMultiplied(by: heights)
        let error = (matrix * particular - right).maximumMagnitude
        let scale = max(right.maximumMagnitude, matrix.maximumMagnitude * particular.maximumMagnitude)
        if error > 1e-9 * scale { throw .infeasible }
        return ConvexSet(
            projection: { $0 - basis.transposeMultiplied(by: basis * $0 - heights) },
            jacobianProduct: { $1 - basis.transposeMultiplied(by: basis * $1) })
    }

    /// The point of the ball {‖z − center‖ ≤ radius} that is nearest in the norm √(xᵀHx) of a positive definite H.
    ///
    /// (H + μI)⁻¹H(x − c) + c with the least multiplier μ ≥ 0; for H = I the projection onto `l2Ball`. O(n³).
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite, the radius is not positive or H is not
    ///   symmetric positive definite.
    public static func project(
        _ point: Vector, ontoBallOfRadius radius: Double, center: Vector? = nil, metric: Matrix
    ) throws(OptimisationError) -> Vector {
        try requireFiniteElements(point, "point")
        if let center, center.count != point.count {
            throw .lengthMismatch(argument: "center", count: center.count, expected: point.count)
        }
        if metric.rows != point.count { throw .lengthMismatch(argument: "metric", count: metric.rows, expected: point.count) }
        do throws(LinearAlgebraError) { _ = try CholeskyDecomposition(metric) } catch { throw .linearAlgebra(error) }
        let offset = center.map { point - $0 } ?? point
        if offset.norm <= radius { return point }
        let (step, _) = try TrustRegion.step(gradient: -(metric * offset), hessian: metric, radius: radius)
        return center.map { $0 + step } ?? step
    }

    /// The nearest point of the intersection of sets, by Dykstra's algorithm (Boyle and Dykstra 1986).
    ///
    /// Unlike alternating projections this converges to the projection, not just to a common point; linearly for
    /// polyhedra, slower where sets touch.
    ///
    /// - Parameters:
    ///   - point: where to start from.
    ///   - sets: sets with a common point.
    ///   - tolerance: stop when a cycle changes the point and its corrections by no more, relative to the point's norm.
    ///   - maximumIterations: cycles at most.
    /// - Throws: `OptimisationError.notConverged` if the limit comes first, as it does when no common point exists;
    ///   `.invalid` if a parameter is out of range and `.notFinite` if the point is not.
    public static func project(
        _ point: Vector, ontoIntersectionOf sets: [ConvexSet], tolerance: Double = 1e-12, maximumIterations: Int = 100_000
    ) throws(OptimisationError) -> Vector {
        try requireFiniteElements(point, "point")
        try requireArgument(tolerance > 0, "tolerance", tolerance, "a positive number")
        var current = point
        var corrections = [Vector](repeating: .zeros(point.count), count: sets.count)
        var change = 0.0
        for _ in 0..<maximumIterations {
            change = 0
            for (index, set) in sets.enumerated() {
                let shifted = current + corrections[index]
                let next = set.project(shifted)
                let correction = shifted - next
                change = max(change, (correction - corrections[index]).norm, (next - current).norm)
                (current, corrections[index]) = (next, correction)
            }
            if change <= tolerance * max(current.norm, 1) { return current }
        }
        throw .notConverged(method: "Dykstra's algorithm", iterations: maximumIterations, residual: change)
    }
}

/// The norm of all elements but the first.
private func coneNorm(_ point: Vector) -> Double { point.count > 1 ? Vector(point[1...]).norm : 0 }
