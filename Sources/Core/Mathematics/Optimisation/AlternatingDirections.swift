/// The alternating direction method of multipliers for f(x) + g(z) with x = z.
///
/// Boyd, Parikh, Chu, Peleato and Eckstein, "Distributed optimization and statistical learning via the alternating
/// direction method of multipliers", 2011: x ← prox_{f/ρ}(z − u), z ← prox_{g/ρ}(αx + (1 − α)z + u),
/// u ← u + αx + (1 − α)z_old − z, stopping rule of its section 3.3.1 and the balancing of ρ of its section 3.4.1.
///
/// ```swift
/// // The point of the affine set Ax = b of least ℓ1 norm.
/// let result = try AlternatingDirections().minimise(
///     from: .zeros(20), .indicator(of: .affine(a, b)), plus: .l1(weight: 1))
/// ```
public struct AlternatingDirections: Sendable, Hashable {
    /// The penalty ρ at first.
    public var penalty: Double

    /// Whether ρ is doubled or halved when one residual is ten times the other (in the first half of the iterations).
    public var balances: Bool

    /// The over-relaxation α in (0, 2).
    public var relaxation: Double

    /// The residual allowed in each element.
    public var absoluteTolerance: Double

    /// The residual allowed relative to the points.
    public var relativeTolerance: Double

    /// Stop after so many iterations.
    public var maximumIterations: Int

    /// The method with ρ = 1 at first, balanced, and α = 1.6.
    public init(
        penalty: Double = 1, balances: Bool = true, relaxation: Double = 1.6, absoluteTolerance: Double = 1e-9,
        relativeTolerance: Double = 1e-9, maximumIterations: Int = 100_000
    ) {
        self.penalty = penalty
        self.balances = balances
        self.relaxation = relaxation
        self.absoluteTolerance = absoluteTolerance
        self.relativeTolerance = relativeTolerance
        self.maximumIterations = maximumIterations
    }

    /// Minimises f + g.
    ///
    /// - Parameters:
    ///   - start: the first z.
    ///   - first: f.
    ///   - second: g.
    ///   - trace: sees the start and every iterate z, with f(x) + g(z), the larger residual and ρ as the step length.
    /// - Throws: `OptimisationError` if a parameter is out of range, the start is not finite or an iterate is not.
    public func minimise(
        from start: Vector, _ first: ProximalOperator, plus second: ProximalOperator,
        trace: ((OptimisationStep) -> Void)? = nil
    ) throws(OptimisationError) -> AlternatingDirectionsResult {
        try requireFiniteElements(start, "start")
        try requireArgument(penalty > 0 && penalty.isFinite, "penalty", penalty, "a positive finite number")
        try requireArgument(relaxation > 0 && relaxation < 2, "relaxation", relaxation, "a number between 0 and 2")
        try requireArgument(absoluteTolerance >= 0, "absoluteTolerance", absoluteTolerance, "at least 0")
        try requireArgument(relativeTolerance >= 0, "relativeTolerance", relativeTolerance, "at least 0")
        try requireArgument(maximumIterations >= 1, "maximumIterations", maximumIterations, "at least 1")
        let root = Double(start.count).squareRoot()
        var rho = penalty
        var (x, z, u) = (start, start, Vector.zeros(start.count))
        var (primal, dual) = (Double.infinity, Double.infinity)
        func result(_ iterations: Int, _ reason: OptimisationResult.StoppingReason) -> AlternatingDirectionsResult {
            AlternatingDirectionsResult(
                first: x, second: z, multipliers: rho * u, value: first.value(at: x) + second.value(at: z),
                primalResidual: primal, dualResidual: dual, iterations: iterations, reason: reason)
        }
        for iteration in 1...maximumIterations {
            x = first.apply(z - u, step: 1 / rho)
            let relaxed = relaxation * x + (1 - relaxation) * z
            let next = second.apply(relaxed + u, step: 1 / rho)
            dual = rho * (next - z).norm
            z = next
            u += relaxed - z
            primal = (x - z).norm
            if !(primal.isFinite && dual.isFinite) {
                throw .notFinite(what: "the residual after \(iteration) iterations", value: primal + dual)
            }
            trace?(
                OptimisationStep(
                    iteration: iteration, point: z, value: first.value(at: x) + second.value(at: z),
                    gradientNorm: max(primal, dual), stepLength: rho))
            if primal <= root * absoluteTolerance + relativeTolerance * max(x.norm, z.norm),
                dual <= root * absoluteTolerance + relativeTolerance * rho * u.norm
            {
                return result(iteration, .gradientTolerance)
            }
            if balances, iteration <= maximumIterations / 2, primal > 10 * dual || dual > 10 * primal {
                let factor = primal > dual ? 2.0 : 0.5
                rho *= factor
                u /= factor
            }
        }
        return result(maximumIterations, .iterationLimit)
    }
}

/// What the alternating direction method found.
public struct AlternatingDirectionsResult: Sendable, Hashable {
    /// x, which is feasible for f.
    public let first: Vector

    /// z, which is feasible (and sparse, of low rank, …) for g.
    public let second: Vector

    /// ρu: minus a subgradient of f at x, and a subgradient of g at z.
    public let multipliers: Vector

    /// f(x) + g(z).
    public let value: Double

    /// ‖x − z‖.
    public let primalResidual: Double

    /// ρ‖z − z_old‖.
    public let dualResidual: Double

    /// Iterations done.
    public let iterations: Int

    /// Why it stopped.
    public let reason: OptimisationResult.StoppingReason
}
