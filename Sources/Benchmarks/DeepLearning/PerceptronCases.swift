import BenchmarkMeasuring
import DeepLearning
import Mathematics
import Science

/// Small networks, where the work around the arithmetic decides.
let perceptronCases: [(String, CaseMaker)] = [
    (
        "MLP 2-64-64-1, batch 256, Adam step",
        { name in
            let (model, x, y) = smallPerceptron()
            return trainingCase(
                name, peerName: "perceptron_step", model: model, inputs: ["x": NumericArray(x), "y": NumericArray(y)],
                bar: .overhead
            ) { model in
                (model(x) - y).squared().mean()
            }
        }
    ),
    ("MLP 3-80-80-80-1, Fokker-Planck step, 256 points", { fokkerPlanckStep($0, points: 256) }),
    ("MLP 3-80-80-80-1, Fokker-Planck step, 2000 points", { fokkerPlanckStep($0, points: 2000) }),
    (
        "MLP 2-64-64-1, batch 256, Hessian-vector product",
        { name in
            let (model, x, y) = smallPerceptron()
            var generator = Philox(seed: 5)
            let direction = model.mapParameters { .randomNormal($0.shape, using: &generator) }
            var inputs = ["x": NumericArray(x), "y": NumericArray(y)]
            for (index, parameter) in model.parameters.enumerated() { inputs["p\(index)"] = NumericArray(parameter) }
            for (index, part) in direction.parameters.enumerated() { inputs["v\(index)"] = NumericArray(part) }
            return ComparedCase(name, peerName: "hessian_vector_product", inputs: inputs, bar: .overhead) {
                hessianVectorProduct(at: model, along: direction) { ($0(x) - y).squared().mean() }
            } results: { product in
                product.parameters.enumerated().map { index, part in
                    Output("product \(index)", part.scalars.map(Double.init), tolerance: 1e-4)
                }
            }
        }
    ),
]

extension Bar {
    /// PyTorch's work around the arithmetic decides: at least three times as fast.
    static let overhead = Bar.speed(atLeast: 3)
    /// The arithmetic decides: never slower.
    static let neverSlower = Bar.speed(atLeast: 1)
}

private func smallPerceptron() -> (model: Perceptron<Float>, x: Tensor<Float>, y: Tensor<Float>) {
    var generator = Philox(seed: 1)
    let model = Perceptron<Float>(widths: [2, 64, 64, 1], activation: .tanh, using: &generator)
    let x = Tensor<Float>.randomNormal([256, 2], using: &generator)
    return (model, x, sin(x[0..., 0..<1] * 2) + x[0..., 1..<2])
}

private func fokkerPlanckStep(_ name: String, points count: Int) -> ComparedCase {
    var generator = Philox(seed: 2)
    let model = ScoreModel(.potential, hiddenWidth: 80, using: &generator)
    let points = Tensor<Float>.randomUniform([count, 3], from: -1, to: 1, using: &generator)
    // PyTorch's softplus is linear from βx = 20 on, so that its second derivative is cut off at 2e-7.
    return trainingCase(
        name, peerName: "fokker_planck_step", model: model, inputs: ["x": NumericArray(points)], bar: .overhead,
        tolerance: 1e-3
    ) { model in
        model.fokkerPlanckResidual(at: points).squared().mean()
    }
}
