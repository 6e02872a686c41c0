import Foundation
import NotebookProtocol

/// What a cell gave out, as HTML.
struct OutputRenderer {
    let entry: GalleryEntry

    func html(_ outputs: [CellOutput]) -> String {
        let parts = joiningText(outputs).map(html)
        return parts.isEmpty ? "" : "<div class=\"outputs\">\n\(parts.joined(separator: "\n"))\n</div>"
    }

    /// A stream's text comes in pieces, as it was flushed; a reader sees one text.
    private func joiningText(_ outputs: [CellOutput]) -> [CellOutput] {
        var result: [CellOutput] = []
        for output in outputs {
            if case .text(let stream, let text) = output, case .text(stream, let before)? = result.last {
                result[result.count - 1] = .text(stream, before + text)
            } else {
                result.append(output)
            }
        }
        return result
    }

    private func html(_ output: CellOutput) -> String {
        switch output {
        case .text(let stream, let text):
            let settled = TerminalText.settled(text)
            guard !settled.allSatisfy(\.isWhitespace) else { return "" }
            return stream == .standardOutput
                ? "<pre class=\"text\" tabindex=\"0\">\(HTML.escape(settled))</pre>"
                : "<pre class=\"text error-stream\" tabindex=\"0\" aria-label=\"Standard error\">\(HTML.escape(settled))</pre>"
        case .display(let bundle, _): return display(bundle)
        case .figure(let figure): return self.figure(figure)
        case .claim(let claim): return self.claim(claim)
        case .failure(let text):
            return "<pre class=\"failure\" tabindex=\"0\" role=\"group\" aria-label=\"Failure\">\(HTML.escape(TerminalText.settled(text)))</pre>"
        }
    }

    /// The best representation that a page can show.
    private func display(_ bundle: MimeBundle) -> String {
        if let html = bundle[MimeBundle.html] { return "<div class=\"scroll html\" tabindex=\"0\">\(html)</div>" }
        let alternative = HTML.escape(bundle[MimeBundle.plainText] ?? "Displayed image")
        if let svg = bundle[MimeBundle.svg] {
            // As an image an SVG runs no scripts and loads nothing.
            return image("data:image/svg+xml;base64,\(Base64.encode(svg))", alternative)
        }
        for type in [MimeBundle.png, "image/jpeg", "image/gif"] {
            if let data = bundle[type].flatMap(Base64.cleaned) { return image("data:\(type);base64,\(data)", alternative) }
        }
        if let markdown = bundle[MimeBundle.markdown] { return "<div class=\"prose\">\(Markdown.html(from: markdown, headingOffset: 2))</div>" }
        if let latex = bundle[MimeBundle.latex] {
            let formula = latex.trimmingCharacters(in: .init(charactersIn: "$ \n"))
            return "<div class=\"formula\" tabindex=\"0\">\(Formula.mathML(from: formula, isDisplayed: true))</div>"
        }
        if let text = bundle[MimeBundle.plainText] {
            return "<pre class=\"text result\" tabindex=\"0\">\(HTML.escape(TerminalText.settled(text)))</pre>"
        }
        let types = bundle.representations.keys.sorted().joined(separator: ", ")
        return types.isEmpty ? "" : "<p class=\"label\">A value of type \(HTML.escape(types)), which a page cannot show</p>"
    }

    private func image(_ source: String, _ alternative: String) -> String {
        "<p class=\"plate\"><img src=\"\(source)\" alt=\"\(alternative)\"></p>"
    }

    func figure(_ figure: FigureRecord) -> String {
        let caption = figure.caption.map { Markdown.html(from: $0) } ?? ""
        let links = figure.files.filter { entry.files[$0] != nil && !$0.contains("/") }.map { file in
            let kind = file.split(separator: ".").last.map { $0.uppercased() } ?? file
            return "<a href=\"\(HTML.address(ofFile: file))\">\(HTML.escape(kind))</a>"
        }
        let timing = figure.isTiming ? " <span>Shows measured times.</span>" : ""
        guard let file = entry.image(of: figure) else {
            return "<p class=\"failure\">The figure \(HTML.escape(figure.name)) is not in the run’s folder.</p>"
        }
        let address = HTML.address(ofFile: file)
        return """
            <figure>
            <a class="plate" href="\(address)"><img src="\(address)" alt="\(PageParts.alternative(of: figure))"></a>
            <figcaption>\(caption)<p class="files">\(links.joined(separator: " "))\(timing)</p></figcaption>
            </figure>
            """
    }

    private func claim(_ claim: ClaimRecord) -> String {
        let measured = claim.measured.isEmpty ? "" : ": measured \(PageParts.value(claim.measured))"
            + (claim.required.isEmpty ? "" : ", required \(PageParts.value(claim.required))")
        return "<p class=\"claim-line \(claim.verdict.styleName)\">\(PageParts.mark(claim.verdict)) "
            + "<span><b>\(claim.verdict.rawValue)</b> \(HTML.escape(claim.statement))\(measured)</span></p>"
    }
}
