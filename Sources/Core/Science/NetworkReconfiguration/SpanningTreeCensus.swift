import Foundation
import Mathematics

/// The loss and the lowest voltage of every radial configuration of a network (Morton and Mareels, 2000).
public struct SpanningTreeCensus: Sendable {
    /// The open lines of each configuration, ascending; the configurations in lexicographic order.
    public let configurations: [[Int]]
    /// The active power lost in each, in kW; ∞ where the power flow has no solution.
    public let losses: [Double]
    /// The lowest voltage of each over the nominal one; 0 where the power flow has no solution.
    public let lowestVoltages: [Double]
    /// The highest voltage of each over the nominal one.
    public let highestVoltages: [Double]
    /// The network's active load, in kW.
    public let activeLoad: Double

    // swiftcore: field
    /// How many configurations have no solution.
    public var infeasibleCount: Int { losses.count { $0 == .infinity } }

    /// The place of the best configuration; the first among equals, nil if none has a solution.
    public func best(for objective: ReconfigurationObjective = ReconfigurationObjective()) -> Int? {
        var best: (value: Double, place: Int)?
        for place in losses.indices where losses[place] < .infinity {
            let value = objective.value(
                loss: losses[place], voltageRange: highestVoltages[place] - lowestVoltages[place],
                activeLoad: activeLoad)
            if value < best?.value ?? .infinity { best = (value, place) }
        }
        return best?.place
    }

    /// The places of the configurations than which no other one has both less loss and a higher lowest voltage, from
    /// the least loss up. O(n log n).
    public var paretoFront: [Int] {
        let order = losses.indices.filter { losses[$0] < .infinity }
            .sorted { (losses[$0], -lowestVoltages[$0], $0) < (losses[$1], -lowestVoltages[$1], $1) }
        var front: [Int] = []
        var highest = -Double.infinity
        for place in order where lowestVoltages[place] > highest {
            highest = lowestVoltages[place]
            front.append(place)
        }
        return front
    }

    /// A configuration as the result of a method that solved them all.
    public subscript(place: Int) -> Reconfiguration {
        Reconfiguration(
            open: configurations[place], loss: losses[place], lowestVoltage: lowestVoltages[place],
            highestVoltage: highestVoltages[place], powerFlows: configurations.count)
    }
}

extension DistributionNetwork {
    // swiftcore: spanning_tree_census; self: network
    /// Solves the power flow of every radial configuration (Morton and Mareels, 2000), on all processors.
    ///
    /// The spanning trees are enumerated by ``Mathematics/Graph/forEachSpanningTree(_:)``; the results do not depend on
    /// the number of threads. O(configurations · buses).
    ///
    /// - Parameter limit: the largest number of configurations that are solved.
    /// - Throws: ``DistributionNetworkError`` where there are more.
    public func spanningTreeCensus(limit: Int = 2_000_000) throws(DistributionNetworkError) -> SpanningTreeCensus {
        guard configurationCount <= Double(limit) else {
            throw .invalidArgument(
                "limit", value: "\(limit)", expected: "at least the number of configurations, \(configurationCount)")
        }
        var configurations: [[Int]] = []
        do {
            try graph.forEachSpanningTree { open in
                configurations.append(open)
                return true
            }
        } catch {
            throw .invalidArgument("network", value: "\(error)", expected: "a connected network")
        }
        let chunk = 512
        let all = configurations
        let parts = parallelMap((all.count + chunk - 1) / chunk) { part in
            var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
            return (part * chunk..<min(all.count, (part + 1) * chunk)).map { evaluator.score(all[$0]) }
        }
        let scores = parts.flatMap { $0 }
        return SpanningTreeCensus(
            configurations: configurations, losses: scores.map { $0?.loss ?? .infinity },
            lowestVoltages: scores.map { $0?.lowestVoltage ?? 0 },
            highestVoltages: scores.map { $0?.highestVoltage ?? slackVoltage }, activeLoad: activeLoad)
    }

    // swiftcore: exhaustive_search; self: network
    /// Morton and Mareels's method (2000): the best of all radial configurations.
    ///
    /// - Parameters:
    ///   - objective: what is to be small.
    ///   - limit: the largest number of configurations that are solved.
    /// - Throws: ``DistributionNetworkError`` where there are more, or none has a solution.
    public func exhaustiveSearch(
        objective: ReconfigurationObjective = ReconfigurationObjective(), limit: Int = 2_000_000
    ) throws(DistributionNetworkError) -> Reconfiguration {
        try objective.validate()
        let census = try spanningTreeCensus(limit: limit)
        guard let best = census.best(for: objective) else { throw .infeasible(open: ties) }
        return census[best]
    }

    /// How many radial configurations there are, by Kirchhoff's matrix-tree theorem: exact within rounding, ∞ where
    /// there are more than a Double holds. O(buses³).
    public var configurationCount: Double {
        // The network is connected, with weights of 1.
        let count = exp((try? graph.logSpanningTreeCount()) ?? .nan)
        return count < 1e9 ? count.rounded() : count
    }
}
