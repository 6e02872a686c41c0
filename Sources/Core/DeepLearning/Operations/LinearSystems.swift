import Mathematics

// Solutions, inverses, determinants and factors of the matrices in the last two axes, through `LUDecomposition` and
// `CholeskyDecomposition`.

/// X with AX = B for the matrices in the last two axes; the axes before broadcast, and a vector B counts as a column.
///
/// LAPACK's LU factors with row exchanges. Derivatives: B̄ = A⁻ᵀX̄, Ā = −B̄Xᵀ.
///
/// - Throws: `LinearAlgebraError` if a matrix is exactly singular or not finite.
public func solve<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) throws(LinearAlgebraError) -> Tensor<S> {
    if b.rank == 1 { return try solve(a, b.expandingShape(at: 1)).squeezed(at: -1) }
    let order = checkSquare(a, "solve")
    guard b.rank >= 2, b.shape[b.rank - 2] == order,
        let batch = a.shape.matrixBatch.broadcast(with: b.shape.matrixBatch)
    else { shapesDoNotFit("solve", a.shape, b.shape, "the matrix has as many rows as the right side, and the axes before broadcast") }
    let a = a.expanded(to: batch.appending(order, order)), b = b.expanded(to: batch.appending(order, b.shape[b.rank - 1]))
    let (solution, failure) = LinearSystemKernels.solve(a.detached(), b.detached())
    if let failure { throw failure }
    return recordingSolution(a, b, solution)
}

/// A⁻¹ of the matrices in the last two axes. Prefer `solve`, which is faster and more accurate.
///
/// - Throws: `LinearAlgebraError` if a matrix is exactly singular or not finite.
public func inverse<S: TensorScalar>(_ a: Tensor<S>) throws(LinearAlgebraError) -> Tensor<S> {
    try solve(a, Tensor.identity(checkSquare(a, "inverse")))
}

/// ln |det A| of the matrices in the last two axes; −∞ of singular ones, where the derivative is NaN.
public func logAbsoluteDeterminant<S: TensorScalar>(_ a: Tensor<S>) -> Tensor<S> {
    let order = checkSquare(a, "logAbsoluteDeterminant")
    return Tensor.recording(a, .general, LinearSystemKernels.logAbsoluteDeterminant) { a, _ in
        {
            let inverse = solveOrNaN(a, Tensor.identity(order).expanded(to: a.shape))
            return $0.expandingShape(at: -1).expandingShape(at: -1) * inverse.transposed()
        }
    }
}

/// The lower triangle L of A = LLᵀ for the symmetric positive definite matrices in the last two axes: of their
/// symmetric part, so that the derivative is symmetric.
///
/// Derivative: Ā = ½ L⁻ᵀ(P + Pᵀ)L⁻¹ with P the lower triangle of LᵀL̄, its diagonal halved (Murray 2016,
/// arXiv:1602.07527).
///
/// - Throws: `LinearAlgebraError` if a matrix is not positive definite or not finite.
public func cholesky<S: TensorScalar>(_ a: Tensor<S>) throws(LinearAlgebraError) -> Tensor<S> {
    let order = checkSquare(a, "cholesky")
    let (factor, failure) = LinearSystemKernels.cholesky(a.detached())
    if let failure { throw failure }
    var halved = Tensor<S>.ones([order, order]).lowerTriangle()
    halved = halved - Tensor.identity(order) * 0.5
    return Tensor.recording(a, .general, { _ in factor }) { _, l in
        { dl in
            let p = matmul(l.transposed(), dl) * halved
            let symmetric = (p + p.transposed()) * 0.5
            let right = solveOrNaN(l.transposed(), symmetric)
            return solveOrNaN(l.transposed(), right.transposed()).transposed()
        }
    }
}

/// The solution where singular matrices give NaN: what derivatives are made of.
private func solveOrNaN<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> Tensor<S> {
    recordingSolution(a, b, LinearSystemKernels.solve(a.detached(), b.detached()).solution)
}

private func recordingSolution<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>, _ solution: Tensor<S>) -> Tensor<S> {
    Tensor.recording(a, b, { _, _ in solution }) { a, _, x in
        ({ -solveOrNaN(a, matmul($0, x)) }, { solveOrNaN(a, $0) })
    } pullbacks: { a, _, x in
        (
            { -matmul(solveOrNaN(a.transposed(), $0), x.transposed()) },
            { solveOrNaN(a.transposed(), $0) }
        )
    }
}

private func checkSquare<S>(_ a: Tensor<S>, _ operation: String) -> Int {
    guard a.rank >= 2, a.shape[a.rank - 1] == a.shape[a.rank - 2] else {
        fatalError("\(operation): the shape \(a.shape) has no square matrices in its last two axes")
    }
    return a.shape[a.rank - 1]
}

extension TensorShape {
    /// The axes before the last two.
    fileprivate var matrixBatch: TensorShape { TensorShape(prefix(rank - 2)) }

    fileprivate func appending(_ rows: Int, _ columns: Int) -> TensorShape {
        var copy = self
        copy.append(rows)
        copy.append(columns)
        return copy
    }
}

/// Factorisations matrix by matrix, outside any differentiation.
enum LinearSystemKernels {
    /// The solutions (NaN for matrices without one), and the first reason why there is none.
    static func solve<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> (solution: Tensor<S>, failure: LinearAlgebraError?) {
        let columns = b.shape[b.rank - 1], order = a.shape[a.rank - 1]
        return mapMatrices(a, resultColumns: columns, right: b) { matrix, right throws(LinearAlgebraError) in
            try LUDecomposition(matrix).solve(right ?? .identity(order))
        }
    }

    static func logAbsoluteDeterminant<S: TensorScalar>(_ a: Tensor<S>) -> Tensor<S> {
        let matrices = split(a)
        return Tensor(shape: a.shape.matrixBatch, scalars: matrices.map { logAbsoluteDeterminant($0) })
    }

    private static func logAbsoluteDeterminant<S: TensorScalar>(_ matrix: DenseMatrix<S>) -> S {
        do throws(LinearAlgebraError) {
            return S(try LUDecomposition(matrix).logAbsoluteDeterminant)
        } catch {
            if case .singular = error { return -.infinity }
            return .nan
        }
    }

    /// The factors of the symmetric parts (NaN where there is none), and the first reason why there is none.
    static func cholesky<S: TensorScalar>(_ a: Tensor<S>) -> (factor: Tensor<S>, failure: LinearAlgebraError?) {
        let symmetric = (a + a.transposed()) * 0.5
        return mapMatrices(symmetric, resultColumns: a.shape[a.rank - 1]) { matrix, _ throws(LinearAlgebraError) in
            try CholeskyDecomposition(matrix).lower
        }
    }

    private static func split<S: TensorScalar>(_ a: Tensor<S>) -> [DenseMatrix<S>] {
        let rows = a.shape[a.rank - 2], columns = a.shape[a.rank - 1], batch = a.shape.matrixBatch.scalarCount
        let flat = a.reshaped(to: [batch, rows, columns])
        return (0..<batch).map { flat[$0].matrix }
    }

    private static func mapMatrices<S: TensorScalar>(
        _ a: Tensor<S>, resultColumns: Int, right: Tensor<S>? = nil,
        _ transform: (DenseMatrix<S>, DenseMatrix<S>?) throws(LinearAlgebraError) -> DenseMatrix<S>
    ) -> (Tensor<S>, LinearAlgebraError?) {
        let rows = a.shape[a.rank - 2]
        let result = Tensor<S>(uninitialized: a.shape.matrixBatch.appending(rows, resultColumns))
        let rights = right.map { split($0) }
        var failure: LinearAlgebraError?
        for (index, matrix) in split(a).enumerated() {
            let target = result.pointer + index * rows * resultColumns
            do throws(LinearAlgebraError) {
                let image = try transform(matrix, rights?[index])
                target.update(from: image.storage.pointer, count: rows * resultColumns)
                withExtendedLifetime(image) {}
            } catch {
                failure = failure ?? error
                target.update(repeating: .nan, count: rows * resultColumns)
            }
        }
        return (result, failure)
    }
}
