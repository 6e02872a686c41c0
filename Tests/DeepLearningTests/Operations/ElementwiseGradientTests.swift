import DeepLearning
import Testing

@Suite struct ElementwiseGradientTests {
    static let everywhere: [(String, @Sendable (Tensor<Double>) -> Tensor<Double>)] = [
        ("exp", { exp($0) }), ("expm1", { expm1($0) }), ("sin", { sin($0) }), ("cos", { cos($0) }), ("atan", { atan($0) }),
        ("sinh", { sinh($0) }), ("cosh", { cosh($0) }), ("tanh", { tanh($0) }), ("erf", { erf($0) }),
        ("squared", { $0.squared() }), ("pow 2", { pow($0, 2) }), ("pow 3", { pow($0, 3) }), ("pow 1", { pow($0, 1) }),
        ("pow 0", { pow($0, 0) }), ("sigmoid", { sigmoid($0) }), ("softplus", { softplus($0) }),
        ("softplus 3", { softplus($0, beta: 3) }), ("logSigmoid", { logSigmoid($0) }), ("silu", { silu($0) }),
        ("gelu", { gelu($0) }), ("geluTanh", { geluTanh($0) }), ("tan", { tan($0 * 0.5) }),
    ]
    static let awayFromZero: [(String, @Sendable (Tensor<Double>) -> Tensor<Double>)] = [
        ("relu", { relu($0) }), ("leakyRelu", { leakyRelu($0, slope: 0.2) }), ("elu", { elu($0, 1.5) }), ("abs", { abs($0) }),
        ("pow -1", { pow($0, -1) }), ("pow -2", { pow($0, -2) }),
        ("sign, floor and round", { $0 * (sign($0) + floor($0) + round($0)) }),
    ]
    static let positive: [(String, @Sendable (Tensor<Double>) -> Tensor<Double>)] = [
        ("log", { log($0) }), ("log1p", { log1p($0) }), ("sqrt", { sqrt($0) }), ("rsqrt", { rsqrt($0) }),
        ("pow 0.3", { pow($0, 0.3) }), ("pow -1.7", { pow($0, -1.7) }),
    ]

    @Test(arguments: 0..<everywhere.count) func atAnyPoint(_ index: Int) {
        let (name, function) = Self.everywhere[index]
        // 23 elements: more than one vector register and a rest.
        expectGradientsMatchFiniteDifferences(at: uniform([23], -2...2), "\(name)", function)
        expectGradientsMatchFiniteDifferences(at: uniform([3, 5], -2...2).transposed(), "\(name) of a view", function)
    }

    @Test(arguments: 0..<awayFromZero.count) func awayFromKinks(_ index: Int) {
        let (name, function) = Self.awayFromZero[index]
        let x: Tensor<Double> = [-2.3, -1.7, -0.8, -0.4, 0.3, 0.7, 1.2, 1.8, 2.1]
        expectGradientsMatchFiniteDifferences(at: x, tolerance: 1e-6, "\(name)", function)
    }

    @Test(arguments: 0..<positive.count) func ofPositiveNumbers(_ index: Int) {
        let (name, function) = Self.positive[index]
        expectGradientsMatchFiniteDifferences(at: uniform([23], 0.5...3), "\(name)", function)
    }
}
