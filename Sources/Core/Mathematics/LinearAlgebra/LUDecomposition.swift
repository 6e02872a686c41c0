/// The factors of a square matrix by Gaussian elimination with row exchanges, PA = LU.
///
/// LAPACK's `?getrf`, 2n³/3 operations.
public struct LUDecomposition<Scalar: LinearAlgebraScalar>: Sendable {
    let factors: DenseMatrix<Scalar>
    let pivots: [Int32]

    /// Factors a square matrix.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not finite or exactly singular.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        try matrix.requireSquare("matrix")
        try matrix.requireFinite("matrix")
        let order = matrix.rows
        let work = matrix.storage.copy()
        var pivots = [Int32](repeating: 0, count: order)
        if order > 0 {
            let zeroPivot = Scalar.lapackLU(order, work.pointer, pivots: &pivots)
            if zeroPivot != 0 { throw .singular(argument: "matrix", rows: order, pivot: zeroPivot) }
        }
        factors = DenseMatrix(rows: order, columns: order, storage: work)
        self.pivots = pivots
    }

    /// Solves AX = B.
    public func solve(_ right: DenseMatrix<Scalar>) throws(LinearAlgebraError) -> DenseMatrix<Scalar> {
        try right.requireRows(factors.rows, "right", of: "matrix", factors.shapeText)
        let result = right.storage.copy()
        if right.count > 0 {
            _ = Scalar.lapackLUSolve(
                factors.rows, right.columns, factors.storage.pointer, pivots: pivots, result.pointer)
        }
        return DenseMatrix(rows: right.rows, columns: right.columns, storage: result)
    }

    /// Solves Ax = b.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try solve(right.asColumn).flattened
    }

    /// The determinant; overflows where `logAbsoluteDeterminant` does not.
    public var determinant: Scalar {
        let exchanges = pivots.enumerated().count { Int($0.element) != $0.offset + 1 }
        return factors.diagonal.reduce(exchanges.isMultiple(of: 2) ? 1 : -1, *)
    }

    /// ln |det A|.
    public var logAbsoluteDeterminant: Scalar {
        Scalar(factors.diagonal.reduce(0.0) { $0 + PortableFunctions.logarithm(Double($1.magnitude)) })
    }
}

extension DenseMatrix {
    /// Solves AX = B for a square matrix A.
    ///
    /// - Throws: `LinearAlgebraError` if A is not square, not finite or exactly singular, or the rows differ.
    public func solve(_ right: DenseMatrix) throws(LinearAlgebraError) -> DenseMatrix {
        try LUDecomposition(self).solve(right)
    }

    /// Solves Ax = b for a square matrix A.
    public func solve(_ right: DenseVector<Scalar>) throws(LinearAlgebraError) -> DenseVector<Scalar> {
        try LUDecomposition(self).solve(right)
    }
}
