extension ProximalOperator {
    /// weight · ½‖Ax − b‖².
    ///
    /// O(n³) once, then O(n²) for every map, whatever its step.
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or the weight is negative.
    public static func leastSquares(
        _ matrix: Matrix, _ right: Vector, weight: Double = 1
    ) throws(OptimisationError) -> ProximalOperator {
        if right.count != matrix.rows {
            throw .lengthMismatch(argument: "right", count: right.count, expected: matrix.rows)
        }
        try requireFiniteElements(right, "right")
        try requireArgument(weight >= 0 && weight.isFinite, "weight", weight, "at least 0")
        let eigen: SymmetricEigendecomposition<Double>
        do throws(LinearAlgebraError) {
            eigen = try SymmetricEigendecomposition(matrix.columnGram)
        } catch {
            throw .linearAlgebra(error)
        }
        let values = eigen.eigenvalues.map { max($0, 0) }
        let moved = eigen.eigenvectors.transposeMultiplied(by: matrix.transposeMultiplied(by: right))
        return ProximalOperator(
            value: { weight / 2 * (matrix * $0 - right).squaredNorm },
            apply: { point, step in
                let coordinates = eigen.eigenvectors.transposeMultiplied(by: point)
                let factor = step * weight
                return eigen.eigenvectors
                    * Vector(count: values.count) { (coordinates[$0] + factor * moved[$0]) / (1 + factor * values[$0]) }
            })
    }

    /// weight · (the sum of the singular values) of matrices given as vectors, row by row.
    ///
    /// Points that are not finite are mapped to NaN.
    public static func nuclearNorm(weight: Double, rows: Int, columns: Int) -> ProximalOperator {
        precondition(weight >= 0, "a weight must be at least 0, got \(weight)")
        precondition(rows >= 1 && columns >= 1, "a matrix needs at least one row and column, got (\(rows), \(columns))")
        return ProximalOperator(
            value: { point in
                let matrix = Matrix(rows: rows, columns: columns, point)
                return weight * ((try? SingularValueDecomposition(matrix).singularValues.sum) ?? .nan)
            },
            apply: { point, step in
                let matrix = Matrix(rows: rows, columns: columns, point)
                return (try? matrix.singularValuesThresholded(by: step * weight).flattened)
                    ?? Vector(repeating: .nan, count: point.count)
            })
    }
}
