import Mathematics

/// A weight matrix turned so that its elements are about independent normal numbers: random signs and a Hadamard
/// transform on both sides, then a scale (q-palette, arXiv:2509.20214; QuIP#, arXiv:2402.04396).
///
/// The transforms are orthogonal, so that a squared error of the turned matrix, times the squared scale, is one of the
/// matrix itself.
public struct IncoherentWeights: Sendable {
    /// How the turned matrix is brought to a root mean square of 1.
    public enum Scaling: String, Sendable, CaseIterable {
        /// One scale for the matrix.
        case global
        /// One for each row.
        case perRow
    }

    /// The turned matrix, with a root mean square of 1.
    public let values: Matrix
    /// What its rows were divided by.
    public let scales: Vector
    private let rowSigns: [Double]
    private let columnSigns: [Double]

    /// Turns a matrix.
    ///
    /// - Parameters:
    ///   - weights: one row an output, one column an input; finite and not all zero. Where a side is not a power of
    ///     two, blocks of the largest one that divides it are turned.
    ///   - scaling: how the root mean square becomes 1.
    ///   - generator: draws the signs.
    /// - Throws: `QuantizationError.invalidArgument` for a matrix that is empty, zero or not finite.
    public init<G: RandomNumberGenerator>(
        _ weights: Matrix, scaling: Scaling = .global, using generator: inout G
    ) throws(QuantizationError) {
        try QuantizationError.require(
            weights.rows > 0 && weights.columns > 0, "weights", "a matrix of \(weights.rows) × \(weights.columns)",
            "at least one element")
        try QuantizationError.requireFinite(weights, "weights")
        func signs(_ count: Int) -> [Double] { (0..<count).map { _ in generator.next() >> 63 == 0 ? 1 : -1 } }
        rowSigns = signs(weights.rows)
        columnSigns = signs(weights.columns)
        let rotated = Self.rotate(weights, rowSigns, columnSigns)
        let norms = (0..<weights.rows).map { row in rotated.row(row).dot(rotated.row(row)) }
        let total = norms.reduce(0, +)
        try QuantizationError.require(total > 0, "weights", "a matrix of zeros", "an element that is not zero")
        let global = (total / Double(weights.rows * weights.columns)).squareRoot()
        let scales = Vector(
            norms.map { norm in
                let own = (norm / Double(weights.columns)).squareRoot()
                return scaling == .global || own == 0 ? global : own
            })
        self.scales = scales
        values = Matrix(rows: weights.rows, columns: weights.columns) { rotated[$0, $1] / scales[$0] }
    }

    /// Turns what stands for `values` back.
    ///
    /// Stops the program if the shape is another one.
    public func restore(_ values: Matrix) -> Matrix {
        precondition(
            values.rows == rowSigns.count && values.columns == columnSigns.count,
            "restore: \(values.rows) × \(values.columns) for \(rowSigns.count) × \(columnSigns.count)")
        let scaled = Matrix(rows: values.rows, columns: values.columns) { values[$0, $1] * scales[$0] }
        // Hadamard's matrix is its own inverse, and so are signs; their order turns round.
        let left = Self.hadamard(Self.hadamard(scaled).transposed).transposed
        return Matrix(rows: values.rows, columns: values.columns) { left[$0, $1] * rowSigns[$0] * columnSigns[$1] }
    }

    /// The second moments of the layer's inputs, H = Σ xxᵀ, for the turned matrix.
    ///
    /// - Throws: `QuantizationError.invalidArgument` unless H has a row and a column for each input.
    public func rotated(hessian: Matrix) throws(QuantizationError) -> Matrix {
        try QuantizationError.require(
            hessian.rows == columnSigns.count && hessian.columns == columnSigns.count, "hessian",
            "a matrix of \(hessian.rows) × \(hessian.columns)",
            "one row and one column for each of \(columnSigns.count) inputs")
        return Self.rotate(hessian, columnSigns, columnSigns)
    }

    private static func rotate(_ matrix: Matrix, _ rowSigns: [Double], _ columnSigns: [Double]) -> Matrix {
        let signed = Matrix(rows: matrix.rows, columns: matrix.columns) {
            matrix[$0, $1] * rowSigns[$0] * columnSigns[$1]
        }
        return hadamard(hadamard(signed).transposed).transposed
    }

    private static func hadamard(_ matrix: Matrix) -> Matrix {
        var result = matrix
        do {
            try result.applyHadamardToRows(block: largestHadamardBlock(dividing: matrix.columns))
        } catch {
            preconditionFailure("the block divides the columns: \(error)")
        }
        return result
    }
}
