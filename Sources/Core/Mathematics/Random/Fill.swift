// Bulk fills. They draw exactly what as many single calls would draw; for `Philox` they are faster.

extension RandomNumberGenerator {
    /// Overwrites memory with independent normal numbers, the same as as many calls of `normal`.
    ///
    /// - Parameters:
    ///   - numbers: memory, whose contents do not matter.
    ///   - mean: of each number.
    ///   - standardDeviation: of each number.
    @inlinable
    public mutating func fillNormal(
        _ numbers: UnsafeMutableBufferPointer<Double>, mean: Double = 0, standardDeviation: Double = 1
    ) {
        if var philox = self as? Philox {
            philox.withBufferedWords { fillNormals(numbers, mean, standardDeviation, using: &$0) }
            if let advanced = philox as? Self { self = advanced }
        } else {
            fillNormals(numbers, mean, standardDeviation, using: &self)
        }
    }

    /// Overwrites a vector with independent normal numbers.
    public mutating func fillNormal(_ vector: inout Vector, mean: Double = 0, standardDeviation: Double = 1) {
        vector.withUnsafeMutableBufferPointer { fillNormal($0, mean: mean, standardDeviation: standardDeviation) }
    }

    /// Overwrites a matrix with independent normal numbers, row after row.
    public mutating func fillNormal(_ matrix: inout Matrix, mean: Double = 0, standardDeviation: Double = 1) {
        matrix.withUnsafeMutableBufferPointer { fillNormal($0, mean: mean, standardDeviation: standardDeviation) }
    }

    /// Overwrites memory with independent uniform numbers of a half-open range, the same as as many calls of
    /// `uniform(in:)`.
    @inlinable
    public mutating func fillUniform(_ numbers: UnsafeMutableBufferPointer<Double>, in range: Range<Double> = 0..<1) {
        if var philox = self as? Philox {
            philox.withBufferedWords { fillUniforms(numbers, range, using: &$0) }
            if let advanced = philox as? Self { self = advanced }
        } else {
            fillUniforms(numbers, range, using: &self)
        }
    }

    /// Overwrites a vector with independent uniform numbers of a half-open range.
    public mutating func fillUniform(_ vector: inout Vector, in range: Range<Double> = 0..<1) {
        vector.withUnsafeMutableBufferPointer { fillUniform($0, in: range) }
    }

    /// Overwrites a matrix with independent uniform numbers of a half-open range, row after row.
    public mutating func fillUniform(_ matrix: inout Matrix, in range: Range<Double> = 0..<1) {
        matrix.withUnsafeMutableBufferPointer { fillUniform($0, in: range) }
    }
}

extension Philox {
    /// A matrix of independent standard normal numbers, drawn on several threads.
    ///
    /// Every 65 536 numbers come from a stream of their own (`stream(_:)` of the block's index), so that the
    /// bits depend neither on the number of threads nor on what this generator has drawn. They are not the
    /// numbers of `normalMatrix`.
    ///
    /// - Parameters:
    ///   - rows: of the matrix.
    ///   - columns: of the matrix.
    ///   - maximumThreads: at most so many threads; by default the number of processors.
    public func parallelNormalMatrix(rows: Int, columns: Int, maximumThreads: Int? = nil) -> Matrix {
        let storage = Storage<Double>(uninitializedCount: rows * columns)
        let block = 65_536
        let generator = self
        _ = parallelMap((storage.count + block - 1) / block, maximumThreads: maximumThreads) { index in
            let start = index * block
            let count = Swift.min(block, storage.count - start)
            var stream = generator.stream(index)
            stream.fillNormal(UnsafeMutableBufferPointer(start: storage.pointer + start, count: count))
        }
        return Matrix(rows: rows, columns: columns, storage: storage)
    }
}

@inlinable
func fillNormals<G: RandomNumberGenerator>(
    _ numbers: UnsafeMutableBufferPointer<Double>, _ mean: Double, _ standardDeviation: Double,
    using generator: inout G
) {
    let ziggurat = Ziggurat.normal
    ziggurat.ends.withUnsafeBufferPointer { ends in
        guard let ends = ends.baseAddress else { return }
        for index in numbers.indices {
            // The common case of `Ziggurat.draw`, on unchecked tables.
            let bits = generator.next()
            let layer = Int(bits & 0xFF)
            let x = Double(Int64(bitPattern: bits) >> 10) * 0x1p-53 * ends[layer]
            let value: Double
            if x.magnitude < ends[layer + 1] {
                value = x
            } else if let accepted = ziggurat.drawFromEdge(layer, x, using: &generator) {
                value = accepted
            } else {
                value = ziggurat.draw(using: &generator)
            }
            numbers[index] = mean + standardDeviation * value
        }
    }
}

@inlinable
func fillUniforms<G: RandomNumberGenerator>(
    _ numbers: UnsafeMutableBufferPointer<Double>, _ range: Range<Double>, using generator: inout G
) {
    let (lower, upper) = (range.lowerBound, range.upperBound)
    let width = upper - lower
    precondition(width < .infinity, "the range \(range) has no finite width")
    for index in numbers.indices {
        var value: Double
        // Rounding can reach the upper end.
        repeat { value = lower + width * generator.uniform() } while value >= upper
        numbers[index] = value
    }
}
