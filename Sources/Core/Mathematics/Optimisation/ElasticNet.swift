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
/// Tibshirani, "Regularization paths for generalized linear models via coordinate descent", 2010: passes over
/// the active coefficients between full ones; covariance updates, O(p) for each coefficient that moves, when there
/// are at least as many rows as columns. It stops when the duality gap proves that the objective is within
/// `tolerance` ‖y‖²/n of the optimum. No column is scaled unless `standardises` is set.
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

/// The centred and scaled problem, with ½‖y − Xw‖² + l1‖w‖₁ + ½ l2‖w‖² (n times the objective).
private struct CoordinateDescent {
    private let model: ElasticNet
    private let columns: Matrix
    private let targets: Vector
    private let columnMeans: Vector
    private let targetMean: Double
    private let scales: Vector
    private let squaredNorms: Vector
    private let gram: Matrix?
    private var coefficients: Vector
    /// y − Xw.
    private var residual: Vector
    /// Xᵀ(y − Xw), kept only with the Gram matrix.
    private var correlations: Vector

    var largestPenalty: Double {
        let all = columns * targets
        let most = model.isNonNegative ? max(all.max() ?? 0, 0) : all.maximumMagnitude
        return most / (Double(max(targets.count, 1)) * model.l1Ratio)
    }

    init(_ model: ElasticNet, _ rows: Matrix, _ targets: Vector) throws(OptimisationError) {
        try requireArgument(model.l1Ratio > 0 && model.l1Ratio <= 1, "l1Ratio", model.l1Ratio, "a number in (0, 1]")
        try requireArgument(model.tolerance > 0, "tolerance", model.tolerance, "a positive number")
        try requireArgument(model.maximumIterations >= 1, "maximumIterations", model.maximumIterations, "at least 1")
        try requireArgument(rows.rows >= 1, "rows", "empty", "at least one row")
        if targets.count != rows.rows {
            throw .lengthMismatch(argument: "targets", count: targets.count, expected: rows.rows)
        }
        try requireFiniteElements(targets, "targets")
        try requireFiniteElements(rows.flattened, "rows")
        self.model = model
        columnMeans = model.fitsIntercept ? rows.columnMeans : .zeros(rows.columns)
        let mean = model.fitsIntercept ? targets.mean : 0
        targetMean = mean
        self.targets = targets - mean
        var columns = rows.transposed
        var scales = Vector.ones(rows.columns)
        for index in 0..<columns.rows {
            var column = columns.row(index)
            if model.standardises {
                let deviation = (column - column.mean).norm / Double(column.count).squareRoot()
                if deviation > 0 { scales[index] = deviation }
            }
            column = (column - columnMeans[index]) / scales[index]
            columns.setRow(index, to: column)
        }
        self.columns = columns
        self.scales = scales
        squaredNorms = Vector(count: columns.rows) { columns.row($0).squaredNorm }
        gram = columns.rows <= rows.rows && columns.rows <= 5000 ? columns.rowGram : nil
        coefficients = .zeros(columns.rows)
        residual = self.targets
        correlations = columns * self.targets
    }

    mutating func solve(penalty: Double) -> ElasticNetFit {
        let n = Double(targets.count)
        let l1 = penalty * model.l1Ratio * n
        let l2 = penalty * (1 - model.l1Ratio) * n
        let allowed = model.tolerance * targets.squaredNorm
        var passes = 0
        var gap = dualityGap(l1, l2)
        let everything = Array(0..<coefficients.count)
        while gap > allowed, passes < model.maximumIterations {
            passes += 1
            let largest = pass(over: everything, l1, l2)
            let active = everything.filter { coefficients[$0] != 0 }
            // Settle the active coefficients before looking at the others again.
            var change = largest
            let scale = coefficients.maximumMagnitude
            while change > 1e-3 * largest, change > 1e-15 * scale, passes < model.maximumIterations {
                passes += 1
                change = pass(over: active, l1, l2)
            }
            gap = dualityGap(l1, l2)
        }
        let scaled = coefficients ./ scales
        return ElasticNetFit(
            coefficients: scaled, intercept: model.fitsIntercept ? targetMean - columnMeans.dot(scaled) : 0,
            penalty: penalty, dualityGap: max(gap, 0), iterations: passes, converged: gap <= allowed)
    }

    /// One update of each of the given coefficients; returns the largest change.
    private mutating func pass(over indices: [Int], _ l1: Double, _ l2: Double) -> Double {
        let count = coefficients.count
        let length = targets.count
        let isNonNegative = model.isNonNegative
        let storage = columns.storage
        let gramStorage = gram?.storage
        return squaredNorms.withUnsafeBufferPointer { norms in
            coefficients.withUnsafeMutableBufferPointer { w in
                residual.withUnsafeMutableBufferPointer { r in
                    correlations.withUnsafeMutableBufferPointer { q in
                        guard let weights = w.baseAddress, let rest = r.baseAddress, let products = q.baseAddress
                        else { return 0.0 }
                        var largest = 0.0
                        for index in indices where norms[index] > 0 {
                            let column = storage.pointer + index * length
                            let old = weights[index]
                            let correlation = gramStorage != nil ? products[index] : Double.blasDot(length, column, rest)
                            let target = correlation + norms[index] * old
                            var new = softThreshold(target, l1) / (norms[index] + l2)
                            if isNonNegative { new = max(new, 0) }
                            if new != old {
                                weights[index] = new
                                largest = max(largest, (new - old).magnitude)
                                if let gramStorage {
                                    Double.blasAdd(count, old - new, gramStorage.pointer + index * count, to: products)
                                } else {
                                    Double.blasAdd(length, old - new, column, to: rest)
                                }
                            }
                        }
                        return largest
                    }
                }
            }
        }
    }

    /// The primal objective minus the dual one at the scaled residual, both times n.
    ///
    /// Correlations and residual are computed afresh, which also removes the drift of the updates.
    private mutating func dualityGap(_ l1: Double, _ l2: Double) -> Double {
        residual = targets - columns.transposeMultiplied(by: coefficients)
        correlations = columns * residual
        let shifted = correlations.advanced(by: -l2, along: coefficients)
        let dualNorm = model.isNonNegative ? max(shifted.max() ?? 0, 0) : shifted.maximumMagnitude
        let factor = dualNorm > l1 ? l1 / dualNorm : 1
        let squared = residual.squaredNorm
        return (1 + factor * factor) / 2 * (squared + l2 * coefficients.squaredNorm)
            + l1 * coefficients.absoluteSum - factor * residual.dot(targets)
    }
}
