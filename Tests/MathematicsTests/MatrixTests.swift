import Mathematics
import Testing

@Suite struct MatrixTests {
    // Small integers, so that every product is exact.
    private func example(_ rows: Int, _ columns: Int, _ salt: Int) -> Matrix {
        Matrix(rows: rows, columns: columns) { Double(($0 * 7 + $1 * 3 + salt) % 11 - 5) }
    }

    private func productByDefinition(_ a: Matrix, _ b: Matrix) -> Matrix {
        Matrix(rows: a.rows, columns: b.columns) { row, column in
            (0..<a.columns).reduce(0) { $0 + a[row, $1] * b[$1, column] }
        }
    }

    @Test(arguments: [(1, 1, 1), (2, 3, 4), (5, 1, 7), (33, 40, 65)])
    func productsAgreeWithTheDefinition(_ rows: Int, _ inner: Int, _ columns: Int) {
        let a = example(rows, inner, 1)
        let b = example(inner, columns, 4)
        let expected = productByDefinition(a, b)
        #expect(a * b == expected)
        #expect(a.transposed.transposeMultiplied(by: b) == expected)
        #expect(a.multiplied(byTransposeOf: b.transposed) == expected)
        #expect(a.columnGram == productByDefinition(a.transposed, a))
        #expect(a.rowGram == productByDefinition(a, a.transposed))
        let x = b.column(0)
        #expect(a * x == expected.column(0))
        #expect(a.transposed.transposeMultiplied(by: x) == expected.column(0))
    }

    @Test func singlePrecisionProducts() {
        let a: DenseMatrix<Float> = [[1, 2], [3, 4]]
        #expect(a * a == [[7, 10], [15, 22]])
        #expect(a * [1, 1] == [3, 7])
        #expect(a.columnGram == [[10, 14], [14, 20]])
    }

    @Test func partsAndShapes() {
        let a: Matrix = [[1, 2, 3], [4, 5, 6]]
        #expect(a.transposed == [[1, 4], [2, 5], [3, 6]])
        #expect(a.row(1) == [4, 5, 6])
        #expect(a.column(2) == [3, 6])
        #expect(a.diagonal == [1, 5])
        #expect(a.trace == 6)
        #expect(a[0..<2, 1..<3] == [[2, 3], [5, 6]])
        #expect(a.selectingRows([1, 1, 0]) == [[4, 5, 6], [4, 5, 6], [1, 2, 3]])
        #expect(a.selectingColumns([2, 0]) == [[3, 1], [6, 4]])
        #expect(a.rowSums == [6, 15])
        #expect(a.columnMeans == [2.5, 3.5, 4.5])
        #expect(a.appendingRows(of: [[7, 8, 9]]).rows == 3)
        #expect(a.appendingColumns(of: [[0], [1]]) == [[1, 2, 3, 0], [4, 5, 6, 1]])
        #expect(a.scalingRows(by: [2, 3]) == [[2, 4, 6], [12, 15, 18]])
        #expect(a.scalingColumns(by: [1, 0, -1]) == [[1, 0, -3], [4, 0, -6]])
        #expect(a.flattened == [1, 2, 3, 4, 5, 6])
        #expect(Matrix.identity(2) == [[1, 0], [0, 1]])
        var b = a
        b.setRow(0, to: [0, 0, 0])
        b.addToDiagonal(1)
        #expect(b == [[1, 0, 0], [4, 6, 6]])
    }

    @Test func emptyProductsAreZero() {
        #expect(Matrix.zeros(2, 0) * Matrix.zeros(0, 3) == Matrix.zeros(2, 3))
        #expect(Matrix.zeros(0, 3).columnGram == Matrix.zeros(3, 3))
    }

    @Test func mismatchedProductsNameBothShapes() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Matrix.zeros(3, 2) * Matrix.zeros(5, 4)
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("(3, 2)") && message.contains("(5, 4)"))
    }
}
