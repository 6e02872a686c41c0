import RealModule

/// The polar decomposition A = UH of an m × n matrix, m ≥ n: U with orthonormal columns, H Hermitian and
/// positive semidefinite.
public struct PolarDecomposition<Scalar: BLASScalar>: Sendable {
    /// U: m × n, the nearest matrix with orthonormal columns.
    public let orthogonal: DenseMatrix<Scalar>

    /// H = (AᴴA)^½: n × n.
    public let positive: DenseMatrix<Scalar>

    /// Decomposes a matrix, by its singular value decomposition.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not finite or has fewer rows than columns.
    public init(_ matrix: DenseMatrix<Scalar>) throws(LinearAlgebraError) {
        if matrix.rows < matrix.columns {
            throw .shapeMismatch(
                argument: "matrix", shape: matrix.shapeText, other: "its adjoint",
                otherShape: "(\(matrix.columns), \(matrix.rows))",
                expected: "matrix to have at least as many rows as columns")
        }
        let svd = try SingularValueDecomposition(matrix)
        orthogonal = svd.left * svd.rightTransposed
        let values = DenseVector<Scalar>(real: svd.singularValues)
        positive = svd.rightTransposed.adjointMultiplied(by: svd.rightTransposed.scalingRows(by: values))
    }
}

/// The coefficients of one step X ← aX + b(XXᴴ)X + c(XXᴴ)²X towards the orthogonal polar factor.
public struct NewtonSchulzCoefficients<Real: LinearAlgebraScalar>: Sendable {
    /// The factor of X.
    public var linear: Real
    /// The factor of (XXᴴ)X.
    public var cubic: Real
    /// The factor of (XXᴴ)²X.
    public var quintic: Real

    /// Coefficients of one's own.
    public init(linear: Real, cubic: Real, quintic: Real) {
        (self.linear, self.cubic, self.quintic) = (linear, cubic, quintic)
    }

    /// 3/2, −1/2, 0: Newton–Schulz, which converges quadratically from singular values below √3.
    public static var cubic: NewtonSchulzCoefficients { .init(linear: 1.5, cubic: -0.5, quintic: 0) }

    /// 15/8, −5/4, 3/8: the step of order three.
    public static var quintic: NewtonSchulzCoefficients { .init(linear: 1.875, cubic: -1.25, quintic: 0.375) }

    /// 3.4445, −4.7750, 2.0315: the optimiser Muon's, which lifts small singular values fastest and brings all
    /// to about 0.7 … 1.2 in five steps, but does not converge.
    public static var muon: NewtonSchulzCoefficients { .init(linear: 3.4445, cubic: -4.7750, quintic: 2.0315) }
}

extension DenseMatrix {
    /// An approximation of the orthogonal polar factor UVᴴ of A = U diag(s) Vᴴ, by products alone.
    ///
    /// A is divided by its Frobenius norm, so that all singular values are at most 1, and each step maps every
    /// singular value s to as + bs³ + cs⁵. Zero singular values stay zero; the zero matrix stays as it is.
    ///
    /// - Parameters:
    ///   - steps: how many steps.
    ///   - coefficients: the polynomial; Muon's by default.
    public func orthogonalizedByNewtonSchulz(
        steps: Int = 5, coefficients: NewtonSchulzCoefficients<Scalar.RealScalar> = .muon
    ) -> DenseMatrix {
        let norm = frobeniusNorm
        guard norm > 0, count > 0 else { return self }
        // The Gram matrix of the shorter side is the cheaper one.
        let isWide = rows <= columns
        var x = (isWide ? self : adjoint) / Scalar(norm)
        for _ in 0..<steps {
            let gram = x.rowGram
            var polynomial = gram * Scalar(coefficients.cubic)
            if coefficients.quintic != 0 {
                polynomial.accumulateProduct(gram.view, gram.view, factor: Scalar(coefficients.quintic))
            }
            polynomial.addToDiagonal(Scalar(coefficients.linear))
            x = polynomial * x
        }
        return isWide ? x : x.adjoint
    }

    /// The matrix sign: eigenvalues of positive real part become 1, of negative real part −1.
    ///
    /// Newton's iteration X ← (μX + (μX)⁻¹)/2 with the determinantal scaling μ = |det X|^(−1/n) (Higham,
    /// Functions of Matrices, algorithm 5.14), quadratic at the end.
    ///
    /// - Throws: `LinearAlgebraError` if the matrix is not square, not finite or singular, or the iteration does
    ///   not converge, as with eigenvalues on the imaginary axis.
    public func signFunction() throws(LinearAlgebraError) -> DenseMatrix {
        try requireSquare("matrix")
        guard rows > 0 else { return self }
        var x = self
        var isScaling = true
        var lastChange = Scalar.RealScalar.infinity
        let precision = Scalar.RealScalar(rows) * Scalar.RealScalar.ulpOfOne
        for _ in 0..<100 {
            let factors = try LUDecomposition(x)
            let inverse = try factors.inverse()
            let scale = isScaling
                ? Scalar.RealScalar.exp(-factors.logAbsoluteDeterminant / Scalar.RealScalar(rows)) : 1
            var next = x * Scalar(scale / 2)
            next.add(Scalar(1 / (2 * scale)), times: inverse)
            let change = (next - x).norm(.one) / next.norm(.one)
            x = next
            if change < 0.01 { isScaling = false }
            if change <= precision || (!isScaling && change < 1e-3 && change >= lastChange / 2) { return x }
            lastChange = change
        }
        throw .notConverged(argument: "matrix", shape: shapeText, routine: "Newton's iteration for the sign")
    }
}
