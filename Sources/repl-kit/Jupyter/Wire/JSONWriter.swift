extension JSONValue {
    /// The value as compact JSON text, in its own order of keys.
    public var text: String {
        var bytes: [UInt8] = []
        write(into: &bytes, indentation: nil, depth: 0)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The value on one line with a space after colons and commas: JSON that every reader of YAML takes as well.
    public var spacedText: String {
        switch self {
        case .array(let elements): "[" + elements.map(\.spacedText).joined(separator: ", ") + "]"
        case .object(let object):
            "{" + object.members.map { JSONValue.string($0.key).text + ": " + $0.value.spacedText }.joined(separator: ", ") + "}"
        default: text
        }
    }

    /// The value as compact JSON in UTF-8.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        write(into: &bytes, indentation: nil, depth: 0)
        return bytes
    }

    /// The value in the layout in which Jupyter writes notebooks: keys sorted by code points, one space of
    /// indentation a level, characters outside ASCII as themselves, and a line end at the end.
    public var notebookText: String {
        var bytes: [UInt8] = []
        write(into: &bytes, indentation: 1, depth: 0)
        bytes.append(0x0A)
        return String(decoding: bytes, as: UTF8.self)
    }

    private func write(into bytes: inout [UInt8], indentation: Int?, depth: Int) {
        func newLine(_ depth: Int) {
            guard let indentation else { return }
            bytes.append(0x0A)
            bytes += [UInt8](repeating: 0x20, count: indentation * depth)
        }
        switch self {
        case .null: bytes += "null".utf8
        case .bool(let value): bytes += (value ? "true" : "false").utf8
        case .number(let text): bytes += text.utf8
        case .string(let text): JSONValue.writeString(text, into: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(depth + 1)
                element.write(into: &bytes, indentation: indentation, depth: depth + 1)
            }
            if !elements.isEmpty { newLine(depth) }
            bytes.append(UInt8(ascii: "]"))
        case .object(let object):
            let members = indentation == nil
                ? object.members : object.members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            bytes.append(UInt8(ascii: "{"))
            for (index, member) in members.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                newLine(depth + 1)
                JSONValue.writeString(member.key, into: &bytes)
                bytes.append(UInt8(ascii: ":"))
                if indentation != nil { bytes.append(0x20) }
                member.value.write(into: &bytes, indentation: indentation, depth: depth + 1)
            }
            if !members.isEmpty { newLine(depth) }
            bytes.append(UInt8(ascii: "}"))
        }
    }

    private static let hexDigits = Array("0123456789abcdef".utf8)

    private static func writeString(_ text: String, into bytes: inout [UInt8]) {
        bytes.append(UInt8(ascii: "\""))
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case 0x08: bytes += #"\b"#.utf8
            case 0x09: bytes += #"\t"#.utf8
            case 0x0A: bytes += #"\n"#.utf8
            case 0x0C: bytes += #"\f"#.utf8
            case 0x0D: bytes += #"\r"#.utf8
            case 0..<0x20: bytes += Array(#"\u00"#.utf8) + [hexDigits[Int(byte >> 4)], hexDigits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }
}
