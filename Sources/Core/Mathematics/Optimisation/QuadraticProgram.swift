/// A convex quadratic program: minimise ½xᵀPx + qᵀx subject to Ax = b, Gx ≤ h and lower ≤ x ≤ upper.
///
/// Solved by Mehrotra's predictor-corrector primal-dual interior point method on dense matrices (Nocedal and
/// Wright, "Numerical Optimization", 2nd edition, algorithm 16.4) after equilibration, and polished by one solve with
/// the active constraints as equalities (Stellato et al., "OSQP", 2020, arXiv:1711.08013, section 4), which leaves
/// active bounds exact. P may be singular (even zero) and constraints may be redundant. O((n + equalities)³) an
/// iteration, 10 to 30 iterations.
///
/// ```swift
/// var program = QuadraticProgram(hessian: [[2, 0], [0, 2]], linear: [-2, -5])
/// program.inequalities = ([[-1, 2], [1, 2]], [2, 6])
/// program.lower = .zeros(2)
/// try program.solve().point           // [1.1, 1.55]
/// ```
public struct QuadraticProgram: Sendable {
    /// P, symmetric positive semidefinite, n × n.
    public var hessian: Matrix

    /// q.
    public var linear: Vector

    /// A and b of Ax = b; nil for none.
    public var equalities: (matrix: Matrix, right: Vector)?

    /// G and h of Gx ≤ h; nil for none. Rows with h = ∞ bind nothing.
    public var inequalities: (matrix: Matrix, right: Vector)?

    /// The least value of each variable, −∞ for none; nil if no variable has one.
    public var lower: Vector?

    /// The largest value of each variable, ∞ for none; nil if no variable has one.
    public var upper: Vector?

    /// A program without constraints so far.
    public init(hessian: Matrix, linear: Vector) {
        self.hessian = hessian
        self.linear = linear
    }
}

/// What the quadratic program's solver found.
///
/// The multipliers satisfy Px + q + Aᵀy + Gᵀz − zₗ + zᵤ = 0; those of inequalities are at least 0, and 0 where the
/// constraint is not active. Each is the rate at which the optimal value falls as its right-hand side grows (for a
/// lower bound: rises).
public struct QuadraticProgramSolution: Sendable, Hashable {
    /// The optimal point.
    public let point: Vector

    /// ½xᵀPx + qᵀx there.
    public let value: Double

    /// The multipliers y of Ax = b.
    public let equalityMultipliers: Vector

    /// The multipliers z of Gx ≤ h.
    public let inequalityMultipliers: Vector

    /// The multipliers zₗ of the lower bounds, one a variable.
    public let lowerMultipliers: Vector

    /// The multipliers zᵤ of the upper bounds, one a variable.
    public let upperMultipliers: Vector

    /// The largest violation of a condition of optimality (stationarity, feasibility, complementarity), relative to
    /// the sizes of its terms after equilibration.
    public let residual: Double

    /// Iterations of the interior point method.
    public let iterations: Int
}

extension QuadraticProgram {
    /// Solves the program.
    ///
    /// - Parameter tolerance: the largest `QuadraticProgramSolution.residual` accepted.
    /// - Throws: `OptimisationError.infeasible` or `.unbounded`; `.invalid` and its like if shapes or numbers are not
    ///   usable or P is not positive semidefinite; `.notConverged` otherwise.
    public func solve(tolerance: Double = 1e-10) throws(OptimisationError) -> QuadraticProgramSolution {
        try validate()
        try requireArgument(tolerance > 0 && tolerance < 1, "tolerance", tolerance, "a number in (0, 1)")
        guard linear.count > 0 else {
            return QuadraticProgramSolution(
                point: .zeros(0), value: 0, equalityMultipliers: .zeros(equalities?.right.count ?? 0),
                inequalityMultipliers: .zeros(inequalities?.right.count ?? 0), lowerMultipliers: .zeros(0),
                upperMultipliers: .zeros(0), residual: 0, iterations: 0)
        }
        let problem = EquilibratedQuadraticProgram(self)
        var (state, residual, iterations) = problem.interiorPointSolution(tolerance: tolerance)
        if residual <= max(1e3 * tolerance, 1e-6), let polished = problem.polished(state), polished.residual <= residual {
            (state, residual) = polished
        }
        guard residual <= tolerance else {
            try explainFailure()
            throw .notConverged(method: "the interior point method", iterations: iterations, residual: residual)
        }
        return problem.solution(state, of: self, residual: residual, iterations: iterations)
    }

    private func validate() throws(OptimisationError) {
        let n = linear.count
        func check(
            _ block: (matrix: Matrix, right: Vector)?, _ name: String, allowsInfinity: Bool
        ) throws(OptimisationError) {
            guard let block else { return }
            if block.matrix.columns != n || block.matrix.rows != block.right.count {
                throw .invalid(
                    argument: name,
                    value: "a matrix of shape (\(block.matrix.rows), \(block.matrix.columns)) with \(block.right.count) numbers",
                    expected: "\(n) columns and a number for each row")
            }
            try requireFiniteElements(block.matrix.flattened, name)
            for (row, value) in block.right.enumerated() where !(value.isFinite || allowsInfinity && value == .infinity) {
                throw .notFinite(what: "\(name).right[\(row)]", value: value)
            }
        }
        try requireFiniteElements(linear, "linear")
        if hessian.rows != n || hessian.columns != n {
            throw .invalid(
                argument: "hessian", value: "of shape (\(hessian.rows), \(hessian.columns))",
                expected: "shape (\(n), \(n)), as `linear` has \(n) elements")
        }
        let least: Double
        do throws(LinearAlgebraError) {
            least = try hessian.symmetricEigenvalues().first ?? 0
        } catch {
            throw .linearAlgebra(error)
        }
        try requireArgument(
            least >= -1e-10 * max(hessian.maximumMagnitude, .leastNormalMagnitude), "hessian",
            "of smallest eigenvalue \(least)", "a positive semidefinite matrix")
        try check(equalities, "equalities", allowsInfinity: false)
        try check(inequalities, "inequalities", allowsInfinity: true)
        for (bounds, name) in [(lower, "lower"), (upper, "upper")] {
            if let bounds, bounds.count != n {
                throw .lengthMismatch(argument: name, count: bounds.count, expected: n)
            }
        }
        for index in 0..<n {
            let (low, high) = (lower?[index] ?? -.infinity, upper?[index] ?? .infinity)
            try requireArgument(
                low <= high && low < .infinity && high > -.infinity, "lower[\(index)]", low,
                "at most upper[\(index)] = \(high)")
        }
    }

    /// Throws `.infeasible` or `.unbounded` if a linear program proves it.
    private func explainFailure() throws(OptimisationError) {
        let n = linear.count
        func rows(_ program: inout LinearProgram, isRecession: Bool) {
            if let (a, b) = equalities { program.constrain(a) { .equalTo(isRecession ? 0 : b[$0]) } }
            guard let (g, h) = inequalities else { return }
            for row in 0..<h.count where h[row] < .infinity {
                program.constrain(g.row(row), .atMost(isRecession ? 0 : h[row]))
            }
        }
        var feasibility = LinearProgram(minimising: .zeros(n))
        for index in 0..<n {
            feasibility.bound(variable: index, .between(lower?[index] ?? -.infinity, upper?[index] ?? .infinity))
        }
        rows(&feasibility, isRecession: false)
        do throws(LinearProgramError) { _ = try feasibility.solve() } catch {
            if error == .infeasible { throw .infeasible }
        }
        // A direction in which the quadratic is flat, the constraints do not bind and the linear part falls.
        let size = max(linear.maximumMagnitude, .leastNormalMagnitude)
        var recession = LinearProgram(minimising: linear / size)
        for index in 0..<n {
            recession.bound(
                variable: index,
                .between((lower?[index] ?? -.infinity) > -.infinity ? 0 : -1, (upper?[index] ?? .infinity) < .infinity ? 0 : 1))
        }
        rows(&recession, isRecession: true)
        let curvature = max(hessian.maximumMagnitude, .leastNormalMagnitude)
        recession.constrain(1 / curvature * hessian) { _ in .equalTo(0) }
        if let ray = try? recession.solve(), ray.value < -1e-6 { throw .unbounded }
    }
}
