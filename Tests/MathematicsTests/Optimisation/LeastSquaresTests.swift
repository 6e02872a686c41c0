import Foundation
import Mathematics
import Testing

@Suite struct LeastSquaresTests {
    // NIST's Misra1a: y = b₁(1 − exp(−b₂x)).
    private let x: Vector = [77.6, 114.9, 141.1, 190.8, 239.9, 289, 332.8, 378.4, 434.8, 477.3, 536.8, 593.1, 689.1, 760]
    private let y: Vector = [
        10.07, 14.73, 17.94, 23.93, 29.61, 35.18, 40.02, 44.82, 50.76, 55.05, 61.01, 66.40, 75.47, 81.78,
    ]

    @Test func misraIsNistsCertifiedFit() throws {
        for jacobian in [nil, { b in
            Matrix(rows: 14, columns: 2) { row, column in
                let decay = exp(-b[1] * x[row])
                return column == 0 ? 1 - decay : b[0] * x[row] * decay
            }
        }] as [((Vector) -> Matrix)?] {
            let fit = try LevenbergMarquardt().minimise(from: [500, 1e-4], jacobian: jacobian) { b in
                x.map { b[0] * (1 - exp(-b[1] * $0)) } - y
            }
            // Certified: 2.3894212918E+02 (2.7070075241E+00), 5.5015643181E-04 (7.2668688436E-06), 1.2455138894E-01.
            #expect(abs(fit.point[0] / 2.3894212918e2 - 1) < 1e-8)
            #expect(abs(fit.point[1] / 5.5015643181e-4 - 1) < 1e-8)
            #expect(abs(2 * fit.result.value / 1.2455138894e-1 - 1) < 1e-9)
            let deviations = try fit.covariance().diagonal.map { $0.squareRoot() }
            #expect(abs(deviations[0] / 2.7070075241 - 1) < 1e-6)
            #expect(abs(deviations[1] / 7.2668688436e-6 - 1) < 1e-6)
            #expect(fit.result.converged)
        }
    }

    @Test func zeroResidualAndSingularJacobian() throws {
        // Powell's singular function: rank-deficient at its zero.
        let powell = try LevenbergMarquardt().minimise(from: [3, -1, 0, 1]) { x in
            [x[0] + 10 * x[1], 5.0.squareRoot() * (x[2] - x[3]), (x[1] - 2 * x[2]) * (x[1] - 2 * x[2]),
             10.0.squareRoot() * (x[0] - x[3]) * (x[0] - x[3])]
        }
        #expect(powell.result.value < 1e-15)
        #expect(throws: OptimisationError.self) { try powell.covariance() }
        // Rosenbrock as residuals.
        let valley = try LevenbergMarquardt().minimise(from: [-1.2, 1]) { [10 * ($0[1] - $0[0] * $0[0]), 1 - $0[0]] }
        expectClose(valley.point, [1, 1], within: 1e-9)
        // Linear residuals: the normal equations, here of the mean.
        let mean = try LevenbergMarquardt().minimise(from: [0]) { b in y - b[0] }
        #expect(abs(mean.point[0] - y.mean) < 1e-9)
    }

    @Test func badInputIsNamed() throws {
        #expect(throws: OptimisationError.notFinite(what: "the residuals at the start[0]", value: .infinity)) {
            try LevenbergMarquardt().minimise(from: [0]) { [1 / $0[0]] }
        }
        #expect(throws: OptimisationError.invalid(argument: "jacobian", value: "of shape (1, 2)", expected: "shape (2, 1)")) {
            try LevenbergMarquardt().minimise(from: [0], jacobian: { _ in [[1, 2]] }) { [$0[0], 1] }
        }
        #expect(throws: OptimisationError.objective(Mishap())) {
            try LevenbergMarquardt().minimise(from: [0]) { _ in throw Mishap() }
        }
    }
}
