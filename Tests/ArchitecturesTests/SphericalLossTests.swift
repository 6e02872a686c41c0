import Architectures
import DeepLearning
import Foundation
import Mathematics
import Testing

private let spherical: [SphericalLoss] = [
    .zLoss(), .zLoss(sharpness: 0.3, location: 4), .squaredError, .logTaylorSoftmax,
    .logSphericalSoftmax(epsilon: 0.05),
]
private let all = [OutputLoss.logSoftmax] + spherical.map { .spherical($0) }

/// The losses on the outputs of all classes (z-loss, arXiv:1604.08859).
@Suite struct SphericalLossTests {
    /// o = (1, 2, 6): μ = 3, σ² = 14/3. By hand, for the class 2.
    @Test func valuesByHand() throws {
        let o: Vector = [1, 2, 6]
        func value(_ loss: OutputLoss) throws -> Double { try loss.value(of: o, target: 2) }
        let z = 3 / sqrt(14.0 / 3)
        #expect(abs(try value(.spherical(.zLoss())) - log(1 + exp(-z))) < 1e-14)
        #expect(abs(try value(.spherical(.zLoss(sharpness: 2, location: 3))) - log(1 + exp(2 * (3 - z))) / 2) < 1e-14)
        #expect(try value(.spherical(.squaredError)) == 1 + 4 + 25)
        // 1 + o + o²/2 is 2.5, 5 and 25.
        #expect(abs(try value(.spherical(.logTaylorSoftmax)) - log(32.5 / 25)) < 1e-14)
        #expect(abs(try value(.spherical(.logSphericalSoftmax(epsilon: 1))) - log(44.0 / 37)) < 1e-14)
        #expect(abs(try value(.logSoftmax) - log(exp(-5) + exp(-4) + 1)) < 1e-14)
    }

    /// L does not change under o → αo + β, hence Σ ∂L/∂o_k = 0 and o·∂L/∂o = 0.
    @Test func zLossIsInvariantToShiftAndScale() throws {
        var generator = Philox(seed: 1)
        for trial in 0..<50 {
            let o = generator.normalVector(count: 2 + trial)
            let sharpness = 0.2 + generator.uniform(), location = 3 * generator.normal()
            let loss = OutputLoss.spherical(.zLoss(sharpness: sharpness, location: location))
            let target = trial % o.count
            let value = try loss.value(of: o, target: target)
            for (scale, shift) in [(3.0, 0.0), (1, 100), (0.01, -5), (1e4, 1e5)] {
                #expect(abs(try loss.value(of: o.map { scale * $0 + shift }, target: target) - value) < 1e-10)
            }
            let gradient = try loss.gradient(of: o, target: target)
            #expect(abs(gradient.sum) < 1e-10)
            #expect(abs(gradient.dot(o)) < 1e-10)
        }
        // The others are not: the test of the invariance could fail.
        let mse = OutputLoss.spherical(.squaredError)
        #expect(try mse.value(of: [1, 2], target: 0) != mse.value(of: [2, 3], target: 0))
    }

    /// The gradient by the outputs and by the statistics against central differences.
    @Test func gradientsAreDerivatives() throws {
        var generator = Philox(seed: 2)
        let o = generator.normalVector(count: 7)
        for loss in all {
            let gradient = try loss.gradient(of: o, target: 3)
            for k in 0..<7 {
                func at(_ step: Double) throws -> Double {
                    var moved = o
                    moved[k] += step
                    return try loss.value(of: moved, target: 3)
                }
                let difference = try (at(1e-5) - at(-1e-5)) / 2e-5
                #expect(abs(gradient[k] - difference) < 1e-7, "\(loss), output \(k)")
            }
        }
        let statistics = OutputStatistics(target: o[3], sum: o.sum, squaredSum: o.dot(o), count: 7)
        for loss in spherical {
            let gradient = try loss.gradient(at: statistics)
            func slope(_ path: WritableKeyPath<OutputStatistics, Double>) throws -> Double {
                var up = statistics, down = statistics
                up[keyPath: path] += 1e-5
                down[keyPath: path] -= 1e-5
                return try (loss.value(at: up) - loss.value(at: down)) / 2e-5
            }
            #expect(abs(gradient.target - (try slope(\.target))) < 1e-8)
            #expect(abs(gradient.sum - (try slope(\.sum))) < 1e-8)
            #expect(abs(gradient.squaredSum - (try slope(\.squaredSum))) < 1e-8)
            // The same number from the statistics alone and from the outputs.
            #expect(abs(try loss.value(at: statistics) - OutputLoss.spherical(loss).value(of: o, target: 3)) < 1e-13)
        }
    }

    /// The batched losses of the training and those above have the values of one another, and the same gradients.
    @Test func tensorsComputeTheSame() throws {
        var generator = Philox(seed: 3)
        let rows = (0..<5).map { _ in generator.normalVector(count: 6) }
        let labels = [0, 5, 2, 2, 3]
        let outputs = Tensor<Double>(shape: [5, 6], scalars: rows.flatMap { Array($0) })
        for loss in all {
            let values = loss.losses(outputs, Tensor(labels)).scalars
            let gradient = gradient(at: outputs) { loss.losses($0, Tensor(labels)).sum() }.scalars
            for (row, label) in labels.enumerated() {
                #expect(abs(values[row] - (try loss.value(of: rows[row], target: label))) < 1e-12, "\(loss)")
                let expected = try loss.gradient(of: rows[row], target: label)
                for k in 0..<6 { #expect(abs(gradient[row * 6 + k] - expected[k]) < 1e-12, "\(loss)") }
            }
        }
    }

    /// Losses that are no monotone functions of the outputs prefer other classes than the largest output.
    @Test func scoresRankByWhatTheLossPrefers() {
        let outputs = Tensor<Double>([[-4, 1, 3]])
        #expect(OutputLoss.logSoftmax.scores(outputs).argmax().scalars == [2])
        #expect(OutputLoss.spherical(.zLoss()).scores(outputs).argmax().scalars == [2])
        #expect(OutputLoss.spherical(.logSphericalSoftmax()).scores(outputs).argmax().scalars == [0])
        // 1 + o + o²/2 is 5, 2.5 and 8.5.
        #expect(OutputLoss.spherical(.logTaylorSoftmax).scores(outputs).scalars == [5, 2.5, 8.5])
    }

    @Test func badArgumentsAreNamed() throws {
        #expect(throws: ArchitectureError.invalid(argument: "target", value: "3", expected: "a class, 0 ..< 3")) {
            try sphericalLoss([1, 2, 3], target: 3)
        }
        let positive = "a positive finite number"
        #expect(throws: ArchitectureError.invalid(argument: "sharpness", value: "0.0", expected: positive)) {
            try sphericalLoss([1, 2, 3], target: 0, loss: .zLoss(sharpness: 0))
        }
        #expect(throws: ArchitectureError.invalid(argument: "epsilon", value: "-1.0", expected: positive)) {
            try sphericalLoss([1, 2, 3], target: 0, loss: .logSphericalSoftmax(epsilon: -1))
        }
        #expect(throws: ArchitectureError.self) { try sphericalLoss([2, 2, 2], target: 0) }
        #expect(throws: ArchitectureError.self) { try sphericalLoss([2], target: 0) }
    }
}
