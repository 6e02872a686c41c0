import CVectorMath
import Mathematics

/// The input and the output of a softmax, and the few numbers that one pass over them leaves for the next.
///
/// The passes run in vectors of 16 on the widest instructions that the processor has. Sums run in a fixed order, so
/// that the bits do not depend on the processor.
public struct SoftmaxMemory: Sendable {
    /// x.
    public let input: DenseVector<Float>
    /// y.
    public private(set) var output: DenseVector<Float>
    /// Vectors in flight, and accumulators of the passes that have a result: 1, 2 or 4.
    public var ways: Int
    /// The largest number of x, after `SoftmaxPass.maximum`.
    public private(set) var maximum: Float = 0
    /// Σ e^(x − maximum), after `SoftmaxPass.sum` or `.store`.
    public private(set) var sum: Float = 1
    /// Σ e^x, after `SoftmaxPass.extendedSum`.
    public private(set) var extendedSum = ExtendedNumber(mantissa: 1, exponent: 0)

    /// Memory for the softmax of these numbers.
    ///
    /// - Parameters:
    ///   - input: x, of magnitude at most 2²².
    ///   - ways: vectors in flight: 1, 2 or 4.
    /// - Throws: `ArchitectureError.invalid` for no numbers, one that is out of range, or another number of ways.
    public init(_ input: DenseVector<Float>, ways: Int = 4) throws(ArchitectureError) {
        try self.init(input, output: DenseVector(repeating: 0, count: input.count), ways: ways)
    }

    /// Memory whose output is given.
    init(_ input: DenseVector<Float>, output: DenseVector<Float>, ways: Int) throws(ArchitectureError) {
        try input.withUnsafeBufferPointer { input throws(ArchitectureError) in try requireSoftmaxArguments(input) }
        try requireArgument([1, 2, 4].contains(ways), "ways", ways, "1, 2 or 4")
        self.input = input
        self.output = output
        self.ways = ways
    }

    /// All passes of an algorithm.
    public mutating func run(_ algorithm: SoftmaxAlgorithm) {
        for pass in algorithm.passes { run(pass) }
    }

    /// One pass, from what the passes before it have left.
    public mutating func run(_ pass: SoftmaxPass) {
        let count = input.count, ways = Int32(ways)
        var maximum = maximum, sum = sum, extendedSum = extendedSum
        input.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                guard let x = input.baseAddress, let y = output.baseAddress else { return }
                switch pass {
                case .maximum: maximum = vm_softmax_maximum(ways, count, x)
                case .sum: sum = vm_softmax_sum(ways, count, x, maximum)
                case .recompute: vm_softmax_recompute(ways, count, x, maximum, 1 / sum, y)
                case .store: sum = vm_softmax_store(ways, count, x, maximum, y)
                case .rescale: vm_softmax_rescale(ways, count, 1 / sum, y)
                case .extendedSum: vm_extended_sum(ways, count, x, &extendedSum.mantissa, &extendedSum.exponent)
                case .extendedScale:
                    vm_extended_scale(ways, count, x, 1 / extendedSum.mantissa, extendedSum.exponent, y)
                case .copy: vm_copy(ways, count, x, y)
                }
            }
        }
        (self.maximum, self.sum, self.extendedSum) = (maximum, sum, extendedSum)
    }
}

// swiftcore: softmax
/// e^x / Σ e^x in single precision, by one of the algorithms of two-pass-softmax (arXiv:2001.04438), in vectors.
///
/// - Parameters:
///   - values: x, of magnitude at most 2²².
///   - algorithm: by which passes over memory; all agree up to rounding.
///   - ways: vectors in flight: 1, 2 or 4.
/// - Throws: `ArchitectureError.invalid` for no numbers, one that is out of range, or another number of ways.
public func softmax(
    of values: DenseVector<Float>, by algorithm: SoftmaxAlgorithm = .twoPass, ways: Int = 4
) throws(ArchitectureError) -> DenseVector<Float> {
    // Every algorithm writes all of the output before it reads any.
    let output = DenseVector<Float>(storage: Storage(uninitializedCount: values.count))
    var memory = try SoftmaxMemory(values, output: output, ways: ways)
    memory.run(algorithm)
    return memory.output
}

// swiftcore: extended_exponentials
/// e^x of each number as mantissa · 2^exponent, in vectors: `ExtendedNumber.exponential(of:)`, bit for bit.
///
/// - Parameter values: x, of magnitude at most 2²².
/// - Throws: `ArchitectureError.invalid` for no numbers, or one that is out of range.
public func extendedExponentials(
    of values: DenseVector<Float>
) throws(ArchitectureError) -> (mantissas: DenseVector<Float>, exponents: DenseVector<Float>) {
    try values.withUnsafeBufferPointer { values throws(ArchitectureError) in try requireSoftmaxArguments(values) }
    var mantissas = DenseVector<Float>(repeating: 0, count: values.count), exponents = mantissas
    values.withUnsafeBufferPointer { values in
        mantissas.withUnsafeMutableBufferPointer { mantissas in
            exponents.withUnsafeMutableBufferPointer { exponents in
                guard let x = values.baseAddress, let m = mantissas.baseAddress, let n = exponents.baseAddress
                else { return }
                vm_extended_exponentials(values.count, x, m, n)
            }
        }
    }
    return (mantissas, exponents)
}
