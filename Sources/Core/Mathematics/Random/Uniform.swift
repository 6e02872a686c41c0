extension RandomNumberGenerator {
    /// A uniform number in [0, 1) with 53 random bits.
    @inlinable
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A uniform number in (0, 1), never an end.
    @inlinable
    public mutating func openUniform() -> Double { (Double(next() >> 12) + 0.5) * 0x1p-52 }

    /// A uniform number in a half-open range, from 53 random bits.
    @inlinable
    public mutating func uniform(in range: Range<Double>) -> Double {
        precondition(range.upperBound - range.lowerBound < .infinity, "the range \(range) has no finite width")
        while true {
            let value = range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
            // Rounding can reach the upper end.
            if value < range.upperBound { return value }
        }
    }

    /// A vector of uniform numbers in a half-open range.
    @inlinable
    public mutating func uniformVector(count: Int, in range: Range<Double> = 0..<1) -> Vector {
        let storage = Storage<Double>(uninitializedCount: count)
        fillUniform(UnsafeMutableBufferPointer(start: storage.pointer, count: count), in: range)
        return Vector(storage: storage)
    }

    /// A matrix of uniform numbers in a half-open range, drawn row after row.
    @inlinable
    public mutating func uniformMatrix(rows: Int, columns: Int, in range: Range<Double> = 0..<1) -> Matrix {
        Matrix(rows: rows, columns: columns, uniformVector(count: rows * columns, in: range))
    }
}
