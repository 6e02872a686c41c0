import DeepLearning
import Mathematics

/// amplitude · sin(0.7 i + phase) for the elements i in order: numbers that a reference can be given as easily.
func wave(_ shape: TensorShape, _ phase: Double, _ amplitude: Double = 1) -> Tensor<Double> {
    sin(Tensor<Double>.range(shape.scalarCount) * 0.7 + phase).reshaped(to: shape) * amplitude
}

/// A list of tensors with names, to differentiate with respect to.
struct Arguments: Parameterized {
    var tensors: [Tensor<Double>]

    init(_ tensors: Tensor<Double>...) { self.tensors = tensors }

    subscript(index: Int) -> Tensor<Double> { tensors[index] }

    mutating func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows {
        try tensors.forEachParameter(body)
    }
}
