import Foundation
import NotebookFormat

extension IPythonNotebook {
    /// The marker's key that holds what the percent format has no place for.
    static let extrasKey = "ipynb"
    /// The metadata's key that holds what a Jupyter notebook has no place for.
    static let ownKey = "repl_kit"
    /// The front matter's key that holds a Jupyter notebook's own metadata.
    static let frontMatterKey = "jupyter"

    /// Metadata that an execution leaves, as it leaves outputs: when JupyterLab, nbclient or papermill ran a cell.
    static let executionKeys = ["execution", "papermill"]

    static let kernelspec: JSONValue = [
        "display_name": .string(KernelSpecification.displayName), "language": "swift", "name": .string(KernelSpecification.standardName),
    ]
    private static let languageInfo: JSONValue = [
        "codemirror_mode": "swift", "file_extension": ".swift", "mimetype": "text/x-swift", "name": "swift", "pygments_lexer": "swift",
    ]

    /// Converts a notebook script.
    ///
    /// Every part of the script has its place in the result: titles, tags and metadata of cells as cell metadata, the front
    /// matter and, where a line was not written as repl-kit writes it, the line itself as metadata `repl_kit`. Converted
    /// back, cells that were not edited are the script's to the byte.
    ///
    /// - Parameters:
    ///   - script: The notebook.
    ///   - existing: The notebook file that the result takes the place of: cells with the same text keep its outputs,
    ///     numbers and identifiers.
    /// - Throws: `NotebookFormatError` when the front matter's `jupyter` is not a JSON object on one line.
    public init(script: Notebook, keeping existing: IPythonNotebook? = nil) throws(NotebookFormatError) {
        self.init(cells: [])
        metadata = try Self.jupyterMetadata(of: script)
        if metadata["kernelspec"] == nil { metadata["kernelspec"] = Self.kernelspec }
        if metadata["language_info"] == nil, language == "swift" { metadata["language_info"] = Self.languageInfo }
        if metadata["title"] == nil, let title = script.frontMatter.title, !title.isEmpty { metadata["title"] = .string(title) }
        let isPython = language == "python"
        cells = script.cells.map { Cell($0, isPythonNotebook: isPython) }

        var own: JSONObject = [:]
        let lines = script.frontMatter.lines.filter { !$0.hasPrefix(Self.frontMatterKey + ": ") }
        if !lines.isEmpty { own["front_matter"] = .strings(lines) }
        if script.lineEnding != "\n" { own["line_ending"] = .string(script.lineEnding) }
        if !own.isEmpty { metadata[Self.ownKey] = .object(own) }
        keepOriginals(of: script, own: own)
        if let existing { keepOutputs(of: existing) }
    }

    private static func jupyterMetadata(of script: Notebook) throws(NotebookFormatError) -> JSONObject {
        guard script.frontMatter.keys.contains(frontMatterKey) else { return [:] }
        let prefix = frontMatterKey + ": "
        guard let line = script.frontMatter.lines.first(where: { $0.hasPrefix(prefix) }),
            let object = (try? JSONValue(parsing: String(line.dropFirst(prefix.count))))?.object
        else {
            throw NotebookFormatError(
                path: script.path, reason: "'\(frontMatterKey)' in the front matter must be a JSON object on the same line")
        }
        return object
    }

    /// Keeps, beside what conversion would write anyway, the script's own text where it differs.
    private mutating func keepOriginals(of script: Notebook, own: JSONObject) {
        let (preamble, originals) = script.segments
        let plain = try? self.script(path: script.path).segments
        var own = own
        if plain?.preamble != preamble {
            own["preamble"] = .string(preamble)
            metadata[Self.ownKey] = .object(own)
        }
        for index in cells.indices where plain?.cells.indices.contains(index) != true || plain?.cells[index] != originals[index] {
            var cellOwn = cells[index].metadata[Self.ownKey]?.object ?? [:]
            cellOwn["original"] = .string(originals[index])
            cells[index].metadata[Self.ownKey] = .object(cellOwn)
        }
    }

    /// Takes outputs from cells that have the same text, matched in order.
    mutating func keepOutputs(of existing: IPythonNotebook) {
        func key(_ cell: Cell) -> String { cell.kind.rawValue + "\n" + cell.source }
        let difference = cells.map(key).difference(from: existing.cells.map(key))
        let inserted = Set(difference.insertions.map { change in if case .insert(let offset, _, _) = change { offset } else { -1 } })
        let removed = Set(difference.removals.map { change in if case .remove(let offset, _, _) = change { offset } else { -1 } })
        let kept = zip(cells.indices.filter { !inserted.contains($0) }, existing.cells.indices.filter { !removed.contains($0) })
        var used = Set(cells.compactMap(\.identifier))
        for (index, old) in kept {
            cells[index].outputs = existing.cells[old].outputs
            cells[index].executionCount = existing.cells[old].executionCount
            for key in Self.executionKeys where existing.cells[old].metadata[key] != nil {
                cells[index].metadata[key] = existing.cells[old].metadata[key]
            }
            if cells[index].identifier == nil, let identifier = existing.cells[old].identifier, used.insert(identifier).inserted {
                cells[index].identifier = identifier
            }
        }
    }
}

extension IPythonNotebook.Cell {
    /// The first lines that say that a code cell is not in the notebook's language.
    static let pythonLine = PythonCellMarker.line
    static let swiftLine = "%swift"

    static func isLanguageLine(_ line: Substring) -> Bool { line == pythonLine || line == swiftLine }

    fileprivate init(_ cell: NotebookCell, isPythonNotebook: Bool) {
        let extras = cell[metadata: IPythonNotebook.extrasKey].flatMap { try? JSONValue(parsing: $0).object } ?? [:]
        var metadata: JSONObject = [:]
        if let title = cell.title { metadata["title"] = .string(title) }
        if !cell.tags.isEmpty { metadata["tags"] = .strings(cell.tags) }
        for entry in cell.metadata where entry.key != IPythonNotebook.extrasKey {
            metadata[entry.key] = (try? JSONValue(parsing: entry.json)) ?? .string(entry.json)
        }
        for (key, value) in extras["metadata"]?.object?.members ?? [] { metadata[key] = value }

        var source = cell.source
        if let exact = extras["source"]?.string, NotebookCell.escaped(exact, kind: cell.kind) == source { source = exact }
        if let padding = extras["padding"]?.array, padding.count == 2 {
            source = (padding[0].string ?? "") + source + (padding[1].string ?? "")
        }
        let kind: Kind
        switch cell.kind {
        case .markdown: kind = .markdown
        case .raw: kind = .raw
        case .swift:
            kind = .code
            let isAmbiguous = Self.isLanguageLine(source.prefix { $0 != "\n" })
            if isPythonNotebook || isAmbiguous { source = Self.swiftLine + "\n" + source }
        case .python:
            kind = .code
            let isAmbiguous = Self.isLanguageLine(source.prefix { $0 != "\n" })
            if !isPythonNotebook || isAmbiguous { source = Self.pythonLine + "\n" + source }
        }
        self.init(
            kind, source, metadata: metadata, identifier: extras["id"]?.string, attachments: extras["attachments"]?.object)
    }
}
