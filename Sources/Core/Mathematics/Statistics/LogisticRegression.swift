import RealModule

/// The logistic regression of a yes-or-no response on several predictors and a constant.
///
/// P(yes) = 1/(1 + exp(−(intercept + coefficients · x))), fitted by penalised maximum likelihood: Newton's method
/// (iteratively reweighted least squares) with step halving, O(observations · predictors²) a step.
public struct LogisticRegression: Sendable {
    /// The factor of each predictor in the logarithm of the odds.
    public let coefficients: Vector
    /// The constant term.
    public let intercept: Double
    /// The standard error of each coefficient from the information matrix (with the penalty, if there is one).
    public let standardErrors: Vector
    /// The standard error of the constant term.
    public let interceptStandardError: Double
    /// The logarithm of the likelihood at the fit, without the penalty.
    public let logLikelihood: Double
    /// How many steps Newton's method took.
    public let iterations: Int

    // swiftcore: logistic_regression
    /// Fits responses.
    ///
    /// - Parameters:
    ///   - predictors: one row an observation, one column a predictor; finite.
    ///   - responses: one an observation.
    ///   - penalty: λ ≥ 0 of the term λ‖coefficients‖²/2 added to the negative log-likelihood (scikit-learn's 1/C). The
    ///     constant is not penalised.
    ///   - weights: of the observations, non-negative; by default 1 each.
    ///   - tolerance: the largest component of the gradient at the fit, relative to the sum of the weights.
    ///   - maximumIterations: at most so many steps.
    /// - Throws: `StatisticsError`: shapes that do not fit, numbers that are not finite; `.notConverged` if the responses can
    ///   be separated (then there is no maximum without a penalty); `.linearAlgebra` if the predictors are linearly
    ///   dependent.
    public init(
        predictors: Matrix, responses: [Bool], penalty: Double = 0, weights: [Double]? = nil, tolerance: Double = 1e-10,
        maximumIterations: Int = 100
    ) throws(StatisticsError) {
        let (n, p) = (predictors.rows, predictors.columns)
        try StatisticsError.requireEqualCounts(responses.count, "responses", n, "the rows of predictors")
        guard n >= 1 else { throw .tooFew(argument: "predictors", count: 0, expected: "at least 1 row") }
        if p > 0 { try predictors.flattened.requireSample("predictors") }
        guard penalty >= 0, penalty < .infinity else {
            throw .outOfRange(argument: "penalty", value: penalty, expected: "a non-negative finite number")
        }
        let weights = weights ?? [Double](repeating: 1, count: n)
        try StatisticsError.requireEqualCounts(weights.count, "weights", n, "the rows of predictors")
        let total = try weights.requireWeights("weights")
        let positive = zip(responses, weights).reduce(0) { $1.0 ? $0 + $1.1 : $0 }
        guard positive > 0, positive < total else {
            throw .undefined(argument: "responses", reason: "all are equal, so that the constant has no finite fit")
        }
        // The last column is the constant.
        let design = predictors.appendingColumns(of: Matrix(repeating: 1, rows: n, columns: 1))
        let penalties = Vector(count: p + 1) { $0 < p ? penalty : 0 }
        func likelihood(_ parameters: Vector) -> Double {
            let scores = design * parameters
            return (0..<n).reduce(0.0) { $0 + weights[$1] * logLogistic(responses[$1] ? scores[$1] : -scores[$1]) }
        }
        func objective(_ parameters: Vector) -> Double {
            likelihood(parameters) - parameters.indices.reduce(0.0) { $0 + penalties[$1] * parameters[$1] * parameters[$1] / 2 }
        }
        func information(_ parameters: Vector) throws(StatisticsError) -> CholeskyDecomposition<Double> {
            let scores = design * parameters
            let roots = Vector(count: n) { (weights[$0] * logistic(scores[$0]) * logistic(-scores[$0])).squareRoot() }
            let matrix = design.scalingRows(by: roots).columnGram + .diagonal(penalties)
            return try StatisticsError.wrapping { () throws(LinearAlgebraError) in try CholeskyDecomposition(matrix) }
        }
        var parameters = Vector.zeros(p + 1)
        parameters[p] = Double.log(positive / (total - positive))
        var value = objective(parameters)
        var step = 0
        while true {
            let scores = design * parameters
            let residuals = Vector(count: n) {
                weights[$0] * (responses[$0] ? logistic(-scores[$0]) : -logistic(scores[$0]))
            }
            let gradient = design.transposeMultiplied(by: residuals) - penalties .* parameters
            if gradient.reduce(0, { max($0, $1.magnitude) }) <= tolerance * total { break }
            // Beyond scores of 30 every response is fitted to 1e-13: they are separated.
            if step == maximumIterations || (penalty == 0 && value > -1e-9 * total) {
                throw .notConverged(
                    argument: "responses", iterations: step,
                    reason: "the responses may be separable by the predictors; a positive penalty has a solution")
            }
            let factor: CholeskyDecomposition<Double>
            do { factor = try information(parameters) } catch {
                // A flat likelihood after some steps is separation; at the start it is dependence.
                if step > 2, penalty == 0 {
                    throw StatisticsError.notConverged(
                        argument: "responses", iterations: step,
                        reason: "the responses may be separable by the predictors; a positive penalty has a solution")
                }
                throw error
            }
            let direction = try StatisticsError.wrapping { () throws(LinearAlgebraError) in try factor.solve(gradient) }
            var length = 1.0
            var next = parameters + direction
            var nextValue = objective(next)
            while !(nextValue >= value - 1e-14 * value.magnitude), length > 1e-10 {
                length /= 2
                next = parameters + direction * length
                nextValue = objective(next)
            }
            (parameters, value) = (next, nextValue)
            step += 1
        }
        let inverse = try information(parameters)
        let covariance = try StatisticsError.wrapping { () throws(LinearAlgebraError) in try inverse.inverse() }
        coefficients = Vector(count: p) { parameters[$0] }
        intercept = parameters[p]
        standardErrors = Vector(count: p) { covariance[$0, $0].squareRoot() }
        interceptStandardError = covariance[p, p].squareRoot()
        logLikelihood = likelihood(parameters)
        iterations = step
    }

    /// The logarithm of the odds at a point.
    public func logOdds(_ point: Vector) -> Double { intercept + coefficients.dot(point) }

    /// The probability of yes at a point.
    public func callAsFunction(_ point: Vector) -> Double { logistic(logOdds(point)) }

    /// The probability of yes of each row.
    public func probabilities(_ predictors: Matrix) -> Vector {
        (predictors * coefficients).map { logistic($0 + intercept) }
    }

    /// Wald's test that one coefficient is 0. The statistic is z = coefficient/standard error.
    ///
    /// - Throws: `StatisticsError` if there is no such coefficient.
    public func significanceTest(ofCoefficient index: Int) throws(StatisticsError) -> HypothesisTest {
        guard coefficients.indices.contains(index) else {
            throw .outOfRange(argument: "index", value: Double(index), expected: "a number below \(coefficients.count)")
        }
        let z = coefficients[index] / standardErrors[index]
        return HypothesisTest(statistic: z, pValue: HypothesisTest.normalPValue(z, .twoSided))
    }
}
