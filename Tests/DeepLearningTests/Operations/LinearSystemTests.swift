import DeepLearning
import Mathematics
import Testing

@Suite struct LinearSystemTests {
    @Test func solutions() throws {
        let a = normal([2, 3, 3]) + Tensor.identity(3) * 3, b = normal([2, 3, 2], seed: 2)
        expectClose(matmul(a, try solve(a, b)), b.scalars, shape: [2, 3, 2])
        expectClose(matmul(a[0], try solve(a[0], b[0, 0..., 0])), b[0, 0..., 0].scalars, shape: [3])
        expectClose(matmul(a, try inverse(a)), Tensor.identity(3).expanded(to: [2, 3, 3]).scalars)
        // One matrix for many right sides, and the reverse.
        expectClose(matmul(a[0], try solve(a[0], b)), b.scalars, shape: [2, 3, 2])
        expectClose(matmul(a, try solve(a, b[0])), b[0].expanded(to: [2, 3, 2]).scalars, shape: [2, 3, 2])
        func solved(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Tensor<Double> {
            (try? solve(a, b)) ?? Tensor.zeros([1])
        }
        expectGradientsMatchFiniteDifferences(at: [a, b]) { solved($0[0], $0[1]) }
        expectGradientsMatchFiniteDifferences(at: [a[0], b]) { solved($0[0], $0[1]) }
        expectGradientsMatchFiniteDifferences(at: [a[1], b[0, 0..., 0]]) { solved($0[0], $0[1]) }
        expectGradientsMatchFiniteDifferences(at: a) { (try? inverse($0)) ?? $0 }
    }

    @Test func determinants() {
        // np.linalg.slogdet([[4, 1], [2, 3]])[1]; the sign does not matter.
        expectClose(logAbsoluteDeterminant(Tensor<Double>([[4, 1], [2, 3]])), [2.302585092994046], shape: [])
        expectClose(logAbsoluteDeterminant(Tensor<Double>([[2, 3], [4, 1]])), [2.302585092994046])
        #expect(logAbsoluteDeterminant(Tensor<Double>([[1, 2], [2, 4]])).scalar == -.infinity)
        expectGradientsMatchFiniteDifferences(at: normal([2, 3, 3]) + Tensor.identity(3) * 2) { logAbsoluteDeterminant($0) }
    }

    @Test func factors() throws {
        let x = normal([2, 3, 4]), a = matmul(x, x.transposed()) + Tensor.identity(3)
        let l = try cholesky(a)
        expectClose(matmul(l, l.transposed()), a.scalars)
        expectClose(l.upperTriangle(offset: 1), [Double](repeating: 0, count: 18))
        expectGradientsMatchFiniteDifferences(at: a) { (try? cholesky($0)) ?? $0 }
        expectClose(Tensor<Double>(2) * log(l.diagonal()).sum(along: -1), logAbsoluteDeterminant(a).scalars)
    }

    @Test func errors() {
        #expect(throws: LinearAlgebraError.self) { try solve(Tensor<Double>([[1, 2], [2, 4]]), Tensor<Double>([1, 1])) }
        #expect(throws: LinearAlgebraError.self) { try inverse(Tensor<Double>([[1, .nan], [2, 4]])) }
        #expect(throws: LinearAlgebraError.self) { try cholesky(Tensor<Double>([[1, 2], [2, 1]])) }
    }
}
