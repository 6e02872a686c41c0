import Mathematics

/// Linear quantile regression (Koenker and Bassett 1978): for each level the plane of the least mean pinball loss.
///
/// Solved exactly, as the dual linear program max yᵀa subject to Xᵀa = 0 and τ − 1 ≤ aᵢ ≤ τ, whose multipliers are the
/// coefficients: one row a coefficient, so that the simplex method's basis is small.
public struct LinearQuantileRegression: QuantileLearner, Hashable {
    public init() {}

    public var name: String { "linear" }

    /// The fitted planes.
    public struct Model: QuantileModel {
        /// Intercept and slopes of each level in standardised features, [levels, 1 + features].
        let coefficients: Matrix
        let standardization: Standardization

        /// The intercept of each level, at features of 0.
        public var intercepts: [Double] {
            (0..<coefficients.rows).map { level in
                (0..<standardization.means.count).reduce(coefficients[level, 0]) {
                    $0 - coefficients[level, $1 + 1] * standardization.means[$1] / standardization.scales[$1]
                }
            }
        }

        /// The slopes, [levels, features].
        public var slopes: Matrix {
            Matrix(rows: coefficients.rows, columns: coefficients.columns - 1) {
                coefficients[$0, $1 + 1] / standardization.scales[$1]
            }
        }

        public func quantiles(at features: Matrix) throws(StatisticsError) -> Matrix {
            withIntercept(try standardization(features)).multiplied(byTransposeOf: coefficients)
        }
    }

    public func fit<G: RandomNumberGenerator>(
        features: Matrix, response: Vector, levels: [Double], using generator: inout G
    ) throws(StatisticsError) -> any QuantileModel {
        try fit(features: features, response: response, levels: levels)
    }

    /// Fits the planes; nothing is drawn. Errors as of the protocol.
    public func fit(features: Matrix, response: Vector, levels: [Double]) throws(StatisticsError) -> Model {
        try requireTraining(features: features, response: response, levels: levels)
        let standardization = Standardization(of: features)
        let design = withIntercept(try standardization(features))
        var coefficients = Matrix.zeros(levels.count, design.columns)
        for (row, level) in levels.enumerated() {
            var program = LinearProgram(maximising: response)
            program.boundAllVariables(.between(level - 1, level))
            for column in 0..<design.columns { program.constrain(design.column(column), .equalTo(0)) }
            coefficients.setRow(row, to: try solving(program, "the quantile regression at level \(level)").duals)
        }
        return Model(coefficients: coefficients, standardization: standardization)
    }
}

private func withIntercept(_ features: Matrix) -> Matrix {
    Matrix.zeros(features.rows, 1).map { _ in 1 }.appendingColumns(of: features)
}

/// Solves a linear program and names it in its error.
func solving(_ program: LinearProgram, _ name: String) throws(StatisticsError) -> LinearProgramSolution {
    do { return try program.solve() } catch { throw .undefined(argument: name, reason: "\(error)") }
}
