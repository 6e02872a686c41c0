/// Dropout (Srivastava et al. 2014): in training each element is zero with a probability p, and the others are
/// multiplied by 1/(1 − p).
public struct Dropout: Sendable {
    /// p, in 0 ..< 1.
    public let probability: Double

    public init(probability: Double) {
        guard probability >= 0, probability < 1 else {
            fatalError("Dropout: the probability \(probability) does not lie in 0 ..< 1")
        }
        self.probability = probability
    }

    /// The elements with some of them dropped, which the generator chooses. Leave the layer out in evaluation.
    public func callAsFunction<Scalar: TensorScalar, G: RandomNumberGenerator>(
        _ x: Tensor<Scalar>, using generator: inout G
    ) -> Tensor<Scalar> {
        if probability == 0 { return x }
        let factor = Scalar(1 / (1 - probability))
        // 53 bits in place of a floating-point number for each element.
        let threshold = UInt64(probability * 0x1p53)
        let mask = Tensor<Scalar>(uninitialized: x.shape)
        for index in 0..<mask.count { mask.pointer[index] = generator.next() >> 11 < threshold ? 0 : factor }
        return x * mask
    }
}
