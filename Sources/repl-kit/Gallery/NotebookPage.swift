import NotebookProtocol

/// The page of one notebook: its cells with their outputs, and the table of its claims.
struct NotebookPage {
    let entry: GalleryEntry

    func html() -> String {
        let body: String
        let title: String
        switch entry.content {
        case .broken(let reason):
            title = entry.name
            body = """
                \(Self.back)
                <main class="sheet">
                <h1>\(HTML.escape(title))</h1>
                <p class="failure">\(HTML.escape(reason))</p>
                <p>Run the notebook again to replace the record.</p>
                </main>
                """
        case .run(let run):
            title = run.title
            body = self.body(run)
        }
        return PageParts.document(title: title, body: body, style: StyleSheet.notebook)
    }

    private static let back = "<nav class=\"back\"><a href=\"../index.html\">← All notebooks</a></nav>"

    private func body(_ run: RunRecord) -> String {
        let counts = ClaimCounts(run.claims)
        let link = run.claims.isEmpty ? "" : "<p><a href=\"#claims\">Table of claims</a></p>"
        return """
            \(Self.back)
            <main class="sheet">
            <header class="head">
            <h1>\(HTML.escape(run.title))</h1>
            \(facts(run))
            <div class="claims">\(PageParts.counts(counts, isTally: true))\(link)</div>
            \(run.status == .failed ? "<p class=\"failure\">A cell failed.</p>" : "")
            </header>
            \(run.cells.enumerated().map { cell($1, isFirst: $0 == 0, title: run.title) }.joined(separator: "\n"))
            \(remainingFigures(run))
            \(claimTable(run.claims))
            </main>
            """
    }

    private func facts(_ run: RunRecord) -> String {
        var facts: [(String, String)] = []
        if let paper = run.paper { facts.append(("Paper", PageParts.paper(paper))) }
        if let field = run.field { facts.append(("Field", HTML.escape(PageParts.heading(ofField: field)))) }
        facts.append(("Run", "\(PageParts.duration(run.seconds)) at \(run.scale.rawValue) scale, \(PageParts.date(run.startedAt)), \(run.status.words)"))
        if !run.parameters.isEmpty {
            let items = run.parameters.sorted { $0.key < $1.key }.map { "<code>\(HTML.escape("\($0.key)=\($0.value)"))</code>" }
            facts.append(("Parameters", items.joined(separator: " ")))
        }
        facts.append(("Notebook", "<code>\(HTML.escape(run.path))</code>"))
        return "<dl class=\"facts\">\(facts.map { "<div><dt>\($0)</dt><dd>\($1)</dd></div>" }.joined())</dl>"
    }

    // MARK: Cells

    func cell(_ cell: CellRecord, isFirst: Bool, title: String) -> String {
        switch cell.kind {
        case .markdown:
            let source = isFirst ? Self.withoutTitle(cell.source, title) : cell.source
            return source.isBlank ? "" : "<section class=\"prose\">\n\(Markdown.html(from: source, headingOffset: 1))\n</section>"
        case .swift, .python:
            return """
                <section class="cell \(cell.status == .failed ? "has-failed" : "")">
                \(code(cell))
                \(OutputRenderer(entry: entry).html(cell.outputs))
                </section>
                """
        }
    }

    /// The page shows the title already.
    private static func withoutTitle(_ source: String, _ title: String) -> String {
        let lines = source.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: true)
        guard let first = lines.first, first.hasPrefix("# ") else { return source }
        let heading = first.dropFirst(2).trimmed
        // The heading may be the beginning of the title, and the other way round.
        guard title.hasPrefix(heading) || heading.hasPrefix(title) else { return source }
        return lines.count > 1 ? String(lines[1]) : ""
    }

    /// Cells longer than this are folded.
    private static let longestOpenCell = 30

    private func code(_ cell: CellRecord) -> String {
        guard !cell.source.isBlank else { return "" }
        let language = cell.kind == .swift ? "Swift" : "Python"
        let count = cell.source.split(separator: "\n", omittingEmptySubsequences: false).count
        var label = cell.tags.contains("parameters") ? "Parameters" : language
        // A notebook that is no text file has no lines.
        if cell.line > 0 { label += ", line \(cell.line)" }
        if cell.status == .notRun { label += ", not run" }
        if cell.seconds >= 1 { label += ", \(PageParts.duration(cell.seconds))" }
        let code = "<pre class=\"code\" tabindex=\"0\"><code>\(SyntaxHighlighter.html(cell.source, language: language))</code></pre>"
        if count > Self.longestOpenCell {
            return "<details><summary>\(label), \(count) lines of code</summary>\(code)</details>"
        }
        return "<p class=\"label\">\(label)</p>\(code)"
    }

    /// Figures that no cell's output holds.
    private func remainingFigures(_ run: RunRecord) -> String {
        let shown = Set(
            run.cells.flatMap(\.outputs).compactMap { output in
                if case .figure(let figure) = output { figure.name } else { nil }
            })
        let figures = run.figures.filter { !shown.contains($0.name) }
        guard !figures.isEmpty else { return "" }
        let renderer = OutputRenderer(entry: entry)
        return "<section class=\"cell\"><h2>Figures</h2>\(figures.map(renderer.figure).joined(separator: "\n"))</section>"
    }

    // MARK: Claims

    private func claimTable(_ claims: [ClaimRecord]) -> String {
        guard !claims.isEmpty else { return "" }
        let rows = claims.map { claim in
            let note = claim.note.map { "<span class=\"note\">\(HTML.escape($0))</span>" } ?? ""
            let none = "<span class=\"nothing\">–</span>"
            let cells = [
                ("Measured", claim.measured.isEmpty ? none : PageParts.value(claim.measured)), ("Required", claim.required.isEmpty ? none : PageParts.value(claim.required)),
                ("Published", claim.published.map(PageParts.value) ?? none),
            ].map { "<td role=\"cell\" data-label=\"\($0)\"><span>\($1)</span></td>" }
            return "<tr role=\"row\" class=\"\(claim.verdict.styleName)\">"
                + "<th role=\"rowheader\" scope=\"row\">\(HTML.escape(claim.statement))\(note)</th>\(cells.joined())"
                + "<td role=\"cell\" class=\"verdict\"><span>\(PageParts.mark(claim.verdict)) \(claim.verdict.rawValue)</span></td></tr>"
        }
        let headings = ["Claim", "Measured", "Required", "Published", "Verdict"].map {
            "<th role=\"columnheader\" scope=\"col\">\($0)</th>"
        }
        // The roles keep the table a table for screen readers where narrow screens lay it out as blocks.
        return """
            <section class="claim-table" aria-labelledby="claims">
            <h2 id="claims">Claims</h2>
            <table role="table">
            <thead role="rowgroup"><tr role="row">\(headings.joined())</tr></thead>
            <tbody role="rowgroup">
            \(rows.joined(separator: "\n"))
            </tbody>
            </table>
            </section>
            """
    }
}
