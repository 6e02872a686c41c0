extension RandomNumberGenerator {
    /// A uniform integer in 0 ..< bound, without bias.
    ///
    /// Lemire, "Fast random integer generation in an interval", 2019. Written out here because the
    /// standard library's own may use its bits in another way in another version.
    @inlinable
    public mutating func integer(below bound: Int) -> Int {
        precondition(bound > 0, "a random integer below \(bound) does not exist: the bound must be positive")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }

    /// A uniform integer in a range, without bias.
    @inlinable
    public mutating func integer(in range: Range<Int>) -> Int {
        range.lowerBound + integer(below: range.count)
    }

    /// True with the given probability.
    @inlinable
    public mutating func bernoulli(_ probability: Double) -> Bool {
        precondition(probability >= 0 && probability <= 1, "a probability lies in [0, 1], got \(probability)")
        return uniform() < probability
    }

    /// −1 or 1 with equal probability.
    @inlinable
    public mutating func rademacher() -> Double { next() >> 63 == 0 ? -1 : 1 }

    /// A vector of independent numbers −1 or 1. One word of random bits gives 64 of them.
    @inlinable
    public mutating func rademacherVector(count: Int) -> Vector {
        var bits: UInt64 = 0
        return Vector(count: count) { index in
            if index % 64 == 0 { bits = next() }
            defer { bits >>= 1 }
            return bits & 1 == 0 ? -1 : 1
        }
    }

    /// A matrix of independent numbers −1 or 1, drawn row after row.
    @inlinable
    public mutating func rademacherMatrix(rows: Int, columns: Int) -> Matrix {
        Matrix(rows: rows, columns: columns, rademacherVector(count: rows * columns))
    }
}
