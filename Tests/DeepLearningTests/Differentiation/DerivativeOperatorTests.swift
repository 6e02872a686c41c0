import DeepLearning
import Mathematics
import Testing

@Suite struct DerivativeOperatorTests {
    let points = normal([4, 3])
    let matrix = normal([3, 3], seed: 2)

    @Test func forwardJacobianAgreesWithReverse() {
        let f = { (x: Tensor<Double>) in sin(matmul(x, matrix)[0..<2]) }
        expectClose(forwardJacobian(at: points, f), jacobian(at: points, f).scalars, shape: [6, 12])
        expectClose(forwardJacobian(at: points) { _ in Tensor([1.0]) }, [Double](repeating: 0, count: 12), shape: [1, 12])
    }

    /// Δ of sin(x·a) is −|a|² sin(x·a); Δ|x|⁴ = (4d + 8)|x|².
    @Test func laplacianOfKnownFunctions() {
        let a = matrix[0]
        let wave = sin(matmul(points, a)) * -a.squared().sum()
        expectClose(laplacian(at: points) { sin(matmul($0, a)) }, wave.scalars, shape: [4])
        let squares = points.squared().sum(along: 1)
        expectClose(laplacian(at: points) { $0.squared().sum(along: 1).squared() }, (squares * 20).scalars)
        // Hutchinson's mean, by all eight sign vectors' quadratic forms, has the trace as its expectation: 4000 probes.
        var generator = Philox(seed: 3)
        let estimate = laplacianEstimate(at: points, probeCount: 4000, using: &generator) { sin(matmul($0, a)) }
        expectClose(estimate, wave.scalars, tolerance: 0.05)
        // A diagonal Hessian: each probe is exact.
        let exact = laplacianEstimate(at: points, using: &generator) { ($0.squared() * $0).sum(along: 1) }
        expectClose(exact, (points * 6).sum(along: 1).scalars)
        expectGradientsMatchFiniteDifferences(at: matrix, tolerance: 1e-6) { matrix in
            laplacian(at: points) { tanh(matmul($0, matrix)).sum(along: 1) }
        }
    }

    /// div(Mx) = tr M.
    @Test func divergenceOfKnownFields() {
        let trace = matrix.matrixTrace().scalar
        expectClose(divergence(at: points) { matmul($0, matrix) }, [trace, trace, trace, trace], shape: [4])
        expectClose(divergence(at: points) { $0.squared() }, (points * 2).sum(along: 1).scalars)
        var generator = Philox(seed: 3)
        let estimate = divergenceEstimate(at: points, probeCount: 4000, using: &generator) { matmul($0, matrix) }
        expectClose(estimate, [trace, trace, trace, trace], tolerance: 0.06)
        expectGradientsMatchFiniteDifferences(at: matrix) { matrix in divergence(at: points) { tanh(matmul($0, matrix)) } }
    }
}
