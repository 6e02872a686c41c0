/// A multilayer perceptron with one smooth activation between its layers, which can be evaluated with its
/// derivatives by the inputs.
public struct Perceptron<Scalar: TensorScalar>: Parameterized, Sendable {
    public var layers: [Linear<Scalar>]
    /// The activation between the layers; none behind the last.
    public let activation: JetActivation<Scalar>

    /// Layers of the given widths: inputs, hidden layers, outputs.
    public init<G: RandomNumberGenerator>(
        widths: [Int], activation: JetActivation<Scalar>, using generator: inout G
    ) {
        layers = zip(widths, widths.dropFirst()).map { Linear(inputs: $0, outputs: $1, using: &generator) }
        self.activation = activation
    }

    /// [points, inputs] gives [points, outputs].
    public func callAsFunction(_ x: Tensor<Scalar>) -> Tensor<Scalar> {
        var x = x
        for (index, layer) in layers.enumerated() {
            x = layer(x)
            if index < layers.count - 1 {
                // The jet's rule, without directions: the value with its derivative.
                x = Jet(parts: x.expandingShape(at: 0), directionCount: 0, spatialCount: 0, hasLaplacian: false)
                    .applying(activation).value
            }
        }
        return x
    }

    /// The outputs with their derivatives.
    public func callAsFunction(_ jet: Jet<Scalar>) -> Jet<Scalar> {
        var jet = jet
        for (index, layer) in layers.enumerated() {
            jet = jet.applying(layer)
            if index < layers.count - 1 { jet = jet.applying(activation) }
        }
        return jet
    }

    public mutating func forEachParameter(_ body: (inout Tensor<Scalar>) throws -> Void) rethrows {
        try layers.forEachParameter(body)
    }
}
