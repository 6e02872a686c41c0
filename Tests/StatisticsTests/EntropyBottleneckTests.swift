import Foundation
import Mathematics
import Statistics
import Testing

@Suite struct CouplingTests {
    private func randomPair(_ seed: UInt64, _ n: Int, _ m: Int) -> ([Double], [Double]) {
        var generator = Philox(seed: seed)
        return (Array(generator.uniformOnSimplex(dimension: n)), Array(generator.uniformOnSimplex(dimension: m)))
    }

    private func entropy(_ masses: some Sequence<Double>) -> Double {
        masses.reduce(0) { $1 > 0 ? $0 - $1 * log2($1) : $0 }
    }

    @Test(arguments: CouplingMethod.allCases)
    func marginalsAreExact(_ method: CouplingMethod) throws {
        for (seed, size) in [(1, (7, 5)), (2, (1, 4)), (3, (30, 30))] as [(UInt64, (Int, Int))] {
            let (p, q) = randomPair(seed, size.0, size.1)
            let coupling = try minimumEntropyCoupling(p, q, method: method)
            #expect((coupling.rowSums - Vector(p)).maximumMagnitude < 1e-12)
            #expect((coupling.columnSums - Vector(q)).maximumMagnitude < 1e-12)
            #expect(coupling.flattened.allSatisfy { $0 >= 0 })
            if method != .independent { #expect(coupling.flattened.count { $0 > 0 } <= size.0 + size.1 - 1) }
        }
    }

    @Test func couplingsByHand() throws {
        // .5 with .6: .1 of the column left; .3 with .4: .1 left; .2 with .1, and what is left of .2 with .1.
        let coupling = try minimumEntropyCoupling([0.5, 0.3, 0.2], [0.6, 0.4])
        let expected: Matrix = [[0.5, 0], [0, 0.3], [0.1, 0.1]]
        #expect((coupling - expected).maximumMagnitude < 1e-15)
        // Zero-seeking finds the equal pair .4 first; max-seeking would cut it.
        let zero = try minimumEntropyCoupling([0.4, 0.35, 0.25], [0.6, 0.4], method: .zeroSeeking)
        #expect((zero - [[0, 0.4], [0.35, 0], [0.25, 0]]).maximumMagnitude < 1e-15)
    }

    /// The least joint entropy over all vertices of the transport polytope, by trying every spanning set of cells.
    private func leastEntropy(_ p: [Double], _ q: [Double]) -> Double {
        var best = Double.infinity
        // Vertices arise from greedy fillings in every order of the cells.
        func fill(_ p: [Double], _ q: [Double], _ sum: Double) {
            if sum >= best { return }
            if p.reduce(0, +) < 1e-12 {
                best = sum
                return
            }
            for i in p.indices where p[i] > 1e-14 {
                for j in q.indices where q[j] > 1e-14 {
                    let mass = min(p[i], q[j])
                    var (left, below) = (p, q)
                    left[i] -= mass
                    below[j] -= mass
                    fill(left, below, sum - mass * log2(mass))
                }
            }
        }
        fill(p, q, 0)
        return best
    }

    @Test func greedyIsBetweenTheMeetAndItsBound() throws {
        for seed in UInt64(1)...12 {
            let (p, q) = randomPair(seed, 4, 3)
            let meet = entropy(try majorizationMeet(p, q))
            let least = leastEntropy(p, q)
            #expect(meet <= least + 1e-12)
            for method in [CouplingMethod.maxSeeking, .zeroSeeking] {
                let greedy = entropy(try minimumEntropyCoupling(p, q, method: method).flattened)
                #expect(greedy >= least - 1e-12)
                #expect(greedy <= entropy(p) + entropy(q) + 1e-12)
                if method == .maxSeeking { #expect(greedy <= meet + log2(M_E)) }
            }
        }
    }

    @Test func theMeetMajorizes() throws {
        let meet = try majorizationMeet([0.6, 0.2, 0.2], [0.5, 0.45, 0.05])
        // Partial sums min(.6, .5), min(.8, .95), min(1, 1).
        for (value, expected) in zip(meet, [0.5, 0.3, 0.2]) { #expect(abs(value - expected) < 1e-15) }
    }

    @Test func successiveLinearizationEndsAtAVertex() throws {
        let (p, q) = randomPair(4, 6, 6)
        var generator = Philox(seed: 5)
        let coupling = try successiveLinearizationCoupling(p, q, using: &generator)
        #expect((coupling.rowSums - Vector(p)).maximumMagnitude < 1e-12)
        #expect((coupling.columnSums - Vector(q)).maximumMagnitude < 1e-12)
        #expect(coupling.flattened.count { $0 > 0 } <= 11)
    }

    @Test func badMarginalsAreNamed() {
        let error = #expect(throws: StatisticsError.self) { _ = try minimumEntropyCoupling([0.5, 0.4], [1]) }
        #expect(error?.description.contains("p") == true && error?.description.contains("0.9") == true)
        #expect(throws: StatisticsError.self) { _ = try majorizationMeet([1], [1.5, -0.5]) }
    }
}

@Suite struct EntropyBottleneckTests {
    private func h(_ p: Double) -> Double { p <= 0 || p >= 1 ? 0 : -p * log2(p) - (1 - p) * log2(1 - p) }

    @Test func theGreedyEncoderOfThePaper() throws {
        // p = (.7, .2, .1): h(.3) = .8813 on [.8813, 1.1568), nothing below h(.3) but h(.1) = .469 and 0.
        for rate in [0.8813, 0.9, 1.1567] {
            let encoder = try DeterministicEncoder.greedy([0.7, 0.2, 0.1], rate: rate)
            #expect(encoder.cells == [[0], [1, 2]] && abs(encoder.information - h(0.3)) < 1e-12)
        }
        #expect(try DeterministicEncoder.greedy([0.7, 0.2, 0.1], rate: 0.88).cells == [[0, 1], [2]])
        #expect(try DeterministicEncoder.greedy([0.7, 0.2, 0.1], rate: 0.4).cells == [[0, 1, 2]])
        #expect(try DeterministicEncoder.greedy([0.7, 0.2, 0.1], rate: 1.2).cells.count == 3)
    }

    @Test func aUniformMessage() throws {
        let p = [Double](repeating: 1.0 / 512, count: 512)
        let encoder = try DeterministicEncoder.greedy(p, rate: 4.5)
        #expect(encoder.cells.count == 230 && encoder.information <= 4.5)
        #expect(abs(encoder.decodingAccuracy - 230.0 / 512) < 1e-12)
        let quantizer = try DeterministicEncoder.uniformQuantizer(p, rate: 4.5)
        #expect(quantizer.cells.count == 22 && abs(quantizer.decodingAccuracy - 22.0 / 512) < 1e-12)
        #expect(Set(quantizer.cells.map(\.count)).isSubset(of: [23, 24]))
    }

    @Test func greedyIsWithinItsBoundOfEveryPartition() throws {
        var generator = Philox(seed: 1)
        for _ in 0..<300 {
            let size = 2 + generator.integer(below: 5)
            let p = Array(generator.uniformOnSimplex(dimension: size))
            let rate = generator.uniform() * log2(Double(size))
            let greedy = try DeterministicEncoder.greedy(p, rate: rate)
            let best = try DeterministicEncoder.best(p, rate: rate)
            #expect(greedy.information <= rate + 1e-9)
            #expect(greedy.information <= best.information + 1e-12)
            let entropy = p.reduce(0) { $0 - $1 * log2($1) }
            if rate < entropy { #expect(rate - greedy.information <= h(p.sorted(by: >)[1]) + 1e-12) }
        }
        // Bell numbers.
        #expect(try DeterministicEncoder.all([0.25, 0.25, 0.25, 0.25]).count == 15)
        #expect(try DeterministicEncoder.all(Array(repeating: 0.125, count: 8)).count == 4140)
    }

    @Test func fixedLengthCodesAreBounded() throws {
        // Huffman's merges: .1 + .15, then .2 + .25 are left as (.25, .2, .3, .25) at 2 bits.
        let encoder = try DeterministicEncoder.fixedLength([0.3, 0.1, 0.2, 0.15, 0.25], rate: 2)
        #expect(encoder.cells == [[0], [1, 3], [2], [4]])
        #expect(try DeterministicEncoder.fixedLength([0.5, 0.5], rate: 0).cells == [[0, 1]])
    }

    @Test func movesChangeInformationAsComputed() throws {
        let joint = EncoderJoint.init
        let start = try joint([[0.4, 0], [0.2, 0], [0, 0.3], [0, 0.1]])
        #expect(abs(start.information - h(0.6)) < 1e-12)
        // The smallest share of a column is .1 of .4.
        #expect(start.upwardMove == EncoderJoint.Move(row: 3, from: 1, to: nil))
        #expect(start.downwardMove == EncoderJoint.Move(row: 3, from: 1, to: 0))
        let moved = start.moving(0.02, by: start.upwardMove)
        // I = H(T) − H(T | X) with T random for the last symbol alone.
        let t = [0.6, 0.38, 0.02].reduce(0) { $0 - $1 * log2($1) }
        #expect(abs(moved.codeEntropy - t) < 1e-12 && abs(moved.information - (t - 0.1 * h(0.2))) < 1e-12)
        let mass = try #require(start.mass(reachingCodeEntropy: t, by: start.upwardMove))
        #expect(abs(mass - 0.02) < 1e-12)
    }

    @Test func noSingleMoveUpwardsIsBetter() throws {
        let p = [0.4, 0.3, 0.2, 0.1]
        for encoder in try DeterministicEncoder.all(p) {
            let joint = try EncoderJoint(encoder.joint)
            let best = joint.moving(1e-4, by: joint.upwardMove)
            for move in joint.moves {
                guard let mass = joint.mass(reachingCodeEntropy: best.codeEntropy, by: move) else { continue }
                #expect(joint.moving(mass, by: move).information <= best.information + 1e-9)
            }
        }
    }

    @Test func theBottleneckKeepsTheMarginals() throws {
        var generator = Philox(seed: 7)
        let p = Array(generator.uniformOnSimplex(dimension: 9)), q = Array(generator.uniformOnSimplex(dimension: 6))
        for rate in [0.5, 1.5, 4] {
            let coupling = try BottleneckCoupling(source: p, output: q, rate: rate)
            let joint = coupling.joint
            #expect((joint.rowSums - Vector(p)).maximumMagnitude < 1e-12)
            #expect((joint.columnSums - Vector(q)).maximumMagnitude < 1e-12)
            #expect(abs(coupling.information - (try mutualInformation(of: joint, base: 2))) < 1e-12)
            #expect(abs(coupling.information - coupling.codeInformation) < 1e-12)
            #expect(coupling.information >= coupling.informationBound - 1e-12)
        }
    }
}

@Suite struct MarkovCodingGameTests {
    private func world() throws -> GridWorld { try GridWorld(map: ["S...", ".#..", "..XG"], slip: 0.1) }

    @Test func actionsHaveThePolicysLaw() throws {
        // Averaged over messages, the first action's law is the policy's.
        let world = try world()
        let soft = try world.process.softQIteration(temperature: 0.3, discount: 0.9)
        let messages = [Double](repeating: 1.0 / 16, count: 16)
        let game = try MarkovCodingGame(
            world: world, policy: soft.policy, messageProbabilities: messages,
            encoder: .greedy(messages, rate: 3), maximumSteps: 1)
        var generator = Philox(seed: 2)
        var beliefs: [Double] = []
        var right = 0, count = 6000
        for _ in 0..<count {
            let episode = try game.play(using: &generator)
            beliefs.append(episode.codeBelief[1])
            if episode.isCorrect { right += 1 }
        }
        // The code's own probability can only grow on average, and the confidence is calibrated.
        let prior = game.encoder.cellProbabilities.reduce(0) { $0 + $1 * $1 }
        #expect(beliefs.reduce(0, +) / Double(count) > prior)
        count = 3000
        let confidence = try (0..<count).map { _ in try game.play(using: &generator).confidence }.reduce(0, +) / Double(count)
        #expect(abs(confidence - Double(right) / 6000) < 5 * (0.25 / 3000).squareRoot())
    }

    @Test func returnsAreThoseOfThePolicy() throws {
        // The mean return equals the policy's value, by a linear solve: messages cost nothing.
        let world = try world()
        let soft = try world.process.softQIteration(temperature: 0.2, discount: 0.95)
        let value = try world.process.values(ofPolicy: soft.policy, discount: 0.95)[world.start]
        var generator = Philox(seed: 3)
        let result = try MarkovCodingGame.evaluate(
            world: world, temperature: 0.2, messageCount: 64, encoding: .entropyBounded, rate: 3, episodes: 4000,
            discount: 0.95, maximumSteps: 400, using: &generator)
        #expect(abs(result.meanReturn - value) < 5 * result.returnError)
        #expect(abs(result.hits - result.accuracy) < 0.04)
    }
}
