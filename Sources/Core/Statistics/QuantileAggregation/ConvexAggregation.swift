import Mathematics

/// A global aggregation with convex weights of exactly the least mean pinball loss, by linear programming.
///
/// Coarse it is quantile regression averaging, medium factorised quantile regression averaging (one program a level).
/// Each program is solved as its dual: max Σ aᵢⱼyᵢ + μ subject to Σ aᵢⱼzᵢₖⱼ + μ ≤ 0 for every input k and
/// τⱼ − 1 ≤ aᵢⱼ ≤ τⱼ, whose multipliers are the weights: one row an input, however many observations.
public struct ConvexAggregation: Sendable, Hashable {
    /// What the weights depend on.
    public let resolution: AggregationResolution
    /// The weights: [1, models] coarse, [levels, models] medium, [levels, models · levels] fine, models outermost.
    public let weights: Matrix
    /// The least mean pinball loss over observations and levels.
    public let loss: Double

    /// Solves for the weights.
    ///
    /// - Parameters:
    ///   - resolution: how many weights.
    ///   - data: predictions and targets; features are not used.
    ///   - levels: increasing numbers in (0, 1), one a column of the predictions.
    /// - Throws: `StatisticsError` if the levels do not fit or a program cannot be solved.
    public init(
        _ resolution: AggregationResolution, data: AggregationData, levels: [Double]
    ) throws(StatisticsError) {
        try requireLevels(levels)
        guard levels.count == data.levelCount else {
            throw .countMismatch(
                argument: "levels", count: levels.count, other: "predictions", otherCount: data.levelCount)
        }
        self.resolution = resolution
        let (n, m) = (data.count, levels.count)
        /// Each input as its predictions for the observations and levels of one program.
        func solve(
            _ inputs: [(Int, Int) -> Double], levels: [Double]
        ) throws(StatisticsError) -> (weights: Vector, value: Double) {
            let count = n * levels.count
            var program = LinearProgram(
                maximising: Vector((0...count).map { $0 == count ? 1 : data.targets[$0 / levels.count] }))
            for index in 0..<count {
                let level = levels[index % levels.count]
                program.bound(variable: index, .between(level - 1, level))
            }
            program.bound(variable: count, .free)
            for input in inputs {
                let row = (0...count).map { $0 == count ? 1 : input($0 / levels.count, $0 % levels.count) }
                program.constrain(Vector(row), .atMost(0))
            }
            let solution = try solving(program, "the \(resolution.rawValue) aggregation")
            return (solution.duals, solution.value)
        }
        switch resolution {
        case .coarse:
            let (weights, value) = try solve(
                data.predictions.map { matrix in { matrix[$0, $1] } }, levels: levels)
            self.weights = Matrix(rows: [weights])
            loss = value / Double(n * m)
        case .medium, .fine:
            var rows: [Vector] = []
            var total = 0.0
            for (column, level) in levels.enumerated() {
                let inputs: [(Int, Int) -> Double] =
                    resolution == .medium
                    ? data.predictions.map { matrix in { row, _ in matrix[row, column] } }
                    : data.predictions.flatMap { matrix in (0..<m).map { input in { row, _ in matrix[row, input] } } }
                let (weights, value) = try solve(inputs, levels: [level])
                rows.append(weights)
                total += value
            }
            weights = Matrix(rows: rows)
            loss = total / Double(n * m)
        }
    }

    /// The combined quantiles, [observations, levels].
    ///
    /// - Throws: `StatisticsError` if there are not as many models, or levels, as in the training.
    public func callAsFunction(_ predictions: [Matrix]) throws(StatisticsError) -> Matrix {
        let levels = predictions.first?.columns ?? 0
        let expected = resolution == .fine ? weights.columns / max(1, weights.rows) : weights.columns
        guard predictions.count == expected, resolution == .coarse || levels == weights.rows else {
            throw .shapeMismatch(
                argument: "predictions", shape: "\(predictions.count) models, \(levels) levels", other: "the weights",
                otherShape: "(\(weights.rows), \(weights.columns))", expected: "the models and levels of the training")
        }
        return Matrix(rows: predictions[0].rows, columns: levels) { row, column in
            switch resolution {
            case .coarse: predictions.indices.reduce(0) { $0 + weights[0, $1] * predictions[$1][row, column] }
            case .medium: predictions.indices.reduce(0) { $0 + weights[column, $1] * predictions[$1][row, column] }
            case .fine:
                predictions.indices.reduce(0) { sum, k in
                    (0..<levels).reduce(sum) { $0 + weights[column, k * levels + $1] * predictions[k][row, $1] }
                }
            }
        }
    }
}

extension ConvexAggregation {
    /// The coarse aggregation by entropic mirror descent on subgradients, for comparison with the linear program: slow,
    /// but it needs no solver.
    ///
    /// - Parameters:
    ///   - data: predictions and targets.
    ///   - levels: one a column of the predictions.
    ///   - iterations: subgradient steps of each stage.
    ///   - stages: each begins at the best point of the one before, with a third of its step.
    ///   - step: at iteration k of the first stage logarithms of weights move apart by up to this over √k, judged by the
    ///     subgradient at equal weights.
    /// - Returns: the weights and the mean pinball loss of the best iterate.
    /// - Throws: `StatisticsError` if the levels do not fit.
    public static func bySubgradients(
        data: AggregationData, levels: [Double], iterations: Int = 400, stages: Int = 10, step: Double = 5
    ) throws(StatisticsError) -> (weights: Vector, loss: Double) {
        try requireLevels(levels)
        guard levels.count == data.levelCount else {
            throw .countMismatch(
                argument: "levels", count: levels.count, other: "predictions", otherCount: data.levelCount)
        }
        let (p, m, n) = (data.modelCount, levels.count, data.count)
        let inputs = data.predictions.map { Array($0.flattened) }
        func lossAndSubgradient(_ weights: Vector) -> (Double, Vector) {
            let w = Array(weights)
            var (loss, slope) = (0.0, [Double](repeating: 0, count: p))
            for index in 0..<n * m {
                let level = levels[index % m], target = data.targets[index / m]
                var quantile = 0.0
                for k in 0..<p { quantile += w[k] * inputs[k][index] }
                loss += pinballLoss(quantile, target: target, level: level)
                let sign = target > quantile ? -level : 1 - level
                for k in 0..<p { slope[k] += sign * inputs[k][index] }
            }
            return (loss / Double(n * m), Vector(slope) / Double(n * m))
        }
        var best = (weights: Vector(repeating: 1 / Double(p), count: p), loss: Double.infinity)
        let slopes = lossAndSubgradient(best.weights).1
        let spread = (slopes.max() ?? 0) - (slopes.min() ?? 0)
        var (length, floor) = (spread > 0 ? step / spread : step, 0.01)
        for _ in 0..<max(1, stages) {
            defer { (length, floor) = (length / 3, floor / 3) }
            let descent = MirrorDescent(
                step: .inverseSquareRoot(length), gapTolerance: 0, maximumIterations: iterations)
            do {
                // Away from the boundary, from which multiplicative steps are slow to return.
                let start = best.weights.map { $0 + floor }
                let result = try descent.minimise(from: start / start.sum) { lossAndSubgradient($0) }
                if result.value < best.loss { best = (result.point, result.value) }
            } catch {
                throw .undefined(argument: "the subgradient method", reason: "\(error)")
            }
        }
        return best
    }
}
