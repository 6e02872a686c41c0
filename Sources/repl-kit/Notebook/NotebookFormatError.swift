/// Why a notebook was refused: which file, where in it, and what was expected there.
public struct NotebookFormatError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The notebook's path as it was given.
    public var path: String
    /// The line in the file, counted from 1; `nil` when the whole file is at fault (it does not exist, say).
    public var line: Int?
    /// The column in that line in Unicode scalars, counted from 1, where it is known.
    public var column: Int?
    /// What is wrong, and what was expected.
    public var reason: String

    public init(path: String, line: Int? = nil, column: Int? = nil, reason: String) {
        self.path = path
        self.line = line
        self.column = column
        self.reason = reason
    }

    /// `path:line:column: reason`, as compilers write it; line and column are left out where they are not known.
    public var description: String {
        var position = path
        if let line {
            position += ":\(line)"
            if let column { position += ":\(column)" }
        }
        return "\(position): \(reason)"
    }
}

/// A problem in one line, before the file that it lies in is known.
struct LineProblem: Error {
    var line: Int
    var column: Int?
    var reason: String

    func inFile(_ path: String) -> NotebookFormatError {
        NotebookFormatError(path: path, line: line, column: column, reason: reason)
    }
}
