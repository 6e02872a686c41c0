import Architectures
import BenchmarkMeasuring
import Mathematics

/// The algorithms of two-pass-softmax (arXiv:2001.04438) against SciPy's softmax, in single precision, within the
/// caches and beyond them. The peer's side is `Scripts/lib/peers/softmax.py`.
let softmaxCases: [@Sendable () throws -> ComparedCase] = [12, 18, 24].flatMap { logarithm in
    SoftmaxAlgorithm.allCases.map { algorithm in { @Sendable in softmaxCase(logarithm: logarithm, algorithm) } }
}

private func softmaxCase(logarithm: Int, _ algorithm: SoftmaxAlgorithm) -> ComparedCase {
    var generator = Philox(seed: 1)
    let values = DenseVector<Float>(count: 1 << logarithm) { _ in Float(generator.uniform()) * 2000 - 1000 }
    return ComparedCase(
        "softmax of 2^\(logarithm) numbers, \(algorithm.rawValue)", peerName: "softmax",
        inputs: ["x": NumericArray(Array(values))], bar: .speed(atLeast: 1)
    ) {
        try softmax(of: values, by: algorithm)
    } results: { y in
        // Single precision on both sides.
        [Output("probabilities", y.map(Double.init), tolerance: 2e-6)]
    }
}
