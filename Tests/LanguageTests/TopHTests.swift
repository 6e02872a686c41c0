import DeepLearning
import Foundation
import Language
import Mathematics
import Testing

@Suite struct TopHTests {
    /// J(Γ) against the divergence of the two distributions themselves, whatever the set.
    @Test func divergenceDependsOnTheMassAlone() throws {
        // Γ = 0.7: 0.15 + 0.35 log2(1.4/1.7) + 0.5 log2(2/1.7)
        #expect(abs(try truncationDivergence(keepingMass: 0.7) - 0.1691949) < 5e-8)
        #expect(try truncationDivergence(keepingMass: 1) == 0)
        var generator = Philox(seed: 1)
        for _ in 0..<50 {
            let p = generator.dirichlet(concentrations: [Double](repeating: 0.7, count: 9))
            let kept = Set((0..<9).filter { _ in generator.uniform() < 0.5 } + [4])
            let mass = kept.reduce(0) { $0 + p[$1] }
            let q = p.indices.map { kept.contains($0) ? p[$0] / mass : 0 }
            let direct = try jensenShannonDivergence(Array(p), q, base: 2)
            #expect(abs(try truncationDivergence(keepingMass: mass) - direct) < 1e-12)
        }
    }

    /// p = (0.5, 0.25, 0.125, 0.125): H = 1.75 ln 2. Of the first two, q = (2/3, 1/3), H(q) = 0.6365 = 0.5247 H; of the
    /// first three, q = (4, 2, 1)/7, H(q) = 0.9557 = 0.7879 H.
    @Test func keepsWhatTheBoundAllows() throws {
        let p = [0.125, 0.5, 0.125, 0.25]
        #expect(try boundedEntropyTokens(of: p, share: 0.4) == [1])
        #expect(try boundedEntropyTokens(of: p, share: 0.524) == [1])
        #expect(try boundedEntropyTokens(of: p, share: 0.525) == [1, 3])
        #expect(try boundedEntropyTokens(of: p, share: 0.787) == [1, 3])
        #expect(try boundedEntropyTokens(of: p, share: 0.788) == [1, 3, 0])
        #expect(try boundedEntropyTokens(of: p, share: 1) == [1, 3, 0, 2])
        #expect(try boundedEntropyTokens(of: p, share: 1, limit: 2) == [1, 3])
        // −Σ p ln p of the first one is 0.5 ln 2, of two 1 ln 2, of three 1.375 ln 2; of all 1.75 ln 2.
        #expect(try boundedEntropyTokens(of: p, share: 0.57, rule: .released) == [1])
        #expect(try boundedEntropyTokens(of: p, share: 0.58, rule: .released) == [1, 3])
        let entropies = try prefixEntropies(of: p)
        #expect(abs(entropies[1] - (log(3) - 2.0 / 3 * log(2))) < 1e-15)
        #expect(abs(entropies[3] - 1.75 * log(2)) < 1e-15)
    }

    /// ln k ≤ α ln n for a uniform distribution: k = ⌊n^α⌋; the released rule keeps ⌊αn⌋.
    @Test func uniformDistributions() throws {
        for n in [2, 5, 32, 100, 243, 1000] {
            let p = [Double](repeating: 1 / Double(n), count: n)
            #expect(try boundedEntropyTokens(of: p).count == Int(pow(Double(n), 0.4) + 1e-9))
            #expect(try boundedEntropyTokens(of: p, rule: .released).count == max(1, 2 * n / 5))
        }
    }

    /// The best set can leave out a likely token: 0.45 and 0.1 have less entropy than 0.45 and 0.35.
    @Test func bruteForceFindsSetsThatAreNoPrefixes() throws {
        let p = [0.45, 0.35, 0.1, 0.1]
        let best = try largestBoundedEntropySet(of: p, share: 0.45)
        // H(p) = 1.1873; the bound 0.5343. {0.45, 0.1}: H = 0.4741, mass 0.55; {0.45, 0.35}: H = 0.6853.
        #expect(best.tokens == [0, 2] && abs(best.mass - 0.55) < 1e-15)
        #expect(try boundedEntropyTokens(of: p, share: 0.45) == [0])
        #expect(throws: LanguageModelError.self) {
            try largestBoundedEntropySet(of: [Double](repeating: 1, count: 21))
        }
    }

    @Test func greedyIsNeverBetterThanTheBestSet() throws {
        var generator = Philox(seed: 2)
        for _ in 0..<100 {
            let p = generator.dirichlet(concentrations: [Double](repeating: 1, count: 8))
            let greedy = try boundedEntropyTokens(of: Array(p)).reduce(0) { $0 + p[$1] }
            let best = try largestBoundedEntropySet(of: Array(p))
            #expect(best.mass >= greedy - 1e-15)
            let q = best.tokens.map { p[$0] / best.mass }
            #expect(try entropy(of: q) <= 0.4 * entropy(of: Array(p)) * (1 + 1e-11))
        }
    }

    @Test func processorLeavesTheKeptLogitsAlone() throws {
        var logits: [Double] = [0, 2, -.infinity, 1]
        let before = logits
        try TopH(1, limit: nil).process(&logits, after: [])
        #expect(logits == before)
        try TopH(0.01).process(&logits, after: [])
        #expect(logits == [-Double.infinity, 2, -Double.infinity, -Double.infinity])
        var flat = [Double](repeating: 0, count: 400)
        try TopH(1).process(&flat, after: [])
        #expect(flat.count { $0 == 0 } == 100)
    }

    @Test func badArgumentsAreNamed() throws {
        let share = #expect(throws: LanguageModelError.self) { try TopH(0) }
        #expect(share?.description == "share is 0.0: expected a number above 0 and at most 1")
        #expect(throws: LanguageModelError.self) { try TopH(0.4, limit: 0) }
        let negative = #expect(throws: LanguageModelError.self) { try boundedEntropyTokens(of: [0.5, -1]) }
        #expect(negative?.description == "probabilities[1] is -1.0: expected a number of at least 0")
        #expect(throws: LanguageModelError.self) { try boundedEntropyTokens(of: []) }
        #expect(throws: LanguageModelError.self) { try boundedEntropyTokens(of: [0, 0]) }
        #expect(throws: LanguageModelError.self) { try truncationDivergence(keepingMass: 1.5) }
    }

    @Test func readsLogits() throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("logits-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        func write(_ text: String) throws { try text.write(toFile: path, atomically: true, encoding: .utf8) }
        try write("[1, 2.5, -3]")
        #expect(try LogitsFile.distributions(path: path) == [[1, 2.5, -3]])
        try write("[[1, 2], [3, 4, 5]]")
        #expect(try LogitsFile.distributions(path: path) == [[1, 2], [3, 4, 5]])
        try write("[[1], []]")
        let empty = #expect(throws: TextFileError.self) { try LogitsFile.distributions(path: path) }
        #expect(empty?.problem == "[1] is empty: expected at least one number")
        try write("{\"a\": 1}")
        #expect(throws: TextFileError.self) { try LogitsFile.distributions(path: path) }
        #expect(throws: TextFileError.self) { try LogitsFile.distributions(path: path + ".none") }
    }

    @Test func qualityCountsWhatItSays() throws {
        let grammar = try ProbabilisticGrammar(start: "S", rules: [("S", ["a", "S", "b"], 1), ("S", ["a", "b"], 1)])
        let quality = DecodingQuality(
            of: [["a", "b"], ["a", "a", "b", "b"], ["a", "b", "b"], ["a", "b"]], grammar: grammar, known: [["a", "b"]])
        #expect(quality.grammatical == 0.75 && quality.novel == 0.5)
        // Pairs: ab; aa ab bb; ab bb; ab: 7 of which 3 differ.
        #expect(quality.distinctPairs == 3.0 / 7)
    }
}

@Suite struct DecodingTestBedTests {
    /// A model that always knows: it gives the token of a table after each sequence.
    private struct Oracle: IncrementalLanguageModel, Sendable {
        typealias Scalar = Double
        typealias State = TokenHistory
        var vocabularySize: Int
        var contextLength = 64
        var next: [[Int]: Int]

        func forEachParameter(_ body: (inout Tensor<Double>) throws -> Void) rethrows {}
        func logits(_ tokens: Tensor<Int>) -> Tensor<Double> {
            let (batch, time) = (tokens.shape[0], tokens.shape[1]), flat = tokens.scalars
            var result = [Double](repeating: -50, count: batch * time * vocabularySize)
            for row in 0..<batch {
                for column in 0..<time {
                    let prefix = Array(flat[row * time...row * time + column])
                    result[(row * time + column) * vocabularySize + (next[prefix] ?? 2)] = 50
                }
            }
            return Tensor(shape: [batch, time, vocabularySize], scalars: result)
        }
    }

    /// A model that knows the right solutions of the first half of the problems and writes nothing for the others.
    @Test func accuracyIsTheShareOfRightAnswers() throws {
        var generator = Philox(seed: 5)
        let bed = try DecodingTestBed(nounCount: 6, using: &generator)
        let problems = try (0..<40).map { try bed.task.example(seed: UInt64($0), difficulty: 2) }
        var oracle = Oracle(vocabularySize: bed.vocabularySize, next: [:])
        let distinct = Array(Set(problems)).sorted { $0.prompt < $1.prompt }
        for problem in distinct.prefix(distinct.count / 2) {
            let example = try TokenExample(problem, vocabulary: bed.task.vocabulary)
            for place in example.completion.indices {
                oracle.next[example.prompt + example.completion[..<place]] = example.completion[place]
            }
        }
        let sampler = Sampler(maximumTokens: 30, stopTokens: [bed.stopToken])
        let share = try bed.accuracy(of: oracle, examples: distinct, sampler: sampler, using: &generator)
        #expect(share == Double(distinct.count / 2) / Double(distinct.count))
    }

    @Test func sentencesAreWordsAgain() throws {
        var generator = Philox(seed: 6)
        let bed = try DecodingTestBed(nounCount: 6, using: &generator)
        let (examples, sentences) = try bed.examples(count: 40, using: &generator)
        #expect(examples.count == 40)
        #expect(sentences.allSatisfy { bed.language.grammar.logProbability(of: $0) > -.infinity && $0.count <= 30 })
        let example = examples[1]
        var oracle = Oracle(vocabularySize: bed.vocabularySize, next: [:])
        for place in example.completion.indices {
            oracle.next[example.prompt + example.completion[..<place]] = example.completion[place]
        }
        let sampler = Sampler(maximumTokens: 40, stopTokens: [bed.stopToken])
        let written = try bed.sentences(3, from: oracle, sampler: sampler, using: &generator)
        #expect(written.count == 3 && sentences.contains(written[0]) && written[2] == written[0])
        #expect(throws: LanguageModelError.self) { try DecodingTestBed(nounCount: 1, using: &generator) }
    }
}
