import Foundation
import NotebookFormat

/// A Jupyter notebook file (nbformat 4), as it was read: what is not looked at is kept.
public struct IPythonNotebook: Sendable, Equatable {
    public struct Cell: Sendable, Equatable {
        public enum Kind: String, Sendable { case markdown, code, raw }

        public var kind: Kind
        public var source: String
        public var metadata: JSONObject
        public var identifier: String?
        /// Images and other files that a Markdown cell holds: name to MIME bundle.
        public var attachments: JSONObject?
        public var executionCount: Int?
        /// Outputs as the file has them.
        public var outputs: [JSONValue]

        public init(
            _ kind: Kind, _ source: String, metadata: JSONObject = [:], identifier: String? = nil, attachments: JSONObject? = nil,
            executionCount: Int? = nil, outputs: [JSONValue] = []
        ) {
            self.kind = kind
            self.source = source
            self.metadata = metadata
            self.identifier = identifier
            self.attachments = attachments
            self.executionCount = executionCount
            self.outputs = outputs
        }
    }

    public var metadata: JSONObject
    public var cells: [Cell]

    public init(metadata: JSONObject = [:], cells: [Cell]) {
        self.metadata = metadata
        self.cells = cells
    }

    /// The language of the code cells.
    public var language: String {
        metadata["language_info"]?["name"]?.string ?? metadata["kernelspec"]?["language"]?.string ?? "swift"
    }

    // MARK: - Reading

    /// - Throws: `NotebookFormatError` when the file cannot be read or is no notebook of nbformat 4.
    public init(contentsOfFile path: String) throws(NotebookFormatError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw NotebookFormatError(path: path, reason: "there is no such file, or it cannot be read")
        }
        try self.init(parsing: [UInt8](data), path: path)
    }

    public init(parsing bytes: [UInt8], path: String) throws(NotebookFormatError) {
        func refusal(_ reason: String) -> NotebookFormatError { NotebookFormatError(path: path, reason: reason) }
        let root: JSONValue
        do {
            root = try JSONValue(parsing: bytes)
        } catch {
            throw refusal(error.description)
        }
        guard let format = root["nbformat"]?.int else { throw refusal("this is no Jupyter notebook: it has no 'nbformat'") }
        guard format == 4 else {
            throw refusal("nbformat is \(format); expected 4 (jupyter nbconvert --to notebook brings older notebooks up to date)")
        }
        guard let cells = root["cells"]?.array else { throw refusal("this is no Jupyter notebook: it has no list of 'cells'") }
        metadata = root["metadata"]?.object ?? [:]
        self.cells = []
        for (index, value) in cells.enumerated() {
            func cellRefusal(_ reason: String) -> NotebookFormatError { refusal("cell \(index + 1): \(reason)") }
            guard let name = value["cell_type"]?.string, let kind = Cell.Kind(rawValue: name) else {
                throw cellRefusal("'cell_type' is \(value["cell_type"]?.text ?? "missing"); expected markdown, code or raw")
            }
            guard let source = Self.text(value["source"]) else { throw cellRefusal("'source' must be text or a list of texts") }
            self.cells.append(
                Cell(
                    kind, source, metadata: value["metadata"]?.object ?? [:], identifier: value["id"]?.string,
                    attachments: value["attachments"]?.object, executionCount: value["execution_count"]?.int,
                    outputs: value["outputs"]?.array ?? []))
        }
    }

    /// Text that may be given in lines.
    static func text(_ value: JSONValue?) -> String? {
        if let text = value?.string { return text }
        guard let lines = value?.array else { return nil }
        let texts = lines.compactMap(\.string)
        return texts.count == lines.count ? texts.joined() : nil
    }

    // MARK: - Writing

    /// The file's text, laid out as Jupyter does, so that saving it there changes no line.
    public var text: String {
        var used = Set(cells.compactMap(\.identifier))
        let cells = self.cells.map { cell -> JSONValue in
            var object: JSONObject = [
                "cell_type": .string(cell.kind.rawValue), "metadata": .object(cell.metadata),
                "source": .strings(Self.lines(cell.source)),
                "id": .string(cell.identifier ?? Self.generatedIdentifier(for: cell, besides: &used)),
            ]
            if let attachments = cell.attachments { object["attachments"] = .object(attachments) }
            if cell.kind == .code {
                object["execution_count"] = cell.executionCount.map(JSONValue.integer) ?? .null
                object["outputs"] = .array(cell.outputs)
            }
            return .object(object)
        }
        let root: JSONValue = ["cells": .array(cells), "metadata": .object(metadata), "nbformat": 4, "nbformat_minor": 5]
        return root.notebookText
    }

    public func write(toFile path: String) throws(NotebookFormatError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw NotebookFormatError(path: path, reason: "the file cannot be written: \(error.localizedDescription)")
        }
    }

    static let generatedPrefix = "rk-"

    /// An identifier made of a cell's text, the same at every conversion.
    private static func generatedIdentifier(for cell: Cell, besides used: inout Set<String>) -> String {
        // FNV-1a.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in cell.kind.rawValue.utf8 + Array(cell.source.utf8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let name = generatedPrefix + String(hash, radix: 16)
        var identifier = name
        var number = 2
        while !used.insert(identifier).inserted {
            identifier = "\(name)-\(number)"
            number += 1
        }
        return identifier
    }

    /// A text's lines with their ends, divided where Python divides them.
    static func lines(_ text: String) -> [String] {
        var lines: [String] = []
        var line = ""
        var scalars = text.unicodeScalars.makeIterator()
        var next = scalars.next()
        while let scalar = next {
            line.unicodeScalars.append(scalar)
            next = scalars.next()
            let isEnd =
                switch scalar {
                case "\r": next != "\n"
                case "\n", "\u{B}", "\u{C}", "\u{1C}", "\u{1D}", "\u{1E}", "\u{85}", "\u{2028}", "\u{2029}": true
                default: false
                }
            if isEnd {
                lines.append(line)
                line = ""
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
