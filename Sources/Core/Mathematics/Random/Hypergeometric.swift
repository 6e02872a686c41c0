extension RandomNumberGenerator {
    /// How many marked items are among those drawn without replacement.
    ///
    /// Few draws are made one by one; otherwise the ratio of uniforms with the table-mountain hat of
    /// Stadlober, "The ratio of uniforms approach for generating discrete random variates", 1990, O(1).
    ///
    /// - Parameters:
    ///   - draws: 0 ... population.
    ///   - successes: how many items are marked, 0 ... population.
    ///   - population: how many items there are, at most 2⁵³.
    public mutating func hypergeometric(draws: Int, successes: Int, population: Int) -> Int {
        precondition(
            population >= 0 && population <= 1 << 53 && (0...population).contains(draws)
                && (0...population).contains(successes),
            "cannot draw \(draws) of \(population) items of which \(successes) are marked")
        // Four mirror images leave at most half drawn and at most half marked.
        if 2 * draws > population {
            return successes - hypergeometric(draws: population - draws, successes: successes, population: population)
        }
        if 2 * successes > population {
            return draws - hypergeometric(draws: draws, successes: population - successes, population: population)
        }
        if draws > successes {
            return hypergeometric(draws: successes, successes: draws, population: population)
        }
        if draws < 10 {
            var marked = successes
            for drawn in 0..<draws where integer(below: population - drawn) < marked { marked -= 1 }
            return successes - marked
        }
        let (n, m, total) = (Double(draws), Double(successes), Double(population))
        let probability = m / total
        let mean = n * probability
        let variance = mean * (1 - probability) * (total - n) / (total - 1)
        func logMass(_ k: Double) -> Double {
            PortableFunctions.hypergeometricLogMass(k, successes: m, failures: total - m, draws: n)
        }
        let mode = ((n + 1) * (m + 1) / (total + 2)).rounded(.down)
        let logMassAtMode = logMass(mode)
        // 2√(2/e) and 3 − 2√(3/e).
        let width = 1.7155277699214135 * (variance + 0.5).squareRoot() + 0.8989161620588988
        while true {
            let u = openUniform()
            let k = (mean + 0.5 + width * (openUniform() - 0.5) / u).rounded(.down)
            guard k >= 0, k <= n else { continue }
            if 2 * PortableFunctions.logarithm(u) <= logMass(k) - logMassAtMode { return Int(k) }
        }
    }
}
