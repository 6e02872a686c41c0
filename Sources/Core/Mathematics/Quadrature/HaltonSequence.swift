/// Halton's low-discrepancy sequence: coordinate d is the radical inverse in the d-th prime.
///
/// Unscrambled it starts with the origin and correlates badly beyond about eight dimensions; scrambled
/// (an independent random permutation for every digit of every coordinate; Owen, arXiv 1706.02808), each
/// point is uniform and means are unbiased. O(dimension · log index) a point.
public struct HaltonSequence: LowDiscrepancySequence, Sendable {
    /// The number of coordinates of a point.
    public let dimension: Int

    /// The index of the next point.
    public var index: UInt64 = 0

    /// The prime bases of the coordinates.
    public let bases: [Int]

    /// For each coordinate the permutations of its digits, one after another, or nothing.
    private var permutations: [[UInt16]]

    /// The unscrambled sequence.
    ///
    /// - Throws: `QuadratureError.invalidArgument` unless 1 ≤ dimension ≤ 1000.
    public init(dimension: Int) throws(QuadratureError) {
        guard dimension >= 1, dimension <= 1000 else {
            throw .invalidArgument(argument: "dimension", value: Double(dimension), expected: "1 to 1000")
        }
        self.dimension = dimension
        var primes: [Int] = []
        var candidate = 2
        while primes.count < dimension {
            if primes.allSatisfy({ $0 * $0 > candidate || candidate % $0 != 0 }) { primes.append(candidate) }
            candidate += 1
        }
        bases = primes
        permutations = []
    }

    /// The sequence with randomly permuted digits.
    ///
    /// - Throws: `QuadratureError.invalidArgument` unless 1 ≤ dimension ≤ 1000.
    public init(dimension: Int, using generator: inout some RandomNumberGenerator) throws(QuadratureError) {
        try self.init(dimension: dimension)
        for base in bases {
            // As many digits as 53 bits hold.
            var (digits, resolution) = (0, 1.0)
            while resolution > 0x1p-53 {
                resolution /= Double(base)
                digits += 1
            }
            var table: [UInt16] = []
            for _ in 0..<digits {
                var permutation = (0..<base).map { UInt16($0) }
                for last in stride(from: base - 1, through: 1, by: -1) {
                    permutation.swapAt(last, generator.integer(below: last + 1))
                }
                table += permutation
            }
            permutations.append(table)
        }
    }

    /// Writes the next point.
    public mutating func next(into point: UnsafeMutableBufferPointer<Double>) {
        precondition(point.count == dimension, "a point of \(point.count) coordinates: expected \(dimension)")
        for (coordinate, base) in bases.enumerated() {
            var rest = index
            var value = 0.0
            let inverse = 1 / Double(base)
            var scale = inverse
            if permutations.isEmpty {
                while rest > 0 {
                    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: UInt64(base))
                    value += Double(digit) * scale
                    scale *= inverse
                    rest = quotient
                }
            } else {
                let table = permutations[coordinate]
                var start = 0
                while start < table.count {
                    let (quotient, digit) = rest.quotientAndRemainder(dividingBy: UInt64(base))
                    value += Double(table[start + Int(digit)]) * scale
                    scale *= inverse
                    rest = quotient
                    start += base
                }
            }
            point[coordinate] = min(value, 1 - 0x1p-53)
        }
        index += 1
    }
}
