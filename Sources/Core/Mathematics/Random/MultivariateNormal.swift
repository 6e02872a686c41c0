extension RandomNumberGenerator {
    /// A vector of the multivariate normal distribution with mean μ and covariance LLᵀ: μ + Lz.
    ///
    /// - Parameters:
    ///   - mean: μ.
    ///   - choleskyFactor: L, lower triangular (`CholeskyDecomposition.lower`); only its lower triangle is read.
    public mutating func multivariateNormal(mean: Vector, choleskyFactor: Matrix) -> Vector {
        multivariateNormalMatrix(count: 1, mean: mean, choleskyFactor: choleskyFactor).flattened
    }

    /// Independent vectors of the multivariate normal distribution, one a row.
    ///
    /// The product is summed in a fixed order instead of in BLAS, so that its bits are the same on every
    /// machine. O(count · dimension²/2).
    public mutating func multivariateNormalMatrix(count: Int, mean: Vector, choleskyFactor: Matrix) -> Matrix {
        let dimension = mean.count
        if choleskyFactor.rows != dimension || choleskyFactor.columns != dimension {
            shapeMismatch(
                "multivariateNormal", "(\(dimension))", choleskyFactor.shapeText,
                "the factor must be square of the mean's order")
        }
        let factorColumns = choleskyFactor.transposed
        var result = normalMatrix(rows: count, columns: dimension)
        result.withUnsafeMutableBufferPointer { numbers in
            factorColumns.withUnsafeBufferPointer { factor in
                guard let base = numbers.baseAddress, let factorBase = factor.baseAddress else { return }
                var sums = [Double](repeating: 0, count: dimension)
                for row in 0..<count {
                    let values = base + row * dimension
                    for index in 0..<dimension { sums[index] = mean[index] }
                    sums.withUnsafeMutableBufferPointer { sums in
                        for column in 0..<dimension {
                            let z = values[column]
                            let factorColumn = factorBase + column * dimension
                            for index in column..<dimension { sums[index] += factorColumn[index] * z }
                        }
                    }
                    for index in 0..<dimension { values[index] = sums[index] }
                }
            }
        }
        return result
    }

    /// A matrix of the Wishart distribution with scale matrix LLᵀ: the sum of `degreesOfFreedom` outer
    /// products of normal vectors of that covariance.
    ///
    /// Bartlett's decomposition: L A Aᵀ Lᵀ with chi numbers on A's diagonal and normal ones below.
    ///
    /// - Parameters:
    ///   - degreesOfFreedom: greater than the order − 1, whole or not.
    ///   - scaleFactor: L, lower triangular of order n. The mean is degreesOfFreedom · LLᵀ.
    public mutating func wishart(degreesOfFreedom: Double, scaleFactor: Matrix) -> Matrix {
        let order = scaleFactor.rows
        if scaleFactor.columns != order {
            shapeMismatch("wishart", scaleFactor.shapeText, scaleFactor.shapeText, "the scale factor must be square")
        }
        precondition(
            degreesOfFreedom > Double(order - 1),
            "a Wishart distribution of order \(order) needs more than \(order - 1) degrees of freedom, got \(degreesOfFreedom)")
        var bartlett = Matrix.zeros(order, order)
        for row in 0..<order {
            for column in 0..<row { bartlett[row, column] = normal() }
            bartlett[row, row] = chiSquared(degreesOfFreedom: degreesOfFreedom - Double(row)).squareRoot()
        }
        var factor = Matrix.zeros(order, order)
        for row in 0..<order {
            for column in 0...row {
                factor[row, column] = (column...row).reduce(0) { $0 + scaleFactor[row, $1] * bartlett[$1, column] }
            }
        }
        var result = Matrix.zeros(order, order)
        for row in 0..<order {
            for column in 0...row {
                let sum = (0...column).reduce(0.0) { $0 + factor[row, $1] * factor[column, $1] }
                result[row, column] = sum
                result[column, row] = sum
            }
        }
        return result
    }
}
