import Mathematics

/// Predicts quantiles of a response from features.
public protocol QuantileModel: Sendable {
    /// The quantiles of new observations: [observations, levels].
    ///
    /// - Throws: `StatisticsError` if the number of features is not that of the training sample.
    func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix
}

/// A way to fit a `QuantileModel`.
public protocol QuantileLearner: Sendable {
    /// A short name, for tables and figures.
    var name: String { get }

    /// Fits a model.
    ///
    /// - Parameters:
    ///   - features: one row an observation, finite.
    ///   - response: one finite number an observation.
    ///   - levels: increasing numbers in (0, 1).
    ///   - generator: draws what is drawn.
    /// - Throws: `StatisticsError` for data that do not fit.
    func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel
}

/// Features less their means, divided by their standard deviations.
struct Standardization: Sendable {
    let means: Vector
    let scales: Vector

    init(of features: Matrix) {
        means = features.columnMeans
        var squares = Vector.zeros(features.columns)
        for row in 0..<features.rows {
            let difference = features.row(row) - means
            squares = squares + difference.map { $0 * $0 }
        }
        scales = (squares / Double(max(1, features.rows - 1))).map { $0 > 0 ? $0.squareRoot() : 1 }
    }

    func callAsFunction(_ features: Matrix) throws(StatisticsError) -> Matrix {
        guard features.columns == means.count else {
            throw .shapeMismatch(
                argument: "features", shape: "(\(features.rows), \(features.columns))", other: "the training features",
                otherShape: "(…, \(means.count))", expected: "as many features")
        }
        try requireFinite(features, "features")
        return Matrix(rows: features.rows, columns: features.columns) { (features[$0, $1] - means[$1]) / scales[$1] }
    }
}

func requireTraining(
    features: Matrix, response: Vector, levels: [Double]
) throws(StatisticsError) {
    try requireLevels(levels)
    try requireResponse(response, of: features)
    guard features.rows >= 2, features.columns >= 1 else {
        throw .tooFew(argument: "features", count: features.count, expected: "at least 2 observations of 1 feature")
    }
    try requireFinite(features, "features")
    for (index, value) in response.enumerated() where !value.isFinite {
        throw .invalidElement(argument: "response", index: index, value: value, expected: "finite numbers")
    }
}
