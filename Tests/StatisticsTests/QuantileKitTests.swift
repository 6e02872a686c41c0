import DeepLearning
import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct QuantileScoreTests {
    private let levels = [0.1, 0.25, 0.5, 0.75, 0.9]

    private func draw(_ rows: Int, _ seed: UInt64) -> (quantiles: Matrix, targets: Vector) {
        var generator = Philox(seed: seed)
        return (generator.normalMatrix(rows: rows, columns: 5), generator.normalVector(count: rows))
    }

    @Test func pinballLossIsMinimalAtTheQuantile() throws {
        let sample = [3.0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5]
        for level in [0.2, 0.5, 0.85] {
            func mean(_ q: Double) -> Double { sample.reduce(0) { $0 + pinballLoss(q, target: $1, level: level) } }
            let best = try quantile(of: sample, at: level, method: .inverseDistribution)
            #expect(stride(from: 0.0, through: 10, by: 0.01).allSatisfy { mean($0) >= mean(best) - 1e-12 })
        }
        #expect(pinballLoss(2, target: 5, level: 0.3) == 0.3 * 3 && pinballLoss(5, target: 2, level: 0.25) == 0.75 * 3)
    }

    @Test func theIntervalScoreIsTwiceThePinballLoss() throws {
        let (quantiles, targets) = draw(500, 1)
        let score = try weightedIntervalScore(of: quantiles, targets: targets, levels: levels)
        let loss = try meanPinballLoss(of: quantiles, targets: targets, levels: levels)
        #expect(abs(score - 2 * loss) < 1e-12)
        // One observation by hand: levels .25, .5, .75 at 1, 2, 4 and y = 5: ½|5 − 2| + ¼(3 + 4·1), over 1.5.
        let hand = try weightedIntervalScore(of: [[1, 2, 4]], targets: [5], levels: [0.25, 0.5, 0.75])
        #expect(abs(hand - (1.5 + 0.25 * (3 + 4)) / 1.5) < 1e-14)
        #expect(throws: StatisticsError.self) {
            _ = try weightedIntervalScore(of: [[1, 2]], targets: [0], levels: [0.1, 0.8])
        }
    }

    @Test(arguments: [QuantileOrdering.sort, .pool, .sweep])
    func orderingsAreMonotoneProjections(_ ordering: QuantileOrdering) throws {
        let (quantiles, targets) = draw(2000, 2)
        let ordered = try ordering(quantiles)
        #expect(try crossingFraction(of: ordered) == 0)
        #expect(try ordering(ordered) == ordered)
        if ordering != .sweep {
            for row in 0..<2000 {
                let before = zip(levels, quantiles.row(row)).reduce(0) {
                    $0 + pinballLoss($1.1, target: targets[row], level: $1.0)
                }
                let after = zip(levels, ordered.row(row)).reduce(0) {
                    $0 + pinballLoss($1.1, target: targets[row], level: $1.0)
                }
                #expect(after <= before + 1e-12)
            }
        }
    }

    @Test func orderingsByHand() throws {
        let row = [3.0, 1, 2, 5, 4]
        #expect(try QuantileOrdering.sort.ordered(row) == [1, 2, 3, 4, 5])
        #expect(try QuantileOrdering.pool.ordered(row) == [2, 2, 2, 4.5, 4.5])
        // From the median 2: above max(2, 5) = 5, max(5, 4) = 5; below min(2, 1) = 1, min(1, 3) = 1.
        #expect(try QuantileOrdering.sweep.ordered(row) == [1, 1, 2, 5, 5])
        #expect(try QuantileOrdering.sweep.ordered([2, 1]) == [1, 1])
    }

    @Test(arguments: QuantileOrdering.allCases)
    func batchesAreOrderedWithTheirDerivative(_ ordering: QuantileOrdering) throws {
        let rows: [[Float]] = [[3, 1, 2.25, 5, 4], [0.1, 0.2, 0.3, 0.25, 0.6], [5, 4, 3, 2, 1]]
        let tensor = Tensor<Float>(rows)
        let weights = Tensor<Float>(shape: [3, 5], scalars: (0..<15).map { Float(($0 * 7) % 5) - 1.7 })
        let expected = try ordering(Matrix(rows: rows.map { $0.map(Double.init) }))
        for (index, value) in ordering(tensor).scalars.enumerated() {
            #expect(abs(Double(value) - expected[index / 5, index % 5]) < 1e-6)
        }
        let gradient = gradient(at: tensor) { (ordering($0) * weights).sum() }
        // Central differences of the double-precision rule.
        for index in 0..<15 {
            func value(_ shift: Double) throws -> Double {
                var moved = Matrix(rows: rows.map { $0.map(Double.init) })
                moved[index / 5, index % 5] += shift
                let result = try ordering(moved)
                return (0..<15).reduce(0) { $0 + result[$1 / 5, $1 % 5] * Double(weights.scalars[$1]) }
            }
            let difference = (try value(1e-4) - value(-1e-4)) / 2e-4
            #expect(abs(Double(gradient.scalars[index]) - difference) < 1e-4)
        }
    }

    @Test func coverageCounts() throws {
        let coverage = try quantileCoverage(
            of: [[0, 1, 2], [0, 1, 2], [0, 1, 2], [0, 1, 2]], targets: [-1, 0.5, 1, 3], levels: [0.25, 0.5, 0.75])
        #expect(coverage.below == [0.25, 0.75, 0.75] && coverage.covered == [0.5] && coverage.nominal == [0.5])
        #expect(abs(coverage.calibrationError - 0.25 / 3) < 1e-15 && coverage.coverageError == 0)
    }

    @Test func thePoolOfDistributions() throws {
        // One model: its own quantiles. Two uniform ones on [0, 1] and [10, 11]: the half of each.
        let levels = [0.1, 0.5, 0.9]
        let low: Matrix = [[0.1, 0.5, 0.9]], high: Matrix = [[10.1, 10.5, 10.9]]
        let own = try linearPool([low], levels: levels)
        #expect((own - low).maximumMagnitude < 1e-9)
        let mixed = try linearPool([low, high], levels: levels)
        // F = ½x on [0, 1] and ½ + ½(x − 10): quantiles 0.2 and 10.8 at .1 and .9.
        #expect(abs(mixed[0, 0] - 0.2) < 1e-9 && abs(mixed[0, 2] - 10.8) < 1e-9)
        #expect(mixed[0, 1] > 0.99 && mixed[0, 1] < 10.01)
    }
}

@Suite struct ConformalQuantileTests {
    @Test func theOffsetIsAnOrderStatistic() throws {
        // Scores |y| − 1 of nine targets; α = .2: rank ⌈.8 · 10⌉ = 8.
        let targets: Vector = [0, 1, 2, 3, 4, 5, 6, 7, 8]
        let quantiles = Matrix(rows: 9, columns: 3) { [-1.0, 0, 1][$1] * Double($0 + 1) / Double($0 + 1) }
        let conformal = try ConformalQuantiles(calibrating: quantiles, targets: targets, levels: [0.1, 0.5, 0.9])
        #expect(conformal.offsets == [6])
        #expect(try conformal([[0, 3, 4]]) == [[-6, 3, 10]])
        let few = try ConformalQuantiles(
            calibrating: quantiles[0..<3, 0..<3], targets: [0, 1, 2], levels: [0.1, 0.5, 0.9])
        #expect(few.offsets == [Double.infinity])
    }

    @Test func coverageIsThatOfABetaVariable() throws {
        // Exchangeable scores: coverage is Beta(rank, n + 1 − rank), of mean rank/(n + 1) = .8 for n = 199.
        var generator = Philox(seed: 5)
        var coverages: [Double] = []
        for _ in 0..<60 {
            func sample(_ count: Int) -> (Matrix, Vector) {
                let x = generator.normalVector(count: count)
                // Far too narrow an interval around a wrong centre.
                return (Matrix(rows: count, columns: 2) { x[$0] + [0.1, 0.3][$1] }, x + generator.normalVector(count: count))
            }
            let (calibration, targets) = sample(199)
            let conformal = try ConformalQuantiles(calibrating: calibration, targets: targets, levels: [0.1, 0.9])
            let (test, truth) = sample(1000)
            coverages.append(
                try quantileCoverage(of: conformal(test), targets: truth, levels: [0.1, 0.9]).covered[0])
        }
        let mean = coverages.reduce(0, +) / 60
        // Standard deviation of one: √(.16/200 + .16/1000) ≈ .031; five of the mean's.
        #expect(abs(mean - 0.8) < 5 * 0.031 / 60.0.squareRoot())
    }

    @Test func crossValidationPlusByHand() throws {
        // Two folds whose models predict constants; α = .5, n = 4: rank ⌈.5 · 5⌉ = 3.
        let heldOut: Matrix = [[0, 1], [0, 1], [2, 3], [2, 3]]
        let targets: Vector = [2, -1, 2.5, 5]
        // Scores: 1, 1, −.5, 2.
        let result = try ConformalQuantiles.crossValidationPlus(
            heldOut: heldOut, targets: targets, folds: [0, 0, 1, 1], predictions: [[[0, 1]], [[2, 3]]],
            levels: [0.25, 0.75])
        // Lower ends 0 − 1, 0 − 1, 2 + .5, 2 − 2: sorted −1, −1, 0, 2.5, the second; upper 2, 2, 2.5, 5, the third.
        #expect(result == [[-1, 2.5]])
    }
}

@Suite struct QuantileLearnerTests {
    @Test func linearQuantileRegressionSolvesItsProgram() throws {
        // x[i] = (sin(3i + 1), sin(3i + 4)), y[i] = 2cos(5i) + i/10; scipy.optimize.linprog(method="highs") of
        // min Σ τu + (1 − τ)v, Xβ + u − v = y.
        let features = Matrix(rows: 12, columns: 2) { sin(3 * Double($0) + Double(($1 + 1) * ($1 + 1))) }
        let y = Vector((0..<12).map { cos(5 * Double($0)) * 2 + Double($0) * 0.1 })
        let model = try LinearQuantileRegression().fit(features: features, response: y, levels: [0.3, 0.5, 0.8])
        let reference = [
            [-0.12291754086728626, 1.3552087745893435, -0.854888818799565],
            [0.9069606046726367, -0.012071960383998583, -0.3786566179176131],
            [2.4030631574061756, 1.330277477685261, 2.0116913805923695],
        ]
        for (row, expected) in reference.enumerated() {
            #expect(abs(model.intercepts[row] - expected[0]) < 1e-9)
            #expect(abs(model.slopes[row, 0] - expected[1]) < 1e-9 && abs(model.slopes[row, 1] - expected[2]) < 1e-9)
        }
    }

    @Test func aTreeFindsTheBestSplit() throws {
        var generator = Philox(seed: 2)
        let features = generator.uniformMatrix(rows: 60, columns: 3)
        let response = (0..<60).map { features[$0, 1] > 0.4 ? 2.0 : -1 }
        let tree = RegressionTree(
            bins: try FeatureBins(features, maximumBins: 128), response: response, observations: Array(0..<60),
            options: RegressionTreeOptions(maximumDepth: 1, minimumLeafSize: 1), using: &generator)
        #expect(tree.leaves.count == 2)
        for (row, leaf) in tree.leaves(of: features).enumerated() {
            #expect((leaf == 1) == (features[row, 1] > 0.4))
        }
    }

    @Test func neighboursAndForestsReadTheTrainingResponses() throws {
        var generator = Philox(seed: 3)
        let features = generator.uniformMatrix(rows: 300, columns: 2)
        let response = Vector((0..<300).map { features[$0, 0] > 0.5 ? 10 + generator.uniform() : generator.uniform() })
        let levels = [0.1, 0.5, 0.9]
        let all = NearestNeighborQuantiles(neighborCount: 300)
        let whole = try all.fit(features: features, response: response, levels: levels, using: &generator)
            .quantiles(at: [[0.1, 0.1]])
        let expected = try quantiles(of: response, at: levels, method: .hazen)
        #expect(Array(whole.row(0)) == expected)
        let learners: [any QuantileLearner] = [
            NearestNeighborQuantiles(neighborCount: 30), QuantileForest(treeCount: 40), BoostedQuantileTrees(rounds: 100),
        ]
        for learner in learners {
            let model = try learner.fit(features: features, response: response, levels: levels, using: &generator)
            let quantiles = try model.quantiles(at: [[0.2, 0.5], [0.8, 0.5]])
            for level in 0..<3 {
                // A quantile of a uniform variable of 30 and more observations, to five standard errors.
                #expect(abs(quantiles[0, level] - levels[level]) < 0.4)
                #expect(abs(quantiles[1, level] - 10 - levels[level]) < 0.4)
            }
        }
    }

    @Test func networksLearnTheNormalsQuantiles() throws {
        var generator = Philox(seed: 4)
        let features = generator.uniformMatrix(rows: 1500, columns: 1, in: -1..<1)
        let response = Vector((0..<1500).map { 3 * features[$0, 0] + (0.5 + 0.4 * features[$0, 0]) * generator.normal() })
        let levels = [0.1, 0.5, 0.9]
        let test = Matrix(rows: 5, columns: 1) { -0.8 + 0.4 * Double($0) + 0 * Double($1) }
        for learner in [GaussianNetwork(), QuantileNetwork()] as [any QuantileLearner] {
            let predicted = try learner.fit(features: features, response: response, levels: levels, using: &generator)
                .quantiles(at: test)
            for row in 0..<5 {
                for (column, z) in [-1.2815515655446004, 0, 1.2815515655446004].enumerated() {
                    let x = test[row, 0]
                    #expect(abs(predicted[row, column] - 3 * x - (0.5 + 0.4 * x) * z) < 0.2)
                }
            }
        }
    }

    @Test func badInputIsNamed() {
        var generator = Philox(seed: 0)
        let error = #expect(throws: StatisticsError.self) {
            _ = try QuantileForest().fit(features: [[1], [2], [.nan]], response: [1, 2, 3], levels: [0.5], using: &generator)
        }
        #expect(error?.description.contains("features, row 2") == true)
        #expect(throws: StatisticsError.self) {
            _ = try LinearQuantileRegression().fit(features: [[1], [2]], response: [1, 2], levels: [0.5, 0.4])
        }
    }
}
