import Foundation

extension Notebook {
    /// Reads a notebook file.
    ///
    /// - Throws: ``NotebookFormatError`` when the file does not exist, is a folder, cannot be read, is not UTF-8
    ///   (with the line of the first bad byte), or is not a well-formed notebook.
    public init(contentsOfFile path: String) throws(NotebookFormatError) {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw NotebookFormatError(path: path, reason: "there is no such file")
        }
        guard !isFolder.boolValue else {
            throw NotebookFormatError(path: path, reason: "this is a folder, and a notebook is a file")
        }
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
            throw NotebookFormatError(
                path: path, reason: "the file cannot be read: \((cause ?? error).localizedDescription)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            let lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            let line = lines.firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw NotebookFormatError(path: path, line: line.map { $0 + 1 }, reason: "the file is not UTF-8 text")
        }
        try self.init(parsing: text, path: path)
    }

    /// Writes the notebook, replacing the file in one step.
    ///
    /// - Throws: ``NotebookFormatError`` when the file cannot be written.
    public func write(toFile path: String) throws(NotebookFormatError) {
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
        } catch {
            throw NotebookFormatError(path: path, reason: "the file cannot be written: \(error.localizedDescription)")
        }
    }
}
