import Numerics

/// An estimate of how a signal's power is spread over the frequencies.
public struct PowerSpectrum: Sendable {
    /// The frequencies from 0 to half the sampling rate.
    public let frequencies: Vector
    /// The one-sided density: power per unit of frequency; its integral is the signal's mean square.
    public let density: Vector

    /// Welch's estimate: the mean periodogram of overlapping windowed pieces.
    ///
    /// Welch, "The use of fast Fourier transform for the estimation of power spectra", 1967. The mean of
    /// each piece is taken out of it, as in `scipy.signal.welch`. With a segment as long as the signal it
    /// is the periodogram.
    ///
    /// - Parameters:
    ///   - signal: at least `segment` numbers.
    ///   - segment: the length of a piece.
    ///   - overlap: how many samples neighbouring pieces share; half the segment if nil.
    ///   - window: the weights of a piece.
    ///   - samplingRate: samples per unit of time.
    ///   - removesMean: whether the mean of each piece is taken out.
    /// - Throws: `FourierTransformError` if a length or the rate is out of range.
    public init(
        of signal: Vector, segment: Int, overlap: Int? = nil, window: Window = .hann, samplingRate: Double = 1,
        removesMean: Bool = true
    ) throws(FourierTransformError) {
        guard segment >= 1, segment <= signal.count else {
            throw .outOfRange(
                argument: "segment", value: Double(segment),
                expected: "a length in 1 ... \(signal.count), the length of the signal")
        }
        let overlap = overlap ?? segment / 2
        guard overlap >= 0, overlap < segment else {
            throw .outOfRange(argument: "overlap", value: Double(overlap), expected: "a number in 0 ..< \(segment)")
        }
        guard samplingRate > 0, samplingRate < .infinity else {
            throw .outOfRange(argument: "samplingRate", value: samplingRate, expected: "a positive finite number")
        }
        let weights = try window.weights(count: segment)
        let transform = RealFourierTransform(positiveCount: segment)
        let step = segment - overlap
        var total = Vector.zeros(transform.spectrumCount)
        var pieces = 0
        for start in stride(from: 0, through: signal.count - segment, by: step) {
            let mean = removesMean ? signal[start..<start + segment].reduce(0, +) / Double(segment) : 0
            let piece = Vector(count: segment) { weights[$0] * (signal[start + $0] - mean) }
            let spectrum = try transform.forward(piece)
            for k in spectrum.indices { total[k] += spectrum[k].lengthSquared }
            pieces += 1
        }
        let scale = 1 / (Double(pieces) * samplingRate * weights.squaredNorm)
        let paired = segment % 2 == 0 ? total.count - 1 : total.count
        density = Vector(count: total.count) { total[$0] * ($0 > 0 && $0 < paired ? 2 * scale : scale) }
        frequencies = realFourierFrequencies(count: segment, spacing: 1 / samplingRate)
    }
}

extension DenseVector<Double> {
    /// The analytic signal x + iH(x), H the Hilbert transform, as `scipy.signal.hilbert`.
    ///
    /// Its modulus is the envelope, its argument the phase.
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the signal is empty.
    public func analyticSignal() throws(FourierTransformError) -> [Complex<Double>] {
        if isEmpty { throw .wrongCount(argument: "self", count: 0, expected: "at least one") }
        let half = try RealFourierTransform(positiveCount: count).forward(self)
        var spectrum = [Complex<Double>](repeating: .zero, count: count)
        for (k, value) in half.enumerated() {
            // Negative frequencies vanish, positive ones double; 0 and n/2 are both.
            spectrum[k] = k == 0 || 2 * k == count ? value : Complex(2 * value.real, 2 * value.imaginary)
        }
        return try FourierTransform(positiveCount: count).inverse(spectrum)
    }
}
