import DeepLearning
import Mathematics
import Testing

struct ReplayBufferTests {
    static func step(_ number: Int) -> Transition {
        Transition(
            observation: [Float(number), 0], action: [Float(-number)], reward: Float(number) / 10,
            nextObservation: [Float(number + 1), 1], isTerminal: number % 4 == 3, isTimeout: number % 5 == 4)
    }

    @Test func oldestStepsAreOverwritten() throws {
        var buffer = try ReplayBuffer(capacity: 5, observationSize: 2, actionSize: 1)
        var generator = Philox(seed: 1)
        #expect(throws: TrainingError.self) { try buffer.sample(1, using: &generator) }
        for number in 0..<7 { #expect(buffer.append(Self.step(number)) == number % 5) }
        #expect(buffer.count == 5 && buffer.nextIndex == 2)
        let all = buffer.batch([0, 1, 2, 3, 4])
        #expect(all.observations[0..<5, 0].scalars == [5, 6, 2, 3, 4])
        #expect(all.actions.shape == [5, 1] && all.actions.scalars == [-5, -6, -2, -3, -4])
        #expect(all.nextObservations[0..<5, 0].scalars == [6, 7, 3, 4, 5])
        #expect(all.terminals.scalars == [0, 0, 0, 1, 0] && all.timeouts.scalars == [0, 0, 0, 0, 1])
        let batch = try buffer.sample(4000, using: &generator)
        for place in 0..<5 { #expect(abs(batch.indices.count { $0 == place } - 800) < 120) }
        #expect(throws: TrainingError.self) { try ReplayBuffer(capacity: 0, observationSize: 2, actionSize: 1) }
    }

    @Test func sumTreeFindsByPartialSums() {
        var generator = Philox(seed: 2)
        var tree = SumTree(count: 11)
        var weights = (0..<11).map { _ in generator.uniform() }
        weights[3] = 0
        for (index, weight) in weights.enumerated() { tree[index] = weight }
        tree[7] = 2.5
        weights[7] = 2.5
        #expect(abs(tree.total - weights.reduce(0, +)) < 1e-12)
        for _ in 0..<500 {
            let position = generator.uniform() * tree.total
            var sum = 0.0
            let expected = weights.firstIndex { sum += $0; return position < sum } ?? 10
            #expect(tree.index(at: position) == expected)
        }
        #expect(tree.index(at: tree.total) == 10)
    }

    @Test func drawsFollowThePriorities() throws {
        var buffer = try PrioritizedReplayBuffer(capacity: 4, observationSize: 2, actionSize: 1, exponent: 0.5)
        for number in 0..<4 { buffer.append(Self.step(number)) }
        buffer.setPriorities([1, 4, 9, 16], at: [0, 1, 2, 3])
        var generator = Philox(seed: 3)
        var counts = [0, 0, 0, 0]
        for _ in 0..<1000 {
            let (batch, weights) = try buffer.sample(10, correction: 1, using: &generator)
            for (index, weight) in zip(batch.indices, weights.scalars) {
                counts[index] += 1
                // Weights ∝ 1/P(i) = Σ/√p: relative to the most unlikely step drawn.
                let least = batch.indices.map { Double($0 + 1) }.min() ?? 1
                #expect(abs(Double(weight) - least / Double(index + 1)) < 1e-4)
            }
        }
        for (count, expected) in zip(counts, [1000.0, 2000, 3000, 4000]) { #expect(abs(Double(count) - expected) < 150) }
    }
}
