import Mathematics

extension DistributionNetwork {
    // swiftcore: sequential_opening; self: network
    /// Merlin and Back's method (1975): all lines are closed, then again and again the line with the least current is
    /// opened among those whose opening cuts no bus off, and the meshed power flow is solved anew, until the network is
    /// radial.
    ///
    /// One meshed power flow a loop, and a radial one for the result.
    ///
    /// - Parameter ignoringReactance: whether the meshed power flows are those of the resistances alone, as
    ///   Shirmohammadi and Hong (1989) have it. Currents then divide as they do at the least loss.
    /// - Throws: ``DistributionNetworkError`` where a power flow has no solution.
    public func sequentialOpening(
        ignoringReactance: Bool = false
    ) throws(DistributionNetworkError) -> Reconfiguration {
        var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
        var open: [Int] = []
        while open.count < loopCount {
            let flow = try meshedPowerFlow(open: open, ignoringReactance: ignoringReactance)
            evaluator.count(1)
            let candidates = openableLines(open: open)
            guard let weakest = candidates.min(by: { (flow.currents[$0], $0) < (flow.currents[$1], $1) }) else { break }
            open.append(weakest)
        }
        return try evaluator.result(open)
    }

    /// The closed lines that can be opened without cutting a bus off: those on loops.
    func openableLines(open: [Int]) -> [Int] {
        let opened = Set(open)
        let closed = lines.indices.filter { !opened.contains($0) }
        guard
            let rest = try? Graph(vertexCount: buses.count, edges: closed.map { (lines[$0].from, lines[$0].to) }),
            let bridges = try? rest.bridges()
        else { return [] }
        let isBridge = Set(bridges)
        return closed.indices.filter { !isBridge.contains($0) }.map { closed[$0] }
    }
}
