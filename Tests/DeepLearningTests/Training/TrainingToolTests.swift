import DeepLearning
import Mathematics
import Testing

struct TrainingToolTests {
    @Test func clippingKeepsTheDirection() {
        let gradient = ParameterPair([3, 0] as Tensor<Double>, [[4]] as Tensor<Double>)
        var clipped = gradient
        #expect(clipped.clip(toNorm: 1) == 5)
        #expect(clipped.first.scalars.elementsEqual([0.6, 0]) { abs($0 - $1) < 1e-15 })
        #expect(abs(clipped.second.scalar - 0.8) < 1e-15)
        #expect(gradient.clipped(toNorm: 6).second.scalar == 4)
        #expect(gradient.clipped(toMagnitude: 3.5).parameters.flatMap(\.scalars) == [3, 0, 3.5])
        #expect(ParameterPair([.nan] as Tensor<Double>, [1] as Tensor<Double>).clipped(toNorm: 1).second.scalar == 1)
    }

    /// After n updates with a constant x, the average of a start of 0 is (1 − δⁿ)x.
    @Test func movingAverage() {
        var average = ExponentialMovingAverage(of: [0] as Tensor<Double>, decay: 0.9)
        for _ in 0..<7 { average.update(with: [2]) }
        #expect(abs(average.model.scalar - 2 * (1 - 0.4782969)) < 1e-14)    // 0.9⁷ = 0.4782969
        var warm = ExponentialMovingAverage(of: [0] as Tensor<Double>, decay: 0.9, warmsUp: true)
        warm.update(with: [11])
        #expect(abs(warm.model.scalar - 9) < 1e-14)    // δ = 2/11
    }

    @Test func accumulatedPartsGiveTheGradientOfTheWhole() {
        var generator = Philox(seed: 1)
        let model = Linear<Double>(inputs: 3, outputs: 2, using: &generator)
        let x = Tensor<Double>.randomNormal([10, 3], using: &generator)
        let y = Tensor<Double>.randomNormal([10, 2], using: &generator)
        let whole = gradient(at: model) { meanSquaredError(tanh($0(x)), y) }
        var accumulator = GradientAccumulator<Linear<Double>>()
        for part in [0..<4, 4..<7, 7..<10] {
            accumulator.add(gradient(at: model) { meanSquaredError(tanh($0(x[part])), y[part]) }, weight: Double(part.count))
        }
        for (a, b) in zip(whole.parameters, accumulator.takeMean().parameters) {
            #expect(abs(a - b).max().scalar < 1e-14)
        }
        #expect(accumulator.totalWeight == 0)
    }

    @Test func earlyStoppingCountsFromTheBest() {
        var watch = EarlyStopping(patience: 2, minimumImprovement: 0.1)
        let values: [Double] = [1, 0.95, 0.8, .nan, 0.75]
        let decisions = values.map { watch.record($0) }
        #expect(decisions.map(\.isBest) == [true, false, true, false, false])
        #expect(decisions.map(\.shouldStop) == [false, false, false, false, true])
        #expect(watch.best?.value == 0.8 && watch.best?.index == 2)
        var hopeless = EarlyStopping(patience: 2)
        #expect(!hopeless.record(.nan).shouldStop)
        #expect(hopeless.record(.nan).shouldStop)
    }

    @Test func initialisersHaveTheirVariances() {
        var generator = Philox(seed: 4)
        func moments(_ x: Tensor<Double>) -> (variance: Double, largest: Double) {
            (x.squared().mean().scalar, abs(x).max().scalar)
        }
        let shape: TensorShape = [200, 300]
        let xavier = moments(.xavierUniform(shape, using: &generator))
        #expect(abs(xavier.variance - 2.0 / 500) < 4e-5)
        #expect(xavier.largest <= (6.0 / 500).squareRoot() && xavier.largest > 0.99 * (6.0 / 500).squareRoot())
        #expect(abs(moments(.xavierNormal(shape, gain: 2, using: &generator)).variance - 8.0 / 500) < 4e-4)
        #expect(abs(moments(.heNormal(shape, using: &generator)).variance - 2.0 / 200) < 2e-4)
        #expect(abs(moments(.heUniform([4, 5, 300, 10], inputs: 50, using: &generator)).variance - 2.0 / 50) < 1e-3)
        // scipy.stats.truncnorm(-2, 2).var() = 0.7737413035499232
        let truncated = moments(.truncatedNormal(shape, standardDeviation: 0.1, using: &generator))
        #expect(abs(truncated.variance - 0.007737413) < 1.2e-4)
        #expect(truncated.largest <= 0.2)
    }

    @Test(arguments: [[5, 3] as TensorShape, [3, 5], [4, 4], [4, 2, 3]])
    func orthogonalMatricesAreOrthogonal(shape: TensorShape) {
        var generator = Philox(seed: 4)
        let q = Tensor<Double>.orthogonal(shape, gain: 2, using: &generator).reshaped(to: [shape[0], -1])
        let product = q.shape[0] >= q.shape[1] ? matmul(q.transposed(), q) : matmul(q, q.transposed())
        #expect(abs(product - Tensor.identity(product.shape[0]) * 4).max().scalar < 1e-14)
    }

    /// The trace of a uniform orthogonal matrix has mean 0 and variance 1; without the sign correction its mean is
    /// far from 0.
    @Test func orthogonalMatricesAreUniform() {
        var generator = Philox(seed: 9)
        let traces = (0..<2000).map { _ in
            (Tensor<Double>.orthogonal([3, 3], using: &generator) * Tensor.identity(3)).sum().scalar
        }
        #expect(abs(traces.reduce(0, +) / 2000) < 0.08)
        #expect(abs(traces.reduce(0) { $0 + $1 * $1 } / 2000 - 1) < 0.12)
    }
}
