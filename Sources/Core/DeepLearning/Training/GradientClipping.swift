extension Parameterized {
    /// The gradient scaled down to a Euclidean norm over all its tensors if it is longer (Pascanu et al. 2013,
    /// arXiv:1211.5063, algorithm 1).
    ///
    /// A gradient whose norm is not finite is returned as it is: no scaling would mend it.
    public func clipped(toNorm maximum: Scalar) -> Self {
        var copy = self
        copy.clip(toNorm: maximum)
        return copy
    }

    /// Scales the gradient down to a Euclidean norm over all its tensors if it is longer.
    ///
    /// - Returns: the norm before.
    @discardableResult
    public mutating func clip(toNorm maximum: Scalar) -> Scalar {
        let norm = parameterNorm
        if norm > maximum, norm.isFinite {
            let factor = maximum / norm
            forEachParameter { $0 = $0 * factor }
        }
        return norm
    }

    /// The gradient with every element in −limit ... limit.
    public func clipped(toMagnitude limit: Scalar) -> Self {
        mapParameters { $0.detached().clamped(from: -limit, to: limit) }
    }
}
