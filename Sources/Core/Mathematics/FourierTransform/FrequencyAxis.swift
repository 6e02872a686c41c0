// swiftcore: fourier_frequencies; require: count >= 1
/// The frequencies of the numbers of a transform, in their order: 0, 1, …, then the negative ones, over n·d.
///
/// As `numpy.fft.fftfreq`.
///
/// - Parameters:
///   - count: the length n of the transform.
///   - spacing: the time d between samples.
public func fourierFrequencies(count: Int, spacing: Double = 1) -> Vector {
    Vector(count: count) { k in
        Double(k <= (count - 1) / 2 ? k : k - count) / (Double(count) * spacing)
    }
}

/// The frequencies of the ⌊n/2⌋ + 1 numbers of a transform of a real sequence, as `numpy.fft.rfftfreq`.
///
/// - Parameters:
///   - count: the length n of the sequence.
///   - spacing: the time d between samples.
public func realFourierFrequencies(count: Int, spacing: Double = 1) -> Vector {
    Vector(count: count > 0 ? count / 2 + 1 : 0) { Double($0) / (Double(count) * spacing) }
}

extension RandomAccessCollection {
    /// The elements with frequency 0 moved to the middle, position ⌊n/2⌋, as `numpy.fft.fftshift`.
    public func frequencyShifted() -> [Element] { Array(suffix(count / 2)) + Array(prefix(count - count / 2)) }

    /// The reverse of `frequencyShifted()`, as `numpy.fft.ifftshift`.
    public func inverseFrequencyShifted() -> [Element] {
        Array(suffix(count - count / 2)) + Array(prefix(count / 2))
    }
}
