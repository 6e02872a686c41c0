/// The cheapest way to move one distribution of mass onto another, exactly.
///
/// minimise Σ Pᵢⱼ Cᵢⱼ over P ≥ 0 with row sums a and column sums b, by the network simplex method: a
/// strongly feasible spanning tree that starts from each source's cheapest targets, and block search
/// for the entering arc (Grigoriadis, "An efficient implementation of the network simplex method", 1986).
/// Masses are counted in units of 2⁻⁵² of the total, so that flows are exact and the method always
/// ends; the marginals of the plan are right to 2⁻⁵² of the total mass.
///
/// ```swift
/// let transport = try OptimalTransport(costs: pairwiseSquaredDistances(x, y))
/// let distance = transport.cost.squareRoot()   // W₂ of the two clouds
/// ```
public struct OptimalTransport: Sendable {
    /// Mass that moves from a source to a target.
    public struct Flow: Sendable, Equatable {
        /// The row of the costs.
        public let source: Int
        /// The column of the costs.
        public let target: Int
        /// How much moves.
        public let mass: Double
    }

    /// The movements with positive mass, by source then target: fewer than rows + columns.
    public let flows: [Flow]
    /// Σ Pᵢⱼ Cᵢⱼ.
    public let cost: Double
    /// The dual values f of the sources: fᵢ + gⱼ ≤ Cᵢⱼ, with equality where mass moves.
    public let sourcePotentials: Vector
    /// The dual values g of the targets; Σ aᵢfᵢ + Σ bⱼgⱼ is the cost.
    public let targetPotentials: Vector
    /// How many exchanges of tree arcs it took.
    public let pivots: Int

    // swiftcore: field
    /// The plan P as a matrix.
    public var plan: Matrix {
        var result = Matrix.zeros(sourcePotentials.count, targetPotentials.count)
        for flow in flows { result[flow.source, flow.target] = flow.mass }
        return result
    }

    /// Transport between uniform distributions of mass 1.
    ///
    /// - Parameter costs: one row a source, one column a target.
    /// - Throws: `TransportError` if there are no costs or they are not finite.
    public init(costs: Matrix) throws(TransportError) {
        try self.init(
            costs: costs, sourceMasses: Vector(repeating: 1 / Double(max(costs.rows, 1)), count: costs.rows),
            targetMasses: Vector(repeating: 1 / Double(max(costs.columns, 1)), count: costs.columns))
    }

    // swiftcore: optimal_transport
    /// Transport between weighted distributions.
    ///
    /// - Parameters:
    ///   - costs: one row a source, one column a target; finite, of any sign.
    ///   - sourceMasses: a, not negative, one a row.
    ///   - targetMasses: b, not negative, one a column, with the same sum up to 1e-9 of it (the sum of a is
    ///     what is moved).
    /// - Throws: `TransportError` if shapes do not fit, costs are not finite, masses are negative or their
    ///   sums differ.
    public init(costs: Matrix, sourceMasses: Vector, targetMasses: Vector) throws(TransportError) {
        try requireCosts(costs, "costs")
        let total = try requireMasses(sourceMasses, count: costs.rows, "sourceMasses")
        let other = try requireMasses(targetMasses, count: costs.columns, "targetMasses")
        try requireEqual(total, other)
        let unitsInTotal = Self.unitsInTotal(
            sourceMasses.count { $0 > 0 }, targetMasses.count { $0 > 0 })
        let supply = Self.units(of: sourceMasses, total, unitsInTotal)
        let demand = Self.units(of: targetMasses, other, unitsInTotal)
        let sources = supply.indices.filter { supply[$0] > 0 }
        let targets = demand.indices.filter { demand[$0] > 0 }
        let isWhole = sources.count == costs.rows && targets.count == costs.columns
        let reduced = isWhole ? costs : costs.selectingRows(sources).selectingColumns(targets)
        let simplex = TransportSimplex(
            costs: reduced, supply: sources.map { supply[$0] }, demand: targets.map { demand[$0] })
        simplex.solve()

        let unit = total / unitsInTotal
        var flows: [Flow] = []
        flows.reserveCapacity(sources.count + targets.count)
        for (row, column, amount) in simplex.flows where amount > 0 {
            flows.append(Flow(source: sources[row], target: targets[column], mass: amount * unit))
        }
        flows.sort { ($0.source, $0.target) < ($1.source, $1.target) }
        self.flows = flows
        cost = flows.reduce(0) { $0 + $1.mass * costs[$1.source, $1.target] }
        pivots = simplex.pivots

        var sourcePotentials = Vector.zeros(costs.rows)
        var targetPotentials = Vector.zeros(costs.columns)
        for (row, source) in sources.enumerated() { sourcePotentials[source] = -simplex.tree.potential[row] }
        for (column, target) in targets.enumerated() {
            targetPotentials[target] = simplex.tree.potential[sources.count + column]
        }
        // Points without mass take the largest values that the constraints leave them.
        for column in 0..<costs.columns where demand[column] == 0 {
            targetPotentials[column] = sources.reduce(.infinity) { min($0, costs[$1, column] - sourcePotentials[$1]) }
        }
        for row in 0..<costs.rows where supply[row] == 0 {
            sourcePotentials[row] = (0..<costs.columns).reduce(.infinity) {
                min($0, costs[row, $1] - targetPotentials[$1])
            }
        }
        self.sourcePotentials = sourcePotentials
        self.targetPotentials = targetPotentials
    }

    /// About 2⁵² units, and a multiple of both numbers of points, so that equal masses are whole numbers
    /// and uniform distributions lose nothing.
    private static func unitsInTotal(_ sources: Int, _ targets: Int) -> Double {
        let product = max(sources * targets, 1)
        return product < 1 << 40 ? Double((1 << 52) / product * product) : 0x1p52
    }

    /// Masses as whole numbers that add up to `units` exactly, each within about one unit of its value.
    private static func units(of masses: Vector, _ total: Double, _ units: Double) -> [Double] {
        var result = masses.map { ($0 / total * units).rounded() } as [Double]
        var difference = units - result.reduce(0, +)
        while difference != 0 {
            let step: Double = difference > 0 ? 1 : -1
            for index in result.indices where difference != 0 && result[index] > 1 {
                result[index] += step
                difference -= step
            }
        }
        return result
    }
}
