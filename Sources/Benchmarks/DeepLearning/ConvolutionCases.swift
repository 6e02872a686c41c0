import BenchmarkMeasuring
import DeepLearning
import Mathematics

/// Networks on images.
let convolutionCases: [(String, CaseMaker)] = [
    (
        "CNN 3-16-32-64 on 32x32, batch 32, Adam step",
        { name in
            var generator = Philox(seed: 1)
            let model = SmallConvolutionNetwork(channels: [3, 16, 32, 64], classes: 10, using: &generator)
            let images = Tensor<Float>.randomNormal([32, 3, 32, 32], using: &generator)
            let labels = Tensor<Int>((0..<32).map { _ in generator.integer(below: 10) })
            return trainingCase(
                name, peerName: "convolution_step",
                settings: ["channels0": 3, "channels1": 16, "channels2": 32, "channels3": 64], model: model,
                inputs: ["x": NumericArray(images), "y": NumericArray(labels)], bar: .none, tolerance: 1e-3
            ) { model in
                -model(images).logSoftmax().picking(labels).mean()
            }
        }
    )
]

/// Convolutions of 3 × 3, each followed by ReLU and pooling to half the size, and a linear layer.
private struct SmallConvolutionNetwork: Parameterized {
    var convolutions: [Convolution2D<Float>]
    var head: Linear<Float>

    init<G: RandomNumberGenerator>(channels: [Int], classes: Int, using generator: inout G) {
        convolutions = zip(channels, channels.dropFirst()).map {
            Convolution2D(channels: $0, outputs: $1, filter: 3, geometry: ConvolutionGeometry(padding: 1), using: &generator)
        }
        head = Linear(inputs: channels[channels.count - 1] * 16, outputs: classes, using: &generator)
    }

    func callAsFunction(_ images: Tensor<Float>) -> Tensor<Float> {
        var x = images
        for convolution in convolutions { x = maximumPooling2D(relu(convolution(x)), window: 2) }
        return head(x.reshaped(to: [x.shape[0], x.count / x.shape[0]]))
    }

    mutating func forEachParameter(_ body: (inout Tensor<Float>) throws -> Void) rethrows {
        try convolutions.forEachParameter(body)
        try head.forEachParameter(body)
    }
}
