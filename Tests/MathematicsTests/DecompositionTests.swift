import Mathematics
import Testing

@Suite struct DecompositionTests {
    private let symmetric: Matrix = [[4, 1, -2], [1, 3, 0.5], [-2, 0.5, 5]]
    private let hilbert = Matrix(rows: 4, columns: 3) { 1 / Double($0 + $1 + 1) }

    private func expectClose(
        _ a: Vector, _ b: Vector, relative tolerance: Double = 1e-13, sourceLocation: SourceLocation = #_sourceLocation
    ) {
        #expect(
            a.count == b.count && (a - b).norm <= tolerance * b.norm, "\(a) and \(b)", sourceLocation: sourceLocation)
    }

    @Test func eigenvaluesAreNumPys() throws {
        // numpy.linalg.eigvalsh([[4, 1, -2], [1, 3, .5], [-2, .5, 5]])
        let expected: Vector = [1.584206693092622, 3.8393364524664815, 6.576456854440895]
        let decomposition = try SymmetricEigendecomposition(symmetric)
        expectClose(decomposition.eigenvalues, expected)
        expectClose(try symmetric.symmetricEigenvalues(), expected)
        #expect((decomposition.applying { $0 } - symmetric).maximumMagnitude < 1e-14)
        let root = decomposition.applying { $0.squareRoot() }
        #expect((root * root - symmetric).maximumMagnitude < 1e-14)
        #expect((decomposition.eigenvectors.columnGram - .identity(3)).maximumMagnitude < 1e-14)
        let single = try SymmetricEigendecomposition([[2, 1], [1, 2]] as DenseMatrix<Float>)
        #expect((single.eigenvalues - [1, 3]).norm < 1e-6)
    }

    @Test func choleskyAgreesWithNumPy() throws {
        let decomposition = try CholeskyDecomposition(symmetric)
        #expect((decomposition.lower.rowGram - symmetric).maximumMagnitude < 1e-14)
        #expect(decomposition.lower[0, 2] == 0)
        // numpy.linalg.slogdet(A), numpy.linalg.solve(A, [1, 2, 3])
        #expect(abs(decomposition.logDeterminant - 3.6888794541139367) < 1e-14)
        expectClose(try decomposition.solve([1, 2, 3]), [0.55625, 0.35, 0.7875])
        #expect((try decomposition.inverse() * symmetric - .identity(3)).maximumMagnitude < 1e-14)
        let whitened = try decomposition.solveLower(symmetric)
        #expect((whitened - decomposition.lower.transposed).maximumMagnitude < 1e-14)
    }

    @Test func eliminationAgreesWithNumPy() throws {
        expectClose(try symmetric.solve([1, 2, 3] as Vector), [0.55625, 0.35, 0.7875])
        // numpy.linalg.det([[2, -1, .5], [1, 3, 2], [-1, 0, 4]])
        let decomposition = try LUDecomposition([[2, -1, 0.5], [1, 3, 2], [-1, 0, 4]] as Matrix)
        #expect(abs(decomposition.determinant - 31.5) < 1e-13)
        #expect(abs(decomposition.logAbsoluteDeterminant - 3.4499875458315872) < 1e-14)
        // One exchange of rows: the determinant of this permutation is −1.
        #expect(try LUDecomposition([[0, 1], [1, 0]] as Matrix).determinant == -1)
    }

    @Test func singularValuesAreNumPys() throws {
        for matrix in [hilbert, hilbert.transposed] {
            let decomposition = try SingularValueDecomposition(matrix)
            // numpy.linalg.svd(1 / (i + j + 1))[1] for shape (4, 3)
            expectClose(decomposition.singularValues, [1.4519141873501382, 0.14331231708320283, 0.00422888339205759])
            let product = decomposition.left.scalingColumns(by: decomposition.singularValues)
                * decomposition.rightTransposed
            #expect((product - matrix).maximumMagnitude < 1e-15)
            #expect(decomposition.rank() == 3)
        }
    }

    @Test func pseudoInverseIsNumPys() throws {
        // numpy.linalg.pinv(1 / (i + j + 1))[0] for shape (4, 3)
        expectClose(
            try hilbert.pseudoInverse().row(0),
            [8.071972318339139, -24.86366782006938, 2.159169550173078, 18.560553633218102], relative: 1e-12)
        // Penrose's four conditions for a matrix of rank 1.
        let a: Matrix = [[1, 2], [2, 4], [3, 6]]
        let inverse = try a.pseudoInverse()
        #expect((a * inverse * a - a).maximumMagnitude < 1e-14)
        #expect((inverse * a * inverse - inverse).maximumMagnitude < 1e-14)
        #expect(((a * inverse).transposed - a * inverse).maximumMagnitude < 1e-14)
        #expect(((inverse * a).transposed - inverse * a).maximumMagnitude < 1e-14)
    }

    @Test func leastSquaresOfDeficientRankHasLeastNorm() throws {
        // numpy.linalg.lstsq([[1, 2, 3], [2, 4, 6], [1, 0, 1], [0, 1, 1]], [1, 2, 3, 4])[0], rank 2
        let a: Matrix = [[1, 2, 3], [2, 4, 6], [1, 0, 1], [0, 1, 1]]
        expectClose(
            try a.leastSquares([1, 2, 3, 4]), [0.6666666666666669, -0.2564102564102566, 0.4102564102564101],
            relative: 1e-12)
    }

    @Test func badInputIsNamed() {
        #expect(throws: LinearAlgebraError.notSquare(argument: "matrix", rows: 4, columns: 3)) {
            _ = try SymmetricEigendecomposition(hilbert)
        }
        #expect(throws: LinearAlgebraError.notSymmetric(argument: "matrix", row: 1, column: 0, element: 3, mirrored: 2)) {
            _ = try CholeskyDecomposition([[1, 2], [3, 4]] as Matrix)
        }
        #expect(throws: LinearAlgebraError.notPositiveDefinite(argument: "matrix", rows: 2, leadingMinor: 2)) {
            _ = try CholeskyDecomposition([[1, 2], [2, 1]] as Matrix)
        }
        #expect(throws: LinearAlgebraError.singular(argument: "matrix", rows: 2, pivot: 2)) {
            _ = try LUDecomposition([[1, 2], [2, 4]] as Matrix)
        }
        #expect(throws: LinearAlgebraError.notFinite(argument: "matrix", index: 3, value: .infinity)) {
            _ = try SingularValueDecomposition([[1, 2], [2, .infinity]] as Matrix)
        }
        let error = #expect(throws: LinearAlgebraError.self) { _ = try symmetric.solve([1, 2] as Vector) }
        #expect(error?.description.contains("(2)") == true && error?.description.contains("(3, 3)") == true)
    }
}
