import Foundation

/// Tokens made of bytes by merging frequent neighbours (Sennrich et al. 2016, arXiv:1508.07909; on bytes as in GPT-2).
///
/// Ids 0 ..< 256 are the bytes; each merge adds one id. Text is cut into words, a word taking the space before it along, and
/// merges never cross words.
public struct BytePairTokenizer: Sendable, Equatable {
    /// How text is cut before pairs are merged.
    public enum Segmentation: String, Sendable, CaseIterable {
        /// Runs of letters, of digits, of other characters, each with one space before it, and runs of white space.
        case words
        /// Not at all.
        case none
    }

    /// The pairs in the order in which they were merged: pair i became token 256 + i.
    public let merges: [Pair]
    /// How text is cut.
    public let segmentation: Segmentation
    private let ranks: [Pair: Int]
    private let bytes: [[UInt8]]

    /// Two neighbouring tokens.
    public struct Pair: Hashable, Sendable {
        public let first: Int
        public let second: Int

        public init(_ first: Int, _ second: Int) {
            self.first = first
            self.second = second
        }
    }

    /// A tokenizer of given merges.
    ///
    /// - Throws: `LanguageModelError.unknownToken` for a merge of a token that does not exist before it.
    public init(merges: [Pair], segmentation: Segmentation = .words) throws(LanguageModelError) {
        var bytes = (0..<256).map { [UInt8($0)] }
        var ranks: [Pair: Int] = [:]
        for (rank, pair) in merges.enumerated() {
            for token in [pair.first, pair.second] where token < 0 || token >= bytes.count {
                throw .unknownToken(token, vocabularySize: bytes.count)
            }
            bytes.append(bytes[pair.first] + bytes[pair.second])
            ranks[pair] = ranks[pair] ?? rank
        }
        self.merges = merges
        self.segmentation = segmentation
        self.ranks = ranks
        self.bytes = bytes
    }

    /// Learns merges from text: again and again the most frequent pair of neighbours becomes a token, the pair with the lower
    /// ids among equally frequent ones. It ends early when no pair occurs `minimumCount` times.
    ///
    /// - Throws: `LanguageModelError.invalidArgument` for a vocabulary below 256.
    public init(
        training texts: [String], vocabularySize: Int, minimumCount: Int = 2, segmentation: Segmentation = .words
    ) throws(LanguageModelError) {
        guard vocabularySize >= 256 else {
            throw .invalidArgument(name: "vocabularySize", value: "\(vocabularySize)", expected: "at least the 256 bytes")
        }
        var frequencies: [[Int]: Int] = [:]
        for text in texts {
            for word in Self.words(of: text, segmentation) { frequencies[word.map { Int($0) }, default: 0] += 1 }
        }
        // A fixed order, so that the same texts always give the same merges.
        var words = frequencies.map { (tokens: $0.key, count: $0.value) }
            .sorted { $0.tokens.lexicographicallyPrecedes($1.tokens) }
        var counts: [Pair: Int] = [:]
        var places: [Pair: Set<Int>] = [:]
        func count(_ word: Int, _ sign: Int) {
            let tokens = words[word].tokens
            for index in tokens.indices.dropLast() {
                let pair = Pair(tokens[index], tokens[index + 1])
                counts[pair, default: 0] += sign * words[word].count
                if sign > 0 { places[pair, default: []].insert(word) }
            }
        }
        for word in words.indices { count(word, 1) }
        var merges: [Pair] = []
        while 256 + merges.count < vocabularySize {
            var best: (pair: Pair, count: Int)?
            for (pair, count) in counts where count >= minimumCount {
                guard let current = best else {
                    best = (pair, count)
                    continue
                }
                let isLower = (pair.first, pair.second) < (current.pair.first, current.pair.second)
                if count > current.count || count == current.count && isLower { best = (pair, count) }
            }
            guard let (pair, _) = best else { break }
            for word in places[pair] ?? [] {
                count(word, -1)
                words[word].tokens = Self.merging(pair, into: 256 + merges.count, words[word].tokens)
                count(word, 1)
            }
            counts[pair] = nil
            places[pair] = nil
            merges.append(pair)
        }
        try self.init(merges: merges, segmentation: segmentation)
    }

    /// Bytes and merges.
    public var vocabularySize: Int { bytes.count }

    /// The tokens of a text.
    public func encode(_ text: String) -> [Int] {
        var known: [[UInt8]: [Int]] = [:]
        return Self.words(of: text, segmentation).flatMap { word -> [Int] in
            if let tokens = known[word] { return tokens }
            var tokens = word.map { Int($0) }
            while tokens.count > 1 {
                var first: (rank: Int, pair: Pair)?
                for index in 0..<tokens.count - 1 {
                    let pair = Pair(tokens[index], tokens[index + 1])
                    if let rank = ranks[pair], rank < first?.rank ?? .max { first = (rank, pair) }
                }
                guard let (rank, pair) = first else { break }
                tokens = Self.merging(pair, into: 256 + rank, tokens)
            }
            known[word] = tokens
            return tokens
        }
    }

    /// The text of tokens; bytes that are no UTF-8 become U+FFFD.
    ///
    /// - Throws: `LanguageModelError.unknownToken`.
    public func decode(_ tokens: [Int]) throws(LanguageModelError) -> String {
        String(decoding: try data(of: tokens), as: UTF8.self)
    }

    /// The bytes of tokens.
    ///
    /// - Throws: `LanguageModelError.unknownToken`.
    public func data(of tokens: [Int]) throws(LanguageModelError) -> [UInt8] {
        var result: [UInt8] = []
        for token in tokens {
            guard token >= 0, token < bytes.count else { throw .unknownToken(token, vocabularySize: bytes.count) }
            result += bytes[token]
        }
        return result
    }

    /// How often each token stands in the encoding of a text.
    public func tokenCounts(of text: String) -> [Int] {
        var counts = [Int](repeating: 0, count: vocabularySize)
        for token in encode(text) { counts[token] += 1 }
        return counts
    }

    private static func merging(_ pair: Pair, into token: Int, _ tokens: [Int]) -> [Int] {
        var result: [Int] = []
        result.reserveCapacity(tokens.count)
        var index = 0
        while index < tokens.count {
            if index + 1 < tokens.count, tokens[index] == pair.first, tokens[index + 1] == pair.second {
                result.append(token)
                index += 2
            } else {
                result.append(tokens[index])
                index += 1
            }
        }
        return result
    }

    private static func words(of text: String, _ segmentation: Segmentation) -> [[UInt8]] {
        if segmentation == .none { return text.isEmpty ? [] : [Array(text.utf8)] }
        enum Kind { case letter, digit, space, other }
        func kind(_ scalar: Unicode.Scalar) -> Kind {
            if scalar.properties.isWhitespace { return .space }
            if scalar.properties.isAlphabetic { return .letter }
            return scalar.properties.numericType != nil ? .digit : .other
        }
        var words: [[UInt8]] = []
        var word: [UInt8] = [], wordKind: Kind?
        for scalar in text.unicodeScalars {
            let next = kind(scalar)
            // A single space goes with the word behind it.
            let isLeadingSpace = wordKind == .space && next != .space && word == [32]
            if wordKind != next, !isLeadingSpace, !word.isEmpty {
                if wordKind == .space, next != .space, word.last == 32 {
                    words.append(Array(word.dropLast()))
                    word = [32]
                } else {
                    words.append(word)
                    word = []
                }
            }
            wordKind = next
            word += Array(String(scalar).utf8)
        }
        if !word.isEmpty { words.append(word) }
        return words
    }
}
