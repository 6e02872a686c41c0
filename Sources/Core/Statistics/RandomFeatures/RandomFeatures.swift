import Mathematics

/// Random features φ(x) = activation(Wx)/√p with fixed normal weights.
public struct RandomFeatures: Sendable {
    /// W, one feature a row.
    public let weights: Matrix
    /// Applied to every Wx.
    public let activation: @Sendable (Double) -> Double

    /// Draws the weights of `count` features from N(0, 1/dimension), so that inputs with coordinates of
    /// order one give pre-activations of order one.
    ///
    /// - Parameters:
    ///   - count: p.
    ///   - dimension: of the inputs.
    ///   - activation: for example `erf`.
    ///   - generator: draws W row after row, so that more features begin with the fewer.
    public init(
        count: Int, dimension: Int, activation: @escaping @Sendable (Double) -> Double,
        using generator: inout some RandomNumberGenerator
    ) throws(StatisticsError) {
        try requirePositive(Double(count), "count")
        try requirePositive(Double(dimension), "dimension")
        weights = generator.normalMatrix(
            rows: count, columns: dimension, standardDeviation: 1 / Double(dimension).squareRoot())
        self.activation = activation
    }

    /// The features of each row of the inputs, one feature a column.
    public func callAsFunction(_ inputs: Matrix) throws(StatisticsError) -> Matrix {
        guard inputs.columns == weights.columns else {
            throw .shapeMismatch(
                argument: "inputs", shape: "(\(inputs.rows), \(inputs.columns))", other: "weights",
                otherShape: "(\(weights.rows), \(weights.columns))", expected: "one column a dimension of the weights")
        }
        let scale = 1 / Double(weights.rows).squareRoot()
        return inputs.multiplied(byTransposeOf: weights).map { activation($0) * scale }
    }
}
