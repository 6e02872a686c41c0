import Foundation
import Mathematics
import Numerics
import Testing

/// Transforms of one sequence against their definition, term by term.
@Suite struct OneSequenceTransformTests {
    private let signal: [Complex<Double>] = [
        Complex(1, 0), Complex(2, 1), Complex(0.5, -0.25), Complex(-1, 3), Complex(3, 0.125), Complex(0, -2), Complex(7, 1),
    ]

    /// X_k = Σ_j x_j exp(−2πijk/n).
    private func definition(_ values: [Complex<Double>]) -> [Complex<Double>] {
        values.indices.map { k in
            var sum = Complex<Double>.zero
            for (j, value) in values.enumerated() {
                let angle = -2 * Double.pi * Double(j * k) / Double(values.count)
                sum += value * Complex(cos(angle), sin(angle))
            }
            return sum
        }
    }

    @Test func forwardAndBack() throws {
        let spectrum = try fourierTransform(of: signal)
        for (ours, expected) in zip(spectrum, definition(signal)) { #expect((ours - expected).length < 1e-13) }
        for (ours, expected) in zip(try inverseFourierTransform(of: spectrum), signal) {
            #expect((ours - expected).length < 1e-14)
        }
    }

    @Test func realSequences() throws {
        for count in [6, 7] {
            let values = Vector(signal.prefix(count).map(\.real))
            let spectrum = try realFourierTransform(of: values)
            #expect(spectrum.count == count / 2 + 1)
            for (ours, expected) in zip(spectrum, definition(values.map { Complex($0, 0) } as [Complex<Double>])) {
                #expect((ours - expected).length < 1e-13)
            }
            let back = try inverseRealFourierTransform(of: spectrum, count: count)
            #expect((back - values).norm < 1e-14)
        }
    }

    @Test func badCountsThrow() {
        #expect(throws: FourierTransformError.self) { try fourierTransform(of: [Complex<Double>]()) }
        #expect(throws: FourierTransformError.self) { try inverseRealFourierTransform(of: signal, count: 5) }
    }
}
