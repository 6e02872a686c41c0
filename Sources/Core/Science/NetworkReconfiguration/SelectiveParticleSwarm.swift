import Foundation
import Mathematics

/// The choices of the selective particle swarm (Khalil and Gorpinich, 2012).
public struct SelectiveSwarmOptions: Sendable, Hashable {
    /// How many particles there are.
    public var particles: Int
    /// How often each moves.
    public var iterations: Int
    /// w of the first move.
    public var firstInertia: Double
    /// w of the last move; linear in between.
    public var lastInertia: Double
    /// c₁, the pull of the particle's own best.
    public var ownPull: Double
    /// c₂, the pull of the swarm's best.
    public var swarmPull: Double
    /// The largest |v|.
    public var speedLimit: Double

    /// The choices of the swarm.
    public init(
        particles: Int = 50, iterations: Int = 100, firstInertia: Double = 0.9, lastInertia: Double = 0.5,
        ownPull: Double = 2, swarmPull: Double = 2, speedLimit: Double = 4
    ) {
        (self.particles, self.iterations) = (particles, iterations)
        (self.firstInertia, self.lastInertia) = (firstInertia, lastInertia)
        (self.ownPull, self.swarmPull, self.speedLimit) = (ownPull, swarmPull, speedLimit)
    }
}

extension DistributionNetwork {
    // swiftcore: selective_particle_swarm; self: network
    /// The selective particle swarm (Khalil and Gorpinich, 2012): a particle holds one line of each loop, the open
    /// ones.
    ///
    /// The loops are those that the network's own ties close, or of some spanning tree where it is not radial as given,
    /// with their lines in ascending order; any radial configuration takes one line of each. v ← w v + c₁ r₁ (own best
    /// − x) + c₂ r₂ (swarm's best − x), within ± the speed limit; x ← x + ⌊(n − 1)(σ(v) − ½)⌋, within the loop of n
    /// lines. A particle may pass through configurations that are not radial or have no solution; they are never a
    /// best.
    ///
    /// - Parameters:
    ///   - objective: what is to be small.
    ///   - options: the swarm's size and constants.
    ///   - generator: draws the first places and velocities, and r₁ and r₂ for each loop at each move.
    /// - Throws: ``DistributionNetworkError`` where an argument cannot be used, or no particle finds a place within
    ///   10,000 draws.
    public func selectiveParticleSwarm<G: RandomNumberGenerator>(
        objective: ReconfigurationObjective = ReconfigurationObjective(),
        options: SelectiveSwarmOptions = SelectiveSwarmOptions(), using generator: inout G
    ) throws(DistributionNetworkError) -> Reconfiguration {
        try objective.validate()
        try options.validate()
        let loops = try fundamentalLoops()
        var evaluator = ConfigurationEvaluator(self, objective: objective)
        func configuration(_ particle: [Int]) -> [Int] { loops.indices.map { loops[$0][particle[$0]] } }

        var particles: [[Int]] = [], values: [Double] = [], velocities: [[Double]] = []
        for index in 0..<options.particles {
            var draws = 0
            while particles.count == index {
                let particle = loops.map { generator.integer(below: $0.count) }
                let value = evaluator.value(configuration(particle))
                if value < .infinity {
                    particles.append(particle)
                    values.append(value)
                }
                draws += 1
                if draws > 10_000 { throw .infeasible(open: configuration(particle).sorted()) }
            }
            velocities.append(loops.map { _ in options.speedLimit * (2 * generator.uniform() - 1) })
        }
        var ownBest = particles, ownBestValues = values
        var leader = values.indices.min { values[$0] < values[$1] } ?? 0
        for iteration in 0..<options.iterations {
            let progress = options.iterations == 1 ? 0 : Double(iteration) / Double(options.iterations - 1)
            let inertia = options.firstInertia + progress * (options.lastInertia - options.firstInertia)
            for index in particles.indices {
                var moved = particles[index]
                for loop in loops.indices {
                    let own = Double(ownBest[index][loop] - moved[loop])
                    let swarm = Double(ownBest[leader][loop] - moved[loop])
                    let velocity = inertia * velocities[index][loop] + options.ownPull * generator.uniform() * own
                        + options.swarmPull * generator.uniform() * swarm
                    velocities[index][loop] = min(max(velocity, -options.speedLimit), options.speedLimit)
                    let last = loops[loop].count - 1
                    let step = (Double(last) * (1 / (1 + exp(-velocities[index][loop])) - 0.5)).rounded(.down)
                    moved[loop] = min(max(moved[loop] + Int(step), 0), last)
                }
                if moved == particles[index] { continue }
                particles[index] = moved
                let value = evaluator.value(configuration(moved))
                if value < ownBestValues[index] {
                    (ownBest[index], ownBestValues[index]) = (moved, value)
                    if value < ownBestValues[leader] { leader = index }
                }
            }
        }
        return try evaluator.result(configuration(ownBest[leader]))
    }

    /// For each line outside a spanning tree the lines of the loop that it closes, ascending: outside the tree as the
    /// network is given, or of the first lines where that is not radial.
    func fundamentalLoops() throws(DistributionNetworkError) -> [[Int]] {
        let open = isRadial(open: ties) ? ties : openLines(leastTreeFor: lines.map { _ in 0 })
        return open.map { tie in ([tie] + loop(closing: tie, open: open).map(\.line)).sorted() }
    }
}

extension SelectiveSwarmOptions {
    fileprivate func validate() throws(DistributionNetworkError) {
        for (name, value) in [("particles", particles), ("iterations", iterations)] where value < 1 {
            throw .invalidArgument("options.\(name)", value: "\(value)", expected: "at least 1")
        }
        for (name, value) in [
            ("firstInertia", firstInertia), ("lastInertia", lastInertia), ("ownPull", ownPull),
            ("swarmPull", swarmPull), ("speedLimit", speedLimit),
        ] where !(value >= 0 && value.isFinite) {
            throw .invalidArgument("options.\(name)", value: "\(value)", expected: "a finite number of at least 0")
        }
    }
}
