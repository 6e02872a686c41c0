extension SingularValueDecomposition {
    /// The largest `rank` singular values and their vectors, from products with a few random vectors.
    ///
    /// Halko, Martinsson and Tropp, arXiv:0909.4061, algorithms 4.4 (randomised subspace iteration, with an
    /// orthonormal basis after every product) and 5.1. The expected error of the product is at most
    /// (1 + √(r/(p−1)) + e√(r+p)/p · √(min(m,n) − r))^(1/(2q+1)) σᵣ₊₁ for oversampling p and q iterations
    /// (their corollary 10.10). O(mn(r + p)(2q + 2)).
    ///
    /// - Parameters:
    ///   - matrix: the matrix A, m × n.
    ///   - rank: r, how many singular values are wanted; at most min(m, n) are found.
    ///   - oversampling: p, how many random vectors more.
    ///   - iterations: q, how many products with A and Aᴴ before; more for singular values that fall slowly.
    ///   - generator: the source of the random vectors.
    /// - Throws: `LinearAlgebraError` if the matrix is not finite, or a number is negative.
    public init(
        _ matrix: DenseMatrix<Scalar>, rank: Int, oversampling: Int = 10, iterations: Int = 2,
        using generator: inout some RandomNumberGenerator
    ) throws(LinearAlgebraError) {
        try require("rank", rank, rank >= 0, "a number of singular values, at least 0")
        try require("oversampling", oversampling, oversampling >= 0, "a number of vectors, at least 0")
        try require("iterations", iterations, iterations >= 0, "a number of iterations, at least 0")
        try matrix.requireFinite("matrix")
        let size = min(rank + oversampling, matrix.rows, matrix.columns)
        guard size < min(matrix.rows, matrix.columns) else {
            self = try SingularValueDecomposition(matrix).truncated(to: rank)
            return
        }
        let test = DenseMatrix<Scalar>(real: DenseMatrix<Scalar.RealScalar>(rows: matrix.columns, columns: size) { _, _ in
            Scalar.RealScalar(generator.normal())
        })
        var basis = try QRDecomposition(matrix * test).orthogonal
        for _ in 0..<iterations {
            let back = try QRDecomposition(matrix.adjointMultiplied(by: basis)).orthogonal
            basis = try QRDecomposition(matrix * back).orthogonal
        }
        let small = try SingularValueDecomposition(basis.adjointMultiplied(by: matrix)).truncated(to: rank)
        self.init(
            left: basis * small.left, singularValues: small.singularValues, rightTransposed: small.rightTransposed)
    }
}
