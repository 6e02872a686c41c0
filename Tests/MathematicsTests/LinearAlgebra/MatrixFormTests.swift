import ComplexModule
import Mathematics
import Testing

@Suite struct MatrixFormTests {
    private let a: Matrix = [[1, 2], [3, 4], [5, 6]]
    private let b: Matrix = [[0, 5, -1], [6, 7, 2]]

    @Test func kroneckerProducts() {
        // By the definition, and (A ⊗ B)vec(X) = vec(BXAᵀ).
        let product = a.kroneckerProduct(b)
        let defined = Matrix(rows: 6, columns: 6) { a[$0 / 2, $1 / 3] * b[$0 % 2, $1 % 3] }
        #expect(product == defined)
        let x = Matrix(rows: 3, columns: 2) { Double($0 * 5 - $1 * 3 + 1) }
        #expect(product * x.vectorized == (b * x * a.transposed).vectorized)
        #expect(Matrix(unvectorizing: x.vectorized, rows: 3, columns: 2) == x)
        #expect(x.vectorized == [x[0, 0], x[1, 0], x[2, 0], x[0, 1], x[1, 1], x[2, 1]])
        let c: Matrix = [[1, -2], [0, 3]]
        let columns = a.khatriRaoProduct(c)
        for j in 0..<2 {
            #expect(columns.column(j) == a.column(j).outerProduct(c.column(j)).flattened)
        }
        // (A ⊙ B)ᵀ(A ⊙ B) = AᵀA .* BᵀB
        #expect(columns.columnGram == a.columnGram.hadamardProduct(c.columnGram))
        #expect(Matrix.zeros(0, 2).kroneckerProduct(a).shape == (0, 4))
    }

    @Test func formsHaveTheirElements() {
        #expect(Matrix.toeplitz(column: [1, 2, 3], row: [9, 4]) == [[1, 4], [2, 1], [3, 2]])
        let complex = DenseMatrix<Complex<Double>>.toeplitz(column: [1, .i])
        #expect(complex == complex.adjoint)
        #expect(Matrix.hankel([1, 2, 3, 4], rows: 2) == [[1, 2, 3], [2, 3, 4]])
        #expect(Matrix.circulant(column: [1, 2, 3]) == [[1, 3, 2], [2, 1, 3], [3, 2, 1]])
        #expect(Matrix.vandermonde([2, -1], columns: 4) == [[1, 2, 4, 8], [1, -1, 1, -1]])
        #expect(Matrix.vandermonde([2, -1], columns: 0).shape == (2, 0))
        #expect(Matrix(blocks: [[a, [[7], [8], [9]]], [[[10, 11]], [[12]]]]) == [[1, 2, 7], [3, 4, 8], [5, 6, 9], [10, 11, 12]])
        #expect(Matrix.blockDiagonal([[[1, 2]], [[3], [4]]]) == [[1, 2, 0], [0, 0, 3], [0, 0, 4]])
        #expect(Matrix(columns: [[1, 2], [3, 4]]) == [[1, 3], [2, 4]])
        #expect(a.triangle(.lower) == [[1, 0], [3, 4], [5, 6]] && a.triangle(.upper) == [[1, 2], [0, 4], [0, 0]])
    }

    @Test func uglyInput() throws {
        #expect(try Matrix.zeros(0, 0).determinant() == 1)
        #expect(try ([[1, 2], [2, 4]] as Matrix).determinant() == 0)
        #expect(try ([[3]] as Matrix).determinant() == 3)
        #expect(try CholeskyDecomposition(Matrix.zeros(0, 0)).logDeterminant == 0)
        #expect(try SingularValueDecomposition(Matrix.zeros(3, 0), .full).left == .identity(3))
        #expect(try QRDecomposition(Matrix.zeros(3, 0)).fullOrthogonal == .identity(3))
        #expect(try Matrix.zeros(3, 2).leastSquares([1, 2, 3]) == [0, 0])
        #expect(try Matrix.zeros(3, 0).leastSquares([1, 2, 3]).isEmpty)
        #expect(try PivotedCholeskyDecomposition(Matrix.zeros(3, 3)).rank == 0)
        #expect(try Matrix.zeros(3, 3).rank() == 0)
        // Denormal and huge elements.
        let denormal = Double.leastNonzeroMagnitude
        #expect(try (Matrix.identity(2) * denormal).singularValues() == [denormal, denormal])
        #expect(try (Matrix.identity(3) * 1e300).solve([1e300, 0, 1] as Vector) == [1, 0, 1e-300])
        #expect(abs(([[3e200, 4e200]] as Matrix).frobeniusNorm / 5e200 - 1) < 1e-15)
        for value in [Double.nan, .infinity] {
            let bad: Matrix = [[1, value], [value, 1]]
            let isRefused: (() throws -> Void) -> Bool = { body in
                do { try body() } catch { return error is LinearAlgebraError }
                return false
            }
            #expect(isRefused { _ = try bad.solve([1, 2] as Vector) })
            #expect(isRefused { _ = try CholeskyDecomposition(bad) })
            #expect(isRefused { _ = try QRDecomposition(bad) })
            #expect(isRefused { _ = try Eigendecomposition(bad) })
            #expect(isRefused { _ = try SymmetricEigendecomposition(bad) })
            #expect(isRefused { _ = try bad.leastSquares([1, 2] as Vector) })
            #expect(isRefused { _ = try bad.ridgeSolve([1, 2] as Vector, penalty: 1) })
            #expect(isRefused { _ = try bad.logarithm() })
            #expect(!(bad * Vector([1, 0]))[1].isFinite)
        }
        #expect(throws: LinearAlgebraError.outOfRange(argument: "penalty", value: -1, expected: "a positive number")) {
            try a.ridgeSolve([1, 2, 3] as Vector, penalty: -1)
        }
        let error = #expect(throws: LinearAlgebraError.self) { try a.leastSquares([1, 2] as Vector) }
        #expect(error?.description.contains("(2)") == true && error?.description.contains("(3, 2)") == true)
    }
}
