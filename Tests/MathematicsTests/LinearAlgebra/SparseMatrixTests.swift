import ComplexModule
import Mathematics
import RealModule
import Testing

/// A random matrix of which about one element in four is not zero.
private func sparseRandom<S: BLASScalar>(_ type: S.Type, _ rows: Int, _ columns: Int, seed: UInt64) -> DenseMatrix<S> {
    var generator = Philox(seed: seed &+ 1000)
    let mask = Matrix(rows: rows, columns: columns) { _, _ in Double.random(in: 0..<1, using: &generator) < 0.25 ? 1 : 0 }
    let dense = randomMatrix(type, rows, columns, seed: seed)
    return DenseMatrix(rows: rows, columns: columns) { mask[$0, $1] == 1 ? dense[$0, $1] : 0 }
}

@Suite struct SparseMatrixTests {
    private let shapes = [(1, 1), (7, 5), (5, 7), (0, 3), (3, 0), (30, 30)]

    @Test func everythingAgreesWithDenseMatrices() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for (m, n) in shapes {
                let a = sparseRandom(type, m, n, seed: 1)
                let b = sparseRandom(type, n, 6, seed: 2)
                let c = sparseRandom(type, m, n, seed: 3)
                let (sparse, other, third) = (CompressedRowMatrix(a), CompressedRowMatrix(b), CompressedRowMatrix(c))
                #expect(sparse.dense == a)
                #expect(sparse.storedCount == a.flattened.count { $0 != 0 })
                #expect(CompressedRowMatrix(rows: m, columns: n, triplets: sparse.triplets.reversed()) == sparse)
                #expect(sparse.transposed.dense == a.transposed && sparse.adjoint.dense == a.adjoint)
                #expect(sparse.transposed.transposed == sparse)
                let (x, y) = (randomVector(type, n, seed: 4), randomVector(type, m, seed: 5))
                expectNear(sparse * x, a * x)
                expectNear(sparse.transposeMultiplied(by: y), a.transposeMultiplied(by: y))
                expectNear(sparse.adjointApplied(to: y), a.adjointMultiplied(by: y))
                expectNear(sparse * b, a * b)
                expectNear((sparse * other).dense, a * b)
                expectNear((sparse + third).dense, a + c)
                expectNear((sparse - third).dense, a - c)
                expectNear((2 * sparse).dense, a * 2)
                expectNear(sparse.scalingRows(by: y).dense, a.scalingRows(by: y))
                expectNear(sparse.scalingColumns(by: x).dense, a.scalingColumns(by: x))
                expectNear(sparse.rowSums, a.rowSums)
                expectNear(sparse.columnSums, a.columnSums)
                #expect(sparse.diagonal == a.diagonal)
                #expect(sparse.selectingRows(m / 3..<m).dense == a[m / 3..<m, 0..<n])
                for i in 0..<m { for j in 0..<n where sparse[i, j] != a[i, j] { Issue.record("\(i), \(j)") } }
                // B's product row by row lists its columns in ascending order, so that it is a valid matrix.
                let product = sparse * other
                #expect(try CompressedRowMatrix(
                    rows: product.rows, columns: product.columns, rowStarts: product.rowStarts,
                    columnIndices: product.columnIndices, values: product.values) == product)
            }
        }
        try check(Float.self)
        try check(Double.self)
        try check(Complex<Float>.self)
        try check(Complex<Double>.self)
    }

    @Test func tripletsAtOnePlaceAreAdded() {
        let matrix = SparseMatrix(
            rows: 2, columns: 3, triplets: [.init(1, 2, 1), .init(0, 1, 5), .init(1, 2, 2), .init(1, 0, 4), .init(1, 2, -3)])
        #expect(matrix.dense == [[0, 5, 0], [4, 0, 0]])
        #expect(matrix.storedCount == 3 && matrix.droppingZeros().storedCount == 2)
        #expect(SparseMatrix.identity(2) * [3, 4] == [3, 4])
        #expect(SparseMatrix.identity(0).dense.count == 0)
        // scipy.sparse.csr_matrix(([1, 2], [2, 0], [0, 1, 2])).toarray()
        let rows = try? SparseMatrix(rows: 2, columns: 3, rowStarts: [0, 1, 2], columnIndices: [2, 0], values: [1, 2])
        #expect(rows?.dense == [[0, 0, 1], [2, 0, 0]])
        #expect(throws: LinearAlgebraError.outOfRange(argument: "columnIndices[1]", value: 1, expected: "3 ..< 3, ascending within row 0")) {
            try SparseMatrix(rows: 1, columns: 3, rowStarts: [0, 2], columnIndices: [2, 1], values: [1, 2])
        }
        #expect(throws: LinearAlgebraError.self) {
            try SparseMatrix(rows: 1, columns: 3, rowStarts: [0, 5], columnIndices: [2], values: [1])
        }
        #expect(throws: LinearAlgebraError.self) {
            try SparseMatrix(rows: 2, columns: 3, rowStarts: [0, 9, 1], columnIndices: [2], values: [1])
        }
        // NaN times a stored zero is NaN, times one that is not stored nothing.
        #expect((matrix * [.nan, 1, 2])[0] == 5)
    }
}
