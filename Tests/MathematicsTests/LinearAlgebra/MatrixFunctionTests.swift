import ComplexModule
import Mathematics
import RealModule
import Testing

/// Values from SciPy 1.17 and NumPy 2.4.
@Suite struct MatrixFunctionTests {
    // A = np.array([[1, 2, .5], [-3, .25, 1], [.1, 4, -2]]), S = np.array([[4, 1, .5], [-1, 3, 1], [.1, 2, 5]])
    private let a: Matrix = [[1, 2, 0.5], [-3, 0.25, 1], [0.1, 4, -2]]
    private let s: Matrix = [[4, 1, 0.5], [-1, 3, 1], [0.1, 2, 5]]

    @Test func exponentials() throws {
        // scipy.linalg.expm(A), scipy.linalg.expm(10 * A / 3)
        expectNear(
            try a.exponential(),
            [[-2.6305560406214212, 1.8022426569764454, 0.5503915487549246],
             [-1.8780953401752751, -2.0551832844520557, -0.5630649776703793],
             [-3.1909962714065907, -0.6017226201027285, -0.07616010851656507]])
        expectNear(
            try (a * 10 / 3).exponential(),
            [[-11.175207607006419, 42.59386182173188, 12.195432554066972],
             [-51.102531383890074, -7.759251487276396, -1.3919198690993975],
             [-48.713958884017536, 20.008843221017877, 6.407600188453113]])
        // A nilpotent matrix: the series ends. Every degree of the approximant is used.
        for size in [1e-300, 1e-3, 0.1, 0.5, 1.5, 4, 1e5] {
            let nilpotent: Matrix = [[0, size, 0], [0, 0, size], [0, 0, 0]]
            let expected: Matrix = [[1, size, size * size / 2], [0, 1, size], [0, 0, 1]]
            expectNear(try nilpotent.exponential(), expected)
        }
        // A rotation by 30 radians.
        let rotation = try ([[0, -30], [30, 0]] as Matrix).exponential()
        #expect(abs(rotation[0, 0] - 0.15425144988758405) < 1e-13)  // math.cos(30)
        #expect(abs(rotation[1, 0] - -0.9880316240928618) < 1e-13)  // math.sin(30)
        #expect(try Matrix.zeros(0, 0).exponential().count == 0)
        #expect(throws: LinearAlgebraError.self) { try ([[1000]] as Matrix).exponential() }
        #expect(throws: LinearAlgebraError.self) { try ([[.nan]] as Matrix).exponential() }
        expectNear(try ([[-1000]] as Matrix).exponential(), [[0]])
    }

    @Test func rootsAndLogarithms() throws {
        // scipy.linalg.sqrtm(S), scipy.linalg.logm(S)
        expectNear(
            try s.squareRoot(),
            [[2.0157832196340006, 0.2541941770721235, 0.1026664504776897],
             [-0.2721099783149273, 1.7135421210470827, 0.2623377230915792],
             [0.05636489258114916, 0.5067596449403534, 2.204829028550466]])
        expectNear(
            try s.logarithm(),
            [[1.4188761110386712, 0.26140595293992996, 0.08059436531354483],
             [-0.29815226778796977, 1.0589232228244512, 0.2781088233254021],
             [0.08961150275879125, 0.5194713318027638, 1.5466591008948147]])
        // scipy.linalg.logm([[1, 2], [-3, .5]]): complex eigenvalues, real logarithm
        expectNear(
            try ([[1, 2], [-3, 0.5]] as Matrix).logarithm(),
            [[1.0664265624838576, 1.044203792264493], [-1.5663056883967392, 0.8053756144177342]])
        // scipy.linalg.sqrtm([[-1, 2], [0, -4]]): no real root
        let negative: Matrix = [[-1, 2], [0, -4]]
        #expect(throws: LinearAlgebraError.self) { try negative.squareRoot() }
        expectNear(
            try negative.complexSquareRoot(),
            [[Complex(0, 1), Complex(0, -2.0 / 3)], [Complex(0, 0), Complex(0, 2)]])
        // A zero eigenvalue twice has no root if coupled, and one if not.
        #expect(throws: LinearAlgebraError.self) { try ([[0, 1], [0, 0]] as Matrix).squareRoot() }
        expectNear(try Matrix.diagonal([0, 0, 4]).squareRoot(), .diagonal([0, 0, 2]))
        #expect(throws: LinearAlgebraError.singular(argument: "matrix", rows: 2, pivot: 1)) {
            try ([[0, 1], [0, 1]] as Matrix).logarithm()
        }
        expectNear(try Matrix.diagonal([1e-200, 1e200]).logarithm(), .diagonal([-460.51701859880916, 460.51701859880916]))
    }

    @Test func signs() throws {
        // scipy.linalg.signm(A)
        expectNear(
            try a.signFunction(),
            [[1.0158231485198013, 0.02091670117564426, -0.02557221474987774],
             [-0.28599987612545974, 0.6219352970301075, 0.46221207123006797],
             [1.013384854497996, 1.3395986361962862, -0.6377584455499093]])
        #expect(throws: LinearAlgebraError.self) { try ([[0, 1], [-1, 0]] as Matrix).signFunction() }
    }

    @Test func normsAndCondition() throws {
        // [np.linalg.norm(A, o) for o in (1, 2, np.inf, 'fro', 'nuc')], np.linalg.cond(A)
        let expected: [(MatrixNorm, Double)] = [
            (.one, 6.25), (.spectral, 4.8129040770978895), (.infinity, 6.1), (.frobenius, 5.943273508766024),
            (.nuclear, 9.442202415594306),
        ]
        for (norm, value) in expected {
            #expect(abs(a.norm(norm) - value) < 1e-14 * value)
            #expect(abs(a.complex.norm(norm) - value) < 1e-14 * value)
            #expect(Matrix.zeros(0, 3).norm(norm) == 0)
            #expect(([[1, .nan], [2, 3]] as Matrix).norm(norm).isNaN)
        }
        #expect(([[Complex(3, 4)]] as DenseMatrix<Complex<Double>>).norm(.one) == 5)
        #expect(abs(try a.conditionNumber() - 3.2848927993391) < 1e-13)
        #expect(try ([[1, 2], [2, 4]] as Matrix).conditionNumber() > 1e15)
        // LAPACK's estimate is at least the true value and rarely more than thrice.
        let exact = 1 / (a.norm(.one) * (try a.inverse().norm(.one)))
        let estimate = try LUDecomposition(a).reciprocalCondition
        #expect(estimate >= exact * 0.99 && estimate <= exact * 3)
    }

    @Test func eigenvaluesOfGeneralMatrices() throws {
        // np.linalg.eigvals(A); the pair with positive imaginary part first
        let values = try a.eigenvalues()
        expectNear(
            values,
            [Complex(1.1886640337474657, 2.392020611532347), Complex(1.1886640337474657, -2.392020611532347),
             Complex(-3.127328067494932, 0)])
        #expect(abs(try a.spectralRadius() - 3.127328067494932) < 1e-13)
        // scipy.linalg.eigvals(A, S)
        let pencil = try GeneralizedEigendecomposition(a, relativeTo: s).eigenvalues.sorted { $0.imaginary < $1.imaginary }
        expectNear(
            DenseVector(pencil),
            [Complex(0.37923227188238184, -0.5092245826457917), Complex(-0.9892509602080173, 0),
             Complex(0.37923227188238184, 0.5092245826457918)])
        // scipy.linalg.eigh([[2, 1], [1, 3]], [[4, .5], [.5, 1]])[0]
        expectNear(
            try ([[2, 1], [1, 3]] as Matrix).symmetricEigenvalues(relativeTo: [[4, 0.5], [0.5, 1]]),
            [0.44061870468897885, 3.026047961977688])
        #expect(throws: LinearAlgebraError.notPositiveDefinite(argument: "metric", rows: 2, leadingMinor: 2)) {
            try ([[2, 1], [1, 3]] as Matrix).symmetricEigenvalues(relativeTo: [[1, 2], [2, 1]])
        }
    }

    @Test func hermitianMatrices() throws {
        let i = Complex<Double>.i
        let h: DenseMatrix<Complex<Double>> = [[2, 1 - 2 * i, i / 2], [1 + 2 * i, 5, 1], [-i / 2, 1, 3]]
        // np.linalg.eigvalsh(H), np.linalg.slogdet(H)[1], np.linalg.solve(H, [1, 1j, 2])
        expectNear(try h.symmetricEigenvalues(), [0.48401141823137545, 3.1786410050666283, 6.337347576701997])
        let cholesky = try CholeskyDecomposition(h)
        #expect(abs(cholesky.logDeterminant - 2.277267285009756) < 1e-14)
        let solution: DenseVector<Complex<Double>> = [
            Complex(0.9743589743589745, -1.230769230769231), Complex(-0.9230769230769231, 0.02564102564102563),
            Complex(1.1794871794871795, 0.15384615384615383),
        ]
        expectNear(try cholesky.solve([1, i, 2]), solution)
        expectNear(try h.solve([1, i, 2] as DenseVector), solution)
        let c: DenseMatrix<Complex<Double>> = [[1 + i, 2, -i], [Complex(0.5), 3 - 2 * i, 1]]
        // np.linalg.svd(C)[1], np.linalg.pinv(C)[0]
        expectNear(try c.singularValues(), [4.341588657945152, 1.5493895330748841])
        expectNear(
            try c.pseudoInverse().row(0),
            [Complex(0.2430939226519338, -0.27624309392265195), Complex(-0.143646408839779, 0.0662983425414364)])
        let error = #expect(throws: LinearAlgebraError.self) { try CholeskyDecomposition(h.transposed + c.row(0).outerProduct(c.row(0))) }
        #expect(error?.description.contains("Hermitian") == true)
    }

    @Test func toeplitzSolutions() throws {
        // scipy.linalg.solve_toeplitz([4, 1, .5, -.25], [1, 2, 3, 4]) and (([4, 1, .5, -.25], [4, -2, .75, 3]), …)
        expectNear(
            try Matrix.solveToeplitz(column: [4, 1, 0.5, -0.25], [1, 2, 3, 4]),
            [0.19030303030303033, 0.2309090909090909, 0.45090909090909076, 0.8703030303030304])
        expectNear(
            try Matrix.solveToeplitz(column: [4, 1, 0.5, -0.25], row: [4, -2, 0.75, 3], [1, 2, 3, 4]),
            [-0.01312753600127287, 0.8189593444188081, 0.8847163656615482, 0.6756305195321822])
        #expect(throws: LinearAlgebraError.singular(argument: "toeplitz matrix", rows: 2, pivot: 2)) {
            try Matrix.solveToeplitz(column: [1, 1], [1, 2])
        }
        #expect(try Matrix.solveToeplitz(column: [], []).isEmpty)
    }
}
