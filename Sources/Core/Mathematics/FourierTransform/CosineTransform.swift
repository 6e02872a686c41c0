import Numerics

/// A prepared discrete cosine transform of real sequences of one length (DCT-II and its inverse, DCT-III).
///
/// Computed from one complex transform of the same length (Makhoul, "A fast cosine transform in one
/// and two dimensions", 1980). O(n log n).
public struct CosineTransform: Sendable {
    /// How the results are scaled.
    public enum Normalization: Sendable {
        /// `forward` is y_k = 2 Σ_j x_j cos(π(2j + 1)k/(2n)), SciPy's default; `inverse` undoes it.
        case unscaled
        /// The orthogonal matrix: y_0 times 1/(2√n), the others times 1/√(2n); `norm="ortho"` in SciPy.
        case orthonormal
    }

    /// The length of the sequences.
    public let count: Int
    /// How the results are scaled.
    public let normalization: Normalization

    private let inner: FourierTransform
    /// cos and sin of πk/(2n).
    private let twiddles: Storage<Double>

    /// Prepares transforms of a length.
    ///
    /// - Parameters:
    ///   - count: the length, at least 1.
    ///   - normalization: how the results are scaled.
    /// - Throws: `FourierTransformError.outOfRange` if the length is not positive.
    public init(count: Int, normalization: Normalization = .unscaled) throws(FourierTransformError) {
        inner = try FourierTransform(count: count)
        self.count = count
        self.normalization = normalization
        twiddles = Storage(uninitializedCount: 2 * count)
        for k in 0..<count {
            let root = rootOfUnity(k, of: 4 * count)
            twiddles.pointer[k] = root.real
            twiddles.pointer[count + k] = -root.imaginary
        }
    }

    /// The DCT-II of a signal: y_k ∝ Σ_j x_j cos(π(2j + 1)k/(2n)).
    ///
    /// - Parameter signal: `count` numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not `count`.
    public func forward(_ signal: Vector) throws(FourierTransformError) -> Vector {
        try requireLength(signal.count, count, "signal")
        let result = Storage<Double>(uninitializedCount: count)
        let (n, out) = (count, result.pointer)
        signal.withUnsafeBufferPointer { x in
            withUnsafeTemporary(2 * n) { memory in
                inner.withWork { work in
                    let data = SplitPointer(real: memory, imaginary: memory + n)
                    // Even positions forwards, then odd ones backwards.
                    for j in 0..<(n + 1) / 2 { data.real[j] = x[2 * j] }
                    for j in 0..<n / 2 { data.real[n - 1 - j] = x[2 * j + 1] }
                    data.imaginary.update(repeating: 0, count: n)
                    let v = inner.execute(data, work: work)
                    for k in 0..<n {
                        out[k] = 2 * (v.real[k] * twiddles.pointer[k] + v.imaginary[k] * twiddles.pointer[n + k])
                    }
                }
            }
        }
        if normalization == .orthonormal {
            let scale = (0.5 / Double(n)).squareRoot()
            for k in 0..<n { out[k] *= scale }
            out[0] *= 0.5.squareRoot()
        }
        return Vector(storage: result)
    }

    /// The inverse of `forward`, a scaled DCT-III.
    ///
    /// - Parameter coefficients: `count` numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not `count`.
    public func inverse(_ coefficients: Vector) throws(FourierTransformError) -> Vector {
        try requireLength(coefficients.count, count, "coefficients")
        let result = Storage<Double>(uninitializedCount: count)
        let (n, out) = (count, result.pointer)
        // Back to the scale of y_k = 2 Σ x_j cos(…).
        var y = coefficients
        if normalization == .orthonormal {
            y *= (2 * Double(n)).squareRoot()
            y[0] *= 2.0.squareRoot()
        }
        y.withUnsafeBufferPointer { y in
            withUnsafeTemporary(2 * n) { memory in
                inner.withWork { work in
                    let data = SplitPointer(real: memory, imaginary: memory + n)
                    // V_k = exp(iπk/2n)(y_k − i y_{n−k})/2, whose inverse transform is the reordered signal.
                    for k in 0..<n {
                        let (a, b) = (y[k] / 2, k == 0 ? 0 : y[n - k] / 2)
                        let (c, s) = (twiddles.pointer[k], twiddles.pointer[n + k])
                        data.real[k] = a * c + b * s
                        data.imaginary[k] = a * s - b * c
                    }
                    let v = inner.execute(data.swapped, work: work).swapped
                    let scale = 1 / Double(n)
                    for j in 0..<(n + 1) / 2 { out[2 * j] = v.real[j] * scale }
                    for j in 0..<n / 2 { out[2 * j + 1] = v.real[n - 1 - j] * scale }
                }
            }
        }
        return Vector(storage: result)
    }
}
