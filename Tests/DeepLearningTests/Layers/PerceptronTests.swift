import DeepLearning
import Mathematics
import Testing

/// The kernels for whole perceptrons against finite differences and against the same network layer by layer.
@Suite struct PerceptronTests {
    static let activations: [JetActivation<Double>] = [.tanh, .sine, .softplus(beta: 2)]

    private func network(_ activation: JetActivation<Double>, hasBias: Bool = true) -> Perceptron<Double> {
        var generator = Philox(seed: 3)
        var network = Perceptron<Double>(widths: [3, 7, 17, 2], activation: activation, using: &generator)
        if !hasBias { for index in network.layers.indices { network.layers[index].bias = nil } }
        return network
    }

    /// All modes and orders, by the parameters and the points, with and without biases.
    @Test(arguments: activations.indices, [true, false]) func differentiates(_ activation: Int, _ hasBias: Bool) {
        let network = network(Self.activations[activation], hasBias: hasBias)
        let points = normal([5, 3])
        expectGradientsMatchFiniteDifferences(at: ParameterPair(network, points), tolerance: 1e-6) { $0.first($0.second) }
        expectGradientsMatchFiniteDifferences(at: network, tolerance: 1e-6) { $0(points) }
    }

    /// The public way to a Hessian-vector product, against differences of the gradient.
    @Test(arguments: activations.indices) func hessianVectorProducts(_ activation: Int) {
        let network = network(Self.activations[activation]), points = normal([6, 3])
        var generator = Philox(seed: 4)
        let direction = network.mapParameters { .randomNormal($0.shape, using: &generator) }
        func loss(_ network: Perceptron<Double>) -> Tensor<Double> { (network(points) - 0.3).squared().mean() }
        func slope(_ step: Double) -> [Double] {
            gradient(at: network.combined(with: direction) { $0 + $1 * step }, loss).parameters.flatMap(\.scalars)
        }
        let h = 1e-3
        let (a, b, c, d) = (slope(h), slope(-h), slope(2 * h), slope(-2 * h))
        let expected = a.indices.map { (8 * (a[$0] - b[$0]) - (c[$0] - d[$0])) / (12 * h) }
        let product = hessianVectorProduct(at: network, along: direction, loss).parameters.flatMap(\.scalars)
        expectClose(Tensor(product), expected, tolerance: 1e-8)
    }

    /// Jets with and without a Laplacian over several blocks of points, and their gradient, against the layers applied
    /// one after the other.
    @Test(arguments: activations.indices, [nil, 2, 3] as [Int?]) func jets(_ activation: Int, _ laplacian: Int?) {
        let activation = Self.activations[activation]
        let network = network(activation), points = normal([301, 3])
        func layerByLayer(_ network: Perceptron<Double>) -> Tensor<Double> {
            var jet = Jet(variables: points, laplacianOver: laplacian)
            for (index, layer) in network.layers.enumerated() {
                jet = jet.applying(layer)
                if index < network.layers.count - 1 { jet = jet.applying(activation) }
            }
            return jet.parts
        }
        func whole(_ network: Perceptron<Double>) -> Tensor<Double> {
            network(Jet(variables: points, laplacianOver: laplacian)).parts
        }
        expectClose(whole(network), layerByLayer(network).scalars, tolerance: 1e-13)
        let weights = normal(whole(network).shape, seed: 8)
        let first = gradient(at: network) { (whole($0) * weights).sum() }
        let second = gradient(at: network) { (layerByLayer($0) * weights).sum() }
        for (a, b) in zip(first.parameters, second.parameters) { expectClose(a, b.scalars, shape: b.shape, tolerance: 1e-12) }
    }

    /// An activation of one's own has no kernel.
    @Test func activationOfOnesOwn() {
        let square = JetActivation<Double> { x, order in
            [x.squared(), x * 2, Tensor(repeating: 2, shape: x.shape), Tensor.zeros(x.shape)].prefix(order + 1).map { $0 }
        }
        let network = network(square), points = normal([4, 3])
        expectGradientsMatchFiniteDifferences(at: network, tolerance: 1e-6) { $0(points) }
    }
}
