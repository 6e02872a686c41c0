import Foundation

/// A file of a detection data set that cannot be read, with the place in it.
public struct DatasetError: Error, Hashable, CustomStringConvertible {
    /// The file's name.
    public let file: String
    /// The place in the file, such as `annotations[3].bbox` or `line 12`; nil where the file as a whole is meant.
    public let place: String?
    /// What was expected and what was found.
    public let problem: String

    public init(file: String, place: String?, problem: String) {
        self.file = file
        self.place = place
        self.problem = problem
    }

    public var description: String {
        [file, place, problem].compactMap { $0 }.filter { !$0.isEmpty }.joined(separator: ": ")
    }
}

/// The contents of a file.
func contents(of url: URL) throws(DatasetError) -> Data {
    do {
        return try Data(contentsOf: url, options: .mappedIfSafe)
    } catch {
        let exists = FileManager.default.fileExists(atPath: url.path)
        throw DatasetError(
            file: url.lastPathComponent, place: nil,
            problem: exists ? "cannot be read (\(url.path))" : "no such file (\(url.path))")
    }
}

/// The lines of a text file, numbered from 1, without those that are empty.
func numberedLines(of url: URL) throws(DatasetError) -> [(number: Int, text: Substring)] {
    guard let text = String(data: try contents(of: url), encoding: .utf8) else {
        throw DatasetError(file: url.lastPathComponent, place: nil, problem: "expected text in UTF-8")
    }
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        .map { ($0 + 1, $1.last == "\r" ? $1.dropLast() : $1) }
        .filter { !$0.1.allSatisfy(\.isWhitespace) }
}
