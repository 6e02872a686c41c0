import Foundation
import Mathematics
import Numerics
import Testing

@Suite struct FourierTransformTests {
    private func noise(_ count: Int, seed: UInt64 = 5) -> [Complex<Double>] {
        var generator = Philox(seed: seed)
        return (0..<count).map { _ in Complex(generator.normal(), generator.normal()) }
    }

    /// By the definition, with the angle reduced exactly.
    private func definition(_ x: [Complex<Double>], sign: Double = -1) -> [Complex<Double>] {
        let n = x.count
        let roots = (0..<n).map { k -> Complex<Double> in
            let angle = 2 * Double.pi * Double(k) / Double(n)
            return Complex(cos(angle), sign * sin(angle))
        }
        return (0..<n).map { k in (0..<n).reduce(Complex<Double>.zero) { $0 + x[$1] * roots[$1 * k % n] } }
    }

    private func distance(_ a: [Complex<Double>], _ b: [Complex<Double>]) -> Double {
        guard a.count == b.count else { return .infinity }
        let scale = b.reduce(0) { $0 + $1.lengthSquared }.squareRoot()
        return zip(a, b).reduce(0) { $0 + ($1.0 - $1.1).lengthSquared }.squareRoot() / max(scale, 1e-300)
    }

    @Test func everyLengthAgreesWithTheDefinition() throws {
        // All small lengths; then mixtures of every factor, large primes, twice a large prime.
        for n in Array(1...70) + [97, 101, 121, 125, 128, 169, 210, 243, 256, 307, 360, 499, 512, 614, 720, 1000, 1009]
        {
            let x = noise(n)
            let transform = try FourierTransform(count: n)
            #expect(distance(try transform.forward(x), definition(x)) < 3e-14, "length \(n)")
            let back = try transform.inverse(try transform.forward(x))
            #expect(distance(back, x) < 2e-15 * max(1, log2(Double(n))), "length \(n)")
            var real = x.map(\.real)
            var imaginary = x.map(\.imaginary)
            real.withUnsafeMutableBufferPointer { re in
                imaginary.withUnsafeMutableBufferPointer { im in
                    transform.transformInPlace(real: re, imaginary: im, inverse: true)
                }
            }
            #expect(distance(zip(real, imaginary).map { Complex($0, $1) }, definition(x, sign: 1)) < 3e-14)
        }
    }

    @Test func realTransformIsHalfTheComplexOne() throws {
        for n in Array(1...40) + [97, 128, 250, 509, 1000, 1018] {
            let x = Vector(noise(n).map(\.real))
            let transform = try RealFourierTransform(count: n)
            let full = definition(x.map { Complex($0, 0) } as [Complex<Double>])
            let half = try transform.forward(x)
            #expect(distance(half, Array(full.prefix(n / 2 + 1))) < 3e-14, "length \(n)")
            #expect((try transform.inverse(half) - x).norm < 1e-14 * x.norm, "length \(n)")
            // The imaginary parts at 0 and n/2 do not matter.
            var changed = half
            changed[0].imaginary += 3
            if n % 2 == 0 { changed[n / 2].imaginary -= 2 }
            #expect((try transform.inverse(changed) - x).norm < 1e-14 * x.norm, "length \(n)")
        }
    }

    @Test func parsevalAndUglyMagnitudes() throws {
        for n in [1 << 16, 100_000, 65_537] {
            let x = noise(n)
            let spectrum = try FourierTransform(count: n).forward(x)
            let energy = x.reduce(0) { $0 + $1.lengthSquared }
            #expect(abs(spectrum.reduce(0) { $0 + $1.lengthSquared } / Double(n) / energy - 1) < 1e-13)
            // An impulse at j has the spectrum exp(−2πijk/n).
            var impulse = [Complex<Double>](repeating: .zero, count: n)
            impulse[3] = Complex(1e300, 0)
            let turned = try FourierTransform(count: n).forward(impulse)
            let k = n / 7
            let angle = 2 * Double.pi * Double(3 * k % n) / Double(n)
            #expect((turned[k] - Complex(1e300 * cos(angle), -1e300 * sin(angle))).length < 1e286)
        }
        let tiny = try FourierTransform(count: 4).forward(
            [Double.leastNonzeroMagnitude, 0, 0, 0].map { Complex($0, 0) })
        #expect(tiny.allSatisfy { $0.real == Double.leastNonzeroMagnitude && $0.imaginary == 0 })
        let poisoned = try FourierTransform(count: 12).forward(
            (0..<12).map { Complex($0 == 0 ? .nan : 1, 0) })
        #expect(poisoned.allSatisfy { !$0.isFinite })
    }

    @Test func wrongLengthsAreErrors() {
        #expect(throws: FourierTransformError.outOfRange(argument: "count", value: 0, expected: "a positive length")) {
            try FourierTransform(count: 0)
        }
        #expect(throws: FourierTransformError.wrongCount(argument: "signal", count: 3, expected: "4")) {
            try FourierTransform(count: 4).forward(noise(3))
        }
        #expect(throws: FourierTransformError.wrongCount(argument: "spectrum", count: 4, expected: "3")) {
            try RealFourierTransform(count: 4).inverse(noise(4))
        }
        #expect(
            FourierTransformError.wrongCount(argument: "signal", count: 3, expected: "4").description
                == "signal has 3 elements: expected 4")
    }

    @Test func twoDimensionsAreTransformsAlongBoth() throws {
        for (m, n) in [(1, 1), (1, 5), (6, 1), (3, 4), (8, 7), (12, 10), (5, 37)] {
            let x = noise(m * n)
            var expected = x
            for row in 0..<m {
                expected.replaceSubrange(row * n..<row * n + n, with: definition(Array(x[row * n..<row * n + n])))
            }
            for column in 0..<n {
                let down = definition((0..<m).map { expected[$0 * n + column] })
                for row in 0..<m { expected[row * n + column] = down[row] }
            }
            let transform = try FourierTransform2D(rows: m, columns: n)
            #expect(distance(try transform.forward(x), expected) < 1e-14)
            #expect(distance(try transform.inverse(expected), x) < 1e-14)
            let real = Matrix(rows: m, columns: n) { x[$0 * n + $1].real }
            let asComplex = x.map { Complex($0.real, 0) }
            #expect(try transform.forward(real) == transform.forward(asComplex))
        }
    }

    @Test func cosineTransformIsSciPys() throws {
        let x: Vector = [1.5, -2, 0.25, 4, 3, -1, 0.5]
        // scipy.fft.dct(x); scipy.fft.dct(x, norm="ortho"); scipy.fft.idct(x)
        let unscaled: Vector = [
            12.5, -2.0001677057189817, -9.783933844209976, 7.793533960171206, 14.453386344133403,
            -1.4824498509753985, 2.4873201883433835,
        ]
        let orthonormal: Vector = [
            2.3622779563076706, -0.5345673050635796, -2.6148663099925593, 2.0829095650820113, 3.8628299841731693,
            -0.3962013882445734, 0.6647642825704979,
        ]
        let inverted: Vector = [
            0.5286512079886966, -0.6476130400531448, -0.7388944896875509, 0.4285714285714286, 0.8466228272925747,
            0.016464105439560422, 0.3161979604484356,
        ]
        let plain = try CosineTransform(count: 7)
        let scaled = try CosineTransform(count: 7, normalization: .orthonormal)
        #expect((try plain.forward(x) - unscaled).maximumMagnitude < 1e-14)
        #expect((try scaled.forward(x) - orthonormal).maximumMagnitude < 1e-14)
        #expect((try plain.inverse(x) - inverted).maximumMagnitude < 1e-14)
        // scipy.fft.dct(x[:6])
        let six: Vector = [
            11.5, -4.182581518689039, -6.49519052838329, 15.90990257669732, 2.75, 1.120719340210067,
        ]
        #expect((try CosineTransform(count: 6).forward(Vector(x.prefix(6))) - six).maximumMagnitude < 1e-14)
        for n in [1, 2, 3, 16, 100, 243] {
            let y = Vector(noise(n).map(\.real))
            let transform = try CosineTransform(count: n, normalization: .orthonormal)
            let coefficients = try transform.forward(y)
            #expect(abs(coefficients.norm - y.norm) < 1e-13 * y.norm)
            #expect((try transform.inverse(coefficients) - y).norm < 1e-14 * y.norm)
        }
    }

    @Test func windowsAreSciPys() throws {
        // scipy.signal.get_window(name, 6)
        let expected: [(Window, Vector)] = [
            (.rectangular, [1, 1, 1, 1, 1, 1]),
            (.hann, [0, 0.25, 0.75, 1, 0.75, 0.25]),
            (.hamming, [0.08, 0.31, 0.77, 1, 0.77, 0.31]),
            (.blackman, [0, 0.13, 0.63, 1, 0.63, 0.13]),
            (
                .kaiser(beta: 8.6),
                [
                    0.0013325139979024198, 0.13040194654166437, 0.6304119273359405, 1, 0.6304119273359405,
                    0.13040194654166437,
                ]
            ),
            (
                .kaiser(beta: 45),
                [
                    4.7998139780009525e-19, 1.2236847060044861e-05, 0.07855353859609386, 1, 0.07855353859609386,
                    1.2236847060044861e-05,
                ]
            ),
        ]
        for (window, weights) in expected {
            let ours = try window.weights(count: 6)
            for j in 0..<6 { #expect(abs(ours[j] - weights[j]) < 1e-15 + 2e-14 * weights[j], "\(window)") }
        }
        // numpy.kaiser(7, 8.6), numpy.blackman(5)
        #expect(abs(try Window.kaiser(beta: 8.6).weights(count: 7, periodic: false)[5] - 0.13040194654166437) < 1e-14)
        #expect(
            (try Window.blackman.weights(count: 5, periodic: false) - [0, 0.34, 1, 0.34, 0]).maximumMagnitude < 1e-15)
        #expect(try Window.hann.weights(count: 0).isEmpty)
        #expect(try Window.hann.weights(count: 1) == [1])
        #expect(throws: FourierTransformError.self) { try Window.kaiser(beta: .nan).weights(count: 4) }
        #expect(throws: FourierTransformError.self) { try Window.hann.weights(count: -1) }
    }

    @Test func frequencyAxesAreNumPys() {
        // numpy.fft.fftfreq(5, .1), fftfreq(6, .1), rfftfreq(5, .1)
        #expect((fourierFrequencies(count: 5, spacing: 0.1) - [0, 2, 4, -4, -2]).norm < 1e-14)
        let six: Vector = [0, 1.6666666666666665, 3.333333333333333, -5, -3.333333333333333, -1.6666666666666665]
        #expect((fourierFrequencies(count: 6, spacing: 0.1) - six).norm < 1e-14)
        #expect((realFourierFrequencies(count: 5, spacing: 0.1) - [0, 2, 4]).norm < 1e-14)
        // numpy.fft.fftshift([0, 1, 2, -2, -1]), and for an even length
        #expect([0, 1, 2, -2, -1].frequencyShifted() == [-2, -1, 0, 1, 2])
        #expect([0, 1, -2, -1].frequencyShifted() == [-2, -1, 0, 1])
        for n in 0..<6 { #expect(Array(0..<n).frequencyShifted().inverseFrequencyShifted() == Array(0..<n)) }
    }
}
