extension DenseMatrix {
    /// The matrix product AB, by BLAS. O(rows · inner · columns).
    public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix {
        product(left, transposed: false, right, transposed: false, "matrix * matrix")
    }

    /// The product Ax.
    public static func * (matrix: DenseMatrix, vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        product(matrix, transposed: false, vector, "matrix * vector")
    }

    /// AᵀB without forming the transpose.
    public func transposeMultiplied(by other: DenseMatrix) -> DenseMatrix {
        Self.product(self, transposed: true, other, transposed: false, "transpose of matrix * matrix")
    }

    /// Aᵀx without forming the transpose.
    public func transposeMultiplied(by vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        Self.product(self, transposed: true, vector, "transpose of matrix * vector")
    }

    /// ABᵀ without forming the transpose.
    public func multiplied(byTransposeOf other: DenseMatrix) -> DenseMatrix {
        Self.product(self, transposed: false, other, transposed: true, "matrix * transpose of matrix")
    }

    /// The Gram matrix of the columns, AᵀA, exactly symmetric.
    public var columnGram: DenseMatrix { gram(transposed: true) }

    /// The Gram matrix of the rows, AAᵀ, exactly symmetric.
    public var rowGram: DenseMatrix { gram(transposed: false) }

    /// The bilinear form xᵀAy.
    public func bilinearForm(_ x: DenseVector<Scalar>, _ y: DenseVector<Scalar>) -> Scalar { x.dot(self * y) }

    private func gram(transposed: Bool) -> DenseMatrix {
        let order = transposed ? columns : rows
        let result = DenseMatrix(
            rows: order, columns: order, storage: Storage(repeating: 0, count: order * order))
        Scalar.blasGram(
            order, transposed ? rows : columns, memory.pointer, transposed: transposed,
            into: result.memory.pointer)
        for row in 0..<order {
            for column in 0..<row {
                result.memory.pointer[row * order + column] = result.memory.pointer[column * order + row]
            }
        }
        return result
    }

    private static func product(
        _ left: DenseMatrix, transposed leftTransposed: Bool, _ right: DenseMatrix,
        transposed rightTransposed: Bool, _ operation: String
    ) -> DenseMatrix {
        let (rows, inner) = leftTransposed ? (left.columns, left.rows) : (left.rows, left.columns)
        let (rightInner, columns) = rightTransposed ? (right.columns, right.rows) : (right.rows, right.columns)
        if inner != rightInner {
            shapeMismatch(
                operation, left.shapeText, right.shapeText, "the inner lengths \(inner) and \(rightInner) must be equal")
        }
        guard inner > 0, rows > 0, columns > 0 else { return .zeros(rows, columns) }
        let result = Storage<Scalar>(uninitializedCount: rows * columns)
        Scalar.blasMultiply(
            rows, columns, inner, left.memory.pointer, transposed: leftTransposed,
            right.memory.pointer, transposed: rightTransposed, into: result.pointer)
        return DenseMatrix(rows: rows, columns: columns, storage: result)
    }

    private static func product(
        _ matrix: DenseMatrix, transposed: Bool, _ vector: DenseVector<Scalar>, _ operation: String
    ) -> DenseVector<Scalar> {
        let (rows, inner) = transposed ? (matrix.columns, matrix.rows) : (matrix.rows, matrix.columns)
        if inner != vector.count {
            shapeMismatch(
                operation, matrix.shapeText, "(\(vector.count))",
                "the vector must have \(inner) scalars")
        }
        guard inner > 0, rows > 0 else { return .zeros(rows) }
        let result = Storage<Scalar>(uninitializedCount: rows)
        Scalar.blasMultiply(
            matrix.rows, matrix.columns, matrix.memory.pointer, transposed: transposed,
            vector.memory.pointer, into: result.pointer)
        return DenseVector(storage: result)
    }
}
