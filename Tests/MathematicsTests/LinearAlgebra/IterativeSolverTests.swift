import ComplexModule
import Mathematics
import RealModule
import Testing

@Suite struct IterativeSolverTests {
    /// The second difference with zero ends: eigenvalues 2 − 2cos(kπ/(n + 1)).
    private func laplacian(_ order: Int, shift: Double = 0) -> SparseMatrix {
        var triplets: [MatrixTriplet<Double>] = []
        for i in 0..<order {
            triplets.append(.init(i, i, 2 + shift))
            if i > 0 { triplets.append(.init(i, i - 1, -1)) }
            if i + 1 < order { triplets.append(.init(i, i + 1, -1)) }
        }
        return SparseMatrix(rows: order, columns: order, triplets: triplets)
    }

    private func eigenvalue(_ k: Int, _ order: Int) -> Double {
        let half = Double.sin(Double(k) * .pi / Double(2 * (order + 1)))
        return 4 * half * half
    }

    @Test func definiteSystems() throws {
        func check<S: BLASScalar>(_ type: S.Type, _ tolerance: S.RealScalar) throws {
            let n = 40
            var a = randomMatrix(type, n, n, seed: 1).rowGram
            a.addToDiagonal(5)
            let b = randomVector(type, n, seed: 2)
            let exact = try CholeskyDecomposition(a).solve(b)
            let bound = 1000 * tolerance * exact.norm
            let plain = try conjugateGradients(a, b, tolerance: tolerance)
            #expect(plain.isConverged && (plain.solution - exact).norm < bound)
            let operation = FunctionOperator<S>(order: n) { a * $0 }
            let viaFunction = try conjugateGradients(operation, b, start: exact, tolerance: tolerance * 100)
            #expect(viaFunction.iterations == 0 && viaFunction.isConverged)
            // The exact inverse as preconditioner: one step.
            let inverse = try CholeskyDecomposition(a)
            let one = try conjugateGradients(a, b, tolerance: tolerance * 10) { r in (try? inverse.solve(r)) ?? r }
            #expect(one.isConverged && one.iterations <= 2)
            let sparse = try conjugateGradients(CompressedRowMatrix(a), b, tolerance: tolerance)
            #expect((sparse.solution - exact).norm < bound)
            for solution in [
                try minimumResiduals(a, b, tolerance: tolerance),
                try generalizedMinimumResiduals(a, b, tolerance: tolerance),
                try stabilizedBiconjugateGradients(a, b, tolerance: tolerance),
            ] {
                #expect(solution.isConverged && (solution.solution - exact).norm < bound)
                #expect((b - a * solution.solution).norm <= 20 * tolerance * b.norm)
            }
        }
        try check(Float.self, 1e-5)
        try check(Double.self, 1e-11)
        try check(Complex<Float>.self, 1e-5)
        try check(Complex<Double>.self, 1e-11)
    }

    @Test func conjugateGradientsEndAfterAsManyStepsAsThereAreEigenvalues() throws {
        // Three distinct eigenvalues: three steps.
        let a = Matrix.diagonal(Vector(count: 60) { [1.0, 3, 10][$0 % 3] })
        let solution = try conjugateGradients(a, randomVector(Double.self, 60, seed: 3), tolerance: 1e-12)
        #expect(solution.isConverged && solution.iterations == 3)
        #expect(throws: LinearAlgebraError.self) { try conjugateGradients(-a, .ones(60)) }
        let zero = try conjugateGradients(a, .zeros(60))
        #expect(zero.isConverged && zero.iterations == 0)
        let limited = try conjugateGradients(laplacian(500), .ones(500), tolerance: 1e-12, maximumIterations: 5)
        #expect(!limited.isConverged && limited.iterations == 5 && limited.residualNorms.count == 6)
        #expect(throws: LinearAlgebraError.notFinite(argument: "right", index: 0, value: .infinity)) {
            try conjugateGradients(a, Vector(repeating: .infinity, count: 60))
        }
        #expect(throws: LinearAlgebraError.self) { try conjugateGradients(a, .ones(59)) }
        #expect(try conjugateGradients(Matrix.zeros(0, 0), []).isConverged)
    }

    @Test func indefiniteSystemsByMinimumResiduals() throws {
        // Half of the eigenvalues are negative.
        func check<S: BLASScalar>(_ type: S.Type) throws {
            let raw = randomMatrix(type, 50, 50, seed: 4)
            let a = raw + raw.adjoint
            let b = randomVector(type, 50, seed: 5)
            let solution = try minimumResiduals(a, b, tolerance: 1e-9)
            #expect(solution.isConverged && (a * solution.solution - b).norm <= 1e-8 * b.norm)
            #expect(zip(solution.residualNorms, solution.residualNorms.dropFirst()).allSatisfy { $1 <= $0 })
        }
        try check(Double.self)
        try check(Complex<Double>.self)
        // Least residual over the Krylov space span{b, Ab, A²b}, by least squares.
        let a = laplacian(30, shift: -1.3)
        let b = randomVector(Double.self, 30, seed: 6)
        let three = try minimumResiduals(a, b, tolerance: 0, maximumIterations: 3)
        let krylov = Matrix(columns: [a * b, a * (a * b), a * (a * (a * b))])
        let least = (b - krylov * (try krylov.leastSquares(b))).norm
        #expect(abs(three.residualNorms[3] - least) < 1e-10 * least)
        #expect(abs((b - a * three.solution).norm - least) < 1e-10 * least)
        // A singular system with a solution, and one without.
        let singular: Matrix = [[1, 0], [0, 0]]
        let consistent = try minimumResiduals(singular, [2, 0], tolerance: 1e-12)
        #expect(consistent.isConverged && consistent.solution == [2, 0])
        #expect(try !minimumResiduals(singular, [2, 1], tolerance: 1e-12).isConverged)
    }

    @Test func generalSystems() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            var a = randomMatrix(type, 60, 60, seed: 7)
            a.addToDiagonal(12)
            let b = randomVector(type, 60, seed: 8)
            let exact = try a.solve(b)
            for restart in [5, 20, 60] {
                let solution = try generalizedMinimumResiduals(a, b, restart: restart, tolerance: 1e-10)
                #expect(solution.isConverged && (solution.solution - exact).norm < 1e-7 * exact.norm)
            }
            let two = try stabilizedBiconjugateGradients(a, b, tolerance: 1e-10)
            #expect(two.isConverged && (two.solution - exact).norm < 1e-7 * exact.norm)
            let diagonal = a.diagonal
            let scaled = try generalizedMinimumResiduals(a, b, tolerance: 1e-10) { $0 ./ diagonal }
            #expect(scaled.isConverged && (scaled.solution - exact).norm < 1e-7 * exact.norm)
            // Without restart the residual after k steps is the least over the Krylov space.
            let three = try generalizedMinimumResiduals(a, b, tolerance: 0, maximumIterations: 3)
            let krylov = DenseMatrix(columns: [a * b, a * (a * b), a * (a * (a * b))])
            let least = (b - krylov * (try krylov.leastSquares(b))).norm
            #expect(abs(three.residualNorms[3] - least) < 1e-9 * least)
        }
        try check(Double.self)
        try check(Complex<Double>.self)
        // A cyclic shift: GMRES stagnates until step n, and restarted never moves.
        let shift = Matrix(rows: 6, columns: 6) { ($0 + 1) % 6 == $1 ? 1 : 0 }
        let first = Vector(count: 6) { $0 == 0 ? 1 : 0 }
        #expect(try generalizedMinimumResiduals(shift, first, tolerance: 1e-12).iterations == 6)
        #expect(try !generalizedMinimumResiduals(shift, first, restart: 3, tolerance: 1e-12).isConverged)
    }

    @Test func leastSquares() throws {
        func check<S: BLASScalar>(_ type: S.Type) throws {
            for (m, n) in [(40, 15), (15, 40)] {
                let a = randomMatrix(type, m, n, seed: 9)
                let b = randomVector(type, m, seed: 10)
                let solution = try conjugateGradientLeastSquares(a, b, tolerance: 1e-12)
                #expect(solution.isConverged)
                expectNear(solution.solution, try a.leastSquares(b), 1e6)
                let ridge = try conjugateGradientLeastSquares(CompressedRowMatrix(a), b, penalty: 2, tolerance: 1e-12)
                expectNear(ridge.solution, try a.ridgeSolve(b, penalty: 2), 1e6)
            }
        }
        try check(Double.self)
        try check(Complex<Double>.self)
    }

    @Test func extremalEigenpairs() throws {
        var generator = Philox(seed: 11)
        let order = 200
        let matrix = laplacian(order)
        let largest = try lanczosEigenpairs(matrix, count: 4, using: &generator)
        for k in 0..<4 { #expect(abs(largest.eigenvalues[k] - eigenvalue(order - k, order)) < 1e-12) }
        let vectors = largest.eigenvectors
        #expect((vectors.columnGram - .identity(4)).maximumMagnitude < 1e-12)
        #expect((matrix * vectors - vectors.scalingColumns(by: largest.eigenvalues)).maximumMagnitude < 1e-12)
        let smallest = try lanczosEigenpairs(matrix, count: 2, .smallest, tolerance: 1e-11, using: &generator)
        for k in 0..<2 { #expect(abs(smallest.eigenvalues[k] - eigenvalue(k + 1, order)) < 1e-12) }
        let magnitude = try lanczosEigenpairs(laplacian(order, shift: -3), count: 2, .largestMagnitude, using: &generator)
        #expect(abs(magnitude.eigenvalues[0] - (eigenvalue(1, order) - 3)) < 1e-11)
        // The whole spectrum of a small matrix, with a multiple eigenvalue.
        let small = Matrix.diagonal([3, 3, 1, 3, -2])
        let all = try lanczosEigenpairs(small, count: 5, using: &generator)
        #expect((all.eigenvalues - [3, 3, 3, 1, -2]).maximumMagnitude < 1e-14)
        #expect(try lanczosEigenpairs([[7]] as Matrix, count: 1, using: &generator).eigenvalues == [7])
        #expect(throws: LinearAlgebraError.outOfRange(argument: "count", value: 6, expected: "1 ... 5")) {
            try lanczosEigenpairs(small, count: 6, using: &generator)
        }
        // Complex, single precision, against the dense decomposition.
        func check<S: BLASScalar>(_ type: S.Type) throws {
            let raw = randomMatrix(type, 60, 60, seed: 12)
            let a = raw + raw.adjoint
            let dense = try a.symmetricEigenvalues()
            let few = try lanczosEigenpairs(a, count: 3, using: &generator)
            expectNear(few.eigenvalues, [dense[59], dense[58], dense[57]])
            expectNear(
                a * few.eigenvectors, few.eigenvectors.scalingColumns(by: DenseVector(real: few.eigenvalues)), 1000)
            let again = try lanczosEigenpairs(FunctionOperator<S>(order: 60) { a * $0 }, count: 3, .smallest, using: &generator)
            expectNear(again.eigenvalues, [dense[0], dense[1], dense[2]])
        }
        try check(Float.self)
        try check(Double.self)
        try check(Complex<Float>.self)
        try check(Complex<Double>.self)
        // At one count of threads: OpenBLAS cuts a product by it, and another test may change it in between.
        let (one, two) = try BLASThreads.withSingleThread {
            var (one, two) = (Philox(seed: 13), Philox(seed: 13))
            return (
                try lanczosEigenpairs(matrix, count: 2, using: &one), try lanczosEigenpairs(matrix, count: 2, using: &two)
            )
        }
        #expect(one.eigenvectors == two.eigenvectors)
    }

    @Test func dominantEigenvalues() throws {
        var generator = Philox(seed: 14)
        // A stochastic matrix: the eigenvalue 1 and the constant vector.
        let chain: Matrix = [[0.5, 0.25, 0.25], [0.2, 0.6, 0.2], [0.1, 0.1, 0.8]]
        let (value, vector, _) = try powerIteration(chain, tolerance: 1e-13, using: &generator)
        #expect(abs(value - 1) < 1e-12)
        #expect((vector - Vector(repeating: vector[0], count: 3)).maximumMagnitude < 1e-12)
        #expect(throws: LinearAlgebraError.notConverged(argument: "matrix", shape: "(2, 2)", routine: "power iteration")) {
            try powerIteration([[0, 1], [1, 0]] as Matrix, maximumIterations: 50, using: &generator)
        }
        #expect(try powerIteration(Matrix.zeros(2, 2), using: &generator).eigenvalue == 0)
    }
}
