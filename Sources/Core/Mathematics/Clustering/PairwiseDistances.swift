// swiftcore: pairwise_squared_distances; require: x.columns == y.columns
/// The squared Euclidean distances between the rows of two matrices: element (i, j) is ‖xᵢ − yⱼ‖².
///
/// As ‖x‖² − 2xᵀy + ‖y‖² by BLAS, after the mean of `y` is taken from both so that clouds far from the
/// origin keep their digits; negative rounding errors become 0.
///
/// - Parameters:
///   - x: one point a row.
///   - y: one point a row, with as many columns; a mismatch stops the program.
public func pairwiseSquaredDistances(_ x: Matrix, _ y: Matrix) -> Matrix {
    if x.columns != y.columns {
        shapeMismatch(
            "pairwiseSquaredDistances", "(\(x.rows), \(x.columns))", "(\(y.rows), \(y.columns))",
            "the points must have equal dimensions")
    }
    guard x.rows > 0, y.rows > 0, x.columns > 0 else { return .zeros(x.rows, y.rows) }
    let mean = y.columnMeans
    let (centredX, centredY) = (x.subtractingFromRows(mean), y.subtractingFromRows(mean))
    let (normsX, normsY) = (centredX.squaredRowNorms, centredY.squaredRowNorms)
    var result = centredX.multiplied(byTransposeOf: centredY)
    let columns = y.rows
    result.withUnsafeMutableBufferPointer { out in
        normsX.withUnsafeBufferPointer { a in
            normsY.withUnsafeBufferPointer { b in
                for i in 0..<a.count {
                    for j in 0..<columns {
                        let value = a[i] - 2 * out[i * columns + j] + b[j]
                        // Written so that NaN stays NaN.
                        out[i * columns + j] = value < 0 ? 0 : value
                    }
                }
            }
        }
    }
    return result
}

extension DenseMatrix<Double> {
    /// The matrix with a vector taken from every row.
    func subtractingFromRows(_ vector: Vector) -> Matrix {
        Matrix(rows: rows, columns: columns, Vector(storage: storage.copy().subtracting(vector, columns)))
    }
}

extension Storage<Double> {
    /// Takes a vector from every run of `columns` numbers in place; only for memory nobody else sees.
    fileprivate func subtracting(_ vector: Vector, _ columns: Int) -> Storage<Double> {
        vector.withUnsafeBufferPointer { vector in
            var row = pointer
            let end = pointer + count
            while columns > 0, row < end {
                for column in 0..<columns { row[column] -= vector[column] }
                row += columns
            }
        }
        return self
    }
}
