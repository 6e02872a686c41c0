/// A notebook file: front matter and cells in the percent format that Jupytext, VS Code and Spyder
/// share, in Swift's comments.
///
/// ```
/// // ---
/// // title: Soft-NMS
/// // ---
///
/// // %% [markdown]
/// // # Soft-NMS
///
/// // %% tags=["parameters"]
/// let seed: UInt64 = 0
/// ```
///
/// The rules:
///
/// - A cell begins at a line `// %%`, at the very start of the line, and goes to the next such line. This holds for
///   every such line, also inside a block comment or a multi-line string: every editor that knows the format
///   looks at lines alone, and a file must not mean different things in two programs. Indent such a line instead.
/// - After `// %%` may come a title, the cell's type (`[markdown]` or `[md]`, `[python]`, `[raw]`; without one it is
///   Swift), and metadata: `key=value` with JSON values, or one JSON object.
/// - Markdown, Python and raw cells are written in `//` comments.
/// - What stands before the first marker and after the front matter is a Swift cell.
/// - Before the front matter only a `#!` line and blank lines may stand.
///
/// Nothing of a file is lost: what is not changed is written back byte for byte.
public struct Notebook: Sendable, Equatable {
    public var frontMatter: FrontMatter
    public var cells: [NotebookCell]
    /// The path that the notebook was read from; the default slug is made of it.
    public var path: String
    /// "\n", or "\r\n" when most lines of the file end so: what changed and new lines end with.
    public var lineEnding: String

    /// The byte order mark, `#!` line and blank lines before the front matter.
    var head: [SourceLine] = []
    /// The blank lines before a first cell that has a marker; `nil` when not read from a file.
    var gap: [SourceLine]?
    private var hasByteOrderMark = false

    /// A new notebook.
    public init(frontMatter: FrontMatter = FrontMatter(), cells: [NotebookCell], path: String = "notebook.swiftscript") {
        self.frontMatter = frontMatter
        self.cells = cells
        self.path = path
        lineEnding = "\n"
    }

    /// The notebook's name in paths and addresses: the front matter's, or made of the file's name.
    public var slug: String { frontMatter.slug ?? Slug.ofFile(path) }

    /// The front matter's title, else the first heading of a Markdown cell, else the slug.
    public var title: String {
        if let title = frontMatter.title, !title.isEmpty { return title }
        for cell in cells where cell.kind == .markdown {
            if let heading = Self.firstHeading(in: cell.source) { return heading }
        }
        return slug
    }

    /// The index of the cell whose values the command line can set.
    public var parametersIndex: Int? { cells.firstIndex(where: \.isParameters) }

    /// The notebook as text.
    public var text: String { textWithStarts.text }

    /// The notebook's text in pieces: what stands before the first cell, and each cell with its marker. Joined they are ``text``.
    public var segments: (preamble: String, cells: [String]) {
        let (text, starts) = textWithStarts
        let bytes = text.utf8
        let places = (starts + [bytes.count]).map { bytes.index(bytes.startIndex, offsetBy: $0) }
        return (String(text[..<places[0]]), zip(places, places.dropFirst()).map { String(text[$0..<$1]) })
    }

    /// The text, and the byte at which each cell begins.
    private var textWithStarts: (text: String, starts: [Int]) {
        var starts: [Int] = []
        var text = hasByteOrderMark ? "\u{FEFF}" : ""
        text += head.joined
        let block = frontMatter.text(lineEnding: lineEnding)
        let endsWithBlock = cells.isEmpty && gap?.isEmpty == true
        if !block.isEmpty || !cells.isEmpty { text.endLine(with: lineEnding) }
        text += endsWithBlock ? (frontMatter.original?.joined ?? block) : block
        if let gap { text += gap.joined } else if !block.isEmpty, !cells.isEmpty { text += lineEnding }
        for (index, cell) in cells.enumerated() {
            let isLast = index == cells.count - 1
            // Text before the first marker needs none; anywhere else it does.
            if index > 0 || cell.rawMarker != nil || cell.original == nil || cell.kind != .swift || !cell.tags.isEmpty
                || cell.title != nil || !cell.metadata.isEmpty
            {
                text.endLine(with: lineEnding)
                starts.append(text.utf8.count)
                let marker = cell.markerText(lineEnding: lineEnding)
                let body = cell.bodyText(lineEnding: lineEnding, isLast: isLast)
                // A file may end with a marker that no line end follows.
                let endsAtMarker = isLast && body.isEmpty && cell.original?.markerTerminator == "" && cell.rawMarker != nil
                text += endsAtMarker ? String(marker.unicodeScalars.dropLast(lineEnding.unicodeScalars.count)) : marker
                text += body
            } else {
                starts.append(text.utf8.count)
                text += cell.bodyText(lineEnding: lineEnding, isLast: isLast)
            }
        }
        return (text, starts)
    }

    private static func firstHeading(in markdown: String) -> String? {
        var fence: Substring?
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            let text = line.drop { $0 == " " }
            if let open = fence {
                if text.hasPrefix(open) { fence = nil }
            } else if text.hasPrefix("```") || text.hasPrefix("~~~") {
                fence = text.prefix(3)
            } else if text.hasPrefix("#") {
                let hashes = text.prefix { $0 == "#" }
                let rest = text.dropFirst(hashes.count)
                guard hashes.count <= 6, rest.first == " " else { continue }
                var words = rest.split(separator: " ")
                if let last = words.last, words.count > 1, last.allSatisfy({ $0 == "#" }) { words.removeLast() }
                if !words.isEmpty { return words.joined(separator: " ") }
            }
        }
        return nil
    }
}

extension Notebook {
    /// Reads a notebook.
    ///
    /// - Parameters:
    ///   - text: the file's text.
    ///   - path: where it came from, for error messages and the default slug.
    /// - Throws: ``NotebookFormatError`` with the line and the reason when the text is not a well-formed notebook:
    ///   a front matter that is not closed or not YAML, a key twice, a bad slug, an unknown cell type, bad
    ///   metadata, an uncommented line in a commented cell, or more than one parameters cell.
    public init(parsing text: String, path: String) throws(NotebookFormatError) {
        do {
            try self.init(parsingLinesOf: text, path: path)
        } catch {
            throw error.inFile(path)
        }
    }

    private init(parsingLinesOf text: String, path: String) throws(LineProblem) {
        let hasByteOrderMark = text.unicodeScalars.first == "\u{FEFF}"
        let lines = SourceLine.split(hasByteOrderMark ? String(text.unicodeScalars.dropFirst()) : text)
        self.init(cells: [], path: path)
        self.hasByteOrderMark = hasByteOrderMark
        if lines.count(where: { $0.terminator == "\r\n" }) * 2 > lines.count { lineEnding = "\r\n" }

        var next = lines.first?.text.hasPrefix("#!") == true ? 1 : 0
        if let first = lines[next...].firstIndex(where: { !$0.isBlank }), FrontMatter.isFence(lines[first].text) {
            head = Array(lines[..<first])
            let end = try Self.endOfFrontMatter(in: lines, openedAt: first)
            frontMatter = try FrontMatter(block: Array(lines[first...end]), startingAt: first + 1)
            next = end + 1
        } else {
            head = Array(lines[..<next])
        }

        let markers = lines.indices.filter { $0 >= next && CellMarker.begins(lines[$0].text) }
        let beforeFirst = lines[next..<(markers.first ?? lines.count)]
        gap = []
        if beforeFirst.allSatisfy(\.isBlank) {
            gap = Array(beforeFirst)
        } else {
            cells.append(
                try NotebookCell(marker: nil, body: Array(beforeFirst), startingAt: next + 1, isLast: markers.isEmpty))
        }
        var parametersLine: Int?
        for (index, start) in markers.enumerated() {
            let end = index + 1 < markers.count ? markers[index + 1] : lines.count
            let marker = try CellMarker(parsing: lines[start].text, at: start + 1)
            let cell = try NotebookCell(
                marker: (marker, lines[start]), body: Array(lines[(start + 1)..<end]), startingAt: start + 2,
                isLast: index + 1 == markers.count)
            if cell.isParameters {
                if let parametersLine {
                    throw LineProblem(
                        line: start + 1,
                        reason: "a notebook has one parameters cell, and there is one on line \(parametersLine) already")
                }
                parametersLine = start + 1
            }
            cells.append(cell)
        }
    }

    private static func endOfFrontMatter(in lines: [SourceLine], openedAt first: Int) throws(LineProblem) -> Int {
        for index in (first + 1)..<max(lines.count, first + 1) {
            if FrontMatter.isFence(lines[index].text) { return index }
            if CellMarker.begins(lines[index].text) {
                throw LineProblem(
                    line: index + 1,
                    reason: "a cell begins inside the front matter, which was opened on line \(first + 1) and is not "
                        + "closed with '// ---'")
            }
        }
        throw LineProblem(line: first + 1, reason: "the front matter opened here is not closed with '// ---'")
    }
}

extension String {
    /// Ends the last line, if there is one that is not ended.
    fileprivate mutating func endLine(with lineEnding: String) {
        if let last = utf8.last, last != UInt8(ascii: "\n"), self != "\u{FEFF}" { self += lineEnding }
    }
}
