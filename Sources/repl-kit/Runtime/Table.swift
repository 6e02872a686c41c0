import Foundation
import NotebookProtocol

/// A table to display: named columns and rows of any values.
///
/// ```swift
/// display(Table(columns: ["rule", "AP"], rows: [["hard", 0.521], ["Gaussian", 0.691]]))
/// ```
public struct Table: Displayable, Sendable {
    public let columns: [String]
    /// The cells as text: numbers with four significant digits.
    public let rows: [[String]]
    private let isNumeric: [Bool]

    /// - Precondition: every row has as many values as there are columns.
    public init(columns: [String], rows: [[Any]]) {
        for (index, row) in rows.enumerated() {
            precondition(
                row.count == columns.count,
                "Table: row \(index) has \(row.count) values; expected \(columns.count), one for each of \(columns)")
        }
        self.columns = columns
        self.rows = rows.map { $0.map(Table.text(of:)) }
        isNumeric = columns.indices.map { column in
            !rows.isEmpty && rows.allSatisfy { $0[column] is any BinaryFloatingPoint || $0[column] is any BinaryInteger }
        }
    }

    private static func text(of value: Any) -> String {
        switch value {
        case let number as Double: formatted(number)
        case let number as Float: formatted(Double(number))
        case let optional as Any?:
            switch optional {
            case .some(let wrapped): String(describing: wrapped)
            case .none: "—"
            }
        }
    }

    public var displayed: MimeBundle {
        MimeBundle([
            MimeBundle.plainText: plainText, MimeBundle.markdown: markdown, MimeBundle.html: html,
        ])
    }

    private var plainText: String {
        let widths = columns.indices.map { column in
            ([columns[column]] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        func line(_ cells: [String]) -> String {
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                return isNumeric[column] ? padding + cells[column] : cells[column] + padding
            }.joined(separator: "  ").trimmingTrailingSpaces()
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
    }

    private var markdown: String {
        func line(_ cells: [String]) -> String {
            "| " + cells.map { $0.replacingOccurrences(of: "|", with: "\\|") }.joined(separator: " | ") + " |"
        }
        let rule = "| " + isNumeric.map { $0 ? "---:" : "---" }.joined(separator: " | ") + " |"
        return ([line(columns), rule] + rows.map(line)).joined(separator: "\n")
    }

    private var html: String {
        func row(_ cells: [String], _ tag: String) -> String {
            "<tr>" + cells.indices.map { column in
                let alignment = isNumeric[column] ? " style=\"text-align:right\"" : ""
                return "<\(tag)\(alignment)>\(cells[column].escapedForHTML)</\(tag)>"
            }.joined() + "</tr>"
        }
        return "<table><thead>\(row(columns, "th"))</thead><tbody>\(rows.map { row($0, "td") }.joined())</tbody></table>"
    }
}

/// A number with four significant digits, as tables and claims show it.
func formatted(_ number: Double) -> String {
    if number.isNaN { return "NaN" }
    if number.isInfinite { return number < 0 ? "-∞" : "∞" }
    if number == number.rounded(), abs(number) < 1e6 { return String(Int(number)) }
    return String(format: "%.4g", number)
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var text = Substring(self)
        while text.last == " " { text.removeLast() }
        return String(text)
    }

    var escapedForHTML: String {
        var escaped = ""
        for character in self {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            default: escaped.append(character)
            }
        }
        return escaped
    }
}
