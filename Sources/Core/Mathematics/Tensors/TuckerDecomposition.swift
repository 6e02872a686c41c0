/// An array as a small core multiplied by a matrix along each mode, X ≈ G ×₀ U₀ ×₁ U₁ ….
public struct TuckerDecomposition<Scalar: BLASScalar>: Sendable {
    /// G: the core.
    public let core: MultiwayArray<Scalar>

    /// Uₙ: for each mode a matrix with orthonormal columns.
    public let factors: [DenseMatrix<Scalar>]

    /// The singular values of the unfoldings from which the factors were taken.
    public let singularValues: [DenseVector<Scalar.RealScalar>]

    /// The product G ×₀ U₀ ×₁ U₁ ….
    public var product: MultiwayArray<Scalar> { core.modeProducts(factors) }

    /// The higher-order singular value decomposition: Uₙ are the left singular vectors of X₍ₙ₎ and
    /// G = X ×₀ U₀ᴴ ×₁ U₁ᴴ … (De Lathauwer, De Moor and Vandewalle, SIAM J. Matrix Anal. Appl. 21 (2000) 1253).
    ///
    /// Truncated, its squared error is at most the sum over the modes of the squared singular values left out,
    /// and so at most N times the least there is.
    ///
    /// - Parameters:
    ///   - array: X.
    ///   - ranks: how many columns each Uₙ has; all of them, min(Iₙ, ∏ of the other lengths), by default.
    /// - Throws: `LinearAlgebraError` if X is not finite or a rank is out of range.
    public init(
        higherOrderSVDOf array: MultiwayArray<Scalar>, ranks: [Int]? = nil
    ) throws(LinearAlgebraError) {
        try array.requireFinite("array")
        try Self.requireRanks(ranks, array)
        var factors: [DenseMatrix<Scalar>] = []
        var values: [DenseVector<Scalar.RealScalar>] = []
        for mode in 0..<array.order {
            let svd = try SingularValueDecomposition(array.unfolded(along: mode))
            factors.append(svd.truncated(to: ranks?[mode] ?? svd.singularValues.count).left)
            values.append(svd.singularValues)
        }
        core = array.modeProducts(factors.map(\.adjoint))
        self.factors = factors
        singularValues = values
    }

    /// The best approximation of the given ranks that alternation from the truncated higher-order SVD finds
    /// (higher-order orthogonal iteration; De Lathauwer, De Moor and Vandewalle, SIAM J. Matrix Anal. Appl.
    /// 21 (2000) 1324).
    ///
    /// - Parameters:
    ///   - array: X.
    ///   - ranks: how many columns each Uₙ has.
    ///   - tolerance: the relative growth of ‖G‖ at which the alternation stops; it never falls.
    ///   - maximumIterations: at most so many rounds over all modes.
    /// - Throws: `LinearAlgebraError` if X is not finite or a rank is out of range.
    public init(
        approximating array: MultiwayArray<Scalar>, ranks: [Int], tolerance: Scalar.RealScalar = 1e-8,
        maximumIterations: Int = 100
    ) throws(LinearAlgebraError) {
        let start = try TuckerDecomposition(higherOrderSVDOf: array, ranks: ranks)
        var factors = start.factors
        var values = start.singularValues
        var core = start.core
        for _ in 0..<maximumIterations {
            let before = core.norm
            for mode in 0..<array.order {
                let adjoints = factors.enumerated().map { $0.offset == mode ? nil : $0.element.adjoint }
                let projected = array.modeProducts(adjoints).unfolded(along: mode)
                // A rank above the number of columns of the projection is filled up by the full decomposition.
                let svd = try SingularValueDecomposition(projected, ranks[mode] > projected.columns ? .full : .thin)
                factors[mode] = svd.left[0..<svd.left.rows, 0..<ranks[mode]]
                values[mode] = svd.singularValues
            }
            core = array.modeProducts(factors.map(\.adjoint))
            if core.norm - before <= tolerance * before { break }
        }
        self.core = core
        self.factors = factors
        singularValues = values
    }

    private static func requireRanks(
        _ ranks: [Int]?, _ array: MultiwayArray<Scalar>
    ) throws(LinearAlgebraError) {
        guard let ranks else { return }
        try require("ranks.count", ranks.count, ranks.count == array.order, "the number of modes, \(array.order)")
        for (mode, rank) in ranks.enumerated() {
            let length = array.shape[mode]
            let limit = length == 0 ? 0 : min(length, array.count / length)
            try require("ranks[\(mode)]", rank, rank >= 0 && rank <= limit, "0 ... \(limit)")
        }
    }
}
