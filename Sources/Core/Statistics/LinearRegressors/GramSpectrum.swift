import Mathematics

/// The squared singular values and right singular vectors of a matrix of predictors, from one
/// eigendecomposition of its smaller Gram matrix.
///
/// Everything a ridge regression on these predictors can need follows from it for any λ:
/// (XᵀX + λI)⁻¹ = V diag(1/(s² + λ)) Vᵀ on the row space of X, and 1/λ on its complement.
public struct GramSpectrum: Sendable {
    /// s², the positive eigenvalues of XᵀX in ascending order; as many as the rank of X.
    public let squaredSingularValues: Vector

    /// The right singular vectors as columns, one row a predictor.
    public let rightVectors: Matrix

    /// The number of predictors.
    public var predictors: Int { rightVectors.rows }

    /// Whether the rows of X span the whole space of predictors.
    public var isFullRowSpace: Bool { squaredSingularValues.count == predictors }

    /// Decomposes X. O(nd·min(n, d)).
    ///
    /// Eigenvalues that cannot be told from rounding, below the largest times the larger side times the
    /// machine's precision, are left out with their vectors.
    public init(of predictors: Matrix) throws(StatisticsError) {
        let (observations, dimension) = predictors.shape
        let tall = observations >= dimension
        let decomposition = try linearAlgebra { () throws(LinearAlgebraError) in
            try SymmetricEigendecomposition(tall ? predictors.columnGram : predictors.rowGram)
        }
        let largest = decomposition.eigenvalues.last ?? 0
        let threshold = largest * Double(max(observations, dimension)) * Double.ulpOfOne
        let first = decomposition.eigenvalues.firstIndex { $0 > threshold } ?? decomposition.eigenvalues.count
        let kept = first..<decomposition.eigenvalues.count
        let values = Vector(decomposition.eigenvalues[kept])
        let vectors = decomposition.eigenvectors[0..<decomposition.eigenvectors.rows, kept]
        squaredSingularValues = values
        rightVectors =
            tall
            ? vectors
            : predictors.transposeMultiplied(by: vectors).scalingColumns(by: values.map { 1 / $0.squareRoot() })
    }

    /// df(λ) = Σ s²/(s² + λ), the effective number of parameters of a ridge regression.
    public func degreesOfFreedom(ridge: Double) -> Double {
        squaredSingularValues.reduce(0) { $0 + $1 / ($1 + ridge) }
    }
}
