import Foundation
import Mathematics
import Testing

@Suite struct ElasticNetTests {
    // X = [[sin(1 + i (j + 1) 0.7) + (0.3 if j % 3 == 0 else 0) for j in range(6)] for i in range(20)]
    private let rows = Matrix(rows: 20, columns: 6) {
        sin(1 + Double($0 * ($1 + 1)) * 0.7) + ($1.isMultiple(of: 3) ? 0.3 : 0)
    }
    // y = [cos(0.5 i) + 0.3 sin(1 + 1.4 i) + 0.1 i % 1 for i in range(20)]
    private let targets = Vector(count: 20) { index in
        let i = Double(index)
        return cos(0.5 * i) + 0.3 * sin(1 + i * 2 * 0.7) + (0.1 * i).truncatingRemainder(dividingBy: 1)
    }

    @Test func fitsAreScikitLearns() throws {
        // sklearn.linear_model.Lasso(alpha=a, tol=1e-14, max_iter=1000000).fit(X, y)
        let lasso = ElasticNet(tolerance: 1e-14)
        let fits = try lasso.path(rows, targets, penalties: [0.2, 0.05, 0.01])
        expectClose(fits[0].coefficients, .zeros(6), within: 0)
        #expect(abs(fits[0].intercept - 0.4654730518488572) < 1e-12)
        expectClose(fits[1].coefficients, [0, 0.2099822685629697, 0, 0, 0, 0], within: 1e-9)
        #expect(abs(fits[1].intercept - 0.44954222439517405) < 1e-9)
        expectClose(
            fits[2].coefficients,
            [0.05248863888058051, 0.2814664537150008, 0, 0.02007786664441705, 0.047681688720389345, 0.041865721972143756],
            within: 1e-8)
        // ElasticNet(alpha=.05, l1_ratio=.4, tol=1e-14, max_iter=1000000).fit(X, y)
        let mixed = try ElasticNet(l1Ratio: 0.4, tolerance: 1e-14).fit(rows, targets, penalty: 0.05)
        expectClose(
            mixed.coefficients,
            [0.03491949647361794, 0.24944131092682645, 0, 0.011077910826234914, 0.0352252160667536, 0.02492301936501932],
            within: 1e-8)
        #expect(abs(mixed.intercept - 0.42953194710691556) < 1e-8)
        // Lasso(alpha=.02, positive=True, fit_intercept=False, tol=1e-14, max_iter=1000000).fit(X, y)
        let positive = try ElasticNet(fitsIntercept: false, isNonNegative: true, tolerance: 1e-14)
            .fit(rows, targets, penalty: 0.02)
        expectClose(
            positive.coefficients,
            [0.2446961508788538, 0.27648990255928374, 0, 0.2075159298122916, 0, 0.006550080231312707], within: 1e-8)
        // X = [[sin(1 + (i + 1) (j + 1) .37) for j in range(30)] for i in range(10)], y = [cos(.5 i) + .2 i ...]: alpha=.1
        let wide = try lasso.fit(
            Matrix(rows: 10, columns: 30) { sin(1 + Double(($0 + 1) * ($1 + 1)) * 0.37) },
            Vector((0..<10).map { cos(0.5 * Double($0)) + 0.2 * Double($0) }), penalty: 0.1)
        #expect(wide.coefficients.indices.filter { wide.coefficients[$0] != 0 } == [1, 14])
        #expect(abs(wide.coefficients[1] - 0.22495096600105066) < 1e-8)
        #expect(abs(wide.coefficients[14] + 0.062608371930024) < 1e-8)
        #expect(abs(wide.intercept - 0.7181217465609109) < 1e-8)
        #expect(([mixed, positive, wide] + fits).allSatisfy { $0.converged })
    }

    @Test func orthonormalDesignsHaveTheSoftThreshold() throws {
        var generator = Philox(seed: 31)
        let basis = try SymmetricEigendecomposition(generator.normalMatrix(rows: 12, columns: 12).rowGram).eigenvectors
        let (x, y) = (basis.selectingColumns(0..<7), generator.normalVector(count: 12))
        let products = x.transposeMultiplied(by: y)
        let lasso = try ElasticNet(fitsIntercept: false, tolerance: 1e-15).fit(x, y, penalty: 0.03)
        expectClose(lasso.coefficients, products.map { softThreshold($0, 12 * 0.03) }, within: 1e-12)
        let mixed = try ElasticNet(l1Ratio: 0.25, fitsIntercept: false, tolerance: 1e-15).fit(x, y, penalty: 0.04)
        expectClose(mixed.coefficients, products.map { softThreshold($0, 12 * 0.01) / (1 + 12 * 0.03) }, within: 1e-12)
    }

    @Test func pathsMeetTheOptimalityConditionsAndTheGapBoundsTheObjective() throws {
        var generator = Philox(seed: 32)
        for (n, p) in [(40, 15), (25, 60)] {
            let x = generator.normalMatrix(rows: n, columns: p)
            let truth = Vector((0..<p).map { $0 < 5 ? Double($0) - 1.5 : 0 })
            let y = x * truth + generator.normalVector(count: n, standardDeviation: 0.5) + 3
            for ratio in [1, 0.5] {
                let model = ElasticNet(l1Ratio: ratio, tolerance: 1e-12)
                let fits = try model.path(x, y, count: 30, ratio: 1e-2)
                #expect(fits.count == 30 && fits[0].coefficients == .zeros(p))
                #expect(abs(fits[29].penalty / fits[0].penalty - 0.01) < 1e-12)
                #expect(fits[1].coefficients.contains { $0 != 0 })
                for fit in fits {
                    let residual = y - fit.predict(x)
                    #expect(abs(residual.sum) < 1e-9)
                    let c = x.transposeMultiplied(by: residual) / Double(n) - fit.penalty * (1 - ratio) * fit.coefficients
                    for (w, value) in zip(fit.coefficients, c) {
                        let edge = fit.penalty * ratio
                        #expect(w == 0 ? abs(value) <= edge + 1e-5 : abs(value - (w > 0 ? edge : -edge)) < 1e-5)
                    }
                }
                // A loose fit is within its gap of a tight one.
                func objective(_ fit: ElasticNetFit) -> Double {
                    (y - fit.predict(x)).squaredNorm / 2
                        + Double(n) * fit.penalty * (ratio * fit.coefficients.absoluteSum + (1 - ratio) / 2 * fit.coefficients.squaredNorm)
                }
                let loose = try ElasticNet(l1Ratio: ratio, tolerance: 1e-2).fit(x, y, penalty: fits[20].penalty)
                #expect(objective(loose) - objective(fits[20]) <= loose.dualityGap + 1e-9)
                #expect(loose.dualityGap <= 1e-2 * (y - y.mean).squaredNorm)
            }
        }
    }

    @Test func scalingAndDegenerateColumns() throws {
        // Standardised fits do not depend on the units of columns; a constant column gets nothing.
        let scales: Vector = [1, 10, 0.1, 5, 2, 1e3]
        let model = ElasticNet(standardises: true, tolerance: 1e-14)
        let plain = try model.fit(rows, targets, penalty: 0.02)
        let scaled = try model.fit(rows.scalingColumns(by: scales), targets, penalty: 0.02)
        expectClose(scaled.coefficients .* scales, plain.coefficients, within: 1e-8)
        let flat = try ElasticNet().fit(
            Matrix(repeating: 4, rows: 20, columns: 1).appendingColumns(of: rows), targets, penalty: 0.01)
        #expect(flat.coefficients[0] == 0)
        let largest = try model.largestUsefulPenalty(rows, targets)
        #expect(try model.fit(rows, targets, penalty: largest * 1.0000001).coefficients == .zeros(6))
        #expect(try model.fit(rows, targets, penalty: largest * 0.99).coefficients != .zeros(6))
    }

    @Test func badInputIsNamed() throws {
        #expect(throws: OptimisationError.lengthMismatch(argument: "targets", count: 2, expected: 20)) {
            try ElasticNet().fit(rows, [1, 2], penalty: 1)
        }
        #expect(throws: OptimisationError.self) { try ElasticNet().fit(rows, targets, penalty: 0) }
        #expect(throws: OptimisationError.self) { try ElasticNet(l1Ratio: 0).fit(rows, targets, penalty: 1) }
        #expect(throws: OptimisationError.notFinite(what: "targets[0]", value: .nan)) {
            try ElasticNet().fit([[1], [2]], [.nan, 1], penalty: 1)
        }
        #expect(throws: OptimisationError.self) { try ElasticNet().path(rows, .zeros(20)) }
        let limited = try ElasticNet(tolerance: 1e-15, maximumIterations: 1).fit(rows, targets, penalty: 1e-4)
        #expect(!limited.converged)
    }
}
