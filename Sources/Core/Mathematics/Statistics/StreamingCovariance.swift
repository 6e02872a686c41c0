/// Mean vector and covariance matrix of vectors seen one at a time, without keeping them.
///
/// Welford's updates; two summaries can be merged (Pébay 2008, equation 3.12). O(dimension²) an update.
public struct StreamingCovariance: Sendable {
    /// How many vectors have been added.
    public private(set) var count = 0
    private var average: Vector
    private var products: Matrix

    /// A summary of no vector of the given dimension.
    public init(dimension: Int) {
        precondition(dimension >= 0, "a dimension cannot be negative, got \(dimension)")
        average = .zeros(dimension)
        products = .zeros(dimension, dimension)
    }

    /// The summary of the rows of a matrix.
    public init(rows: Matrix) {
        self.init(dimension: rows.columns)
        for index in 0..<rows.rows { add(rows.row(index)) }
    }

    /// The number of coordinates of a vector.
    public var dimension: Int { average.count }

    /// Adds a vector.
    public mutating func add(_ vector: Vector) {
        if vector.count != dimension {
            shapeMismatch("StreamingCovariance.add", "(\(vector.count))", "(\(dimension))", "the dimensions must be equal")
        }
        count += 1
        let n = Double(count)
        let before = vector - average
        average = average + before / n
        let after = vector - average
        let dimension = dimension
        products.withUnsafeMutableBufferPointer { products in
            for row in 0..<dimension {
                for column in 0..<dimension { products[row * dimension + column] += before[row] * after[column] }
            }
        }
    }

    /// Adds the vectors that another summary has seen.
    public mutating func merge(_ other: StreamingCovariance) {
        if other.dimension != dimension {
            shapeMismatch("StreamingCovariance.merge", "(\(other.dimension))", "(\(dimension))", "the dimensions must be equal")
        }
        guard other.count > 0 else { return }
        let (a, b) = (Double(count), Double(other.count))
        let delta = other.average - average
        products = products + other.products
            + Matrix(rows: dimension, columns: dimension) { delta[$0] * delta[$1] * (a * b / (a + b)) }
        average = average + delta * (b / (a + b))
        count += other.count
    }

    /// The mean vector; NaN of nothing.
    public var mean: Vector { count > 0 ? average : Vector(repeating: .nan, count: dimension) }

    /// The unbiased covariance matrix, over count − 1; NaN of fewer than two vectors.
    public var covariance: Matrix {
        let divisor = count > 1 ? Double(count - 1) : .nan
        // The update's two factors differ in rounding; their mean is symmetric.
        return Matrix(rows: dimension, columns: dimension) { (products[$0, $1] + products[$1, $0]) / (2 * divisor) }
    }

    /// The correlation matrix; NaN where a coordinate does not vary.
    public var correlation: Matrix {
        let covariance = covariance
        return Matrix(rows: dimension, columns: dimension) { i, j in
            i == j && covariance[i, i] > 0
                ? 1 : covariance[i, j] / (covariance[i, i] * covariance[j, j]).squareRoot()
        }
    }
}
