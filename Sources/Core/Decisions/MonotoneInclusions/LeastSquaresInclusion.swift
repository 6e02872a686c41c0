import Mathematics

/// The normal equations of least squares as a cocoercive finite sum: Fᵢ(u) = aᵢ(aᵢᵀu − bᵢ).
///
/// ⟨F(u) − F(v), u − v⟩ is the mean of (aᵢᵀ(u − v))², and the mean of ‖Fᵢ(u) − Fᵢ(v)‖² is at most max‖aᵢ‖² times that:
/// the sum is cocoercive on average with L = max‖aᵢ‖², as Algorithm 1 of vr-halpern (arXiv:2310.02987) asks.
public struct LeastSquaresInclusion: FiniteSumInclusion {
    /// The rows aᵢ: one observation a row.
    public let predictors: Matrix
    /// The numbers bᵢ: one an observation.
    public let response: Vector

    public var dimension: Int { predictors.columns }
    public var componentCount: Int { predictors.rows }

    /// The problem of an n × d matrix and n responses.
    ///
    /// - Throws: `OptimisationError` if the matrix is empty, the count of responses is not its number of rows, or a
    ///   number is not finite.
    public init(predictors: Matrix, response: Vector) throws(OptimisationError) {
        let shape = "\(predictors.rows) × \(predictors.columns)"
        try requireArgument(predictors.count > 0, "predictors", shape, "at least one row and one column")
        if response.count != predictors.rows {
            throw .lengthMismatch(argument: "response", count: response.count, expected: predictors.rows)
        }
        try requireFinite(predictors.flattened, "predictors")
        try requireFinite(response, "response")
        self.predictors = predictors
        self.response = response
    }

    /// The constant L = max‖aᵢ‖² of cocoercivity on average.
    public var averageCocoercivityConstant: Double {
        (0..<predictors.rows).map { predictors.row($0).squaredNorm }.max() ?? 0
    }

    public func value(at point: Vector) -> Vector {
        predictors.transposeMultiplied(by: predictors * point - response) / Double(componentCount)
    }

    public func addComponentDifferences(
        _ components: ArraySlice<Int>, at point: Vector, from reference: Vector, factor: Double, into sum: inout Vector
    ) {
        let difference = point - reference
        for index in components {
            let row = predictors.view.row(index)
            sum.add(factor * difference.dot(row), times: row)
        }
    }
}
