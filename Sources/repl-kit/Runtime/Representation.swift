import Foundation
import Mathematics
import NotebookProtocol

/// How many elements of a collection are shown, and of which kind.
private enum Limit {
    static let rows = 20
    static let scalars = 200
    static let characters = 20_000
}

/// The representation of any value: its own, or one made for its kind.
func representation<Value>(of value: Value) -> MimeBundle {
    if let displayable = value as? any Displayable { return displayable.displayed }
    let mirror = Mirror(reflecting: value)
    switch mirror.displayStyle {
    case .optional:
        guard let wrapped = mirror.children.first?.value else { return plain("nil") }
        return representation(of: wrapped)
    case .collection, .set:
        if let table = table(ofRecords: mirror, type: Value.self) { return table }
        if mirror.children.count > Limit.scalars, let collection = value as? any Collection {
            return plain(shortened(collection, count: Int(mirror.children.count)))
        }
    case .dictionary:
        if let table = table(ofDictionary: mirror) { return table }
    default: break
    }
    return plain(describe(value))
}

private func plain(_ text: String) -> MimeBundle {
    guard text.utf8.count > Limit.characters else { return MimeBundle([MimeBundle.plainText: text]) }
    let kept = String(text.prefix(Limit.characters))
    return MimeBundle([MimeBundle.plainText: "\(kept)… (\(text.count) characters)"])
}

/// A value as a person wants to read it: strings in quotes.
private func describe<Value>(_ value: Value) -> String {
    if let text = value as? String { return text.debugDescription }
    return String(describing: value)
}

/// The ends of a long collection and its count.
private func shortened(_ collection: some Collection, count: Int) -> String {
    let shown = 5
    let first = collection.prefix(shown).map { describe($0) }
    let last = collection.dropFirst(count - shown).map { describe($0) }
    return "[" + (first + ["…"] + last).joined(separator: ", ") + "] (\(count) elements)"
}

/// An array of structs or labelled tuples as a table: a column a field. Nil for other elements, and for those
/// that describe themselves.
private func table(ofRecords mirror: Mirror, type: Any.Type) -> MimeBundle? {
    let count = mirror.children.count
    guard count > 0 else { return nil }
    var columns: [String] = []
    var rows: [[Any]] = []
    for child in mirror.children.prefix(Limit.rows) {
        guard !(child.value is any CustomStringConvertible), !(child.value is any Displayable) else { return nil }
        let record = Mirror(reflecting: child.value)
        guard record.displayStyle == .struct || record.displayStyle == .tuple else { return nil }
        let labels = record.children.compactMap(\.label)
        guard !labels.isEmpty, labels.count == record.children.count, !labels.contains(where: { $0.hasPrefix(".") }),
            columns.isEmpty || columns == labels
        else { return nil }
        columns = labels
        rows.append(record.children.map { cell($0.value) })
    }
    let element = mirror.children.first.map { String(describing: Swift.type(of: $0.value)) } ?? ""
    let kind = mirror.displayStyle == .set ? "Set" : "Array"
    let name = element.hasPrefix("(") ? "records" : element
    return titled("\(kind) of \(count) \(name)", Table(columns: columns, rows: rows), hidden: count - rows.count)
}

/// A dictionary as a table of keys and values, in the order of the keys' descriptions.
private func table(ofDictionary mirror: Mirror) -> MimeBundle? {
    let count = mirror.children.count
    guard count > 0 else { return nil }
    var entries: [(key: String, number: Double?, value: Any)] = []
    for child in mirror.children {
        let pair = Array(Mirror(reflecting: child.value).children)
        guard pair.count == 2 else { return nil }
        entries.append((describe(pair[0].value), number(pair[0].value), pair[1].value))
    }
    entries.sort {
        if let left = $0.number, let right = $1.number { return left < right }
        return $0.key < $1.key
    }
    let shown = entries.prefix(Limit.rows)
    let table = Table(columns: ["key", "value"], rows: shown.map { [$0.key, cell($0.value)] })
    let bundle = titled("Dictionary of \(count)", table, hidden: count - shown.count)
    // A small one reads best as it is written.
    let literal = "[" + entries.prefix(Limit.rows).map { "\($0.key): \(describe($0.value))" }.joined(separator: ", ") + "]"
    if count <= 8, literal.count <= 100 {
        var short = bundle
        short[MimeBundle.plainText] = literal
        return short
    }
    return bundle
}

private func number(_ value: Any) -> Double? {
    switch value {
    case let integer as any BinaryInteger: Double(integer)
    case let real as any BinaryFloatingPoint: Double(real)
    default: nil
    }
}

/// Numbers stay numbers, so that the table aligns them; anything else becomes a short text.
private func cell(_ value: Any) -> Any {
    if number(value) != nil { return value }
    let mirror = Mirror(reflecting: value)
    if mirror.displayStyle == .optional {
        guard let wrapped = mirror.children.first?.value else { return "—" }
        return cell(wrapped)
    }
    if let text = value as? String { return text.count > 60 ? text.prefix(59) + "…" : text }
    let text = mirror.displayStyle == .collection && mirror.children.count > 10
        ? (value as? any Collection).map { shortened($0, count: mirror.children.count) } ?? describe(value)
        : describe(value)
    return text.count > 60 ? text.prefix(59) + "…" : text
}

private func titled(_ title: String, _ table: Table, hidden: Int) -> MimeBundle {
    var bundle = table.displayed
    let rest = hidden > 0 ? "… and \(hidden) more" : ""
    func framed(_ type: String, _ title: String, _ gap: String, _ rest: String) {
        var text = title + gap + (bundle[type] ?? "")
        if hidden > 0 { text += gap + rest }
        bundle[type] = text
    }
    framed(MimeBundle.plainText, title, "\n", rest)
    framed(MimeBundle.markdown, title, "\n\n", rest)
    framed(MimeBundle.html, "<p>\(title.escapedForHTML)</p>", "", "<p>\(rest)</p>")
    return bundle
}

// MARK: - Linear algebra

extension DenseVector: Displayable {
    /// The length and the scalars, the middle left out of a long vector.
    public var displayed: MimeBundle { MimeBundle([MimeBundle.plainText: description]) }
}

extension DenseMatrix: Displayable {
    /// The shape and the scalars, the middle left out of a large matrix; a table where HTML can be shown.
    public var displayed: MimeBundle {
        let shownRows = places(rows, limit: 10)
        let shownColumns = places(columns, limit: 8)
        func row(_ cells: [String], _ tag: String) -> String {
            let texts = cells.map { (text: String) -> String in "<\(tag) style=\"text-align:right\">\(text)</\(tag)>" }
            return "<tr>" + texts.joined() + "</tr>"
        }
        let names: [String] = shownColumns.map { $0.map(String.init) ?? "…" }
        let header = row([""] + names, "th")
        let body: [String] = shownRows.map { place in
            guard let place else { return row(Array(repeating: "…", count: names.count + 1), "td") }
            let cells: [String] = shownColumns.map { (column: Int?) -> String in
                guard let column else { return "…" }
                return text(of: self[place, column])
            }
            return row([String(place)] + cells, "td")
        }
        let table = "<p>Matrix(\(rows) × \(columns))</p><table><thead>\(header)</thead><tbody>\(body.joined())</tbody></table>"
        return MimeBundle([MimeBundle.plainText: description, MimeBundle.html: table])
    }

    private func text(of scalar: Scalar) -> String {
        Scalar.blasType.isComplex ? scalar.description : formatted(Double(scalar.realPart))
    }

    private func places(_ count: Int, limit: Int) -> [Int?] {
        guard count > limit else { return Array(0..<count) }
        let ends = limit / 2
        var result: [Int?] = Array(0..<ends)
        result.append(nil)
        result += Array(count - ends..<count)
        return result
    }
}
