import BenchmarkMeasuring
import Mathematics

/// Dense linear algebra: the same BLAS and LAPACK on both sides.
let linearAlgebraCases: [CaseMaker] = [
    { product(16, 16, 16) }, { product(256, 256, 256) }, { product(1024, 1024, 1024) }, { product(100_000, 16, 16) },
    { transposedProduct(100_000, 16) }, { matrixVector(2000) },
    { singularValues(64, 64) }, { singularValues(500, 500) }, { singularValues(5000, 64) }, { singularValues(64, 5000) },
    { symmetricEigen(64) }, { symmetricEigen(500) },
    { solve(16) }, { solve(256) }, { solve(1024) },
    { cholesky(256) }, { cholesky(1024) },
    { leastSquares(5000, 64) }, { qr(1000, 200) },
    { generalEigen(100) }, { generalEigen(500) }, { solve(100) },
    { exponential(100) }, { squareRoot(100) }, { logarithm(100) },
]

private func product(_ rows: Int, _ inner: Int, _ columns: Int) -> ComparedCase {
    let a = normalMatrix(rows, inner), b = normalMatrix(inner, columns, seed: 3)
    return ComparedCase(
        "matrix product \(rows)x\(inner)x\(columns)", peerName: "matrix_product",
        inputs: ["a": NumericArray(a), "b": NumericArray(b)], bar: .sameLibrary
    ) {
        a * b
    } results: {
        [Output("product", $0.numbers, tolerance: 1e-13)]
    }
}

private func transposedProduct(_ rows: Int, _ columns: Int) -> ComparedCase {
    let a = normalMatrix(rows, columns), b = normalMatrix(rows, columns, seed: 3)
    return ComparedCase(
        "transposed product \(columns)x\(rows)x\(columns)", peerName: "transposed_product",
        inputs: ["a": NumericArray(a), "b": NumericArray(b)], bar: .sameLibrary
    ) {
        a.transposeMultiplied(by: b)
    } results: {
        [Output("product", $0.numbers, tolerance: 1e-12)]
    }
}

private func matrixVector(_ order: Int) -> ComparedCase {
    let a = normalMatrix(order, order), x = normalVector(order)
    return ComparedCase(
        "matrix times vector \(order)", peerName: "matrix_vector",
        inputs: ["a": NumericArray(a), "x": NumericArray(x)], bar: .sameLibrary
    ) {
        a * x
    } results: {
        [Output("product", Array($0), tolerance: 1e-13)]
    }
}

private func singularValues(_ rows: Int, _ columns: Int) -> ComparedCase {
    let a = normalMatrix(rows, columns)
    return ComparedCase(
        "thin SVD \(rows)x\(columns)", peerName: "singular_values", inputs: ["a": NumericArray(a)], bar: .sameLibrary
    ) {
        try SingularValueDecomposition(a)
    } results: { result in
        // Vectors are free in sign: their product with the values is not.
        let product = result.left * Matrix.diagonal(result.singularValues) * result.rightTransposed
        return [
            Output("singular values", Array(result.singularValues), tolerance: 1e-12),
            Output("product of the factors", product.numbers, tolerance: 1e-11),
        ]
    }
}

private func symmetricEigen(_ order: Int) -> ComparedCase {
    let square = normalMatrix(order, order)
    let a = square + square.transposed
    return ComparedCase(
        "symmetric eigenproblem \(order)", peerName: "symmetric_eigen", inputs: ["a": NumericArray(a)], bar: .sameLibrary
    ) {
        try SymmetricEigendecomposition(a)
    } results: { result in
        [
            Output("eigenvalues", Array(result.eigenvalues), tolerance: 1e-11),
            Output("product of the factors", result.applying { $0 }.numbers, tolerance: 1e-11),
        ]
    }
}

private func generalEigen(_ order: Int) -> ComparedCase {
    let a = normalMatrix(order, order)
    return ComparedCase(
        "general eigenproblem \(order)", peerName: "general_eigen", inputs: ["a": NumericArray(a)], bar: .sameLibrary
    ) {
        try Eigendecomposition(a)
    } results: { result in
        // The vectors are free in phase. Σ λ, Σ |λ|² and VΛV⁻¹ are not; the order of the eigenvalues is LAPACK's.
        let product = try result.eigenvectors * DenseMatrix.diagonal(result.eigenvalues) * result.eigenvectors.inverse()
        return [
            Output("moduli", result.eigenvalues.map(\.length), tolerance: 1e-10),
            Output("product of the factors", product.realParts.numbers, tolerance: 1e-9),
        ]
    }
}

/// A matrix near the identity, whose square root and logarithm are real.
private func nearIdentity(_ order: Int) -> Matrix {
    Matrix.identity(order) + normalMatrix(order, order) * (0.4 / Double(order).squareRoot())
}

private func exponential(_ order: Int) -> ComparedCase {
    let a = normalMatrix(order, order) * 0.2
    return ComparedCase(
        "matrix exponential \(order)", peerName: "exponential", inputs: ["a": NumericArray(a)], bar: .none
    ) {
        try a.exponential()
    } results: {
        [Output("exponential", $0.numbers, tolerance: 1e-11)]
    }
}

private func squareRoot(_ order: Int) -> ComparedCase {
    let a = nearIdentity(order)
    return ComparedCase(
        "matrix square root \(order)", peerName: "square_root", inputs: ["a": NumericArray(a)], bar: .none
    ) {
        try a.squareRoot()
    } results: {
        [Output("root", $0.numbers, tolerance: 1e-11)]
    }
}

private func logarithm(_ order: Int) -> ComparedCase {
    let a = nearIdentity(order)
    return ComparedCase(
        "matrix logarithm \(order)", peerName: "logarithm", inputs: ["a": NumericArray(a)], bar: .none
    ) {
        try a.logarithm()
    } results: {
        [Output("logarithm", $0.numbers, tolerance: 1e-11)]
    }
}

private func solve(_ order: Int) -> ComparedCase {
    let a = normalMatrix(order, order) + 10 * Matrix.identity(order), b = normalVector(order)
    return ComparedCase(
        "solve \(order)", peerName: "solve", inputs: ["a": NumericArray(a), "b": NumericArray(b)], bar: .sameLibrary
    ) {
        try a.solve(b)
    } results: {
        [Output("solution", Array($0), tolerance: 1e-9)]
    }
}

private func cholesky(_ order: Int) -> ComparedCase {
    let a = normalMatrix(order, order).rowGram + Double(order) * Matrix.identity(order)
    return ComparedCase(
        "Cholesky \(order)", peerName: "cholesky", inputs: ["a": NumericArray(a)], bar: .sameLibrary
    ) {
        try CholeskyDecomposition(a)
    } results: {
        [Output("factor", $0.lower.numbers, tolerance: 1e-12)]
    }
}

private func leastSquares(_ rows: Int, _ columns: Int) -> ComparedCase {
    let a = normalMatrix(rows, columns), b = normalVector(rows)
    return ComparedCase(
        "least squares \(rows)x\(columns)", peerName: "least_squares",
        inputs: ["a": NumericArray(a), "b": NumericArray(b)], bar: .sameLibrary
    ) {
        try a.leastSquares(b)
    } results: {
        [Output("solution", Array($0), tolerance: 1e-10)]
    }
}

private func qr(_ rows: Int, _ columns: Int) -> ComparedCase {
    let a = normalMatrix(rows, columns)
    return ComparedCase("QR \(rows)x\(columns)", peerName: "qr", inputs: ["a": NumericArray(a)], bar: .sameLibrary) {
        let result = try QRDecomposition(a)
        return (result.orthogonal, result.upper)
    } results: { result in
        [
            Output("triangle", result.1.numbers.map(\.magnitude), tolerance: 1e-11),
            Output("product of the factors", (result.0 * result.1).numbers, tolerance: 1e-12),
        ]
    }
}
