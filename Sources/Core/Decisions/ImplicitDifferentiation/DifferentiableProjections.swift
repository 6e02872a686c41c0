import DeepLearning
import Mathematics

// Projections and proximal maps as tensor operations (`implicit-diff`, arXiv:2105.15183, appendix C): row by row along
// the last axis, differentiable in both modes and to any order where they have derivatives.

extension Tensor where Scalar == Double {
    /// Each row's nearest point of the simplex {x ≥ 0, Σx = total}.
    ///
    /// The Jacobian is diag(s) − ssᵀ/|s|₁, s the support of the projection (Martins and Astudillo 2016,
    /// arXiv:1602.02068). O(n log n) a row.
    ///
    /// - Parameter total: a single positive number, differentiable as well.
    public func simplexProjected(total: Tensor) -> Tensor {
        precondition(rank >= 1 && total.count == 1, "simplexProjected: the shapes are \(shape) and \(total.shape)")
        return customDifferentiable([self, total]) { arguments in
            arguments[0].rowsProjectedOntoSimplex(total: arguments[1].scalar)
        } pullback: { arguments, y, cotangent in
            let support = Tensor(y.mapped { $0 > 0 ? 1 : 0 })
            let inside = cotangent * support
            let mean = inside.sum(along: -1, keepingAxes: true) / support.sum(along: -1, keepingAxes: true)
            return [inside - support * mean, mean.sum().reshaped(to: arguments[1].shape)]
        }
    }

    /// Each row's nearest point of the simplex {x ≥ 0, Σx = total}.
    public func simplexProjected(total: Double = 1) -> Tensor { simplexProjected(total: Tensor(total)) }

    /// Each row's nearest point of {Σ|x| ≤ radius}, by the simplex of its magnitudes.
    public func l1BallProjected(radius: Tensor) -> Tensor {
        let isInside = detached().norm(order: 1, along: -1, keepingAxes: true).mapped { $0 <= radius.scalar }
        return .selecting(isInside, self, sign(self) * abs(self).simplexProjected(total: radius))
    }

    /// Each row's nearest point of {Σ|x| ≤ radius}.
    public func l1BallProjected(radius: Double = 1) -> Tensor { l1BallProjected(radius: Tensor(radius)) }

    /// Each row's nearest point of {‖x‖ ≤ radius}; the radius is positive.
    public func l2BallProjected(radius: Tensor) -> Tensor {
        self * (radius / maximum(norm(along: -1, keepingAxes: true), radius))
    }

    /// Each row's nearest point of {‖x‖ ≤ radius}; the radius is positive.
    public func l2BallProjected(radius: Double = 1) -> Tensor { l2BallProjected(radius: Tensor(radius)) }

    /// The nearest point of {lower ≤ x ≤ upper}; the ends broadcast.
    public func boxProjected(from lower: Tensor, to upper: Tensor) -> Tensor { minimum(maximum(self, lower), upper) }

    /// The proximal map of t‖x‖₁, element by element: soft thresholding. The thresholds t ≥ 0 broadcast.
    public func softThresholded(by threshold: Tensor) -> Tensor { self - boxProjected(from: -threshold, to: threshold) }

    /// The proximal map of t‖x‖ of each row: it shrinks the row's length by t > 0, to no less than zero.
    public func blockSoftThresholded(by threshold: Tensor) -> Tensor {
        self * (1 - threshold / maximum(norm(along: -1, keepingAxes: true), threshold))
    }

    /// Each row's nearest point of any convex set of Mathematics.
    ///
    /// The derivative is the set's Jacobian product. The second derivative takes that Jacobian as constant, which is
    /// right for polyhedra.
    public func projected(onto set: ConvexSet) -> Tensor {
        customDifferentiable(self) { point in
            point.mappingRows { Array(set.project(Vector($0))) }
        } pullback: { point, _, cotangent in
            cotangent.withProjectionJacobian(of: set, at: point.detached())
        }
    }

    /// Each row times the symmetric Jacobian of the projection at the same row of `point`.
    private func withProjectionJacobian(of set: ConvexSet, at point: Tensor) -> Tensor {
        customDifferentiable(self) { direction in
            let columns = direction.shape[direction.rank - 1]
            let points = point.scalars
            var row = 0
            return direction.mappingRows {
                defer { row += 1 }
                return Array(set.jacobianProduct(at: Vector(points[row * columns..<(row + 1) * columns]), Vector($0)))
            }
        } pullback: { _, _, cotangent in
            cotangent.withProjectionJacobian(of: set, at: point)
        }
    }

    /// The nearest points by sorting (Held, Wolfe and Crowder 1974), in place.
    private func rowsProjectedOntoSimplex(total: Double) -> Tensor {
        let columns = shape[rank - 1]
        guard columns > 0 else { return self }
        var result = self
        result.withUnsafeMutableScalars { numbers in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: columns) { sorted in
                for start in stride(from: 0, to: numbers.count, by: columns) {
                    let row = UnsafeMutableBufferPointer(rebasing: numbers[start..<start + columns])
                    sortDescending(row, into: sorted)
                    // Relative to the largest, so that large values keep their differences.
                    let largest = sorted[0]
                    var sum = 0.0, threshold = -Double.infinity
                    for (index, value) in sorted.enumerated() {
                        sum += value - largest
                        let candidate = (sum - total) / Double(index + 1)
                        if value - largest <= candidate { break }
                        threshold = candidate
                    }
                    for index in 0..<columns {
                        let excess = (row[index] - largest) - threshold
                        row[index] = excess > 0 || excess.isNaN ? excess : 0
                    }
                }
            }
        }
        return result
    }

    /// A function of each row of the last axis that keeps its length, outside any differentiation.
    private func mappingRows(_ transform: (ArraySlice<Double>) -> [Double]) -> Tensor {
        let columns = shape[rank - 1], numbers = scalars
        guard columns > 0 else { return self }
        var result: [Double] = []
        result.reserveCapacity(count)
        for start in stride(from: 0, to: numbers.count, by: columns) {
            result += transform(numbers[start..<start + columns])
        }
        return Tensor(shape: shape, scalars: result)
    }
}

/// Sorts by insertion where that is quickest.
private func sortDescending(_ row: UnsafeMutableBufferPointer<Double>, into sorted: UnsafeMutableBufferPointer<Double>) {
    guard row.count <= 32 else {
        _ = sorted.update(from: row.sorted(by: >))
        return
    }
    for (index, value) in row.enumerated() {
        var place = index
        while place > 0, sorted[place - 1] < value {
            sorted[place] = sorted[place - 1]
            place -= 1
        }
        sorted[place] = value
    }
}

// swiftcore: simplex_projection_jacobian
/// The Jacobian of the projection onto the simplex {x ≥ 0, Σx = total} at a point: diag(s) − ssᵀ/|s|₁ with the support s of
/// the projection (`implicit-diff`, arXiv:2105.15183, appendix C.1).
///
/// - Throws: `OptimisationError` for an empty point, numbers that are not finite or a total that is not positive.
public func simplexProjectionJacobian(at point: [Double], total: Double = 1) throws(OptimisationError) -> Matrix {
    try requireArgument(!point.isEmpty, "point", "empty", "at least one number")
    try requireFinite(point, "point")
    try requirePositive(total, "total")
    return jacobian(at: Tensor(point)) { $0.simplexProjected(total: total) }.matrix
}
