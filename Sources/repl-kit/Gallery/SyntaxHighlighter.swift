/// Colours for Swift and Python code: comments, strings, numbers, keywords, types and attributes.
///
/// It reads tokens, not grammar, so it never fails, whatever the code looks like.
enum SyntaxHighlighter {
    /// Code as HTML with a `span` around each token that has a colour; an unknown language is only escaped.
    static func html(_ code: String, language: String) -> String {
        switch language.lowercased() {
        case "swift": SyntaxScanner(code, isSwift: true).html()
        case "python", "py", "python3": SyntaxScanner(code, isSwift: false).html()
        default: HTML.escape(code)
        }
    }
}

private struct SyntaxScanner {
    private let characters: [Character]
    private let isSwift: Bool
    private var position = 0
    private var result = ""

    init(_ code: String, isSwift: Bool) {
        characters = Array(code)
        self.isSwift = isSwift
    }

    private func character(_ offset: Int = 0) -> Character? {
        let index = position + offset
        return index >= 0 && index < characters.count ? characters[index] : nil
    }

    private func starts(with text: String, at offset: Int = 0) -> Bool {
        let index = position + offset
        return index <= characters.count && characters[index...].starts(with: text)
    }

    private mutating func emit(from start: Int, as kind: String?) {
        let text = HTML.escape(String(characters[start..<position]))
        result += kind.map { "<span class=\"\($0)\">\(text)</span>" } ?? text
    }

    func html() -> String {
        var scanner = self
        while scanner.position < characters.count { scanner.token() }
        return scanner.result
    }

    private mutating func token() {
        let start = position
        let first = characters[position]
        if isSwift ? starts(with: "//") : first == "#" {
            while let next = character(), !next.isNewline { position += 1; _ = next }
            emit(from: start, as: "comment")
        } else if isSwift, starts(with: "/*") {
            blockComment()
            emit(from: start, as: "comment")
        } else if string() {
            emit(from: start, as: "string")
        } else if first.isNumber, first.isASCII {
            while let next = character(), next.isLetter || next.isNumber || next == "_" || (next == "." && character(1)?.isNumber == true)
                || ((next == "+" || next == "-") && (character(-1) == "e" || character(-1) == "E") && !starts(with: "0x", at: start - position))
            { position += 1 }
            emit(from: start, as: "number")
        } else if first == "@" || (isSwift && first == "#"), character(1)?.isLetter == true {
            position += 1
            word()
            emit(from: start, as: "attribute")
        } else if first.isLetter || first == "_" {
            word()
            emit(from: start, as: kind(ofWordFrom: start))
        } else {
            position += 1
            emit(from: start, as: nil)
        }
    }

    private mutating func word() { while let next = character(), next.isLetter || next.isNumber || next == "_" { position += 1 } }

    private func kind(ofWordFrom start: Int) -> String? {
        let word = String(characters[start..<position])
        // `.default` and `value.self` are members, not keywords, except for the latter's like.
        let isMember = start > 0 && characters[start - 1] == "."
        if (isSwift ? Self.swiftKeywords : Self.pythonKeywords).contains(word), !isMember || word == "self" || word == "init" {
            return "keyword"
        }
        return word.first?.isUppercase == true ? "type" : nil
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if starts(with: "/*") {
                depth += 1
                position += 2
            } else if starts(with: "*/") {
                depth -= 1
                position += 2
            } else {
                position += 1
            }
        } while depth > 0 && position < characters.count
    }

    /// Passes a string literal, if one begins here.
    private mutating func string() -> Bool {
        var offset = 0
        if isSwift {
            while character(offset) == "#" { offset += 1 }
            guard character(offset) == "\"" else { return false }
            swiftString(hashes: offset)
            return true
        }
        while offset < 2, let next = character(offset), "rRbBfFuU".contains(next) { offset += 1 }
        guard let quote = character(offset), quote == "\"" || quote == "'" else { return false }
        position += offset
        let isLong = starts(with: String(repeating: quote, count: 3))
        position += isLong ? 3 : 1
        let end = String(repeating: quote, count: isLong ? 3 : 1)
        while let next = character(), !starts(with: end), isLong || !next.isNewline { position += next == "\\" ? 2 : 1 }
        if starts(with: end) { position += end.count }
        position = min(position, characters.count)
        return true
    }

    private mutating func swiftString(hashes: Int) {
        let pounds = String(repeating: "#", count: hashes)
        position += hashes
        let isLong = starts(with: "\"\"\"")
        let end = (isLong ? "\"\"\"" : "\"") + pounds
        position += isLong ? 3 : 1
        while let next = character(), !starts(with: end), isLong || !next.isNewline {
            if starts(with: "\\" + pounds) {
                position += 1 + hashes
                if character() == "(" { interpolation() } else { position += 1 }
            } else {
                position += 1
            }
        }
        if starts(with: end) { position += end.count }
        position = min(position, characters.count)
    }

    /// Passes `(…)` with the strings in it.
    private mutating func interpolation() {
        var depth = 0
        repeat {
            if character() == "(" { depth += 1 }
            if character() == ")" { depth -= 1 }
            if character()?.isNewline == true { return }
            if !string() { position += 1 }
        } while depth > 0 && position < characters.count
    }

    private static let swiftKeywords: Set<String> = [
        "actor", "as", "associatedtype", "async", "await", "borrowing", "break", "case", "catch", "class", "consuming", "continue",
        "convenience", "default", "defer", "deinit", "do", "else", "enum", "extension", "fallthrough", "false", "fileprivate", "final",
        "for", "func", "guard", "if", "import", "in", "indirect", "infix", "init", "inout", "internal", "is", "isolated", "lazy",
        "let", "mutating", "nil", "nonisolated", "nonmutating", "open", "operator", "override", "postfix", "precedencegroup", "prefix",
        "private", "protocol", "public", "repeat", "rethrows", "return", "self", "Self", "some", "any", "static", "struct",
        "subscript", "super", "switch", "throw", "throws", "true", "try", "typealias", "unowned", "var", "weak", "where", "while",
    ]

    private static let pythonKeywords: Set<String> = [
        "False", "None", "True", "and", "as", "assert", "async", "await", "break", "class", "continue", "def", "del", "elif", "else",
        "except", "finally", "for", "from", "global", "if", "import", "in", "is", "lambda", "match", "nonlocal", "not", "or", "pass",
        "raise", "return", "self", "try", "while", "with", "yield",
    ]
}
