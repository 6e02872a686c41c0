import Foundation
import Yams

/// The YAML at the head of a notebook, between two `// ---` lines.
///
/// The lines are kept as they were written, so unknown keys, their order and the comments survive an
/// edit of one key. One thing is allowed that YAML refuses: a title may hold an unquoted ": ", since
/// the titles of papers do.
public struct FrontMatter: Sendable, Equatable {
    /// The YAML text's lines, without their comment slashes.
    public private(set) var lines: [String]
    /// The top-level entries in order.
    private var entries: [Entry]
    /// The block as it stands in the file, with its fences, as long as nothing was changed.
    var original: [SourceLine]?

    private struct Entry: Sendable, Equatable {
        var key: String
        /// The value of a scalar; `nil` for null, lists and mappings.
        var text: String?
        var isScalar: Bool
        /// The entry's lines, as indices into `lines`.
        var range: Range<Int>
    }

    /// An empty front matter, which is not written.
    public init() {
        lines = []
        entries = []
    }

    public static func == (left: FrontMatter, right: FrontMatter) -> Bool { left.lines == right.lines }

    public var title: String? {
        get { self["title"] }
        set { self["title"] = newValue }
    }

    /// The paper that the notebook reproduces, such as "arXiv:1704.04503".
    public var paper: String? {
        get { self["paper"] }
        set { self["paper"] = newValue }
    }

    /// The notebook's name in paths and addresses: lower-case letters, digits and hyphens.
    public var slug: String? {
        get { self["slug"] }
        set { self["slug"] = newValue }
    }

    public var summary: String? {
        get { self["summary"] }
        set { self["summary"] = newValue }
    }

    /// The top-level keys in order.
    public var keys: [String] { entries.map(\.key) }

    /// The YAML text.
    public var yaml: String { lines.map { $0 + "\n" }.joined() }

    /// The text of a top-level key's value, for a value that is text or a number. Setting replaces the
    /// key's lines, adds the key at the end, or (`nil`) removes it; everything else stays as it is.
    public subscript(key: String) -> String? {
        get { entries.first { $0.key == key }?.text }
        set {
            guard self[key] != newValue || (newValue == nil && keys.contains(key)) else { return }
            let replacement = newValue.map { ["\(Self.yamlScalar(key)): \(Self.yamlScalar($0))"] } ?? []
            if let entry = entries.first(where: { $0.key == key }) {
                lines.replaceSubrange(entry.range, with: replacement)
            } else {
                lines += replacement
            }
            original = nil
            // What is written above is valid, and the rest was valid before.
            entries = (try? Self.parse(lines, firstLine: 1)) ?? entries
        }
    }

    /// A scalar as YAML reads it back: plain where that is possible, otherwise in double quotes.
    private static func yamlScalar(_ text: String) -> String {
        if !text.isEmpty, !text.contains(where: \.isNewline),
            case .mapping(let mapping)? = try? Yams.compose(yaml: "key: \(text)\n"), mapping.count == 1,
            case .scalar(let scalar)? = mapping.first?.value, scalar.style == .plain, scalar.string == text,
            !nullWords.contains(text)
        {
            return text
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static let nullWords: Set<String> = ["", "~", "null", "Null", "NULL"]
}

extension FrontMatter {
    static let fence = "---"

    /// Whether a line opens or closes a front matter: `// ---`.
    static func isFence(_ line: String) -> Bool {
        guard line.utf8.starts(with: "//".utf8) else { return false }
        return line.dropFirst(2).trimmingCharacters(in: .whitespaces) == fence
    }

    /// Reads a front matter from its lines in the file, fences included.
    init(block: [SourceLine], startingAt line: Int) throws(LineProblem) {
        var content: [String] = []
        for (offset, sourceLine) in block.enumerated().dropFirst().dropLast() {
            guard let text = CommentedText.decode(sourceLine.text) else {
                throw LineProblem(
                    line: line + offset,
                    reason: "a line of the front matter must begin with '//' (is the closing '// ---' missing above?)")
            }
            content.append(text)
        }
        lines = content
        entries = try Self.parse(content, firstLine: line + 1)
        original = block
        try validate(firstLine: line + 1)
    }

    /// The block as it is to be written; empty for an empty front matter that was not in the file.
    func text(lineEnding: String) -> String {
        if let original {
            // A block that ended the file has no line end, and now a cell may follow.
            let text = original.joined
            return original.last?.terminator.isEmpty == true ? text + lineEnding : text
        }
        guard !lines.isEmpty else { return "" }
        return ([Self.fence] + lines + [Self.fence]).map { CommentedText.encode($0) + lineEnding }.joined()
    }

    private func validate(firstLine: Int) throws(LineProblem) {
        for entry in entries where ["title", "paper", "slug", "summary"].contains(entry.key) && !entry.isScalar {
            throw LineProblem(line: firstLine + entry.range.lowerBound, reason: "'\(entry.key)' in the front matter must be text")
        }
        if let entry = entries.first(where: { $0.key == "slug" }), let slug = entry.text, !Slug.isValid(slug) {
            throw LineProblem(
                line: firstLine + entry.range.lowerBound,
                reason: "the slug '\(slug.excerpt)' must be made of lower-case letters a-z, digits and hyphens")
        }
    }

    private static func parse(_ lines: [String], firstLine: Int) throws(LineProblem) -> [Entry] {
        let root: Node?
        do {
            root = try Yams.compose(yaml: lines.map { $0 + "\n" }.joined())
        } catch {
            // A second chance with ": " allowed in plain values; the first error is the one to report.
            let quoted = lines.map(quotingValueWithColon)
            guard quoted != lines, let second = try? Yams.compose(yaml: quoted.map { $0 + "\n" }.joined()) else {
                throw problem(error, in: lines, firstLine: firstLine)
            }
            root = second
        }
        guard let root else { return [] }
        guard case .mapping(let mapping) = root else {
            if case .scalar(let scalar) = root, scalar.style == .plain, nullWords.contains(scalar.string) { return [] }
            throw LineProblem(
                line: firstLine + (root.mark?.line ?? 1) - 1, reason: "the front matter must be made of 'key: value' lines")
        }
        var entries: [Entry] = []
        for (key, value) in mapping {
            guard case .scalar(let name) = key, let mark = name.mark else {
                throw LineProblem(
                    line: firstLine + (key.mark?.line ?? 1) - 1, reason: "a key of the front matter must be plain text")
            }
            var text: String?
            var isScalar = false
            if case .scalar(let scalar) = value {
                isScalar = true
                text = scalar.style == .plain && nullWords.contains(scalar.string) ? nil : scalar.string
            }
            entries.append(Entry(key: name.string, text: text, isScalar: isScalar, range: mark.line - 1..<lines.count))
        }
        for index in entries.indices {
            let start = entries[index].range.lowerBound
            var end = index + 1 < entries.count ? entries[index + 1].range.lowerBound : lines.count
            // Comments and blank lines after a value belong to what follows.
            while end - 1 > start, lines[end - 1].allSatisfy(\.isWhitespace) || lines[end - 1].hasPrefix("#") { end -= 1 }
            entries[index].range = start..<max(end, start + 1)
        }
        return entries
    }

    /// `title: A: b` as `title: "A: b"`; any other line as it is.
    private static func quotingValueWithColon(_ line: String) -> String {
        guard let colon = line.range(of: ": "), let first = line.first, first.isLetter || first == "_" else { return line }
        let key = line[..<colon.lowerBound]
        let value = line[colon.upperBound...].trimmingCharacters(in: .whitespaces)
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }),
            value.contains(": ") || value.hasSuffix(":"), let start = value.first, !"\"'[{|>&*!%@`#".contains(start)
        else { return line }
        return "\(key): '" + value.replacingOccurrences(of: "'", with: "''") + "'"
    }

    private static func problem(_ error: any Error, in lines: [String], firstLine: Int) -> LineProblem {
        switch error as? YamlError {
        case .scanner(let context, let problem, let mark, _)?, .parser(let context, let problem, let mark, _)?,
            .composer(let context, let problem, let mark, _)?:
            // The column is counted in the YAML text; in the file two slashes and a space precede it.
            let reason = [context?.text, problem].compactMap(\.self).joined(separator: ": ")
            return LineProblem(
                line: firstLine + min(mark.line, max(lines.count, 1)) - 1, column: mark.column + 3,
                reason: "the front matter is not YAML: \(reason)")
        case .duplicatedKeysInMapping(let keys, let context)?:
            let key = keys.first ?? ""
            let uses = lines.indices.filter { lines[$0].drop { $0 == " " }.hasPrefix("\(key):") }
            let line = uses.count > 1 ? uses[1] : max(context.mark.line - 1, 0)
            return LineProblem(line: firstLine + line, reason: "the key '\(key)' is in the front matter twice")
        case .reader(let problem, _, _, _)?:
            let line = lines.firstIndex { $0.unicodeScalars.contains { $0.properties.generalCategory == .control && $0 != "\t" } }
            return LineProblem(line: firstLine + (line ?? 0), reason: "the front matter is not YAML: \(problem)")
        default:
            return LineProblem(line: firstLine, reason: "the front matter is not YAML: \(error)")
        }
    }
}
