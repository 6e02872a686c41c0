import Mathematics
import RealModule

/// An invented language: a small English-like grammar with agreement in number, embedded clauses, and a vocabulary
/// of invented words whose frequencies follow Zipf's law.
///
/// The k-th most frequent word of a class has a probability proportional to 1/k^exponent (Zipf 1949). A verb
/// agrees with its subject over any clause between them, which a model of neighbouring words cannot learn.
public struct SyntheticLanguage: Sendable {
    /// The grammar with all its words.
    public let grammar: ProbabilisticGrammar
    /// The words of each class, most frequent first.
    public let nouns: [String], verbs: [String], adjectives: [String]

    /// A language with words drawn by a generator.
    ///
    /// - Parameters:
    ///   - nounCount: how many nouns, each with a plural.
    ///   - verbCount: how many verbs, each with a plural.
    ///   - adjectiveCount: how many adjectives.
    ///   - exponent: of Zipf's law.
    ///   - generator: draws the words.
    /// - Throws: `TrainingError` unless there is a word of each class.
    public init<G: RandomNumberGenerator>(
        nounCount: Int = 40, verbCount: Int = 25, adjectiveCount: Int = 20, exponent: Double = 1,
        using generator: inout G
    ) throws(TrainingError) {
        try TrainingError.require(nounCount > 0, "nounCount", nounCount, "at least 1")
        try TrainingError.require(verbCount > 0, "verbCount", verbCount, "at least 1")
        try TrainingError.require(adjectiveCount > 0, "adjectiveCount", adjectiveCount, "at least 1")
        try TrainingError.require(
            nounCount + verbCount + adjectiveCount <= 5000, "nounCount + verbCount + adjectiveCount",
            nounCount + verbCount + adjectiveCount, "at most 5000 different words")
        var used: Set<String> = ["the", "that", "and", "near"]
        func word() -> String {
            let consonants = ["b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "t", "v", "z"], vowels = ["a", "e", "i", "o", "u"]
            while true {
                let syllables = 2 + generator.integer(below: 2)
                let word = (0..<syllables).map { _ in
                    consonants[generator.integer(below: consonants.count)] + vowels[generator.integer(below: vowels.count)]
                }.joined()
                if used.insert(word).inserted { return word }
            }
        }
        nouns = (0..<nounCount).map { _ in word() }
        verbs = (0..<verbCount).map { _ in word() }
        adjectives = (0..<adjectiveCount).map { _ in word() }
        var rules: [(left: String, right: [String], weight: Double)] = [
            ("Sentence", ["Clause", "."], 0.85), ("Sentence", ["Clause", "and", "Clause", "."], 0.15),
            ("Clause", ["One", "SingularVerb"], 0.25), ("Clause", ["Many", "PluralVerb"], 0.25),
            ("Clause", ["One", "SingularVerb", "Any"], 0.25), ("Clause", ["Many", "PluralVerb", "Any"], 0.25),
            ("Any", ["One"], 0.5), ("Any", ["Many"], 0.5),
        ]
        for (phrase, noun, verb) in [("One", "SingularNoun", "SingularVerb"), ("Many", "PluralNoun", "PluralVerb")] {
            rules += [
                (phrase, ["the", noun], 0.5), (phrase, ["the", "Adjective", noun], 0.3),
                (phrase, ["the", noun, "near", "Any"], 0.1), (phrase, ["the", noun, "that", verb, "Any"], 0.1),
            ]
        }
        for (rank, noun) in nouns.enumerated() {
            let weight = Double.pow(Double(rank + 1), -exponent)
            rules += [("SingularNoun", [noun], weight), ("PluralNoun", [noun + "s"], weight)]
        }
        for (rank, verb) in verbs.enumerated() {
            let weight = Double.pow(Double(rank + 1), -exponent)
            rules += [("SingularVerb", [verb + "s"], weight), ("PluralVerb", [verb], weight)]
        }
        for (rank, adjective) in adjectives.enumerated() {
            rules.append(("Adjective", [adjective], Double.pow(Double(rank + 1), -exponent)))
        }
        do {
            grammar = try ProbabilisticGrammar(start: "Sentence", rules: rules)
        } catch {
            throw .invalidArgument(name: "exponent", value: "\(exponent)", expected: "a moderate number: \(error)")
        }
    }

    /// A random sentence.
    public func sentence<G: RandomNumberGenerator>(using generator: inout G) -> [String] {
        while true {
            if let words = grammar.sentence(maximumLength: 60, using: &generator) { return words }
        }
    }

    /// Random sentences with at least so many words in all, as tokens of `words`.
    public func corpus<G: RandomNumberGenerator>(wordCount: Int, using generator: inout G) -> TokenCorpus {
        let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1, $0) })
        var tokens: [Int] = []
        while tokens.count < wordCount { tokens += sentence(using: &generator).compactMap { places[$0] } }
        return TokenCorpus(tokens)
    }

    /// Random sentences with at least so many characters in all, as text.
    public func text<G: RandomNumberGenerator>(characterCount: Int, using generator: inout G) -> String {
        var text = ""
        var count = 0
        while count < characterCount {
            let sentence = sentence(using: &generator).joined(separator: " ") + "\n"
            text += sentence
            count += sentence.count
        }
        return text
    }

    /// The words, in the order of the tokens of `corpus`.
    public var words: [String] { grammar.words }
}
