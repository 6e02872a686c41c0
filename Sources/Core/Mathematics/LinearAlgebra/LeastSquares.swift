extension DenseMatrix {
    /// The x of least ‖x‖ among those of least ‖Ax − b‖, for any shape and rank (`?gelsd`).
    ///
    /// - Parameters:
    ///   - right: b, as many scalars as A has rows.
    ///   - tolerance: singular values of A up to it count as zero; by default the largest times the larger
    ///     side times the machine's precision.
    /// - Throws: `LinearAlgebraError` if A or b is not finite or their rows differ.
    public func leastSquares(
        _ right: DenseVector<Scalar>, tolerance: Scalar.RealScalar? = nil
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(rows, "right", of: "matrix", shapeText)
        return try leastSquares(right.asColumn, tolerance: tolerance).flattened
    }

    /// The X of least Frobenius norm among those of least ‖AX − B‖, for any shape and rank (`?gelsd`).
    ///
    /// - Parameters:
    ///   - right: B, as many rows as A.
    ///   - tolerance: singular values of A up to it count as zero; by default the largest times the larger
    ///     side times the machine's precision.
    /// - Throws: `LinearAlgebraError` if A or B is not finite or their rows differ.
    public func leastSquares(
        _ right: DenseMatrix, tolerance: Scalar.RealScalar? = nil
    ) throws(LinearAlgebraError) -> DenseMatrix {
        try right.requireRows(rows, "right", of: "matrix", shapeText)
        try requireFinite("matrix")
        try right.requireFinite("right")
        if tolerance != nil {
            // ?gelsd takes the tolerance relative to the largest singular value only.
            return try SingularValueDecomposition(self).pseudoInverse(tolerance: tolerance) * right
        }
        guard count > 0, right.count > 0 else { return .zeros(columns, right.columns) }
        let work = BLAS.transposedCopy(rows, columns, memory.pointer, rowStride: columns)
        let height = Swift.max(rows, columns)
        var solution = DenseMatrix.zeros(right.columns, height)
        solution.setBlock(0..<right.columns, 0..<rows, to: right.view.transposed)
        let values = Storage<Scalar.RealScalar>(repeating: 0, count: Swift.min(rows, columns))
        var rank: Int32 = 0
        let status = LAPACK.leastSquares(
            rows, columns, right.columns, work.pointer, solution.mutablePointer, values: values.pointer,
            tolerance: Double(Scalar.RealScalar(height) * Scalar.RealScalar.ulpOfOne), rank: &rank)
        withExtendedLifetime((work, values)) {}
        if status != 0 { throw .notConverged(argument: "matrix", shape: shapeText, routine: "gelsd") }
        return DenseMatrix(solution.view.transposed[0..<columns, 0..<right.columns])
    }

    /// The X of least ‖AX − B‖² + λ‖X‖², X = (AᴴA + λ)⁻¹AᴴB.
    ///
    /// The smaller of the two systems is solved: (AᴴA + λ)⁻¹AᴴB or Aᴴ(AAᴴ + λ)⁻¹B. O(mn · min(m, n)).
    ///
    /// - Parameters:
    ///   - right: B, as many rows as A.
    ///   - penalty: λ > 0; for 0 there is `leastSquares`.
    /// - Throws: `LinearAlgebraError` if A or B is not finite, their rows differ, or λ is not positive or too
    ///   small beside ‖A‖² to be seen in this precision.
    public func ridgeSolve(
        _ right: DenseMatrix, penalty: Scalar.RealScalar
    ) throws(LinearAlgebraError) -> DenseMatrix {
        try right.requireRows(rows, "right", of: "matrix", shapeText)
        try right.requireFinite("right")
        try require("penalty", penalty, penalty > 0 && penalty.isFinite, "a positive number")
        var gram = columns <= rows ? columnGram : rowGram
        gram.addToDiagonal(Scalar(penalty))
        let factor = try CholeskyDecomposition(gram)
        return columns <= rows
            ? try factor.solve(adjointMultiplied(by: right)) : adjointMultiplied(by: try factor.solve(right))
    }

    /// The x of least ‖Ax − b‖² + λ‖x‖².
    ///
    /// - Parameters:
    ///   - right: b, as many scalars as A has rows.
    ///   - penalty: λ > 0.
    /// - Throws: `LinearAlgebraError` if A or b is not finite, their rows differ, or λ is not positive or too
    ///   small beside ‖A‖² to be seen in this precision.
    public func ridgeSolve(
        _ right: DenseVector<Scalar>, penalty: Scalar.RealScalar
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try right.requireCount(rows, "right", of: "matrix", shapeText)
        return try ridgeSolve(right.asColumn, penalty: penalty).flattened
    }
}
