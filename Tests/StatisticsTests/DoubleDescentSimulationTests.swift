import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct DoubleDescentSimulationTests {
    /// The four quantities from the explicit smoother M = (XᵀX + λ)⁻¹Xᵀ, and a map to the error's space.
    private func byDefinition(
        _ x: Matrix, _ signal: Vector, ridge: Double, noise: Double, error: (Vector) -> Vector, _ map: Matrix
    ) throws -> [Double] {
        var system = x.columnGram
        system.addToDiagonal(ridge)
        let smoother = try system.solve(x.transposed)
        let mean = smoother * signal
        return [
            error(mean).squaredNorm, noise * noise * pow((map * smoother).frobeniusNorm, 2),
            mean.squaredNorm, noise * noise * pow(smoother.frobeniusNorm, 2),
        ]
    }

    @Test(arguments: [8, 15, 40])
    func linearDrawsAreTheDefinitions(_ samples: Int) throws {
        let model = try GaussianModel.powerLaw(dimension: 15, decay: 1, source: 1, noise: 0.2)
        var generator = Philox(seed: 5)
        let drawn = try model.drawLinearRidge(samples: samples, ridges: [0.01, 1], using: &generator)
        var again = Philox(seed: 5)
        let roots = model.eigenvalues.map { $0.squareRoot() }
        let x = again.normalMatrix(rows: samples, columns: 15).scalingColumns(by: roots)
        for (value, ridge) in zip(drawn, [0.01, 1]) {
            let expected = try byDefinition(
                x, x * model.target, ridge: ridge, noise: 0.2, error: { (model.target - $0) .* roots },
                .diagonal(roots))
            for (a, b) in zip(value.components, expected) { #expect(abs(a / b - 1) < 1e-9) }
        }
    }

    @Test(arguments: [(10, 6), (10, 10), (10, 25)])
    func randomFeatureDrawsAreTheDefinitions(_ samples: Int, _ features: Int) throws {
        let model = try GaussianModel.powerLaw(dimension: 15, decay: 1, source: 0.4, noise: 0.2)
        var generator = Philox(seed: 6)
        let drawn = try model.drawRandomFeatures(
            samples: samples, features: features, ridges: [0.01, 1], using: &generator)
        var again = Philox(seed: 6)
        let g = again.normalMatrix(rows: samples, columns: 15)
        let f = again.normalMatrix(rows: features, columns: 15)
            .scalingColumns(by: model.eigenvalues.map { $0.squareRoot() })
        let root = Double(features).squareRoot()
        let z = g * f.transposed / root
        for (value, ridge) in zip(drawn, [0.01, 1]) {
            let expected = try byDefinition(
                z, g * model.target, ridge: ridge, noise: 0.2,
                error: { model.target - f.transposeMultiplied(by: $0) / root }, f.transposed / root)
            for (a, b) in zip(value.components, expected) { #expect(abs(a / b - 1) < 1e-9) }
        }
    }

    @Test func theExactAverageOverNoiseIsTheAverageOverNoise() throws {
        let model = try GaussianModel.powerLaw(dimension: 12, decay: 1, source: 1, noise: 0.5)
        var generator = Philox(seed: 7)
        let value = try model.drawLinearRidge(samples: 20, ridges: [0.1], using: &generator)[0]
        var again = Philox(seed: 7)
        let roots = model.eigenvalues.map { $0.squareRoot() }
        let x = again.normalMatrix(rows: 20, columns: 12).scalingColumns(by: roots)
        let repetitions = 4000
        var (risk, norm) = (0.0, 0.0)
        for _ in 0..<repetitions {
            let y = x * model.target + again.normalVector(count: 20, standardDeviation: 0.5)
            let fit = try RidgeRegression(predictors: x, response: y, ridge: 0.1)
            risk += ((fit.coefficients - model.target) .* roots).squaredNorm / Double(repetitions)
            norm += fit.coefficients.squaredNorm / Double(repetitions)
        }
        #expect(abs(risk / value.risk - 1) < 0.05)
        #expect(abs(norm / value.norm - 1) < 0.05)
    }

    @Test(arguments: [40, 60, 150])
    func theoryMeetsSimulation(_ features: Int) throws {
        let model = try GaussianModel.powerLaw(dimension: 200, decay: 1.5, source: 0.4, noise: 0.1)
        let ridges = [0.01, 0.1, 1]
        let simulated = try model.simulateRandomFeatures(
            samples: 60, features: features, ridges: ridges, draws: 300, generator: Philox(seed: 8))
        let linear = try model.simulateLinearRidge(
            samples: features, ridges: ridges, draws: 300, generator: Philox(seed: 9))
        for (index, ridge) in ridges.enumerated() {
            let theory = try model.randomFeatureTheory(samples: 60, features: Double(features), ridge: ridge)
            for error in theory.relativeErrors(against: simulated[index].mean).components { #expect(error < 0.1) }
            let linearTheory = try model.linearRidgeTheory(samples: Double(features), ridge: ridge)
            for error in linearTheory.relativeErrors(against: linear[index].mean).components {
                #expect(error < 0.1)
            }
        }
    }

    @Test func averagesAreTheSameBitsAtAnyNumberOfThreads() throws {
        let model = try GaussianModel.powerLaw(dimension: 40, decay: 1.5, source: 0.4, noise: 0.1)
        let one = try model.simulateRandomFeatures(
            samples: 20, features: 30, ridges: [0.1], draws: 9, generator: Philox(seed: 1), maximumThreads: 1)
        let three = try model.simulateRandomFeatures(
            samples: 20, features: 30, ridges: [0.1], draws: 9, generator: Philox(seed: 1), maximumThreads: 3)
        #expect(one == three)
        let other = try model.simulateRandomFeatures(
            samples: 20, features: 30, ridges: [0.1], draws: 9, generator: Philox(seed: 2))
        #expect(one != other)
    }

    @Test func estimatesCarryTheStandardErrorOfTheMean() {
        let draws = [1.0, 2, 6].map { RiskAndNorm(biasRisk: $0, varianceRisk: 0, biasNorm: 1, varianceNorm: -$0) }
        let estimate = RiskAndNormEstimate(draws)
        #expect(estimate.mean.biasRisk == 3)
        // numpy.std([1, 2, 6], ddof=1) / sqrt(3)
        #expect(abs(estimate.standardError.biasRisk - 1.5275252316519465) < 1e-15)
        #expect(estimate.standardError.biasNorm == 0)
    }

    @Test func measuredCurvesOfLinearFeaturesAreRidgeRegression() throws {
        var generator = Philox(seed: 11)
        let features = try RandomFeatures(count: 8, dimension: 5, activation: { $0 }, using: &generator)
        let inputs = generator.normalMatrix(rows: 30, columns: 5)
        let response = inputs * [1, 2, 3, 4, 5] + 7
        let curve = try measureRandomFeatures(
            features, training: (inputs, response), test: (inputs, response), ridges: [1e-9, 1e9])
        // The target is linear and centred: everything is fitted, or only the mean.
        let centred = response - response.mean
        #expect(curve[0].testError < 0.2 * centred.squaredNorm / 30)
        #expect(abs(curve[1].testError / (centred.squaredNorm / 30) - 1) < 1e-3)
        #expect(curve[1].norm < 1e-9)
    }
}
