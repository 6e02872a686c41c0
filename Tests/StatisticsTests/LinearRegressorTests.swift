import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct LinearRegressorTests {
    private let predictors = Matrix(rows: 5, columns: 3) { sin(Double((3 * $0 + $1) * (3 * $0 + $1))) }
    private let response: Vector = [1, -1, 2, 0, 3]

    @Test(arguments: [1e-3, 0.5, 40])
    func ridgeSolvesItsNormalEquations(_ ridge: Double) throws {
        for (x, y) in [(predictors, response), (predictors.transposed, response[0..<3].vector)] {
            let path = try RidgePath(predictors: x, response: y)
            for form in [RidgeRegression.Form.primal, .dual, .smaller] {
                let fit = try RidgeRegression(predictors: x, response: y, ridge: ridge, form: form)
                // The gradient of ‖y − Xβ‖² + λ‖β‖² vanishes.
                let gradient = x.transposeMultiplied(by: fit.predict(x) - y) + ridge * fit.coefficients
                #expect(gradient.norm < 1e-11)
                #expect((try path.coefficients(ridge: ridge) - fit.coefficients).norm < 1e-10)
                #expect(abs(try path.squaredNorm(ridge: ridge) - fit.coefficients.squaredNorm) < 1e-9)
            }
        }
    }

    @Test func theRidgelessLimitHasLeastNorm() throws {
        let wide = predictors.transposed
        let y: Vector = [1, -1, 2]
        let fit = try MinimumNormRegression(predictors: wide, response: y)
        #expect((fit.predict(wide) - y).norm < 1e-12)
        // In the row space of X, so that nothing can be taken away: β = Xᵀ(XXᵀ)⁻¹y.
        let expected = wide.transposeMultiplied(by: try wide.rowGram.solve(y))
        #expect((fit.coefficients - expected).norm < 1e-11)
        #expect((try RidgePath(predictors: wide, response: y).coefficients(ridge: 0) - expected).norm < 1e-9)
        let nearly = try RidgeRegression(predictors: wide, response: y, ridge: 1e-9)
        #expect((nearly.coefficients - expected).norm < 1e-5)
    }

    @Test func theSpectrumLeavesOutTheNullSpace() throws {
        let deficient = predictors.appendingColumns(of: predictors)
        let spectrum = try GramSpectrum(of: deficient)
        #expect(spectrum.squaredSingularValues.count == 3)
        #expect(!spectrum.isFullRowSpace)
        #expect((spectrum.rightVectors.columnGram - .identity(3)).maximumMagnitude < 1e-12)
        // tr X(XᵀX + λ)⁻¹Xᵀ
        var system = deficient.columnGram
        system.addToDiagonal(0.3)
        let trace = (try system.solve(deficient.columnGram)).trace
        #expect(abs(spectrum.degreesOfFreedom(ridge: 0.3) - trace) < 1e-12)
    }

    @Test func badInputIsNamed() {
        let error = #expect(throws: StatisticsError.self) {
            _ = try RidgeRegression(predictors: predictors, response: [1, 2], ridge: 1)
        }
        #expect(error?.description.contains("(5, 3)") == true && error?.description.contains("(2)") == true)
        #expect(throws: StatisticsError.outOfRange(argument: "ridge", value: 0, expected: "a positive finite number")) {
            _ = try RidgeRegression(predictors: predictors, response: response, ridge: 0)
        }
    }
}

extension Slice<Vector> {
    fileprivate var vector: Vector { Vector(self) }
}
