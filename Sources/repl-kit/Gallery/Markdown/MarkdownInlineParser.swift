/// A link's address and title, as `[label]: address "title"` defines it.
struct MarkdownReference {
    var address: String
    var title: String?

    /// Labels are compared without regard to case and spacing.
    static func normalised(_ label: some StringProtocol) -> String {
        label.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }

    /// A line that defines a link.
    static func parse(_ line: String) -> (label: String, reference: MarkdownReference)? {
        guard line.indent < 4, line.trimmed.first == "[", let close = line.range(of: "]:") else { return nil }
        let label = line[..<close.lowerBound].trimmed.dropFirst()
        guard !label.isBlank, !label.contains("["), !label.contains("]") else { return nil }
        var parser = MarkdownInlineParser(String(line[close.upperBound...].trimmed), references: [:])
        guard let reference = parser.destination(), parser.isAtEnd, !reference.address.isEmpty else { return nil }
        return (normalised(label), reference)
    }
}

/// Turns the inline text of a block into HTML, by CommonMark's rules for delimiter runs.
struct MarkdownInlineParser {
    private let characters: [Character]
    private var position = 0
    private var pieces: [Piece] = []
    private let references: [String: MarkdownReference]

    /// Finished HTML, or a run of signs that may turn out to be emphasis or a link's bracket.
    private struct Piece {
        var html = ""
        var run: Run?
        var bracket: Bracket?
    }

    private struct Run {
        var sign: Character
        var count: Int
        let length: Int
        let canOpen: Bool
        let canClose: Bool
        var closingTags = ""
        var openingTags = ""
    }

    private struct Bracket {
        var isImage: Bool
        var isActive = true
        /// Where the text after it begins.
        var textStart: Int
    }

    init(_ text: String, references: [String: MarkdownReference]) {
        characters = Array(text)
        self.references = references
    }

    var isAtEnd: Bool { position >= characters.count }

    private func character(at index: Int) -> Character? { characters.indices.contains(index) ? characters[index] : nil }

    mutating private func append(_ text: some StringProtocol) { pieces.append(Piece(html: HTML.escape(text))) }

    /// The HTML of the whole text.
    func html() -> String {
        var parser = self
        while !parser.isAtEnd { parser.step() }
        parser.resolveEmphasis(from: 0)
        return Self.html(of: parser.pieces[...])
    }

    private static func html(of pieces: ArraySlice<Piece>) -> String {
        pieces.reduce(into: "") { result, piece in
            if let run = piece.run {
                result += run.closingTags + String(repeating: run.sign, count: run.count) + run.openingTags
            } else {
                result += piece.html
            }
        }
    }

    private mutating func step() {
        let character = characters[position]
        switch character {
        case "\\": escapeOrBreak()
        case "`": codeSpan()
        case "$": formula()
        case "*", "_", "~": run(of: character)
        case "!" where self.character(at: position + 1) == "[":
            position += 2
            pieces.append(Piece(html: "![", bracket: Bracket(isImage: true, textStart: position)))
        case "[":
            position += 1
            pieces.append(Piece(html: "[", bracket: Bracket(isImage: false, textStart: position)))
        case "]": closeBracket()
        case "<": angleAddress()
        case "&": entity()
        case "\n", "\r\n": lineBreak()
        case "h" where startsBareAddress: bareAddress()
        default: text()
        }
    }

    private mutating func text() {
        let start = position
        position += 1
        while let next = character(at: position), !"\\`$*_~![]<&\n\r\n".contains(next), next != "h" || !startsBareAddress {
            position += 1
        }
        append(String(characters[start..<position]))
    }

    private mutating func escapeOrBreak() {
        position += 1
        guard let next = character(at: position) else { return append("\\") }
        if next == "\n" || next == "\r\n" {
            position += 1
            pieces.append(Piece(html: "<br>\n"))
        } else if next.isASCII, next.isPunctuation || next.isSymbol {
            position += 1
            append(String(next))
        } else {
            append("\\")
        }
    }

    private mutating func lineBreak() {
        var spaces = 0
        while let last = pieces.last, last.run == nil, last.html.hasSuffix(" ") {
            pieces[pieces.count - 1].html.removeLast()
            spaces += 1
        }
        position += 1
        while character(at: position) == " " { position += 1 }
        pieces.append(Piece(html: spaces >= 2 ? "<br>\n" : "\n"))
    }

    private mutating func codeSpan() {
        let start = position
        while character(at: position) == "`" { position += 1 }
        let count = position - start
        var end = position
        while end < characters.count {
            guard characters[end] == "`" else {
                end += 1
                continue
            }
            let runStart = end
            while character(at: end) == "`" { end += 1 }
            guard end - runStart == count else { continue }
            var code = String(characters[position..<runStart].map { $0.isNewline ? " " : $0 })
            if code.first == " ", code.last == " ", !code.isBlank { code = String(code.dropFirst().dropLast()) }
            pieces.append(Piece(html: "<code>\(HTML.escape(code))</code>"))
            position = end
            return
        }
        append(String(repeating: "`", count: count))
    }

    /// `$…$` or `$$…$$`. The text must not begin or end with a space, and no digit may follow, so that prices stay prices.
    private mutating func formula() {
        let isDisplayed = character(at: position + 1) == "$"
        let width = isDisplayed ? 2 : 1
        let start = position + width
        if let first = character(at: start), !first.isWhitespace, first != "$" {
            var end = start
            while end < characters.count {
                if characters[end] == "\\" {
                    end += 2
                    continue
                }
                if characters[end] == "$", !isDisplayed || character(at: end + 1) == "$" {
                    let follows = character(at: end + width)
                    guard !characters[end - 1].isWhitespace, isDisplayed || follows?.isNumber != true else { break }
                    let text = String(characters[start..<end])
                    pieces.append(Piece(html: Formula.mathML(from: text, isDisplayed: isDisplayed)))
                    position = end + width
                    return
                }
                end += 1
            }
        }
        append(String(repeating: "$", count: width))
        position += width
    }

    private mutating func run(of sign: Character) {
        let start = position
        while character(at: position) == sign { position += 1 }
        let before = character(at: start - 1) ?? " "
        let after = character(at: position) ?? " "
        func isPunctuation(_ character: Character) -> Bool { character.isPunctuation || character.isSymbol }
        let leftFlanking = !after.isWhitespace && (!isPunctuation(after) || before.isWhitespace || isPunctuation(before))
        let rightFlanking = !before.isWhitespace && (!isPunctuation(before) || after.isWhitespace || isPunctuation(after))
        let isWord = sign == "_"
        let count = position - start
        guard sign != "~" || count == 2 else { return append(String(repeating: sign, count: count)) }
        pieces.append(
            Piece(
                run: Run(
                    sign: sign, count: count, length: count,
                    canOpen: leftFlanking && (!isWord || !rightFlanking || isPunctuation(before)),
                    canClose: rightFlanking && (!isWord || !leftFlanking || isPunctuation(after)))))
    }

    /// Pairs the runs of signs from a piece on: CommonMark's procedure.
    private mutating func resolveEmphasis(from bottom: Int) {
        var closer = bottom
        while closer < pieces.count {
            guard let closing = pieces[closer].run, closing.canClose, closing.count > 0 else {
                closer += 1
                continue
            }
            let opener = (bottom..<closer).reversed().first { index in
                guard let run = pieces[index].run, run.canOpen, run.count > 0, run.sign == closing.sign else { return false }
                // The rule of three: a run that both opens and closes pairs only if the lengths fit.
                guard run.canClose || closing.canOpen, closing.sign != "~" else { return true }
                return (run.length + closing.length) % 3 != 0 || (run.length % 3 == 0 && closing.length % 3 == 0)
            }
            guard let opener, let opening = pieces[opener].run else {
                closer += 1
                continue
            }
            let count = opening.count >= 2 && closing.count >= 2 ? 2 : 1
            let tag = closing.sign == "~" ? "del" : count == 2 ? "strong" : "em"
            pieces[opener].run?.count -= count
            pieces[opener].run?.openingTags = "<\(tag)>" + opening.openingTags
            pieces[closer].run?.count -= count
            pieces[closer].run?.closingTags = closing.closingTags + "</\(tag)>"
            // What lies between can no longer pair with anything outside.
            for index in (opener + 1)..<closer {
                if let run = pieces[index].run { pieces[index] = Piece(html: Self.html(of: [Piece(run: run)])) }
            }
        }
    }

    // MARK: Links

    private mutating func closeBracket() {
        position += 1
        guard let opener = pieces.lastIndex(where: { $0.bracket != nil }), let bracket = pieces[opener].bracket else {
            return append("]")
        }
        guard bracket.isActive, let reference = reference(after: bracket) else {
            pieces[opener].bracket = nil
            return append("]")
        }
        resolveEmphasis(from: opener + 1)
        let content = Self.html(of: pieces[(opener + 1)...])
        pieces.removeSubrange(opener...)
        pieces.append(Piece(html: Self.html(of: reference, content: content, isImage: bracket.isImage)))
        // No links in links.
        if !bracket.isImage {
            for index in pieces.indices where pieces[index].bracket?.isImage == false { pieces[index].bracket?.isActive = false }
        }
    }

    private static func html(of reference: MarkdownReference, content: String, isImage: Bool) -> String {
        let title = reference.title.map { " title=\"\(HTML.escape($0))\"" } ?? ""
        if isImage, let source = Address.safe(reference.address, for: .image) {
            return "<img src=\"\(source)\" alt=\"\(HTML.withoutTags(content))\"\(title)>"
        }
        // An image that the network would have to bring is offered as a link.
        let text = isImage ? HTML.withoutTags(content) : content
        guard let address = Address.safe(reference.address, for: .link) else { return text }
        return "<a href=\"\(address)\"\(title)>\(text)</a>"
    }

    /// What follows a closing bracket: `(address "title")`, `[label]`, `[]` or nothing.
    private mutating func reference(after bracket: Bracket) -> MarkdownReference? {
        let label = String(characters[bracket.textStart..<(position - 1)])
        let start = position
        if character(at: position) == "(" {
            position += 1
            if let reference = destination(), character(at: position) == ")" {
                position += 1
                return reference
            }
            position = start
        }
        if character(at: position) == "[", let end = characters[position...].firstIndex(of: "]") {
            let explicit = String(characters[(position + 1)..<end])
            if let reference = references[MarkdownReference.normalised(explicit.isEmpty ? label : explicit)] {
                position = end + 1
                return reference
            }
        }
        return references[MarkdownReference.normalised(label)]
    }

    /// An address and perhaps a title, up to a closing parenthesis or the end.
    mutating func destination() -> MarkdownReference? {
        skipSpaces()
        var address = ""
        if character(at: position) == "<" {
            position += 1
            while let next = character(at: position), next != ">" {
                guard !next.isNewline, next != "<" else { return nil }
                address.append(next)
                position += 1
            }
            guard !isAtEnd else { return nil }
            position += 1
        } else {
            var depth = 0
            while let next = character(at: position), !next.isWhitespace {
                if next == "(" { depth += 1 }
                if next == ")" {
                    if depth == 0 { break }
                    depth -= 1
                }
                if next == "\\", let escaped = character(at: position + 1), escaped.isPunctuation { position += 1 }
                address.append(characters[position])
                position += 1
            }
            guard depth == 0 else { return nil }
        }
        skipSpaces()
        var title: String?
        if let quote = character(at: position), quote == "\"" || quote == "'" {
            guard let end = characters[(position + 1)...].firstIndex(of: quote) else { return nil }
            title = String(characters[(position + 1)..<end])
            position = end + 1
            skipSpaces()
        }
        return MarkdownReference(address: address, title: title)
    }

    private mutating func skipSpaces() { while character(at: position)?.isWhitespace == true { position += 1 } }

    /// `<https://…>`; anything else in angle brackets is text.
    private mutating func angleAddress() {
        if let end = characters[position...].firstIndex(of: ">") {
            let address = String(characters[(position + 1)..<end])
            let isAddress = ["http://", "https://", "mailto:"].contains { address.lowercased().hasPrefix($0) }
            if isAddress, !address.contains(where: { $0.isWhitespace || $0 == "<" }) {
                position = end + 1
                return link(to: address)
            }
        }
        position += 1
        append("<")
    }

    private var startsBareAddress: Bool {
        if let before = character(at: position - 1), before.isLetter || before.isNumber { return false }
        let rest = characters[position...].prefix(9)
        return rest.count > 8 && (rest.starts(with: "https://") || rest.starts(with: "http://")) && !(rest.last?.isWhitespace ?? true)
    }

    private mutating func bareAddress() {
        let start = position
        while let next = character(at: position), !next.isWhitespace, next != "<", next != "]", next != "\"" { position += 1 }
        // Punctuation at the end belongs to the sentence.
        while position > start, let last = character(at: position - 1), "?!.,:*_~';)".contains(last) {
            let text = characters[start..<position]
            if last == ")", text.count(where: { $0 == "(" }) >= text.count(where: { $0 == ")" }) { break }
            position -= 1
        }
        link(to: String(characters[start..<position]))
    }

    private mutating func link(to address: String) {
        let text = HTML.escape(address)
        pieces.append(Piece(html: Address.safe(address, for: .link).map { "<a href=\"\($0)\">\(text)</a>" } ?? text))
    }

    /// `&name;` and `&#1234;` stand for a character; any other ampersand for itself.
    private mutating func entity() {
        let rest = characters[(position + 1)...].prefix(32)
        if let end = rest.firstIndex(of: ";"), end > position + 1 {
            let name = characters[(position + 1)..<end]
            let isNumber = name.first == "#" && name.count > 1 && name.dropFirst().allSatisfy { $0.isASCII && $0.isHexDigit || $0 == "x" }
            if isNumber || name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber) }) {
                pieces.append(Piece(html: "&" + String(name) + ";"))
                position = end + 1
                return
            }
        }
        position += 1
        append("&")
    }
}
