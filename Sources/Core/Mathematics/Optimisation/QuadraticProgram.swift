/// A convex quadratic program: minimise ½xᵀPx + qᵀx subject to Ax = b and Gx ≤ h.
///
/// Solved by Mehrotra's predictor-corrector primal-dual interior point method on dense matrices (Nocedal and
/// Wright, "Numerical Optimization", 2nd edition, algorithm 16.4). P may be singular and constraints may be
/// redundant, which active-set methods for strictly convex programs do not allow. O((n + equalities)³) an
/// iteration, 10 to 30 iterations.
///
/// ```swift
/// var program = QuadraticProgram(hessian: [[2, 0], [0, 2]], linear: [-2, -5])
/// program.inequalities = ([[-1, 2], [1, 2]], [2, 6])
/// try program.solve().point
/// ```
public struct QuadraticProgram: Sendable {
    /// P, symmetric positive semidefinite.
    public var hessian: Matrix

    /// q.
    public var linear: Vector

    /// A and b of Ax = b; nil for none.
    public var equalities: (matrix: Matrix, right: Vector)?

    /// G and h of Gx ≤ h; nil for none.
    public var inequalities: (matrix: Matrix, right: Vector)?

    /// A program without constraints so far.
    public init(hessian: Matrix, linear: Vector) {
        self.hessian = hessian
        self.linear = linear
    }
}

/// What the quadratic program's solver found.
public struct QuadraticProgramSolution: Sendable, Hashable {
    /// The optimal point.
    public let point: Vector

    /// ½xᵀPx + qᵀx there.
    public let value: Double

    /// The multipliers y of Ax = b: Px + q + Aᵀy + Gᵀz = 0.
    public let equalityMultipliers: Vector

    /// The multipliers z ≥ 0 of Gx ≤ h.
    public let inequalityMultipliers: Vector

    /// The largest violation of a condition of optimality, relative to the data.
    public let residual: Double

    /// Iterations of the interior point method.
    public let iterations: Int
}

extension QuadraticProgram {
    private func validate() throws(OptimisationError) {
        let n = linear.count
        func check(_ block: (matrix: Matrix, right: Vector)?, _ name: String) throws(OptimisationError) {
            guard let block else { return }
            if block.matrix.columns != n || block.matrix.rows != block.right.count {
                throw .invalid(
                    argument: name,
                    value: "a matrix of shape (\(block.matrix.rows), \(block.matrix.columns)) with \(block.right.count) numbers",
                    expected: "\(n) columns and a number for each row")
            }
            try requireFiniteElements(block.matrix.flattened, name)
            try requireFiniteElements(block.right, name)
        }
        try requireFiniteElements(linear, "linear")
        if hessian.rows != n { throw .lengthMismatch(argument: "hessian", count: hessian.rows, expected: n) }
        let least: Double
        do throws(LinearAlgebraError) {
            least = try hessian.symmetricEigenvalues().first ?? 0
        } catch {
            throw .linearAlgebra(error)
        }
        try requireArgument(
            least >= -1e-10 * max(hessian.maximumMagnitude, 1e-300), "hessian", "of smallest eigenvalue \(least)",
            "a positive semidefinite matrix")
        try check(equalities, "equalities")
        try check(inequalities, "inequalities")
    }

    /// Solves the program.
    ///
    /// - Parameter tolerance: the largest violation of a condition of optimality, relative to the data.
    /// - Throws: `OptimisationError.infeasible` or `.unbounded`; `.invalid` and its like if shapes or numbers are not
    ///   usable or P is not positive semidefinite; `.notConverged` otherwise.
    public func solve(tolerance: Double = 1e-10) throws(OptimisationError) -> QuadraticProgramSolution {
        try validate()
        try requireArgument(tolerance > 0, "tolerance", tolerance, "a positive number")
        let n = linear.count
        let (a, b) = equalities ?? (.zeros(0, n), .zeros(0))
        let (g, h) = inequalities ?? (.zeros(0, n), .zeros(0))
        let (p, m) = (b.count, h.count)
        let size = max(
            1, hessian.maximumMagnitude, linear.maximumMagnitude, a.maximumMagnitude, b.maximumMagnitude,
            g.maximumMagnitude, h.maximumMagnitude)
        var x = Vector.zeros(n)
        var y = Vector.zeros(p)
        var z = Vector.ones(m)
        var s = Vector.ones(m)
        let limit = 100
        var worst = Double.infinity
        var best: QuadraticProgramSolution?
        iterations: for iteration in 0...limit {
            let stationarity = hessian * x + linear + a.transposeMultiplied(by: y) + g.transposeMultiplied(by: z)
            let equality = a * x - b
            let inequality = g * x + s - h
            let gap = m > 0 ? s.dot(z) / Double(m) : 0
            let scale = size * max(1, x.maximumMagnitude)
            let value = x.dot(hessian * x) / 2 + linear.dot(x)
            let multiplierScale = size * max(1, max(y.maximumMagnitude, z.maximumMagnitude), x.maximumMagnitude)
            worst = max(
                stationarity.maximumMagnitude / multiplierScale,
                max(equality.maximumMagnitude, inequality.maximumMagnitude) / scale,
                gap / max(1, value.magnitude))
            if best.map({ worst < $0.residual }) ?? true, worst.isFinite {
                best = QuadraticProgramSolution(
                    point: x, value: value, equalityMultipliers: y, inequalityMultipliers: z, residual: worst,
                    iterations: iteration)
            }
            if worst <= tolerance * 1e-3 || !worst.isFinite || iteration == limit { break }
            // Once converged, go on only while it pays.
            if let best, best.residual <= tolerance, worst > best.residual { break }
            // K [dx; dy] with the slacks eliminated: P + Gᵀ(Z/S)G, and a whisper of regularisation.
            let weights = z ./ s
            var system = Matrix.zeros(n + p, n + p)
            let block = hessian + g.transposeMultiplied(by: g.scalingRows(by: weights))
            for row in 0..<n {
                for column in 0..<n { system[row, column] = block[row, column] }
                system[row, row] += 1e-13 * size
                for column in 0..<p {
                    system[row, n + column] = a[column, row]
                    system[n + column, row] = a[column, row]
                }
            }
            for row in 0..<p { system[n + row, n + row] -= 1e-13 * size }
            let factors: LUDecomposition<Double>
            do throws(LinearAlgebraError) { factors = try LUDecomposition(system) } catch { break iterations }
            func step(_ complementarity: Vector) -> (Vector, Vector, Vector, Vector)? {
                // Z dS + S dZ = −complementarity, G dx + dS = −inequality.
                let shifted = (complementarity - z .* inequality) ./ s
                let top = -stationarity + g.transposeMultiplied(by: shifted)
                let right = Vector(count: n + p) { $0 < n ? top[$0] : -equality[$0 - n] }
                guard var solution = try? factors.solve(right) else { return nil }
                if let correction = try? factors.solve(right - system * solution) { solution += correction }
                let dx = Vector(solution[..<n])
                let dy = Vector(solution[n...])
                let ds = -inequality - g * dx
                let dz = -(complementarity + z .* ds) ./ s
                return (dx, dy, dz, ds)
            }
            func longest(_ dz: Vector, _ ds: Vector) -> Double {
                var length = 1.0
                for index in 0..<m {
                    if dz[index] < 0 { length = min(length, -z[index] / dz[index]) }
                    if ds[index] < 0 { length = min(length, -s[index] / ds[index]) }
                }
                return length
            }
            guard let predictor = step(s .* z) else { break }
            var move = predictor
            if m > 0 {
                let reach = longest(predictor.2, predictor.3)
                let after = s.advanced(by: reach, along: predictor.3).dot(z.advanced(by: reach, along: predictor.2))
                    / Double(m)
                let centering = gap > 0 ? (after / gap) * (after / gap) * (after / gap) : 0
                guard let corrector = step(s .* z + predictor.2 .* predictor.3 - centering * gap) else { break }
                move = corrector
            }
            let length = m > 0 ? min(1, max(0.9, 1 - gap) * longest(move.2, move.3)) : 1
            x.add(length, times: move.0)
            y.add(length, times: move.1)
            z.add(length, times: move.2)
            s.add(length, times: move.3)
            // Keep the interior an interior when rounding reaches the edge.
            z = z.map { max($0, 1e-300) }
            s = s.map { max($0, 1e-300) }
        }
        if let best, best.residual <= tolerance { return best }
        try explainFailure(a, b, g, h)
        throw .notConverged(method: "the interior point method", iterations: limit, residual: best?.residual ?? worst)
    }

    /// Throws `.infeasible` or `.unbounded` if a linear program proves it.
    private func explainFailure(
        _ a: Matrix, _ b: Vector, _ g: Matrix, _ h: Vector
    ) throws(OptimisationError) {
        var feasibility = LinearProgram(minimising: .zeros(linear.count))
        feasibility.boundAllVariables(.free)
        feasibility.constrain(a) { .equalTo(b[$0]) }
        feasibility.constrain(g) { .atMost(h[$0]) }
        do throws(LinearProgramError) { _ = try feasibility.solve() } catch {
            if error == .infeasible { throw .infeasible }
        }
        // A direction in which the quadratic is flat, the constraints do not bind and the linear part falls.
        var recession = LinearProgram(minimising: linear)
        recession.boundAllVariables(.between(-1, 1))
        recession.constrain(a) { _ in .equalTo(0) }
        recession.constrain(g) { _ in .atMost(0) }
        recession.constrain(hessian) { _ in .equalTo(0) }
        if let ray = try? recession.solve(), ray.value < -1e-7 * max(linear.maximumMagnitude, 1e-300) {
            throw .unbounded
        }
    }
}
