import Mathematics

/// What makes a line strong for the maximum spanning tree (Montoya and Ramirez, 2012).
public enum LineStrength: String, Sendable, Hashable, CaseIterable {
    /// |I| in the closed network.
    case current
    /// The active power lost in the line in the closed network.
    case loss
}

/// How a spanning tree is grown. Where no two lines are equally strong, both give the same one.
public enum SpanningTreeAlgorithm: String, Sendable, Hashable, CaseIterable {
    case kruskal
    case prim
}

extension DistributionNetwork {
    // swiftcore: maximum_spanning_tree_configuration; self: network
    /// Montoya and Ramirez's method (2012): the spanning tree of the strongest lines of the closed network.
    ///
    /// One meshed power flow, and a radial one for the result.
    ///
    /// - Parameters:
    ///   - strength: what a line weighs.
    ///   - algorithm: how the tree is grown; Prim's from the fed bus.
    /// - Throws: ``DistributionNetworkError`` where a power flow has no solution.
    public func maximumSpanningTreeConfiguration(
        by strength: LineStrength = .current, algorithm: SpanningTreeAlgorithm = .kruskal
    ) throws(DistributionNetworkError) -> Reconfiguration {
        let flow = try meshedPowerFlow()
        let weights = strength == .current ? flow.currents : flow.lineLosses
        var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
        evaluator.count(1)
        do {
            // Prim's algorithm grows the least tree.
            let weighted = try Graph(
                vertexCount: buses.count,
                edges: lines.indices.map { Graph.Edge(lines[$0].from, lines[$0].to, weight: -weights[$0]) })
            let tree = switch algorithm {
            case .kruskal: try weighted.minimumSpanningForest()
            case .prim: try weighted.minimumSpanningTree(from: slack)
            }
            let closed = Set(tree.edges)
            return try evaluator.result(lines.indices.filter { !closed.contains($0) })
        } catch let error as DistributionNetworkError {
            throw error
        } catch {
            throw .invalidArgument("network", value: "\(error)", expected: "lines with finite currents")
        }
    }
}
