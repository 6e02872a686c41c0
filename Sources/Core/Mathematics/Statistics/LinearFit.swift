/// An ordinary least-squares fit of a response to several predictors and a constant.
public struct LinearFit: Sendable {
    /// The factor of each predictor.
    public let coefficients: Vector
    /// The constant term.
    public let intercept: Double
    /// The standard error of each coefficient, under independent errors of equal variance.
    public let standardErrors: Vector
    /// √(residual sum of squares / (observations − predictors − 1)); NaN if nothing is left over.
    public let residualStandardDeviation: Double
    /// The share of the response's variance that the fit explains.
    public let determination: Double
    /// The number of observations.
    public let observations: Int
    /// The mean of each predictor.
    private let means: Vector
    /// (XᵀX)⁻¹ of the centred predictors.
    private let inverseGram: Matrix

    // swiftcore: linear_fit
    /// Fits response ≈ intercept + predictors · coefficients.
    ///
    /// - Parameters:
    ///   - predictors: one row an observation, one column a predictor.
    ///   - response: one number an observation.
    /// - Throws: `LinearAlgebraError` if the shapes do not fit, a number is not finite, there are fewer
    ///   observations than coefficients, or the predictors with the constant are linearly dependent.
    public init(predictors: Matrix, response: Vector) throws(LinearAlgebraError) {
        try response.requireCount(predictors.rows, "response", of: "predictors", predictors.shapeText)
        try predictors.requireFinite("predictors")
        try response.requireFinite("response")
        guard predictors.rows > predictors.columns else {
            throw .shapeMismatch(
                argument: "predictors", shape: predictors.shapeText, other: "response",
                otherShape: "(\(response.count))",
                expected: "at least \(predictors.columns + 1) observations for \(predictors.columns) predictors and a constant")
        }
        // Centred predictors keep the constant from spoiling the condition.
        let means = predictors.columnMeans
        self.means = means
        observations = predictors.rows
        let responseMean = response.mean
        let centred = Matrix(rows: predictors.rows, columns: predictors.columns) { predictors[$0, $1] - means[$1] }
        let centredResponse = response - responseMean
        let decomposition = try SingularValueDecomposition(centred)
        let rank = decomposition.rank()
        if rank < predictors.columns {
            throw .singular(argument: "predictors (centred)", rows: predictors.columns, pivot: rank + 1)
        }
        coefficients = try decomposition.leastSquares(centredResponse)
        intercept = responseMean - means.dot(coefficients)
        let residuals = centredResponse - centred * coefficients
        let freedom = predictors.rows - predictors.columns - 1
        let variance = freedom > 0 ? residuals.squaredNorm / Double(freedom) : .nan
        residualStandardDeviation = variance.squareRoot()
        determination = 1 - residuals.squaredNorm / centredResponse.squaredNorm
        let right = decomposition.rightTransposed
        let singularValues = decomposition.singularValues
        let inverseGram = Matrix(rows: predictors.columns, columns: predictors.columns) { row, column in
            (0..<rank).reduce(0.0) { sum, index in
                let value = singularValues[index]
                return sum + (right[index, row] / value) * (right[index, column] / value)
            }
        }
        self.inverseGram = inverseGram
        standardErrors = Vector(count: predictors.columns) { (variance * inverseGram[$0, $0]).squareRoot() }
    }

    /// The fitted response at a point.
    public func callAsFunction(_ point: Vector) -> Double { intercept + coefficients.dot(point) }

    /// observations − predictors − 1.
    public var degreesOfFreedom: Int { observations - coefficients.count - 1 }

    /// The determination with variances over their degrees of freedom, 1 − (1 − R²)(n − 1)/(n − p − 1).
    public var adjustedDetermination: Double {
        1 - (1 - determination) * Double(observations - 1) / Double(degreesOfFreedom)
    }

    /// The standard error of the constant term.
    public var interceptStandardError: Double { standardError(at: Vector.zeros(means.count)) }

    /// The F test that all coefficients are 0.
    ///
    /// - Throws: `StatisticsError` if no degree of freedom is left over or there is no predictor.
    public func significanceTest() throws(StatisticsError) -> HypothesisTest {
        let (above, below) = (Double(coefficients.count), Double(degreesOfFreedom))
        let distribution = try FisherFDistribution(numeratorDegrees: above, denominatorDegrees: below)
        let f = (determination / above) / ((1 - determination) / below)
        return HypothesisTest(
            statistic: f, pValue: f.isNaN ? .nan : distribution.survival(f), degreesOfFreedom: above, denominatorDegrees: below)
    }

    /// The t test that one coefficient is 0.
    ///
    /// - Throws: `StatisticsError` if there is no such coefficient or no degree of freedom is left over.
    public func significanceTest(ofCoefficient index: Int) throws(StatisticsError) -> HypothesisTest {
        try requireCoefficient(index)
        return try .studentT(
            coefficients[index] / standardErrors[index], degreesOfFreedom: Double(degreesOfFreedom), .twoSided)
    }

    /// The confidence interval of one coefficient, by Student's t.
    ///
    /// - Throws: `StatisticsError` if there is no such coefficient, no degree of freedom is left over or the level is not
    ///   in (0, 1).
    public func confidenceInterval(
        ofCoefficient index: Int, level: Double = 0.95
    ) throws(StatisticsError) -> ConfidenceInterval {
        try requireCoefficient(index)
        return try .studentT(
            coefficients[index], standardError: standardErrors[index], degreesOfFreedom: Double(degreesOfFreedom),
            level: level)
    }

    /// The confidence interval of the expected response at a point: the confidence band of the fit there.
    ///
    /// - Throws: `StatisticsError` if the point has another dimension, no degree of freedom is left over or the level is
    ///   not in (0, 1).
    public func confidenceInterval(at point: Vector, level: Double = 0.95) throws(StatisticsError) -> ConfidenceInterval {
        try StatisticsError.requireEqualCounts(point.count, "point", means.count, "coefficients")
        return try .studentT(
            self(point), standardError: standardError(at: point), degreesOfFreedom: Double(degreesOfFreedom), level: level)
    }

    /// The interval that holds one new response at a point: the prediction band of the fit there.
    ///
    /// - Throws: as `confidenceInterval`.
    public func predictionInterval(at point: Vector, level: Double = 0.95) throws(StatisticsError) -> ConfidenceInterval {
        try StatisticsError.requireEqualCounts(point.count, "point", means.count, "coefficients")
        let error = standardError(at: point)
        let whole = (error * error + residualStandardDeviation * residualStandardDeviation).squareRoot()
        return try .studentT(self(point), standardError: whole, degreesOfFreedom: Double(degreesOfFreedom), level: level)
    }

    /// The standard error of the expected response at a point.
    private func standardError(at point: Vector) -> Double {
        let distance = point - means
        let leverage = 1 / Double(observations) + (means.count > 0 ? inverseGram.bilinearForm(distance, distance) : 0)
        return residualStandardDeviation * leverage.squareRoot()
    }

    private func requireCoefficient(_ index: Int) throws(StatisticsError) {
        guard coefficients.indices.contains(index) else {
            throw .outOfRange(argument: "index", value: Double(index), expected: "a number below \(coefficients.count)")
        }
    }
}
