import DeepLearning
import Foundation
import Testing

/// Cumulative, segment and sorting operations, padding and the like, against their definitions.
@Suite struct LineOperationTests {
    /// A function of each line along an axis.
    private func lineByLine(_ x: Tensor<Double>, _ axis: Int, _ f: ([Double]) -> [Double]) -> [Double] {
        let moved = x.transposed(axis, -1), size = x.shape[axis]
        let lines = moved.reshaped(to: [-1, size])
        let mapped = (0..<lines.shape[0]).flatMap { f(lines[$0].scalars) }
        return Tensor(shape: moved.shape, scalars: mapped).transposed(axis, -1).scalars
    }

    @Test func cumulative() {
        let x = normal([3, 5, 2])
        for axis in 0..<3 {
            expectClose(x.cumulativeSum(along: axis), lineByLine(x, axis) { line in line.indices.map { line[...$0].reduce(0, +) } })
            expectClose(x.cumulativeSum(along: axis, isReversed: true), lineByLine(x, axis) { line in
                line.indices.map { line[$0...].reduce(0, +) } })
            expectClose(x.cumulativeSum(along: axis, isExclusive: true), lineByLine(x, axis) { line in
                line.indices.map { line[..<$0].reduce(0, +) } })
            expectClose(x.cumulativeSum(along: axis, isReversed: true, isExclusive: true), lineByLine(x, axis) { line in
                line.indices.map { line[($0 + 1)...].reduce(0, +) } })
            expectClose(x.cumulativeProduct(along: axis), lineByLine(x, axis) { line in line.indices.map { line[...$0].reduce(1, *) } })
            expectClose(x.cumulativeMaximum(along: axis), lineByLine(x, axis) { line in line.indices.map { line[...$0].max() ?? 0 } })
            expectClose(x.cumulativeLogSumExp(along: axis), lineByLine(x, axis) { line in
                line.indices.map { Foundation.log(line[...$0].reduce(0) { $0 + Foundation.exp($1) }) } })
            expectClose(x.product(along: axis), x.transposed(axis, -1).reshaped(to: [-1]).scalars.count == 0 ? [] :
                x.cumulativeProduct(along: axis).selecting(-1, along: axis).scalars)
            let comment: Comment = "axis \(axis)"
            for (reversed, exclusive) in [(false, false), (true, false), (false, true), (true, true)] {
                expectGradientsMatchFiniteDifferences(at: x, comment) {
                    $0.cumulativeSum(along: axis, isReversed: reversed, isExclusive: exclusive)
                }
            }
            expectGradientsMatchFiniteDifferences(at: x, comment) { $0.cumulativeProduct(along: axis) }
            expectGradientsMatchFiniteDifferences(at: x, comment) { $0.cumulativeMaximum(along: axis) }
            expectGradientsMatchFiniteDifferences(at: x, comment) { $0.cumulativeLogSumExp(along: axis) }
            expectGradientsMatchFiniteDifferences(at: x, comment) { $0.product(along: axis) }
        }
        // Zeros: the derivative of a product by one factor is the product of the others.
        expectClose(gradient(at: [2, 0, 3]) { (x: Tensor<Double>) in x.product() }, [0, 6, 0])
        expectClose(gradient(at: [0, 0, 3]) { (x: Tensor<Double>) in x.product() }, [0, 0, 0])
        expectGradientsMatchFiniteDifferences(at: Tensor<Double>([2, 0, 3, 0, 5])) { $0.cumulativeProduct() }
        // np.logaddexp.accumulate([-inf, 1000, 1000, -1000])
        let inf = Double.infinity
        expectClose(Tensor<Double>([-inf, 1000, 1000, -1000]).cumulativeLogSumExp(), [-inf, 1000, 1000.6931471805599, 1000.6931471805599])
        expectClose(Tensor<Double>([1, .nan, 3]).cumulativeMaximum(), [1, .nan, .nan])
        #expect(Tensor<Double>.zeros([2, 0]).cumulativeSum().shape == [2, 0])
        #expect(Tensor<Double>.zeros([2, 0]).cumulativeProduct().shape == [2, 0])
        #expect(Tensor<Double>.zeros([2, 0]).product(along: 1).scalars == [1, 1])
    }

    @Test func segments() {
        let x = normal([6, 2]), segments = Tensor<Int>([2, 0, 2, 3, 0, 2])
        let rows = (0..<4).map { segment in (0..<6).filter { segments[$0].scalar == segment } }
        func expected(_ f: ([Double]) -> Double) -> [Double] {
            rows.flatMap { rows in (0..<2).map { column in f(rows.map { x[$0, column].scalar }) } }
        }
        expectClose(x.segmentSum(segments, count: 4), expected { $0.reduce(0, +) }, shape: [4, 2])
        expectClose(x.segmentMean(segments, count: 4), expected { $0.isEmpty ? 0 : $0.reduce(0, +) / Double($0.count) })
        expectClose(x.segmentMaximum(segments, count: 4), expected { $0.max() ?? -.infinity })
        expectClose(x.segmentMaximum(segments, count: 4, empty: 0), expected { $0.max() ?? 0 })
        let softmax = x.segmentSoftmax(segments, count: 4)
        for rows in rows {
            for column in 0..<2 where !rows.isEmpty {
                let line = Tensor<Double>(rows.map { x[$0, column].scalar }).softmax()
                expectClose(Tensor<Double>(rows.map { softmax[$0, column].scalar }), line.scalars)
            }
        }
        expectGradientsMatchFiniteDifferences(at: x) { $0.segmentSum(segments, count: 4) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.segmentMean(segments, count: 4) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.segmentMaximum(segments, count: 4, empty: 0) }
        expectGradientsMatchFiniteDifferences(at: x) { $0.segmentSoftmax(segments, count: 4) }
        expectGradientsMatchFiniteDifferences(at: normal([2, 3, 2])) {
            $0.scatteringMaximum(Tensor<Int>([1, 1, 3]), into: [2, 4, 2], along: 1, empty: 7)
        }
        // Ties share.
        expectClose(gradient(at: [1, 1, 0]) { (x: Tensor<Double>) in x.segmentMaximum(Tensor<Int>([0, 0, 0]), count: 1).sum() }, [0.5, 0.5, 0])
        // Logits far apart between segments.
        expectClose(Tensor<Double>([1e4, 1e4, -1e4]).segmentSoftmax(Tensor<Int>([0, 0, 1]), count: 2), [0.5, 0.5, 1])
    }

    @Test func sorting() {
        let x = normal([3, 5, 2])
        for axis in 0..<3 {
            expectClose(x.sorted(along: axis), lineByLine(x, axis) { $0.sorted() })
            expectClose(x.sorted(along: axis, isDescending: true), lineByLine(x, axis) { $0.sorted(by: >) })
            expectClose(x.taking(x.argsort(along: axis), along: axis), x.sorted(along: axis).scalars)
            let (values, indices) = x.largest(2, along: axis)
            expectClose(values, x.sorted(along: axis, isDescending: true).sliced(0..<2, along: axis).scalars)
            expectClose(x.taking(indices, along: axis), values.scalars)
            expectGradientsMatchFiniteDifferences(at: x) { $0.sorted(along: axis) }
            expectGradientsMatchFiniteDifferences(at: x) { $0.largest(2, along: axis).values }
        }
        // np.argsort([nan, 1, -inf, 1, inf], kind="stable") and NaN last when descending too.
        let ugly = Tensor<Double>([.nan, 1, -.infinity, 1, .infinity])
        #expect(ugly.argsort().scalars == [2, 1, 3, 4, 0])
        #expect(ugly.argsort(isDescending: true).scalars == [4, 1, 3, 2, 0])
        #expect(Tensor<Double>.zeros([2, 0]).sorted().shape == [2, 0])
    }

    @Test func takingAlongAnAxis() {
        // np.take_along_axis(np.arange(6.).reshape(2, 3), np.array([[2, 0], [1, 1]]), 1)
        let x = Tensor<Double>.range(6).reshaped(to: [2, 3])
        let indices = Tensor<Int>(shape: [2, 2], scalars: [2, 0, 1, 1])
        expectClose(x.taking(indices, along: 1), [2, 0, 4, 4], shape: [2, 2])
        // np.take_along_axis(…, np.array([[1, 0, 1]]), 0), and an index that repeats along the other axis.
        expectClose(x.taking(Tensor<Int>(shape: [1, 3], scalars: [1, 0, 1]), along: 0), [3, 1, 5], shape: [1, 3])
        expectClose(x.taking(Tensor<Int>(shape: [1, 2], scalars: [2, 0]), along: 1), [2, 0, 5, 3], shape: [2, 2])
        expectClose(normal([2, 2]).puttingSum(indices, into: [2, 3], along: 1), [
            normal([2, 2])[0, 1].scalar, 0, normal([2, 2])[0, 0].scalar, 0, normal([2, 2])[1].sum().scalar, 0])
        expectGradientsMatchFiniteDifferences(at: normal([2, 3])) { $0.taking(indices, along: 1) }
        expectGradientsMatchFiniteDifferences(at: normal([2, 3])) { $0.taking(Tensor<Int>(shape: [1, 2], scalars: [2, 0]), along: 1) }
        expectGradientsMatchFiniteDifferences(at: normal([1, 3])) { $0.taking(indices, along: -1) }
        expectGradientsMatchFiniteDifferences(at: normal([2, 2])) { $0.puttingSum(indices, into: [2, 3], along: 1) }
    }

    @Test func padding() {
        let x = Tensor<Double>([1, 2, 3, 4])
        // np.pad(x, (3, 2), mode=…)
        expectClose(x.padded(before: 3, after: 2), [0, 0, 0, 1, 2, 3, 4, 0, 0])
        expectClose(x.padded(before: 3, after: 2, with: .constant(9)), [9, 9, 9, 1, 2, 3, 4, 9, 9])
        expectClose(x.padded(before: 3, after: 2, with: .reflecting), [4, 3, 2, 1, 2, 3, 4, 3, 2])
        expectClose(x.padded(before: 3, after: 2, with: .replicating), [1, 1, 1, 1, 2, 3, 4, 4, 4])
        expectClose(x.padded(before: 3, after: 2, with: .circular), [2, 3, 4, 1, 2, 3, 4, 1, 2])
        expectClose(x.padded(before: 6, after: 5, with: .circular), [3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1])
        let y = normal([2, 4, 3])
        for mode: PaddingMode<Double> in [.constant(0), .constant(2), .reflecting, .replicating, .circular] {
            for axis in 0..<3 {
                expectGradientsMatchFiniteDifferences(at: y, "\(mode)") { $0.padded(before: 1, after: 1, along: axis, with: mode) }
            }
        }
        expectClose(y.padded(before: 1, after: 2, along: 1)[0..., 1..<5], y.scalars)
    }

    @Test func repeating() {
        let x = Tensor<Double>([[1, 2], [3, 4]])
        // np.tile(x, (1, 2)), np.repeat(x, 2, axis=1), np.roll(x, 1, axis=0)
        expectClose(x.tiled(2, along: 1), [1, 2, 1, 2, 3, 4, 3, 4], shape: [2, 4])
        expectClose(x.tiled(2, along: 0), [1, 2, 3, 4, 1, 2, 3, 4], shape: [4, 2])
        expectClose(x.repeatingEach(2, along: 1), [1, 1, 2, 2, 3, 3, 4, 4], shape: [2, 4])
        expectClose(x.repeatingEach(2, along: 0), [1, 2, 1, 2, 3, 4, 3, 4], shape: [4, 2])
        expectClose(x.rolled(by: 1, along: 0), [3, 4, 1, 2], shape: [2, 2])
        // np.roll(np.arange(5), 2), -1, 7
        expectClose(Tensor<Double>.range(5).rolled(by: 2), [3, 4, 0, 1, 2])
        expectClose(Tensor<Double>.range(5).rolled(by: -1), [1, 2, 3, 4, 0])
        expectClose(Tensor<Double>.range(5).rolled(by: 7), [3, 4, 0, 1, 2])
        let y = normal([2, 3, 2])
        for axis in 0..<3 {
            expectGradientsMatchFiniteDifferences(at: y) { $0.tiled(3, along: axis) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.repeatingEach(3, along: axis) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.rolled(by: 1, along: axis) }
        }
    }

    @Test func trianglesAndDiagonals() {
        // np.tril(x, k), np.triu(x, k), np.diagonal(x, k)
        let x = Tensor<Double>.range(12).reshaped(to: [3, 4]) + 1
        expectClose(x.lowerTriangle(), [1, 0, 0, 0, 5, 6, 0, 0, 9, 10, 11, 0])
        expectClose(x.lowerTriangle(offset: 1), [1, 2, 0, 0, 5, 6, 7, 0, 9, 10, 11, 12])
        expectClose(x.lowerTriangle(offset: -1), [0, 0, 0, 0, 5, 0, 0, 0, 9, 10, 0, 0])
        expectClose(x.upperTriangle(), [1, 2, 3, 4, 0, 6, 7, 8, 0, 0, 11, 12])
        expectClose(x.upperTriangle(offset: 2), [0, 0, 3, 4, 0, 0, 0, 8, 0, 0, 0, 0])
        expectClose(x.upperTriangle(offset: -1), [1, 2, 3, 4, 5, 6, 7, 8, 0, 10, 11, 12])
        expectClose(x.diagonal(), [1, 6, 11])
        expectClose(x.diagonal(offset: 2), [3, 8])
        expectClose(x.diagonal(offset: -2), [9])
        #expect(x.diagonal(offset: 9).shape == [0] && x.diagonal(offset: -9).shape == [0])
        expectClose(x.matrixTrace(), [18])
        expectClose(Tensor<Double>([1, 2]).diagonalMatrix(offset: -1), [0, 0, 0, 1, 0, 0, 0, 2, 0], shape: [3, 3])
        let y = normal([2, 3, 4])
        // np.diagonal(y, 1, 0, 2)
        let diagonal = y.diagonal(offset: 1, along: 0, 2)
        #expect(diagonal.shape == [3, 2] && diagonal[2, 1].scalar == y[1, 2, 2].scalar)
        for offset in -2...3 {
            expectGradientsMatchFiniteDifferences(at: y) { $0.diagonal(offset: offset) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.diagonal(offset: offset, along: 2, 0) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.lowerTriangle(offset: offset) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.upperTriangle(offset: offset) }
            expectGradientsMatchFiniteDifferences(at: y) { $0.diagonalMatrix(offset: offset) }
        }
        expectGradientsMatchFiniteDifferences(at: y) { $0.matrixTrace() }
    }

    @Test func normsAndDistances() {
        let x = normal([3, 4]), y = normal([3, 4], seed: 2)
        // np.linalg.norm([3, -4, 12], ord)
        let v = Tensor<Double>([3, -4, 12])
        expectClose(v.norm(), [13])
        expectClose(v.norm(order: 1, along: 0), [19])
        expectClose(v.norm(order: .infinity, along: 0), [12])
        expectClose(v.norm(order: 3, along: 0), [12.207054953820636], tolerance: 1e-13)
        expectClose(gradient(at: Tensor<Double>.zeros([3])) { $0.norm() }, [0, 0, 0])
        for axis in 0..<2 {
            expectGradientsMatchFiniteDifferences(at: x) { $0.norm(along: axis) }
            for p in [1, 3, 1.5, Double.infinity] {
                expectGradientsMatchFiniteDifferences(at: x, tolerance: 1e-6) { $0.norm(order: p, along: axis) }
            }
        }
        // Of a vector with itself, its opposite, an orthogonal one, zero.
        expectClose(Tensor.cosineSimilarity(Tensor<Double>([[3, 4]]), Tensor<Double>([[3, 4], [-6, -8], [4, -3], [0, 0]])), [1, -1, 0, 0])
        expectGradientsMatchFiniteDifferences(at: [x, y]) { Tensor.cosineSimilarity($0[0], $0[1]) }
        let other = normal([5, 4], seed: 3)
        let distances = Tensor.pairwiseSquaredDistances(x, other)
        expectClose(distances, (x.expandingShape(at: 1) - other).squared().sum(along: -1).scalars, shape: [3, 5])
        #expect(Tensor.pairwiseSquaredDistances(x, x).min().scalar >= 0)
        expectGradientsMatchFiniteDifferences(at: [x, other]) { Tensor.pairwiseSquaredDistances($0[0], $0[1]) }
        expectGradientsMatchFiniteDifferences(at: normal([2, 3, 2])) { Tensor.pairwiseSquaredDistances($0, $0[0..., 0..<2]) }
        expectClose(Tensor.outerProduct(Tensor<Double>([1, 2]), Tensor<Double>([3, 4, 5])), [3, 4, 5, 6, 8, 10], shape: [2, 3])
        expectGradientsMatchFiniteDifferences(at: [normal([2]), normal([3], seed: 2)]) { Tensor.outerProduct($0[0], $0[1]) }
    }
}
