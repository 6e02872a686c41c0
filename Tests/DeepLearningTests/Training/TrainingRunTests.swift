import DeepLearning
import Mathematics
import Testing

struct TrainingRunTests {
    struct Problem {
        var inputs: Tensor<Double>, targets: Tensor<Double>

        init() {
            var generator = Philox(seed: 12)
            inputs = .randomNormal([64, 3], using: &generator)
            targets = matmul(inputs, [[1, -2], [0.5, 0], [3, 1]]) + ([0.25, -1] as Tensor<Double>)
        }
    }

    static func run(seed: UInt64, steps: Int = 300) throws -> (Linear<Double>, TrainingHistory<Linear<Double>>, [Int]) {
        let problem = Problem()
        var generator = Philox(seed: seed)
        var model = Linear<Double>(inputs: 3, outputs: 2, using: &generator)
        var batches = try MiniBatches(count: 64, batchSize: 20)
        var training = Training(Adam<Linear<Double>>(), steps: steps)
        training.schedule = .cosine(from: 0.1, steps: steps)
        training.gradientNormLimit = 10
        var reported: [Int] = []
        let history = try training.run(on: &model) { reported.append($0.number) } loss: { model, _ in
            let rows = batches.next(using: &generator)
            return meanSquaredError(model(problem.inputs.rows(rows)), problem.targets.rows(rows))
        }
        return (model, history, reported)
    }

    @Test func findsTheLinearMap() throws {
        let (model, history, reported) = try Self.run(seed: 3)
        let expected: Tensor<Double> = [[1, -2], [0.5, 0], [3, 1]]
        #expect(abs(model.weight - expected).max().scalar < 1e-3)
        #expect(reported == Array(0..<300))
        #expect(history.losses.count == 300)
        #expect(history.meanOfLastLosses(10) < 1e-5)
    }

    @Test func sameSeedSameBits() throws {
        #expect(try Self.run(seed: 3, steps: 40).0.parameters == Self.run(seed: 3, steps: 40).0.parameters)
        #expect(try Self.run(seed: 3, steps: 40).0.weight != Self.run(seed: 4, steps: 40).0.weight)
    }

    @Test func stopsEarlyAndKeepsTheBest() throws {
        // Gradient descent on x²/2 with a rate that grows past 2 converges, then diverges.
        var x: Tensor<Double> = [1]
        var training = Training(StochasticGradientDescent<Tensor<Double>>(learningRate: 0), steps: 100)
        training.schedule = .linear(from: 0.5, to: 10.5, steps: 100)
        training.validationInterval = 1
        training.patience = 5
        var measures: [Double] = []
        let history = try training.run(on: &x, validate: { abs($0.scalar) }) {
            if let value = $0.validation { measures.append(value) }
        } loss: { x, _ in x.squared().sum() * 0.5 }
        #expect(history.stoppedEarly)
        let best = try #require(measures.min())
        #expect(abs(x.scalar) == best)
        #expect(measures.firstIndex(of: best) == measures.count - 6)
    }

    @Test func badSettingsAndLossesAreErrors() {
        var x: Tensor<Double> = [1]
        var training = Training(StochasticGradientDescent<Tensor<Double>>(learningRate: 1), steps: 3)
        #expect(throws: TrainingError.diverged(step: 0, loss: .infinity)) {
            _ = try training.run(on: &x) { x, _ in (x / 0).sum() }
        }
        training.validationInterval = 0
        #expect(throws: TrainingError.invalidArgument(name: "validationInterval", value: "0", expected: "at least 1")) {
            _ = try training.run(on: &x) { x, _ in x.sum() }
        }
        #expect(throws: TrainingError.self) { try MiniBatches(count: 0, batchSize: 3) }
        #expect(throws: TrainingError.self) { try MiniBatches(count: 2, batchSize: 3, dropsLast: true) }
    }

    @Test func batchesPartitionEachPass() throws {
        var generator = Philox(seed: 5)
        var batches = try MiniBatches(count: 10, batchSize: 4)
        for _ in 0..<3 {
            let pass = (0..<3).map { _ in batches.next(using: &generator) }
            #expect(pass.map(\.count) == [4, 4, 2])
            #expect(pass.flatMap { $0 }.sorted() == Array(0..<10))
        }
        #expect(batches.passCount == 3)
        var even = try MiniBatches(count: 10, batchSize: 4, dropsLast: true)
        #expect((0..<4).map { _ in even.next(using: &generator).count } == [4, 4, 4, 4])
        #expect(even.passCount == 2 && even.batchesPerPass == 2)
        let split = try trainingSplit(count: 10, validationFraction: 0.25, using: &generator)
        #expect(split.validation.count == 3)    // 2.5 rounds away from zero
        #expect((split.training + split.validation).sorted() == Array(0..<10))
    }

    @Test func shardedGradientIsThatOfTheWholeAtAnyNumberOfThreads() {
        var generator = Philox(seed: 2)
        let model = Perceptron<Float>(widths: [5, 16, 3], activation: .tanh, using: &generator)
        let x = Tensor<Float>.randomNormal([33, 5], using: &generator)
        let y = Tensor<Int>((0..<33).map { _ in generator.integer(below: 3) })
        func sharded(_ threads: Int) -> (value: Tensor<Float>, gradient: Perceptron<Float>) {
            valueAndGradient(at: model, shards: 4, maximumThreads: threads) { model, shard in
                let rows = shardRange(shard, of: 4, count: 33)
                return model(x[rows]).crossEntropies(y[rows]).sum() / 33
            }
        }
        let one = sharded(1), two = sharded(2)
        #expect(one.value == two.value)
        #expect(one.gradient.parameters == two.gradient.parameters)
        let whole = valueAndGradient(at: model) { crossEntropy($0(x), y) }
        #expect(abs(whole.value.scalar - one.value.scalar) < 1e-6)
        for (a, b) in zip(whole.gradient.parameters, one.gradient.parameters) {
            #expect(abs(a - b).max().scalar < 1e-6)
        }
        #expect((0..<4).map { shardRange($0, of: 4, count: 33).count } == [8, 8, 8, 9])
    }
}
