import Foundation
import NotebookEngine

/// The cell that papermill puts after a notebook's parameters cell.
///
/// Papermill knows no Swift. Told that the language is Python (`--language python`) it writes lines of Python under
/// the comment "# Parameters", which is no Swift either, so that such a cell cannot be mistaken. The values
/// take the place of those in the cell that declares them, which keeps their types: `seed = 3` sets `let seed: UInt64 = 0`.
public struct InjectedParameters: Sendable, Equatable {
    public var values: [(name: String, value: String)]

    public static func == (left: InjectedParameters, right: InjectedParameters) -> Bool {
        left.values.map(\.name) == right.values.map(\.name) && left.values.map(\.value) == right.values.map(\.value)
    }

    /// Reads a cell; `nil` when it is no such cell.
    ///
    /// - Throws: `ParameterError` for a value that has no counterpart as a parameter.
    public init?(cell: String) throws(ParameterError) {
        let lines = cell.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        guard let first = lines.first, first.hasPrefix("# "), first.dropFirst(2).first?.isLetter == true else { return nil }
        values = []
        for line in lines.dropFirst() where !line.hasPrefix("#") {
            guard let equals = line.firstIndex(of: "=") else { return nil }
            let name = line[..<equals].trimmingCharacters(in: .whitespaces)
            guard name.range(of: #"^[A-Za-z_][A-Za-z0-9_]*$"#, options: .regularExpression) != nil else { return nil }
            let text = line[line.index(after: equals)...].trimmingCharacters(in: .whitespaces)
            values.append((name, try Self.value(text, name: name)))
        }
    }

    /// A value as the command line takes it: texts without quotes, Swift's words for Python's.
    private static func value(_ text: String, name: String) throws(ParameterError) -> String {
        switch text {
        case "True": return "true"
        case "False": return "false"
        case "None": return "nil"
        default: break
        }
        if text.hasPrefix("\"") {
            guard let string = try? JSONValue(parsing: escapedAsJSON(text)).string else {
                throw .invalid(name: name, value: text, expected: "a text in double quotes")
            }
            return string
        }
        guard let first = text.first, first.isNumber || "-[(".contains(first) else {
            throw .invalid(name: name, value: text, expected: "a number, a text, True, False, None or a list of these")
        }
        // A list of Python's is one of Swift's but for these words.
        return text.replacingOccurrences(of: "True", with: "true").replacingOccurrences(of: "False", with: "false")
            .replacingOccurrences(of: "None", with: "nil")
    }

    /// Python's escapes that JSON does not have: `\xe9`, `\U0001f600` and `\'`.
    private static func escapedAsJSON(_ text: String) -> String {
        var result = ""
        var rest = Substring(text)
        while let character = rest.popFirst() {
            guard character == "\\", let escaped = rest.popFirst() else {
                result.append(character)
                continue
            }
            switch escaped {
            case "x": result += "\\u00"
            case "'": result += "'"
            case "U":
                let digits = rest.prefix(8)
                rest = rest.dropFirst(8)
                if let scalar = UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init) { result.unicodeScalars.append(scalar) }
            default: result += "\\" + String(escaped)
            }
        }
        return result
    }

    /// The cell that declares the parameters, with the new values.
    ///
    /// - Parameter sources: The cells that ran, oldest first; the last that declares them all is taken.
    /// - Throws: `ParameterError` for a name that is not declared or a value that does not fit.
    func cell(from sources: [String]) throws(ParameterError) -> String {
        let names = Set(values.map(\.name))
        guard !names.isEmpty else { return "" }
        var known: [String] = []
        for source in sources.reversed() {
            let parameters = NotebookParameters(source: source)
            if names.isSubset(of: parameters.names) {
                return try parameters.source(setting: Dictionary(values.map { ($0.name, $0.value) }) { $1 })
            }
            if !names.isDisjoint(with: parameters.names) { known = parameters.names }
        }
        throw .unknown(name: names.subtracting(known).sorted().first ?? "", known: known)
    }
}
