import Mathematics

/// The saddle point of the Lagrangian of a quadratic program with equality constraints.
///
/// min_x max_y ½xᵀHx − hᵀx − yᵀ(Ax − b), with u = (x, y) and F(u) = (Hx − h − Aᵀy, Ax − b). Component i belongs to the
/// i-th element of x and of y: Fᵢ(u) = n(H_{·i}xᵢ − A_{i·}yᵢ, A_{·i}xᵢ) − (h, b), so that the mean of all is F. H and
/// A are kept sparse.
public struct QuadraticLagrangian: FiniteSumInclusion {
    /// The symmetric, positive semidefinite n × n matrix H.
    public let quadratic: SparseMatrix
    /// The n × n matrix A.
    public let constraints: SparseMatrix
    /// The vector h.
    public let linear: Vector
    /// The vector b.
    public let right: Vector
    private let constraintsTransposed: SparseMatrix

    public var dimension: Int { 2 * linear.count }
    public var componentCount: Int { linear.count }

    /// The Lagrangian of min ½xᵀHx − hᵀx subject to Ax = b.
    ///
    /// - Parameters:
    ///   - quadratic: H, n × n, symmetric; it should be positive semidefinite, which is not checked.
    ///   - constraints: A, n × n.
    ///   - linear: h, n numbers.
    ///   - right: b, n numbers.
    /// - Throws: `OptimisationError` if a shape does not fit, H is not symmetric or a number is not finite.
    public init(
        quadratic: Matrix, constraints: Matrix, linear: Vector, right: Vector
    ) throws(OptimisationError) {
        let n = linear.count
        try requireArgument(n > 0, "linear", "empty", "at least one number")
        for (name, matrix) in [("quadratic", quadratic), ("constraints", constraints)] {
            try requireArgument(
                matrix.shape == (n, n), name, "\(matrix.rows) × \(matrix.columns)",
                "a matrix \(n) × \(n), as long as h")
            try requireFinite(matrix.flattened, name)
        }
        if right.count != n { throw .lengthMismatch(argument: "right", count: right.count, expected: n) }
        try requireFinite(linear, "linear")
        try requireFinite(right, "right")
        let asymmetry = (quadratic - quadratic.transposed).maximumMagnitude
        try requireArgument(
            asymmetry <= 1e-12 * quadratic.maximumMagnitude, "quadratic", "off by \(asymmetry) from its transpose",
            "a symmetric matrix")
        self.quadratic = SparseMatrix(quadratic)
        self.constraints = SparseMatrix(constraints)
        constraintsTransposed = SparseMatrix(constraints.transposed)
        self.linear = linear
        self.right = right
    }

    /// The instance of the experiments of vr-halpern (arXiv:2310.02987), after the lower bound of Ouyang and Xu.
    ///
    /// A is ¼ times the matrix with ones on the antidiagonal and −1 left of each but the last; H = 2AᵀA, b = ¼(1, …,
    /// 1) and h = ¼eₙ.
    ///
    /// - Parameter size: n, positive; the paper uses 200.
    /// - Throws: `OptimisationError.invalid` if n is not positive.
    public static func antibidiagonal(size: Int) throws(OptimisationError) -> QuadraticLagrangian {
        try requireArgument(size > 0, "size", size, "a positive number")
        let constraints = Matrix(rows: size, columns: size) { row, column in
            column == size - 1 - row ? 0.25 : column == size - 2 - row ? -0.25 : 0
        }
        var linear = Vector.zeros(size)
        linear[size - 1] = 0.25
        return try QuadraticLagrangian(
            quadratic: 2 * constraints.columnGram, constraints: constraints, linear: linear,
            right: Vector(repeating: 0.25, count: size))
    }

    /// The smallest L with mean ‖Fᵢ(u) − Fᵢ(v)‖² ≤ L²‖u − v‖².
    ///
    /// Component i sees two unknowns only: L² = n · max over i of the largest eigenvalue of its 2 × 2 Gram matrix.
    public var averageLipschitzConstant: Double {
        let h = quadratic.dense, a = constraints.dense
        let largest = (0..<linear.count).map { index -> Double in
            let (hColumn, aColumn, aRow) = (h.column(index), a.column(index), a.row(index))
            let first = hColumn.squaredNorm + aColumn.squaredNorm
            let second = aRow.squaredNorm
            let cross = hColumn.dot(aRow)
            let half = (first - second) / 2
            return (first + second) / 2 + (half * half + cross * cross).squareRoot()
        }
        return (Double(linear.count) * (largest.max() ?? 0)).squareRoot()
    }

    public func value(at point: Vector) -> Vector {
        let n = linear.count
        let x = Vector(point[0..<n]), y = Vector(point[n...])
        let dual = constraintsTransposed * y
        var primal = quadratic * x
        var residual = constraints * x
        primal -= linear
        primal -= dual
        residual -= right
        return Vector(count: 2 * n) { $0 < n ? primal[$0] : residual[$0 - n] }
    }

    public func addComponentDifferences(
        _ components: ArraySlice<Int>, at point: Vector, from reference: Vector, factor: Double, into sum: inout Vector
    ) {
        let n = linear.count
        let scale = factor * Double(n)
        sum.withUnsafeMutableBufferPointer { sum in
            for index in components {
                let dx = scale * (point[index] - reference[index])
                let dy = scale * (point[n + index] - reference[n + index])
                // H is symmetric: its column is its row.
                quadratic.addRow(index, factor: dx, into: sum, from: 0)
                constraints.addRow(index, factor: -dy, into: sum, from: 0)
                constraintsTransposed.addRow(index, factor: dx, into: sum, from: n)
            }
        }
    }
}

extension SparseMatrix {
    /// Adds a multiple of a row to the numbers that begin at `start`.
    func addRow(_ row: Int, factor: Double, into sum: UnsafeMutableBufferPointer<Double>, from start: Int) {
        columnIndices.withUnsafeBufferPointer { indices in
            values.withUnsafeBufferPointer { values in
                for place in rowStarts[row]..<rowStarts[row + 1] {
                    sum[start + Int(indices[place])] += factor * values[place]
                }
            }
        }
    }
}
