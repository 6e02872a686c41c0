import Foundation

/// A cell's text as directives, which stand in its first lines, and code.
struct DirectiveLines {
    enum Language { case swift, python }

    struct Directive: Equatable {
        var name: String
        var argument: String
        /// The line in the cell, from 1.
        var line: Int
        /// The offset in the cell of the line's first byte.
        var offset: Int
    }

    private(set) var directives: [Directive] = []
    private(set) var language = Language.swift
    /// What follows the directives.
    let code: String
    /// The line of the code's first line in the cell, from 1, and its offset in bytes.
    let firstLine: Int
    let codeOffset: Int

    init(_ source: String) {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        var count = 0
        var offset = 0
        for (index, line) in lines.enumerated() {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.hasPrefix("%"), let directive = DirectiveLines.parse(text, line: index + 1, offset: offset) {
                directives.append(directive)
                count = index + 1
            } else if !text.isEmpty {
                break
            }
            offset += line.utf8.count + 1
        }
        if directives.contains(where: { $0.name == "python" }) { language = .python }
        code = lines.dropFirst(count).joined(separator: "\n")
        firstLine = count + 1
        codeOffset = lines.prefix(count).reduce(0) { $0 + $1.utf8.count + 1 }
    }

    private static func parse(_ text: String, line: Int, offset: Int) -> Directive? {
        let words = text.drop { $0 == "%" }
        let name = words.prefix { $0.isLetter || $0 == "-" }
        guard !name.isEmpty else { return nil }
        return Directive(
            name: String(name).lowercased(), argument: words.dropFirst(name.count).trimmingCharacters(in: .whitespaces),
            line: line, offset: offset)
    }
}
