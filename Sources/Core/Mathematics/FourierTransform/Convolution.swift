import Numerics

/// How much of a linear convolution is kept.
public enum ConvolutionExtent: Sendable {
    /// All n + m − 1 numbers.
    case full
    /// The middle max(n, m) numbers, as `numpy.convolve(mode="same")`.
    case same
    /// The |n − m| + 1 numbers to which the shorter sequence contributes entirely.
    case valid
}

/// Which algorithm convolves.
public enum ConvolutionMethod: Sendable {
    /// The sum itself: O(nm), without the rounding noise of a transform.
    case direct
    /// Through Fourier transforms: O((n + m) log(n + m)).
    case fourier
    /// The one that is expected to be faster.
    case automatic
}

extension DenseVector<Double> {
    /// The linear convolution (x ∗ y)_k = Σ_j x_j y_{k−j}.
    ///
    /// - Parameters:
    ///   - kernel: the other sequence.
    ///   - extent: how much of the result is kept.
    ///   - method: the algorithm.
    /// - Throws: `FourierTransformError.wrongCount` if a sequence is empty.
    public func convolved(
        with kernel: Vector, extent: ConvolutionExtent = .full, method: ConvolutionMethod = .automatic
    ) throws(FourierTransformError) -> Vector {
        if isEmpty { throw .wrongCount(argument: "self", count: 0, expected: "at least one") }
        if kernel.isEmpty { throw .wrongCount(argument: "kernel", count: 0, expected: "at least one") }
        let shorter = Swift.min(count, kernel.count)
        let total = count + kernel.count - 1
        let useTransform =
            switch method {
            case .direct: false
            case .fourier: true
            case .automatic: shorter > 64
            }
        let full = useTransform ? Self.fourierConvolution(self, kernel) : Self.directConvolution(self, kernel)
        switch extent {
        case .full: return full
        case .same:
            let length = Swift.max(count, kernel.count)
            let start = (shorter - 1) / 2
            return Vector(count: length) { full[start + $0] }
        case .valid: return Vector(count: total - 2 * (shorter - 1)) { full[shorter - 1 + $0] }
        }
    }

    /// The circular convolution Σ_j x_j y_{(k−j) mod n} of two sequences of equal length, by transforms.
    ///
    /// - Throws: `FourierTransformError.wrongCount` if the lengths differ or are 0.
    public func circularlyConvolved(with kernel: Vector) throws(FourierTransformError) -> Vector {
        if isEmpty { throw .wrongCount(argument: "self", count: 0, expected: "at least one") }
        try requireLength(kernel.count, count, "kernel")
        let transform = RealFourierTransform(positiveCount: count)
        let left = try transform.forward(self)
        let right = try transform.forward(kernel)
        return try transform.inverse(zip(left, right).map { $0 * $1 })
    }

    /// The cross-correlation Σ_j x_{j+k} y_j, k from −(m − 1) to n − 1, as `numpy.correlate(x, y, "full")`.
    ///
    /// - Parameters:
    ///   - other: the sequence y of m numbers.
    ///   - extent: how much of the result is kept.
    ///   - method: the algorithm.
    /// - Throws: `FourierTransformError.wrongCount` if a sequence is empty.
    public func crossCorrelation(
        with other: Vector, extent: ConvolutionExtent = .full, method: ConvolutionMethod = .automatic
    ) throws(FourierTransformError) -> Vector {
        if other.isEmpty { throw .wrongCount(argument: "other", count: 0, expected: "at least one") }
        return try convolved(with: Vector(other.reversed()), extent: extent, method: method)
    }

    private static func directConvolution(_ left: Vector, _ right: Vector) -> Vector {
        let (long, short) = left.count >= right.count ? (left, right) : (right, left)
        var result = Vector.zeros(left.count + right.count - 1)
        result.withUnsafeMutableBufferPointer { out in
            long.withUnsafeBufferPointer { x in
                short.withUnsafeBufferPointer { y in
                    for j in 0..<y.count {
                        guard let target = out.baseAddress, let source = x.baseAddress else { return }
                        addScaled(x.count, y[j], source, target + j)
                    }
                }
            }
        }
        return result
    }

    private static func fourierConvolution(_ left: Vector, _ right: Vector) -> Vector {
        let total = left.count + right.count - 1
        let transform = RealFourierTransform(positiveCount: fastTransformCount(atLeast: total))
        func spectrum(_ x: Vector) -> [Complex<Double>] {
            let padded = Storage<Double>(repeating: 0, count: transform.count)
            x.withUnsafeBufferPointer { if let p = $0.baseAddress { padded.pointer.update(from: p, count: x.count) } }
            return [Complex<Double>](unsafeUninitializedCapacity: transform.spectrumCount) { out, initialized in
                initialized = transform.spectrumCount
                if let out = out.baseAddress { transform.forward(padded.pointer, out) }
            }
        }
        var product = spectrum(left)
        let other = spectrum(right)
        for k in product.indices { product[k] = product[k] * other[k] }
        let result = Storage<Double>(uninitializedCount: transform.count)
        product.withUnsafeBufferPointer { if let p = $0.baseAddress { transform.inverse(p, result.pointer) } }
        return Vector(count: total) { result.pointer[$0] }
    }
}

/// y ← ax + y over overlapping runs of memory that BLAS need not see.
@inline(__always)
func addScaled(_ count: Int, _ a: Double, _ x: UnsafePointer<Double>, _ y: UnsafeMutablePointer<Double>) {
    let factor = SIMD4<Double>(repeating: a)
    var i = 0
    while i + 4 <= count {
        (SIMD4(loading: y + i) + factor * SIMD4(loading: x + i)).store(to: y + i)
        i += 4
    }
    while i < count {
        y[i] += a * x[i]
        i += 1
    }
}

extension DenseMatrix<Double> {
    /// The linear convolution in two dimensions, Σ_{ab} x_{ab} y_{k−a, l−b}.
    ///
    /// - Parameters:
    ///   - kernel: the other array.
    ///   - extent: how much of the result is kept, in both directions; `same` keeps this matrix's shape and
    ///     `valid` needs a kernel that is not larger than it in any direction (as `scipy.signal.convolve2d`).
    ///   - method: the algorithm.
    /// - Throws: `FourierTransformError.wrongCount` if an array is empty or the kernel too large for `valid`.
    public func convolved(
        with kernel: Matrix, extent: ConvolutionExtent = .full, method: ConvolutionMethod = .automatic
    ) throws(FourierTransformError) -> Matrix {
        if count == 0 { throw .wrongCount(argument: "self", count: 0, expected: "at least one") }
        if kernel.count == 0 { throw .wrongCount(argument: "kernel", count: 0, expected: "at least one") }
        if extent == .valid, kernel.rows > rows || kernel.columns > columns {
            throw .wrongCount(
                argument: "kernel", count: kernel.count,
                expected: "a shape of at most (\(rows), \(columns)), got (\(kernel.rows), \(kernel.columns))")
        }
        let useTransform =
            switch method {
            case .direct: false
            case .fourier: true
            case .automatic: Swift.min(count, kernel.count) > 200
            }
        let full = useTransform ? try fourierConvolution(kernel) : directConvolution(kernel)
        switch extent {
        case .full: return full
        case .same:
            let (top, left) = ((kernel.rows - 1) / 2, (kernel.columns - 1) / 2)
            return full[top..<top + rows, left..<left + columns]
        case .valid: return full[kernel.rows - 1..<rows, kernel.columns - 1..<columns]
        }
    }

    private func directConvolution(_ kernel: Matrix) -> Matrix {
        var result = Matrix.zeros(rows + kernel.rows - 1, columns + kernel.columns - 1)
        let width = result.columns
        result.withUnsafeMutableBufferPointer { out in
            withUnsafeBufferPointer { x in
                kernel.withUnsafeBufferPointer { y in
                    guard let target = out.baseAddress, let source = x.baseAddress else { return }
                    for a in 0..<kernel.rows {
                        for b in 0..<kernel.columns {
                            for row in 0..<rows {
                                addScaled(
                                    columns, y[a * kernel.columns + b], source + row * columns,
                                    target + (row + a) * width + b)
                            }
                        }
                    }
                }
            }
        }
        return result
    }

    private func fourierConvolution(_ kernel: Matrix) throws(FourierTransformError) -> Matrix {
        let (height, width) = (rows + kernel.rows - 1, columns + kernel.columns - 1)
        let transform = try FourierTransform2D(
            rows: fastTransformCount(atLeast: height), columns: fastTransformCount(atLeast: width))
        // Both real arrays at once: one in the real, one in the imaginary part; then
        // the product of their spectra is (Z_k² − conj(Z_{−k})²)/4i.
        let (m, n) = (transform.rows, transform.columns)
        var packed = [Complex<Double>](repeating: .zero, count: m * n)
        for row in 0..<rows { for column in 0..<columns { packed[row * n + column].real = self[row, column] } }
        for row in 0..<kernel.rows {
            for column in 0..<kernel.columns { packed[row * n + column].imaginary = kernel[row, column] }
        }
        let z = try transform.forward(packed)
        var product = [Complex<Double>](repeating: .zero, count: m * n)
        for row in 0..<m {
            for column in 0..<n {
                let mirrored = z[(row == 0 ? 0 : m - row) * n + (column == 0 ? 0 : n - column)].conjugate
                let value = z[row * n + column]
                let quarter = value * value - mirrored * mirrored
                product[row * n + column] = Complex(quarter.imaginary / 4, -quarter.real / 4)
            }
        }
        let result = try transform.inverse(product)
        return Matrix(rows: height, columns: width) { result[$0 * n + $1].real }
    }
}
