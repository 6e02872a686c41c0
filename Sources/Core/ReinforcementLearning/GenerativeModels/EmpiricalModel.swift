import Mathematics

/// What a generative model has shown: how often each next state followed each state and action.
public struct EmpiricalModel: Sendable {
    /// The process with transition frequencies for probabilities and the true rewards.
    public let mdp: TabularMDP
    /// The samples n of each state and action.
    public let samplesPerPair: Int
    /// The counts in row s · A + a, one a next state.
    public let counts: [[Int]]

    /// All calls of the generative model, nSA.
    public var calls: Int { samplesPerPair * counts.count }

    /// Draws n next states for every state and action: one multinomial draw each.
    ///
    /// - Parameters:
    ///   - mdp: the process.
    ///   - samplesPerPair: n, positive.
    ///   - generator: draws the samples.
    /// - Throws: `MDPError/invalid(argument:value:expected:)` if n is not positive.
    public init(
        of mdp: TabularMDP, samplesPerPair: Int, using generator: inout some RandomNumberGenerator
    ) throws(MDPError) {
        try requireMDP(samplesPerPair > 0, "samplesPerPair", samplesPerPair, "a positive number")
        var counts: [[Int]] = []
        for row in 0..<mdp.transition.rows {
            counts.append(generator.multinomial(trials: samplesPerPair, weights: mdp.transition.row(row)))
        }
        self.counts = counts
        self.samplesPerPair = samplesPerPair
        let frequencies = Matrix(rows: counts.count, columns: mdp.stateCount) {
            Double(counts[$0][$1]) / Double(samplesPerPair)
        }
        self.mdp = try TabularMDP(transition: frequencies, reward: mdp.reward, cost: mdp.cost)
    }

    /// The n next states of every state and action in a random order: row s · A + a of the result.
    public func shuffledSamples(using generator: inout some RandomNumberGenerator) -> [[Int32]] {
        counts.map { row in
            var samples: [Int32] = []
            samples.reserveCapacity(samplesPerPair)
            for (state, count) in row.enumerated() {
                samples.append(contentsOf: repeatElement(Int32(state), count: count))
            }
            generator.shuffle(&samples)
            return samples
        }
    }
}
