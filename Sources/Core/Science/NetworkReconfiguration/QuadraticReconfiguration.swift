import Mathematics

/// The solution of Taylor and Hover's mixed-integer quadratic program (2012).
public struct QuadraticReconfiguration: Sendable, Hashable {
    /// The configuration, evaluated by the AC power flow.
    public let configuration: Reconfiguration
    /// The place of each bus's parent, the bus j with β_ji = 1; for the fed bus its own.
    public let parents: [Int]
    /// The program's least objective: the loss of the linear flow at nominal voltages, in kW.
    public let modelLoss: Double
    /// The objective of the continuous relaxation: the least loss of a flow on all lines, in kW.
    public let rootBound: Double
    /// How many nodes of branch and bound were solved.
    public let nodes: Int
}

extension DistributionNetwork {
    // swiftcore: quadratic_reconfiguration; self: network
    /// Taylor and Hover's method (2012): the global optimum of the mixed-integer quadratic program with linear
    /// DistFlow,
    ///
    /// minimise Σ r (P² + Q²) / V² over flows that meet every load without loss, |P|, |Q| ≤ M (β_ij + β_ji) on each
    /// line, where β_ij = 1 says that i is the parent of j: Σ_i β_ij = 1 for every bus but the fed one, which has none,
    /// and β_ij + β_ji ∈ {0, 1} (``reconfigurationProgram(closed:open:)``).
    ///
    /// Branch and bound over the β_ij + β_ji, exact. With some of them at 0, M of at least the total load and the
    /// others in [0, 1], the relaxation is the flow of least loss on the remaining lines, which is that of their
    /// resistances alone: a linear system with as many unknowns as loops. The system also gives, for every line at
    /// once, the bound without that line, so that lines whose opening cannot lead to an improvement stay closed. Of the
    /// loop with the fewest lines left one must be opened: the first of them, or the first stays closed and the second
    /// is opened, and so on.
    ///
    /// - Parameter nodeLimit: the largest number of nodes.
    /// - Throws: ``DistributionNetworkError`` where a line on a loop has no resistance, where the limit is reached, or
    ///   where the AC power flow of the optimum has no solution.
    public func quadraticReconfiguration(
        nodeLimit: Int = 1_000_000
    ) throws(DistributionNetworkError) -> QuadraticReconfiguration {
        for index in openableLines(open: []) where lines[index].resistance == 0 {
            throw .invalidArgument("lines[\(index)].resistance", value: "0", expected: "a positive one on a loop")
        }
        var search = QuadraticSearch(self, nodeLimit: nodeLimit)
        try search.branch(removed: [], fixed: switches(open: []))
        guard let open = search.best else { throw .infeasible(open: ties) }
        var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
        let configuration = try evaluator.result(open)
        var sweep = evaluator.sweep
        _ = sweep.orient(isOpen: switches(open: open))
        return QuadraticReconfiguration(
            configuration: configuration, parents: sweep.parent.map { $0 < 0 ? slack : $0 }, modelLoss: search.bestLoss,
            rootBound: search.rootBound, nodes: search.nodes)
    }

    /// The loss of a radial configuration in kW by linear DistFlow: each line carries the loads behind it at nominal
    /// voltage.
    ///
    /// - Parameter open: the places of the open lines.
    /// - Throws: ``DistributionNetworkError`` where the closed lines are no spanning tree.
    public func linearLoss(open: [Int]) throws(DistributionNetworkError) -> Double {
        try requireRadial(open)
        var sweep = RadialSweep(self)
        _ = sweep.orient(isOpen: switches(open: open))
        let (active, reactive) = (sweep.carried(buses.map(\.activeLoad)), sweep.carried(buses.map(\.reactiveLoad)))
        return sweep.order.dropFirst().reduce(0) { sum, bus in
            let square = active[bus] * active[bus] + reactive[bus] * reactive[bus]
            return sum + lines[sweep.parentLine[bus]].resistance * square / powerUnit
        }
    }
}

/// Branch and bound.
private struct QuadraticSearch {
    let network: DistributionNetwork
    let nodeLimit: Int
    var best: [Int]?
    var bestLoss = Double.infinity
    var rootBound = Double.nan
    var nodes = 0

    init(_ network: DistributionNetwork, nodeLimit: Int) {
        (self.network, self.nodeLimit) = (network, nodeLimit)
    }

    /// Solves the program with some lines open and others closed for good.
    mutating func branch(removed: [Int], fixed: [Bool]) throws(DistributionNetworkError) {
        nodes += 1
        guard nodes <= nodeLimit else {
            throw .invalidArgument("nodeLimit", value: "\(nodeLimit)", expected: "more nodes: the search is not done")
        }
        let flow = network.leastLossFlow(removed: removed, preferred: fixed)
        if nodes == 1 { rootBound = flow.loss }
        // Equal within rounding is no improvement.
        func isWorse(_ loss: Double) -> Bool { loss >= bestLoss * (1 - 1e-12) }
        if isWorse(flow.loss) { return }
        if flow.loops.isEmpty {
            (best, bestLoss) = (removed.sorted(), flow.loss)
            return
        }
        // Lines that must stay closed; the loop with the fewest others.
        var fixed = fixed
        for (line, loss) in flow.lossWithout where isWorse(loss) { fixed[line] = true }
        let choices = flow.loops.map { loop in loop.filter { !fixed[$0] } }
        guard let fewest = choices.min(by: { $0.count < $1.count }) else { return }
        for line in fewest.sorted(by: { (flow.lossWithout[$0] ?? 0, $0) < (flow.lossWithout[$1] ?? 0, $1) }) {
            try branch(removed: removed + [line], fixed: fixed)
            fixed[line] = true
        }
    }
}

/// The flow of least loss in a network whose lines carry any flow that meets the loads.
struct LeastLossFlow {
    /// At nominal voltages, in kW.
    let loss: Double
    /// The lines of each fundamental loop.
    let loops: [[Int]]
    /// For each line on a loop the least loss without it, in kW.
    let lossWithout: [Int: Double]
}

extension DistributionNetwork {
    /// The least Σ r (P² + Q²) / V² over the flows P, Q on the lines but some that bring every bus its load.
    ///
    /// A flow is that of a spanning tree plus a flow around each fundamental loop, f = p + Zᵀy; the least has
    /// Z R Zᵀ y = −Z R p. Without line l it is f_l² / (z_lᵀ (Z R Zᵀ)⁻¹ z_l) more, where z_l is column l of Z.
    ///
    /// - Parameters:
    ///   - removed: lines that carry nothing; the others must connect all buses.
    ///   - preferred: lines that are in the spanning tree where they close no loop of their own.
    func leastLossFlow(removed: [Int], preferred: [Bool]) -> LeastLossFlow {
        let isRemoved = switches(open: removed)
        let loopLines = openLines(leastTreeFor: lines.indices.map { isRemoved[$0] ? 2 : preferred[$0] ? 0 : 1 })
        var sweep = RadialSweep(self)
        let isTree = sweep.orient(isOpen: switches(open: loopLines))
        precondition(isTree, "the lines but \(removed) must connect all buses")
        // What each line of the tree carries away from the fed bus.
        let (active, reactive) = (sweep.carried(buses.map(\.activeLoad)), sweep.carried(buses.map(\.reactiveLoad)))
        var treeFlows = [(active: Double, reactive: Double)](repeating: (0, 0), count: lines.count)
        for bus in sweep.order.dropFirst() { treeFlows[sweep.parentLine[bus]] = (active[bus], reactive[bus]) }
        let loops = loopLines.filter { !isRemoved[$0] }.map { line in
            [(line: line, sign: 1.0)] + sweep.path(from: lines[line].to, to: lines[line].from)
        }
        // kW for a flow of 1 kVA and 1 ohm.
        let unit = 1 / powerUnit
        let count = loops.count
        var flows = treeFlows
        var increases: [Int: Double] = [:]
        if count > 0 {
            var members = [[(loop: Int, sign: Double)]](repeating: [], count: lines.count)
            for (index, loop) in loops.enumerated() {
                for step in loop { members[step.line].append((index, step.sign)) }
            }
            var gram = Matrix.zeros(count, count)
            var right = Matrix.zeros(count, 2)
            for (line, shares) in members.enumerated() {
                let resistance = lines[line].resistance
                for one in shares {
                    right[one.loop, 0] -= one.sign * resistance * treeFlows[line].active
                    right[one.loop, 1] -= one.sign * resistance * treeFlows[line].reactive
                    for other in shares { gram[one.loop, other.loop] += one.sign * other.sign * resistance }
                }
            }
            guard let factors = try? CholeskyDecomposition(gram), let around = try? factors.solve(right),
                let inverse = try? factors.inverse()
            else { preconditionFailure("every loop has a resistance") }
            for (line, shares) in members.enumerated() where !shares.isEmpty {
                var flexibility = 0.0
                for one in shares {
                    flows[line].active += one.sign * around[one.loop, 0]
                    flows[line].reactive += one.sign * around[one.loop, 1]
                    for other in shares { flexibility += one.sign * other.sign * inverse[one.loop, other.loop] }
                }
                let square = flows[line].active * flows[line].active + flows[line].reactive * flows[line].reactive
                increases[line] = square / flexibility * unit
            }
        }
        var loss = 0.0
        for (line, flow) in flows.enumerated() {
            loss += lines[line].resistance * (flow.active * flow.active + flow.reactive * flow.reactive) * unit
        }
        return LeastLossFlow(
            loss: loss, loops: loops.map { $0.map(\.line) }, lossWithout: increases.mapValues { loss + $0 })
    }
}
