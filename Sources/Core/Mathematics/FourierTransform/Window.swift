import Foundation

/// The shape by which a piece of a signal is weighted before it is transformed.
public enum Window: Sendable, Equatable {
    /// All ones.
    case rectangular
    /// ½ − ½ cos(2πj/N).
    case hann
    /// 0.54 − 0.46 cos(2πj/N).
    case hamming
    /// 0.42 − ½ cos(2πj/N) + 0.08 cos(4πj/N).
    case blackman
    /// I₀(β√(1 − (2j/N − 1)²))/I₀(β); the larger β, the wider and the cleaner.
    case kaiser(beta: Double)

    /// The weights.
    ///
    /// - Parameters:
    ///   - count: how many.
    ///   - periodic: with N = `count`, one period of a periodic window, as spectral estimates and
    ///     `ShortTimeFourierTransform` want it (SciPy's default); otherwise N = `count` − 1, symmetric,
    ///     as filters and `numpy.hanning` want it.
    /// - Throws: `FourierTransformError.outOfRange` if the count is negative or β is not a finite number of at least 0.
    public func weights(count: Int, periodic: Bool = true) throws(FourierTransformError) -> Vector {
        guard count >= 0 else {
            throw .outOfRange(argument: "count", value: Double(count), expected: "a number of at least 0")
        }
        if case .kaiser(let beta) = self, !(beta >= 0 && beta < .infinity) {
            throw .outOfRange(argument: "beta", value: beta, expected: "a finite number of at least 0")
        }
        guard count > 1 else { return .ones(count) }
        let period = Double(periodic ? count : count - 1)
        func cosine(_ multiple: Int, _ j: Int) -> Double { cos(2 * .pi * Double(multiple * j) / period) }
        return Vector(count: count) { j in
            switch self {
            case .rectangular: 1
            case .hann: 0.5 - 0.5 * cosine(1, j)
            case .hamming: 0.54 - 0.46 * cosine(1, j)
            case .blackman: 0.42 - 0.5 * cosine(1, j) + 0.08 * cosine(2, j)
            case .kaiser(let beta): Self.kaiserWeight(beta, 2 * Double(j) / period - 1)
            }
        }
    }

    /// I₀(β√(1 − x²))/I₀(β), both scaled by exp(−β) so that a large β does not overflow.
    private static func kaiserWeight(_ beta: Double, _ x: Double) -> Double {
        let argument = beta * max(0, 1 - x * x).squareRoot()
        let (numerator, denominator) = (scaledBesselI0(argument), scaledBesselI0(beta))
        return numerator / denominator * exp(argument - beta)
    }

    /// exp(−x) I₀(x) for x ≥ 0: the power series up to 30, beyond it Hankel's asymptotic series.
    private static func scaledBesselI0(_ x: Double) -> Double {
        if x < 30 {
            let quarter = x * x / 4
            var term = 1.0
            var sum = 1.0
            var k = 1.0
            while term > sum * 1e-18 {
                term *= quarter / (k * k)
                sum += term
                k += 1
            }
            return sum * exp(-x)
        }
        // Σ ((2k − 1)!!)² / (k! (8x)^k), whose terms fall until k ≈ 2x.
        var term = 1.0
        var sum = 1.0
        var k = 1.0
        while term > sum * 1e-18, k < 60 {
            term *= (2 * k - 1) * (2 * k - 1) / (8 * k * x)
            sum += term
            k += 1
        }
        return sum / (2 * .pi * x).squareRoot()
    }
}
