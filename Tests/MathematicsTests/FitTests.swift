import Foundation
import Mathematics
import Testing

@Suite struct FitTests {
    @Test func linearFitIsNumPys() throws {
        let x = Vector(count: 6) { Double($0) }
        let fit = try LinearFit(
            predictors: Matrix(rows: 6, columns: 2) { pow(x[$0], Double($1 + 1)) }, response: [1, 3, 2, 5, 4, 9])
        // D = column_stack([ones(6), x, x**2]); b = lstsq(D, y)[0]; r = y - D@b
        #expect(abs(fit.intercept - 1.60714285714286) < 1e-12)
        #expect(abs(fit.coefficients[0] + 0.025) < 1e-12)
        #expect(abs(fit.coefficients[1] - 0.26785714285714257) < 1e-12)
        // sqrt(diag(inv(D.T@D)) * (r@r)/3), sqrt((r@r)/3), 1 - r@r/sum((y - mean(y))**2)
        #expect(abs(fit.standardErrors[0] - 1.3108505184164414) < 1e-12)
        #expect(abs(fit.standardErrors[1] - 0.25165270042789734) < 1e-12)
        #expect(abs(fit.residualStandardDeviation - 1.5376233980678475) < 1e-12)
        #expect(abs(fit.determination - 0.8226785714285714) < 1e-12)
    }

    @Test func powerLawsAreRecovered() throws {
        let fit = try PowerLawFit(
            variables: [[1, 2], [3, 1], [2, 5], [7, 3]],
            values: Vector([[1, 2], [3, 1], [2, 5], [7, 3]].map { 4 * pow($0[0], -1.5) * pow($0[1], 0.25) }))
        #expect(abs(fit.factor - 4) < 1e-13)
        #expect((fit.exponents - [-1.5, 0.25]).norm < 1e-14)
        #expect(abs(fit([4, 16]) - 1) < 1e-14)
    }

    @Test func badInputIsNamed() {
        #expect(throws: LinearAlgebraError.outOfRange(argument: "values", value: -1, expected: "positive finite numbers only")) {
            _ = try PowerLawFit(variable: [1, 2, 3], values: [1, -1, 2])
        }
        #expect(throws: LinearAlgebraError.self) {
            _ = try LinearFit(predictors: [[1, 2], [2, 4], [3, 6], [4, 8]], response: [1, 2, 3, 4])
        }
        let error = #expect(throws: LinearAlgebraError.self) {
            _ = try LinearFit(predictors: [[1], [2], [3]], response: [1, 2])
        }
        #expect(error?.description.contains("(3, 1)") == true && error?.description.contains("(2)") == true)
    }
}
