import Foundation
import Mathematics

/// A file of text that cannot be used.
public struct TextFileError: Error, Equatable, CustomStringConvertible {
    public let file: String
    /// The line, from 1, where the trouble lies in one.
    public let line: Int?
    public let problem: String

    public init(file: String, line: Int?, problem: String) {
        self.file = file
        self.line = line
        self.problem = problem
    }

    public var description: String { file + (line.map { ":\($0)" } ?? "") + ": " + problem }
}

/// A long sequence of tokens from which windows are taken to train on the next token.
public struct TokenCorpus: Sendable {
    /// The tokens in order.
    public let tokens: [Int]

    public init(_ tokens: [Int]) { self.tokens = tokens }

    /// The bytes of a text, tokens 0 ... 255.
    public init(bytesOf text: String) { tokens = text.utf8.map(Int.init) }

    /// The bytes of a file.
    ///
    /// - Throws: `TextFileError` if it cannot be read.
    public init(bytesOfFile path: String) throws(TextFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TextFileError(file: path, line: nil, problem: "missing or unreadable")
        }
        tokens = data.map(Int.init)
    }

    /// The first part for training and the rest for validation.
    public func split(validationFraction: Double) -> (training: TokenCorpus, validation: TokenCorpus) {
        precondition((0...1).contains(validationFraction), "a fraction is in [0, 1]: got \(validationFraction)")
        let border = tokens.count - Int((Double(tokens.count) * validationFraction).rounded())
        return (TokenCorpus(Array(tokens[..<border])), TokenCorpus(Array(tokens[border...])))
    }

    /// Windows at random places.
    ///
    /// - Returns: shape [count, length]; the next-token loss of a window has length − 1 terms.
    /// - Throws: `TrainingError` if the corpus is shorter than a window.
    public func randomWindows<G: RandomNumberGenerator>(
        count: Int, length: Int, using generator: inout G
    ) throws(TrainingError) -> Tensor<Int> {
        try TrainingError.require(
            length > 0 && length <= tokens.count, "length", length, "1 ... \(tokens.count), the length of the corpus")
        var scalars: [Int] = []
        scalars.reserveCapacity(count * length)
        for _ in 0..<count {
            let start = generator.integer(below: tokens.count - length + 1)
            scalars += tokens[start..<start + length]
        }
        return Tensor(shape: [count, length], scalars: scalars)
    }

    /// The windows one behind the other, each beginning with the last token of the one before, so that every
    /// token but the first is predicted once; what is left at the end is dropped.
    ///
    /// - Returns: shape [windows, length].
    public func consecutiveWindows(length: Int) throws(TrainingError) -> Tensor<Int> {
        try TrainingError.require(
            length > 1 && length <= tokens.count, "length", length, "2 ... \(tokens.count), the length of the corpus")
        let count = (tokens.count - 1) / (length - 1)
        return Tensor(
            shape: [count, length],
            scalars: (0..<count).flatMap { tokens[$0 * (length - 1)..<$0 * (length - 1) + length] })
    }
}
