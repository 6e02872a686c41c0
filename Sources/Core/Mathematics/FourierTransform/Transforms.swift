import Numerics

// Transforms of one sequence; for many of one length, keep the plan (`FourierTransform`, `RealFourierTransform`).

// swiftcore: fft
/// The discrete Fourier transform X_k = Σ_j x_j exp(−2πijk/n) of a sequence, as `numpy.fft.fft`.
///
/// - Parameter signal: n ≥ 1 numbers.
/// - Returns: n numbers.
/// - Throws: `FourierTransformError.outOfRange` if the signal is empty.
/// - Complexity: O(n log n), whatever n.
public func fourierTransform(
    of signal: some Collection<Complex<Double>>
) throws(FourierTransformError) -> [Complex<Double>] {
    try FourierTransform(count: signal.count).forward(signal)
}

// swiftcore: inverse_fft
/// The inverse x_j = (1/n) Σ_k X_k exp(2πijk/n) of the discrete Fourier transform, as `numpy.fft.ifft`.
///
/// - Parameter spectrum: n ≥ 1 numbers.
/// - Returns: n numbers.
/// - Throws: `FourierTransformError.outOfRange` if the spectrum is empty.
/// - Complexity: O(n log n), whatever n.
public func inverseFourierTransform(
    of spectrum: some Collection<Complex<Double>>
) throws(FourierTransformError) -> [Complex<Double>] {
    try FourierTransform(count: spectrum.count).inverse(spectrum)
}

// swiftcore: real_fft
/// The first half of the discrete Fourier transform of real numbers, as `numpy.fft.rfft`.
///
/// - Parameter signal: n ≥ 1 numbers.
/// - Returns: ⌊n/2⌋ + 1 numbers.
/// - Throws: `FourierTransformError.outOfRange` if the signal is empty.
/// - Complexity: O(n log n), whatever n.
public func realFourierTransform(of signal: Vector) throws(FourierTransformError) -> [Complex<Double>] {
    try RealFourierTransform(count: signal.count).forward(signal)
}

// swiftcore: inverse_real_fft
/// The real numbers whose transform begins with a given half, as `numpy.fft.irfft`.
///
/// - Parameters:
///   - spectrum: ⌊count/2⌋ + 1 numbers.
///   - count: how many real numbers there are.
/// - Throws: `FourierTransformError.wrongCount` if the spectrum does not belong to the count, `.outOfRange` if the
///   count is not positive.
/// - Complexity: O(n log n), whatever n.
public func inverseRealFourierTransform(
    of spectrum: some Collection<Complex<Double>>, count: Int
) throws(FourierTransformError) -> Vector {
    try RealFourierTransform(count: count).inverse(spectrum)
}
