import Architectures
import DeepLearning
import Foundation
import Mathematics
import Testing

@Suite struct WordModelTests {
    /// Counted next words against the probabilities that the language states, and the best possible error against a
    /// count.
    @Test func markovTextHasTheStatedProbabilities() throws {
        var generator = Philox(seed: 1)
        let language = try ZipfianMarkovLanguage(
            vocabularySize: 5, order: 2, classCount: 2, preference: 1, using: &generator)
        let text = language.text(wordCount: 60_000, using: &generator)
        var counts: [[Int]: [Double]] = [:]
        for place in 2..<text.count {
            counts[Array(text[place - 2..<place]), default: [0, 0, 0, 0, 0]][text[place]] += 1
        }
        var hits = 0.0
        for (context, seen) in counts {
            let p = try language.nextWordProbabilities(after: context)
            #expect(abs(p.sum - 1) < 1e-12)
            let total = seen.reduce(0, +)
            for word in 0..<5 {
                let error = (p[word] * (1 - p[word]) * total).squareRoot() + 1
                #expect(abs(seen[word] - p[word] * total) < 5 * error)
            }
            let best = p.indices.sorted { p[$0] > p[$1] }.prefix(2)
            hits += best.reduce(0) { $0 + seen[$1] }
        }
        let smallest = try language.smallestErrors(on: text, guesses: [2, 5])
        #expect(abs(smallest[0] - (1 - hits / Double(text.count - 2))) < 0.01)
        #expect(abs(smallest[1]) < 1e-12)
    }

    /// Without preferences the words are drawn by Zipf's law alone.
    @Test func frequenciesFollowZipfsLaw() throws {
        var generator = Philox(seed: 2)
        let language = try ZipfianMarkovLanguage(
            vocabularySize: 4, order: 1, classCount: 3, preference: 0, using: &generator)
        let p = try language.nextWordProbabilities(after: [2])
        for (word, expected) in [12.0, 6, 4, 3].enumerated() { #expect(abs(p[word] - expected / 25) < 1e-12) }
    }

    @Test func languageNamesBadArguments() throws {
        var generator = Philox(seed: 3)
        #expect(throws: ArchitectureError.self) { try ZipfianMarkovLanguage(vocabularySize: 1, using: &generator) }
        #expect(throws: ArchitectureError.self) {
            try ZipfianMarkovLanguage(vocabularySize: 10, order: 6, classCount: 10, using: &generator)
        }
        let language = try ZipfianMarkovLanguage(vocabularySize: 4, order: 2, classCount: 2, using: &generator)
        #expect(throws: ArchitectureError.invalid(argument: "context[1]", value: "4", expected: "a word, 0 ..< 4")) {
            try language.nextWordProbabilities(after: [0, 4])
        }
        #expect(throws: ArchitectureError.invalid(argument: "context", value: "of 1 words", expected: "2 words")) {
            try language.nextWordProbabilities(after: [0])
        }
    }

    private func file(_ text: String) throws -> String {
        let path = NSTemporaryDirectory() + "/words-\(UUID().uuidString).txt"
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func corpusKeepsTheMostFrequentWords() throws {
        let path = try file("the cat sat\n\n the  dog sat\nthe bird\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let corpus = try WordCorpus(path: path, vocabularySize: 4)
        // the, <eos> and what is unknown (cat, dog, bird) come three times each, sat twice.
        #expect(corpus.words == ["<eos>", "<unk>", "the", "sat"])
        #expect(corpus.tokens == [2, 1, 3, 0, 2, 1, 3, 0, 2, 1, 0])
        let whole = try WordCorpus(path: path, vocabularySize: 100)
        #expect(whole.words == ["<eos>", "the", "sat", "bird", "cat", "dog", "<unk>"])
    }

    @Test func corpusNamesTheFile() throws {
        #expect(throws: TextFileError(file: "/nowhere", line: nil, problem: "missing or unreadable")) {
            try WordCorpus(path: "/nowhere", vocabularySize: 10)
        }
        let path = try file(" \n\n")
        defer { try? FileManager.default.removeItem(atPath: path) }
        let problem = "there are no words: expected a sentence a line"
        #expect(throws: TextFileError(file: path, line: nil, problem: problem)) {
            try WordCorpus(path: path, vocabularySize: 10)
        }
        try Data([0xFF, 0xFE, 0x41]).write(to: URL(fileURLWithPath: path))
        #expect(throws: TextFileError(file: path, line: nil, problem: "not a text in UTF-8")) {
            try WordCorpus(path: path, vocabularySize: 10)
        }
    }

    /// A deterministic language, each word followed by the next one: every head learns it.
    @Test func everyHeadLearnsASimpleLanguage() throws {
        let examples = try NGramExamples((0..<400).map { $0 % 9 }, order: 2)
        #expect(examples.count == 398)
        #expect(examples.batch([0, 5]).contexts.scalars == [0, 1, 5, 6])
        #expect(examples.batch([0, 5]).words.scalars == [2, 7])
        let heads: [OutputHead] = [
            .flat(.logSoftmax), .flat(.spherical(.zLoss(sharpness: 1, location: 2))), .flat(.spherical(.squaredError)),
            .flat(.spherical(.logTaylorSoftmax)), .flat(.spherical(.logSphericalSoftmax())), .hierarchical,
        ]
        for head in heads {
            var generator = Philox(seed: 4)
            let training = NGramTraining(steps: 300, batchSize: 16, embeddingWidth: 8, hiddenWidth: 16)
            let model = try training.model(head, vocabularySize: 9, on: examples, using: &generator)
            let errors = model.topErrors(on: examples, guesses: [1, 9])
            #expect(errors[0] < 0.01, "\(head)")
            #expect(errors[1] == 0)
        }
    }
}
