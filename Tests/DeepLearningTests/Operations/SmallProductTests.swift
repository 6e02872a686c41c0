import DeepLearning
import Mathematics
import Testing

/// Products in whole and partial blocks of rows and vectors against sums of products.
@Test(arguments: [
    (13, 7, 32), (1, 5, 16), (9, 3, 48), (8, 1, 16), (4, 64, 24), (5, 0, 16), (300, 6, 16), (7, 130, 1), (3, 300, 80),
    (130, 5, 5), (11, 9, 70), (257, 129, 37), (2, 3, 2), (20, 200, 150),
])
func smallProducts(_ rows: Int, _ inner: Int, _ columns: Int) {
    func check<S: TensorScalar>(_ type: S.Type) {
        // Whole numbers, so that every sum is exact.
        let a = Tensor<S>(shape: [rows, inner], scalars: (0..<rows * inner).map { S($0 * 7 % 11 - 5) })
        let b = Tensor<S>(shape: [inner, columns], scalars: (0..<inner * columns).map { S($0 * 5 % 13 - 6) })
        let (x, y) = (a.scalars, b.scalars)
        var expected: [S] = []
        for r in 0..<rows {
            for c in 0..<columns {
                expected.append((0..<inner).reduce(0) { $0 + x[r * inner + $1] * y[$1 * columns + c] })
            }
        }
        #expect(matmul(a, b).scalars == expected)
        #expect(matmul(a, b.transposed().packedCopy.transposed()).scalars == expected)
        #expect(matmul(a.transposed().packedCopy.transposed(), b).scalars == expected)
    }
    check(Float.self)
    check(Double.self)
}

extension Tensor where Scalar: TensorScalar {
    /// The elements in memory of their own in the order of the axes.
    fileprivate var packedCopy: Tensor { Tensor(shape: shape, scalars: scalars) }
}
