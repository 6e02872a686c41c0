import DeepLearning
import Foundation
import Mathematics
import Testing

struct TextDataTests {
    @Test func charactersGoThereAndBack() throws {
        let vocabulary = CharacterVocabulary("hello world")
        #expect(vocabulary.count == 8 + 3)
        let tokens = try vocabulary.encode("low")
        #expect(vocabulary.decode([CharacterVocabulary.beginning] + tokens + [CharacterVocabulary.end, 5]) == "low")
        #expect(throws: UnknownTokenError(text: "x", position: 2)) { try vocabulary.encode("hex") }
        #expect(vocabulary.tokenNames.count == vocabulary.count)
        let (batch, mask) = TokenBatch.padded([[5, 6], [7]])
        #expect(batch.scalars == [5, 6, 7, 0] && mask.scalars == [true, true, true, false])
    }

    @Test func windowsComeFromTheCorpus() throws {
        let corpus = TokenCorpus(Array(0..<100))
        var generator = Philox(seed: 1)
        let windows = try corpus.randomWindows(count: 500, length: 10, using: &generator)
        var starts: Set<Int> = []
        for row in 0..<500 {
            let tokens = windows[row].scalars
            starts.insert(tokens[0])
            #expect(tokens == Array(tokens[0]..<tokens[0] + 10))
        }
        #expect(starts.min() == 0 && starts.max() == 90)
        let consecutive = try corpus.consecutiveWindows(length: 10)
        #expect(consecutive.shape == [11, 10])
        #expect(consecutive[1, 0].scalar == 9 && consecutive[10, 9].scalar == 99)
        #expect(throws: TrainingError.self) { try corpus.randomWindows(count: 1, length: 101, using: &generator) }
        #expect(TokenCorpus(bytesOf: "aé").tokens == [97, 195, 169])
    }

    /// aⁿbⁿ has the probability 0.4ⁿ⁻¹ · 0.6.
    @Test func grammarProbabilities() throws {
        let grammar = try ProbabilisticGrammar(
            start: "S", rules: [("S", ["a", "S", "b"], 2), ("S", ["a", "b"], 3)])
        #expect(abs(grammar.logProbability(of: ["a", "a", "a", "b", "b", "b"]) - log(0.4 * 0.4 * 0.6)) < 1e-12)
        #expect(grammar.logProbability(of: ["a", "b", "b"]) == -.infinity)
        var generator = Philox(seed: 2)
        let counts = (0..<4000).reduce(into: [Int: Int]()) { counts, _ in
            counts[grammar.sentence(using: &generator)?.count ?? 0, default: 0] += 1
        }
        #expect(abs(Double(counts[2] ?? 0) / 4000 - 0.6) < 0.03)
        #expect(abs(Double(counts[4] ?? 0) / 4000 - 0.24) < 0.03)
    }

    /// S → S S (p) | a (1 − p) makes aⁿ in Catalan(n − 1) ways: the probability sums over all of them.
    @Test func ambiguousSentencesSumOverDerivations() throws {
        let grammar = try ProbabilisticGrammar(start: "S", rules: [("S", ["S", "S"], 0.3), ("S", ["a"], 0.7)])
        for (n, catalan) in [(1, 1.0), (2, 1), (3, 2), (4, 5), (5, 14), (6, 42)] {
            let expected = log(catalan) + Double(n - 1) * log(0.3) + Double(n) * log(0.7)
            #expect(abs(grammar.logProbability(of: [String](repeating: "a", count: n)) - expected) < 1e-12)
        }
    }

    @Test func badGrammarsAreErrors() {
        typealias Grammar = ProbabilisticGrammar
        #expect(throws: Grammar.GrammarError.noRule(symbol: "S")) { try Grammar(start: "S", rules: [("T", ["a"], 1)]) }
        #expect(throws: Grammar.GrammarError.emptyRule(symbol: "S")) { try Grammar(start: "S", rules: [("S", [], 1)]) }
        #expect(throws: Grammar.GrammarError.weight(symbol: "S", value: 0)) { try Grammar(start: "S", rules: [("S", ["a"], 0)]) }
        #expect(throws: Grammar.GrammarError.self) {
            try Grammar(start: "S", rules: [("S", ["T"], 1), ("T", ["S"], 1), ("T", ["a"], 1)])
        }
    }

    @Test func syntheticLanguageIsZipfianAndAgrees() throws {
        var generator = Philox(seed: 3)
        let language = try SyntheticLanguage(using: &generator)
        let corpus = language.corpus(wordCount: 40_000, using: &generator)
        let words = corpus.tokens.map { language.words[$0] }
        func frequency(_ noun: String) -> Double { Double(words.count { $0 == noun || $0 == noun + "s" }) }
        let ratio = frequency(language.nouns[0]) / frequency(language.nouns[3])
        #expect(abs(ratio - 4) < 0.6)
        // Every sentence is one of the grammar's; an exchanged number makes it none.
        let sentence = language.sentence(using: &generator)
        #expect(language.grammar.logProbability(of: sentence) > -.infinity)
        let (noun, verb) = (language.nouns[0], language.verbs[0])
        #expect(language.grammar.logProbability(of: ["the", noun, verb + "s", "."]) > -.infinity)
        #expect(language.grammar.logProbability(of: ["the", noun, verb, "."]) == -.infinity)
        #expect(language.grammar.logProbability(of: ["the", noun + "s", "near", "the", noun, verb, "."]) > -.infinity)
        #expect(Set(language.words).count == language.words.count)
        #expect(throws: TrainingError.self) { try SyntheticLanguage(nounCount: 0, using: &generator) }
    }
}
