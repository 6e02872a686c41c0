import Foundation

/// A marker line: `// %% title [kind] key=value …`.
struct CellMarker: Sendable, Equatable {
    var kind: NotebookCell.Kind
    var title: String?
    var tags: [String]
    var metadata: [NotebookCell.Metadata]
    /// How many percent signs there are beyond two: some editors nest cells with them.
    var depth = 0

    /// Whether a line begins a cell: `//`, spaces, `%%`, and then the line's end or a space.
    ///
    /// Only comments at the very start of a line count, so an indented comment in code is code. The test
    /// looks at one line alone, as in every editor that knows the format: a marker inside a
    /// block comment or a multi-line string is a marker too.
    static func begins(_ line: String) -> Bool { textAfterPercents(line) != nil }

    /// The depth and the text after the percent signs of a marker line.
    private static func textAfterPercents(_ line: String) -> (depth: Int, rest: Substring.UnicodeScalarView)? {
        guard line.utf8.starts(with: "//".utf8) else { return nil }
        let afterSlashes = line.unicodeScalars.dropFirst(2).drop(while: \.isSpaceOrTab)
        let rest = afterSlashes.drop { $0 == "%" }
        let percents = afterSlashes.count - rest.count
        guard percents >= 2 else { return nil }
        if let next = rest.first, !next.isSpaceOrTab { return nil }
        return (percents - 2, rest)
    }

    /// Whether a cell's fields still are what this marker says.
    func says(_ cell: NotebookCell) -> Bool {
        kind == cell.kind && tags == cell.tags && metadata == cell.metadata
            && (title ?? "").hasSameBytes(as: cell.title ?? "")
    }

    /// The marker in canonical form.
    var text: String {
        var words = ["// %%" + String(repeating: "%", count: depth)]
        if let title, !title.isEmpty { words.append(title) }
        if kind != .swift { words.append("[\(kind.rawValue)]") }
        if !tags.isEmpty { words.append("tags=[" + tags.map(Self.jsonString).joined(separator: ", ") + "]") }
        words += metadata.map { "\($0.key)=\($0.json)" }
        return words.joined(separator: " ")
    }

    private static func jsonString(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Encoding a string cannot fail.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}

extension CellMarker {
    /// Reads a marker line.
    ///
    /// The title ends where a `[kind]`, a `key=` or a `{` that begins a word starts; after that only these may follow.
    init(parsing line: String, at number: Int) throws(LineProblem) {
        guard let (depth, rest) = Self.textAfterPercents(line) else {
            throw LineProblem(line: number, reason: "a cell begins with '// %%'")
        }
        self.init(kind: .swift, title: nil, tags: [], metadata: [], depth: depth)

        var scanner = Scanner(rest: rest, column: line.unicodeScalars.count - rest.count + 1, line: number)
        scanner.skipSpaces()
        var title = ""
        var kindSeen = false
        var optionsSeen = false
        while let character = scanner.rest.first {
            let start = scanner.column
            if !kindSeen, let word = scanner.bracketedWord() {
                guard let kind = Self.kinds[word.lowercased()] else {
                    throw LineProblem(
                        line: number, column: start,
                        reason: "unknown cell type '[\(word)]': expected [markdown], [md], [python], [swift] or [raw]")
                }
                self.kind = kind
                kindSeen = true
            } else if let key = scanner.key() {
                optionsSeen = true
                try add(key: key, json: try scanner.jsonValue(of: key), at: number, column: start)
            } else if character == "{" {
                optionsSeen = true
                for (key, json) in try scanner.jsonObject() { try add(key: key, json: json, at: number, column: start) }
            } else if kindSeen || optionsSeen {
                let word = scanner.word()
                throw LineProblem(
                    line: number, column: start,
                    reason: "'\(word.excerpt)' on a cell's marker line is neither a cell type nor key=value")
            } else {
                title += (title.isEmpty ? "" : " ") + scanner.word()
            }
            scanner.skipSpaces()
        }
        self.title = title.isEmpty ? nil : title
        if tags.contains(NotebookCell.parametersTag), kind != .swift {
            throw LineProblem(line: number, reason: "a parameters cell is a Swift cell, and this one is \(kind.rawValue)")
        }
    }

    private static let kinds: [String: NotebookCell.Kind] = [
        "markdown": .markdown, "md": .markdown, "python": .python, "swift": .swift, "code": .swift, "raw": .raw,
    ]

    private mutating func add(key: String, json: String, at line: Int, column: Int) throws(LineProblem) {
        guard self.json(of: key) == nil else {
            throw LineProblem(line: line, column: column, reason: "the metadata '\(key)' is given twice")
        }
        guard key == "tags" else {
            metadata.append(NotebookCell.Metadata(key: key, json: json))
            return
        }
        guard let tags = try? JSONDecoder().decode([String].self, from: Data(json.utf8)), !tags.isEmpty else {
            throw LineProblem(
                line: line, column: column, reason: "tags must be a list of texts, tags=[\"parameters\"], and is \(json.excerpt)")
        }
        self.tags = tags
    }

    private func json(of key: String) -> String? {
        key == "tags" ? (tags.isEmpty ? nil : "") : metadata.first { $0.key == key }?.json
    }
}

/// Walks along a marker line.
private struct Scanner {
    var rest: Substring.UnicodeScalarView
    /// The column of the first scalar of `rest`.
    var column: Int
    let line: Int

    mutating func advance(by count: Int) {
        rest = rest.dropFirst(count)
        column += count
    }

    mutating func skipSpaces() { advance(by: rest.count - rest.drop(while: \.isSpaceOrTab).count) }

    /// The text up to the next space.
    mutating func word() -> String {
        let word = rest.prefix { !$0.isSpaceOrTab }
        advance(by: word.count)
        return String(word)
    }

    /// `[letters]` as a whole word.
    mutating func bracketedWord() -> String? {
        guard rest.first == "[" else { return nil }
        let letters = rest.dropFirst().prefix { $0.properties.isAlphabetic }
        let after = rest.dropFirst(1 + letters.count)
        guard !letters.isEmpty, after.first == "]" else { return nil }
        if let next = after.dropFirst().first, !next.isSpaceOrTab { return nil }
        advance(by: letters.count + 2)
        return String(letters)
    }

    /// `name=`, and leaves the value.
    mutating func key() -> String? {
        guard let first = rest.first, first.properties.isAlphabetic || first == "_" else { return nil }
        let name = rest.prefix { $0.properties.isAlphabetic || $0.properties.numericType != nil || "_-.".unicodeScalars.contains($0) }
        let after = rest.dropFirst(name.count)
        // "a == b" in a title is no metadata.
        guard after.first == "=", after.dropFirst().first != "=" else { return nil }
        advance(by: name.count + 1)
        return String(name)
    }

    mutating func jsonValue(of key: String) throws(LineProblem) -> String {
        let start = column
        let text = valueText()
        guard !text.isEmpty, Self.isJSON(text) else {
            throw LineProblem(
                line: line, column: start,
                reason: "the value of the metadata '\(key)' is not JSON: '\(text.excerpt)' "
                    + "(text is written in quotes: \(key)=\"…\")")
        }
        return text
    }

    /// A JSON object that holds all the metadata: `{"tags": ["parameters"]}`.
    mutating func jsonObject() throws(LineProblem) -> [(key: String, json: String)] {
        let start = column
        let text = valueText()
        guard Self.isJSON(text) else {
            throw LineProblem(line: line, column: start, reason: "the metadata is not a JSON object: '\(text.excerpt)'")
        }
        // The order of keys is the text's own, which a dictionary would lose.
        var entries: [(key: String, json: String)] = []
        var scanner = Scanner(rest: Substring(text).unicodeScalars.dropFirst().dropLast(), column: start + 1, line: line)
        scanner.skipSeparators()
        while !scanner.rest.isEmpty {
            let name = scanner.valueText()
            scanner.skipSeparators()
            let json = scanner.valueText()
            scanner.skipSeparators()
            guard let key = try? JSONDecoder().decode(String.self, from: Data(name.utf8)), !json.isEmpty else { break }
            entries.append((key, json))
        }
        return entries
    }

    private mutating func skipSeparators() {
        advance(by: rest.count - rest.drop { $0.isSpaceOrTab || $0 == ":" || $0 == "," }.count)
    }

    /// The extent of a JSON value: up to the space, comma or colon that lies outside of quotes and brackets.
    private mutating func valueText() -> String {
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        var count = 0
        for scalar in rest {
            if isQuoted {
                if isEscaped { isEscaped = false } else if scalar == "\\" { isEscaped = true } else if scalar == "\"" { isQuoted = false }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "[" || scalar == "{" {
                depth += 1
            } else if scalar == "]" || scalar == "}" {
                if depth == 0 { break }
                depth -= 1
            } else if depth == 0, scalar.isSpaceOrTab || scalar == "," || scalar == ":" {
                break
            }
            count += 1
        }
        let text = String(rest.prefix(count))
        advance(by: count)
        return text
    }

    private static func isJSON(_ text: String) -> Bool {
        (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil
    }
}

extension Unicode.Scalar {
    var isSpaceOrTab: Bool { self == " " || self == "\t" }
}
