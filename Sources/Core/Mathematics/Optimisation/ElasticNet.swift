/// A linear model fitted by `ElasticNet`.
public struct ElasticNetFit: Sendable, Hashable {
    /// The coefficients, in the units of the columns as given.
    public let coefficients: Vector

    /// The intercept; 0 without one.
    public let intercept: Double

    /// The weight α of the penalty.
    public let penalty: Double

    /// The duality gap at the solution, in the units of the objective times the number of rows.
    public let dualityGap: Double

    /// Passes over the coefficients.
    public let iterations: Int

    /// Whether the gap met its tolerance.
    public let converged: Bool

    /// Xw + b.
    public func predict(_ rows: Matrix) -> Vector { rows * coefficients + intercept }
}

/// Linear regression with the elastic net's penalty, by cyclic coordinate descent; with `l1Ratio` 1 the lasso.
///
/// min (1/2n) ‖y − Xw − b‖² + α ρ ‖w‖₁ + (α/2)(1 − ρ) ‖w‖², as scikit-learn states it. Friedman, Hastie and
/// Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010: covariance updates,
/// O(p) for each coefficient that moves, when there are at least as many rows as columns, otherwise residual updates,
/// O(n). Passes run over a working set, at first what the strong rules keep (Tibshirani et al. 2012, arXiv:1011.2234),
/// that grows by every column that violates the conditions of optimality; after every ten passes the coefficients are
/// extrapolated (Bertrand and Massias, "Anderson acceleration of coordinate descent", 2021, arXiv:2011.10065). It stops
/// when the duality gap proves that the objective is within `tolerance` ‖y‖²/n of the optimum. No column is scaled
/// unless `standardises` is set.
public struct ElasticNet: Sendable, Hashable {
    /// The mixing ρ in (0, 1]: 1 is the lasso.
    public var l1Ratio: Double

    /// Whether to fit an intercept, which is not penalised.
    public var fitsIntercept: Bool

    /// Whether to divide each column by its standard deviation (of n, not n − 1) for the fit, so that the
    /// penalty falls on columns of equal spread. Coefficients come back in the original units.
    public var standardises: Bool

    /// Whether coefficients must be at least 0.
    public var isNonNegative: Bool

    /// The duality gap allowed, as a fraction of ‖y‖² (centred if there is an intercept).
    public var tolerance: Double

    /// At most so many passes.
    public var maximumIterations: Int

    /// The lasso with an intercept.
    public init(
        l1Ratio: Double = 1, fitsIntercept: Bool = true, standardises: Bool = false, isNonNegative: Bool = false,
        tolerance: Double = 1e-8, maximumIterations: Int = 10_000
    ) {
        self.l1Ratio = l1Ratio
        self.fitsIntercept = fitsIntercept
        self.standardises = standardises
        self.isNonNegative = isNonNegative
        self.tolerance = tolerance
        self.maximumIterations = maximumIterations
    }

    /// Fits the model for one weight of the penalty.
    ///
    /// - Parameters:
    ///   - rows: the n × p matrix X.
    ///   - targets: the n numbers y.
    ///   - penalty: α > 0.
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or parameters out of range.
    public func fit(_ rows: Matrix, _ targets: Vector, penalty: Double) throws(OptimisationError) -> ElasticNetFit {
        try path(rows, targets, penalties: [penalty])[0]
    }

    /// Fits the model for each weight of the penalty in the order given, each starting from the last solution.
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or parameters out of range.
    public func path(
        _ rows: Matrix, _ targets: Vector, penalties: Vector
    ) throws(OptimisationError) -> [ElasticNetFit] {
        var problem = try CoordinateDescent(self, rows, targets)
        for (index, penalty) in penalties.enumerated() {
            try requireArgument(penalty > 0 && penalty.isFinite, "penalties[\(index)]", penalty, "a positive finite number")
        }
        return penalties.map { problem.solve(penalty: $0) }
    }

    /// Fits the model along `count` weights in geometric progression, from the least one that makes every coefficient
    /// zero down to `ratio` times that.
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or parameters out of range.
    public func path(
        _ rows: Matrix, _ targets: Vector, count: Int = 100, ratio: Double = 1e-3
    ) throws(OptimisationError) -> [ElasticNetFit] {
        try requireArgument(count >= 1, "count", count, "at least 1")
        try requireArgument(ratio > 0 && ratio <= 1, "ratio", ratio, "a number in (0, 1]")
        let largest = try largestUsefulPenalty(rows, targets)
        try requireArgument(largest > 0, "targets", "uncorrelated with every column", "a correlated column")
        return try path(
            rows, targets, penalties: .logarithmicallySpaced(from: largest, to: largest * ratio, count: count))
    }

    /// The least α for which every coefficient is zero: max |xⱼᵀy| / (nρ) after centring and scaling.
    ///
    /// - Throws: `OptimisationError` if shapes differ, numbers are not finite or parameters out of range.
    public func largestUsefulPenalty(_ rows: Matrix, _ targets: Vector) throws(OptimisationError) -> Double {
        try CoordinateDescent(self, rows, targets).largestPenalty
    }
}
