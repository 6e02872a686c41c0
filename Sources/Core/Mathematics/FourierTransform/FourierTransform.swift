import Numerics

/// A prepared discrete Fourier transform of complex sequences of one length.
///
/// X_k = Σ_j x_j exp(−2πijk/n), and back with exp(+2πijk/n) and the factor 1/n, as in `numpy.fft`.
/// Any length: factors 2, 3, 4, 5 have butterflies of their own, other small primes are done by the
/// definition, and lengths with a large prime go through Bluestein's convolution, so that every
/// length takes O(n log n). The rounding error is a few units of 1e-16 times √log n relative to
/// the norm.
///
/// Preparing costs about as much as a few transforms: keep the value and use it for all sequences of
/// the length. It is immutable and may be shared between threads.
///
/// ```swift
/// let transform = try FourierTransform(count: 1000)
/// let spectrum = try transform.forward(signal)
/// ```
public struct FourierTransform: Sendable {
    /// The length of the sequences.
    public let count: Int

    private enum Method: Sendable {
        case mixedRadix(MixedRadixPlan)
        case bluestein(BluesteinPlan)
    }

    private let method: Method

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

    /// For lengths already known to be positive.
    init(positiveCount count: Int) {
        precondition(count > 0, "a transform of length \(count) does not exist: the length must be positive")
        self.count = count
        let direct = Self.cost(count)
        let largest = MixedRadixPlan.factors(of: count).max() ?? 1
        if largest > 5, direct > 3 * Self.cost(BluesteinPlan.innerCount(for: count)) {
            method = .bluestein(BluesteinPlan(count: count))
        } else {
            method = .mixedRadix(MixedRadixPlan(count: count))
        }
    }

    /// Roughly how many operations the factors of a length need.
    private static func cost(_ count: Int) -> Double {
        let factors = MixedRadixPlan.factors(of: count)
        return Double(count) * factors.reduce(0) { $0 + ($1 <= 5 ? Double($1) : 1.3 * Double($1)) }
    }

    /// The transform X_k = Σ_j x_j exp(−2πijk/n).
    ///
    /// - Parameter signal: `count` numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not `count`.
    public func forward(
        _ signal: some Collection<Complex<Double>>
    ) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(signal.count, count, "signal")
        return apply(signal, inverse: false)
    }

    /// The inverse transform x_j = (1/n) Σ_k X_k exp(2πijk/n).
    ///
    /// - Parameter spectrum: `count` numbers.
    /// - Throws: `FourierTransformError.wrongCount` if the number of elements is not `count`.
    public func inverse(
        _ spectrum: some Collection<Complex<Double>>
    ) throws(FourierTransformError) -> [Complex<Double>] {
        try requireLength(spectrum.count, count, "spectrum")
        return apply(spectrum, inverse: true)
    }

    /// Transforms split complex numbers in place: the parts in arrays of their own, no factor.
    ///
    /// - Parameters:
    ///   - real: `count` real parts, replaced by those of the transform.
    ///   - imaginary: `count` imaginary parts, replaced by those of the transform.
    ///   - inverse: whether the exponent is +2πijk/n; no factor 1/n is applied.
    public func transformInPlace(
        real: UnsafeMutableBufferPointer<Double>, imaginary: UnsafeMutableBufferPointer<Double>,
        inverse: Bool = false
    ) {
        precondition(
            real.count == count && imaginary.count == count,
            "parts of \(real.count) and \(imaginary.count) numbers given to a transform of length \(count)")
        guard let real = real.baseAddress, let imaginary = imaginary.baseAddress else { return }
        withWork { work in
            let data = SplitPointer(real: real, imaginary: imaginary)
            let result = execute(inverse ? data.swapped : data, work: work)
            let final = inverse ? result.swapped : result
            if final.real != real {
                real.update(from: final.real, count: count)
                imaginary.update(from: final.imaginary, count: count)
            }
        }
    }

    private func apply(_ input: some Collection<Complex<Double>>, inverse: Bool) -> [Complex<Double>] {
        [Complex<Double>](unsafeUninitializedCapacity: count) { output, initialized in
            initialized = count
            guard let output = output.baseAddress else { return }
            let done: Void? = input.withContiguousStorageIfAvailable { buffer in
                guard let buffer = buffer.baseAddress else { return }
                apply(buffer, output, inverse: inverse)
            }
            if done == nil {
                for (index, value) in input.enumerated() { (output + index).initialize(to: value) }
                apply(output, output, inverse: inverse)
            }
        }
    }

    /// From interleaved to interleaved numbers; `input` and `output` may be the same memory.
    func apply(
        _ input: UnsafePointer<Complex<Double>>, _ output: UnsafeMutablePointer<Complex<Double>>, inverse: Bool
    ) {
        let source = UnsafeRawPointer(input).assumingMemoryBound(to: Double.self)
        let target = UnsafeMutableRawPointer(output).assumingMemoryBound(to: Double.self)
        withUnsafeTemporary(2 * count) { memory in
            withWork { work in
                let data = SplitPointer(real: memory, imaginary: memory + count)
                deinterleave(source, data, count)
                let result = execute(inverse ? data.swapped : data, work: work)
                interleave(inverse ? result.swapped : result, target, count, scale: inverse ? 1 / Double(count) : 1)
            }
        }
    }

    /// How many numbers `execute` needs as work.
    var workCount: Int {
        switch method {
        case .mixedRadix: 2 * count
        case .bluestein(let plan): 4 * plan.inner.count
        }
    }

    func withWork(_ body: (UnsafeMutablePointer<Double>) -> Void) { withUnsafeTemporary(workCount, body) }

    /// A forward transform of `data`, which is destroyed; the result is there or in `work`.
    @inline(__always)
    func execute(_ data: SplitPointer, work: UnsafeMutablePointer<Double>) -> SplitPointer {
        switch method {
        case .mixedRadix(let plan):
            let other = SplitPointer(real: work, imaginary: work + count)
            return plan.execute(data, other) ? other : data
        case .bluestein(let plan):
            plan.execute(data, work: work)
            return data
        }
    }
}

/// Memory for `count` numbers while `body` runs: on the stack if it is little.
@inline(__always)
func withUnsafeTemporary(_ count: Int, _ body: (UnsafeMutablePointer<Double>) -> Void) {
    if count <= 4096 {
        withUnsafeTemporaryAllocation(of: Double.self, capacity: max(count, 1)) { buffer in
            if let pointer = buffer.baseAddress { body(pointer) }
        }
    } else {
        let storage = Storage<Double>(uninitializedCount: count)
        body(storage.pointer)
        withExtendedLifetime(storage) {}
    }
}

/// Parts real, imaginary, real, imaginary, … to arrays of their own.
func deinterleave(_ source: UnsafePointer<Double>, _ target: SplitPointer, _ count: Int) {
    var i = 0
    while i + 4 <= count {
        let (a, b) = (SIMD4(loading: source + 2 * i), SIMD4(loading: source + 2 * i + 4))
        SIMD4(lowHalf: a.evenHalf, highHalf: b.evenHalf).store(to: target.real + i)
        SIMD4(lowHalf: a.oddHalf, highHalf: b.oddHalf).store(to: target.imaginary + i)
        i += 4
    }
    while i < count {
        target.real[i] = source[2 * i]
        target.imaginary[i] = source[2 * i + 1]
        i += 1
    }
}

/// The reverse of `deinterleave`, times a factor.
func interleave(_ source: SplitPointer, _ target: UnsafeMutablePointer<Double>, _ count: Int, scale: Double) {
    let factor = SIMD4<Double>(repeating: scale)
    var i = 0
    while i + 4 <= count {
        let (re, im) = (SIMD4(loading: source.real + i) * factor, SIMD4(loading: source.imaginary + i) * factor)
        SIMD4(re[0], im[0], re[1], im[1]).store(to: target + 2 * i)
        SIMD4(re[2], im[2], re[3], im[3]).store(to: target + 2 * i + 4)
        i += 4
    }
    while i < count {
        target[2 * i] = source.real[i] * scale
        target[2 * i + 1] = source.imaginary[i] * scale
        i += 1
    }
}
