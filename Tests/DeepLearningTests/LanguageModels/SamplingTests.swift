import DeepLearning
import Foundation
import Mathematics
import Testing

/// Next-token logits that depend on the last token alone.
private struct Bigram: IncrementalLanguageModel {
    typealias State = TokenHistory
    var table: Tensor<Double>
    var contextLength = 12
    var vocabularySize: Int { table.shape[0] }

    func logits(_ tokens: Tensor<Int>) -> Tensor<Double> { table.gathering(tokens) }

    mutating func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows { try body(&table) }
}

@Suite struct SamplingTests {
    private let model = Bigram(table: wave([4, 4], 0.3, 2))

    func processed(_ probabilities: [Double], _ processor: some LogitsProcessor) -> [Double] {
        var logits = probabilities.map { Foundation.log($0) }
        processor.process(&logits, after: [])
        return TokenDistribution.probabilities(logits)
    }

    func expectNear(_ a: [Double], _ b: [Double], sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-12 }, "\(a)", sourceLocation: sourceLocation)
    }

    /// Each processor on a distribution small enough to work out by hand.
    @Test func processors() throws {
        let p = [0.1, 0.4, 0.2, 0.3]
        // p² normalised: 0.01 + 0.16 + 0.04 + 0.09 = 0.3
        expectNear(processed(p, try Temperature(0.5)), [0.01 / 0.3, 0.16 / 0.3, 0.04 / 0.3, 0.09 / 0.3])
        expectNear(processed(p, try TopK(2)), [0, 4.0 / 7, 0, 3.0 / 7])
        expectNear(processed(p, try TopP(0.7)), [0, 4.0 / 7, 0, 3.0 / 7])
        expectNear(processed(p, try TopP(0.71)), [0, 4.0 / 9, 2.0 / 9, 3.0 / 9])
        expectNear(processed(p, try MinP(0.5)), [0, 4.0 / 9, 2.0 / 9, 3.0 / 9])
        expectNear(processed(p, try MinP(0.51)), [0, 4.0 / 7, 0, 3.0 / 7])
        // Entropy 1.2799 nats: √0.3 · e^−1.2799 = 0.1523 < 0.3; and with ε = 0.9: √0.9 · 0.2781 = 0.2638.
        expectNear(processed(p, try EtaCutoff(0.3)), [0, 4.0 / 9, 2.0 / 9, 3.0 / 9])
        expectNear(processed(p, try EtaCutoff(0.9)), [0, 4.0 / 7, 0, 3.0 / 7])
        // |−ln p − 1.2799|: 1.0227, 0.3636, 0.3296, 0.0759: the order is 3, 2, 1, 0.
        expectNear(processed(p, try TypicalP(0.3)), [0, 0, 0, 1])
        expectNear(processed(p, try TypicalP(0.45)), [0, 0, 0.4, 0.6])
        expectNear(processed([0.25, 0.25, 0.25, 0.25], try TopK(1)), [1, 0, 0, 0])
        #expect(throws: LanguageModelError.self) { try TopP(0) }
        #expect(throws: LanguageModelError.self) { try Temperature(-1) }
        #expect(throws: LanguageModelError.self) { try TopK(0) }
    }

    /// Frequencies of drawn pairs against the product of the two conditional probabilities.
    @Test func samplesFollowTheModel() throws {
        var generator = Philox(seed: 11)
        let count = 20_000
        let sampler = Sampler(maximumTokens: 2)
        let drawn = try sampler.sample(from: model, prompts: [[Int]](repeating: [1], count: count), using: &generator)
        var frequencies = [Double](repeating: 0, count: 16)
        for one in drawn { frequencies[one.tokens[0] * 4 + one.tokens[1]] += 1 / Double(count) }
        let rows = model.table.softmax()
        var chiSquare = 0.0
        for a in 0..<4 {
            for b in 0..<4 {
                let expected = rows[1, a].scalar * rows[a, b].scalar
                chiSquare += Double(count) * (frequencies[a * 4 + b] - expected) * (frequencies[a * 4 + b] - expected) / expected
            }
        }
        // The 0.9999 quantile of χ² with 15 degrees of freedom: scipy.stats.chi2.ppf(0.9999, 15) = 44.263.
        #expect(chiSquare < 44.263)
        let one = drawn[17]
        #expect(abs(one.logProbability - Foundation.log(rows[1, one.tokens[0]].scalar * rows[one.tokens[0], one.tokens[1]].scalar)) < 1e-12)
        var again = Philox(seed: 11)
        let repeated = try sampler.sample(from: model, prompts: [[Int]](repeating: [1], count: count), using: &again)
        #expect(repeated == drawn)
    }

    /// A batch of prompts of unequal length gives what each would give alone; sequences stop where they should.
    @Test func batchesAndStops() throws {
        let prompts = [[0, 1, 2], [3], [2, 1]]
        let sampler = Sampler(maximumTokens: 6, stopTokens: [2])
        let together = try sampler.greedy(from: model, prompts: prompts)
        for (prompt, completion) in zip(prompts, together) {
            var last = prompt[prompt.count - 1]
            var expected: [Int] = []
            while expected.count < 6 {
                last = model.table[last].argmax().scalar
                expected.append(last)
                if last == 2 { break }
            }
            #expect(completion.tokens == expected)
            #expect(completion.isStopped == (last == 2))
        }
        #expect(throws: LanguageModelError.unknownToken(7, vocabularySize: 4)) { try sampler.greedy(from: model, prompts: [[7]]) }
        #expect(throws: LanguageModelError.tooLong(length: 13, contextLength: 12)) {
            try sampler.greedy(from: model, prompts: [[Int](repeating: 0, count: 13)])
        }
        let full = try Sampler(maximumTokens: 50).greedy(from: model, prompts: [[0, 1]])
        #expect(full[0].tokens.count == 10)
    }

    @Test func bestOfTakesTheHighestScore() throws {
        var first = Philox(seed: 5), second = Philox(seed: 5)
        let sampler = Sampler(maximumTokens: 3)
        let best = try sampler.bestOf(8, from: model, prompts: [[0], [1]], using: &first) { _, completion in completion.logProbability }
        let all = try sampler.sample(
            from: model, prompts: [[Int]](repeating: [0], count: 8) + [[Int]](repeating: [1], count: 8), using: &second)
        #expect(best[0].logProbability == all[0..<8].map(\.logProbability).max())
        #expect(best[1].logProbability == all[8...].map(\.logProbability).max())
    }

    /// With as many beams as there are sequences the search is exhaustive: the best of all 4³, and of those without a veto.
    @Test func beamSearchFindsTheBest() throws {
        let rows = model.table.logSoftmax()
        var all: [(tokens: [Int], sum: Double)] = []
        for a in 0..<4 {
            for b in 0..<4 {
                for c in 0..<4 {
                    all.append(([a, b, c], rows[0, a].scalar + rows[a, b].scalar + rows[b, c].scalar))
                }
            }
        }
        all.sort { $0.sum > $1.sum }
        let search = BeamSearch(beams: 64, maximumTokens: 3)
        let found = try search.search(model, prompt: [0])
        #expect(found.count == 64)
        #expect(found[0].tokens == all[0].tokens)
        #expect(zip(found, all).allSatisfy { abs($0.logProbability - $1.sum) < 1e-12 })
        let veto = try search.search(model, prompt: [0]) { $0.contains(all[0].tokens[0]) }
        #expect(veto[0].tokens == all.first { !$0.tokens.contains(all[0].tokens[0]) }?.tokens)
        // One beam is the greedy continuation.
        let greedy = try Sampler(maximumTokens: 3).greedy(from: model, prompts: [[0]])
        #expect(try BeamSearch(beams: 1, maximumTokens: 3).search(model, prompt: [0])[0].tokens == greedy[0].tokens)
    }
}

@Suite struct BytePairTests {
    /// The first merges by counting: "ab" stands 5 times, then ("ab", "c") 3 times.
    @Test func learnsByFrequency() throws {
        let tokenizer = try BytePairTokenizer(training: ["abcxab", "abc abc-ab"], vocabularySize: 258, segmentation: .none)
        #expect(tokenizer.merges == [.init(97, 98), .init(256, 99)])
        #expect(tokenizer.encode("abcab") == [257, 256])
        #expect(try tokenizer.decode([257, 256]) == "abcab")
        #expect(tokenizer.tokenCounts(of: "abcab")[257] == 1)
    }

    @Test func decodingUndoesEncoding() throws {
        let text = "the cat sat on the mat; the hat, 12 cats 345!  Ünïcode — 漢字 🎈\n\tthe end "
        let tokenizer = try BytePairTokenizer(training: [text, text + "the theme"], vocabularySize: 300)
        for sample in [text, "the  unseen\r\nwords 99", "", " ", "émile"] {
            #expect(try tokenizer.decode(tokenizer.encode(sample)) == sample)
        }
        #expect(tokenizer.encode(text).count < text.utf8.count)
        // Merges never cross words: no token but those of white space has a space that is not its first byte.
        for token in 256..<tokenizer.vocabularySize {
            let bytes = try tokenizer.data(of: [token])
            #expect(!bytes.dropFirst().contains(32) || bytes.allSatisfy { $0 == 32 || $0 == 10 || $0 == 9 })
        }
        #expect(throws: LanguageModelError.unknownToken(999, vocabularySize: tokenizer.vocabularySize)) { try tokenizer.decode([999]) }
        #expect(throws: LanguageModelError.self) { try BytePairTokenizer(training: [], vocabularySize: 10) }
        #expect(throws: LanguageModelError.self) { try BytePairTokenizer(merges: [.init(300, 1)]) }
    }
}
