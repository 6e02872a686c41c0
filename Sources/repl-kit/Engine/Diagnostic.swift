/// One message of the compiler about a cell, at the notebook's own place.
public struct Diagnostic: Codable, Sendable, Equatable {
    public enum Severity: String, Codable, Sendable { case error, warning, note, remark }

    public var severity: Severity
    public var message: String
    /// The notebook's path as it was given; another file's where the message is about that.
    public var file: String
    /// Counted from 1.
    public var line: Int
    /// In UTF-8 bytes, counted from 1.
    public var column: Int
    public var notes: [Diagnostic]

    /// The message with its line and caret, as compilers draw it.
    ///
    /// - Parameters:
    ///   - isColoured: With the terminal's colours.
    ///   - lines: The text of a line of the notebook, or nil for lines of other files.
    public func rendered(isColoured: Bool = false, lines: (Diagnostic) -> String?) -> String {
        func colour(_ text: String, _ code: String) -> String { isColoured ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        let tint = switch severity {
        case .error: "1;31"
        case .warning: "1;35"
        case .note, .remark: "1;36"
        }
        var text = "\(colour("\(file):\(line):\(column):", "1")) \(colour("\(severity.rawValue):", tint)) \(message)"
        if let source = lines(self) {
            let number = String(line)
            let gutter = String(repeating: " ", count: number.count)
            // Tabs keep their width under the caret.
            let before = String(decoding: Array(source.utf8.prefix(column - 1)), as: UTF8.self)
            let padding = String(before.map { $0 == "\t" ? "\t" : " " })
            text += "\n \(number) | \(source)\n \(gutter) | \(padding)\(colour("^", "1;32"))"
        }
        for note in notes { text += "\n" + note.rendered(isColoured: isColoured, lines: lines) }
        return text
    }
}
