import RealModule

/// The polynomial through given points in the second barycentric form (Berrut and Trefethen 2004).
///
/// Stable at Chebyshev points up to any degree; at equally spaced points Runge's phenomenon remains.
public struct BarycentricInterpolant: Sendable, Equatable {
    /// The nodes, distinct.
    public let nodes: Vector
    /// The value at each node.
    public let values: Vector
    /// The barycentric weights, up to a common factor.
    public let weights: Vector

    /// The polynomial of degree count − 1 through points with strictly increasing nodes. O(count²).
    ///
    /// - Throws: `InterpolationError` for no points, unordered, infinite or unequally many numbers.
    public init(nodes: Vector, values: Vector) throws(InterpolationError) {
        try requireIncreasing(nodes, "nodes", minimum: 1)
        try requireCount(values, nodes.count, "values")
        try requireFiniteValues(values, "values")
        // Logarithms, since the products overflow.
        var logarithms = [Double](repeating: 0, count: nodes.count)
        for i in nodes.indices {
            for j in nodes.indices where j != i { logarithms[i] -= .log((nodes[i] - nodes[j]).magnitude) }
        }
        let largest = logarithms.max() ?? 0
        (self.nodes, self.values) = (nodes, values)
        weights = Vector(count: nodes.count) {
            ((nodes.count - $0).isMultiple(of: 2) ? -1 : 1) * .exp(logarithms[$0] - largest)
        }
    }

    /// The interpolant of a function at `count` Chebyshev points of the second kind, cos(jπ/(count − 1)) mapped
    /// to a range. Its error falls geometrically with the count for analytic functions.
    ///
    /// - Throws: `InterpolationError` if the count is below 2, the range empty or infinite, or a value not finite.
    public init(
        chebyshev count: Int, on range: ClosedRange<Double>, of function: (Double) -> Double
    ) throws(InterpolationError) {
        guard count >= 2 else {
            throw .invalidArgument(argument: "chebyshev", value: Double(count), expected: "at least 2 points")
        }
        let middle = range.lowerBound / 2 + range.upperBound / 2
        let half = range.upperBound / 2 - range.lowerBound / 2
        guard half > 0, half.isFinite else {
            throw .invalidArgument(argument: "range", value: half * 2, expected: "a positive finite width")
        }
        let nodes = Vector(count: count) { index in
            if index == 0 { return range.lowerBound }
            if index == count - 1 { return range.upperBound }
            // The sine is odd about the middle, so that the nodes are symmetric.
            return middle + half * .sin(.pi * Double(2 * index - (count - 1)) / Double(2 * (count - 1)))
        }
        try requireIncreasing(nodes, "nodes", minimum: 2)
        let values = Vector(count: count) { function(nodes[$0]) }
        try requireFiniteValues(values, "values")
        (self.nodes, self.values) = (nodes, values)
        weights = Vector(count: count) {
            ($0 == 0 || $0 == count - 1 ? 0.5 : 1) * ($0.isMultiple(of: 2) ? 1 : -1)
        }
    }

    /// The value at x; NaN at NaN. O(count).
    public func callAsFunction(_ x: Double) -> Double {
        var (numerator, denominator) = (0.0, 0.0)
        for index in nodes.indices {
            let distance = x - nodes[index]
            if distance == 0 { return values[index] }
            let share = weights[index] / distance
            numerator += share * values[index]
            denominator += share
        }
        return numerator / denominator
    }

    /// The matrix that maps values at the nodes to derivatives of the polynomial at the nodes.
    public func differentiationMatrix() -> Matrix {
        let count = nodes.count
        var result = Matrix.zeros(count, count)
        for i in 0..<count {
            var sum = 0.0
            for j in 0..<count where j != i {
                let entry = weights[j] / weights[i] / (nodes[i] - nodes[j])
                result[i, j] = entry
                sum += entry
            }
            // Rows sum to zero, since constants have no derivative.
            result[i, i] = -sum
        }
        return result
    }
}
