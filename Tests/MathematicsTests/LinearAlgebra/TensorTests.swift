import ComplexModule
import Mathematics
import RealModule
import Testing

@Suite struct TensorTests {
    private func random<S: BLASScalar>(_ type: S.Type, _ shape: [Int], seed: UInt64) -> MultiwayArray<S> {
        MultiwayArray(shape: shape, randomVector(type, shape.reduce(1, *), seed: seed))
    }

    @Test func unfoldingsHaveTheirElements() {
        // numpy.moveaxis(x, mode, 0).reshape(shape[mode], -1)
        let x = MultiwayArray<Double>(shape: [2, 3, 4]) { Double(100 * $0[0] + 10 * $0[1] + $0[2]) }
        #expect(x[1, 2, 3] == 123)
        #expect(x.flattened[23] == 123)
        for mode in 0..<3 {
            let unfolded = x.unfolded(along: mode)
            let others = [[1, 2], [0, 2], [0, 1]][mode]
            for i in 0..<2 {
                for j in 0..<3 {
                    for k in 0..<4 {
                        let index = [i, j, k]
                        #expect(unfolded[index[mode], index[others[0]] * x.shape[others[1]] + index[others[1]]] == x[index])
                    }
                }
            }
            #expect(MultiwayArray(folding: unfolded, along: mode, shape: x.shape) == x)
        }
        let permuted = x.permuted([2, 0, 1])
        #expect(permuted.shape == [4, 2, 3] && permuted[3, 1, 2] == 123 && permuted[0, 1, 0] == 100)
        #expect(permuted.permuted([1, 2, 0]) == x)
        var y = x
        y[0, 0, 0] = 7
        #expect(x[0, 0, 0] == 0 && y[0, 0, 0] == 7)
        #expect((x + x - x) == x && (2 * x)[1, 0, 0] == 200)
        #expect(MultiwayArray<Double>(outerProductOf: [[1, 2], [3, 4, 5], [6, 7]])[1, 2, 0] == 60)
        #expect(MultiwayArray<Double>.zeros([2, 0, 3]).unfolded(along: 2).shape == (3, 0))
    }

    @Test func modeProductsMultiplyFibres() {
        func check<S: BLASScalar>(_ type: S.Type) {
            let x = random(type, [3, 4, 2, 5], seed: 1)
            for mode in 0..<4 {
                let matrix = randomMatrix(type, 3, x.shape[mode], seed: 2)
                let product = x.modeProduct(matrix, along: mode)
                expectNear(product.unfolded(along: mode), productByDefinition(matrix, x.unfolded(along: mode)))
            }
            // Along different modes the order does not matter; along one it composes.
            let (a, b) = (randomMatrix(type, 6, 4, seed: 3), randomMatrix(type, 2, 5, seed: 4))
            expectNear(
                x.modeProduct(a, along: 1).modeProduct(b, along: 3).flattened, x.modeProducts([nil, a, nil, b]).flattened)
            let c = randomMatrix(type, 3, 6, seed: 5)
            expectNear(
                x.modeProduct(a, along: 1).modeProduct(c, along: 1).flattened, x.modeProduct(c * a, along: 1).flattened)
            #expect((x.dot(x) - S(x.norm * x.norm)).modulus <= 100 * S.RealScalar.ulpOfOne * x.norm * x.norm)
        }
        check(Float.self)
        check(Double.self)
        check(Complex<Float>.self)
        check(Complex<Double>.self)
    }

    @Test func tuckerDecompositions() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            let x = random(type, [4, 5, 6], seed: 6)
            let full = try TuckerDecomposition(higherOrderSVDOf: x)
            expectNear(full.product.flattened, x.flattened)
            for mode in 0..<3 {
                expectNear(full.factors[mode].columnGram, .identity(x.shape[mode]))
                // All-orthogonality: the slices of the core are orthogonal, their norms the singular values.
                let gram = full.core.unfolded(along: mode).rowGram
                let squares = DenseVector<S>(real: full.singularValues[mode].map { $0 * $0 })
                expectNear(gram, .diagonal(squares), 1000)
            }
            let ranks = [2, 3, 2]
            let truncated = try TuckerDecomposition(higherOrderSVDOf: x, ranks: ranks)
            let better = try TuckerDecomposition(approximating: x, ranks: ranks)
            let error = (x - truncated.product).norm
            let bound = (0..<3).reduce(S.RealScalar(0)) { sum, mode in
                sum + full.singularValues[mode].dropFirst(ranks[mode]).reduce(0) { $0 + $1 * $1 }
            }
            #expect(error * error <= bound * 1.0001)
            #expect((x - better.product).norm <= error)
            // An array that has these ranks is found exactly.
            let exact = random(type, ranks, seed: 7).modeProducts((0..<3).map { randomMatrix(type, x.shape[$0], ranks[$0], seed: UInt64(8 + $0)) })
            expectNear(try TuckerDecomposition(higherOrderSVDOf: exact, ranks: ranks).product.flattened, exact.flattened)
            #expect(throws: LinearAlgebraError.outOfRange(argument: "ranks[1]", value: 6, expected: "0 ... 5")) {
                try TuckerDecomposition(higherOrderSVDOf: x, ranks: [1, 6, 1])
            }
        }
        try check(Float.self)
        try check(Double.self)
        try check(Complex<Float>.self)
        try check(Complex<Double>.self)
    }

    @Test func canonicalDecompositionsAreFoundAgain() throws {
        func check<S: BLASScalar>(_ type: S.Type, _ accuracy: S.RealScalar) throws {
            var generator = Philox(seed: 20)
            let shape = [6, 5, 7]
            let factors = shape.enumerated().map { randomMatrix(type, $0.element, 3, seed: UInt64(21 + $0.offset)) }
            var x = MultiwayArray<S>.zeros(shape)
            for term in 0..<3 { x = x + MultiwayArray(outerProductOf: factors.map { $0.column(term) }) }
            let found = try CanonicalPolyadicDecomposition(
                alternatingLeastSquares: x, rank: 3, tolerance: accuracy * accuracy, maximumIterations: 5000, using: &generator)
            #expect((found.product - x).norm <= accuracy * x.norm)
            #expect(zip(found.weights, found.weights.dropFirst()).allSatisfy { $0 >= $1 })
            // Unique by Kruskal's theorem (k-ranks 3 + 3 + 3 ≥ 2·3 + 2): the same terms, up to order and scale.
            for term in 0..<3 {
                let matches = (0..<3).contains { other in
                    factors.indices.allSatisfy { mode in
                        let a = factors[mode].column(term)
                        return a.dot(found.factors[mode].column(other)).modulus >= (1 - 100 * accuracy) * a.norm
                    }
                }
                #expect(matches)
            }
            #expect(zip(found.fits, found.fits.dropFirst()).allSatisfy { $1 >= $0 - 100 * S.RealScalar.ulpOfOne })
        }
        try check(Float.self, 1e-3)
        try check(Double.self, 1e-6)
        try check(Complex<Float>.self, 1e-3)
        try check(Complex<Double>.self, 1e-6)
        var generator = Philox(seed: 30)
        // Of a matrix, the best fit of rank r is the truncated singular value decomposition's.
        let matrix = randomMatrix(Double.self, 6, 8, seed: 31)
        let values = try matrix.singularValues()
        let fit = try CanonicalPolyadicDecomposition(
            alternatingLeastSquares: MultiwayArray(shape: [6, 8], matrix.flattened), rank: 2, tolerance: 1e-14, using: &generator)
        let least = Vector(values.dropFirst(2)).norm
        #expect(abs((fit.fits.last ?? 0) - (1 - least / matrix.frobeniusNorm)) < 1e-8)
        let zero = try CanonicalPolyadicDecomposition(
            alternatingLeastSquares: MultiwayArray<Double>.zeros([2, 2, 2]), rank: 1, using: &generator)
        #expect(zero.isConverged && zero.weights == [0] && zero.fits == [1])
        #expect(throws: LinearAlgebraError.empty(argument: "array", shape: "(2, 0)")) {
            try CanonicalPolyadicDecomposition(alternatingLeastSquares: MultiwayArray<Double>.zeros([2, 0]), rank: 1, using: &generator)
        }
    }
}
