/// Markdown as HTML.
///
/// CommonMark with GitHub's tables, struck-out text and bare addresses, read by cmark-gfm, and with TeX formulas
/// between dollar signs, which become MathML. HTML in the text is shown, not used; addresses that could run code or
/// would load an image from the network are not followed.
public enum Markdown {
    /// - Parameters:
    ///   - text: the Markdown.
    ///   - headingOffset: how many levels to lower headings by, so that they fit under a page's own.
    /// - Returns: HTML that holds no scripts and loads nothing from elsewhere.
    /// - Complexity: O(n) for ordinary text of n characters.
    public static func html(from text: String, headingOffset: Int = 0) -> String {
        var renderer = MarkdownRenderer(headingOffset: headingOffset)
        let document = MarkdownDocument(FormulaProtection.protected(text))
        document.visit { isEntering, node in renderer.write(node, isEntering: isEntering) }
        return renderer.html.hasSuffix("\n") ? String(renderer.html.dropLast()) : renderer.html
    }
}
