import Mathematics

extension ReconfigurationObjective {
    /// The weights of the loss at which loss and voltage range are traded (dnr-methods, arXiv:2511.22957).
    public static let paretoWeights = [0, 0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1]
}

/// The best configuration at one weight of the loss.
public struct WeightedReconfiguration: Sendable, Hashable {
    /// r of the objective.
    public let lossWeight: Double
    /// The best of the runs.
    public let configuration: Reconfiguration
}

extension DistributionNetwork {
    // swiftcore: pareto_reconfigurations; self: network
    /// The trade between loss and voltage range: the genetic algorithm's best configuration at each weight of the loss.
    ///
    /// The weights are worked on by all processors, each with a stream of its own; the result does not depend on how
    /// many there are.
    ///
    /// - Parameters:
    ///   - weights: the r of the objective, each in [0, 1].
    ///   - runs: how many runs at each weight; the best counts, and the power flows of all.
    ///   - options: of the genetic algorithm.
    ///   - generator: gives the streams of all weights by one word.
    /// - Returns: one configuration a weight, in the order of the weights.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used or the network has no solution.
    public func paretoReconfigurations(
        weights: [Double] = ReconfigurationObjective.paretoWeights, runs: Int = 1,
        options: GeneticOptions = GeneticOptions(), using generator: inout Philox
    ) throws(DistributionNetworkError) -> [WeightedReconfiguration] {
        guard runs >= 1 else { throw .invalidArgument("runs", value: "\(runs)", expected: "at least 1") }
        let all = weights.map { ReconfigurationObjective(lossWeight: $0) }
        for objective in all { try objective.validate() }
        let source = generator.split()
        return try parallelMap(all.count) { (index) throws(DistributionNetworkError) in
            var own = source.stream(index)
            var best: Reconfiguration?
            var bestValue = Double.infinity
            var powerFlows = 0
            for _ in 0..<runs {
                let found = try geneticReconfiguration(objective: all[index], options: options, using: &own)
                powerFlows += found.powerFlows
                let value = all[index].value(
                    loss: found.loss, voltageRange: found.highestVoltage - found.lowestVoltage, activeLoad: activeLoad)
                if value < bestValue { (best, bestValue) = (found, value) }
            }
            guard let best else { throw .infeasible(open: ties) }
            return WeightedReconfiguration(
                lossWeight: all[index].lossWeight,
                configuration: Reconfiguration(
                    open: best.open, loss: best.loss, lowestVoltage: best.lowestVoltage,
                    highestVoltage: best.highestVoltage, powerFlows: powerFlows))
        }
    }
}
