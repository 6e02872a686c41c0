import Foundation
import NotebookFormat
import NotebookProtocol

extension IPythonNotebook {
    /// A notebook script with what a run of it gave out.
    ///
    /// - Parameters:
    ///   - script: The notebook that ran.
    ///   - record: The record of the run.
    ///   - folder: The folder with the run's figures, which the result holds as images.
    public init(script: Notebook, record: RunRecord, folder: String) throws(NotebookFormatError) {
        try self.init(script: script)
        var run: JSONObject = [
            "scale": .string(record.scale.rawValue), "started": .string(record.startedAt), "status": .string(record.status.rawValue),
        ]
        if !record.parameters.isEmpty {
            run["parameters"] = .object(
                record.parameters.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = .string($1.value) })
        }
        var own = metadata[Self.ownKey]?.object ?? [:]
        own["run"] = .object(run)
        metadata[Self.ownKey] = .object(own)

        // A record has all cells but the raw ones.
        var records = record.cells.makeIterator()
        var number = 0
        for (index, cell) in script.cells.enumerated() where cell.kind != .raw {
            guard let cellRecord = records.next(), cells[index].kind == .code else { continue }
            // Parameters ran with the values that the run was given.
            if cellRecord.source != cell.source { cells[index].source = cells[index].source.replacingOccurrences(of: cell.source, with: cellRecord.source) }
            guard cellRecord.status != .notRun else { continue }
            number += 1
            cells[index].executionCount = number
            cells[index].outputs = cellRecord.outputs.map { Self.output($0, number: number, folder: folder) }
        }
    }

    private static func output(_ output: CellOutput, number: Int, folder: String) -> JSONValue {
        switch output {
        case .text(let stream, let text):
            return [
                "output_type": "stream", "name": stream == .standardOutput ? "stdout" : "stderr", "text": .strings(lines(text)),
            ]
        case .display(let bundle, let isResult):
            var object: JSONObject = [
                "output_type": isResult ? "execute_result" : "display_data", "data": data(bundle), "metadata": [:],
            ]
            if isResult { object["execution_count"] = .integer(number) }
            return .object(object)
        case .figure(let figure): return self.output(.display(bundle(of: figure, in: folder), isResult: false), number: number, folder: folder)
        case .claim(let claim): return self.output(.display(claim.bundle, isResult: false), number: number, folder: folder)
        case .failure(let text):
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            return [
                "output_type": "error", "ename": "CellFailure", "evalue": .string(lines.first ?? ""), "traceback": .strings(lines),
            ]
        }
    }

    private static func data(_ bundle: MimeBundle) -> JSONValue {
        var data = KernelServer.data(bundle)
        for (type, value) in data.members { if let text = value.string { data[type] = .strings(lines(text)) } }
        return .object(data)
    }

    private static func bundle(of figure: FigureRecord, in folder: String) -> MimeBundle {
        var bundle = MimeBundle([MimeBundle.plainText: figure.caption ?? "Figure: \(figure.name)"])
        for file in figure.files where !file.contains("/") {
            guard let data = FileManager.default.contents(atPath: folder + "/" + file) else { continue }
            switch (file as NSString).pathExtension.lowercased() {
            case "png": bundle[MimeBundle.png] = data.base64EncodedString()
            case "svg": bundle[MimeBundle.svg] = String(decoding: data, as: UTF8.self)
            default: break
            }
        }
        return bundle
    }
}

extension IPythonNotebook {
    /// The cells and outputs as the gallery draws them.
    public var cellRecords: [CellRecord] {
        cells.compactMap { cell in
            switch cell.kind {
            case .raw: return nil
            case .markdown:
                return CellRecord(kind: .markdown, source: cell.markdownWithAttachments, line: 0, status: .succeeded)
            case .code:
                let isMarkedPython = cell.source.hasPrefix(Cell.pythonLine + "\n")
                let source = isMarkedPython ? String(cell.source.dropFirst(Cell.pythonLine.count + 1)) : cell.source
                let outputs = cell.outputs.compactMap(Self.cellOutput)
                let hasFailed = cell.outputs.contains { $0["output_type"] == "error" }
                return CellRecord(
                    kind: isMarkedPython || language == "python" ? .python : .swift, source: source, line: 0,
                    tags: cell.metadata["tags"]?.array?.compactMap(\.string) ?? [], status: hasFailed ? .failed : .succeeded,
                    outputs: outputs)
            }
        }
    }

    /// The title: the metadata's, else the first heading, else the file's name.
    public func title(path: String) -> String {
        if let title = metadata["title"]?.string, !title.isEmpty { return title }
        let markdown = cells.filter { $0.kind == .markdown }.map { NotebookCell(.markdown, $0.source) }
        return Notebook(cells: markdown, path: path).title
    }

    private static func cellOutput(_ output: JSONValue) -> CellOutput? {
        switch output["output_type"]?.string {
        case "stream":
            return .text(output["name"] == "stderr" ? .standardError : .standardOutput, text(output["text"]) ?? "")
        case "display_data", "execute_result":
            var bundle = MimeBundle([:])
            for (type, value) in output["data"]?.object?.members ?? [] { bundle[type] = text(value) ?? value.text }
            return .display(bundle, isResult: output["output_type"] == "execute_result")
        case "error":
            let lines = output["traceback"]?.array?.compactMap(\.string) ?? []
            let summary = "\(output["ename"]?.string ?? "Error"): \(output["evalue"]?.string ?? "")"
            return .failure(lines.isEmpty ? summary : lines.joined(separator: "\n"))
        default: return nil
        }
    }
}

extension IPythonNotebook.Cell {
    /// A Markdown cell's text with the images that it holds in place of their names.
    var markdownWithAttachments: String {
        var text = source
        for (name, bundle) in attachments?.members ?? [] {
            guard let (type, data) = bundle.object?.members.first(where: { $0.key.hasPrefix("image/") }),
                let base64 = IPythonNotebook.text(data)
            else { continue }
            text = text.replacingOccurrences(of: "attachment:\(name)", with: "data:\(type);base64,\(base64.filter { !$0.isWhitespace })")
        }
        return text
    }
}
