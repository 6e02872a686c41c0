/// Finds the blocks of a Markdown text.
struct MarkdownBlockParser {
    /// The link definitions met so far, by normalised label.
    private(set) var references: [String: MarkdownReference] = [:]
    /// Quotes and lists deeper than this are read as paragraphs: deeper nesting is no text, but an attack on the stack.
    private static let maximumDepth = 40
    private var depth = 0

    /// The lines of a text, with leading tabs as spaces up to the next multiple of four.
    static func lines(of text: String) -> [String] {
        var lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }.map(expandingTabs)
        while lines.last?.isBlank == true { lines.removeLast() }
        return lines
    }

    private static func expandingTabs(_ line: Substring) -> String {
        let lead = line.prefix { $0 == " " || $0 == "\t" }
        guard lead.contains("\t") else { return String(line) }
        var spaces = 0
        for character in lead { spaces += character == "\t" ? 4 - spaces % 4 : 1 }
        return String(repeating: " ", count: spaces) + line.dropFirst(lead.count)
    }

    /// The blocks of some lines, and whether a blank line stands between two of them.
    mutating func parse(_ lines: [String]) -> (blocks: [MarkdownBlock], hasBlankBetween: Bool) {
        depth += 1
        defer { depth -= 1 }
        var blocks: [MarkdownBlock] = []
        var hasBlankBetween = false
        var blankBefore = false
        var index = 0
        while index < lines.count {
            let line = lines[index]
            if line.isBlank {
                blankBefore = true
                index += 1
                continue
            }
            if blankBefore, !blocks.isEmpty { hasBlankBetween = true }
            blankBefore = false
            if let block = container(lines, &index) ?? leaf(lines, &index) {
                blocks.append(block)
            } else if let (label, reference) = MarkdownReference.parse(line) {
                if references[label] == nil { references[label] = reference }
                index += 1
            } else {
                blocks.append(paragraph(lines, &index))
            }
        }
        return (blocks, hasBlankBetween)
    }

    // MARK: Blocks without blocks in them

    private func leaf(_ lines: [String], _ index: inout Int) -> MarkdownBlock? {
        let line = lines[index]
        if line.indent >= 4 { return indentedCode(lines, &index) }
        if let fence = Fence(line) { return fencedCode(fence, lines, &index) }
        if let heading = Self.heading(line) {
            index += 1
            return heading
        }
        if Self.isRule(line) {
            index += 1
            return .rule
        }
        return formula(lines, &index) ?? table(lines, &index)
    }

    private func indentedCode(_ lines: [String], _ index: inout Int) -> MarkdownBlock {
        var code: [Substring] = []
        while index < lines.count, lines[index].isBlank || lines[index].indent >= 4 {
            code.append(lines[index].dropFirst(4))
            index += 1
        }
        while code.last?.allSatisfy(\.isWhitespace) == true { code.removeLast() }
        return .code(code.joined(separator: "\n"), language: "")
    }

    private struct Fence {
        var character: Character
        var count: Int
        var indent: Int
        var language: String

        init?(_ line: String) {
            indent = line.indent
            let text = line.dropFirst(indent)
            guard indent < 4, let first = text.first, first == "`" || first == "~" else { return nil }
            character = first
            count = text.prefix { $0 == first }.count
            let info = text.dropFirst(count)
            guard count >= 3, first == "~" || !info.contains("`") else { return nil }
            language = info.split(separator: " ").first.map(String.init) ?? ""
        }

        func isClosed(by line: String) -> Bool {
            guard let other = Fence(line) else { return false }
            return other.character == character && other.count >= count && other.language.isEmpty
        }
    }

    private func fencedCode(_ fence: Fence, _ lines: [String], _ index: inout Int) -> MarkdownBlock {
        var code: [Substring] = []
        index += 1
        while index < lines.count {
            let line = lines[index]
            index += 1
            if fence.isClosed(by: line) { break }
            code.append(line.dropFirst(min(line.indent, fence.indent)))
        }
        return .code(code.joined(separator: "\n"), language: fence.language)
    }

    private static func heading(_ line: String) -> MarkdownBlock? {
        let text = line.dropFirst(line.indent)
        let level = text.prefix { $0 == "#" }.count
        let rest = text.dropFirst(level)
        guard (1...6).contains(level), rest.isEmpty || rest.first == " " || rest.first == "\t" else { return nil }
        var content = rest.trimmed
        let closing = content.reversed().prefix { $0 == "#" }.count
        if closing > 0 {
            let without = content.dropLast(closing)
            if without.isEmpty || without.last == " " { content = without.trimmed }
        }
        return .heading(level: level, text: String(content))
    }

    private static func isRule(_ line: String) -> Bool {
        let marks = line.filter { $0 != " " && $0 != "\t" }
        guard line.indent < 4, marks.count >= 3, let first = marks.first, "*-_".contains(first) else { return false }
        return marks.allSatisfy { $0 == first }
    }

    /// `$$ … $$`, beginning a line, over one line or several.
    private func formula(_ lines: [String], _ index: inout Int) -> MarkdownBlock? {
        guard lines[index].trimmed.hasPrefix("$$") else { return nil }
        var content: [Substring] = []
        for end in index..<lines.count where !lines[end].isBlank || end == index {
            var line = lines[end].trimmed
            if end == index { line = line.dropFirst(2) }
            if line.hasSuffix("$$") {
                content.append(line.dropLast(2))
                index = end + 1
                return .formula(content.joined(separator: "\n"))
            }
            guard !line.contains("$$") else { return nil }
            content.append(line)
        }
        return nil
    }

    private func table(_ lines: [String], _ index: inout Int) -> MarkdownBlock? {
        guard index + 1 < lines.count, lines[index].contains("|") else { return nil }
        let header = Self.tableCells(lines[index])
        let alignments = Self.tableCells(lines[index + 1]).map(Self.alignment)
        let known = alignments.compactMap(\.self)
        guard lines[index + 1].contains("-"), known.count == alignments.count, known.count == header.count else { return nil }
        index += 2
        var rows: [[String]] = []
        while index < lines.count, !lines[index].isBlank, !Self.interruptsParagraph(lines[index]) {
            var row = Self.tableCells(lines[index]).prefix(header.count)
            while row.count < header.count { row.append("") }
            rows.append(Array(row))
            index += 1
        }
        return .table(header: header, alignments: known, rows: rows)
    }

    private static func alignment(_ cell: String) -> MarkdownBlock.Alignment? {
        let left = cell.hasPrefix(":")
        let right = cell.hasSuffix(":")
        let dashes = cell.dropFirst(left ? 1 : 0).dropLast(right ? 1 : 0)
        guard !dashes.isEmpty, dashes.allSatisfy({ $0 == "-" }) else { return nil }
        return left ? (right ? .center : .left) : (right ? .right : MarkdownBlock.Alignment.none)
    }

    private static func tableCells(_ line: String) -> [String] {
        var cells: [String] = [""]
        var isEscaped = false
        for character in line.trimmed {
            if character == "|", !isEscaped {
                cells.append("")
            } else {
                // The backslash before a bar belongs to the table, not to the cell's text.
                if character == "|" { cells[cells.count - 1].removeLast() }
                cells[cells.count - 1].append(character)
            }
            isEscaped = character == "\\" && !isEscaped
        }
        if cells.first?.isBlank == true { cells.removeFirst() }
        if cells.last?.isBlank == true { cells.removeLast() }
        return cells.map { String($0.trimmed) }
    }

    private func paragraph(_ lines: [String], _ index: inout Int) -> MarkdownBlock {
        var text = [String(lines[index].drop { $0 == " " })]
        index += 1
        while index < lines.count, !lines[index].isBlank {
            let line = lines[index]
            if line.indent < 4, let mark = line.trimmed.first, mark == "=" || mark == "-", line.trimmed.allSatisfy({ $0 == mark }) {
                index += 1
                return .heading(level: mark == "=" ? 1 : 2, text: text.joined(separator: "\n"))
            }
            if Self.interruptsParagraph(line) { break }
            text.append(String(line.drop { $0 == " " }))
            index += 1
        }
        return .paragraph(text.joined(separator: "\n"))
    }

    private static func interruptsParagraph(_ line: String) -> Bool {
        guard line.indent < 4 else { return false }
        if isRule(line) || heading(line) != nil || Fence(line) != nil || line.trimmed.hasPrefix(">") { return true }
        if line.trimmed.hasPrefix("$$") { return true }
        guard let marker = ListMarker(line) else { return false }
        return !marker.isEmpty && (marker.number == nil || marker.number == 1)
    }

    // MARK: Blocks with blocks in them

    private mutating func container(_ lines: [String], _ index: inout Int) -> MarkdownBlock? {
        guard depth < Self.maximumDepth, lines[index].indent < 4 else { return nil }
        if lines[index].trimmed.hasPrefix(">") { return quote(lines, &index) }
        if !Self.isRule(lines[index]), let marker = ListMarker(lines[index]) { return list(marker, lines, &index) }
        return nil
    }

    private mutating func quote(_ lines: [String], _ index: inout Int) -> MarkdownBlock {
        var content: [String] = []
        while index < lines.count {
            let line = lines[index]
            if line.indent < 4, line.trimmed.hasPrefix(">") {
                let rest = line.dropFirst(line.indent + 1)
                content.append(Self.expandingTabs(rest.first == " " ? rest.dropFirst() : rest))
            } else if !line.isBlank, let last = content.last, Self.canContinueParagraph(after: last),
                !Self.interruptsParagraph(line)
            {
                content.append(line)
            } else {
                break
            }
            index += 1
        }
        return .quote(parse(content).blocks)
    }

    /// Whether a line without its container's mark may still belong to the paragraph that ends with `line`.
    private static func canContinueParagraph(after line: String) -> Bool {
        !line.isBlank && line.indent < 4 && heading(line) == nil && Fence(line) == nil && !isRule(line)
    }

    private struct ListMarker {
        /// The number of an ordered list's item.
        var number: Int?
        /// The bullet, or the sign after the number: another sign begins another list.
        var sign: Character
        /// The column at which the item's text begins.
        var width: Int
        var isEmpty: Bool

        init?(_ line: String) {
            let indent = line.indent
            let text = line.dropFirst(indent)
            guard indent < 4, let first = text.first else { return nil }
            var marker = 1
            if "-+*".contains(first) {
                sign = first
            } else {
                let digits = text.prefix { $0.isASCII && $0.isNumber }
                guard (1...9).contains(digits.count), let next = text.dropFirst(digits.count).first, next == "." || next == ")"
                else { return nil }
                number = Int(digits)
                sign = next
                marker = digits.count + 1
            }
            let rest = text.dropFirst(marker)
            let spaces = rest.prefix { $0 == " " }.count
            isEmpty = rest.trimmed.isEmpty
            guard isEmpty || spaces > 0 || rest.first == "\t" else { return nil }
            width = indent + marker + (isEmpty || spaces > 4 ? 1 : max(spaces, 1))
        }
    }

    private mutating func list(_ first: ListMarker, _ lines: [String], _ index: inout Int) -> MarkdownBlock {
        var items: [[MarkdownBlock]] = []
        var isTight = true
        var marker = first
        while true {
            var content = [Self.expandingTabs(lines[index].dropFirst(marker.width))]
            index += 1
            // An item may begin with one blank line at most.
            let beginsBlank = content[0].isBlank && index < lines.count && lines[index].isBlank
            while index < lines.count, !beginsBlank {
                let line = lines[index]
                if line.isBlank {
                    content.append("")
                } else if line.indent >= marker.width {
                    content.append(String(line.dropFirst(marker.width)))
                } else if let last = content.last, Self.canContinueParagraph(after: last), !Self.interruptsParagraph(line),
                    ListMarker(line) == nil
                {
                    content.append(line)
                } else {
                    break
                }
                index += 1
            }
            var endsBlank = beginsBlank
            while content.count > 1, content.last?.isBlank == true {
                content.removeLast()
                endsBlank = true
            }
            let parsed = parse(content)
            items.append(parsed.blocks)
            if parsed.hasBlankBetween { isTight = false }
            var next = index
            while next < lines.count, lines[next].isBlank { next += 1 }
            guard next < lines.count, !Self.isRule(lines[next]), let following = ListMarker(lines[next]),
                following.sign == first.sign, (following.number == nil) == (first.number == nil)
            else { break }
            if endsBlank { isTight = false }
            index = next
            marker = following
        }
        return .list(items: items, start: first.number, isTight: isTight)
    }
}

extension StringProtocol {
    var isBlank: Bool { allSatisfy { $0 == " " || $0 == "\t" } }

    /// The number of spaces that the line begins with.
    var indent: Int { prefix { $0 == " " }.count }

    /// Without the spaces and tabs at both ends.
    var trimmed: SubSequence {
        let start = firstIndex { $0 != " " && $0 != "\t" } ?? endIndex
        let end = lastIndex { $0 != " " && $0 != "\t" }.map(index(after:)) ?? start
        return self[start..<end]
    }
}
