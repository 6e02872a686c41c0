/// Constraint functions: their values and their Jacobian, a row for each, at a point.
public typealias ValuesAndJacobian = (Vector) throws -> (values: Vector, jacobian: Matrix)

/// The augmented Lagrangian method for smooth nonlinear programs: min f(x), c(x) = 0, d(x) ≤ 0, lower ≤ x ≤ upper.
///
/// Powell, Hestenes and Rockafellar's Lagrangian f + (ρ/2)(‖c + y/ρ‖² + ‖max(d + z/ρ, 0)‖²), minimised within the
/// bounds by `BoxConstrainedLBFGS` to a tolerance that falls with the violation; multipliers and ρ as in Birgin and
/// Martínez, "Practical Augmented Lagrangian Methods for Constrained Optimization", 2014, algorithm 4.1. Finds points
/// that satisfy the conditions of Karush, Kuhn and Tucker: global minimisers for convex programs only.
public struct AugmentedLagrangian: Sendable, Hashable {
    /// ρ at first.
    public var initialPenalty: Double

    /// The largest violation of a constraint or of complementarity allowed.
    public var feasibilityTolerance: Double

    /// The largest element of x − P(x − ∇L(x)) allowed, L the Lagrangian and P the projection onto the bounds.
    public var gradientTolerance: Double

    /// Stop after so many updates of the multipliers.
    public var maximumIterations: Int

    /// The augmented Lagrangian method with ρ = 10 at first.
    public init(
        initialPenalty: Double = 10, feasibilityTolerance: Double = 1e-8, gradientTolerance: Double = 1e-7,
        maximumIterations: Int = 100
    ) {
        self.initialPenalty = initialPenalty
        self.feasibilityTolerance = feasibilityTolerance
        self.gradientTolerance = gradientTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises a smooth function under smooth constraints.
    ///
    /// - Parameters:
    ///   - start: projected onto the bounds before anything else.
    ///   - lower: the least value of each variable; nil or −∞ for none.
    ///   - upper: the largest value of each variable; nil or ∞ for none.
    ///   - equalities: c and its Jacobian; nil for none.
    ///   - inequalities: d and its Jacobian; nil for none.
    ///   - function: value and gradient of f.
    /// - Throws: `OptimisationError` if a parameter is out of range, shapes differ, numbers at the start are not finite,
    ///   a function throws or the tolerances are not met (`.notConverged`, as for infeasible programs).
    public func minimise(
        from start: Vector, lower: Vector? = nil, upper: Vector? = nil, equalities: ValuesAndJacobian? = nil,
        inequalities: ValuesAndJacobian? = nil, _ function: ValueAndGradient
    ) throws(OptimisationError) -> NonlinearProgramSolution {
        try requireArgument(initialPenalty > 0, "initialPenalty", initialPenalty, "a positive number")
        try requireArgument(feasibilityTolerance > 0, "feasibilityTolerance", feasibilityTolerance, "a positive number")
        try requireArgument(gradientTolerance > 0, "gradientTolerance", gradientTolerance, "a positive number")
        try requireArgument(maximumIterations >= 1, "maximumIterations", maximumIterations, "at least 1")
        let low = lower ?? Vector(repeating: -.infinity, count: start.count)
        let high = upper ?? Vector(repeating: .infinity, count: start.count)
        if low.count != start.count {
            throw .lengthMismatch(argument: "lower", count: low.count, expected: start.count)
        }
        let box = try ConvexSet.box(lower: low, upper: high)
        try requireFiniteElements(start, "start")
        func checked(_ constraints: ValuesAndJacobian?, _ point: Vector, _ name: String) throws(OptimisationError)
            -> (values: Vector, jacobian: Matrix)
        {
            guard let constraints else { return (.zeros(0), .zeros(0, point.count)) }
            let result = try calling { try constraints(point) }
            if result.jacobian.rows != result.values.count || result.jacobian.columns != point.count {
                throw .invalid(
                    argument: "the Jacobian of \(name)",
                    value: "of shape (\(result.jacobian.rows), \(result.jacobian.columns))",
                    expected: "shape (\(result.values.count), \(point.count))")
            }
            return result
        }
        var point = box.project(start)
        let (c0, d0) = (try checked(equalities, point, "equalities"), try checked(inequalities, point, "inequalities"))
        try requireFiniteElements(c0.values, "the equalities at the start")
        try requireFiniteElements(d0.values, "the inequalities at the start")
        var y = Vector.zeros(c0.values.count)
        var z = Vector.zeros(d0.values.count)
        var (rho, evaluations) = (initialPenalty, 0)
        var (violation, previous, stationarity) = (Double.infinity, Double.infinity, Double.infinity)
        var innerTolerance = max(gradientTolerance, 1e-2)
        for iteration in 1...maximumIterations {
            let solver = BoxConstrainedLBFGS(gradientTolerance: innerTolerance, maximumIterations: 5000)
            let inner: OptimisationResult
            do throws(OptimisationError) {
                inner = try solver.minimise(from: point, lower: low, upper: high) { x in
                    var (value, gradient) = try function(x)
                    let (c, d) = (try checked(equalities, x, "equalities"), try checked(inequalities, x, "inequalities"))
                    let shifted = c.values + y / rho
                    let active = (d.values + z / rho).map { max($0, 0) }
                    value += rho / 2 * (shifted.squaredNorm + active.squaredNorm)
                    gradient += rho * c.jacobian.transposeMultiplied(by: shifted)
                    gradient += rho * d.jacobian.transposeMultiplied(by: active)
                    return (value, gradient)
                }
            } catch {
                if case .objective(let inside as OptimisationError) = error { throw inside }
                throw error
            }
            point = inner.point
            evaluations += inner.evaluations
            stationarity = inner.gradientNorm
            let c = try checked(equalities, point, "equalities").values
            let d = try checked(inequalities, point, "inequalities").values
            violation = max(c.maximumMagnitude, d.combined(with: z, "complementarity") { max($0, -$1 / rho) }.maximumMagnitude)
            y = (y + rho * c).map { min(max($0, -1e12), 1e12) }
            z = (z + rho * d).map { min(max($0, 0), 1e12) }
            if violation <= feasibilityTolerance, stationarity <= gradientTolerance {
                let value = try calling { try function(point) }.value
                return NonlinearProgramSolution(
                    point: point, value: value, equalityMultipliers: y, inequalityMultipliers: z,
                    violation: violation, gradientNorm: stationarity, iterations: iteration, evaluations: evaluations)
            }
            if violation > 0.25 * previous { rho = min(rho * 10, 1e12) }
            previous = violation
            innerTolerance = max(gradientTolerance / 2, min(innerTolerance / 10, violation / 10))
        }
        throw .notConverged(
            method: "the augmented Lagrangian method", iterations: maximumIterations,
            residual: max(violation, stationarity))
    }
}

/// What the augmented Lagrangian method found: ∇f + ∇cᵀy + ∇dᵀz vanishes up to the multipliers of the bounds.
public struct NonlinearProgramSolution: Sendable, Hashable {
    /// The point.
    public let point: Vector

    /// f there.
    public let value: Double

    /// y of c(x) = 0.
    public let equalityMultipliers: Vector

    /// z ≥ 0 of d(x) ≤ 0.
    public let inequalityMultipliers: Vector

    /// The largest violation of a constraint or of complementarity.
    public let violation: Double

    /// The largest element of x − P(x − ∇L(x)).
    public let gradientNorm: Double

    /// Updates of the multipliers.
    public let iterations: Int

    /// Calls of f.
    public let evaluations: Int
}
