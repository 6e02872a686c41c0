/// One line of a file: its text, and the characters that end it, kept apart so that a file can be
/// written back byte for byte whatever its line ends are.
struct SourceLine: Sendable, Equatable {
    var text: String
    /// "\n", "\r\n", or empty at the end of a file without a last line end.
    var terminator: String

    var isBlank: Bool { text.utf8.allSatisfy { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") } }

    /// The lines of a text, in order. Nothing is lost: joined, they are the text again.
    static func split(_ text: String) -> [SourceLine] {
        var lines: [SourceLine] = []
        let bytes = text.utf8
        var start = bytes.startIndex
        while start < bytes.endIndex {
            guard let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else {
                lines.append(SourceLine(text: String(text[start...]), terminator: ""))
                break
            }
            var end = newline
            if end > start, bytes[bytes.index(before: end)] == UInt8(ascii: "\r") { end = bytes.index(before: end) }
            let next = bytes.index(after: newline)
            lines.append(
                SourceLine(text: String(decoding: bytes[start..<end], as: UTF8.self), terminator: end == newline ? "\n" : "\r\n"))
            start = next
        }
        return lines
    }
}

extension Sequence where Element == SourceLine {
    /// The lines as they stood in the file.
    var joined: String { reduce(into: "") { $0 += $1.text + $1.terminator } }
}

extension String {
    /// Equality of bytes: `==` on strings also holds for differently composed characters, and
    /// writing a file must not take one for the other.
    func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// Text in Swift's line comments: how Markdown, Python and raw cells, and front matter, are written.
enum CommentedText {
    /// A line without its slashes and the one space after them; `nil` when it is not a comment.
    static func decode(_ line: String) -> String? {
        guard line.utf8.starts(with: "//".utf8) else { return nil }
        let rest = line.unicodeScalars.dropFirst(2)
        return String(rest.first == " " ? rest.dropFirst() : rest)
    }

    static func encode(_ line: String) -> String { line.isEmpty ? "//" : "// " + line }
}
