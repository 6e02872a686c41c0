import DeepLearning
import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct QuantileAggregationTests {
    /// Three models of a normal variable: too low, too wide, and right at x > 0.
    private func data(_ count: Int, seed: UInt64, levels: [Double]) throws -> AggregationData {
        var generator = Philox(seed: seed)
        let features = generator.uniformMatrix(rows: count, columns: 2, in: -1..<1)
        let noise = generator.normalVector(count: count)
        let targets = Vector((0..<count).map { features[$0, 0] + noise[$0] })
        let z = levels.map { normalQuantile($0) }
        func model(_ f: @escaping (Double, Double) -> Double) -> Matrix {
            Matrix(rows: count, columns: levels.count) { f(features[$0, 0], z[$1]) }
        }
        return try AggregationData(
            predictions: [
                model { $0 - 1 + $1 }, model { $0 + 2 * $1 }, model { x, z in x > 0 ? x + z : 3 + z },
            ], features: features, targets: targets)
    }

    private func subgradientOptimum(_ data: AggregationData, levels: [Double]) -> Double {
        // Exponentiated subgradient on the simplex, the best loss of all iterates.
        let p = data.modelCount, n = Double(data.count * levels.count)
        var weights = [Double](repeating: 1 / Double(p), count: p)
        var best = Double.infinity
        for step in 1...6000 {
            var (loss, slope) = (0.0, [Double](repeating: 0, count: p))
            for row in 0..<data.count {
                for (column, level) in levels.enumerated() {
                    let q = (0..<p).reduce(0.0) { $0 + weights[$1] * data.predictions[$1][row, column] }
                    loss += pinballLoss(q, target: data.targets[row], level: level) / n
                    let sign = data.targets[row] > q ? -level : 1 - level
                    for k in 0..<p { slope[k] += sign * data.predictions[k][row, column] / n }
                }
            }
            best = min(best, loss)
            let scaled = zip(weights, slope).map { $0 * exp(-0.5 / Double(step).squareRoot() * $1) }
            let total = scaled.reduce(0, +)
            weights = scaled.map { $0 / total }
        }
        return best
    }

    @Test func linearProgramsAreOptimalAndNested() throws {
        let levels = equallySpacedLevels(5)
        let data = try data(80, seed: 1, levels: levels)
        let coarse = try ConvexAggregation(.coarse, data: data, levels: levels)
        let medium = try ConvexAggregation(.medium, data: data, levels: levels)
        let fine = try ConvexAggregation(.fine, data: data, levels: levels)
        #expect(fine.loss <= medium.loss + 1e-12 && medium.loss <= coarse.loss + 1e-12)
        for solution in [coarse, medium, fine] {
            for row in 0..<solution.weights.rows {
                #expect(abs(solution.weights.row(row).sum - 1) < 1e-9)
                #expect(solution.weights.row(row).allSatisfy { $0 >= -1e-9 })
            }
            // The weights attain the program's value.
            let attained = try meanPinballLoss(of: solution(data.predictions), targets: data.targets, levels: levels)
            #expect(abs(attained - solution.loss) < 1e-9)
        }
        let descended = subgradientOptimum(data, levels: levels)
        #expect(descended >= coarse.loss - 1e-12 && descended - coarse.loss < 1e-4)
    }

    @Test func trainingApproachesTheLinearProgramsOptimum() throws {
        let levels = equallySpacedLevels(5)
        let training = try data(400, seed: 2, levels: levels), validation = try data(400, seed: 2, levels: levels)
        var generator = Philox(seed: 9)
        for resolution in [AggregationResolution.coarse, .medium] {
            var options = AggregationOptions(scope: .global, resolution: resolution)
            options.network.learningRate = 0.02
            let aggregator = try QuantileAggregator(
                training: training, validation: validation, levels: levels, options: options, using: &generator)
            let optimum = try ConvexAggregation(resolution, data: training, levels: levels).loss
            #expect(aggregator.trainingLoss >= optimum - 1e-6)
            #expect(aggregator.trainingLoss < optimum * 1.01)
        }
    }

    @Test func localWeightsFindTheRightModel() throws {
        let levels = equallySpacedLevels(5)
        let training = try data(800, seed: 3, levels: levels), validation = try data(300, seed: 4, levels: levels)
        var generator = Philox(seed: 5)
        var options = AggregationOptions(scope: .local, resolution: .coarse)
        options.network.maximumSteps = 800
        let aggregator = try QuantileAggregator(
            training: training, validation: validation, levels: levels, options: options, using: &generator)
        let weights = try aggregator.weights(at: [[0.7, 0], [-0.7, 0]])
        // Right of zero the third model is the truth. At −0.7 it is 3.7 too high and the first 1 too low, so that the
        // truth is their mean with the weights 1/4.7 and 3.7/4.7.
        #expect(weights[0, 2].scalar > 0.7)
        #expect(abs(weights[1, 2].scalar - 1 / 4.7) < 0.1 && weights[1, 0].scalar > 0.6)
        let test = try data(500, seed: 6, levels: levels)
        let predicted = try aggregator(test.predictions, features: test.features)
        // The weighted sum of the models' predictions, by hand.
        let own = try aggregator.weights(at: test.features)
        for row in [0, 17, 400] {
            let expected = (0..<3).reduce(0.0) { $0 + Double(own[row, $1].scalar) * test.predictions[$1][row, 1] }
            #expect(abs(predicted[row, 1] - expected) < 1e-4)
        }
    }

    @Test func fineWeightsMixAllLevels() throws {
        let levels = equallySpacedLevels(3)
        let training = try data(200, seed: 7, levels: levels)
        var generator = Philox(seed: 8)
        for scope in AggregationScope.allCases {
            for isConvex in [true, false] {
                var options = AggregationOptions(
                    scope: scope, resolution: .fine, isConvex: isConvex, crossingPenalty: 1, trainingOrdering: .pool,
                    huberThreshold: 0.01)
                options.network.maximumSteps = 60
                let aggregator = try QuantileAggregator(
                    training: training, validation: training, levels: levels, options: options, using: &generator)
                let weights = try aggregator.weights(at: training.features)
                let quantiles = try aggregator(training.predictions, features: training.features)
                for (row, level) in [(0, 0), (5, 2), (100, 1)] {
                    var expected = 0.0
                    for k in 0..<3 {
                        for j in 0..<3 {
                            expected += Double(weights[scope == .local ? row : 0, level, 3 * k + j].scalar)
                                * training.predictions[k][row, j]
                        }
                    }
                    if isConvex { #expect(abs(quantiles[row, level] - expected) < 1e-4) }
                    if isConvex { #expect(abs(weights[0, level].sum().scalar - 1) < 1e-5) }
                }
            }
        }
    }

    @Test func thePenaltyReducesCrossing() throws {
        let levels = equallySpacedLevels(9)
        var generator = Philox(seed: 11)
        let task = SyntheticRegressionTask.heavyTailed
        let (features, targets) = task.sample(300, using: &generator)
        // Models with noise of their own in every prediction: they cross all the time.
        func noisy(_ x: Matrix) -> [Matrix] {
            (0..<3).map { _ in
                Matrix(rows: x.rows, columns: 9) {
                    x[$0, 0] - x[$0, 1] + 0.3 * normalQuantile(levels[$1]) + 0.3 * generator.normal()
                }
            }
        }
        let training = try AggregationData(predictions: noisy(features), features: features, targets: targets)
        func crossings(_ penalty: Double) throws -> Double {
            var options = AggregationOptions(
                scope: .global, resolution: .fine, crossingPenalty: penalty, crossingMargin: .fixed(0.05))
            options.network.learningRate = 0.02
            options.network.maximumSteps = 600
            var own = Philox(seed: 12)
            let aggregator = try QuantileAggregator(
                training: training, validation: training, levels: levels, options: options, using: &own)
            return try crossingFraction(of: aggregator(training.predictions, features: features))
        }
        #expect(try crossings(10) < crossings(0))
    }

    @Test func ensemblesPredictWhatTheyHaveNotSeen() throws {
        // One neighbour reproduces a training response; out of fold it cannot.
        var generator = Philox(seed: 13)
        let (features, targets) = SyntheticRegressionTask.skewed.sample(60, using: &generator)
        func ensemble(_ threads: Int) throws -> QuantileEnsemble {
            var own = Philox(seed: 14)
            return try QuantileEnsemble(
                learners: [NearestNeighborQuantiles(neighborCount: 1), QuantileForest(treeCount: 5)], features: features,
                targets: targets, levels: [0.5], maximumThreads: threads, using: &own)
        }
        let one = try ensemble(1), two = try ensemble(2)
        #expect(one.outOfFold.predictions == two.outOfFold.predictions)
        let seen = try one.models[0].quantiles(at: features)
        #expect((0..<60).allSatisfy { seen[$0, 0] == targets[$0] })
        #expect((0..<60).allSatisfy { one.outOfFold.predictions[0][$0, 0] != targets[$0] })
        #expect((0..<5).allSatisfy { fold in one.folds.count { $0 == fold } == 12 })
    }

    @Test func samplesOfTheTasks() {
        for task in SyntheticRegressionTask.allCases {
            var (one, two) = (Philox(seed: 1), Philox(seed: 1))
            let (features, targets) = task.sample(50, using: &one)
            #expect(features.columns == task.featureCount && targets.allSatisfy { $0.isFinite })
            #expect(task.sample(50, using: &two).targets == targets)
        }
    }

    @Test func functionsOfArraysTrainAndCombine() throws {
        let levels = equallySpacedLevels(3)
        let training = try data(300, seed: 20, levels: levels), test = try data(200, seed: 21, levels: levels)
        var generator = Philox(seed: 22)
        let combined = try aggregateQuantiles(
            test.predictions, features: test.features, trainingPredictions: training.predictions,
            trainingFeatures: training.features, trainingTargets: training.targets,
            validationPredictions: training.predictions, validationFeatures: training.features,
            validationTargets: training.targets, levels: levels, scope: .local, resolution: .coarse, using: &generator)
        #expect(try crossingFraction(of: combined) == 0)
        let single = try test.predictions.map { prediction in
            try meanPinballLoss(of: prediction, targets: test.targets, levels: levels)
        }
        #expect(try meanPinballLoss(of: combined, targets: test.targets, levels: levels) < single.min()!)
        let averaging = try quantileAveraging(training.predictions, targets: training.targets, levels: levels)
        #expect(averaging.loss <= meanLoss(training, 0, levels) && abs(averaging.weights.row(0).sum - 1) < 1e-9)
        #expect(try orderedQuantiles([[2, 1]]) == [[1, 2]])
        #expect(throws: StatisticsError.self) {
            _ = try syntheticRegression(.steps, count: 0, using: &generator)
        }
    }

    private func meanLoss(_ data: AggregationData, _ model: Int, _ levels: [Double]) -> Double {
        (try? meanPinballLoss(of: data.predictions[model], targets: data.targets, levels: levels)) ?? .nan
    }

    @Test func badInputIsNamed() throws {
        let error = #expect(throws: StatisticsError.self) {
            _ = try AggregationData(predictions: [[[1, 2]], [[1, 2, 3]]], features: [[0]], targets: [1])
        }
        #expect(error?.description.contains("(1, 3)") == true)
        let levels = equallySpacedLevels(3)
        let training = try data(20, seed: 1, levels: levels)
        var generator = Philox(seed: 1)
        #expect(throws: StatisticsError.self) {
            _ = try QuantileAggregator(
                training: training, validation: training, levels: [0.5],
                options: AggregationOptions(scope: .global, resolution: .coarse), using: &generator)
        }
    }
}
