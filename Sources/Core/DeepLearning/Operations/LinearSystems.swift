import Mathematics

// Solutions, inverses, determinants and factors of the matrices in the last two axes, through LAPACK.

/// X with AX = B for the matrices in the last two axes; the axes before broadcast, and a vector B counts as a column.
///
/// LAPACK's LU factors with row exchanges. Derivatives: B̄ = A⁻ᵀX̄, Ā = −B̄Xᵀ.
///
/// - Throws: `LinearAlgebraError.singular` if a matrix is exactly singular.
public func solve<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) throws(LinearAlgebraError) -> Tensor<S> {
    if b.rank == 1 { return try solve(a, b.expandingShape(at: 1)).squeezed(at: -1) }
    let order = checkSquare(a, "solve")
    guard b.rank >= 2, b.shape[b.rank - 2] == order,
        let batch = a.shape.matrixBatch.broadcast(with: b.shape.matrixBatch)
    else { shapesDoNotFit("solve", a.shape, b.shape, "the matrix has as many rows as the right side, and the axes before broadcast") }
    let a = a.expanded(to: batch.appending(order, order)), b = b.expanded(to: batch.appending(order, b.shape[b.rank - 1]))
    let (solution, failure) = LinearSystemKernels.solve(a.detached(), b.detached())
    if let failure { throw .singular(argument: "a", rows: order, pivot: failure) }
    return recordingSolution(a, b, solution)
}

/// A⁻¹ of the matrices in the last two axes. Prefer `solve`, which is faster and more accurate.
///
/// - Throws: `LinearAlgebraError.singular` if a matrix is exactly singular.
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

/// The lower triangle L of A = LLᵀ for the symmetric positive definite matrices in the last two axes; only their
/// lower triangles are read, and the derivative is the symmetric one.
///
/// Derivative: Ā = ½ L⁻ᵀ(P + Pᵀ)L⁻¹ with P the lower triangle of LᵀL̄, its diagonal halved (Murray 2016,
/// arXiv:1602.07527).
///
/// - Throws: `LinearAlgebraError.notPositiveDefinite` if a matrix is not.
public func cholesky<S: TensorScalar>(_ a: Tensor<S>) throws(LinearAlgebraError) -> Tensor<S> {
    let order = checkSquare(a, "cholesky")
    let (factor, failure) = LinearSystemKernels.cholesky(a.detached())
    if let failure { throw .notPositiveDefinite(argument: "a", rows: order, leadingMinor: failure) }
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

/// LAPACK matrix by matrix, outside any differentiation.
enum LinearSystemKernels {
    /// The solutions (NaN for singular matrices), and the first zero pivot that was met.
    static func solve<S: TensorScalar>(_ a: Tensor<S>, _ b: Tensor<S>) -> (solution: Tensor<S>, zeroPivot: Int?) {
        let order = a.shape[a.rank - 1], columns = b.shape[b.rank - 1]
        var factors = a, solution = b
        factors.makeUnique()
        solution.makeUnique()
        var pivots = [Int32](repeating: 0, count: order)
        var failure: Int?
        guard solution.count > 0 else { return (solution, nil) }
        for index in 0..<solution.count / (order * columns) {
            let matrix = factors.pointer + index * order * order, right = solution.pointer + index * order * columns
            let zeroPivot = S.lapackLU(order, matrix, pivots: &pivots)
            if zeroPivot == 0 {
                _ = S.lapackLUSolve(order, columns, matrix, pivots: pivots, right)
            } else {
                failure = failure ?? zeroPivot
                right.update(repeating: .nan, count: order * columns)
            }
        }
        return (solution, failure)
    }

    static func logAbsoluteDeterminant<S: TensorScalar>(_ a: Tensor<S>) -> Tensor<S> {
        let order = a.shape[a.rank - 1]
        var factors = a
        factors.makeUnique()
        var pivots = [Int32](repeating: 0, count: order)
        let result = Tensor<S>.zeros(TensorShape(a.shape.prefix(a.rank - 2)))
        for index in 0..<(order == 0 ? 0 : result.count) {
            let matrix = factors.pointer + index * order * order
            _ = S.lapackLU(order, matrix, pivots: &pivots)
            for row in 0..<order { result.pointer[index] += S.log(matrix[row * (order + 1)].magnitude) }
        }
        return result
    }

    /// The factors (NaN where there is none), and the first leading minor that is not positive definite.
    static func cholesky<S: TensorScalar>(_ a: Tensor<S>) -> (factor: Tensor<S>, minor: Int?) {
        let order = a.shape[a.rank - 1]
        var factor = a
        factor.makeUnique()
        var failure: Int?
        for index in 0..<(order == 0 ? 0 : a.count / (order * order)) {
            let matrix = factor.pointer + index * order * order
            let minor = S.lapackCholesky(order, matrix)
            if minor != 0 {
                failure = failure ?? minor
                matrix.update(repeating: .nan, count: order * order)
            }
            for row in 0..<order { (matrix + row * order + row + 1).update(repeating: 0, count: order - row - 1) }
        }
        return (factor, failure)
    }
}
