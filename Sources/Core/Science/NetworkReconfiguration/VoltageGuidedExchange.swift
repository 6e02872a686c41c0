import Mathematics

extension DistributionNetwork {
    // swiftcore: voltage_guided_exchange; self: network
    /// Salkuti's method (2021): the open line with the largest voltage difference between its ends is closed and the
    /// line beside its end of lower voltage is opened instead; the opening moves on along the loop as long as the loss
    /// falls. Then comes the next of the lines that are still untried, until all have been.
    ///
    /// - Parameter start: the places of the lines that are open at first; those that are open as the network is given
    ///   if nil.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used, or the start has no solution.
    public func voltageGuidedExchange(
        from start: [Int]? = nil
    ) throws(DistributionNetworkError) -> Reconfiguration {
        var open = start ?? ties
        try requireRadial(open, argument: "start")
        var evaluator = ConfigurationEvaluator(self, objective: ReconfigurationObjective())
        var untried = Set(open.indices)
        while !untried.isEmpty {
            // The power flow of what is open now; it also gives the loss to be beaten.
            guard var best = evaluator.score(open)?.loss else { throw .infeasible(open: open.sorted()) }
            let magnitudes = buses.indices.map { evaluator.sweep.voltage(at: $0).length }
            func difference(_ place: Int) -> Double {
                abs(magnitudes[lines[open[place]].from] - magnitudes[lines[open[place]].to])
            }
            guard let place = untried.max(by: { (difference($0), -$0) < (difference($1), -$1) }) else { break }
            untried.remove(place)
            let tie = lines[open[place]]
            var path = loop(closing: open[place], open: open).map(\.line)
            // It begins at the tie's `to`.
            if magnitudes[tie.from] < magnitudes[tie.to] { path.reverse() }
            for line in path {
                var trial = open
                trial[place] = line
                guard let loss = evaluator.score(trial)?.loss, loss < best else { break }
                (best, open) = (loss, trial)
            }
        }
        return try evaluator.result(open)
    }
}
