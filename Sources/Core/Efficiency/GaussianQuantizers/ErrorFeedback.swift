import Mathematics

/// Quantises a matrix block of columns by block of columns, from the last to the first, and lets every block make up
/// for the errors of those behind it (LDLQ; QuIP, arXiv:2307.13304; optional in q-palette, arXiv:2509.20214).
///
/// With H = L D Lᵀ, L unit lower block-triangular, the block i is quantised as W_i + Σ_{j>i} (W_j − Ŵ_j) L_ji. The loss
/// tr((W − Ŵ) H (W − Ŵ)ᵀ) is then Σ tr(η_i D_i η_iᵀ) with the blocks' own rounding errors η_i alone. O(rows ·
/// columns²).
///
/// - Parameters:
///   - weights: one row an output, one column an input.
///   - hessian: H = Σ xxᵀ of the inputs, symmetric and positive definite.
///   - quantizer: what rounds a block.
///   - blockColumns: the columns of a block, which divide those of the matrix.
/// - Returns: Ŵ.
/// - Throws: `QuantizationError.invalidArgument` naming the argument.
public func quantizeWithFeedback(
    _ weights: Matrix, hessian: Matrix, quantizer: any WeightQuantizer, blockColumns: Int = 16
) throws(QuantizationError) -> Matrix {
    let columns = weights.columns
    try QuantizationError.require(
        hessian.rows == columns && hessian.columns == columns, "hessian",
        "a matrix of \(hessian.rows) × \(hessian.columns)",
        "one row and one column for each of \(columns) inputs")
    try QuantizationError.require(
        blockColumns > 0 && columns.isMultiple(of: blockColumns), "blockColumns", blockColumns,
        "a divisor of \(columns)")
    let lower: Matrix
    do {
        lower = try CholeskyDecomposition(hessian).lower
    } catch {
        throw .invalidArgument(name: "hessian", value: "a matrix", expected: "one that is positive definite: \(error)")
    }
    var result = Matrix.zeros(weights.rows, columns)
    var errors = Matrix.zeros(weights.rows, columns)
    let rows = 0..<weights.rows
    for start in stride(from: columns - blockColumns, through: 0, by: -blockColumns) {
        let block = start..<start + blockColumns, behind = start + blockColumns..<columns
        var target = weights[rows, block]
        if !behind.isEmpty {
            // L_ji = C_ji C_ii⁻¹ for the Cholesky factor C: feedback · C_ii = errors · C_ji.
            let pulled = errors[rows, behind] * lower[behind, block]
            do {
                let feedback = try lower[block, block].solveTriangular(.lower, pulled.transposed, transposed: true)
                target = target + feedback.transposed
            } catch {
                throw .invalidArgument(
                    name: "hessian", value: "a matrix", expected: "one that is positive definite: \(error)")
            }
        }
        let rounded = try quantizer.part(columns: block, of: columns).quantize(target).values
        result.setBlock(rows, block, to: rounded.view)
        errors.setBlock(rows, block, to: (weights[rows, block] - rounded).view)
    }
    return result
}
