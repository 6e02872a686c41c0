import Mathematics

/// The choices of the genetic algorithm (Jakus and others, 2020).
public struct GeneticOptions: Sendable, Hashable {
    /// How many configurations a generation has.
    public var population: Int
    /// How many of the best live on unchanged.
    public var elite: Int
    /// How many of the first generation come from branch exchange; the others are random trees.
    public var exchangeSeeds: Int
    /// How many generations follow the first.
    public var generations: Int
    /// The probability that a child mutates.
    public var mutationProbability: Double

    /// The choices of the algorithm.
    public init(
        population: Int = 14, elite: Int = 4, exchangeSeeds: Int = 2, generations: Int = 20,
        mutationProbability: Double = 0.02
    ) {
        (self.population, self.elite, self.exchangeSeeds) = (population, elite, exchangeSeeds)
        (self.generations, self.mutationProbability) = (generations, mutationProbability)
    }
}

extension DistributionNetwork {
    // swiftcore: genetic_reconfiguration; self: network
    /// The hybrid of heuristics and a genetic algorithm (Jakus and others, 2020): every individual is a spanning tree.
    ///
    /// The first generation holds results of one pass of branch exchange, each over the loops in a random order, and
    /// trees that are least for random weights. Parents are drawn with probabilities in proportion to 1 over the
    /// objective. A child is the least spanning tree of the lines that a parent has closed: lines that both have weigh
    /// 0 and are in it, the others have uniform random weights. To mutate, it closes one of its open lines and takes
    /// the least tree of its lines for random weights, which opens another line of that loop.
    ///
    /// - Parameters:
    ///   - start: where branch exchange begins; what is open as the network is given if nil, or a random tree where
    ///     that is not radial.
    ///   - objective: what is to be small.
    ///   - options: the sizes and rates.
    ///   - generator: draws everything that is random.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used, or no individual has a solution.
    public func geneticReconfiguration<G: RandomNumberGenerator>(
        from start: [Int]? = nil, objective: ReconfigurationObjective = ReconfigurationObjective(),
        options: GeneticOptions = GeneticOptions(), using generator: inout G
    ) throws(DistributionNetworkError) -> Reconfiguration {
        try objective.validate()
        try options.validate()
        if let start { try requireRadial(start, argument: "start") }
        var evaluator = ConfigurationEvaluator(self, objective: objective)
        var generation: [Individual] = []
        for _ in 0..<options.exchangeSeeds {
            let begin = start ?? (isRadial(open: ties) ? ties : randomConfiguration(using: &generator))
            let order = generator.permutation(begin.count)
            // Where the start has no solution there is nothing to exchange.
            guard let seed = try? branchExchange(from: begin, objective: objective, order: order) else { continue }
            // Its last power flow gives its objective, which is evaluated below.
            evaluator.count(seed.powerFlows - 1)
            generation.append(Individual(open: seed.open, value: evaluator.value(seed.open)))
        }
        while generation.count < options.population {
            let open = randomConfiguration(using: &generator)
            generation.append(Individual(open: open, value: evaluator.value(open)))
        }
        generation.sort { $0.value < $1.value }
        for _ in 0..<options.generations {
            // An individual without a solution has no chance; where none has one, all have the same.
            var chances = generation.map { 1 / max($0.value, 1e-100) }
            if !chances.contains(where: { $0 > 0 }) { chances = generation.map { _ in 1 } }
            var children: [Individual] = []
            while children.count < options.population - options.elite {
                let mother = generation[generator.index(weightedBy: chances)]
                let father = generation[generator.index(weightedBy: chances)]
                var open = child(of: mother.open, father.open, using: &generator)
                if generator.bernoulli(options.mutationProbability) { open = mutation(of: open, using: &generator) }
                children.append(Individual(open: open, value: evaluator.value(open)))
            }
            generation = Array(generation.prefix(options.elite)) + children
            generation.sort { $0.value < $1.value }
        }
        return try evaluator.result(generation[0].open)
    }

    /// The least tree of the lines that one of two trees has, where common lines weigh nothing.
    func child<G: RandomNumberGenerator>(of one: [Int], _ other: [Int], using generator: inout G) -> [Int] {
        let (isOpenInOne, isOpenInOther) = (switches(open: one), switches(open: other))
        return openLines(
            leastTreeFor: lines.indices.map { line in
                switch (isOpenInOne[line], isOpenInOther[line]) {
                case (false, false): 0
                // Heavier than any other, and the others connect all buses.
                case (true, true): 2
                default: 1 - generator.uniform()
                }
            })
    }

    private func mutation<G: RandomNumberGenerator>(of open: [Int], using generator: inout G) -> [Int] {
        guard !open.isEmpty else { return open }
        let closed = open[generator.integer(below: open.count)]
        let staysOpen = switches(open: open.filter { $0 != closed })
        return openLines(leastTreeFor: lines.indices.map { staysOpen[$0] ? 2 : generator.uniform() })
    }
}

private struct Individual {
    let open: [Int]
    let value: Double
}

extension GeneticOptions {
    fileprivate func validate() throws(DistributionNetworkError) {
        func require(
            _ name: String, _ value: some Any, _ expected: String, _ holds: Bool
        ) throws(DistributionNetworkError) {
            if !holds { throw .invalidArgument("options.\(name)", value: "\(value)", expected: expected) }
        }
        try require("population", population, "at least 2", population >= 2)
        try require(
            "elite", elite, "from 1 to the population less 1, \(population - 1)", (1..<population).contains(elite))
        try require(
            "exchangeSeeds", exchangeSeeds, "from 0 to the population, \(population)",
            (0...population).contains(exchangeSeeds))
        try require("generations", generations, "at least 0", generations >= 0)
        try require(
            "mutationProbability", mutationProbability, "a probability", (0...1).contains(mutationProbability))
    }
}
