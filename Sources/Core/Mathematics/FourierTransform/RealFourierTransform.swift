import Numerics

/// A prepared discrete Fourier transform of real sequences of one length.
///
/// The spectrum of a real sequence has X_{n−k} = X̄_k, so only the n/2 + 1 numbers with k ≤ n/2 are
/// computed and kept, as `numpy.fft.rfft` does. For an even length it costs half a complex transform.
public struct RealFourierTransform: Sendable {
    /// The length of the sequences.
    public let count: Int

    /// Of length n/2 for even n, else of length n.
    private let inner: FourierTransform
    /// exp(−2πik/n) for k ≤ n/4 … n/2, real then imaginary parts; for even n only.
    private let twiddles: Storage<Double>

    /// How many numbers the spectrum has: ⌊n/2⌋ + 1.
    public var spectrumCount: Int { count / 2 + 1 }

    /// Prepares transforms of a length.
    ///
    /// - Parameter count: the length, at least 1.
    /// - Throws: `FourierTransformError.outOfRange` if the length is not positive.
    public init(count: Int) throws(FourierTransformError) {
        guard count > 0 else {
            throw .outOfRange(argument: "count", value: Double(count), expected: "a positive length")
        }
        self.init(positiveCount: count)
    }

    init(positiveCount count: Int) {
        self.count = count
        if count % 2 == 0 {
            let half = count / 2
            inner = FourierTransform(positiveCount: half)
            twiddles = Storage(uninitializedCount: 2 * (half + 1))
            for k in 0...half {
                let root = rootOfUnity(k, of: count)
                twiddles.pointer[k] = root.real
                twiddles.pointer[half + 1 + k] = root.imaginary
            }
        } else {
            inner = FourierTransform(positiveCount: count)
            twiddles = Storage(uninitializedCount: 0)
        }
    }

    /// The numbers X_k = Σ_j x_j exp(−2πijk/n) for k = 0 … ⌊n/2⌋.
    ///
    /// - Parameter signal: `count` numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not `count`.
    public func forward(_ signal: Vector) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(signal.count, count, "signal")
        return [Complex<Double>](unsafeUninitializedCapacity: spectrumCount) { output, initialized in
            initialized = spectrumCount
            signal.withUnsafeBufferPointer { signal in
                guard let signal = signal.baseAddress, let output = output.baseAddress else { return }
                forward(signal, output)
            }
        }
    }

    /// The real sequence with the given spectrum, with the factor 1/n.
    ///
    /// The imaginary parts of X_0 and, for even n, of X_{n/2} have no effect, as in `numpy.fft.irfft`.
    ///
    /// - Parameter spectrum: ⌊n/2⌋ + 1 numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not ⌊n/2⌋ + 1.
    public func inverse(_ spectrum: some Collection<Complex<Double>>) throws(FourierTransformError) -> Vector {
        try requireLength(spectrum.count, spectrumCount, "spectrum")
        let result = Storage<Double>(uninitializedCount: count)
        let done: Void? = spectrum.withContiguousStorageIfAvailable { buffer in
            if let buffer = buffer.baseAddress { inverse(buffer, result.pointer) }
        }
        if done == nil {
            Array(spectrum).withUnsafeBufferPointer { buffer in
                if let buffer = buffer.baseAddress { inverse(buffer, result.pointer) }
            }
        }
        return Vector(storage: result)
    }

    /// From `count` numbers to `spectrumCount`.
    func forward(_ signal: UnsafePointer<Double>, _ output: UnsafeMutablePointer<Complex<Double>>) {
        let length = inner.count
        withUnsafeTemporary(2 * length) { memory in
            inner.withWork { work in
                let data = SplitPointer(real: memory, imaginary: memory + length)
                if count % 2 == 0 {
                    deinterleave(signal, data, length)
                    unpack(inner.execute(data, work: work), output)
                } else {
                    data.real.update(from: signal, count: length)
                    data.imaginary.update(repeating: 0, count: length)
                    let result = inner.execute(data, work: work)
                    for k in 0..<spectrumCount { output[k] = Complex(result.real[k], result.imaginary[k]) }
                    output[0] = Complex(result.real[0], 0)
                }
            }
        }
    }

    /// From the transform Z of z_j = x_{2j} + i x_{2j+1} to that of x.
    private func unpack(_ z: SplitPointer, _ output: UnsafeMutablePointer<Complex<Double>>) {
        let half = count / 2
        let (cosines, sines) = (twiddles.pointer, twiddles.pointer + half + 1)
        output[0] = Complex(z.real[0] + z.imaginary[0], 0)
        output[half] = Complex(z.real[0] - z.imaginary[0], 0)
        var k = 1
        while 2 * k <= half {
            let j = half - k
            let (evenReal, evenImaginary) = ((z.real[k] + z.real[j]) / 2, (z.imaginary[k] - z.imaginary[j]) / 2)
            let (oddReal, oddImaginary) = ((z.imaginary[k] + z.imaginary[j]) / 2, (z.real[j] - z.real[k]) / 2)
            let turnedReal = oddReal * cosines[k] - oddImaginary * sines[k]
            let turnedImaginary = oddReal * sines[k] + oddImaginary * cosines[k]
            output[k] = Complex(evenReal + turnedReal, evenImaginary + turnedImaginary)
            output[j] = Complex(evenReal - turnedReal, turnedImaginary - evenImaginary)
            k += 1
        }
        withExtendedLifetime(twiddles) {}
    }

    /// From `spectrumCount` numbers to `count`.
    func inverse(_ spectrum: UnsafePointer<Complex<Double>>, _ output: UnsafeMutablePointer<Double>) {
        let length = inner.count
        let half = count / 2
        withUnsafeTemporary(2 * length) { memory in
            inner.withWork { work in
                let data = SplitPointer(real: memory, imaginary: memory + length)
                data.real[0] = spectrum[0].real
                data.imaginary[0] = 0
                if count % 2 == 1 {
                    for k in 1..<max(spectrumCount, 1) {
                        data.real[k] = spectrum[k].real
                        data.imaginary[k] = spectrum[k].imaginary
                        data.real[length - k] = spectrum[k].real
                        data.imaginary[length - k] = -spectrum[k].imaginary
                    }
                    let result = inner.execute(data.swapped, work: work).swapped
                    let scale = 1 / Double(count)
                    for j in 0..<count { output[j] = result.real[j] * scale }
                    return
                }
                let (first, last) = (spectrum[0].real, spectrum[half].real)
                data.real[0] = first + last
                data.imaginary[0] = first - last
                let (cosines, sines) = (twiddles.pointer, twiddles.pointer + half + 1)
                var k = 1
                while 2 * k <= half {
                    let j = half - k
                    let (a, b) = (spectrum[k], spectrum[j])
                    let (evenReal, evenImaginary) = (a.real + b.real, a.imaginary - b.imaginary)
                    let (turnedReal, turnedImaginary) = (a.real - b.real, a.imaginary + b.imaginary)
                    let oddReal = turnedReal * cosines[k] + turnedImaginary * sines[k]
                    let oddImaginary = turnedImaginary * cosines[k] - turnedReal * sines[k]
                    data.real[k] = evenReal - oddImaginary
                    data.imaginary[k] = evenImaginary + oddReal
                    data.real[j] = evenReal + oddImaginary
                    data.imaginary[j] = oddReal - evenImaginary
                    k += 1
                }
                let result = inner.execute(data.swapped, work: work).swapped
                interleave(result, output, half, scale: 1 / Double(count))
            }
        }
        withExtendedLifetime(twiddles) {}
    }
}
