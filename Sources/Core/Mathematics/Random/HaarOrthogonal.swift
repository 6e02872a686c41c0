extension RandomNumberGenerator {
    /// A uniformly random orthogonal matrix (Haar measure).
    ///
    /// The Q of a QR decomposition of a normal matrix whose R has a positive diagonal. The matrix itself is
    /// never needed: Stewart, "The efficient generation of random orthogonal matrices", 1980, draws the
    /// Householder reflections directly. Summed in a fixed order: the same bits on every machine. O(order³).
    public mutating func haarOrthogonal(order: Int) -> Matrix { haarOrthonormalColumns(rows: order, columns: order) }

    /// A matrix with orthonormal columns that span a uniformly random subspace in a uniformly random basis:
    /// the first columns of a Haar orthogonal matrix. O(rows · columns²).
    ///
    /// - Parameters:
    ///   - rows: the dimension of the space.
    ///   - columns: how many, at most `rows`.
    public mutating func haarOrthonormalColumns(rows: Int, columns: Int) -> Matrix {
        precondition(
            columns >= 0 && columns <= rows, "\(columns) orthonormal columns do not exist in \(rows) dimensions")
        var reflections: [(vector: Vector, factor: Double)] = []
        var result = Matrix.zeros(rows, columns)
        for column in 0..<columns {
            var x = normalVector(count: rows - column)
            let head = x[0]
            // R's diagonal is −sign(head)·norm after the reflection; this sign makes it positive. The last
            // of a square matrix needs no reflection.
            if x.count == 1 {
                result[column, column] = head < 0 ? -1 : 1
                continue
            }
            let norm = x.reduce(0.0) { $0 + $1 * $1 }.squareRoot()
            result[column, column] = head < 0 ? 1 : -1
            x[0] = head < 0 ? head - norm : head + norm
            reflections.append((x, 1 / (norm * (norm + head.magnitude))))
        }
        var products = [Double](repeating: 0, count: columns)
        result.withUnsafeMutableBufferPointer { matrix in
            guard let base = matrix.baseAddress else { return }
            products.withUnsafeMutableBufferPointer { products in
                for (first, reflection) in reflections.enumerated().reversed() {
                    reflection.vector.withUnsafeBufferPointer { vector in
                        for column in first..<columns { products[column] = 0 }
                        for offset in vector.indices {
                            let row = base + (first + offset) * columns
                            let weight = vector[offset]
                            for column in first..<columns { products[column] += weight * row[column] }
                        }
                        for offset in vector.indices {
                            let row = base + (first + offset) * columns
                            let weight = reflection.factor * vector[offset]
                            for column in first..<columns { row[column] -= weight * products[column] }
                        }
                    }
                }
            }
        }
        return result
    }
}
