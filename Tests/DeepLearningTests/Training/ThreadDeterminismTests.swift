import DeepLearning
import Mathematics
import Testing

/// The same seed gives the same bits at one and at two threads: losses and parameters after steps of training.
@Suite struct ThreadDeterminismTests {
    /// The losses and the trained parameters, bit by bit.
    private func trained<Model: Parameterized>(
        _ model: Model, steps: Int = 3, _ loss: (Model) -> Tensor<Float>
    ) -> [UInt32] where Model.Scalar == Float {
        var model = model
        var optimizer = Adam<Model>(learningRate: 1e-2)
        var bits: [UInt32] = []
        for _ in 0..<steps {
            let (value, gradient) = valueAndGradient(at: model, loss)
            optimizer.update(&model, along: gradient)
            bits.append(value.scalar.bitPattern)
        }
        return bits + model.parameters.flatMap { $0.scalars.map(\.bitPattern) }
    }

    private func expectSameBits(_ train: () -> [UInt32]) {
        let several = train()
        #expect(BLASThreads.withSingleThread(train) == several)
        #expect(several.contains { $0 != 0 })
    }

    /// Small enough for one thread, and cut into parts for several.
    @Test(arguments: [256, 7000]) func perceptron(_ count: Int) {
        var generator = Philox(seed: 1)
        let model = Perceptron<Float>(widths: [3, 80, 80, 80, 1], activation: .softplus(beta: 100), using: &generator)
        let points = Tensor<Float>.randomUniform([count, 3], from: -1, to: 1, using: &generator)
        expectSameBits { trained(model) { ($0(points) - 0.5).squared().mean() } }
        expectSameBits {
            trained(model) { model in
                let jet = model(Jet(variables: points, laplacianOver: 2))
                return (jet.derivative(along: 2) - jet.laplacian).squared().mean()
            }
        }
    }

    /// Products large enough for OpenBLAS and its threads.
    @Test func wideLayers() {
        var generator = Philox(seed: 2)
        let layers = [
            Linear<Float>(inputs: 700, outputs: 600, using: &generator), Linear(inputs: 600, outputs: 3, using: &generator),
        ]
        let x = Tensor<Float>.randomNormal([900, 700], using: &generator)
        expectSameBits { trained(layers) { ($0[1](relu($0[0](x))) - 0.5).squared().mean() } }
    }

    @Test func lstm() {
        var generator = Philox(seed: 3)
        let model = LSTM<Float>(inputs: 16, width: 96, using: &generator)
        let x = Tensor<Float>.randomNormal([48, 24, 16], using: &generator)
        expectSameBits { trained(model) { ($0.last(x) - 0.2).squared().mean() } }
    }

    @Test func transformer() throws {
        var generator = Philox(seed: 4)
        let model = try TinyLM<Float>(TinyLMConfiguration(vocabularySize: 64) { $0.contextLength = 64 }, using: &generator)
        let tokens = Tensor<Int>(shape: [16, 65], scalars: (0..<16 * 65).map { _ in generator.integer(below: 64) })
        expectSameBits { trained(model) { -$0.logProbabilities(of: tokens).mean() } }
    }
}
