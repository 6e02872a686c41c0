/// Text that a vocabulary has no token for.
public struct UnknownTokenError: Error, Equatable, CustomStringConvertible {
    /// The character or word.
    public let text: String
    /// Its place in the text, from 0, counted in tokens.
    public let position: Int

    public init(text: String, position: Int) {
        self.text = text
        self.position = position
    }

    public var description: String { "there is no token for \"\(text)\" at position \(position)" }
}

/// Characters as tokens, behind a padding, a beginning and an end token.
public struct CharacterVocabulary: Sendable, Equatable {
    /// The token that fills up short sequences: 0.
    public static let padding = 0
    /// The token before a sequence: 1.
    public static let beginning = 1
    /// The token behind a sequence: 2.
    public static let end = 2

    /// The characters, in the order of their tokens from 3 on.
    public let characters: [Character]
    private let tokens: [Character: Int]

    /// A vocabulary of the different characters of some text, in the order of their code points.
    public init(_ text: some Sequence<Character>) {
        characters = Set(text).sorted { $0.unicodeScalars.lexicographicallyPrecedes($1.unicodeScalars) }
        tokens = Dictionary(uniqueKeysWithValues: characters.enumerated().map { ($1, $0 + 3) })
    }

    /// The number of tokens, the three special ones included.
    public var count: Int { characters.count + 3 }

    /// The tokens of a text, without any around them.
    ///
    /// - Throws: `UnknownTokenError` at the first character that is not in the vocabulary.
    public func encode(_ text: String) throws(UnknownTokenError) -> [Int] {
        var result: [Int] = []
        for (position, character) in text.enumerated() {
            guard let token = tokens[character] else { throw UnknownTokenError(text: String(character), position: position) }
            result.append(token)
        }
        return result
    }

    /// The text of tokens up to the first end token; padding and beginning are left out.
    ///
    /// Stops the program if a token is not in the vocabulary.
    public func decode(_ tokens: some Sequence<Int>) -> String {
        var text = ""
        for token in tokens {
            if token == Self.end { break }
            if token == Self.padding || token == Self.beginning { continue }
            precondition(0..<count ~= token, "token \(token) is not in 0 ..< \(count)")
            text.append(characters[token - 3])
        }
        return text
    }

    /// What each token stands for, for tables and axes.
    public var tokenNames: [String] { ["<padding>", "<beginning>", "<end>"] + characters.map(String.init) }
}

extension Character.UnicodeScalarView {
    fileprivate func lexicographicallyPrecedes(_ other: Character.UnicodeScalarView) -> Bool {
        lexicographicallyPrecedes(other) { $0.value < $1.value }
    }
}

/// Sequences of tokens, in tensors that a model can read.
public enum TokenBatch {
    /// Sequences of unequal length in one tensor, filled up behind with a padding token.
    ///
    /// - Returns: tokens of the shape [sequences, longest], and which of them are not padding.
    public static func padded(_ sequences: [[Int]], with padding: Int = 0) -> (tokens: Tensor<Int>, mask: Tensor<Bool>) {
        let longest = sequences.map(\.count).max() ?? 0
        var tokens: [Int] = [], mask: [Bool] = []
        for sequence in sequences {
            let missing = longest - sequence.count
            tokens += sequence + [Int](repeating: padding, count: missing)
            mask += [Bool](repeating: true, count: sequence.count) + [Bool](repeating: false, count: missing)
        }
        let shape: TensorShape = [sequences.count, longest]
        return (Tensor(shape: shape, scalars: tokens), Tensor(shape: shape, scalars: mask))
    }
}
