/// A transform of any length as a circular convolution of a length with small factors.
///
/// Bluestein, "A linear filtering approach to the computation of the discrete Fourier transform", 1970:
/// jk = (j² + k² − (k − j)²)/2 turns the transform into a convolution with a chirp.
struct BluesteinPlan: Sendable {
    let count: Int
    let inner: MixedRadixPlan
    /// exp(−πi k²/n), real then imaginary parts.
    private let chirp: Storage<Double>
    /// The transform of the conjugate chirp, divided by the inner length.
    private let kernel: Storage<Double>

    init(count: Int) {
        self.count = count
        inner = MixedRadixPlan(count: Self.innerCount(for: count))
        let m = inner.count
        chirp = Storage(uninitializedCount: 2 * count)
        let (re, im) = (chirp.pointer, chirp.pointer + count)
        // k² mod 2n by the odd numbers, so that no product overflows.
        var square = 0
        for k in 0..<count {
            let root = rootOfUnity(square, of: 2 * count)
            re[k] = root.real
            im[k] = root.imaginary
            square = (square + 2 * k + 1) % (2 * count)
        }
        let data = Storage<Double>(repeating: 0, count: 4 * m)
        let source = SplitPointer(real: data.pointer, imaginary: data.pointer + m)
        let work = SplitPointer(real: data.pointer + 2 * m, imaginary: data.pointer + 3 * m)
        for k in 0..<count {
            source.real[k] = re[k]
            source.imaginary[k] = -im[k]
            if k > 0 {
                source.real[m - k] = re[k]
                source.imaginary[m - k] = -im[k]
            }
        }
        let result = inner.execute(source, work) ? work : source
        kernel = Storage(uninitializedCount: 2 * m)
        for k in 0..<m {
            kernel.pointer[k] = result.real[k] / Double(m)
            kernel.pointer[m + k] = result.imaginary[k] / Double(m)
        }
        withExtendedLifetime(data) {}
    }

    static func innerCount(for count: Int) -> Int { fastTransformCount(atLeast: 2 * count - 1) }

    /// Transforms `data` in place. `work` has room for 4 · `inner.count` numbers.
    func execute(_ data: SplitPointer, work: UnsafeMutablePointer<Double>) {
        let m = inner.count
        let (re, im) = (chirp.pointer, chirp.pointer + count)
        let source = SplitPointer(real: work, imaginary: work + m)
        let other = SplitPointer(real: work + 2 * m, imaginary: work + 3 * m)
        for k in 0..<count {
            source.real[k] = data.real[k] * re[k] - data.imaginary[k] * im[k]
            source.imaginary[k] = data.real[k] * im[k] + data.imaginary[k] * re[k]
        }
        (source.real + count).update(repeating: 0, count: m - count)
        (source.imaginary + count).update(repeating: 0, count: m - count)
        let swapped = inner.execute(source, other)
        let (product, free) = swapped ? (other, source) : (source, other)
        for k in 0..<m {
            let (a, b) = (product.real[k], product.imaginary[k])
            let (c, d) = (kernel.pointer[k], kernel.pointer[m + k])
            product.real[k] = a * c - b * d
            product.imaginary[k] = a * d + b * c
        }
        // With the parts exchanged a forward transform is an inverse one.
        let result = inner.execute(product.swapped, free.swapped) ? free : product
        for k in 0..<count {
            data.real[k] = result.real[k] * re[k] - result.imaginary[k] * im[k]
            data.imaginary[k] = result.real[k] * im[k] + result.imaginary[k] * re[k]
        }
        withExtendedLifetime((chirp, kernel)) {}
    }
}

/// The smallest number 4 · 2ᵃ3ᵇ5ᶜ that is at least `count`: a length whose transform is fast.
public func fastTransformCount(atLeast count: Int) -> Int {
    guard count > 4 else { return 4 }
    var best = Int.max
    var fives = 4
    while fives < best {
        var threes = fives
        while threes < best {
            var value = threes
            while value < count { value *= 2 }
            best = min(best, value)
            if threes >= count { break }
            threes *= 3
        }
        if fives >= count { break }
        fives *= 5
    }
    return best
}
