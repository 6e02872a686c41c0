import Foundation
import NotebookProtocol

/// A notebook as Markdown: code in fences, images as files beside it.
public struct MarkdownExport: Sendable {
    public var markdown: String
    /// Files by their names in ``folder``.
    public var files: [String: Data]
    /// The folder, beside the Markdown file, that takes the files.
    public var folder: String

    /// - Parameter name: The Markdown file's name without its ending.
    public init(_ notebook: IPythonNotebook, name: String) {
        folder = name + "_files"
        files = [:]
        markdown = ""
        var parts: [String] = []
        for (index, cell) in notebook.cellRecords.enumerated() {
            switch cell.kind {
            case .markdown: parts.append(cell.source)
            case .swift, .python:
                if !cell.source.isEmpty { parts.append(Self.fenced(cell.source, language: cell.kind == .swift ? "swift" : "python")) }
                for (number, output) in cell.outputs.enumerated() {
                    if let part = part(output, file: "output-\(index + 1)-\(number + 1)") { parts.append(part) }
                }
            }
        }
        markdown = parts.joined(separator: "\n\n") + "\n"
    }

    private mutating func part(_ output: CellOutput, file: String) -> String? {
        switch output {
        case .text(_, let text), .failure(let text):
            let settled = TerminalText.settled(text).trimmingCharacters(in: .newlines)
            return settled.isEmpty ? nil : Self.fenced(settled, language: "text")
        case .display(let bundle, _): return part(bundle, file: file)
        case .claim(let claim): return Self.fenced(claim.bundle[MimeBundle.plainText] ?? "", language: "text")
        case .figure(let figure): return "Figure: \(figure.name)"
        }
    }

    /// The best representation that Markdown can hold.
    private mutating func part(_ bundle: MimeBundle, file: String) -> String? {
        if let markdown = bundle[MimeBundle.markdown] { return markdown }
        for (type, ending) in [(MimeBundle.png, "png"), ("image/jpeg", "jpg"), (MimeBundle.svg, "svg")] {
            guard let text = bundle[type],
                let data = ending == "svg" ? Data(text.utf8) : Data(base64Encoded: text, options: .ignoreUnknownCharacters)
            else { continue }
            files["\(file).\(ending)"] = data
            let address = folder.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? folder
            let alternative = (bundle[MimeBundle.plainText] ?? "image").filter { !"[]\n".contains($0) }
            return "![\(alternative)](\(address)/\(file).\(ending))"
        }
        if let latex = bundle[MimeBundle.latex] { return latex }
        if let html = bundle[MimeBundle.html] { return html }
        return bundle[MimeBundle.plainText].map { Self.fenced(TerminalText.settled($0), language: "text") }
    }

    /// A fence longer than any in the text.
    private static func fenced(_ text: String, language: String) -> String {
        var longest = 2
        var run = 0
        for character in text {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        return "\(fence)\(language)\n\(text)\n\(fence)"
    }
}
