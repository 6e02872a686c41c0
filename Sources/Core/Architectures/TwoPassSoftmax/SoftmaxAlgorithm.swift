/// An algorithm for y = e^x / Σ e^x of many numbers in memory, in single precision (two-pass-softmax,
/// arXiv:2001.04438).
public enum SoftmaxAlgorithm: String, CaseIterable, Sendable {
    /// Algorithm 1: the maximum; Σ e^(x − maximum); the exponentials again, divided by it.
    case threePassRecompute
    /// Algorithm 2: the maximum; e^(x − maximum) stored and added up; what was stored, divided.
    case threePassReload
    /// Algorithm 3, the paper's: Σ e^x as a pair of mantissa and exponent; the exponentials again, divided by it.
    case twoPass

    /// What it does to memory, in order.
    public var passes: [SoftmaxPass] {
        switch self {
        case .threePassRecompute: [.maximum, .sum, .recompute]
        case .threePassReload: [.maximum, .store, .rescale]
        case .twoPass: [.extendedSum, .extendedScale]
        }
    }

    /// The memory traffic for so many numbers: 4, 5 and 3 a number.
    public func traffic(count: Int) -> MemoryTraffic {
        passes.reduce(MemoryTraffic()) { $0 + $1.traffic(count: count) }
    }
}

/// Once through the memory of a softmax.
public enum SoftmaxPass: String, CaseIterable, Sendable {
    /// The largest number.
    case maximum
    /// Σ e^(x − maximum).
    case sum
    /// y = e^(x − maximum) / sum.
    case recompute
    /// y = e^(x − maximum), and the sum of it.
    case store
    /// y ← y / sum.
    case rescale
    /// Σ e^x as mantissa · 2^exponent.
    case extendedSum
    /// y = e^x / (mantissa · 2^exponent).
    case extendedScale
    /// y = x: what the memory allows a pass that reads and writes.
    case copy

    /// The memory traffic for so many numbers.
    public func traffic(count: Int) -> MemoryTraffic {
        switch self {
        case .maximum, .sum, .extendedSum: MemoryTraffic(reads: count)
        case .recompute, .store, .rescale, .extendedScale, .copy: MemoryTraffic(reads: count, writes: count)
        }
    }
}
