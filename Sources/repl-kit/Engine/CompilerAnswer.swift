import Foundation

/// sourcekitd's answer to a compile request.
struct CompilerAnswer {
    private let entries: [[String: Any]]

    init(_ json: String) throws {
        guard let object = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            throw EngineError.compilerRefused("an answer that is not an object")
        }
        entries = object["key.diagnostics"] as? [[String: Any]] ?? []
    }

    /// The messages at the notebook's places.
    func diagnostics(of source: CellSource, input: CellInput, compiledFile: String) -> [Diagnostic] {
        entries.map { diagnostic($0, source, input, compiledFile) }
    }

    private func diagnostic(
        _ entry: [String: Any], _ source: CellSource, _ input: CellInput, _ compiledFile: String
    ) -> Diagnostic {
        let severityName = (entry["key.severity"] as? String ?? "").split(separator: ".").last.map(String.init) ?? ""
        let reported = entry["key.filepath"] as? String ?? ""
        var line = entry["key.line"] as? Int ?? 1
        var column = entry["key.column"] as? Int ?? 1
        var file = reported
        let isRaw = reported == compiledFile
        if isRaw || reported.isEmpty || reported == (input.file as NSString).lastPathComponent {
            (line, column) = source.notebookPlace(line: line, column: column, isRaw: isRaw || reported.isEmpty)
            file = input.file
        }
        let notes = (entry["key.diagnostics"] as? [[String: Any]] ?? []).map {
            diagnostic($0, source, input, compiledFile)
        }
        return Diagnostic(
            severity: Diagnostic.Severity(rawValue: severityName) ?? .error,
            message: entry["key.description"] as? String ?? "unknown error", file: file, line: line, column: column,
            notes: notes)
    }
}
