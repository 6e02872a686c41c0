extension DenseVector {
    /// Applies the Walsh-Hadamard matrix, block after block, in place.
    ///
    /// The matrix of order 2ᵏ is H_{2m} = [H_m H_m; H_m −H_m], H_1 = 1, in Sylvester's (natural) order. Its square is
    /// the identity when normalised. O(n log b) for blocks of length b.
    ///
    /// - Parameters:
    ///   - block: the order of the matrix, a power of two that divides the length; the whole length if nil.
    ///   - normalized: whether to multiply by 1/√b, which makes the matrix orthogonal.
    /// - Throws: `FourierTransformError.wrongCount` if the block is not a power of two or does not divide the length.
    public mutating func applyHadamard(block: Int? = nil, normalized: Bool = true) throws(FourierTransformError) {
        let block = block ?? count
        try requireHadamardBlock(block, dividing: count)
        let total = count
        withUnsafeMutableBufferPointer { data in
            if let data = data.baseAddress { hadamard(data, data + total, block, normalized) }
        }
    }
}

extension DenseMatrix {
    /// Applies the Walsh-Hadamard matrix to each row, block after block, in place.
    ///
    /// - Parameters:
    ///   - block: the order of the matrix, a power of two that divides the number of columns; all columns if nil.
    ///   - normalized: whether to multiply by 1/√b, which makes the matrix orthogonal.
    /// - Throws: `FourierTransformError.wrongCount` if the block is not a power of two or does not divide the
    ///   number of columns.
    public mutating func applyHadamardToRows(
        block: Int? = nil, normalized: Bool = true
    ) throws(FourierTransformError) {
        let block = block ?? columns
        try requireHadamardBlock(block, dividing: columns)
        let total = rows * columns
        withUnsafeMutableBufferPointer { data in
            if let data = data.baseAddress { hadamard(data, data + total, block, normalized) }
        }
    }
}

/// The largest power of two that divides a length: the largest block of a Hadamard transform of it.
public func largestHadamardBlock(dividing count: Int) -> Int { count <= 0 ? 1 : count & -count }

private func requireHadamardBlock(_ block: Int, dividing count: Int) throws(FourierTransformError) {
    if count == 0 { return }
    guard block > 0, block & (block - 1) == 0, count % block == 0 else {
        throw .wrongCount(
            argument: "block", count: block, expected: "a power of two that divides the length \(count)")
    }
}

@_specialize(where S == Double)
@_specialize(where S == Float)
private func hadamard<S: BLASScalar>(
    _ start: UnsafeMutablePointer<S>, _ end: UnsafeMutablePointer<S>, _ block: Int, _ normalized: Bool
) {
    let scale = S(1 / S.RealScalar(block).squareRoot())
    var data = start
    while data < end {
        var half = 1
        while half < block {
            var base = 0
            while base < block {
                let (low, high) = (data + base, data + base + half)
                for j in 0..<half {
                    let (a, b) = (low[j], high[j])
                    low[j] = a + b
                    high[j] = a - b
                }
                base += 2 * half
            }
            half *= 2
        }
        if normalized { for j in 0..<block { data[j] *= scale } }
        data += block
    }
}
