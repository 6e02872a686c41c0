import DeepLearning
import Testing

/// Derivatives of reductions, views, slices, joins and selections.
@Suite struct StructureGradientTests {
    @Test func reductionsOverEveryAxis() {
        let x = normal([2, 3, 4])
        for axis in -3..<3 {
            for keeping in [false, true] {
                let comment: Comment = "axis \(axis)"
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.sum(along: axis, keepingAxes: keeping) }
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.mean(along: axis, keepingAxes: keeping) }
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.variance(along: axis, keepingAxes: keeping) }
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.max(along: axis, keepingAxes: keeping) }
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.min(along: axis, keepingAxes: keeping) }
                expectGradientsMatchFiniteDifferences(at: x, comment) { $0.logSumExp(along: axis, keepingAxes: keeping) }
            }
            expectGradientsMatchFiniteDifferences(at: x) { $0.softmax(along: axis) }
            expectGradientsMatchFiniteDifferences(at: x) { $0.logSoftmax(along: axis) }
        }
        for axes in [[0, 1], [0, 2], [1, 2], [-1, 0], [0, 1, 2], []] {
            expectGradientsMatchFiniteDifferences(at: x, "axes \(axes)") { $0.sum(along: axes) }
            expectGradientsMatchFiniteDifferences(at: x, "axes \(axes)") { $0.sum(along: axes, keepingAxes: true) }
        }
        expectGradientsMatchFiniteDifferences(at: x) { $0.mean(along: 0, 2) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.variance(along: 0, -1, correction: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.sum() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.mean() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.max() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.min() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.norm() }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(x, normal([2, 3, 4], seed: 8))) { Tensor.dot($0.first, $0.second) }
        for target: TensorShape in [[4], [3, 1], [2, 1, 4], [1, 1, 1], [], [1, 3, 4], [3, 4], [2, 3, 1]] {
            expectGradientsMatchFiniteDifferences(at: x, "summed to \(target)") { $0.summed(to: target) }
        }
    }

    @Test func normalization() {
        let x = normal([3, 5])
        for centered in [false, true] {
            expectGradientsMatchFiniteDifferences(at: x) { $0.normalizedLastAxis(epsilon: 1e-3, centered: centered) }
            expectGradientsMatchFiniteDifferences(at: x) {
                $0.transposed().normalizedLastAxis(epsilon: 1e-3, centered: centered)
            }
        }
    }

    @Test func views() {
        let x = normal([2, 3, 4])
        expectGradientsMatchFiniteDifferences(at: x) { $0.reshaped(to: [4, -1]) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.permuted(2, 0, 1).reshaped(to: [6, 4]) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.permuted(1, 2, 0) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.permuted([-1, 1, 0]) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.transposed() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.transposed(0, -1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.flattened() }
        expectGradientsMatchFiniteDifferences(at: x) { $0.expandingShape(at: 1).squeezed(at: 1) * 2 }
        expectGradientsMatchFiniteDifferences(at: x) { $0.expandingShape(at: -1) }
        for axis in 0..<3 { expectGradientsMatchFiniteDifferences(at: x) { $0.reversed(along: axis) } }
        expectGradientsMatchFiniteDifferences(at: normal([3, 1])) { $0.expanded(to: [2, 3, 4]) }
        expectGradientsMatchFiniteDifferences(at: normal([])) { $0.expanded(to: [2, 3]) }
    }

    @Test func slices() {
        let x = normal([4, 5, 3])
        expectGradientsMatchFiniteDifferences(at: x) { $0[1] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[-1, 2] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[3, 0, -2] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[1..<3] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[1...2, 3...] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[0..., ..<(-2), 1] }
        expectGradientsMatchFiniteDifferences(at: x) { $0[2, 1..<4, 0..<1] }
        expectGradientsMatchFiniteDifferences(at: x) { $0.sliced(0..<5, step: 2, along: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.sliced(1..<5, step: 3, along: 1).reversed(along: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.selecting(-1, along: 2) }
        expectGradientsMatchFiniteDifferences(at: x) { $0[1] * $0[2] + $0[1] }
    }

    @Test func joins() {
        let parts = [normal([2, 3], seed: 1), normal([4, 3], seed: 2), normal([1, 3], seed: 3)]
        expectGradientsMatchFiniteDifferences(at: parts) { Tensor.concatenating($0) }
        expectGradientsMatchFiniteDifferences(at: parts) { Tensor.concatenating($0.map { $0.transposed() }, along: -1) }
        expectGradientsMatchFiniteDifferences(at: parts) { Tensor.concatenating([$0[0], parts[1], $0[2], $0[0]]) }
        let equal = [normal([2, 3], seed: 1), normal([2, 3], seed: 2)]
        for axis in -1..<3 {
            expectGradientsMatchFiniteDifferences(at: equal, "axis \(axis)") { Tensor.stacking($0, along: axis) }
        }
        let x = normal([2, 6])
        expectGradientsMatchFiniteDifferences(at: x) { x in
            let parts = x.split(sizes: [1, 2, 3], along: 1)
            return parts[0] * parts[1].sum() + parts[2]
        }
        expectGradientsMatchFiniteDifferences(at: x) { x in
            let parts = x.split(count: 3, along: -1)
            return parts[0] * parts[1] / (parts[2].squared() + 1)
        }
    }

    @Test func selections() {
        let x = normal([4, 3, 2])
        let indices = Tensor<Int>(shape: [2, 2], scalars: [3, 0, 3, 1])
        expectGradientsMatchFiniteDifferences(at: x) { $0.gathering(indices) }
        let inner = Tensor<Int>([1, 1, 0])
        expectGradientsMatchFiniteDifferences(at: x) { $0.gathering(inner, along: -1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.gathering(Tensor<Int>([2, 2, 0, 1]), along: 1) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.gathering(Tensor<Int>(shape: [], scalars: [2]), along: 1) }
        expectGradientsMatchFiniteDifferences(at: x) {
            $0.scatteringSum(Tensor<Int>([5, 0, 5, 2]), into: [6, 3, 2])
        }
        expectGradientsMatchFiniteDifferences(at: x) {
            $0.scatteringSum(Tensor<Int>([4, 1, 4]), into: [4, 5, 2], along: 1)
        }
        expectGradientsMatchFiniteDifferences(at: x) {
            $0.scatteringSum(Tensor<Int>([1, 1]), into: [4, 3, 3], along: -1)
        }
        expectGradientsMatchFiniteDifferences(at: x) {
            $0.picking(Tensor<Int>(shape: [4, 3], scalars: [0, 1, 0, 1, 1, 1, 0, 0, 1, 0, 0, 1]))
        }
        let mask = Tensor<Bool>(shape: [3, 1], scalars: [true, false, true])
        expectGradientsMatchFiniteDifferences(at: x) { $0.replacing(where: mask, with: 9) }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(x, normal([2], seed: 3))) {
            Tensor.selecting(mask, $0.first, $0.second)
        }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(normal([2]), normal([], seed: 3))) {
            Tensor.selecting(mask, $0.first, $0.second)
        }
    }

    /// Every rank and memory layout: plain, transposed, sliced, stepped, reversed, broadcast.
    @Test func matrixProducts() {
        let shapes: [(TensorShape, TensorShape)] = [
            ([3], [3]), ([3], [3, 2]), ([2, 3], [3]), ([2, 3], [3, 4]), ([1, 3], [3, 1]), ([2, 1], [1, 3]), ([2, 2, 3], [3, 4]),
            ([2, 2, 3], [3]), ([3], [2, 3, 2]), ([2, 3], [2, 3, 2]), ([2, 2, 3], [2, 3, 4]), ([2, 1, 2, 3], [3, 3, 2]),
            ([1, 2, 3], [2, 3, 2]), ([2, 0], [0, 3]), ([0, 2], [2, 3]), ([2, 1, 2, 2, 3], [1, 3, 1, 3, 2]),
        ]
        for (a, b) in shapes {
            let pair = ParameterPair(normal(a, seed: 1), normal(b, seed: 2))
            expectGradientsMatchFiniteDifferences(at: pair, "\(a) and \(b)") { matmul($0.first, $0.second) }
        }
        let layouts: [(Tensor<Double>) -> Tensor<Double>] = [
            { $0.transposed() }, { $0[1..<3, 0..<3] }, { $0.sliced(0..<4, step: 2, along: 1)[1...] },
            { $0.sliced(0..<4, step: 2, along: 0).transposed() }, { $0.reversed(along: 0) }, { $0.reversed(along: 1) },
            { $0[0..<1].expanded(to: [3, 4]) }, { $0.transposed()[0..<1].expanded(to: [3, 4]).transposed() },
            { $0[0..., 1..<2] }, { $0[2..<3] }, { $0[0..., 1..<2].transposed() }, { $0.transposed()[1..<3] },
        ]
        let x = normal([4, 4])
        for (i, left) in layouts.enumerated() {
            for (j, right) in layouts.enumerated() {
                let inner = Swift.min(left(x).shape[1], right(x).shape[0])
                let product = { (x: Tensor<Double>) in matmul(left(x)[0..., 0..<inner], right(x)[0..<inner]) }
                // Against the definition.
                let (a, b) = (left(x), right(x))
                let rows = a.shape[0], columns = b.shape[1]
                var expected: [Double] = []
                for row in 0..<rows {
                    for column in 0..<columns {
                        expected.append((0..<inner).reduce(0) { $0 + a[row, $1].scalar * b[$1, column].scalar })
                    }
                }
                expectClose(product(x), expected, shape: [rows, columns], "layouts \(i) and \(j)")
            }
            expectGradientsMatchFiniteDifferences(at: x, "layout \(i)") { matmul(left($0), left($0).transposed()) }
        }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(normal([2, 3, 4]), normal([2, 5, 4], seed: 2))) {
            matmul($0.first, $0.second.transposed())
        }
        expectGradientsMatchFiniteDifferences(at: ParameterPair(normal([3, 2, 4]), normal([4, 2, 5], seed: 2))) {
            matmul($0.first.transposed(0, 1), $0.second.permuted(1, 0, 2))
        }
    }
}
