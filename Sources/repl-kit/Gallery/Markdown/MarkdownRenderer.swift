/// Writes the HTML of a document, node by node. Line ends stand where cmark's own renderer puts them.
struct MarkdownRenderer {
    let headingOffset: Int
    private(set) var html = ""

    /// How many images' descriptions this is in: they are attributes and hold no elements.
    private var imageDepth = 0
    /// In a link: another would have to end it.
    private var isInLink = false
    /// In a paragraph, of which nothing has been written yet. Displayed formulas are blocks of their own and
    /// divide the paragraph that they stand in.
    private var isParagraphPending = false
    private var column = 0

    init(headingOffset: Int) { self.headingOffset = headingOffset }

    mutating func write(_ node: MarkdownNode, isEntering: Bool) {
        let kind = node.kind
        if kind == "image" { return image(node, isEntering: isEntering) }
        if imageDepth > 0 { return plain(node, kind) }
        switch (kind, isEntering) {
        case ("text", _), ("html_inline", _): text(node.literal)
        case ("softbreak", _): if !isParagraphPending { inline("\n") }
        case ("linebreak", _): if !isParagraphPending { inline("<br>\n") }
        case ("code", _): code(node)
        case ("emph", _): tag("em", isEntering)
        case ("strong", _): tag("strong", isEntering)
        case ("strikethrough", _): tag("del", isEntering)
        case ("link", _): link(node, isEntering: isEntering)
        case ("paragraph", _): paragraph(node, isEntering: isEntering)
        case ("heading", _):
            let name = "h\(min(node.headingLevel + headingOffset, 6))"
            isEntering ? block("<\(name)>") : inline("</\(name)>\n")
        case ("thematic_break", _): block("<hr>\n")
        case ("code_block", _):
            let language = node.fenceInfo.split(whereSeparator: \.isWhitespace).first.map(String.init) ?? ""
            let code = SyntaxHighlighter.html(node.literal.withoutLineEnd, language: language)
            block("<pre class=\"code\" tabindex=\"0\"><code>\(code)</code></pre>\n")
        case ("html_block", _): block("<p>\(HTML.escape(node.literal.withoutLineEnd))</p>\n")
        case ("block_quote", _): block(isEntering ? "<blockquote>\n" : "</blockquote>\n")
        case ("list", true):
            let start = node.listStart.map { $0 == 1 ? "" : " start=\"\($0)\"" }
            block(start.map { "<ol\($0)>\n" } ?? "<ul>\n")
        case ("list", false): block(node.listStart == nil ? "</ul>\n" : "</ol>\n")
        case ("item", _): isEntering ? block("<li>") : inline("</li>\n")
        case ("table", true): block("<div class=\"scroll\" tabindex=\"0\"><table>\n")
        case ("table", false): inline(node.lastChild?.kind == "table_row" ? "</tbody>\n</table></div>\n" : "</table></div>\n")
        case ("table_header", true):
            column = 0
            inline("<thead><tr>")
        case ("table_header", false): inline("</tr></thead>\n")
        case ("table_row", true):
            column = 0
            inline(node.previous?.kind == "table_header" ? "<tbody>\n<tr>" : "<tr>")
        case ("table_row", false): inline("</tr>\n")
        case ("table_cell", _): tableCell(node, isEntering: isEntering)
        default: break
        }
    }

    // MARK: Writing

    private mutating func beginLine() {
        if !html.isEmpty, html.utf8.last != UInt8(ascii: "\n") { html += "\n" }
    }

    private mutating func block(_ text: String) {
        beginLine()
        html += text
    }

    private mutating func inline(_ text: String) {
        if isParagraphPending {
            isParagraphPending = false
            block("<p>")
        }
        html += text
    }

    private mutating func tag(_ name: String, _ isEntering: Bool) { inline(isEntering ? "<\(name)>" : "</\(name)>") }

    private mutating func text(_ text: String) {
        let text = isParagraphPending ? text.drop { $0 == " " } : text[...]
        if !text.isEmpty { inline(HTML.escape(text)) }
    }

    // MARK: Blocks

    private mutating func paragraph(_ node: MarkdownNode, isEntering: Bool) {
        let isTight = node.parent?.parent?.isTightList == true
        if isEntering {
            isParagraphPending = !isTight
        } else if isParagraphPending {
            isParagraphPending = false
        } else if !isTight {
            html += "</p>\n"
        }
    }

    private mutating func displayedFormula(_ tex: String, in paragraph: MarkdownNode) {
        let isTight = paragraph.parent?.parent?.isTightList == true
        if !isParagraphPending, !isTight {
            while let last = html.last, last == " " || last == "\n" { html.removeLast() }
            html += "</p>\n"
        }
        block("<div class=\"formula\" tabindex=\"0\">\(Formula.mathML(from: tex, isDisplayed: true))</div>\n")
        isParagraphPending = !isTight
    }

    private mutating func tableCell(_ node: MarkdownNode, isEntering: Bool) {
        let row = node.parent
        let name = row?.kind == "table_header" ? "th" : "td"
        guard isEntering else { return inline("</\(name)>") }
        let style = row?.parent?.alignment(ofColumn: column).map { " style=\"text-align:\($0)\"" } ?? ""
        column += 1
        inline("<\(name)\(style)>")
    }

    // MARK: Inline text

    /// Code, or a formula.
    private mutating func code(_ node: MarkdownNode) {
        var text = node.literal
        let mark = text.unicodeScalars.first
        guard mark == FormulaProtection.formula || mark == FormulaProtection.displayedFormula else {
            return inline("<code>\(HTML.escape(text))</code>")
        }
        text.unicodeScalars.removeFirst()
        if mark == FormulaProtection.displayedFormula, let parent = node.parent, parent.kind == "paragraph" {
            displayedFormula(text, in: parent)
        } else {
            inline(Formula.mathML(from: text, isDisplayed: mark == FormulaProtection.displayedFormula))
        }
    }

    private mutating func link(_ node: MarkdownNode, isEntering: Bool) {
        guard let address = Address.safe(node.address, for: .link) else { return }
        isInLink = isEntering
        inline(isEntering ? "<a href=\"\(address)\"\(Self.title(of: node))>" : "</a>")
    }

    /// An image, or, where the network would have to bring it, a link to it.
    private mutating func image(_ node: MarkdownNode, isEntering: Bool) {
        imageDepth += isEntering ? 1 : -1
        // An image in an image's description is described with it.
        guard imageDepth == (isEntering ? 1 : 0) else { return }
        if let source = Address.safe(node.address, for: .image) {
            inline(isEntering ? "<img src=\"\(source)\" alt=\"" : "\"\(Self.title(of: node))>")
        } else if !isInLink, let address = Address.safe(node.address, for: .link) {
            inline(isEntering ? "<a href=\"\(address)\"\(Self.title(of: node))>" : "</a>")
        }
    }

    private mutating func plain(_ node: MarkdownNode, _ kind: String) {
        switch kind {
        case "text", "html_inline": text(node.literal)
        case "code":
            let marks = [FormulaProtection.formula, FormulaProtection.displayedFormula]
            let scalars = node.literal.unicodeScalars.drop { marks.contains($0) }
            text(String(String.UnicodeScalarView(scalars)))
        case "softbreak", "linebreak": text(" ")
        default: break
        }
    }

    private static func title(of node: MarkdownNode) -> String {
        node.title.isEmpty ? "" : " title=\"\(HTML.escape(node.title))\""
    }
}

extension String {
    fileprivate var withoutLineEnd: String { hasSuffix("\n") ? String(dropLast()) : self }
}
