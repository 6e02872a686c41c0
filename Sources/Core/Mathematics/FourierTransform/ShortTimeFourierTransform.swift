import Numerics

/// A prepared short-time Fourier transform: the spectra of windowed pieces of a real signal.
///
/// Frame t is the transform of w_j x_{tH + j}, j = 0 … N − 1, where x may first be padded with N/2
/// zeros at both ends (`isCentered`), so that frame t is centred at sample tH. The inverse adds the
/// windowed inverse transforms of the frames and divides by Σ_t w²_{j − tH} (Griffin and Lim, "Signal
/// estimation from modified short-time Fourier transform", 1984): the least-squares signal of any
/// array of frames, and the exact one of frames that came from a signal.
public struct ShortTimeFourierTransform: Sendable {
    /// The spectra of a signal: one row a frame.
    public struct Frames: Sendable {
        /// The number of frames.
        public let count: Int
        /// The numbers in a frame: ⌊N/2⌋ + 1.
        public let frequencies: Int
        /// The numbers, frame after frame.
        public var values: [Complex<Double>]

        /// Frames of given numbers, frame after frame.
        public init(count: Int, frequencies: Int, values: [Complex<Double>]) throws(FourierTransformError) {
            try requireLength(values.count, count * frequencies, "values")
            self.count = count
            self.frequencies = frequencies
            self.values = values
        }

        /// The number of a frame at a frequency.
        public subscript(frame: Int, frequency: Int) -> Complex<Double> {
            get { values[frame * frequencies + frequency] }
            set { values[frame * frequencies + frequency] = newValue }
        }

        /// The powers |X|², one row a frame.
        public var powers: Matrix { Matrix(rows: count, columns: frequencies) { self[$0, $1].lengthSquared } }
    }

    /// The weights w of a piece.
    public let window: Vector
    /// The step H from a piece to the next.
    public let hop: Int
    /// Whether the signal is padded with half a window at both ends.
    public let isCentered: Bool

    private let transform: RealFourierTransform

    /// The length N of a piece.
    public var frameCount: Int { window.count }

    /// Prepares transforms with a window of given weights.
    ///
    /// - Parameters:
    ///   - window: the weights, at least one.
    ///   - hop: the step from a piece to the next, at least 1 and at most the length of the window.
    ///   - isCentered: whether the signal is padded with half a window of zeros at both ends.
    /// - Throws: `FourierTransformError` if the window is empty or the hop out of range.
    public init(window: Vector, hop: Int, isCentered: Bool = true) throws(FourierTransformError) {
        if window.isEmpty { throw .wrongCount(argument: "window", count: 0, expected: "at least one") }
        guard hop >= 1, hop <= window.count else {
            throw .outOfRange(argument: "hop", value: Double(hop), expected: "a step in 1 ... \(window.count)")
        }
        self.window = window
        self.hop = hop
        self.isCentered = isCentered
        transform = RealFourierTransform(positiveCount: window.count)
    }

    private var padding: Int { isCentered ? frameCount / 2 : 0 }

    /// How many frames a signal of the given length has: those that begin in it, so that every sample
    /// is in at least one; the last one is filled up with zeros.
    public func frames(ofSignalCount count: Int) -> Int {
        let padded = count + 2 * padding
        return padded <= frameCount ? 1 : (padded - frameCount + hop - 1) / hop + 1
    }

    /// The spectra of a signal.
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the signal is empty.
    public func forward(_ signal: Vector) throws(FourierTransformError) -> Frames {
        if signal.isEmpty { throw .wrongCount(argument: "signal", count: 0, expected: "at least one") }
        let frames = frames(ofSignalCount: signal.count)
        let frequencies = transform.spectrumCount
        let piece = Storage<Double>(uninitializedCount: frameCount)
        let values = [Complex<Double>](unsafeUninitializedCapacity: frames * frequencies) { out, initialized in
            initialized = frames * frequencies
            guard let out = out.baseAddress else { return }
            signal.withUnsafeBufferPointer { x in
                window.withUnsafeBufferPointer { w in
                    for frame in 0..<frames {
                        let start = frame * hop - padding
                        for j in 0..<w.count {
                            let place = start + j
                            piece.pointer[j] = place >= 0 && place < x.count ? w[j] * x[place] : 0
                        }
                        transform.forward(piece.pointer, out + frame * frequencies)
                    }
                }
            }
        }
        return try Frames(count: frames, frequencies: frequencies, values: values)
    }

    /// The least-squares signal of an array of frames.
    ///
    /// Samples that no window weighs (Σw² = 0) are 0.
    ///
    /// - Parameters:
    ///   - frames: as `forward` gives them, possibly changed.
    ///   - count: the length of the signal.
    /// - Throws: `FourierTransformError.wrongCount` if the frames do not have N/2 + 1 numbers or their
    ///   count is not that of a signal of this length.
    public func inverse(_ frames: Frames, count: Int) throws(FourierTransformError) -> Vector {
        try requireLength(frames.frequencies, transform.spectrumCount, "a frame")
        try requireLength(frames.count, self.frames(ofSignalCount: count), "frames")
        var sum = Vector.zeros(count)
        var weight = Vector.zeros(count)
        let piece = Storage<Double>(uninitializedCount: frameCount)
        frames.values.withUnsafeBufferPointer { values in
            guard let values = values.baseAddress else { return }
            sum.withUnsafeMutableBufferPointer { sum in
                weight.withUnsafeMutableBufferPointer { weight in
                    for frame in 0..<frames.count {
                        transform.inverse(values + frame * frames.frequencies, piece.pointer)
                        let start = frame * hop - padding
                        for j in 0..<frameCount where start + j >= 0 && start + j < count {
                            sum[start + j] += window[j] * piece.pointer[j]
                            weight[start + j] += window[j] * window[j]
                        }
                    }
                }
            }
        }
        return sum.combined(with: weight) { $1 > 0 ? $0 / $1 : 0 }
    }
}
