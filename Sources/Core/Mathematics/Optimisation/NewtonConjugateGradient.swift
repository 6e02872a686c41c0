/// Newton's method with conjugate gradients in a trust region (Steihaug and Toint), from Hessian-vector products.
///
/// Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithms 4.1 and 7.2. Directions of negative
/// curvature are followed to the edge of the region, so that saddles are left; the inner iteration stops at
/// ‖r‖ ≤ min(1/2, √‖∇f‖) ‖∇f‖, which gives superlinear convergence.
public struct NewtonConjugateGradient: Sendable, Hashable {
    /// The first radius of the trust region.
    public var initialRadius: Double

    /// The largest radius.
    public var maximumRadius: Double

    /// Stop when no element of the gradient is larger.
    public var gradientTolerance: Double

    /// Stop after so many outer iterations.
    public var maximumIterations: Int

    /// Newton's method with a trust region of radius 1 at first.
    public init(
        initialRadius: Double = 1, maximumRadius: Double = 1e6, gradientTolerance: Double = 1e-8,
        maximumIterations: Int = 1000
    ) {
        self.initialRadius = initialRadius
        self.maximumRadius = maximumRadius
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a function of which Hessian-vector products are known.
    ///
    /// - Parameters:
    ///   - start: a point where the function is finite.
    ///   - hessianProduct: ∇²f(point) · direction.
    ///   - trace: sees the start and every accepted iterate; the step length is the step's norm.
    ///   - function: value and gradient at a point.
    /// - Throws: `OptimisationError` if a parameter is out of range or the start is not finite.
    public func minimise(
        from start: Vector, hessianProduct: (_ point: Vector, _ direction: Vector) throws -> Vector,
        trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        try withoutActuallyEscaping(hessianProduct) { (product) throws(OptimisationError) -> OptimisationResult in
            try descendInTrustRegion(
                from: start, initialRadius: initialRadius, maximumRadius: maximumRadius,
                gradientTolerance: gradientTolerance, maximumIterations: maximumIterations, looksAtCurvature: false,
                trace: trace, function
            ) { (point, gradient, radius, _) throws(OptimisationError) -> (step: Vector, decrease: Double)? in
                try steihaug(gradient, radius) { (direction) throws(OptimisationError) -> Vector in
                    let result = try calling { try product(point, direction) }
                    if result.count != point.count {
                        throw .lengthMismatch(argument: "hessianProduct", count: result.count, expected: point.count)
                    }
                    return result
                }
            }
        }
    }

    /// An approximate minimiser of gᵀp + pᵀHp/2 in ‖p‖ ≤ radius, and how much it decreases that.
    private func steihaug(
        _ gradient: Vector, _ radius: Double, _ product: (Vector) throws(OptimisationError) -> Vector
    ) throws(OptimisationError) -> (step: Vector, decrease: Double) {
        let norm = gradient.norm
        let tolerance = min(0.5, norm.squareRoot()) * norm
        var step = Vector.zeros(gradient.count)
        var hessianStep = step
        var residual = gradient
        var direction = -gradient
        func toEdge() -> Double {
            // The positive root of ‖step + τ direction‖ = radius.
            let a = direction.squaredNorm
            let b = step.dot(direction)
            let c = step.squaredNorm - radius * radius
            let root = max(b * b - a * c, 0).squareRoot()
            return b > 0 ? -c / (b + root) : (root - b) / a
        }
        for _ in 0..<max(2 * gradient.count, 20) {
            let curved = try product(direction)
            let curvature = direction.dot(curved)
            let squared = residual.squaredNorm
            let length = squared / curvature
            let leavesRegion = !(curvature > 0) || step.advanced(by: length, along: direction).norm >= radius
            let factor = leavesRegion ? toEdge() : length
            step.add(factor, times: direction)
            hessianStep.add(factor, times: curved)
            if leavesRegion { break }
            residual.add(length, times: curved)
            if residual.norm <= tolerance { break }
            direction = (-residual).advanced(by: residual.squaredNorm / squared, along: direction)
        }
        return (step, -(gradient.dot(step) + step.dot(hessianStep) / 2))
    }
}
