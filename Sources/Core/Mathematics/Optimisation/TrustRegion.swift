/// Newton's method in a trust region, each model minimised exactly (Moré and Sorensen), from dense Hessians.
///
/// Nocedal and Wright, "Numerical Optimization", 2nd edition, algorithm 4.1 and theorem 4.1: the step is
/// p = −(H + λI)⁻¹g with the least λ ≥ 0 for which H + λI is positive semidefinite and ‖p‖ is within the region.
/// H is decomposed by eigenvalues, so that the hard case (g without a part along the lowest
/// eigenvectors) costs nothing extra, and saddles are left even where the gradient vanishes. O(n³) an iteration;
/// `NewtonConjugateGradient` is for large n.
public struct TrustRegion: Sendable, Hashable {
    /// The first radius of the trust region.
    public var initialRadius: Double

    /// The largest radius.
    public var maximumRadius: Double

    /// Stop when no element of the gradient is larger and no eigenvalue of the Hessian is below −√tolerance times
    /// the largest magnitude of one.
    public var gradientTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// A trust region of radius 1 at first.
    public init(
        initialRadius: Double = 1, maximumRadius: Double = 1e6, gradientTolerance: Double = 1e-8,
        maximumIterations: Int = 1000
    ) {
        self.initialRadius = initialRadius
        self.maximumRadius = maximumRadius
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a function of which Hessians are known.
    ///
    /// - Parameters:
    ///   - start: a point where the function is finite.
    ///   - hessian: the symmetric matrix ∇²f(point).
    ///   - trace: sees the start and every accepted iterate; the step length is the step's norm.
    ///   - function: value and gradient at a point.
    /// - Throws: `OptimisationError` if a parameter is out of range, the start is not finite or a function throws.
    public func minimise(
        from start: Vector, hessian: (_ point: Vector) throws -> Matrix,
        trace: (OptimisationStep) -> Void = { _ in }, _ function: ValueAndGradient
    ) throws(OptimisationError) -> OptimisationResult {
        let curvatureTolerance = gradientTolerance.squareRoot()
        return try withoutActuallyEscaping(hessian) { (hessian) throws(OptimisationError) -> OptimisationResult in
            var known: SymmetricEigendecomposition<Double>?
            return try descendInTrustRegion(
                from: start, initialRadius: initialRadius, maximumRadius: maximumRadius,
                gradientTolerance: gradientTolerance, maximumIterations: maximumIterations, looksAtCurvature: true,
                trace: trace, function
            ) { (point, gradient, radius, isNewPoint) throws(OptimisationError) -> (step: Vector, decrease: Double)? in
                if isNewPoint { known = nil }
                let eigen: SymmetricEigendecomposition<Double>
                if let known {
                    eigen = known
                } else {
                    let matrix = try calling { try hessian(point) }
                    if matrix.rows != point.count || matrix.columns != point.count {
                        throw .invalid(
                            argument: "hessian", value: "of shape (\(matrix.rows), \(matrix.columns))",
                            expected: "shape (\(point.count), \(point.count))")
                    }
                    do throws(LinearAlgebraError) {
                        eigen = try SymmetricEigendecomposition(matrix)
                    } catch {
                        throw .linearAlgebra(error)
                    }
                    known = eigen
                }
                let least = eigen.eigenvalues.first ?? 0
                if gradient.maximumMagnitude <= gradientTolerance,
                    least >= -curvatureTolerance * eigen.eigenvalues.maximumMagnitude
                {
                    return nil
                }
                return trustRegionStep(eigen, gradient, radius)
            }
        }
    }
}

extension TrustRegion {
    /// The global minimiser p of gᵀp + ½pᵀHp in ‖p‖ ≤ radius, H symmetric of any signature. O(n³).
    ///
    /// - Returns: p, and by how much the minimum is below 0.
    /// - Throws: `OptimisationError` if shapes differ, H is not symmetric, numbers are not finite or the radius is not
    ///   positive.
    public static func step(
        gradient: Vector, hessian: Matrix, radius: Double
    ) throws(OptimisationError) -> (step: Vector, decrease: Double) {
        try requireFiniteElements(gradient, "gradient")
        try requireArgument(radius > 0 && radius.isFinite, "radius", radius, "a positive finite number")
        if hessian.rows != gradient.count || hessian.columns != gradient.count {
            throw .invalid(
                argument: "hessian", value: "of shape (\(hessian.rows), \(hessian.columns))",
                expected: "shape (\(gradient.count), \(gradient.count))")
        }
        do throws(LinearAlgebraError) {
            return trustRegionStep(try SymmetricEigendecomposition(hessian), gradient, radius)
        } catch {
            throw .linearAlgebra(error)
        }
    }
}

/// The minimiser p of gᵀp + pᵀHp/2 in ‖p‖ ≤ radius, and by how much that is below 0.
func trustRegionStep(
    _ eigen: SymmetricEigendecomposition<Double>, _ gradient: Vector, _ radius: Double
) -> (step: Vector, decrease: Double) {
    let values = eigen.eigenvalues
    let parts = eigen.eigenvectors.transposeMultiplied(by: gradient)
    let least = values.first ?? 0
    // λ = t − least: differences of eigenvalues plus t keep their digits where λ comes close to −least.
    let gaps = values - least
    /// The step in the eigenbasis; parts of zero over zero are left out.
    func step(_ t: Double) -> Vector {
        Vector(count: values.count) { parts[$0] == 0 ? 0 : -parts[$0] / (gaps[$0] + t) }
    }
    var coordinates = Vector.zeros(values.count)
    if least > 0 { coordinates = step(least) }
    if !(least > 0 && coordinates.norm <= radius) {
        var low = max(0, least)
        // Parts along the lowest eigenvectors that are nothing but rounding count as zero: the hard case.
        let negligible = 1e-15 * gradient.norm
        let edge = 1e-12 * values.maximumMagnitude
        let rest = Vector(count: values.count) { gaps[$0] + low <= edge ? 0 : -parts[$0] / (gaps[$0] + low) }
        let lowest = values.indices.filter { gaps[$0] + low <= edge }
        if lowest.allSatisfy({ parts[$0].magnitude <= negligible }), rest.norm <= radius {
            coordinates = rest
            let room = max(radius * radius - rest.squaredNorm, 0).squareRoot()
            if least < 0, let index = lowest.first { coordinates[index] = parts[index] > 0 ? -room : room }
        } else {
            var high = gradient.norm / radius
            var t = high
            for _ in 0..<300 {
                let trial = step(t)
                let norm = trial.norm
                if (norm - radius).magnitude <= 1e-13 * radius || high - low <= 1e-16 * high { break }
                if norm > radius { low = max(low, t) } else { high = min(high, t) }
                // Newton's step on 1/radius − 1/‖p‖, which is nearly linear in λ.
                var bend = 0.0
                for index in values.indices where parts[index] != 0 {
                    bend += trial[index] * trial[index] / (gaps[index] + t)
                }
                let newton = t + norm * norm / bend * (norm - radius) / radius
                if newton > low && newton < high {
                    t = newton
                } else {
                    // The geometric middle, as t may have to fall by many orders of magnitude.
                    t = low > 0 ? (low * high).squareRoot() : min(high / 1e3, low + (high - low) / 2)
                }
            }
            coordinates = step(t)
        }
    }
    let decrease = -(parts.dot(coordinates) + (values .* coordinates).dot(coordinates) / 2)
    return (eigen.eigenvectors * coordinates, decrease)
}

/// The loop that trust-region methods share: a rule for the step, the radius, the stopping rules.
///
/// `subproblem` sees point, gradient, radius and whether the point is new; nil ends the search as converged.
func descendInTrustRegion(
    from start: Vector, initialRadius: Double, maximumRadius: Double, gradientTolerance: Double,
    maximumIterations: Int, looksAtCurvature: Bool, trace: (OptimisationStep) -> Void, _ function: ValueAndGradient,
    subproblem: (Vector, Vector, Double, Bool) throws(OptimisationError) -> (step: Vector, decrease: Double)?
) throws(OptimisationError) -> OptimisationResult {
    try requireArgument(initialRadius > 0, "initialRadius", initialRadius, "a positive number")
    try requireArgument(maximumRadius >= initialRadius, "maximumRadius", maximumRadius, "at least initialRadius")
    try requireArgument(gradientTolerance >= 0, "gradientTolerance", gradientTolerance, "at least 0")
    try requireArgument(maximumIterations >= 0, "maximumIterations", maximumIterations, "at least 0")
    return try withoutActuallyEscaping(function) { (function) throws(OptimisationError) -> OptimisationResult in
        var objective = CountedObjective(function: function)
        var point = start
        var (value, gradient) = try objective.start(start)
        var radius = initialRadius
        var iteration = 0
        var isNewPoint = true
        func finished(_ reason: OptimisationResult.StoppingReason) -> OptimisationResult {
            OptimisationResult(
                point: point, value: value, gradientNorm: gradient.maximumMagnitude, iterations: iteration,
                evaluations: objective.evaluations, reason: reason)
        }
        func report(_ length: Double) {
            trace(
                OptimisationStep(
                    iteration: iteration, point: point, value: value, gradientNorm: gradient.maximumMagnitude,
                    stepLength: length))
        }
        report(0)
        while looksAtCurvature || gradient.maximumMagnitude > gradientTolerance {
            if iteration == maximumIterations { return finished(.iterationLimit) }
            guard let (step, decrease) = try subproblem(point, gradient, radius, isNewPoint) else { break }
            iteration += 1
            let trial = point + step
            let (trialValue, trialGradient) = try objective(trial)
            // Near the solution both differences drown in the rounding of f: then the model is believed.
            let rounding = 1e-14 * max(value.magnitude, trialValue.magnitude)
            let drowned = (value - trialValue).magnitude <= rounding && decrease <= rounding
                && trialGradient.norm < gradient.norm
            let ratio = drowned ? 1 : (value - trialValue) / decrease
            let length = step.norm
            if !(ratio >= 0.25) {
                radius = length / 4
            } else if ratio > 0.75, length >= 0.99 * radius {
                radius = min(2 * radius, maximumRadius)
            }
            isNewPoint = ratio > 1e-4 && trialGradient.allSatisfy(\.isFinite)
            if isNewPoint {
                (point, value, gradient) = (trial, trialValue, trialGradient)
                if value == -.infinity { throw .unbounded }
                report(length)
            } else if radius <= 1e-16 * max(point.norm, 1e-100) {
                return finished(.precisionLimit)
            }
        }
        return finished(.gradientTolerance)
    }
}
