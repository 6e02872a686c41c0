import Foundation

/// Entropic optimal transport by Sinkhorn's iteration.
///
/// minimise Σ Pᵢⱼ Cᵢⱼ + ε KL(P | a ⊗ b) over P with row sums a and column sums b, whose solution is
/// Pᵢⱼ = aᵢ bⱼ exp((fᵢ + gⱼ − Cᵢⱼ)/ε) (Cuturi, "Sinkhorn distances", 2013; arXiv 1306.0895). Works in
/// the log domain: the potentials f and g hold the scale, and between two exact log-sum-exp updates
/// the iteration runs as matrix products on the kernel of the current potentials, as long as its
/// scalings stay moderate (Schmitzer, "Stabilized sparse scaling algorithms for entropy regularized
/// transport problems", arXiv 1610.06519). So a small ε neither overflows nor loses digits, at nearly
/// the speed of the plain iteration.
public struct Sinkhorn: Sendable {
    /// The weight ε of the entropy.
    public let regularization: Double
    /// The plan P.
    public let plan: Matrix
    /// The potentials f of the sources.
    public let sourcePotentials: Vector
    /// The potentials g of the targets.
    public let targetPotentials: Vector
    /// Σ Pᵢⱼ Cᵢⱼ.
    public let transportCost: Double
    /// The value Σ aᵢfᵢ + Σ bⱼgⱼ of the dual, which is Σ Pᵢⱼ Cᵢⱼ + ε KL(P | a ⊗ b) at the optimum.
    public let entropicCost: Double
    /// Updates of f and g, over all levels of ε.
    public let iterations: Int
    /// Σᵢ |Σⱼ Pᵢⱼ − aᵢ|; the column sums are right to rounding.
    public let marginalViolation: Double

    // swiftcore: sinkhorn
    /// Solves an entropic transport problem.
    ///
    /// - Parameters:
    ///   - costs: one row a source, one column a target.
    ///   - sourceMasses: a, with sum equal to that of b.
    ///   - targetMasses: b.
    ///   - regularization: ε, in the units of the costs.
    ///   - tolerance: the marginal violation at which to stop, relative to the mass.
    ///   - maximumIterations: at most so many updates at each level of ε.
    ///   - scalingFactor: in (0, 1): begin with ε at the spread of the costs and lower it by this factor,
    ///     which saves most iterations when ε is small; 1 to use ε at once.
    /// - Throws: `TransportError` for bad shapes, masses or parameters, and `TransportError.notConverged`.
    public init(
        costs: Matrix, sourceMasses: Vector, targetMasses: Vector, regularization: Double,
        tolerance: Double = 1e-9, maximumIterations: Int = 10_000, scalingFactor: Double = 0.25
    ) throws(TransportError) {
        try requireCosts(costs, "costs")
        let total = try requireMasses(sourceMasses, count: costs.rows, "sourceMasses")
        try requireEqual(total, try requireMasses(targetMasses, count: costs.columns, "targetMasses"))
        guard regularization > 0, regularization < .infinity else {
            throw .outOfRange(
                argument: "regularization", value: regularization, expected: "a positive finite number")
        }
        guard tolerance > 0 else {
            throw .outOfRange(argument: "tolerance", value: tolerance, expected: "a positive number")
        }
        guard scalingFactor > 0, scalingFactor <= 1 else {
            throw .outOfRange(argument: "scalingFactor", value: scalingFactor, expected: "a number in (0, 1]")
        }
        guard maximumIterations > 0 else {
            throw .outOfRange(
                argument: "maximumIterations", value: Double(maximumIterations), expected: "a positive number")
        }
        var state = SinkhornState(
            costs: costs, a: sourceMasses / total, b: targetMasses / targetMasses.sum)
        var level = regularization
        if scalingFactor < 1 {
            let values = costs.flattened
            let spread = (values.max() ?? 0) - (values.min() ?? 0)
            var levels: [Double] = []
            while level / scalingFactor < spread {
                level /= scalingFactor
                levels.append(level)
            }
            // Above the last level a rough solution is a good enough start for the next.
            for level in levels.reversed() {
                state.iterate(level, tolerance: 1e-2, maximumIterations: min(100, maximumIterations))
            }
        }
        state.iterate(regularization, tolerance: tolerance, maximumIterations: maximumIterations)
        if !(state.violation <= tolerance) {
            throw .notConverged(
                iterations: state.iterations, violation: state.violation * total, tolerance: tolerance * total)
        }
        self.regularization = regularization
        plan = state.plan(regularization) * total
        sourcePotentials = state.f
        targetPotentials = state.g
        transportCost = plan.flattened.dot(costs.flattened)
        entropicCost = total * (state.a.dot(state.f) + state.b.dot(state.g))
        iterations = state.iterations
        marginalViolation = state.violation * total
    }
}

// swiftcore: sinkhorn_divergence
/// The Sinkhorn divergence of two weighted distributions, OT_ε(a, b) − ½ OT_ε(a, a) − ½ OT_ε(b, b).
///
/// Without the bias of the entropy: 0 for equal distributions and positive otherwise for kernels
/// exp(−C/ε) that are positive definite (Feydy et al., "Interpolating between optimal transport and
/// MMD using Sinkhorn divergences", arXiv 1810.08278).
///
/// - Parameters:
///   - costs: between the points of a and those of b.
///   - sourceCosts: among the points of a.
///   - targetCosts: among the points of b.
///   - sourceMasses: a.
///   - targetMasses: b.
///   - regularization: ε.
///   - tolerance: the marginal violation at which each of the three iterations stops.
/// - Throws: as `Sinkhorn`.
public func sinkhornDivergence(
    costs: Matrix, sourceCosts: Matrix, targetCosts: Matrix, sourceMasses: Vector, targetMasses: Vector,
    regularization: Double, tolerance: Double = 1e-9
) throws(TransportError) -> Double {
    let between = try Sinkhorn(
        costs: costs, sourceMasses: sourceMasses, targetMasses: targetMasses, regularization: regularization,
        tolerance: tolerance)
    let ofSource = try Sinkhorn(
        costs: sourceCosts, sourceMasses: sourceMasses, targetMasses: sourceMasses,
        regularization: regularization, tolerance: tolerance)
    let ofTarget = try Sinkhorn(
        costs: targetCosts, sourceMasses: targetMasses, targetMasses: targetMasses,
        regularization: regularization, tolerance: tolerance)
    return between.entropicCost - (ofSource.entropicCost + ofTarget.entropicCost) / 2
}

/// The potentials of a running iteration, with masses of sum 1.
private struct SinkhornState {
    let costs: Matrix
    let a: Vector
    let b: Vector
    var f: Vector
    var g: Vector
    var iterations = 0
    var violation = Double.infinity

    init(costs: Matrix, a: Vector, b: Vector) {
        self.costs = costs
        self.a = a
        self.b = b
        f = .zeros(a.count)
        g = .zeros(b.count)
    }

    /// The logarithm beyond which scalings are absorbed into the potentials. The kernel's entries
    /// below e^−700 are lost, which after scalings of at most e^±30 each are below e^−640.
    private static let scalingLimit = 30.0

    /// The kernel aᵢ bⱼ exp((fᵢ + gⱼ − Cᵢⱼ)/ε).
    func plan(_ epsilon: Double) -> Matrix {
        var result = costs
        let columns = costs.columns
        result.withUnsafeMutableBufferPointer { p in
            f.withUnsafeBufferPointer { f in
                g.withUnsafeBufferPointer { g in
                    for i in 0..<f.count {
                        let own = f[i]
                        for j in 0..<columns {
                            let place = i * columns + j
                            p[place] = a[i] * b[j] * exp((own + g[j] - p[place]) / epsilon)
                        }
                    }
                }
            }
        }
        return result
    }

    /// fᵢ = −ε log Σⱼ bⱼ exp((gⱼ − Cᵢⱼ)/ε), and the same for g.
    private mutating func updateExactly(_ epsilon: Double) {
        f = softMinimum(g, b, epsilon, transposed: false)
        g = softMinimum(f, a, epsilon, transposed: true)
    }

    private func softMinimum(_ other: Vector, _ masses: Vector, _ epsilon: Double, transposed: Bool) -> Vector {
        let (rows, columns) = (costs.rows, costs.columns)
        let count = transposed ? columns : rows
        var highest = [Double](repeating: -.infinity, count: count)
        var sum = [Double](repeating: 0, count: count)
        costs.withUnsafeBufferPointer { c in
            for i in 0..<rows {
                for j in 0..<columns {
                    let (own, partner) = transposed ? (j, i) : (i, j)
                    let value = other[partner] - c[i * columns + j]
                    if masses[partner] > 0, value > highest[own] { highest[own] = value }
                }
            }
            for i in 0..<rows {
                for j in 0..<columns {
                    let (own, partner) = transposed ? (j, i) : (i, j)
                    if masses[partner] > 0 {
                        sum[own] +=
                            masses[partner] * exp((other[partner] - c[i * columns + j] - highest[own]) / epsilon)
                    }
                }
            }
        }
        return Vector(count: count) { -highest[$0] - epsilon * log(sum[$0]) }
    }

    /// Updates until Σ|row sums − a| is at most the tolerance.
    mutating func iterate(_ epsilon: Double, tolerance: Double, maximumIterations: Int) {
        violation = .infinity
        var done = 0
        while done < maximumIterations {
            updateExactly(epsilon)
            done += 1
            iterations += 1
            // Rows of the kernel have a positive sum now, so that no scaling is infinite.
            let kernel = plan(epsilon)
            var (u, v) = (Vector.ones(a.count), Vector.ones(b.count))
            while true {
                let rowSums = kernel * v
                violation = 0
                for i in a.indices { violation += abs(u[i] * rowSums[i] - a[i]) }
                if violation <= tolerance || done >= maximumIterations || violation.isNaN { break }
                u = a.combined(with: rowSums) { $0 > 0 ? $0 / $1 : 1 }
                v = b.combined(with: kernel.transposeMultiplied(by: u)) { $0 > 0 ? $0 / $1 : 1 }
                done += 1
                iterations += 1
                let bound = exp(Self.scalingLimit)
                let isModerate =
                    u.allSatisfy { $0 < bound && $0 > 1 / bound }
                    && v.allSatisfy { $0 < bound && $0 > 1 / bound }
                if !isModerate { break }
            }
            f = f.combined(with: u) { $1 > 0 && $1 < .infinity ? $0 + epsilon * log($1) : $0 }
            g = g.combined(with: v) { $1 > 0 && $1 < .infinity ? $0 + epsilon * log($1) : $0 }
            if violation <= tolerance || violation.isNaN { return }
        }
    }
}
