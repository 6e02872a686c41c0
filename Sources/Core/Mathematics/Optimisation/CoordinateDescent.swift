/// The centred and scaled problem, with ½‖y − Xw‖² + l1‖w‖₁ + ½ l2‖w‖² (n times the objective).
struct CoordinateDescent {
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
    /// Xᵀ(y − Xw); between solutions always up to date, inside one only with the Gram matrix.
    private var correlations: Vector
    /// Xᵀy and ‖y‖².
    private let targetProducts: Vector
    private let targetSquare: Double
    /// The ℓ1 weight of the solution that `coefficients` hold.
    private var previousL1: Double?

    var largestPenalty: Double {
        let all = targetProducts
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
        targetProducts = columns * self.targets
        targetSquare = self.targets.squaredNorm
        correlations = targetProducts
    }

    mutating func solve(penalty: Double) -> ElasticNetFit {
        let n = Double(targets.count)
        let l1 = penalty * model.l1Ratio * n
        let l2 = penalty * (1 - model.l1Ratio) * n
        let allowed = model.tolerance * targetSquare
        let everything = Array(0..<coefficients.count)
        var passes = 0
        var gap = dualityGap(over: everything, l1, l2, residual.squaredNorm, residual.dot(targets))
        // The strong rule discards |c| < 2 l1 − (the last l1); nothing is lost, as violators join later.
        var threshold = 2 * l1 - (previousL1 ?? l1)
        while gap > allowed, passes < model.maximumIterations {
            let working = everything.filter {
                coefficients[$0] != 0 || (model.isNonNegative ? correlations[$0] : correlations[$0].magnitude) >= threshold
            }
            let isSettled = descend(over: working, l1, l2, allowed, &passes)
            refresh()
            gap = dualityGap(over: everything, l1, l2, residual.squaredNorm, residual.dot(targets))
            threshold = l1
            if isSettled, gap > allowed {
                // Rounding moves nothing any more: only columns outside the working set can help.
                let known = Set(working)
                let hasViolator = everything.contains {
                    !known.contains($0)
                        && (model.isNonNegative ? correlations[$0] : correlations[$0].magnitude) > l1
                }
                if !hasViolator { break }
            }
        }
        previousL1 = l1
        let scaled = coefficients ./ scales
        return ElasticNetFit(
            coefficients: scaled, intercept: model.fitsIntercept ? targetMean - columnMeans.dot(scaled) : 0,
            penalty: penalty, dualityGap: max(gap, 0), iterations: passes, converged: gap <= allowed)
    }

    /// Passes until the duality gap of the problem with these columns alone is half of what is allowed; true if
    /// coefficients stopped moving before that.
    private mutating func descend(
        over working: [Int], _ l1: Double, _ l2: Double, _ allowed: Double, _ passes: inout Int
    ) -> Bool {
        while passes < model.maximumIterations {
            passes += 1
            if pass(over: working, l1, l2) <= 1e-16 * coefficients.maximumMagnitude { return true }
            let active = working.filter { coefficients[$0] != 0 }
            var iterates: [[Double]] = []
            for round in 1..<10 where passes < model.maximumIterations {
                passes += 1
                if pass(over: active, l1, l2) <= 1e-16 * coefficients.maximumMagnitude { break }
                if round >= 4 { iterates.append(active.map { coefficients[$0] }) }
            }
            if iterates.count == 6 { extrapolate(iterates, on: active, l1, l2) }
            if gram == nil {
                for index in working { correlations[index] = product(index) }
            }
            let (squared, aligned) = residualProducts()
            if dualityGap(over: working, l1, l2, squared, aligned) <= allowed / 2 { return false }
        }
        return false
    }

    /// Moves the active coefficients to the extrapolation of their last iterates if that lowers the objective.
    private mutating func extrapolate(_ iterates: [[Double]], on active: [Int], _ l1: Double, _ l2: Double) {
        let changes = zip(iterates, iterates.dropFirst()).map { Vector(zip($0, $1).map { $1 - $0 }) }
        var gramOfChanges = Matrix(rows: changes.count, columns: changes.count) { changes[$0].dot(changes[$1]) }
        let trace = gramOfChanges.trace
        guard trace > 0 else { return }
        gramOfChanges.addToDiagonal(1e-12 * trace)
        guard let weights = try? CholeskyDecomposition(gramOfChanges).solve(.ones(changes.count)) else { return }
        let total = weights.sum
        guard total.isFinite, total != 0 else { return }
        let (oldCoefficients, oldResidual, oldCorrelations) = (coefficients, residual, correlations)
        let before = objective(l1, l2)
        for (place, index) in active.enumerated() {
            var value = 0.0
            for (weight, iterate) in zip(weights, iterates.dropFirst()) { value += weight / total * iterate[place] }
            if model.isNonNegative { value = max(value, 0) }
            move(index, to: value)
        }
        if !(objective(l1, l2) < before) {
            (coefficients, residual, correlations) = (oldCoefficients, oldResidual, oldCorrelations)
        }
    }

    /// ½‖y − Xw‖² + l1‖w‖₁ + ½ l2‖w‖².
    private func objective(_ l1: Double, _ l2: Double) -> Double {
        residualProducts().squared / 2 + l1 * coefficients.absoluteSum + l2 / 2 * coefficients.squaredNorm
    }

    /// ‖r‖² and rᵀy, from the correlations if the residual is not kept.
    private func residualProducts() -> (squared: Double, aligned: Double) {
        if gram == nil { return (residual.squaredNorm, residual.dot(targets)) }
        let aligned = targetSquare - coefficients.dot(targetProducts)
        return (max(aligned - coefficients.dot(correlations), 0), aligned)
    }

    private func product(_ index: Int) -> Double {
        residual.withUnsafeBufferPointer { rest in
            guard let base = rest.baseAddress else { return 0 }
            return BLAS.dot(rest.count, columns.storage.pointer + index * rest.count, base)
        }
    }

    private mutating func move(_ index: Int, to value: Double) {
        let change = coefficients[index] - value
        if change == 0 { return }
        coefficients[index] = value
        if let gram {
            correlations.add(change, times: gram.row(index))
        } else {
            residual.add(change, times: columns.row(index))
        }
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
                            let correlation = gramStorage != nil ? products[index] : BLAS.dot(length, column, rest)
                            let target = correlation + norms[index] * old
                            var new = softThreshold(target, l1) / (norms[index] + l2)
                            if isNonNegative { new = max(new, 0) }
                            if new != old {
                                weights[index] = new
                                largest = max(largest, (new - old).magnitude)
                                if let gramStorage {
                                    BLAS.add(count, old - new, gramStorage.pointer + index * count, to: products)
                                } else {
                                    BLAS.add(length, old - new, column, to: rest)
                                }
                            }
                        }
                        return largest
                    }
                }
            }
        }
    }

    /// Residual and correlations afresh, which removes the drift of the updates.
    private mutating func refresh() {
        residual = targets
        let active = coefficients.indices.filter { coefficients[$0] != 0 }
        if 4 * active.count < coefficients.count {
            for index in active { residual.add(-coefficients[index], times: columns.row(index)) }
        } else {
            residual -= columns.transposeMultiplied(by: coefficients)
        }
        correlations = columns * residual
    }

    /// The primal objective minus the dual one at the scaled residual, both times n, of the problem with these
    /// columns alone.
    private func dualityGap(
        over indices: [Int], _ l1: Double, _ l2: Double, _ squared: Double, _ aligned: Double
    ) -> Double {
        var dualNorm = 0.0
        for index in indices {
            let value = correlations[index] - l2 * coefficients[index]
            dualNorm = max(dualNorm, model.isNonNegative ? value : value.magnitude)
        }
        let factor = dualNorm > l1 ? l1 / dualNorm : 1
        return (1 + factor * factor) / 2 * (squared + l2 * coefficients.squaredNorm)
            + l1 * coefficients.absoluteSum - factor * aligned
    }
}
