/// What an interpolant does outside its points.
public enum Extrapolation: Sendable {
    /// The value at the nearer end.
    case constant
    /// The polynomial of the last piece.
    case continuation
    /// NaN.
    case notANumber
}

/// The piecewise linear function through given points.
public struct LinearInterpolant: Sendable, Equatable {
    /// The strictly increasing abscissas.
    public let abscissas: Vector
    /// The value at each abscissa.
    public let ordinates: Vector
    /// What happens outside the abscissas.
    public let extrapolation: Extrapolation

    /// The function through at least two points with strictly increasing abscissas.
    ///
    /// - Throws: `InterpolationError` for too few, unordered, infinite or unequally many numbers.
    public init(
        abscissas: Vector, ordinates: Vector, extrapolation: Extrapolation = .constant
    ) throws(InterpolationError) {
        try requireIncreasing(abscissas, "abscissas", minimum: 2)
        try requireCount(ordinates, abscissas.count, "ordinates")
        try requireFiniteValues(ordinates, "ordinates")
        (self.abscissas, self.ordinates, self.extrapolation) = (abscissas, ordinates, extrapolation)
    }

    /// The value at x; NaN at NaN. O(log count).
    public func callAsFunction(_ x: Double) -> Double {
        let (first, last) = (abscissas[0], abscissas[abscissas.count - 1])
        if x.isNaN { return x }
        if x < first || x > last {
            switch extrapolation {
            case .constant: return x < first ? ordinates[0] : ordinates[ordinates.count - 1]
            case .notANumber: return .nan
            case .continuation: break
            }
        }
        let index = abscissas.withUnsafeBufferPointer { intervalIndex(of: x, in: $0) }
        let (left, right) = (abscissas[index], abscissas[index + 1])
        let fraction = (x - left) / (right - left)
        // Exact at both ends.
        return fraction < 0.5
            ? ordinates[index] + fraction * (ordinates[index + 1] - ordinates[index])
            : ordinates[index + 1] - (1 - fraction) * (ordinates[index + 1] - ordinates[index])
    }

    /// The values at many points.
    public func callAsFunction(_ points: Vector) -> Vector { Vector(count: points.count) { self(points[$0]) } }
}

/// The bilinear function through values on a rectangular grid.
public struct BilinearInterpolant: Sendable, Equatable {
    /// The strictly increasing first coordinates of the grid, one a row of `values`.
    public let x: Vector
    /// The strictly increasing second coordinates of the grid, one a column of `values`.
    public let y: Vector
    /// The value at (x[i], y[j]) in row i and column j.
    public let values: Matrix
    /// What happens outside the grid.
    public let extrapolation: Extrapolation

    /// The function through values on a grid of at least 2 × 2 points.
    ///
    /// - Throws: `InterpolationError` for too few, unordered or infinite coordinates or a matrix that does not fit.
    public init(
        x: Vector, y: Vector, values: Matrix, extrapolation: Extrapolation = .constant
    ) throws(InterpolationError) {
        try requireIncreasing(x, "x", minimum: 2)
        try requireIncreasing(y, "y", minimum: 2)
        if values.rows != x.count {
            throw .countMismatch(argument: "rows of values", count: values.rows, expected: x.count)
        }
        if values.columns != y.count {
            throw .countMismatch(argument: "columns of values", count: values.columns, expected: y.count)
        }
        (self.x, self.y, self.values, self.extrapolation) = (x, y, values, extrapolation)
    }

    /// The value at a point; NaN if a coordinate is. O(log of the grid).
    public func callAsFunction(_ x: Double, _ y: Double) -> Double {
        let (left, right, bottom, top) = (self.x[0], self.x[self.x.count - 1], self.y[0], self.y[self.y.count - 1])
        if x.isNaN || y.isNaN { return .nan }
        var (x, y) = (x, y)
        if x < left || x > right || y < bottom || y > top {
            switch extrapolation {
            case .constant: (x, y) = (min(max(x, left), right), min(max(y, bottom), top))
            case .notANumber: return .nan
            case .continuation: break
            }
        }
        let row = self.x.withUnsafeBufferPointer { intervalIndex(of: x, in: $0) }
        let column = self.y.withUnsafeBufferPointer { intervalIndex(of: y, in: $0) }
        let u = (x - self.x[row]) / (self.x[row + 1] - self.x[row])
        let v = (y - self.y[column]) / (self.y[column + 1] - self.y[column])
        return (1 - u) * ((1 - v) * values[row, column] + v * values[row, column + 1])
            + u * ((1 - v) * values[row + 1, column] + v * values[row + 1, column + 1])
    }
}
