import ComplexModule
import Mathematics
import RealModule
import Testing

/// Identities that every decomposition must satisfy, for all four element types.
@Suite struct FourScalarTypesTests {
    private func forAllTypes(_ body: (any BLASScalar.Type) throws -> Void) rethrows {
        for type in [Float.self, Double.self, Complex<Float>.self, Complex<Double>.self] as [any BLASScalar.Type] {
            try body(type)
        }
    }

    private let shapes = [(1, 1), (3, 3), (5, 2), (2, 5), (34, 33), (40, 7)]

    @Test func productsAgreeWithTheDefinition() {
        func check<S: BLASScalar>(_ type: S.Type) {
            for (m, n) in shapes {
                let a = randomMatrix(type, m, n, seed: 1)
                let b = randomMatrix(type, n, 4, seed: 2)
                let c = randomMatrix(type, m, 4, seed: 3)
                let x = randomVector(type, n, seed: 4)
                expectNear(a * b, productByDefinition(a, b))
                expectNear(a * x, productByDefinition(a, DenseMatrix(rows: n, columns: 1, x)).flattened)
                let adjoint = adjointByDefinition(a)
                #expect(a.adjoint == adjoint)
                #expect(a.transposed == adjoint.conjugated)
                expectNear(a.adjointMultiplied(by: c), productByDefinition(adjoint, c))
                expectNear(a.transposeMultiplied(by: c), productByDefinition(adjoint.conjugated, c))
                expectNear(a.adjointMultiplied(by: c.column(1)), productByDefinition(adjoint, c).column(1))
                expectNear(b.multiplied(byTransposeOf: b), productByDefinition(b, b.transposed))
                expectNear(b.multiplied(byAdjointOf: b), productByDefinition(b, adjointByDefinition(b)))
                expectNear(a.columnGram, productByDefinition(adjoint, a))
                expectNear(a.rowGram, productByDefinition(a, adjoint))
                #expect(a.rowGram == adjointByDefinition(a.rowGram))
                #expect((x.dot(x) - S(x.squaredNorm)).modulus <= 10 * S.RealScalar.ulpOfOne * x.squaredNorm)
            }
        }
        forAllTypes { check($0) }
    }

    @Test func factorsMultiplyToTheMatrix() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for (m, n) in shapes {
                let a = randomMatrix(type, m, n, seed: 5)
                let k = min(m, n)
                for pivoting in [false, true] {
                    let qr = try QRDecomposition(a, pivoting: pivoting)
                    expectNear(qr.orthogonal * qr.upper, a.selectingColumns(qr.permutation))
                    expectNear(qr.orthogonal.columnGram, .identity(k))
                    expectNear(qr.fullOrthogonal.columnGram, .identity(m))
                    #expect(qr.upper == qr.upper.triangle(.upper))
                    #expect(qr.rank() == k)
                    let c = randomMatrix(type, m, 2, seed: 12)
                    expectNear(try qr.adjointOrthogonalMultiplied(by: c), adjointByDefinition(qr.fullOrthogonal) * c)
                }
                for size in [SingularValueDecomposition<S>.Size.thin, .full] {
                    let svd = try SingularValueDecomposition(a, size)
                    expectNear(svd.product, a)
                    expectNear(svd.left.columnGram, .identity(size == .thin ? k : m))
                    expectNear(svd.rightTransposed.rowGram, .identity(size == .thin ? k : n))
                    expectNear(svd.singularValues, try a.singularValues())
                    #expect(zip(svd.singularValues, svd.singularValues.dropFirst()).allSatisfy { $0 >= $1 })
                }
                let inverse = try a.pseudoInverse()
                expectNear(a * inverse * a, a, 2000)
                expectNear(inverse * a * inverse, inverse, 2000)
                expectNear((a * inverse).adjoint, a * inverse, 2000)
                expectNear((inverse * a).adjoint, inverse * a, 2000)
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func squareMatrices() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for n in [1, 2, 3, 17, 40] {
                let a = randomMatrix(type, n, n, seed: 6)
                let b = randomMatrix(type, n, 3, seed: 7)
                var spd = a.rowGram
                spd.addToDiagonal(1)

                let cholesky = try CholeskyDecomposition(spd)
                expectNear(cholesky.lower * cholesky.lower.adjoint, spd)
                expectNear(spd * (try cholesky.solve(b)), b, 1000)
                expectNear(cholesky.lower * (try cholesky.solveLower(b)), b, 1000)

                let lu = try LUDecomposition(a)
                expectNear(lu.lower * lu.upper, a.selectingRows(lu.permutation))
                let x = try lu.solve(b)
                expectNear(a * x, b, 20_000)
                expectNear(a * (try a.inverse()), .identity(n), 20_000)
                let logarithm = try LUDecomposition(spd).logAbsoluteDeterminant
                #expect(abs(logarithm - cholesky.logDeterminant) <= 200 * S.RealScalar.ulpOfOne * max(1, abs(logarithm)))

                let lower = cholesky.lower
                expectNear(lower * (try lower.solveTriangular(.lower, b)), b, 1000)
                expectNear(lower.adjoint * (try lower.solveTriangular(.lower, b, transposed: true)), b, 1000)
                expectNear(lower.adjoint * (try lower.adjoint.solveTriangular(.upper, b)), b, 1000)
                let small = lower * S(S.RealScalar(0.01))
                var unit = small
                for i in 0..<n { unit[i, i] = 1 }
                expectNear(unit * (try small.solveTriangular(.lower, b, unitDiagonal: true)), b, 1000)

                let hermitian = a + a.adjoint
                let eigen = try SymmetricEigendecomposition(hermitian)
                expectNear(eigen.applying { $0 }, hermitian)
                expectNear(eigen.eigenvectors.columnGram, .identity(n))
                #expect(zip(eigen.eigenvalues, eigen.eigenvalues.dropFirst()).allSatisfy { $0 <= $1 })
                let values = DenseVector<S>(real: eigen.eigenvalues)
                expectNear(hermitian * eigen.eigenvectors, eigen.eigenvectors.scalingColumns(by: values))

                let pair = try SymmetricEigendecomposition(hermitian, relativeTo: spd)
                expectNear(
                    hermitian * pair.eigenvectors,
                    (spd * pair.eigenvectors).scalingColumns(by: DenseVector(real: pair.eigenvalues)), 5000)
                expectNear(pair.eigenvectors.adjoint * spd * pair.eigenvectors, .identity(n), 5000)
                expectNear(try hermitian.symmetricEigenvalues(relativeTo: spd), pair.eigenvalues)

                let general = try Eigendecomposition(a, includingLeft: true)
                let left = try #require(general.leftEigenvectors)
                #expect(try Eigendecomposition(a).leftEigenvectors == nil)
                expectNear(
                    a.complex * general.eigenvectors, general.eigenvectors.scalingColumns(by: general.eigenvalues), 1000)
                expectNear(
                    a.adjoint.complex * left,
                    left.scalingColumns(by: general.eigenvalues.conjugated), 1000)
                #expect((general.eigenvalues.sum - a.complex.trace).length <= 1000 * S.RealScalar.ulpOfOne * a.frobeniusNorm)
                let pencil = try GeneralizedEigendecomposition(a, relativeTo: spd)
                expectNear(
                    (a.complex * pencil.eigenvectors).scalingColumns(by: pencil.denominators),
                    (spd.complex * pencil.eigenvectors).scalingColumns(by: pencil.numerators), 5000)

                let schur = try SchurDecomposition(a)
                expectNear(schur.vectors * schur.triangle * schur.vectors.adjoint, a.complex)
                #expect(schur.triangle == schur.triangle.triangle(.upper))
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func leastSquaresSatisfiesTheNormalEquations() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for (m, n) in [(1, 1), (9, 4), (4, 9), (30, 30)] {
                let a = randomMatrix(type, m, n, seed: 8)
                let b = randomMatrix(type, m, 2, seed: 9)
                let x = try a.leastSquares(b)
                expectNear(a.columnGram * x, a.adjointMultiplied(by: b), 20_000)
                expectNear(x, try a.pseudoInverse() * b, 20_000)
                if m >= n { expectNear(try QRDecomposition(a, pivoting: true).leastSquares(b), x, 20_000) }
                let penalty = S.RealScalar(0.3)
                let ridge = try a.ridgeSolve(b, penalty: penalty)
                expectNear(a.columnGram * ridge + S(penalty) * ridge, a.adjointMultiplied(by: b), 2000)
                // Rank 2: the solution lies in the row space and has least norm.
                let thin = randomMatrix(type, m, 2, seed: 10) * randomMatrix(type, 2, n, seed: 11)
                if min(m, n) > 2 {
                    #expect(try thin.rank() == 2)
                    expectNear(try thin.leastSquares(b), try thin.pseudoInverse() * b, 20_000)
                    #expect(try QRDecomposition(thin, pivoting: true).rank() == 2)
                }
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func choleskyUpdatesAndDowndates() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for n in [1, 2, 25] {
                var spd = randomMatrix(type, n, n, seed: 12).rowGram
                spd.addToDiagonal(1)
                let x = randomVector(type, n, seed: 13)
                var updated = spd
                updated.addOuterProduct(1, x, x.conjugated)
                var factor = try CholeskyDecomposition(spd)
                try factor.update(adding: x)
                expectNear(factor.lower, try CholeskyDecomposition(updated).lower, 500)
                try factor.downdate(subtracting: x)
                expectNear(factor.lower, try CholeskyDecomposition(spd).lower, 2000)
                let before = factor.lower
                #expect(throws: LinearAlgebraError.self) { try factor.downdate(subtracting: x * S(100)) }
                #expect(factor.lower == before)

                let low = randomMatrix(type, n, min(n, 3), seed: 14).rowGram
                let pivoted = try PivotedCholeskyDecomposition(low)
                #expect(pivoted.rank == min(n, 3))
                let permuted = low.selectingRows(pivoted.permutation).selectingColumns(pivoted.permutation)
                expectNear(pivoted.lower * pivoted.lower.adjoint, permuted)
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func functionsOfMatrices() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for n in [1, 2, 12] {
                // Eigenvalues with positive real parts: the principal root and logarithm exist.
                var a = randomMatrix(type, n, n, seed: 15) * S(1 / S.RealScalar(2 * n))
                a.addToDiagonal(S(S.RealScalar(1.5)))
                let root = try a.squareRoot()
                expectNear(root * root, a, 500)
                let logarithm = try a.logarithm()
                expectNear(try logarithm.exponential(), a, 2000)
                expectNear(try a.exponential() * (try (-a).exponential()), .identity(n), 2000)
                var mixed = randomMatrix(type, n, n, seed: 16)
                mixed.addToDiagonal(S(S.RealScalar(0.1)))
                let sign = try mixed.signFunction()
                expectNear(sign * sign, .identity(n), 100_000)
                expectNear(sign * mixed, mixed * sign, 100_000)
            }
            let tall = randomMatrix(type, 9, 4, seed: 17)
            let polar = try PolarDecomposition(tall)
            expectNear(polar.orthogonal * polar.positive, tall)
            expectNear(polar.orthogonal.columnGram, .identity(4))
            for matrix in [tall, tall.adjoint] {
                let exact = try SingularValueDecomposition(matrix)
                expectNear(
                    matrix.orthogonalizedByNewtonSchulz(steps: 40, coefficients: .cubic),
                    exact.left * exact.rightTransposed)
                expectNear(
                    matrix.orthogonalizedByNewtonSchulz(steps: 30, coefficients: .quintic),
                    exact.left * exact.rightTransposed)
                let muon = try matrix.orthogonalizedByNewtonSchulz().singularValues()
                #expect(muon.allSatisfy { $0 > 0.6 && $0 < 1.3 })
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func toeplitzSystems() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for n in [1, 2, 3, 40] {
                var column = randomVector(type, n, seed: 18)
                var row = randomVector(type, n, seed: 19)
                column[0] = S(S.RealScalar(3 * n))
                row[0] = 77  // is not read
                let b = randomVector(type, n, seed: 20)
                expectNear(
                    DenseMatrix.toeplitz(column: column, row: row) * (try DenseMatrix.solveToeplitz(column: column, row: row, b)), b)
                expectNear(DenseMatrix.toeplitz(column: column) * (try DenseMatrix.solveToeplitz(column: column, b)), b)
            }
        }
        try forAllTypes { try check($0) }
    }

    @Test func randomizedSingularValues() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            var generator = Philox(seed: 21)
            let u = try QRDecomposition(randomMatrix(type, 60, 40, seed: 22)).orthogonal
            let v = try QRDecomposition(randomMatrix(type, 40, 40, seed: 23)).orthogonal
            let values = DenseVector<S.RealScalar>(count: 40) { 1 / S.RealScalar(1 << min($0, 20)) }
            let a = u.scalingColumns(by: DenseVector(real: values)).multiplied(byAdjointOf: v)
            let svd = try SingularValueDecomposition(a, rank: 5, using: &generator)
            expectNear(svd.singularValues, DenseVector(values.view(0..<5)), 200)
            expectNear(svd.left.columnGram, .identity(5))
            expectNear(svd.rightTransposed.rowGram, .identity(5))
            // Eckart and Young: no product of rank 5 is nearer than σ₆; a subspace iteration comes close.
            let error = (a - svd.product).norm(.spectral)
            #expect(error >= values[5] * 0.999 && error <= values[5] * 1.001)
            #expect(abs(a.estimatedSpectralNorm(using: &generator) - 1) < 1e-5)
            // As many vectors as there are: the ordinary decomposition.
            let all = try SingularValueDecomposition(a, rank: 40, using: &generator)
            expectNear(all.product, a)
        }
        try forAllTypes { try check($0) }
    }
}
