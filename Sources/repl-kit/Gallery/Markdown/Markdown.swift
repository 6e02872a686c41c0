/// Markdown as HTML.
///
/// CommonMark with GitHub's tables, struck-out text and bare addresses, and with TeX formulas between dollar signs,
/// which become MathML. HTML in the text is shown, not used; addresses that could run code or would load an
/// image from the network are not followed.
public enum Markdown {
    /// - Parameters:
    ///   - text: the Markdown.
    ///   - headingOffset: how many levels to lower headings by, so that they fit under a page's own.
    /// - Returns: HTML that holds no scripts and loads nothing from elsewhere.
    /// - Complexity: O(n) for ordinary text of n characters.
    public static func html(from text: String, headingOffset: Int = 0) -> String {
        var parser = MarkdownBlockParser()
        let blocks = parser.parse(MarkdownBlockParser.lines(of: text)).blocks
        return MarkdownRenderer(references: parser.references, headingOffset: headingOffset).html(blocks)
    }
}

/// A block of a Markdown text, its inline text not parsed yet: links may be defined further down.
indirect enum MarkdownBlock {
    case heading(level: Int, text: String)
    case paragraph(String)
    case code(String, language: String)
    case formula(String)
    case quote([MarkdownBlock])
    case list(items: [[MarkdownBlock]], start: Int?, isTight: Bool)
    case table(header: [String], alignments: [Alignment], rows: [[String]])
    case rule

    enum Alignment: String { case none, left, center, right }
}

struct MarkdownRenderer {
    let references: [String: MarkdownReference]
    let headingOffset: Int

    func html(_ blocks: [MarkdownBlock], isTight: Bool = false) -> String {
        blocks.map { html($0, isTight: isTight) }.joined(separator: "\n")
    }

    private func inline(_ text: String) -> String { MarkdownInlineParser(text, references: references).html() }

    private func html(_ block: MarkdownBlock, isTight: Bool) -> String {
        switch block {
        case .heading(let level, let text):
            let level = min(level + headingOffset, 6)
            return "<h\(level)>\(inline(text))</h\(level)>"
        case .paragraph(let text):
            return isTight ? inline(text) : "<p>\(inline(text))</p>"
        case .code(let text, let language):
            return "<pre class=\"code\" tabindex=\"0\"><code>\(SyntaxHighlighter.html(text, language: language))</code></pre>"
        case .formula(let text):
            return "<div class=\"formula\" tabindex=\"0\">\(Formula.mathML(from: text, isDisplayed: true))</div>"
        case .quote(let blocks):
            return "<blockquote>\n\(html(blocks))\n</blockquote>"
        case .list(let items, let start, let isTight):
            let tag = start == nil ? "ul" : "ol"
            let attribute = start.map { $0 == 1 ? "" : " start=\"\($0)\"" } ?? ""
            let content = items.map { "<li>\(html($0, isTight: isTight))</li>" }.joined(separator: "\n")
            return "<\(tag)\(attribute)>\n\(content)\n</\(tag)>"
        case .table(let header, let alignments, let rows):
            func row(_ cells: [String], _ tag: String) -> String {
                let content = zip(cells, alignments).map { cell, alignment in
                    let style = alignment == .none ? "" : " style=\"text-align:\(alignment.rawValue)\""
                    return "<\(tag)\(style)>\(inline(cell))</\(tag)>"
                }
                return "<tr>\(content.joined())</tr>"
            }
            let body = rows.map { row($0, "td") }.joined(separator: "\n")
            return "<div class=\"scroll\" tabindex=\"0\"><table>\n<thead>\(row(header, "th"))</thead>\n"
                + "<tbody>\n\(body)\n</tbody>\n</table></div>"
        case .rule:
            return "<hr>"
        }
    }
}
