import DeepLearning
import Foundation
import Mathematics
import Testing

struct SequenceTaskTests {
    @Test func groups() throws {
        #expect(try FiniteGroup.symmetric(5).order == 120)
        #expect(try FiniteGroup.alternating(5).order == 60)
        #expect(try FiniteGroup.symmetric(5, movedPoints: 2).generators.count == 11)    // 10 exchanges and the identity
        #expect(try FiniteGroup.symmetric(5, movedPoints: 3).generators.count == 31)    // and 20 3-cycles
        for group in [try FiniteGroup.cyclic(12), try .symmetric(4), try .alternating(4)] {
            var generator = Philox(seed: 1)
            for _ in 0..<200 {
                let (a, b, c) = (generator.integer(below: group.order), generator.integer(below: group.order), generator.integer(below: group.order))
                #expect(group.product(group.product(a, b), c) == group.product(a, group.product(b, c)))
                #expect(group.product(0, a) == a && group.product(a, 0) == a)
            }
            for a in 0..<group.order {
                #expect(Set((0..<group.order).map { group.product(a, $0) }).count == group.order)
            }
        }
        #expect(throws: TaskError.self) { try FiniteGroup.symmetric(7) }
    }

    /// First a, then b: applied to the points one by one.
    @Test func wordsArePrefixProducts() throws {
        let task = GroupWords(try .symmetric(4))
        var generator = Philox(seed: 2)
        let sequence = task.sequence(size: 20, using: &generator)
        func permutation(_ element: Int) -> [Int] { task.group.elementNames[element].compactMap(\.wholeNumberValue) }
        var points = [0, 1, 2, 3]
        for (token, target) in zip(sequence.tokens, sequence.targets) {
            points = points.map { permutation(token)[$0] }
            #expect(target.map(permutation) == points)
        }
        #expect(task.vocabularySize == 25)
    }

    @Test func parityAndArithmetic() throws {
        var generator = Philox(seed: 3)
        for size in 1...12 {
            let bits = ParityTask().sequence(size: size, using: &generator)
            for place in 0..<size { #expect(bits.targets[place] == bits.tokens[...place].reduce(0, +) % 2) }
            let last = ParityTask(asksOnlyLast: true).sequence(size: size, using: &generator)
            #expect(last.targets.compactMap { $0 }.count == 1)
        }
        for hasBrackets in [false, true] {
            let task = try ModularArithmeticTask(modulus: 5, hasBrackets: hasBrackets)
            for size in 1...25 {
                let sequence = task.sequence(size: size, using: &generator)
                let text = sequence.tokens.dropLast().map { task.tokenNames[$0] }.joined()
                #expect(sequence.tokens.count - 1 <= size && sequence.tokens.count - 1 >= size - 3)
                #expect(task.tokenNames[sequence.tokens.last ?? 0] == "=")
                let negated = text.replacingOccurrences(of: "(-", with: "(0-")
                #expect(sequence.targets.last == TextTaskTests.Reader(text: Array(negated)).value(5), "\(text)")
                #expect(hasBrackets || !text.contains("("))
            }
        }
    }

    @Test func recallAsksForWhatWasSaid() throws {
        var generator = Philox(seed: 4)
        let task = try AssociativeRecall(keys: 16, values: 12, pairs: 5)
        for _ in 0..<20 {
            let sequence = task.sequence(size: 40, using: &generator)
            #expect(sequence.tokens.count == 40 && sequence.targets.compactMap { $0 }.count == 5)
            let pairs = Dictionary(uniqueKeysWithValues: (0..<5).map { (sequence.tokens[2 * $0], sequence.tokens[2 * $0 + 1]) })
            for place in 10..<40 {
                #expect(sequence.targets[place] == (sequence.tokens[place] == 0 ? nil : pairs[sequence.tokens[place]]))
            }
        }
        let joint = try JointRecall(contexts: 5, keys: 6)
        let sequence = joint.sequence(using: &generator)
        #expect(sequence.tokens.count == 2 * 5 * 13 + 2)
        var context = 0, table: [[Int]: Int] = [:], asked = 0
        for (place, token) in sequence.tokens.enumerated() {
            if token >= 42 { context = token }
            if (26..<42).contains(token) {
                if let target = sequence.targets[place] {
                    #expect(target == table[[context, token]] && target == sequence.tokens[place + 1])
                    asked += 1
                } else {
                    table[[context, token]] = sequence.tokens[place + 1]
                }
            }
        }
        #expect(asked == 30 && table.count == 30)
        #expect(joint.vocabularySize == 58)
        let passkey = try PasskeyTask(digits: 3, noiseTokens: 4).sequence(size: 12, using: &generator)
        #expect(passkey.tokens.count == 12 + 4 + 3)
        let start = (passkey.tokens.firstIndex(of: 10) ?? 0) + 1
        #expect(passkey.targets.compactMap { $0 } == Array(passkey.tokens[start..<start + 3]))
        #expect(passkey.targets.suffix(3).allSatisfy { $0 != nil })
    }

    @Test func batchesHaveMasks() throws {
        var generator = Philox(seed: 5)
        let task = ParityTask()
        let batch: SequenceBatch<Float> = task.batch(count: 6, sizes: 3...9, using: &generator)
        #expect(batch.tokens.shape == batch.weights.shape && batch.tokens.shape[0] == 6)
        for (token, weight) in zip(batch.tokens.scalars, batch.weights.scalars) { #expect((token == 2) == (weight == 0)) }
        let right = Tensor<Float>.oneHot(batch.targets, count: 3)
        #expect(batch.accuracy(right) == 1 && batch.accuracy(-right) == 0)
        // ln of e^10/(e^10 + 2) at each place
        #expect(abs(batch.loss(right * 10).scalar - 9.0795e-05) < 1e-6)
        #expect(abs(task.scaledAccuracy(0.75, chance: 0.5) - 0.5) < 1e-15)
    }
}
