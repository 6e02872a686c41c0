/// A cell of a notebook.
public struct NotebookCell: Sendable, Equatable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        case markdown, swift, python
        /// Text that belongs to the file and is neither run nor rendered.
        case raw

        /// Whether the cell's text is written in `//` comments.
        var isCommented: Bool { self != .swift }
    }

    /// One `key=value` of a cell's marker line.
    public struct Metadata: Sendable, Equatable {
        public var key: String
        /// The value as JSON text: `"hide"`, `[1, 2]`, `true`.
        public var json: String

        public init(key: String, json: String) {
            self.key = key
            self.json = json
        }
    }

    public var kind: Kind
    /// The text after `// %%` on the marker line.
    public var title: String?
    /// The marker's `tags`.
    public var tags: [String]
    /// The marker's other metadata, in order.
    public var metadata: [Metadata]
    /// The cell's text, with "\n" between lines, without the blank lines before and after it.
    /// Markdown, Python and raw cells are without their comment slashes.
    ///
    /// A line that itself reads as a marker (`%% text` in a commented cell, `// %%` in a Swift one)
    /// begins a new cell when the file is read again.
    public var source: String

    /// The line in the file of the first line of `source`, counted from 1; for an empty cell the line
    /// after its marker, and 0 for a cell that was not read from a file.
    public private(set) var firstLine: Int
    /// The marker line as it stands in the file; `nil` for text before the first marker and for cells
    /// that were not read from a file.
    public private(set) var rawMarker: String?
    /// What was read, so that an unchanged part is written back byte for byte.
    var original: Original?

    struct Original: Sendable, Equatable {
        var kind: Kind
        var marker: CellMarker?
        var markerTerminator: String
        var source: String
        /// Everything below the marker up to the next one.
        var body: [SourceLine]
        /// Whether the file ended with this cell.
        var isLast: Bool
    }

    public init(
        _ kind: Kind, _ source: String, title: String? = nil, tags: [String] = [], metadata: [Metadata] = []
    ) {
        self.kind = kind
        self.title = title
        self.tags = tags
        self.metadata = metadata
        self.source = source
        firstLine = 0
    }

    /// Whether this is the cell whose values the command line can set: tagged `parameters`.
    public var isParameters: Bool { tags.contains(Self.parametersTag) }

    public static let parametersTag = "parameters"

    /// The JSON text of a metadata key.
    public subscript(metadata key: String) -> String? { metadata.first { $0.key == key }?.json }
}

extension NotebookCell {
    /// Reads a cell from its lines.
    ///
    /// - Parameters:
    ///   - marker: the parsed marker, and its line; `nil` for the text before the first marker.
    ///   - body: the lines up to the next marker.
    ///   - line: the file's line number of the first line of `body`.
    init(
        marker: (parsed: CellMarker, line: SourceLine)?, body: [SourceLine], startingAt line: Int, isLast: Bool
    ) throws(LineProblem) {
        let kind = marker?.parsed.kind ?? .swift
        let first = body.firstIndex { !$0.isBlank } ?? 0
        let end = (body.lastIndex { !$0.isBlank } ?? -1) + 1
        var decoded: [String] = []
        for index in first..<max(first, end) {
            let text = body[index].text
            guard kind.isCommented else {
                decoded.append(text)
                continue
            }
            if let content = CommentedText.decode(text) {
                decoded.append(content)
            } else if body[index].isBlank {
                decoded.append("")
            } else {
                throw LineProblem(
                    line: line + index,
                    reason: "a line of a \(kind.rawValue) cell must begin with '//', and this one begins with "
                        + "'\(text.excerpt)' (a Swift cell begins with '// %%')")
            }
        }
        self.kind = kind
        title = marker?.parsed.title
        tags = marker?.parsed.tags ?? []
        metadata = marker?.parsed.metadata ?? []
        source = decoded.joined(separator: "\n")
        firstLine = line + first
        rawMarker = marker?.line.text
        original = Original(
            kind: kind, marker: marker?.parsed, markerTerminator: marker?.line.terminator ?? "", source: source,
            body: body, isLast: isLast)
    }

    /// The marker line to write: the one that was read as long as it says the same.
    func markerText(lineEnding: String) -> String {
        if let original, let marker = original.marker, let rawMarker, marker.says(self) {
            return rawMarker + (original.markerTerminator.isEmpty ? lineEnding : original.markerTerminator)
        }
        return CellMarker(kind: kind, title: title, tags: tags, metadata: metadata, depth: original?.marker?.depth ?? 0)
            .text + lineEnding
    }

    /// The text under the marker: the lines that were read as long as they say the same.
    func bodyText(lineEnding: String, isLast: Bool) -> String {
        if let original, original.kind == kind, original.source.hasSameBytes(as: source) {
            return original.body.joined + (original.isLast && !isLast ? lineEnding : "")
        }
        guard !source.isEmpty else { return isLast ? "" : lineEnding }
        var text = ""
        for line in SourceLine.split(source) {
            text += (kind.isCommented ? CommentedText.encode(line.text) : line.text) + lineEnding
        }
        return text + (isLast ? "" : lineEnding)
    }
}

extension String {
    /// The beginning of a line, for an error message.
    var excerpt: String { count > 24 ? prefix(24) + "…" : self }
}
