import Foundation
import NotebookFormat

extension IPythonNotebook {
    /// Converts to a notebook script. What an execution left (outputs, counts, times) has no place in one; all else has.
    ///
    /// - Parameter path: The path that the script will have.
    /// - Throws: `NotebookFormatError` when the result is no well-formed script.
    public func script(path: String) throws(NotebookFormatError) -> Notebook {
        let own = metadata[Self.ownKey]?.object ?? [:]
        let lineEnding = own["line_ending"]?.string == "\r\n" ? "\r\n" : "\n"
        var hasParameters = false
        let isPython = language == "python"
        var fresh: [NotebookCell] = []
        for (index, cell) in cells.enumerated() {
            guard let converted = NotebookCell(cell, isPythonNotebook: isPython, mayBeParameters: !hasParameters) else {
                throw NotebookFormatError(path: path, reason: "cell \(index + 1) cannot be written as a cell of a script")
            }
            hasParameters = hasParameters || converted.isParameters
            fresh.append(converted)
        }

        var canonical = Notebook(cells: fresh, path: path)
        canonical.lineEnding = lineEnding
        var pieces = [preamble(own, lineEnding: lineEnding)]
        for (index, text) in canonical.segments.cells.enumerated() {
            let original = cells[index].metadata[Self.ownKey]?["original"]?.string
            pieces.append(original.flatMap { Self.says($0, fresh[index], isFirst: index == 0) ? $0 : nil } ?? text)
        }
        // The last cell of the script may have no line end, and need not be the last any more.
        for index in pieces.indices.dropLast() {
            guard let last = pieces[index].utf8.last, last != UInt8(ascii: "\n"), pieces[index] != "\u{FEFF}" else { continue }
            pieces[index] += lineEnding
        }
        return try Notebook(parsing: pieces.joined(), path: path)
    }

    /// The front matter, and the text around it.
    private func preamble(_ own: JSONObject, lineEnding: String) -> String {
        var lines = own["front_matter"]?.array?.compactMap(\.string) ?? []
        let residual = residualMetadata(frontMatter: lines)
        let line = residual.isEmpty ? nil : "\(Self.frontMatterKey): \(JSONValue.object(residual).spacedText)"
        if let original = own["preamble"]?.string, let notebook = try? Notebook(parsing: original, path: ""),
            notebook.cells.isEmpty || original.isEmpty
        {
            let isSame = notebook.frontMatter.lines.filter { !$0.hasPrefix(Self.frontMatterKey + ": ") } == lines
            let jupyter = notebook.frontMatter.lines.first { $0.hasPrefix(Self.frontMatterKey + ": ") }
            let before = jupyter.flatMap { try? JSONValue(parsing: String($0.dropFirst(Self.frontMatterKey.count + 2))).object } ?? [:]
            if isSame, before == residual { return original }
        }
        if let line { lines.append(line) }
        guard !lines.isEmpty else { return "" }
        let block = (["---"] + lines + ["---"]).map { $0.isEmpty ? "//" : "// " + $0 }
        return (block + [""]).map { $0 + lineEnding }.joined()
    }

    /// The metadata that a conversion back would not make by itself.
    private func residualMetadata(frontMatter: [String]) -> JSONObject {
        var residual = metadata
        residual[Self.ownKey] = nil
        for key in Self.executionKeys { residual[key] = nil }
        if residual["kernelspec"] == Self.kernelspec { residual["kernelspec"] = nil }
        if residual["kernelspec"] == nil, residual["language_info"]?["name"] == "swift" { residual["language_info"] = nil }
        if let title = residual["title"]?.string {
            let block = (["---"] + frontMatter + ["---"]).map { "// " + $0 + "\n" }.joined()
            if (try? Notebook(parsing: block, path: ""))?.frontMatter.title == title { residual["title"] = nil }
        }
        return residual
    }

    /// Whether a script's text for a cell still says what the cell says. Only the first cell can be without a marker.
    private static func says(_ original: String, _ cell: NotebookCell, isFirst: Bool) -> Bool {
        guard let notebook = try? Notebook(parsing: original, path: ""), notebook.cells.count == 1, notebook.frontMatter.keys.isEmpty
        else { return false }
        return notebook.cells[0].saysTheSame(as: cell) && (isFirst || notebook.cells[0].rawMarker != nil)
    }
}

extension NotebookCell {
    /// Converts a cell; what the percent format cannot say as it is goes into the marker's `ipynb={…}`.
    ///
    /// - Parameter mayBeParameters: Whether the tag "parameters" can be written: a script has one such cell.
    fileprivate init?(_ cell: IPythonNotebook.Cell, isPythonNotebook: Bool, mayBeParameters: Bool) {
        var source = cell.source
        let kind: Kind
        switch cell.kind {
        case .markdown: kind = .markdown
        case .raw: kind = .raw
        case .code:
            let first = source.prefix { $0 != "\n" }
            let isMarked = IPythonNotebook.Cell.isLanguageLine(first)
            kind = (isMarked ? first == IPythonNotebook.Cell.pythonLine : isPythonNotebook) ? .python : .swift
            if isMarked, source.unicodeScalars.count > first.unicodeScalars.count {
                source = String(source.unicodeScalars.dropFirst(first.unicodeScalars.count + 1))
            } else if isMarked {
                source = ""
            }
        }
        var extras: JSONObject = [:]
        if let identifier = cell.identifier, !identifier.hasPrefix(IPythonNotebook.generatedPrefix) { extras["id"] = .string(identifier) }
        if let attachments = cell.attachments { extras["attachments"] = .object(attachments) }
        var metadata = cell.metadata
        for key in IPythonNotebook.executionKeys { metadata[key] = nil }
        if var own = metadata[IPythonNotebook.ownKey]?.object {
            own["original"] = nil
            metadata[IPythonNotebook.ownKey] = own.isEmpty ? nil : .object(own)
        }
        let texts = Self.texts(of: source, kind: kind)
        // Natural where that is possible; the text or the metadata in the extras where it is not.
        for isNatural in [true, false] {
            for (text, textExtras) in texts {
                let candidate = Self.candidate(
                    kind, text, metadata: metadata, extras: extras.merging(textExtras), isNatural: isNatural)
                guard mayBeParameters || !candidate.isParameters, candidate.survivesWriting else { continue }
                self = candidate
                return
            }
        }
        return nil
    }

    /// Ways to write a text, with what has to be remembered for each: as it is; without the blank lines around
    /// it; with lines that would begin a cell changed.
    private static func texts(of source: String, kind: Kind) -> [(text: String, extras: JSONObject)] {
        let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
        func isBlank(_ line: Substring) -> Bool { line.unicodeScalars.allSatisfy { $0 == " " || $0 == "\t" } }
        var ways: [(String, JSONObject)] = [(source, [:])]
        if let first = lines.firstIndex(where: { !isBlank($0) }), let last = lines.lastIndex(where: { !isBlank($0) }) {
            let before = lines[..<first].map { $0 + "\n" }.joined()
            let after = lines[(last + 1)...].map { "\n" + $0 }.joined()
            ways.append((lines[first...last].joined(separator: "\n"), ["padding": .strings([before, after])]))
        }
        ways.append((escaped(source, kind: kind), ["source": .string(source)]))
        return ways
    }

    private static func candidate(
        _ kind: Kind, _ text: String, metadata: JSONObject, extras: JSONObject, isNatural: Bool
    ) -> NotebookCell {
        var cell = NotebookCell(kind, text)
        var extras = extras
        var residual = metadata
        if isNatural {
            if let title = metadata["title"]?.string, !title.isEmpty {
                cell.title = title
                residual["title"] = nil
            }
            if let values = metadata["tags"]?.array, !values.isEmpty {
                let tags = values.compactMap(\.string)
                if tags.count == values.count {
                    cell.tags = tags
                    residual["tags"] = nil
                }
            }
            for (key, value) in metadata.members
            where !["title", "tags", IPythonNotebook.extrasKey].contains(key) {
                cell.metadata.append(Metadata(key: key, json: value.text))
                residual[key] = nil
            }
        }
        if !residual.isEmpty { extras["metadata"] = .object(residual) }
        if !extras.isEmpty { cell.metadata.append(Metadata(key: IPythonNotebook.extrasKey, json: JSONValue.object(extras).text)) }
        return cell
    }

    /// A text in which no line begins a cell, and no line end is one that reading changes.
    static func escaped(_ source: String, kind: Kind) -> String {
        let lines = source.replacingOccurrences(of: "\r", with: "").split(separator: "\n", omittingEmptySubsequences: false)
        let escaped = lines.map { line -> String in
            let written = kind == .swift ? String(line) : "// " + line
            return beginsCell(written) ? (kind == .swift ? " " : "\\") + line : String(line)
        }
        let text = escaped.joined(separator: "\n")
        guard kind == .swift else { return text.hasSuffix("\n") ? String(text.dropLast()) : text }
        return text.trimmingCharacters(in: CharacterSet(charactersIn: " \t\n")).isEmpty ? "" : text.trimmedOfBlankLines
    }

    private static func beginsCell(_ line: String) -> Bool {
        line.range(of: #"^//[ \t]*%%+([ \t]|$)"#, options: .regularExpression) != nil
    }

    /// Whether the cell is read back as it is.
    private var survivesWriting: Bool {
        guard let notebook = try? Notebook(parsing: Notebook(cells: [self]).text, path: ""), notebook.cells.count == 1 else { return false }
        return notebook.cells[0].saysTheSame(as: self)
    }

    /// Whether two cells have the same text, kind, title, tags and metadata, whatever the metadata's order and spaces.
    fileprivate func saysTheSame(as other: NotebookCell) -> Bool {
        func values(_ cell: NotebookCell) -> [String: JSONValue?] {
            Dictionary(cell.metadata.map { ($0.key, try? JSONValue(parsing: $0.json)) }) { $1 }
        }
        return kind == other.kind && source.utf8.elementsEqual(other.source.utf8) && title == other.title && tags == other.tags
            && values(self) == values(other)
    }
}

extension JSONObject {
    fileprivate func merging(_ other: JSONObject) -> JSONObject {
        other.members.reduce(into: self) { $0[$1.key] = $1.value }
    }
}

extension String {
    fileprivate var trimmedOfBlankLines: String {
        var lines = split(separator: "\n", omittingEmptySubsequences: false)[...]
        func isBlank(_ line: Substring) -> Bool { line.unicodeScalars.allSatisfy { $0 == " " || $0 == "\t" } }
        while let first = lines.first, isBlank(first) { lines.removeFirst() }
        while let last = lines.last, isBlank(last) { lines.removeLast() }
        return lines.joined(separator: "\n")
    }
}
