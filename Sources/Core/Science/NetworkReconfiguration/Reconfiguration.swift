import Mathematics

/// What a method of reconfiguration found (dnr-methods, arXiv:2511.22957).
public struct Reconfiguration: Sendable, Hashable {
    /// The places of the open lines, ascending.
    public let open: [Int]
    /// The active power lost in the lines, in kW, by the AC power flow.
    public let loss: Double
    /// The lowest |V| over the nominal voltage.
    public let lowestVoltage: Double
    /// The highest |V| over the nominal voltage.
    public let highestVoltage: Double
    /// How many power flows the method has solved, meshed ones and those without a solution too.
    public let powerFlows: Int
}

/// What is to be small: r loss / (0.08 load) + (1 − r)(V_max − V_min) (dnr-methods, arXiv:2511.22957).
public struct ReconfigurationObjective: Sendable, Hashable {
    /// r in [0, 1], from the voltages alone to the loss alone.
    public var lossWeight: Double
    /// The share of the active load that counts as a loss of 1.
    public var referenceLossShare: Double

    /// A weighted sum of loss and voltage range; the loss alone unless said otherwise.
    public init(lossWeight: Double = 1, referenceLossShare: Double = 0.08) {
        (self.lossWeight, self.referenceLossShare) = (lossWeight, referenceLossShare)
    }

    func validate() throws(DistributionNetworkError) {
        guard lossWeight >= 0, lossWeight <= 1 else {
            throw .invalidArgument("objective.lossWeight", value: "\(lossWeight)", expected: "a weight in [0, 1]")
        }
        guard referenceLossShare > 0, referenceLossShare.isFinite else {
            throw .invalidArgument(
                "objective.referenceLossShare", value: "\(referenceLossShare)",
                expected: "a positive share of the load")
        }
    }

    /// The objective of a configuration.
    ///
    /// - Parameters:
    ///   - loss: in kW.
    ///   - voltageRange: the highest voltage less the lowest, over the nominal one.
    ///   - activeLoad: of the network, in kW.
    public func value(loss: Double, voltageRange: Double, activeLoad: Double) -> Double {
        lossWeight * loss / (referenceLossShare * activeLoad) + (1 - lossWeight) * voltageRange
    }
}

extension DistributionNetwork {
    // swiftcore: evaluate_configuration; self: network
    /// Loss and voltages of a radial configuration.
    ///
    /// - Parameter open: the places of the open lines; those that are open as the network is given if nil.
    /// - Throws: ``DistributionNetworkError`` where the closed lines are no spanning tree or the power flow has no
    ///   solution.
    public func evaluate(open: [Int]? = nil) throws(DistributionNetworkError) -> Reconfiguration {
        let open = open ?? ties
        try requireRadial(open)
        var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
        return try evaluator.result(open)
    }

    // swiftcore: random_configuration; self: network
    /// A random radial configuration: the open lines of the least spanning tree for uniform random weights (Kruskal).
    ///
    /// Every spanning tree has a positive probability; they are not equally likely. O(lines log lines).
    ///
    /// - Parameter generator: draws one weight a line.
    /// - Returns: the places of the open lines, ascending.
    public func randomConfiguration<G: RandomNumberGenerator>(using generator: inout G) -> [Int] {
        openLines(leastTreeFor: lines.map { _ in generator.uniform() })
    }

    /// The lines outside the spanning tree of least weight, by Kruskal's algorithm; ascending.
    func openLines(leastTreeFor weights: [Double]) -> [Int] {
        var sets = DisjointSets(count: buses.count)
        let order = lines.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
        return order.filter { !sets.unite(lines[$0].from, lines[$0].to) }.sorted()
    }
}

/// Solves radial power flows for a method and counts them.
struct ConfigurationEvaluator: Sendable {
    /// What counts of a power flow.
    struct Score: Sendable {
        let value: Double
        let loss: Double
        let lowestVoltage: Double
        let highestVoltage: Double
    }

    let network: DistributionNetwork
    let objective: ReconfigurationObjective
    private let activeLoad: Double
    private(set) var sweep: RadialSweep
    private(set) var powerFlows = 0

    init(_ network: DistributionNetwork, objective: ReconfigurationObjective) {
        self.network = network
        self.objective = objective
        activeLoad = network.activeLoad
        sweep = RadialSweep(network)
    }

    /// Counts power flows that were solved elsewhere.
    mutating func count(_ more: Int) { powerFlows += more }

    /// The score of a configuration; nil where it is not radial (which costs no power flow) or has no solution.
    mutating func score(_ open: [Int]) -> Score? {
        switch sweep.solve(isOpen: network.switches(open: open)) {
        case .notRadial: return nil
        case .notConverged:
            powerFlows += 1
            return nil
        case .solved:
            powerFlows += 1
            let loss = sweep.loss, range = sweep.voltageRange
            let value = objective.value(
                loss: loss, voltageRange: range.highest - range.lowest, activeLoad: activeLoad)
            return Score(value: value, loss: loss, lowestVoltage: range.lowest, highestVoltage: range.highest)
        }
    }

    /// The objective of a configuration; ∞ where it is not radial or has no solution.
    mutating func value(_ open: [Int]) -> Double { score(open)?.value ?? .infinity }

    /// The result of a method: a last power flow of its configuration.
    mutating func result(_ open: [Int]) throws(DistributionNetworkError) -> Reconfiguration {
        guard let score = score(open) else { throw .infeasible(open: open.sorted()) }
        return Reconfiguration(
            open: open.sorted(), loss: score.loss, lowestVoltage: score.lowestVoltage,
            highestVoltage: score.highestVoltage, powerFlows: powerFlows)
    }
}
