import DeepLearning
import Foundation

/// A plain text as numbers of words, in the form of the Penn Treebank's language modelling files: words between spaces,
/// a sentence a line.
public struct WordCorpus: Sendable, Equatable {
    /// What stands for words outside the vocabulary.
    public static let unknown = "<unk>"
    /// What stands at the end of a line.
    public static let endOfLine = "<eos>"

    /// The words, the most frequent first; equally frequent ones in the order of their characters.
    public let words: [String]
    /// The text, each word by its place in `words`.
    public let tokens: [Int]

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: a text in UTF-8; empty lines are passed over.
    ///   - vocabularySize: the most frequent words are kept, this many with `unknown` and `endOfLine`.
    /// - Throws: `TextFileError` that names the file and what is wrong.
    public init(path: String, vocabularySize: Int) throws(TextFileError) {
        func fail(_ problem: String) -> TextFileError { TextFileError(file: path, line: nil, problem: problem) }
        guard vocabularySize > 2 else { throw fail("vocabularySize is \(vocabularySize): expected at least 3") }
        guard let data = FileManager.default.contents(atPath: path) else { throw fail("missing or unreadable") }
        guard let text = String(data: data, encoding: .utf8) else { throw fail("not a text in UTF-8") }
        var sequence: [Substring] = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words = line.split(whereSeparator: \.isWhitespace)
            if !words.isEmpty { sequence += words + [Self.endOfLine[...]] }
        }
        guard !sequence.isEmpty else { throw fail("there are no words: expected a sentence a line") }

        var counts: [Substring: Int] = [Self.unknown[...]: 0]
        for word in sequence { counts[word, default: 0] += 1 }
        let special: Set<Substring> = [Self.unknown[...], Self.endOfLine[...]]
        let ordinary = counts.filter { !special.contains($0.key) }
            .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
        for (word, count) in ordinary.dropFirst(vocabularySize - 2) {
            counts[Self.unknown[...], default: 0] += count
            counts[word] = nil
        }
        words = counts.sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }.map { String($0.key) }
        let places = Dictionary(uniqueKeysWithValues: words.enumerated().map { ($1[...], $0) })
        let rest = places[Self.unknown[...]] ?? 0
        tokens = sequence.map { places[$0] ?? rest }
    }
}
