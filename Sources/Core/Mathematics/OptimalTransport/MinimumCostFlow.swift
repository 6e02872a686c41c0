/// The cheapest flow that serves given supplies and demands, by the network simplex method.
///
/// minimise Σ cₑxₑ subject to 0 ≤ xₑ ≤ uₑ and, at every vertex, outflow − inflow = supply. Whole-numbered
/// data give a whole-numbered flow.
public struct MinimumCostFlow: Sendable {
    /// An arc along which flow can go.
    public struct Arc: Sendable, Hashable {
        /// Where it begins.
        public let source: Int
        /// Where it ends.
        public let target: Int
        /// The most it carries; infinity for no limit.
        public let capacity: Double
        /// The cost of a unit of flow, of any sign.
        public let cost: Double

        /// An arc.
        public init(_ source: Int, _ target: Int, capacity: Double = .infinity, cost: Double) {
            self.source = source
            self.target = target
            self.capacity = capacity
            self.cost = cost
        }
    }

    /// The flow on each arc.
    public let flows: Vector
    /// Σ cₑxₑ.
    public let cost: Double
    /// Dual values π of the vertices: cₑ + π_source − π_target is at least 0 on an arc without flow, at most 0 on a
    /// full one and 0 in between. Determined up to a constant in each connected part of the flow.
    public let potentials: Vector

    /// Solves the problem.
    ///
    /// - Parameters:
    ///   - supplies: how much each vertex sends (positive) or receives (negative); the sum must be 0 up to 1e-9 of
    ///     the total.
    ///   - arcs: the arcs between vertices 0 ..< supplies.count.
    /// - Throws: `TransportError` for bad data, `TransportError.infeasible` if the arcs cannot carry the supplies,
    ///   `TransportError.unbounded` for a cycle of negative cost without a limit.
    public init(supplies: Vector, arcs: [Arc]) throws(TransportError) {
        let n = supplies.count
        for (index, value) in supplies.enumerated() where !value.isFinite {
            throw .invalidElement(argument: "supplies", index: index, value: value, expected: "finite numbers")
        }
        for (index, arc) in arcs.enumerated() {
            for vertex in [arc.source, arc.target] where vertex < 0 || vertex >= n {
                throw .invalidElement(
                    argument: "arcs", index: index, value: Double(vertex), expected: "vertices in 0 ..< \(n)")
            }
            if !arc.cost.isFinite {
                throw .invalidElement(argument: "arcs", index: index, value: arc.cost, expected: "finite costs")
            }
            if !(arc.capacity >= 0) {
                throw .invalidElement(
                    argument: "arcs", index: index, value: arc.capacity, expected: "capacities of at least 0")
            }
        }
        let sent = supplies.reduce(0.0) { $0 + max($1, 0) }
        let received = supplies.reduce(0.0) { $0 + max(-$1, 0) }
        try requireEqual(sent, received)

        // The first tree: every vertex hangs at the root n by an artificial arc that costs more than any path.
        let tree = SpanningTreeBasis(count: n + 1)
        let penalty = (1 + arcs.reduce(0.0) { max($0, abs($1.cost)) }) * Double(n + 1)
        for vertex in 0..<n {
            tree.attach(
                vertex, to: n, arc: -1 - vertex, isUp: supplies[vertex] >= 0, flow: abs(supplies[vertex]),
                cost: penalty,
                capacity: .infinity)
        }
        tree.refresh(from: n)

        var isFull = [Bool](repeating: false, count: arcs.count)
        var isBasic = [Bool](repeating: false, count: arcs.count)
        let block = max(Int(Double(arcs.count).squareRoot() * 2), 16)
        var position = 0
        var sinceLastPivot = 0
        while sinceLastPivot < arcs.count {
            var best = 0.0
            var entering = -1
            for _ in 0..<min(block, arcs.count - sinceLastPivot) {
                let arc = arcs[position]
                if !isBasic[position], arc.capacity > 0, arc.source != arc.target || arc.cost < 0 {
                    let (a, b) = (tree.potential[arc.source], tree.potential[arc.target])
                    let reduced = isFull[position] ? -(arc.cost + a - b) : arc.cost + a - b
                    if reduced < best, reduced < -8 * Double.ulpOfOne * max(abs(arc.cost), max(abs(a), abs(b))) {
                        best = reduced
                        entering = position
                    }
                }
                position = position + 1 == arcs.count ? 0 : position + 1
                sinceLastPivot += 1
            }
            if entering < 0 { continue }
            sinceLastPivot = 0
            let arc = arcs[entering]
            switch tree.pivot(
                arc: entering, source: arc.source, target: arc.target, cost: arc.cost, capacity: arc.capacity,
                fromFull: isFull[entering])
            {
            case .nothing: throw .unbounded
            case .enteringArc: isFull[entering].toggle()
            case .treeArc(let leaving, let full):
                isBasic[entering] = true
                if leaving >= 0 {
                    isBasic[leaving] = false
                    isFull[leaving] = full
                }
            }
        }

        var flows = Vector(count: arcs.count) { isFull[$0] ? arcs[$0].capacity : 0 }
        for vertex in 0..<n {
            let node = tree.nodes[vertex]
            if node.arc >= 0 { flows[node.arc] = node.flow }
            if node.arc < 0, node.flow > 1e-9 * max(sent, 1e-300) {
                throw .infeasible(reason: "the arcs cannot carry \(node.flow) of the supply of vertex \(-1 - node.arc)")
            }
        }
        self.flows = flows
        cost = arcs.indices.reduce(0) { $0 + (flows[$1] == 0 ? 0 : flows[$1] * arcs[$1].cost) }
        potentials = Vector(count: n) { tree.potential[$0] }
    }
}
