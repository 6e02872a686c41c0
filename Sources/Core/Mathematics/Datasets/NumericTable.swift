import Foundation

/// A table of finite numbers, as a CSV file holds it.
///
/// Fields may stand in double quotes; a quote within them is doubled. The first line is a header if any of its
/// fields is not a number; without one the columns are called `column 1`, `column 2`, …
///
/// ```swift
/// let table = try NumericTable(path: "wine.csv")
/// let (features, quality) = try table.separating(target: "quality")
/// ```
public struct NumericTable: Sendable, Equatable {
    /// The names of the columns.
    public let columns: [String]
    /// The numbers, one row a line of the file.
    public let values: Matrix

    /// Reads a file in UTF-8.
    ///
    /// - Parameters:
    ///   - path: the file.
    ///   - delimiter: what separates the fields; by default a comma.
    /// - Throws: `DataFileError` that names the file, the place, what stands there and what was expected.
    public init(path: String, delimiter: Character = ",") throws(DataFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "a table in CSV")
        }
        guard let text = String(data: data, encoding: .utf8) else {
            throw DataFileError(file: path, place: "encoding", value: "not UTF-8", expected: "text in UTF-8")
        }
        try self.init(text: text, file: path, delimiter: delimiter)
    }

    /// Parses the content of a file.
    ///
    /// - Parameters:
    ///   - text: the whole content.
    ///   - file: the name to give in errors.
    ///   - delimiter: what separates the fields.
    public init(text: String, file: String, delimiter: Character = ",") throws(DataFileError) {
        let lines = try Self.fields(of: text, file: file, delimiter: delimiter)
        guard let first = lines.first else {
            throw DataFileError(file: file, place: "content", value: "empty", expected: "at least one line of numbers")
        }
        let hasHeader = first.fields.contains { Double($0) == nil }
        let names = hasHeader ? first.fields : first.fields.indices.map { "column \($0 + 1)" }
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw DataFileError(
                file: file, place: "line \(first.line), column \(index + 1)", value: "the name \"\(name)\" again",
                expected: "a different name for each column")
        }
        let body = hasHeader ? Array(lines.dropFirst()) : lines
        guard !body.isEmpty else {
            throw DataFileError(
                file: file, place: "content", value: "a header alone", expected: "at least one line of numbers")
        }
        var numbers: [Double] = []
        numbers.reserveCapacity(body.count * names.count)
        for (line, fields) in body {
            guard fields.count == names.count else {
                throw DataFileError(
                    file: file, place: "line \(line)", value: "\(fields.count) fields",
                    expected: "\(names.count), as in the first line")
            }
            for (name, field) in zip(names, fields) {
                guard let number = Double(field), number.isFinite else {
                    throw DataFileError(
                        file: file, place: "line \(line), column \(name)",
                        value: field.isEmpty ? "empty" : "\"\(field)\"", expected: "a finite number")
                }
                numbers.append(number)
            }
        }
        columns = names
        values = Matrix(rows: body.count, columns: names.count, Vector(numbers))
    }

    /// The numbers of one column.
    ///
    /// - Throws: `DataFileError` that lists the columns if there is none of this name.
    public func column(_ name: String) throws(DataFileError) -> Vector { values.column(try index(of: name)) }

    /// One column as the target, the others as features.
    ///
    /// - Parameter target: the target's name; by default the last column.
    /// - Throws: `DataFileError` if there is no such column, or no other.
    public func separating(target: String? = nil) throws(DataFileError) -> (features: Matrix, target: Vector) {
        let index = try target.map { name throws(DataFileError) in try self.index(of: name) } ?? columns.count - 1
        guard columns.count > 1 else {
            throw DataFileError(file: "table", place: "columns", value: "1", expected: "a target and at least one feature")
        }
        return (values.selectingColumns(columns.indices.filter { $0 != index }), values.column(index))
    }

    private func index(of name: String) throws(DataFileError) -> Int {
        guard let index = columns.firstIndex(of: name) else {
            throw DataFileError(
                file: "table", place: "column \(name)", value: "missing",
                expected: "one of " + columns.joined(separator: ", "))
        }
        return index
    }

    /// The lines that are not blank with their numbers, cut into fields without the white space around them.
    private static func fields(
        of text: String, file: String, delimiter: Character
    ) throws(DataFileError) -> [(line: Int, fields: [String])] {
        var result: [(line: Int, fields: [String])] = []
        for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            if line.allSatisfy(\.isWhitespace) { continue }
            var fields: [String] = []
            var field = ""
            var (isQuoted, wasQuoted) = (false, false)
            var characters = line.drop { $0 == "\u{FEFF}" }
            func finish() {
                fields.append(wasQuoted ? field : field.trimmingCharacters(in: .whitespaces))
                (field, wasQuoted) = ("", false)
            }
            while let character = characters.popFirst() {
                if character == "\"" {
                    if isQuoted, characters.first == "\"" {
                        field.append("\"")
                        characters.removeFirst()
                    } else {
                        if !isQuoted { field = field.trimmingCharacters(in: .whitespaces) }
                        isQuoted.toggle()
                        wasQuoted = true
                    }
                } else if character == delimiter, !isQuoted {
                    finish()
                } else {
                    field.append(character)
                }
            }
            guard !isQuoted else {
                throw DataFileError(
                    file: file, place: "line \(number + 1)", value: "a quote that does not end",
                    expected: "paired quotes")
            }
            finish()
            result.append((number + 1, fields))
        }
        return result
    }
}
