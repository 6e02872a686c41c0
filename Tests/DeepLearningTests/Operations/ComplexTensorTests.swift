import DeepLearning
import Numerics
import Testing

@Suite struct ComplexTensorTests {
    let a = ComplexTensor(real: normal([2, 3], seed: 1), imaginary: normal([2, 3], seed: 2))
    let b = ComplexTensor(real: normal([2, 3], seed: 3), imaginary: normal([2, 3], seed: 4))

    private func numbers(_ z: ComplexTensor<Double>) -> [Complex<Double>] {
        zip(z.real.scalars, z.imaginary.scalars).map { Complex($0, $1) }
    }

    private func expectNumbers(
        _ z: ComplexTensor<Double>, _ expected: [Complex<Double>], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expectClose(z.real, expected.map(\.real), tolerance: 1e-13, sourceLocation: sourceLocation)
        expectClose(z.imaginary, expected.map(\.imaginary), tolerance: 1e-13, sourceLocation: sourceLocation)
    }

    /// Both parts in one tensor, so that both are differentiated.
    private func expectGradients(
        sourceLocation: SourceLocation = #_sourceLocation,
        _ f: (ComplexTensor<Double>, ComplexTensor<Double>) -> ComplexTensor<Double>
    ) {
        expectGradientsMatchFiniteDifferences(at: ParameterPair(a, b), sourceLocation: sourceLocation) {
            let z = f($0.first, $0.second)
            return Tensor.stacking([z.real, z.imaginary])
        }
    }

    @Test func arithmetic() {
        let pairs = Array(zip(numbers(a), numbers(b)))
        expectNumbers(a + b, pairs.map { $0 + $1 })
        expectNumbers(a - b, pairs.map { $0 - $1 })
        expectNumbers(a * b, pairs.map { $0 * $1 })
        expectNumbers(a / b, pairs.map { $0 / $1 })
        expectNumbers(-a, pairs.map { -$0.0 })
        expectNumbers(a.conjugate, pairs.map { $0.0.conjugate })
        expectNumbers(exp(a), pairs.map { Complex.exp($0.0) })
        expectClose(a.magnitude, pairs.map { $0.0.length })
        expectClose(a.squaredMagnitude, pairs.map { $0.0.lengthSquared })
        expectClose(a.angle, pairs.map { $0.0.phase })
        expectNumbers(ComplexTensor(modulus: a.magnitude, angle: a.angle), numbers(a))
        expectGradients { $0 * $1 }
        expectGradients { $0 / $1 }
        expectGradients { $0 + $1.conjugate }
        expectGradients { exp($0 - $1) }
        expectGradients { a, b in ComplexTensor(real: a.magnitude, imaginary: b.angle) }
        expectGradients { a, b in ComplexTensor(real: a.squaredMagnitude) * b.mappingParts { $0[0] } }
        expectClose(gradient(at: Tensor<Double>.zeros([1])) { ComplexTensor(real: $0).magnitude.sum() }, [0])
    }

    @Test func matrixProducts() {
        let x = numbers(a), y = numbers(b.adjoint())
        var expected: [Complex<Double>] = []
        for i in 0..<2 {
            for j in 0..<2 {
                var sum = Complex<Double>(0)
                for k in 0..<3 { sum += x[i * 3 + k] * y[k * 2 + j] }
                expected.append(sum)
            }
        }
        expectNumbers(matmul(a, b.adjoint()), expected)
        expectGradients { matmul($0, $1.adjoint()) }
    }

    @Test func fourierTransform() {
        // np.fft.fft([1, 2, -1, 3, 0.5])
        let z = ComplexTensor(real: Tensor<Double>([1, 2, -1, 3, 0.5])).fourierTransformed()
        for (length, lines) in [(1, 2), (2, 1), (5, 3), (8, 2), (12, 1), (37, 1)] {
            let x = ComplexTensor(real: normal([lines, length], seed: 1), imaginary: normal([lines, length], seed: 2))
            let numbers = numbers(x)
            var expected: [Complex<Double>] = []
            for line in 0..<lines {
                for k in 0..<length {
                    var sum = Complex<Double>(0)
                    for j in 0..<length {
                        let angle: Double = -2 * Double.pi * Double(j * k % length) / Double(length)
                        let turn = Complex<Double>(length: 1, phase: angle)
                        sum += numbers[line * length + j] * turn
                    }
                    expected.append(sum)
                }
            }
            expectNumbers(x.fourierTransformed(), expected)
            expectNumbers(x.fourierTransformed().inverseFourierTransformed(), numbers)
        }
        expectClose(z.real, [5.5, 0.1545085, -0.4045085, -0.4045085, 0.1545085], tolerance: 1e-8)
        expectClose(z.imaginary, [0, 0.92455623, -4.68590394, 4.68590394, -0.92455623], tolerance: 1e-8)
        expectGradients { a, b in (a.fourierTransformed() * b).inverseFourierTransformed() }
        // Single precision: to its own accuracy.
        let single = ComplexTensor(real: Tensor<Float>([1, 2, -1, 3, 0.5])).fourierTransformed()
        expectClose(Tensor<Double>(single.real), z.real.scalars, tolerance: 1e-6)
    }
}
