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
        standardErrors = Vector(count: predictors.columns) { column in
            let leverage = (0..<rank).reduce(0.0) { sum, index in
                let part = right[index, column] / singularValues[index]
                return sum + part * part
            }
            return (variance * leverage).squareRoot()
        }
    }

    /// The fitted response at a point.
    public func callAsFunction(_ point: Vector) -> Double { intercept + coefficients.dot(point) }
}
