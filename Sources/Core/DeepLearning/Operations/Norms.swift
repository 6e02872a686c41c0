extension Tensor where Scalar: TensorScalar {
    /// The root of the sum of the squares of all elements; its derivative at zero is zero.
    public func norm() -> Tensor { flattened().norm(along: 0) }

    /// The Euclidean norms along an axis; the derivative at zero is zero.
    public func norm(along axis: Int, keepingAxes: Bool = false) -> Tensor {
        let axis = shape.axis(axis, "norm")
        let result = Tensor.recording(self, .general, { sqrt($0.squared().sum(along: axis, keepingAxes: true)) }) { x, y in
            let divisor = y.replacing(where: y.mapped { $0 == 0 }, with: 1)
            return { $0 * (x / divisor) }
        }
        return keepingAxes ? result : result.squeezed(at: axis)
    }

    /// The norms (Σ |x|^p)^(1/p) along an axis: p = 1, 2, ∞ or any other positive number.
    public func norm(order p: Scalar, along axis: Int, keepingAxes: Bool = false) -> Tensor {
        guard p > 0 else { fatalError("norm: the order \(p) is not positive") }
        if p == 2 { return norm(along: axis, keepingAxes: keepingAxes) }
        let magnitude = abs(self)
        if p == 1 { return magnitude.sum(along: axis, keepingAxes: keepingAxes) }
        if p == .infinity { return magnitude.max(along: axis, keepingAxes: keepingAxes) }
        return pow(pow(magnitude, p).sum(along: axis, keepingAxes: keepingAxes), 1 / p)
    }

    /// Along an axis, a·b / (max(‖a‖, ε) max(‖b‖, ε)); the two broadcast.
    public static func cosineSimilarity(_ a: Tensor, _ b: Tensor, along axis: Int = -1, epsilon: Scalar = 1e-8) -> Tensor {
        let lower = Tensor(epsilon)
        let norms = maximum(a.norm(along: axis), lower) * maximum(b.norm(along: axis), lower)
        return (a * b).sum(along: axis) / norms
    }

    /// ‖aᵢ − bⱼ‖² for every row of one matrix and every row of another: [..., n, d] and [..., m, d] give [..., n, m].
    ///
    /// Through one matrix product, ‖a‖² + ‖b‖² − 2a·b: a distance that is tiny beside the norms has their rounding
    /// error. None is below zero.
    public static func pairwiseSquaredDistances(_ a: Tensor, _ b: Tensor) -> Tensor {
        guard a.rank >= 2, b.rank >= 2, a.shape[a.rank - 1] == b.shape[b.rank - 1] else {
            shapesDoNotFit("pairwiseSquaredDistances", a.shape, b.shape, "both are matrices with rows of one length")
        }
        let squares = a.squared().sum(along: -1, keepingAxes: true) + b.squared().sum(along: -1).expandingShape(at: -2)
        let distances = squares - matmul(a, b.transposed()) * 2
        return straightThrough(maximum(distances.detached(), Tensor(0)), derivativeOf: distances)
    }
}
