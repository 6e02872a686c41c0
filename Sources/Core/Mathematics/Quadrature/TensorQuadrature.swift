/// The tensor product of one-dimensional rules, for integrals over several variables.
///
/// The points are never stored: n rules with k nodes have kⁿ. The last variable runs fastest.
///
/// ```swift
/// let rule = try GaussianQuadrature.hermiteProbabilists(count: 12)
/// TensorQuadrature([rule, rule]).integrate { exp($0[0] * $0[1] / 4) }
/// ```
public struct TensorQuadrature: Sendable {
    /// The rule of each variable.
    public let rules: [GaussianQuadrature]

    /// The product of the rules; of none, the integral is the value at the empty point.
    public init(_ rules: [GaussianQuadrature]) { self.rules = rules }

    /// The same rule for each of `dimension` variables.
    public init(repeating rule: GaussianQuadrature, dimension: Int) {
        rules = Array(repeating: rule, count: dimension)
    }

    /// The number of variables.
    public var dimension: Int { rules.count }

    /// The number of points, the product of the rules' counts.
    public var count: Int { rules.reduce(1) { $0 * $1.count } }

    /// Calls `body` with every point and its weight. The buffer is the same at each call.
    public func forEachPoint<E: Error>(
        _ body: (_ point: UnsafeBufferPointer<Double>, _ weight: Double) throws(E) -> Void
    ) throws(E) {
        guard count > 0 else { return }
        let point = Storage<Double>(repeating: 0, count: dimension)
        let buffer = UnsafeBufferPointer(start: point.pointer, count: dimension)
        var indices = [Int](repeating: 0, count: dimension)
        // partial[d] is the product of the weights of the first d variables.
        var partial = [Double](repeating: 1, count: dimension + 1)
        var changed = 0
        while true {
            for variable in changed..<dimension {
                point.pointer[variable] = rules[variable].nodes[indices[variable]]
                partial[variable + 1] = partial[variable] * rules[variable].weights[indices[variable]]
            }
            try body(buffer, partial[dimension])
            var variable = dimension - 1
            while variable >= 0 {
                indices[variable] += 1
                if indices[variable] < rules[variable].count { break }
                indices[variable] = 0
                variable -= 1
            }
            if variable < 0 { break }
            changed = variable
        }
        withExtendedLifetime(point) {}
    }

    /// Σ wᵢ f(xᵢ) over all points.
    public func integrate(_ function: (UnsafeBufferPointer<Double>) -> Double) -> Double {
        var sum = 0.0
        forEachPoint { point, weight in sum += weight * function(point) }
        return sum
    }

    /// All points as the rows of a matrix, (count, dimension), and their weights.
    public func grid() -> (points: Matrix, weights: Vector) {
        var (points, weights) = (Matrix.zeros(count, dimension), Vector.zeros(count))
        var row = 0
        points.withUnsafeMutableBufferPointer { points in
            weights.withUnsafeMutableBufferPointer { weights in
                forEachPoint { point, weight in
                    for column in 0..<point.count { points[row * point.count + column] = point[column] }
                    weights[row] = weight
                    row += 1
                }
            }
        }
        return (points, weights)
    }
}
