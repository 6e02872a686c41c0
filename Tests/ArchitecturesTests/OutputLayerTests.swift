import Architectures
import DeepLearning
import Foundation
import Mathematics
import Testing

/// W ← W − η/m Σ ∂L/∂o xᵀ, one number after the other.
private func bruteForce(
    _ weights: inout [[Double]], _ x: Matrix, _ targets: [Int], rate: Double, loss: OutputLoss
) throws -> (loss: Double, inputGradient: [[Double]]) {
    let before = weights
    var total = 0.0
    var inputGradient = [[Double]](repeating: [], count: x.rows)
    for i in 0..<x.rows {
        let o = Vector(before.map { row in row.indices.reduce(0) { $0 + row[$1] * x[i, $1] } })
        total += try loss.value(of: o, target: targets[i]) / Double(x.rows)
        let g = try loss.gradient(of: o, target: targets[i]).map { $0 / Double(x.rows) }
        inputGradient[i] = (0..<x.columns).map { k in before.indices.reduce(0) { $0 + g[$1] * before[$1][k] } }
        for c in weights.indices { for k in 0..<x.columns { weights[c][k] -= rate * g[c] * x[i, k] } }
    }
    return (total, inputGradient)
}

private func largestDifference(_ a: Matrix, _ b: [[Double]]) -> Double { (a - Matrix(rows: b)).maximumMagnitude }

/// Layers that are trained: dense, in two levels, and factored (z-loss, arXiv:1604.08859).
@Suite struct OutputLayerTests {
    @Test func denseLayerIsGradientDescent() throws {
        var generator = Philox(seed: 1)
        let losses: [OutputLoss] = [
            .logSoftmax, .spherical(.zLoss(sharpness: 0.5, location: 2)), .spherical(.squaredError),
        ]
        for loss in losses {
            let start = generator.normalMatrix(rows: 11, columns: 4)
            var layer = try DenseOutputLayer(weights: start, loss: loss)
            var weights = (0..<11).map { Array(start.row($0)) }
            for _ in 0..<5 {
                let x = generator.normalMatrix(rows: 6, columns: 4), targets = [0, 10, 3, 3, 7, 1]
                let step = try layer.step(inputs: x, targets: targets, rate: 0.1)
                let expected = try bruteForce(&weights, x, targets, rate: 0.1, loss: loss)
                #expect(abs(step.loss - expected.loss) < 1e-12)
                #expect(largestDifference(step.inputGradient, expected.inputGradient) < 1e-12)
                #expect(largestDifference(layer.weights, weights) < 1e-12)
            }
        }
    }

    /// −ln of a probability that is zero in double precision.
    @Test func denseLossOfAnImpossibleClassIsFinite() throws {
        var layer = try DenseOutputLayer(weights: [[1000], [0]], loss: .logSoftmax)
        #expect(try layer.step(inputs: [[1]], targets: [1], rate: 0.1).loss == 1000)
    }

    /// 200 factored updates against dense ones, with repeated targets in a batch, with and without
    /// stabilisation.
    @Test(arguments: [10, 1000])
    func factoredUpdatesAreDenseUpdates(stabilizationInterval: Int) throws {
        for (loss, rate) in [
            (SphericalLoss.zLoss(sharpness: 0.5, location: 3), 0.5), (.squaredError, 0.004),
            (.logTaylorSoftmax, 0.1), (.logSphericalSoftmax(epsilon: 0.1), 0.05),
        ] {
            var generator = Philox(seed: 4)
            let start = 0.3 * generator.normalMatrix(rows: 40, columns: 8)
            var factored = try FactoredSphericalLayer(weights: start, loss: loss)
            factored.stabilizationInterval = stabilizationInterval
            var weights = (0..<40).map { Array(start.row($0)) }
            for _ in 0..<200 {
                let x = generator.normalMatrix(rows: 6, columns: 8)
                let targets = (0..<6).map { _ in generator.integer(below: 10) * 4 }
                let step = try factored.step(inputs: x, targets: targets, rate: rate)
                let expected = try bruteForce(&weights, x, targets, rate: rate, loss: .spherical(loss))
                #expect(abs(step.loss - expected.loss) <= 1e-6 * (1 + abs(expected.loss)), "\(loss)")
                #expect(largestDifference(step.inputGradient, expected.inputGradient) < 1e-6, "\(loss)")
            }
            let dense = Matrix(rows: weights)
            func relative(_ a: Matrix, _ b: Matrix) -> Double { (a - b).frobeniusNorm / b.frobeniusNorm }
            #expect((dense - start).frobeniusNorm > 0.1 * start.frobeniusNorm, "\(loss) has learnt something")
            #expect(relative(factored.weights, dense) < 1e-6, "\(loss)")
            #expect(relative(factored.gram, dense.columnGram) < 1e-6, "\(loss)")
            #expect((factored.columnSums - dense.columnSums).norm < 1e-6 * dense.columnSums.norm, "\(loss)")
            #expect((factored.mixing * factored.inverseMixing - .identity(8)).maximumMagnitude < 1e-6, "\(loss)")
        }
    }

    @Test func statisticsAreThoseOfTheOutputs() throws {
        var generator = Philox(seed: 5)
        let weights = generator.normalMatrix(rows: 30, columns: 5)
        let layer = try FactoredSphericalLayer(weights: weights, loss: .squaredError)
        let x = generator.normalMatrix(rows: 4, columns: 5)
        for (i, statistics) in try layer.statistics(inputs: x, targets: [0, 3, 29, 3]).enumerated() {
            let o = layer.weights * x.row(i)
            #expect(abs(statistics.target - o[[0, 3, 29, 3][i]]) < 1e-12)
            #expect(abs(statistics.sum - o.sum) < 1e-12)
            #expect(abs(statistics.squaredSum - o.dot(o)) < 1e-12)
        }
    }

    /// Large steps along few directions drive singular values of U out of the range.
    @Test func stabilisationKeepsTheWeights() throws {
        var generator = Philox(seed: 6)
        let weights = generator.normalMatrix(rows: 25, columns: 5)
        var layer = try FactoredSphericalLayer(weights: weights, loss: .squaredError)
        layer.stabilizationInterval = nil
        let x: Matrix = [[1, 0, 0, 0, 0], [0, 1, 1, 0, 0]]
        for _ in 0..<20 { _ = try layer.step(inputs: x, targets: [1, 7], rate: 0.1) }
        let before = layer.weights
        let values = try layer.mixing.singularValues()
        let outside = values.filter { !(0.5...2).contains($0) }.count
        #expect(outside > 0)
        #expect(try layer.stabilize() == outside)
        let after = try layer.mixing.singularValues()
        #expect(after.allSatisfy { $0 > 0.499999 && $0 < 2.000001 })
        #expect((layer.weights - before).maximumMagnitude < 1e-10)
        #expect((layer.mixing * layer.inverseMixing - .identity(5)).maximumMagnitude < 1e-10)
        #expect(try layer.stabilize() == 0)
        layer.rematerialize()
        #expect(layer.mixing == .identity(5))
        #expect((layer.rows - before).maximumMagnitude < 1e-10)
        #expect((layer.gram - before.columnGram).maximumMagnitude < 1e-9)
    }

    /// The probabilities of all classes add up to one, and a step follows the gradient of −ln P by finite differences.
    @Test func hierarchicalLayerIsGradientDescent() throws {
        var generator = Philox(seed: 7)
        // 11 classes in groups of 4, 4 and 3.
        var layer = try HierarchicalOutputLayer(weights: generator.normalMatrix(rows: 11, columns: 3))
        #expect(layer.groupSize == 4 && layer.groupCount == 3)
        let x = generator.normalMatrix(rows: 5, columns: 3), targets = [0, 1, 10, 7, 8]
        for _ in 0..<3 { _ = try layer.step(inputs: x, targets: targets, rate: 0.5) }
        let total = try layer.logProbabilities(of: x.row(0)).reduce(0) { $0 + exp($1) }
        #expect(abs(total - 1) < 1e-12)
        func loss(_ layer: HierarchicalOutputLayer, _ x: Matrix) throws -> Double {
            try (0..<5).reduce(0) { $0 - (try layer.logProbabilities(of: x.row($1)))[targets[$1]] / 5 }
        }
        let before = layer
        let step = try layer.step(inputs: x, targets: targets, rate: 1e-6)
        #expect(abs(step.loss - (try loss(before, x))) < 1e-12)
        // The decrease of the loss is η times the squared norm of the gradient, which is the change over η.
        let changes = zip([layer.groupWeights] + layer.classWeights, [before.groupWeights] + before.classWeights)
        let squaredChange = changes.reduce(0) { $0 + pow(($1.0 - $1.1).frobeniusNorm, 2) }
        let decrease = try loss(before, x) - loss(layer, x)
        #expect(abs(decrease * 1e-6 / squaredChange - 1) < 1e-4)
        for i in 0..<5 {
            for k in 0..<3 {
                var up = x, down = x
                up[i, k] += 1e-5
                down[i, k] -= 1e-5
                #expect(abs(step.inputGradient[i, k] - (try loss(before, up) - loss(before, down)) / 2e-5) < 1e-8)
            }
        }
    }

    /// The two-level softmax of the training and that of the layer.
    @Test func hierarchicalHeadIsTheHierarchicalLayer() throws {
        var generator = Philox(seed: 8)
        var layer = try HierarchicalOutputLayer(weights: generator.normalMatrix(rows: 11, columns: 3))
        let x = generator.normalMatrix(rows: 3, columns: 3)
        for _ in 0..<3 { _ = try layer.step(inputs: x, targets: [2, 5, 9], rate: 0.5) }
        let head = OutputHead.hierarchical
        #expect(head.outputCount(classCount: 11) == 14)
        let rows = (0..<3).map { i in
            Array(layer.groupWeights * x.row(i)) + layer.classWeights.flatMap { Array($0 * x.row(i)) }
        }
        let outputs = Tensor<Double>(shape: [3, 14], scalars: rows.flatMap { $0 })
        let scores = head.scores(outputs, classCount: 11)
        let labels = [4, 0, 10], losses = head.losses(outputs, Tensor(labels), classCount: 11).scalars
        for i in 0..<3 {
            let expected = try layer.logProbabilities(of: x.row(i))
            for k in 0..<11 { #expect(abs(scores[i, k].scalar - expected[k]) < 1e-12) }
            #expect(abs(losses[i] + expected[labels[i]]) < 1e-12)
        }
    }

    @Test func badArgumentsAreNamed() throws {
        var layer = try FactoredSphericalLayer(weights: [[1, 2], [3, 4]], loss: .squaredError)
        #expect(throws: ArchitectureError.invalid(argument: "targets[1]", value: "2", expected: "a class, 0 ..< 2")) {
            try layer.step(inputs: [[1, 2], [1, 2]], targets: [0, 2], rate: 0.1)
        }
        #expect(
            throws: ArchitectureError.shapeMismatch(
                argument: "inputs", shape: "(1, 3)", other: "weights", otherShape: "(2, 2)",
                expected: "as many columns in both")
        ) { try layer.step(inputs: [[1, 2, 3]], targets: [0], rate: 0.1) }
        #expect(throws: ArchitectureError.self) { try layer.step(inputs: [[1, 2]], targets: [0, 1], rate: 0.1) }
        #expect(throws: ArchitectureError.self) { try layer.step(inputs: [[1, 2]], targets: [0], rate: 0) }
        #expect(throws: ArchitectureError.self) { try layer.stabilize(within: 0...1) }
        #expect(throws: ArchitectureError.self) { try DenseOutputLayer(weights: .zeros(0, 3), loss: .logSoftmax) }
    }
}
