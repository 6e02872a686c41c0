import Mathematics

/// Test error and squared norm of a ridge regression on random features of given data.
public struct MeasuredRiskAndNorm: Sendable, Equatable {
    /// The mean squared error on the test inputs.
    public let testError: Double
    /// ‖â‖², the squared norm of the estimator.
    public let norm: Double
}

/// Fits ridge regressions on random features of data as they are (images, for example), for several λ.
///
/// The curve of arXiv:2502.01585's experiments with real data: p random features of the training inputs,
/// the response centred by its training mean, and the error on test inputs.
///
/// - Parameters:
///   - features: the random features.
///   - training: inputs, one a row, with their responses.
///   - test: inputs, one a row, with their responses.
///   - ridges: the values of λ ≥ 0; one result each.
/// - Throws: `StatisticsError` if shapes do not fit or a number is not finite.
public func measureRandomFeatures(
    _ features: RandomFeatures, training: (inputs: Matrix, response: Vector),
    test: (inputs: Matrix, response: Vector), ridges: [Double]
) throws(StatisticsError) -> [MeasuredRiskAndNorm] {
    try requireResponse(test.response, of: test.inputs)
    let mean = training.response.mean
    let path = try RidgePath(predictors: try features(training.inputs), response: training.response - mean)
    let testFeatures = try features(test.inputs)
    var results: [MeasuredRiskAndNorm] = []
    for ridge in ridges {
        let coefficients = try path.coefficients(ridge: ridge)
        let errors = testFeatures * coefficients + mean - test.response
        results.append(
            MeasuredRiskAndNorm(
                testError: errors.squaredNorm / Double(errors.count), norm: coefficients.squaredNorm))
    }
    return results
}
