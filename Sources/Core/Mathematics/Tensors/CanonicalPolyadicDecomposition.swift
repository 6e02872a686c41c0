import RealModule

/// An array as a sum of rank-one arrays, X ≈ Σᵣ wᵣ · a₀ᵣ ∘ a₁ᵣ ∘ … (CANDECOMP, PARAFAC).
public struct CanonicalPolyadicDecomposition<Scalar: BLASScalar>: Sendable {
    /// The weights w, in descending order.
    public let weights: DenseVector<Scalar.RealScalar>

    /// For each mode the matrix whose columns are the vectors aₙᵣ, of Euclidean norm 1.
    public let factors: [DenseMatrix<Scalar>]

    /// 1 − ‖X − Σ‖ / ‖X‖ after every round; 1 of an array of zeros.
    public let fits: [Scalar.RealScalar]

    /// Whether the fit stopped to grow within the rounds allowed.
    public let isConverged: Bool

    /// The sum of the rank-one arrays.
    public var product: MultiwayArray<Scalar> {
        let scaled = factors[0].scalingColumns(by: DenseVector(real: weights))
        let others = Self.khatriRao(Array(factors.dropFirst()), weights.count)
        return MultiwayArray(
            folding: scaled.multiplied(byTransposeOf: others), along: 0, shape: factors.map(\.rows))
    }

    /// Fits by alternating least squares (Kolda and Bader, SIAM Review 51 (2009) 455, figure 3.3).
    ///
    /// Each step solves for one factor exactly, so that the fit never falls; the optimum found is a local one
    /// and depends on the start.
    ///
    /// - Parameters:
    ///   - array: X, of two modes or more.
    ///   - rank: the number of terms.
    ///   - tolerance: the growth of the fit in one round at which to stop.
    ///   - maximumIterations: at most so many rounds over all modes.
    ///   - generator: the source of the start, of normal numbers.
    /// - Throws: `LinearAlgebraError` if X is not finite, has fewer than two modes or no elements, or the rank
    ///   is not positive.
    public init(
        alternatingLeastSquares array: MultiwayArray<Scalar>, rank: Int, tolerance: Scalar.RealScalar = 1e-8,
        maximumIterations: Int = 1000, using generator: inout some RandomNumberGenerator
    ) throws(LinearAlgebraError) {
        try require("rank", rank, rank > 0, "a positive number of terms")
        let start = array.shape.map { length in
            DenseMatrix<Scalar>(rows: length, columns: rank) { _, _ in Scalar(Scalar.RealScalar(generator.normal())) }
        }
        try self.init(
            alternatingLeastSquares: array, start: start, tolerance: tolerance, maximumIterations: maximumIterations)
    }

    /// Fits by alternating least squares from given factors.
    ///
    /// - Parameters:
    ///   - array: X, of two modes or more.
    ///   - start: for each mode a matrix of one column a term; the first is not used.
    ///   - tolerance: the growth of the fit in one round at which to stop.
    ///   - maximumIterations: at most so many rounds over all modes.
    /// - Throws: `LinearAlgebraError` if X or a factor is not finite, X has fewer than two modes or no elements,
    ///   or a factor has a wrong shape.
    public init(
        alternatingLeastSquares array: MultiwayArray<Scalar>, start: [DenseMatrix<Scalar>],
        tolerance: Scalar.RealScalar = 1e-8, maximumIterations: Int = 1000
    ) throws(LinearAlgebraError) {
        typealias Real = Scalar.RealScalar
        try array.requireFinite("array")
        try require("array.order", array.order, array.order >= 2, "at least two modes")
        if array.count == 0 { throw .empty(argument: "array", shape: array.shapeText) }
        try require("start.count", start.count, start.count == array.order, "one factor a mode, \(array.order)")
        let rank = start[0].columns
        try require("start[0].columns", rank, rank > 0, "a positive number of terms")
        for (mode, factor) in start.enumerated() {
            try factor.requireFinite("start[\(mode)]")
            if factor.rows != array.shape[mode] || factor.columns != rank {
                throw .shapeMismatch(
                    argument: "start[\(mode)]", shape: factor.shapeText, other: "array", otherShape: array.shapeText,
                    expected: "start[\(mode)] to have the shape (\(array.shape[mode]), \(rank))")
            }
        }
        let unfoldings = (0..<array.order).map { array.unfolded(along: $0).transposed }
        let norm = array.norm
        var factors = start.map { Self.normalize($0).factor }
        var grams = factors.map(\.columnGram)
        var weights = DenseVector<Real>.ones(rank)
        var fits: [Real] = []
        var isConverged = false
        while fits.count < maximumIterations, !isConverged {
            var inner: Real = 0
            for mode in 0..<array.order {
                let others = Self.khatriRao(factors.enumerated().filter { $0.offset != mode }.map(\.element), rank)
                var gram = DenseMatrix<Scalar>(repeating: 1, rows: rank, columns: rank)
                for (other, matrix) in grams.enumerated() where other != mode { gram = gram .* matrix }
                // KAᵀ ≈ X₍ₙ₎ᵀ with KᴴK = gram: gram · Aᵀ = KᴴX₍ₙ₎ᵀ.
                let right = others.adjointMultiplied(by: unfoldings[mode])
                let solution: DenseMatrix<Scalar>
                if let cholesky = try? CholeskyDecomposition(gram) {
                    solution = try cholesky.solve(right)
                } else {
                    solution = try gram.pseudoInverse() * right
                }
                (factors[mode], weights) = Self.normalize(solution.transposed)
                grams[mode] = factors[mode].columnGram
                if mode == array.order - 1 { inner = solution.flattened.dot(right.flattened).realPart }
            }
            var gram = DenseMatrix<Scalar>(repeating: 1, rows: rank, columns: rank)
            for matrix in grams { gram = gram .* matrix }
            let scaled = DenseVector<Scalar>(real: weights)
            let square = gram.bilinearForm(scaled, scaled).realPart
            var error = Swift.max(0, norm * norm + square - 2 * inner).squareRoot()
            if error * error < 1000 * Real.ulpOfOne * norm * norm {
                // The difference of squares has lost its digits: look at the array itself.
                let model = MultiwayArray(
                    folding: factors[0].scalingColumns(by: scaled).multiplied(
                        byTransposeOf: Self.khatriRao(Array(factors.dropFirst()), rank)),
                    along: 0, shape: array.shape)
                error = (array - model).norm
            }
            let fit = norm == 0 ? 1 : 1 - error / norm
            if let last = fits.last, fit - last <= tolerance { isConverged = true }
            if norm == 0 { isConverged = true }
            fits.append(fit)
        }
        let order = weights.indices.sorted { weights[$0] > weights[$1] }
        self.weights = DenseVector(order.map { weights[$0] })
        self.factors = factors.map { $0.selectingColumns(order) }
        self.fits = fits
        self.isConverged = isConverged
    }

    /// The columns divided by their norms, and the norms; zero columns stay.
    private static func normalize(
        _ matrix: DenseMatrix<Scalar>
    ) -> (factor: DenseMatrix<Scalar>, norms: DenseVector<Scalar.RealScalar>) {
        let norms = DenseVector<Scalar.RealScalar>(count: matrix.columns) { matrix.view.column($0).norm }
        return (matrix.scalingColumns(by: DenseVector(real: norms.map { $0 > 0 ? 1 / $0 : 0 })), norms)
    }

    private static func khatriRao(_ factors: [DenseMatrix<Scalar>], _ rank: Int) -> DenseMatrix<Scalar> {
        factors.reduce(DenseMatrix(repeating: 1, rows: 1, columns: rank)) { $0.khatriRaoProduct($1) }
    }
}
