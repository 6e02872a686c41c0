import BenchmarkMeasuring
import Foundation
import Mathematics
import Statistics

/// The estimators of double-descent (arXiv:2502.01585): ridge regressions at 14 strengths, fewer observations than unknowns
/// and more, against NumPy with one singular value decomposition.
let ridgePathCases: [CaseMaker] = anyThreads([
    { try ridgePath(observations: 200, dimension: 500) }, { try ridgePath(observations: 1000, dimension: 400) },
])

private func ridgePath(observations: Int, dimension: Int) throws -> ComparedCase {
    var generator = Philox(seed: 1)
    let predictors = generator.normalMatrix(rows: observations, columns: dimension)
    let response = generator.normalVector(count: observations)
    let strengths = (0..<14).map { pow(10, -3 + 0.4 * Double($0)) }
    return ComparedCase(
        "double-descent: 14 ridge regressions, \(observations) x \(dimension)", peerName: "ridge_path",
        inputs: [
            "predictors": NumericArray(predictors), "response": NumericArray(response),
            "strengths": NumericArray(strengths),
        ], bar: .speed(atLeast: 1), note: "peer: NumPy, one SVD"
    ) {
        let path = try RidgePath(predictors: predictors, response: response)
        return try strengths.map { try path.coefficients(ridge: $0) }
    } results: { coefficients in
        [Output("coefficients", coefficients.flatMap { Array($0) }, tolerance: 1e-9)]
    }
}
