import DeepLearning
import Testing

@Suite struct ArithmeticGradientTests {
    /// Every way in which two shapes can broadcast: equal, row, column, number, both sides, missing axes, middle axes.
    static let shapes: [(TensorShape, TensorShape)] = [
        ([], []), ([3], [3]), ([2, 3], [2, 3]), ([2, 3], [3]), ([3], [2, 3]), ([2, 3], [1, 3]), ([2, 3], [2, 1]),
        ([2, 1], [2, 3]), ([2, 1], [1, 3]), ([3, 1], [4]), ([2, 3], []), ([], [2, 3]), ([2, 3], [1]), ([1], [2, 3]),
        ([2, 3, 4], [3, 1]), ([2, 3, 4], [2, 1, 4]), ([2, 1, 4], [3, 1]), ([2, 3, 4], [2, 1, 1]), ([2, 3, 4], [2, 3, 1]),
        ([1, 2, 1, 2], [2, 1, 3, 1]), ([1, 1, 2, 1, 1, 2, 1, 1], [2, 1, 1, 1, 2, 1, 1, 2]), ([2, 0], [2, 1]),
    ]

    @Test(arguments: 0..<shapes.count) func binary(_ index: Int) {
        let (first, second) = Self.shapes[index]
        let pair = ParameterPair(normal(first, seed: 1), uniform(second, 0.5...2, seed: 2))
        let comment: Comment = "\(first) and \(second)"
        expectGradientsMatchFiniteDifferences(at: pair, comment) { $0.first + $0.second }
        expectGradientsMatchFiniteDifferences(at: pair, comment) { $0.first - $0.second }
        expectGradientsMatchFiniteDifferences(at: pair, comment) { $0.first * $0.second }
        expectGradientsMatchFiniteDifferences(at: pair, comment) { $0.first / $0.second }
        expectGradientsMatchFiniteDifferences(at: pair, tolerance: 1e-6, comment) { pow($0.second, $0.first) }
        // Far from where they are equal.
        let apart = ParameterPair(sign(normal(first, seed: 3)) * 2 + 0.3 * pair.first.clamped(from: -1, to: 1), pair.second * 0.4)
        expectGradientsMatchFiniteDifferences(at: apart, comment) { maximum($0.first, $0.second) }
        expectGradientsMatchFiniteDifferences(at: apart, comment) { minimum($0.first, $0.second) }
    }

    @Test func withNumbers() {
        let x = uniform([2, 3], 0.5...2)
        expectGradientsMatchFiniteDifferences(at: x) { $0 + 3 }
        expectGradientsMatchFiniteDifferences(at: x) { 3 + $0 }
        expectGradientsMatchFiniteDifferences(at: x) { $0 - 3 }
        expectGradientsMatchFiniteDifferences(at: x) { 3 - $0 }
        expectGradientsMatchFiniteDifferences(at: x) { $0 * 3 }
        expectGradientsMatchFiniteDifferences(at: x) { 3 * $0 }
        expectGradientsMatchFiniteDifferences(at: x) { $0 / 3 }
        expectGradientsMatchFiniteDifferences(at: x) { 3 / $0 }
        expectGradientsMatchFiniteDifferences(at: x) { -$0 }
        expectGradientsMatchFiniteDifferences(at: x) { x in
            var y = x
            y += x
            y *= x
            y -= 0.5
            y /= x + 1
            y /= 2
            y *= 3
            y += 1
            y -= x
            return y
        }
    }

    @Test func sameTensorTwice() {
        let x = uniform([2, 3], 0.5...2)
        expectGradientsMatchFiniteDifferences(at: x) { $0 * $0 * $0 / ($0 + $0) }
        expectGradientsMatchFiniteDifferences(at: x) { $0 * $0.transposed().reshaped(to: [2, 3]) }
    }

    @Test func clamping() {
        let x: Tensor<Double> = [-3, -0.5, 0.25, 0.9, 2]
        expectGradientsMatchFiniteDifferences(at: x) { $0.clamped(from: -1, to: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.clamped(to: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.clamped(from: 0) }
    }
}
