extension RandomNumberGenerator {
    /// A normal number, by the ziggurat method (exact, not an approximation).
    @inlinable
    public mutating func normal(mean: Double = 0, standardDeviation: Double = 1) -> Double {
        mean + standardDeviation * Ziggurat.normal.draw(using: &self)
    }

    /// A vector of independent normal numbers.
    @inlinable
    public mutating func normalVector(count: Int, mean: Double = 0, standardDeviation: Double = 1) -> Vector {
        let storage = Storage<Double>(uninitializedCount: count)
        let numbers = UnsafeMutableBufferPointer(start: storage.pointer, count: count)
        fillNormal(numbers, mean: mean, standardDeviation: standardDeviation)
        return Vector(storage: storage)
    }

    /// A matrix of independent normal numbers, drawn row after row.
    @inlinable
    public mutating func normalMatrix(
        rows: Int, columns: Int, mean: Double = 0, standardDeviation: Double = 1
    ) -> Matrix {
        Matrix(
            rows: rows, columns: columns,
            normalVector(count: rows * columns, mean: mean, standardDeviation: standardDeviation))
    }
}
