import RealModule

extension DenseMatrix {
    /// Solves Tx = b for the Toeplitz matrix T of ``toeplitz(column:row:)`` by Levinson's recursion.
    ///
    /// O(n²) time and O(n) memory. Without pivoting: every leading block must be regular, and the error grows
    /// where one is nearly singular. Positive definite T are safe (Golub, Van Loan, Matrix Computations,
    /// §4.7).
    ///
    /// - Parameters:
    ///   - column: the first column of T.
    ///   - row: the first row of T, as long; by default the conjugates of the column.
    ///   - right: b, as long.
    /// - Throws: `LinearAlgebraError` if the lengths differ, something is not finite, or a leading block is
    ///   exactly singular.
    public static func solveToeplitz(
        column: DenseVector<Scalar>, row: DenseVector<Scalar>? = nil, _ right: DenseVector<Scalar>
    ) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        let row = row ?? column.conjugated
        let order = column.count
        try row.requireCount(order, "row", of: "column", "(\(order))")
        try right.requireCount(order, "right", of: "column", "(\(order))")
        try column.requireFinite("column")
        try row.requireFinite("row")
        try right.requireFinite("right")
        guard order > 0 else { return [] }
        guard column[0] != 0 else { throw .singular(argument: "toeplitz matrix", rows: order, pivot: 1) }

        // Forward vector f: Tₖf = e₁; backward vector g: Tₖg = eₖ; solution x of the leading k × k system.
        var forward = DenseVector<Scalar>.zeros(order)
        var backward = DenseVector<Scalar>.zeros(order)
        var solution = DenseVector<Scalar>.zeros(order)
        let belowReversed = DenseVector<Scalar>(count: order - 1) { column[order - 1 - $0] }
        forward[0] = 1 / column[0]
        backward[0] = forward[0]
        solution[0] = right[0] / column[0]
        var next = DenseVector<Scalar>.zeros(order)
        for size in 1..<Swift.max(order, 1) {
            // belowReversed[order−1−size ...] = t_size, …, t₁; the row T[size, 0..<size].
            let lastRow = belowReversed.memory.pointer + (order - 1 - size)
            // row[1], …, row[size]: the row T[0, 1...size].
            let firstRow = row.memory.pointer + 1
            let forwardError = BLAS.dot(size, lastRow, forward.memory.pointer, conjugated: false)
            let backwardError = BLAS.dot(size, firstRow, backward.memory.pointer, conjugated: false)
            let solutionError = BLAS.dot(size, lastRow, solution.memory.pointer, conjugated: false)
            let denominator = 1 - forwardError * backwardError
            guard denominator != 0 else {
                throw .singular(argument: "toeplitz matrix", rows: order, pivot: size + 1)
            }
            // (f, 0) gives e₁ + forwardError·e_last; (0, g) gives backwardError·e₁ + e_last.
            let (alpha, beta) = (1 / denominator, -forwardError / denominator)
            let (gamma, delta) = (-backwardError / denominator, 1 / denominator)
            let f = forward.mutablePointer
            let g = backward.mutablePointer
            let h = next.mutablePointer
            // h ← delta·(0, g) + gamma·(f, 0), the new g; then f ← alpha·(f, 0) + beta·(0, g).
            h[size] = 0
            BLAS.copy(size, f, to: h)
            BLAS.scale(size, by: gamma, h)
            BLAS.add(size, delta, g, to: h + 1)
            BLAS.scale(size, by: alpha, f)
            f[size] = 0
            BLAS.add(size, beta, g, to: f + 1)
            swap(&backward, &next)
            BLAS.add(
                size + 1, right[size] - solutionError, backward.memory.pointer, to: solution.mutablePointer)
        }
        return solution
    }
}
