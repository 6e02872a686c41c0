import Foundation

/// A documentation comment as the compiler gives it, in XML, turned back into Markdown.
enum CommentXML {
    static func markdown(_ xml: String) -> String {
        guard let comment = content(of: "CommentParts", in: xml) else { return "" }
        var parts: [String] = []
        if let abstract = content(of: "Abstract", in: comment) { parts += paragraphs(abstract) }
        if let parameters = content(of: "Parameters", in: comment) {
            var lines: [String] = []
            for parameter in contents(of: "Parameter", in: parameters) {
                let name = text(content(of: "Name", in: parameter) ?? "")
                let words = paragraphs(content(of: "Discussion", in: parameter) ?? "").joined(separator: " ")
                lines.append("- `\(name)`: \(words)")
            }
            if !lines.isEmpty { parts.append("Parameters:\n" + lines.joined(separator: "\n")) }
        }
        if let result = content(of: "ResultDiscussion", in: comment) {
            parts.append("Returns: " + paragraphs(result).joined(separator: " "))
        }
        if let errors = content(of: "ThrowsDiscussion", in: comment) {
            parts.append("Throws: " + paragraphs(errors).joined(separator: " "))
        }
        // The comment's own discussion, not that of a parameter.
        let rest = ["Parameters", "ResultDiscussion", "ThrowsDiscussion", "Abstract"].reduce(comment) { removing($1, from: $0) }
        for discussion in contents(of: "Discussion", in: rest) { parts += paragraphs(discussion) }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private static func paragraphs(_ xml: String) -> [String] {
        var source = xml
        for (tag, mark) in [("codeVoice", "`"), ("emphasis", "*"), ("strong", "**"), ("bold", "**")] {
            source = source.replacingOccurrences(of: "<\(tag)>", with: mark).replacingOccurrences(of: "</\(tag)>", with: mark)
        }
        source = source.replacingOccurrences(of: "<Item>", with: "\n- ").replacingOccurrences(of: "</Para>", with: "</Para>\n\n")
        source = source.replacingOccurrences(of: #"<CodeListing[^>]*>"#, with: "\n```swift\n", options: .regularExpression)
            .replacingOccurrences(of: "</CodeListing>", with: "```\n\n")
            .replacingOccurrences(of: #"</zCodeLineNumbered>"#, with: "\n").replacingOccurrences(of: "<![CDATA[", with: "")
            .replacingOccurrences(of: "]]>", with: "")
        return text(source).components(separatedBy: "\n\n").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }.filter { !$0.isEmpty }
    }

    private static func text(_ xml: String) -> String { CodePlace.textOfXML(xml) }

    private static func content(of tag: String, in xml: String) -> String? { contents(of: tag, in: xml).first }

    private static func contents(of tag: String, in xml: String) -> [String] {
        var found: [String] = []
        var rest = xml[...]
        while let open = rest.range(of: #"<\#(tag)(\s[^>]*)?>"#, options: .regularExpression),
            let close = rest[open.upperBound...].range(of: "</\(tag)>")
        {
            found.append(String(rest[open.upperBound..<close.lowerBound]))
            rest = rest[close.upperBound...]
        }
        return found
    }

    private static func removing(_ tag: String, from xml: String) -> String {
        xml.replacingOccurrences(of: #"<\#(tag)(\s[^>]*)?>[\s\S]*?</\#(tag)>"#, with: "", options: .regularExpression)
    }
}
