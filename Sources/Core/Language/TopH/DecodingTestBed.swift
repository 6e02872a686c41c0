import DeepLearning
import Mathematics

/// Two skills over one vocabulary on which decoding rules are compared: chains of arithmetic, whose answers are right or
/// wrong, and sentences of a synthetic language, which its grammar can make or not (the stand-in for GSM8K and creative
/// writing in top-h, arXiv:2509.02510).
///
/// One vocabulary matters: at a high temperature the words of the one skill are the tail of the other's distribution.
public struct DecodingTestBed: Sendable {
    /// The arithmetic.
    public let task: ModularArithmeticChains
    /// The sentences.
    public let language: SyntheticLanguage
    private let characters: CharacterVocabulary
    private let places: [String: Int]
    private static let longestSentence = 30

    /// The paper's two skills, small.
    ///
    /// - Parameters:
    ///   - nounCount: how many nouns the language has; it has two thirds as many verbs and half as many adjectives.
    ///   - generator: draws the words.
    /// - Throws: `LanguageModelError.invalidArgument` unless there are at least 2 nouns.
    public init<G: RandomNumberGenerator>(nounCount: Int = 60, using generator: inout G) throws {
        guard nounCount >= 2 else {
            throw LanguageModelError.invalidArgument(name: "nounCount", value: "\(nounCount)", expected: "at least 2")
        }
        task = try ModularArithmeticChains()
        language = try SyntheticLanguage(
            nounCount: nounCount, verbCount: nounCount * 2 / 3, adjectiveCount: nounCount / 2, using: &generator)
        characters = task.vocabulary
        let offset = characters.count
        places = Dictionary(uniqueKeysWithValues: language.words.enumerated().map { ($1, $0 + offset) })
    }

    /// The number of tokens: three special ones, the characters of the arithmetic, the words.
    public var vocabularySize: Int { characters.count + places.count }
    /// Room for the longest prompt with its completion.
    public var contextLength: Int { 64 }
    /// The token behind a completion.
    public var stopToken: Int { CharacterVocabulary.end }

    /// Training examples, half of them chains of one to three operations, half sentences of at most 30 words.
    ///
    /// - Returns: the examples, and the sentences among them.
    public func examples<G: RandomNumberGenerator>(
        count: Int, using generator: inout G
    ) throws -> (examples: [TokenExample], sentences: Set<[String]>) {
        var examples: [TokenExample] = []
        var sentences: Set<[String]> = []
        for index in 0..<count {
            if index.isMultiple(of: 2) {
                let example = try task.example(difficulty: 1 + generator.integer(below: 3), using: &generator)
                examples.append(try TokenExample(example, vocabulary: characters))
            } else {
                var words = language.sentence(using: &generator)
                while words.count > Self.longestSentence { words = language.sentence(using: &generator) }
                sentences.insert(words)
                examples.append(
                    TokenExample(
                        prompt: [CharacterVocabulary.beginning],
                        completion: words.compactMap { places[$0] } + [stopToken]))
            }
        }
        return (examples, sentences)
    }

    /// The share of problems that a model solves when its answers are drawn.
    ///
    /// - Parameters:
    ///   - model: of this vocabulary.
    ///   - examples: problems of `task`.
    ///   - sampler: how tokens are drawn.
    ///   - generator: draws them.
    /// - Throws: `LanguageModelError` or `UnknownTokenError` for a prompt that the model cannot read.
    public func accuracy<Model: IncrementalLanguageModel, G: RandomNumberGenerator>(
        of model: Model, examples: [TaskExample], sampler: Sampler, using generator: inout G
    ) throws -> Double {
        let prompts = try examples.map { [CharacterVocabulary.beginning] + (try characters.encode($0.prompt)) }
        let completions = try sampler.sample(from: model, prompts: prompts, using: &generator)
        let correct = zip(completions, examples).count { completion, example in
            completion.isStopped && completion.tokens.allSatisfy { $0 < characters.count }
                && task.isCorrect(characters.decode(completion.tokens), for: example)
        }
        return Double(correct) / Double(max(examples.count, 1))
    }

    /// Sentences that a model writes, as words; characters of the arithmetic among them stand as they are.
    ///
    /// - Parameters:
    ///   - count: how many sentences.
    ///   - model: of this vocabulary.
    ///   - sampler: how tokens are drawn.
    ///   - generator: draws them.
    /// - Throws: `LanguageModelError` if the model cannot read the prompt.
    public func sentences<Model: IncrementalLanguageModel, G: RandomNumberGenerator>(
        _ count: Int, from model: Model, sampler: Sampler, using generator: inout G
    ) throws -> [[String]] {
        let prompts = [[Int]](repeating: [CharacterVocabulary.beginning], count: count)
        let names = characters.tokenNames + language.words
        return try sampler.sample(from: model, prompts: prompts, using: &generator).map { completion in
            completion.tokens.filter { $0 != stopToken }.map { names[$0] }
        }
    }
}
