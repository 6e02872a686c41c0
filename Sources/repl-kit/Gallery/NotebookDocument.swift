import NotebookProtocol

/// A notebook as one HTML page that stands alone: cells and outputs as in the gallery, images inside the page.
public struct NotebookDocument: Sendable {
    public var title: String
    /// The paper, such as "arXiv:1704.04503".
    public var paper: String?
    /// The cells, with what they gave out. Figures are displays here: the page has no folder for files.
    public var cells: [CellRecord]

    public init(title: String, paper: String? = nil, cells: [CellRecord]) {
        self.title = title
        self.paper = paper
        self.cells = cells
    }

    /// The page.
    public func html() -> String {
        let page = NotebookPage(entry: GalleryEntry(name: "", content: .broken(reason: "")))
        let facts = paper.map { "<dl class=\"facts\"><div><dt>Paper</dt><dd>\(PageParts.paper($0))</dd></div></dl>" } ?? ""
        let body = """
            <main class="sheet">
            <header class="head">
            <h1>\(HTML.escape(title))</h1>
            \(facts)
            </header>
            \(cells.enumerated().map { page.cell($1, isFirst: $0 == 0, title: title) }.joined(separator: "\n"))
            </main>
            """
        return PageParts.document(title: title, body: body, style: StyleSheet.notebook)
    }
}
