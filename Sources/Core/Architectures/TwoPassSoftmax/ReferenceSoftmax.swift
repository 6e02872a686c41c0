import CVectorMath
import Foundation
import Mathematics

extension SoftmaxAlgorithm {
    /// The algorithm one number at a time, as the paper's listing has it, with a count of what it does to memory.
    ///
    /// For reading and for tests: `softmax(of:by:ways:)` is the same mathematics in vectors.
    ///
    /// - Parameter values: x, of magnitude at most 2²².
    /// - Throws: `ArchitectureError.invalid` for no numbers, or one that is out of range.
    public func reference(
        of values: [Float]
    ) throws(ArchitectureError) -> (probabilities: [Float], traffic: MemoryTraffic) {
        try DenseVector(values).withUnsafeBufferPointer { values throws(ArchitectureError) in
            try requireSoftmaxArguments(values)
        }
        var x = CountedNumbers(values)
        var y = CountedNumbers([Float](repeating: 0, count: values.count))
        switch self {
        case .twoPass:
            var sum = ExtendedNumber.zero
            for i in x.indices { sum = sum + .exponential(of: x[i]) }
            let reciprocal = 1 / sum.mantissa
            for i in x.indices {
                y[i] = ExtendedNumber.exponential(of: x[i])
                    .divided(byMantissaOf: reciprocal, exponent: sum.exponent)
            }
        case .threePassRecompute:
            var maximum = -Float.infinity, sum: Float = 0
            for i in x.indices { maximum = max(maximum, x[i]) }
            for i in x.indices { sum += exponential(notAboveOne: x[i] - maximum) }
            for i in x.indices { y[i] = exponential(notAboveOne: x[i] - maximum) * (1 / sum) }
        case .threePassReload:
            var maximum = -Float.infinity, sum: Float = 0
            for i in x.indices { maximum = max(maximum, x[i]) }
            for i in x.indices {
                let power = exponential(notAboveOne: x[i] - maximum)
                y[i] = power
                sum += power
            }
            for i in y.indices { y[i] = y[i] * (1 / sum) }
        }
        return (y.numbers, x.traffic + y.traffic)
    }
}

/// eˣ for x ≤ 0, by the same polynomial; 0 below the normal numbers.
private func exponential(notAboveOne x: Float) -> Float {
    let power = ExtendedNumber.exponential(of: x)
    return power.mantissa * powerOfTwo(power.exponent)
}

/// e^x / Σ e^x in single precision without any care: NaN where an exponential overflows or all vanish.
///
/// What softmax algorithms must avoid (two-pass-softmax, arXiv:2001.04438).
public func naiveSoftmax(of values: [Float]) -> [Float] {
    let powers = values.map { Foundation.exp($0) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}

/// Throws unless there are numbers and all are within the range of `ExtendedNumber.exponential(of:)`.
func requireSoftmaxArguments(_ values: UnsafeBufferPointer<Float>) throws(ArchitectureError) {
    try requireArgument(!values.isEmpty, "values", "empty", "at least one number")
    // In vectors; NaN is the extremum of whatever holds one.
    var least: Float = 0, largest: Float = 0
    vm_reduce_rows(VM_MIN, 0, 1, values.count, values.baseAddress, &least)
    vm_reduce_rows(VM_MAX, 0, 1, values.count, values.baseAddress, &largest)
    if least >= -ExtendedNumber.argumentLimit, largest <= ExtendedNumber.argumentLimit { return }
    for (index, value) in values.enumerated() where !(value.magnitude <= ExtendedNumber.argumentLimit) {
        throw .invalid(
            argument: "values[\(index)]", value: "\(value)", expected: "a finite number of magnitude at most 2^22")
    }
}
