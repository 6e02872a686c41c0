import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct DoubleDescentTheoryTests {
    /// Σᵢᵢ = i^−1.5, βᵢ = i^−1.1, 30 dimensions, σ = 0.1.
    private func model() throws -> GaussianModel {
        try .powerLaw(dimension: 30, decay: 1.5, source: 0.4, noise: 0.1)
    }

    private func expectClose(
        _ value: RiskAndNorm, _ expected: [Double], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (component, reference) in zip(value.components, expected) {
            #expect(abs(component / reference - 1) < 1e-11, "\(value)", sourceLocation: sourceLocation)
        }
    }

    /// mpmath, 40 digits, the paper's formulas as they are written (with their cancellations): l from
    /// findroot(lambda L: n - lam/e**L - sum(x/(x + e**L) for x in s), …); df2 = sum((x/(x+l))**2);
    /// T = sum(x/(x+l)**2); Q = sum(b*b*x/(x+l)**2); then l, l*l*Q/(1 - df2/n), sig**2*df2/(n - df2),
    /// sum(b*b*x/(x+l)) - lam/n*Q/(1 - df2/n), sig**2*T/(n - df2).
    @Test(arguments: [
        (10.0, 1e-6, 0.052878690054911951,
         [0.013315991294427088, 0.010221237353957865, 1.2972694479861704, 0.1891113745217475]),
        (30, 1e-3, 0.00072341408707766116,
         [3.6302629494775752e-5, 0.10240079782594279, 1.4698546495647533, 6.6639812900100936]),
        (60, 1e-6, 3.3333257236956539e-8,
         [1.4477544711253768e-14, 0.0099999086847164728, 1.4767514457973035, 0.68486498869698926]),
        (20, 5, 0.30594290606136634,
         [0.091016044010673251, 0.00068835724477582341, 0.70427621573486666, 0.0041381982436748141]),
    ])
    func linearTheoryIsThePapersInFortyDigits(
        _ samples: Double, _ ridge: Double, _ effectiveRidge: Double, _ expected: [Double]
    ) throws {
        let model = try model()
        let point = try RidgeFixedPoint(eigenvalues: model.eigenvalues, samples: samples, ridge: ridge)
        #expect(abs(point.effectiveRidge / effectiveRidge - 1) < 1e-12)
        expectClose(try model.linearRidgeTheory(samples: samples, ridge: ridge), expected)
    }

    /// mpmath, 40 digits, the paper's formulas as they are written: nu1 = v/2*(1 - n/p + sqrt((1 - n/p)**2 +
    /// 4*lam/(p*v))), v from 1 - nu1/v = sum(x/(x+v))/p, U = p/n*((1 - nu1/v)**2 + (nu1/v)**2*df2/(p - df2)),
    /// chi = T/(p - df2), B = sum(b*b/(x+v)**2) + chi*sum(b*b*x/(x+v)**2); then v, nu1, v*v*B/(1-U),
    /// sig**2*U/(1-U), v/nu1*sum(b*b/(x+v)) - lam/n*(v/nu1)**2*B/(1-U), sig**2*p/n*chi/(1-U).
    @Test(arguments: [
        (20.0, 8.0, 1e-6, 0.081536207659852772, 8.333327655336461e-8,
         [0.40092493995987529, 0.0066666439547163308, 5.5955055103875366, 0.081762998876645843]),
        (20, 20, 1e-3, 0.011452714255630847, 0.00075672697373725377,
         [0.40058944195623288, 0.073360310552194145, 39.782240017988503, 5.9361547557890942]),
        (12, 26, 1e-6, 0.03601955264613343, 0.019395215160841758,
         [0.20009753258973043, 0.020570737121920169, 7.0483629009997241, 0.51558431123743007]),
        (20, 25, 5, 0.34735691620938644, 0.30058894346161528,
         [0.32603140453190496, 0.00072634475952252221, 0.97871404968444531, 0.0035892630663872422]),
    ])
    func randomFeatureTheoryIsThePapersInFortyDigits(
        _ samples: Double, _ features: Double, _ ridge: Double, _ second: Double, _ first: Double,
        _ expected: [Double]
    ) throws {
        let model = try model()
        let point = try RandomFeatureFixedPoint(
            eigenvalues: model.eigenvalues, samples: samples, features: features, ridge: ridge)
        #expect(abs(point.effectiveRidge / second - 1) < 1e-12)
        #expect(abs(point.firstEffectiveRidge / first - 1) < 1e-11)
        expectClose(
            try model.randomFeatureTheory(samples: samples, features: features, ridge: ridge), expected)
    }

    @Test(arguments: [(10.0, 45.0), (45, 10), (29, 30), (60, 45), (35, 90), (31, 30.5)])
    func zeroIsTheLimitOfSmallRidges(_ samples: Double, _ features: Double) throws {
        let model = try model()
        let limit = try model.randomFeatureTheory(samples: samples, features: features, ridge: 0)
        let near = try model.randomFeatureTheory(samples: samples, features: features, ridge: 1e-14)
        for (a, b) in zip(limit.components, near.components) { #expect(abs(a - b) <= 1e-6 * a + 1e-12) }
        let linearLimit = try model.linearRidgeTheory(samples: samples + 0.5, ridge: 0)
        let linearNear = try model.linearRidgeTheory(samples: samples + 0.5, ridge: 1e-14)
        for (a, b) in zip(linearLimit.components, linearNear.components) {
            #expect(abs(a - b) <= 1e-6 * a + 1e-12)
        }
    }

    @Test func ridgelessSingularitiesAreInfiniteAndNothingElseIs() throws {
        let model = try model()
        let peak = try model.randomFeatureTheory(samples: 20, features: 20, ridge: 0)
        #expect(peak.biasRisk == .infinity && peak.varianceRisk == .infinity && peak.varianceNorm == .infinity)
        // As many samples as dimensions and more features: the noise is amplified without bound, the signal not.
        let rank = try model.randomFeatureTheory(samples: 30, features: 40, ridge: 0)
        let near = try model.randomFeatureTheory(samples: 30, features: 40, ridge: 1e-13)
        #expect(rank.biasRisk == 0 && rank.varianceRisk == .infinity && rank.varianceNorm == .infinity)
        #expect(abs(near.biasNorm / rank.biasNorm - 1) < 1e-4)
        let linear = try model.linearRidgeTheory(samples: 30, ridge: 0)
        #expect(linear.biasRisk == 0 && linear.varianceRisk == .infinity)
        #expect(abs(linear.biasNorm / model.target.squaredNorm - 1) < 1e-12)
    }

    @Test func infinitelyManyFeaturesAreLinearRegression() throws {
        // As p → ∞, ZZᵀ → GΣGᵀ and Fᵀâ/√p becomes the ridge estimate on x = Σ^½g with target Σ^−½β*.
        let model = try model()
        let whitened = try GaussianModel(
            eigenvalues: model.eigenvalues,
            target: model.target ./ model.eigenvalues.map { $0.squareRoot() }, noise: model.noise)
        for ridge in [0.01, 1] {
            let features = try model.randomFeatureTheory(samples: 20, features: 1e9, ridge: ridge)
            let linear = try whitened.linearRidgeTheory(samples: 20, ridge: ridge)
            for (a, b) in zip(features.components, linear.components) { #expect(abs(a / b - 1) < 1e-6) }
        }
    }

    @Test func enormousRidgesLeaveNothing() throws {
        // β̂ → XᵀXβ*/λ: B_R → β*ᵀΣβ*, and norms fall as 1/λ², which the cancelling form loses.
        let model = try model()
        let value = try model.linearRidgeTheory(samples: 20, ridge: 1e12)
        let first = (model.target .* model.target).dot(model.eigenvalues)
        #expect(abs(value.biasRisk / first - 1) < 1e-9)
        let second = (model.target .* model.target).dot(model.eigenvalues .* model.eigenvalues)
        // E‖XᵀXβ‖² = n(n + 1)β*ᵀΣ²β* + n Tr Σ β*ᵀΣβ*, of which the equivalent keeps n²…
        let expected = (400 * second + 20 * model.eigenvalues.sum * first) / 1e24
        #expect(abs(value.biasNorm / expected - 1) < 1e-9)
    }

    @Test(arguments: [(2.0, 0.3), (1, 0), (0.5, 1)])
    func isotropicRiskIsTheClosedFormOfTheNorm(_ squaredNorm: Double, _ noise: Double) throws {
        let model = try GaussianModel.isotropic(dimension: 200, targetSquaredNorm: squaredNorm, noise: noise)
        for samples in stride(from: 10.0, to: 200, by: 27) {
            let value = try model.linearRidgeTheory(samples: samples, ridge: 0)
            // n < d: R = B(1 − n/d) + σ²n/(d − n), N = Bn/d + σ²n/(d − n).
            let risk = squaredNorm * (1 - samples / 200) + noise * noise * samples / (200 - samples)
            #expect(abs(value.risk / risk - 1) < 1e-12)
            let closed = GaussianModel.isotropicRidgelessRisk(
                norm: value.norm, targetSquaredNorm: squaredNorm, noise: noise)
            #expect(abs(closed / risk - 1) < 1e-12)
        }
    }

    @Test func ridgelessRiskIsAffineInTheNorm() throws {
        let model = try model()
        for samples in [31.0, 40, 100, 1000] {
            let value = try model.linearRidgeTheory(samples: samples, ridge: 0)
            // n > d: R = σ²d/(n − d), N = ‖β*‖² + σ² Tr Σ⁻¹/(n − d).
            #expect(abs(value.risk / (0.01 * 30 / (samples - 30)) - 1) < 1e-12)
            let line = model.ridgelessSlope * (value.norm - model.target.squaredNorm)
            #expect(abs(line / value.risk - 1) < 1e-10)
        }
    }

    @Test func levelSetsLieOnTheirLevel() throws {
        let model = try GaussianModel.powerLaw(dimension: 200, decay: 1.5, source: 0.4, noise: 0.1)
        for (quantity, level, ratios) in [
            (\RiskAndNorm.risk, 0.1, 1.05...10), (\RiskAndNorm.norm, 12.0, 0.1...0.95), (\RiskAndNorm.norm, 20.0, 1.05...10),
        ] {
            let found = try #require(
                try model.randomFeatureLevel(of: quantity, at: level, samples: 50, ridge: 0, ratios: ratios))
            let value = try model.randomFeatureTheory(samples: 50, features: found.features, ridge: 0)
            #expect(abs(value[keyPath: quantity] / level - 1) < 1e-10)
            #expect(ratios.contains(found.features / 50))
        }
        #expect(
            try model.randomFeatureLevel(of: \.risk, at: 1e-9, samples: 50, ridge: 0, ratios: 1.05...10) == nil)
    }

    @Test func scalingLawsFitTheirGrid() throws {
        let model = try GaussianModel.powerLaw(dimension: 200, decay: 1.5, source: 0.4, noise: 0.1)
        let law = try NormScalingLaw(model: model, samples: [20, 40], ratios: [1.5, 3], ridge: 0)
        #expect(law.points.count == 4)
        // Least squares in logarithms: the residuals are orthogonal to ln n and ln N, and sum to zero.
        let residuals = Vector(law.points.map { log($0.value.risk) - log(law.fit([$0.samples, $0.value.norm])) })
        #expect(abs(residuals.sum) < 1e-12)
        #expect(abs(residuals.dot(Vector(law.points.map { log($0.samples) }))) < 1e-11)
        #expect(abs(residuals.dot(Vector(law.points.map { log($0.value.norm) }))) < 1e-11)
        #expect(throws: StatisticsError.self) {
            _ = try NormScalingLaw(model: model, samples: [20], ratios: [0.5], ridge: 0)
        }
    }

    @Test func badInputIsNamed() throws {
        let model = try model()
        #expect(throws: StatisticsError.outOfRange(argument: "samples", value: 0, expected: "a positive finite number")) {
            _ = try model.linearRidgeTheory(samples: 0, ridge: 1)
        }
        #expect(throws: StatisticsError.outOfRange(argument: "ridge", value: -1, expected: "a finite number not below 0")) {
            _ = try model.randomFeatureTheory(samples: 1, features: 2, ridge: -1)
        }
        #expect(throws: StatisticsError.outOfRange(argument: "eigenvalue", value: 0, expected: "a positive finite number")) {
            _ = try GaussianModel(eigenvalues: [1, 0], target: [1, 1], noise: 0)
        }
        let error = #expect(throws: StatisticsError.self) {
            _ = try GaussianModel(eigenvalues: [1, 2], target: [1], noise: 0)
        }
        #expect(error?.description.contains("(1)") == true && error?.description.contains("(2)") == true)
    }
}
