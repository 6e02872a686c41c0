extension DenseMatrix {
    /// The matrix product AB, by BLAS. O(rows · inner · columns).
    public static func * (left: DenseMatrix, right: DenseMatrix) -> DenseMatrix { left.view * right.view }

    /// The product Ax.
    public static func * (matrix: DenseMatrix, vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        matrix.view * vector.view
    }

    /// AᵀB without forming the transpose.
    public func transposeMultiplied(by other: DenseMatrix) -> DenseMatrix {
        .product(view, .transpose, other.view, .identity, "transpose of matrix * matrix")
    }

    /// Aᵀx without forming the transpose.
    public func transposeMultiplied(by vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        .product(view, .transpose, vector.view, "transpose of matrix * vector")
    }

    /// AᴴB without forming the conjugate transpose.
    public func adjointMultiplied(by other: DenseMatrix) -> DenseMatrix {
        .product(view, .adjoint, other.view, .identity, "adjoint of matrix * matrix")
    }

    /// Aᴴx without forming the conjugate transpose.
    public func adjointMultiplied(by vector: DenseVector<Scalar>) -> DenseVector<Scalar> {
        .product(view, .adjoint, vector.view, "adjoint of matrix * vector")
    }

    /// ABᵀ without forming the transpose.
    public func multiplied(byTransposeOf other: DenseMatrix) -> DenseMatrix {
        .product(view, .identity, other.view, .transpose, "matrix * transpose of matrix")
    }

    /// ABᴴ without forming the conjugate transpose.
    public func multiplied(byAdjointOf other: DenseMatrix) -> DenseMatrix {
        .product(view, .identity, other.view, .adjoint, "matrix * adjoint of matrix")
    }

    /// The Gram matrix of the columns, AᴴA (AᵀA where real), exactly Hermitian; half the work of a product.
    public var columnGram: DenseMatrix { gram(transposed: true) }

    /// The Gram matrix of the rows, AAᴴ (AAᵀ where real), exactly Hermitian; half the work of a product.
    public var rowGram: DenseMatrix { gram(transposed: false) }

    /// The form xᴴAy (xᵀAy where real).
    public func bilinearForm(_ x: DenseVector<Scalar>, _ y: DenseVector<Scalar>) -> Scalar { x.dot(self * y) }

    /// self ← `scale` · self + `factor` · AB (`gemm`), without new memory.
    ///
    /// A and B may be views of this matrix: it is copied first then.
    public mutating func accumulateProduct(
        _ left: MatrixView<Scalar>, _ right: MatrixView<Scalar>, factor: Scalar = 1, scale: Scalar = 1
    ) {
        let (rows, columns) = (rows, columns)
        if left.rows != rows || right.columns != columns || left.columns != right.rows {
            shapeMismatch(
                "accumulating a product into \(shapeText)", left.shapeText, right.shapeText,
                "the product must have the shape of the matrix and the inner lengths must be equal")
        }
        guard count > 0 else { return }
        makeUnique()
        DenseMatrix.multiply(left, .identity, right, .identity, factor: factor, scale: scale, into: memory.pointer)
    }

    /// self ← self + `factor` · xyᵀ (`ger`). Nothing is conjugated.
    public mutating func addOuterProduct(_ factor: Scalar, _ x: DenseVector<Scalar>, _ y: DenseVector<Scalar>) {
        if x.count != rows || y.count != columns {
            shapeMismatch(
                "adding an outer product to \(shapeText)", "(\(x.count))", "(\(y.count))",
                "the vectors must have as many scalars as the matrix has rows and columns")
        }
        makeUnique()
        BLAS.addOuterProduct(
            rows, columns, factor, x.memory.pointer, y.memory.pointer, to: memory.pointer,
            rowStride: Swift.max(columns, 1))
    }

    private func gram(transposed: Bool) -> DenseMatrix {
        let order = transposed ? columns : rows
        let result = DenseMatrix(rows: order, columns: order, storage: BLAS.repeated(0, order * order))
        guard count > 0 else { return result }
        BLAS.gram(
            order, transposed ? rows : columns, memory.pointer, transposed: transposed, into: result.memory.pointer)
        BLAS.mirrorUpperTriangle(order, result.memory.pointer)
        return result
    }

    fileprivate static func product(
        _ left: MatrixView<Scalar>, _ leftOperation: BLAS.Operation, _ right: MatrixView<Scalar>,
        _ rightOperation: BLAS.Operation, _ name: String
    ) -> DenseMatrix {
        let (rows, inner) = leftOperation.exchangesSides ? (left.columns, left.rows) : left.shape
        let (rightInner, columns) = rightOperation.exchangesSides ? (right.columns, right.rows) : right.shape
        if inner != rightInner {
            shapeMismatch(
                name, left.shapeText, right.shapeText, "the inner lengths \(inner) and \(rightInner) must be equal")
        }
        guard inner > 0, rows > 0, columns > 0 else { return .zeros(rows, columns) }
        let result = Storage<Scalar>(uninitializedCount: rows * columns)
        multiply(left, leftOperation, right, rightOperation, factor: 1, scale: 0, into: result.pointer)
        return DenseMatrix(rows: rows, columns: columns, storage: result)
    }

    /// target ← scale · target + factor · op(A)op(B), for shapes that fit.
    private static func multiply(
        _ left: MatrixView<Scalar>, _ leftOperation: BLAS.Operation, _ right: MatrixView<Scalar>,
        _ rightOperation: BLAS.Operation, factor: Scalar, scale: Scalar, into target: UnsafeMutablePointer<Scalar>
    ) {
        let (rows, inner) = leftOperation.exchangesSides ? (left.columns, left.rows) : left.shape
        let columns = rightOperation.exchangesSides ? right.rows : right.columns
        let a = BLASOperand(left, leftOperation)
        let b = BLASOperand(right, rightOperation)
        BLAS.multiply(
            rows, columns, inner, factor, a.view.start, rowStride: a.rowStride, a.operation,
            b.view.start, rowStride: b.rowStride, b.operation, beta: scale, into: target, rowStride: columns)
        withExtendedLifetime((a, b)) {}
    }
}

extension DenseVector {
    fileprivate static func product(
        _ matrix: MatrixView<Scalar>, _ operation: BLAS.Operation, _ vector: VectorView<Scalar>, _ name: String
    ) -> DenseVector {
        let (rows, inner) = operation.exchangesSides ? (matrix.columns, matrix.rows) : matrix.shape
        if inner != vector.count {
            shapeMismatch(
                name, matrix.shapeText, "(\(vector.count))", "the vector must have \(inner) scalars")
        }
        guard inner > 0, rows > 0 else { return .zeros(rows) }
        let result = DenseVector(storage: Storage(uninitializedCount: rows))
        multiply(matrix, operation, vector, factor: 1, scale: 0, into: result.memory.pointer)
        return result
    }

    private static func multiply(
        _ matrix: MatrixView<Scalar>, _ operation: BLAS.Operation, _ vector: VectorView<Scalar>, factor: Scalar,
        scale: Scalar, into target: UnsafeMutablePointer<Scalar>
    ) {
        let a = BLASOperand(matrix, operation)
        BLAS.multiply(
            a.rows, a.columns, factor, a.view.start, rowStride: a.rowStride, a.operation, vector.start,
            stride: vector.stride, beta: scale, into: target)
        withExtendedLifetime((a, vector)) {}
    }

    /// self ← `scale` · self + `factor` · Ax (`gemv`), without new memory.
    public mutating func accumulateProduct(
        _ matrix: MatrixView<Scalar>, _ vector: VectorView<Scalar>, factor: Scalar = 1, scale: Scalar = 1
    ) {
        if matrix.rows != count || matrix.columns != vector.count {
            shapeMismatch(
                "accumulating a product into a vector of \(count)", matrix.shapeText, "(\(vector.count))",
                "the matrix must have as many rows as this vector has scalars and as many columns as the other")
        }
        guard count > 0 else { return }
        makeUnique()
        if vector.count == 0 { BLAS.multiplyElements(count, by: scale, memory.pointer) }
        else { Self.multiply(matrix, .identity, vector, factor: factor, scale: scale, into: memory.pointer) }
    }
}

extension MatrixView {
    /// The matrix product AB.
    public static func * (left: MatrixView, right: MatrixView) -> DenseMatrix<Scalar> {
        .product(left, .identity, right, .identity, "matrix * matrix")
    }

    /// The product Ax.
    public static func * (matrix: MatrixView, vector: VectorView<Scalar>) -> DenseVector<Scalar> {
        .product(matrix, .identity, vector, "matrix * vector")
    }
}

/// A matrix as BLAS can read it: row-major with contiguous rows, and an operation on that.
private struct BLASOperand<Scalar: BLASScalar> {
    let view: MatrixView<Scalar>
    let operation: BLAS.Operation

    /// The rows of the matrix as it lies in memory.
    var rows: Int { view.rows }
    var columns: Int { view.columns }
    var rowStride: Int { Swift.max(view.rowStride, view.columns, 1) }

    init(_ view: MatrixView<Scalar>, _ operation: BLAS.Operation) {
        if view.columnStride == 1 || view.columns <= 1 {
            if view.rowStride >= view.columns || view.rows <= 1 {
                self.view = view
                self.operation = operation
                return
            }
        } else if view.rowStride == 1 || view.rows <= 1,
            view.columnStride >= view.rows,
            operation != .adjoint || !Scalar.blasType.isComplex
        {
            // The transpose lies in memory as BLAS wants it.
            self.view = view.transposed
            self.operation = operation == .identity ? .transpose : .identity
            return
        }
        self.view = DenseMatrix(view).view
        self.operation = operation
    }
}
