/// A low-discrepancy sequence of points in the unit cube.
public protocol LowDiscrepancySequence {
    /// The number of coordinates of a point.
    var dimension: Int { get }

    /// Writes the next point into `point`, which has room for `dimension` coordinates.
    mutating func next(into point: UnsafeMutableBufferPointer<Double>)
}

extension LowDiscrepancySequence {
    /// The next point.
    public mutating func nextPoint() -> Vector {
        var point = Vector.zeros(dimension)
        point.withUnsafeMutableBufferPointer { next(into: $0) }
        return point
    }

    /// The next `count` points as the rows of a matrix, (count, dimension).
    public mutating func points(_ count: Int) -> Matrix {
        precondition(count >= 0, "cannot draw \(count) points")
        var result = Matrix.zeros(count, dimension)
        let dimension = dimension
        result.withUnsafeMutableBufferPointer { buffer in
            for row in 0..<count {
                next(into: UnsafeMutableBufferPointer(rebasing: buffer[row * dimension..<(row + 1) * dimension]))
            }
        }
        return result
    }
}

/// Sobol's low-discrepancy sequence in up to 337 dimensions, in base 2, with 53 bits.
///
/// The direction numbers are those of Joe and Kuo (2008); the points come in the order of the Gray code
/// (Antonov and Saleev 1979), O(dimension) each. Any first 2ᵐ points are a digital net. Unscrambled, the first
/// point is the origin. Scrambled (a random linear matrix of Matoušek 1998 and a random digital shift for
/// each coordinate), every point is uniform in [0, 1) and means over the sequence are unbiased; the
/// variance over independent scramblings measures the error.
///
/// ```swift
/// var generator = Philox(seed: 1)
/// var sobol = try SobolSequence(dimension: 5, using: &generator)
/// let points = sobol.points(1024)
/// ```
public struct SobolSequence: LowDiscrepancySequence, Sendable {
    /// The largest number of dimensions.
    public static let maximumDimension = SobolDirections.dimensions

    /// The number of coordinates of a point.
    public let dimension: Int

    /// The index of the next point.
    public private(set) var index: UInt64 = 0

    /// Direction numbers, `bits` for each dimension, as integers of `bits` bits.
    private var directions: [UInt64]
    private var current: [UInt64]
    private var shift: [UInt64]
    private static let bits = 53

    /// The unscrambled sequence.
    ///
    /// - Throws: `QuadratureError.invalidArgument` unless 1 ≤ dimension ≤ 337.
    public init(dimension: Int) throws(QuadratureError) {
        guard dimension >= 1, dimension <= Self.maximumDimension else {
            throw .invalidArgument(
                argument: "dimension", value: Double(dimension), expected: "1 to \(Self.maximumDimension)")
        }
        self.dimension = dimension
        directions = Self.directions(dimension)
        shift = [UInt64](repeating: 0, count: dimension)
        current = shift
    }

    /// The sequence with a random linear scrambling and a random digital shift.
    ///
    /// - Throws: `QuadratureError.invalidArgument` unless 1 ≤ dimension ≤ 337.
    public init(
        dimension: Int, using generator: inout some RandomNumberGenerator
    ) throws(QuadratureError) {
        try self.init(dimension: dimension)
        let bits = Self.bits
        var shift = shift
        for coordinate in 0..<dimension {
            // Row r of a lower triangular matrix with ones on the diagonal; rows count from the first
            // digit after the point.
            let rows = (0..<bits).map { row in
                let diagonal = UInt64(1) << UInt64(bits - 1 - row)
                let above = ~(diagonal &* 2 &- 1) & (UInt64(1) << UInt64(bits) &- 1)
                return diagonal | (generator.next() & above)
            }
            for index in 0..<bits {
                let direction = directions[coordinate * bits + index]
                var scrambled: UInt64 = 0
                for row in 0..<bits where (rows[row] & direction).nonzeroBitCount & 1 == 1 {
                    scrambled |= UInt64(1) << UInt64(bits - 1 - row)
                }
                directions[coordinate * bits + index] = scrambled
            }
            shift[coordinate] = generator.next() >> UInt64(64 - bits)
        }
        self.shift = shift
        current = shift
    }

    /// Writes the next point.
    public mutating func next(into point: UnsafeMutableBufferPointer<Double>) {
        precondition(point.count == dimension, "a point of \(point.count) coordinates: expected \(dimension)")
        let change = (~index).trailingZeroBitCount
        index += 1
        current.withUnsafeMutableBufferPointer { current in
            directions.withUnsafeBufferPointer { directions in
                for coordinate in 0..<current.count {
                    point[coordinate] = Double(current[coordinate]) * 0x1p-53
                    current[coordinate] ^= directions[coordinate * Self.bits + change]
                }
            }
        }
    }

    /// Goes to the point of the given index from 0, at once.
    public mutating func skip(to newIndex: UInt64) {
        precondition(newIndex < 1 << UInt64(Self.bits - 1), "point \(newIndex) is beyond 2^\(Self.bits - 1)")
        index = newIndex
        let gray = newIndex ^ (newIndex >> 1)
        for coordinate in 0..<dimension {
            var value = shift[coordinate]
            for bit in 0..<Self.bits where gray >> UInt64(bit) & 1 == 1 {
                value ^= directions[coordinate * Self.bits + bit]
            }
            current[coordinate] = value
        }
    }

    private static func directions(_ dimension: Int) -> [UInt64] {
        var result = [UInt64](repeating: 0, count: dimension * bits)
        for bit in 0..<bits { result[bit] = UInt64(1) << UInt64(bits - 1 - bit) }
        var position = 0
        for coordinate in stride(from: 1, to: dimension, by: 1) {
            let polynomial = UInt64(SobolDirections.table[position])
            let degree = 63 - polynomial.leadingZeroBitCount
            let base = coordinate * bits
            for bit in 0..<min(degree, bits) {
                result[base + bit] = UInt64(SobolDirections.table[position + 1 + bit]) << UInt64(bits - 1 - bit)
            }
            for bit in stride(from: degree, to: bits, by: 1) {
                let older = result[base + bit - degree]
                var value = older ^ (older >> UInt64(degree))
                for term in stride(from: 1, to: degree, by: 1) where polynomial >> UInt64(degree - term) & 1 == 1 {
                    value ^= result[base + bit - term]
                }
                result[base + bit] = value
            }
            position += degree + 1
        }
        return result
    }
}
