import ComplexModule
import Mathematics

/// How branch exchange judges an exchange (Baran and Wu, 1989).
public enum ExchangeCriterion: String, Sendable, Hashable, CaseIterable {
    /// By a power flow of every candidate.
    case powerFlow
    /// By the change of loss at constant currents; one power flow for the best candidate of a loop.
    case estimate
}

extension DistributionNetwork {
    // swiftcore: branch_exchange; self: network
    /// Baran and Wu's method (1989): each open line in turn is closed, every line of the loop that this makes is tried
    /// in its place, and the best stays open.
    ///
    /// - Parameters:
    ///   - start: the places of the lines that are open at first; those that are open as the network is given if nil.
    ///   - untilNoneImproves: whether passes over the open lines follow until one changes nothing; otherwise there is
    ///     one.
    ///   - criterion: how an exchange is judged.
    ///   - objective: what is to be small. The estimate is one of the loss, so that it takes the loss alone.
    ///   - order: the order of the open lines in a pass, by their places in `start`; as they are given if nil.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used, or the start has no solution.
    public func branchExchange(
        from start: [Int]? = nil, untilNoneImproves: Bool = false, criterion: ExchangeCriterion = .powerFlow,
        objective: ReconfigurationObjective = ReconfigurationObjective(), order: [Int]? = nil
    ) throws(DistributionNetworkError) -> Reconfiguration {
        try objective.validate()
        var open = start ?? ties
        try requireRadial(open, argument: "start")
        let order = order ?? Array(open.indices)
        guard order.sorted() == Array(open.indices) else {
            throw .invalidArgument("order", value: "\(order)", expected: "each of 0 ..< \(open.count) once")
        }
        guard criterion == .powerFlow || objective.lossWeight == 1 else {
            throw .invalidArgument(
                "objective.lossWeight", value: "\(objective.lossWeight)",
                expected: "1 where changes of loss are estimated")
        }
        var evaluator = ConfigurationEvaluator(self, objective: objective)
        var best = evaluator.value(open)
        guard best < .infinity else { throw .infeasible(open: open.sorted()) }
        var changed = true
        while changed {
            changed = false
            for place in order {
                let candidates: [Int]
                switch criterion {
                case .powerFlow: candidates = loop(closing: open[place], open: open).map(\.line)
                case .estimate:
                    guard let line = bestEstimatedExchange(closing: open[place], open: open) else { continue }
                    candidates = [line]
                }
                var replacement: Int?
                for line in candidates {
                    var trial = open
                    trial[place] = line
                    let value = evaluator.value(trial)
                    if value < best { (best, replacement) = (value, line) }
                }
                if let replacement {
                    open[place] = replacement
                    changed = true
                }
            }
            if !untilNoneImproves { break }
        }
        return try evaluator.result(open)
    }

    // swiftcore: loss_change_estimate; self: network
    /// The change of loss in kW when one line is closed and another one of its loop opened, with all load currents as
    /// they are (Civanlar and others, 1988; Baran and Wu, 1989, equation 10).
    ///
    /// The exchange adds a current ΔJ around the loop, minus that of the line that is opened, so that the loss changes
    /// by 2 Re(conj(ΔJ) Σ r J) + |ΔJ|² Σ r with the sums over the loop: for constant currents exactly.
    ///
    /// - Parameters:
    ///   - tie: the place of an open line.
    ///   - line: the place of the line to be opened.
    ///   - open: the places of the open lines; those that are open as the network is given if nil.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used or the power flow has no solution.
    public func lossChangeEstimate(
        closing tie: Int, opening line: Int, open: [Int]? = nil
    ) throws(DistributionNetworkError) -> Double {
        let open = open ?? ties
        try requireRadial(open)
        guard open.contains(tie) else {
            throw .invalidArgument("tie", value: "\(tie)", expected: "one of the open lines \(open)")
        }
        guard let changes = estimatedChanges(closing: tie, open: open) else { throw .infeasible(open: open.sorted()) }
        guard let change = changes.first(where: { $0.line == line }) else {
            throw .invalidArgument("line", value: "\(line)", expected: "a line of the loop that line \(tie) closes")
        }
        return change.change
    }

    /// The lines of the loop that an open line closes, from that line's `to` back to its `from`, each with +1 where it
    /// is passed from the fed bus outwards and −1 where it is passed towards it. The line itself is left out.
    func loop(closing tie: Int, open: [Int]) -> [(line: Int, sign: Double)] {
        var sweep = RadialSweep(self)
        guard sweep.orient(isOpen: switches(open: open)) else { return [] }
        return sweep.path(from: lines[tie].to, to: lines[tie].from)
    }

    private func bestEstimatedExchange(closing tie: Int, open: [Int]) -> Int? {
        estimatedChanges(closing: tie, open: open)?.filter { $0.change < 0 }.min { $0.change < $1.change }?.line
    }

    /// For each line of the loop the change of loss if it is opened for an open line; nil where there is no power flow.
    private func estimatedChanges(closing tie: Int, open: [Int]) -> [(line: Int, change: Double)]? {
        var sweep = RadialSweep(self)
        guard sweep.solve(isOpen: switches(open: open)) == .solved else { return nil }
        // A current ΔJ through the tie from its `from` to its `to` comes back along the path.
        let path = sweep.path(from: lines[tie].to, to: lines[tie].from)
        var currents = [Complex<Double>](repeating: .zero, count: lines.count)
        for bus in sweep.order.dropFirst() { currents[sweep.parentLine[bus]] = sweep.current(into: bus) }
        var resistance = lines[tie].resistance
        var weighted = Complex<Double>.zero
        for step in path {
            resistance += lines[step.line].resistance
            weighted += Complex(step.sign * lines[step.line].resistance, 0) * currents[step.line]
        }
        return path.map { step in
            let added = Complex(-step.sign, 0) * currents[step.line]
            let change = 2 * (added.conjugate * weighted).real + added.lengthSquared * resistance
            return (step.line, change * powerUnit)
        }
    }
}

extension RadialSweep {
    /// The lines between two buses of the tree, in order, with +1 where one is passed from parent to child, −1
    /// otherwise.
    func path(from start: Int, to end: Int) -> [(line: Int, sign: Double)] {
        var ancestors: [Int: Int] = [:]
        var bus = end
        var down: [(line: Int, sign: Double)] = []
        while true {
            ancestors[bus] = down.count
            if parent[bus] < 0 { break }
            down.append((parentLine[bus], 1))
            bus = parent[bus]
        }
        var up: [(line: Int, sign: Double)] = []
        bus = start
        while ancestors[bus] == nil {
            up.append((parentLine[bus], -1))
            bus = parent[bus]
        }
        return up + down.prefix(ancestors[bus] ?? 0).reversed()
    }
}
