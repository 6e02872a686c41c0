import Mathematics

/// A linear output layer of D classes whose exact training costs O(d²) an example, whatever D is, for losses of the
/// spherical family (Vincent, de Brébisson and Bouthillier 2015, arXiv:1412.7091; with shifts, as z-loss,
/// arXiv:1604.08859, needs).
///
/// The weights W, one row a class, are never formed: W = VU + 1ωᵀ with V of D rows, U square and ω of d numbers. With
/// Q = WᵀW and w̄ = Wᵀ1 kept, the statistics of the outputs o = Wx are q = xᵀQx, s = w̄ᵀx and o_c = V_c·Ux + ω·x.
/// The gradient by W of a loss of these is a sparse part, for the targets' rows, plus 2W XᵀGX + 1pᵀ, which U and ω take
/// up; so an update touches the targets' rows of V and nothing else of size D.
///
/// Rounding lets Q, w̄ and U⁻¹ drift from what V, U and ω say, and U can become ill-conditioned. `stabilize` mends the
/// latter, every ten updates unless told otherwise, `rematerialize` all of it.
public struct FactoredSphericalLayer: OutputLayer, Sendable {
    /// The loss on the outputs.
    public let loss: SphericalLoss
    /// V: one row a class.
    public private(set) var rows: Matrix
    /// U.
    public private(set) var mixing: Matrix
    /// U⁻¹.
    public private(set) var inverseMixing: Matrix
    /// ω.
    public private(set) var shift: Vector
    /// Q = WᵀW.
    public private(set) var gram: Matrix
    /// w̄ = Wᵀ1.
    public private(set) var columnSums: Vector
    /// After how many updates `step` stabilises; nil for never.
    public var stabilizationInterval: Int? = 10
    /// The updates since the weights were given or last re-materialised.
    public private(set) var updateCount = 0

    public var classCount: Int { rows.rows }
    public var inputCount: Int { rows.columns }

    /// A layer of given weights W: V = W, U = 1, ω = 0. O(Dd²).
    ///
    /// - Throws: `ArchitectureError.invalid` for weights without classes or inputs.
    public init(weights: Matrix, loss: SphericalLoss) throws(ArchitectureError) {
        try requireWeights(weights)
        self.loss = loss
        rows = weights
        mixing = .identity(weights.columns)
        inverseMixing = mixing
        shift = .zeros(weights.columns)
        gram = weights.columnGram
        columnSums = weights.columnSums
    }

    /// W = VU + 1ωᵀ. O(Dd²).
    public var weights: Matrix {
        var result = rows * mixing
        result.addOuterProduct(1, .ones(classCount), shift)
        return result
    }

    /// The statistics of the outputs of a batch. O(d²) an example.
    ///
    /// - Throws: `ArchitectureError` naming the argument.
    public func statistics(inputs: Matrix, targets: [Int]) throws(ArchitectureError) -> [OutputStatistics] {
        try checkBatch(inputs, targets, 1)
        return statistics(
            inputs, targets, mixed: inputs.multiplied(byTransposeOf: mixing), weighted: inputs * gram)
    }

    private func statistics(
        _ x: Matrix, _ targets: [Int], mixed: Matrix, weighted: Matrix
    ) -> [OutputStatistics] {
        let sums = x * columnSums, shifts = x * shift
        return targets.enumerated().map { index, target in
            OutputStatistics(
                target: rows.view.row(target).dot(mixed.view.row(index)) + shifts[index], sum: sums[index],
                squaredSum: weighted.view.row(index).dot(x.view.row(index)), count: classCount)
        }
    }

    /// One step of gradient descent on W, exactly as if W were there. O(d²) an example, O(m³) for a batch of m.
    ///
    /// - Throws: `ArchitectureError`, also when the update would make U singular: η was too large.
    public mutating func step(
        inputs x: Matrix, targets: [Int], rate: Double
    ) throws(ArchitectureError) -> OutputStep {
        try checkBatch(x, targets, rate)
        let share = 1 / Double(x.rows)
        let mixed = x.multiplied(byTransposeOf: mixing), weighted = x * gram
        var total = 0.0
        var sparse = Vector.zeros(x.rows), sumGradient = sparse, squareGradient = sparse
        for (index, statistics) in statistics(x, targets, mixed: mixed, weighted: weighted).enumerated() {
            total += try loss.value(at: statistics)
            let gradient = try loss.gradient(at: statistics)
            sparse[index] = share * gradient.target
            sumGradient[index] = share * gradient.sum
            squareGradient[index] = share * gradient.squaredSum
        }
        // Row i: y_i times row c_i of W, so that its transpose is WᵀY.
        var sparsePart = rows.selectingRows(targets).scalingRows(by: sparse) * mixing
        sparsePart.addOuterProduct(1, sparse, shift)
        var inputGradient = sparsePart
        inputGradient.addOuterProduct(1, sumGradient, columnSums)
        inputGradient += weighted.scalingRows(by: 2 * squareGradient)

        try update(
            UpdateParts(
                x: x, targets: targets, rate: rate, mixed: mixed, weighted: weighted, sparse: sparse,
                sparsePart: sparsePart, sumGradient: sumGradient, squareGradient: squareGradient))
        updateCount += 1
        if let interval = stabilizationInterval, updateCount % max(interval, 1) == 0 { try stabilize() }
        return OutputStep(loss: total * share, inputGradient: inputGradient)
    }

    /// What an update is made of: X, η, XUᵀ, XQ, the gradients by the statistics and YᵀW.
    private struct UpdateParts {
        let x: Matrix, targets: [Int], rate: Double
        let mixed: Matrix, weighted: Matrix
        let sparse: Vector, sparsePart: Matrix
        let sumGradient: Vector, squareGradient: Vector
    }

    /// W ← WM − ηYX − η1pᵀ with M = 1 − XᵀKX, K = 2η diag(∂L/∂q), p = Xᵀ∂L/∂s, in terms of what is kept.
    private mutating func update(_ parts: UpdateParts) throws(ArchitectureError) {
        let x = parts.x, rate = parts.rate, count = Double(classCount)
        let scales = (2 * rate) * parts.squareGradient
        let scaled = x.scalingRows(by: scales)
        let inner = x.rowGram
        let p = x.transposeMultiplied(by: parts.sumGradient)
        let q = x.transposeMultiplied(by: parts.sparse)

        // M⁻¹ = 1 + Xᵀ(1 − K XXᵀ)⁻¹KX (Woodbury), and U⁻¹ ← M⁻¹U⁻¹.
        var capacitance = inner.scalingRows(by: -1 * scales)
        capacitance.addToDiagonal(1)
        let correction = try linearAlgebra { () throws(LinearAlgebraError) in
            try capacitance.solve((x * inverseMixing).scalingRows(by: scales))
        }
        inverseMixing.accumulateProduct(x.view.transposed, correction.view)
        // U ← UM, ω ← Mω − ηp.
        let projectedShift = scaled * shift
        mixing.accumulateProduct(parts.mixed.view.transposed, scaled.view, factor: -1)
        shift = shift - x.transposeMultiplied(by: projectedShift) - rate * p
        // V ← V − ηY(U⁻ᵀXᵀ)ᵀ with the new U: the targets' rows, one after the other, since one may come twice.
        let changes = (x * inverseMixing).scalingRows(by: -rate * parts.sparse)
        for (index, target) in parts.targets.enumerated() {
            let change = changes.view.row(index)
            rows.withUnsafeMutableRow(target) { row in for k in row.indices { row[k] += change[k] } }
        }

        // Q ← Q + XᵀR + RᵀX + upᵀ + puᵀ, w̄ ← Mw̄ − ηq − ηDp.
        let movedSums = columnSums - x.transposeMultiplied(by: scaled * columnSums)
        var r = parts.weighted.scalingRows(by: -1 * scales)
        let bend = parts.weighted.multiplied(byTransposeOf: x).scalingRows(by: scales)
        r += 0.5 * (bend * scaled)
        let moved = parts.sparsePart - parts.sparsePart.multiplied(byTransposeOf: x) * scaled
        r.add(-rate, times: moved)
        r += repeatedTargets(parts, factor: 0.5 * rate * rate) * x
        var change = x.transposeMultiplied(by: r)
        let u = (rate * rate) * q - rate * movedSums + (0.5 * rate * rate * count) * p
        change.addOuterProduct(1, u, p)
        gram += change + change.transposed
        columnSums = movedSums - rate * q - (rate * count) * p
    }

    /// `factor` times YᵀY: y_i y_j where two examples have the same target.
    private func repeatedTargets(_ parts: UpdateParts, factor: Double) -> Matrix {
        Matrix(rows: parts.targets.count, columns: parts.targets.count) { i, j in
            parts.targets[i] == parts.targets[j] ? factor * parts.sparse[i] * parts.sparse[j] : 0
        }
    }

    /// Moves the singular values of U that lie outside a range to its ends, and makes up for it in V, so that W stays.
    ///
    /// U = PΣRᵀ becomes PΣ'Rᵀ and V becomes VPΣΣ'⁻¹Pᵀ. O(d³), and O(Dd) for each value that moves.
    ///
    /// - Parameter range: positive; [0.5, 2] in z-loss (arXiv:1604.08859).
    /// - Returns: how many values were moved.
    /// - Throws: `ArchitectureError.invalid` for a range that does not begin above 0.
    @discardableResult
    public mutating func stabilize(within range: ClosedRange<Double> = 0.5...2) throws(ArchitectureError) -> Int {
        try requirePositive(range.lowerBound, "range.lowerBound")
        let decomposition = try linearAlgebra { () throws(LinearAlgebraError) in
            try SingularValueDecomposition(mixing)
        }
        let values = decomposition.singularValues
        // What was moved to an end of the range before lies there up to rounding.
        let (least, largest) = (range.lowerBound * (1 - 1e-9), range.upperBound * (1 + 1e-9))
        let outside = values.indices.filter { values[$0] < least || values[$0] > largest }
        if outside.isEmpty { return 0 }
        let moved = values.map { min(max($0, range.lowerBound), range.upperBound) }
        let left = decomposition.left, right = decomposition.rightTransposed
        mixing = left.scalingColumns(by: moved) * right
        inverseMixing = right.scalingRows(by: moved.map { 1 / $0 }).transposeMultiplied(by: left.transposed)
        let directions = left.selectingColumns(outside)
        let factors = Vector(outside.map { values[$0] / moved[$0] - 1 })
        let along = (rows * directions).scalingColumns(by: factors)
        rows.accumulateProduct(along.view, directions.view.transposed)
        return outside.count
    }

    /// Begins anew with V = W, U = 1, ω = 0, and Q and w̄ from W, without the rounding of the updates before. O(Dd²).
    public mutating func rematerialize() {
        rows = weights
        mixing = .identity(inputCount)
        inverseMixing = mixing
        shift = .zeros(inputCount)
        gram = rows.columnGram
        columnSums = rows.columnSums
        updateCount = 0
    }
}
