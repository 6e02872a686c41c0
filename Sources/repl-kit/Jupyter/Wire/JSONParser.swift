/// Why a text is not JSON.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The byte at which reading stopped, counted from 0.
    public var offset: Int
    public var reason: String

    public var description: String { "not JSON at byte \(offset): \(reason)" }
}

extension JSONValue {
    /// How deep arrays and objects may be nested; what the reading of a hostile message costs in stack is bounded by it.
    public static let depthLimit = 256

    /// Reads a JSON text (RFC 8259) in UTF-8, time and memory in proportion to its length.
    ///
    /// Of a key that is given twice the last value counts. Half of a surrogate pair, which Unicode text cannot
    /// hold, is read as the replacement character.
    ///
    /// - Throws: ``JSONError`` for anything that is not one JSON value, or nested deeper than ``depthLimit``.
    public init(parsing bytes: some Sequence<UInt8>) throws(JSONError) {
        var parser = JSONParser(bytes: Array(bytes))
        self = try parser.document()
    }

    public init(parsing text: String) throws(JSONError) { try self.init(parsing: text.utf8) }
}

private struct JSONParser {
    let bytes: [UInt8]
    var place = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func failure(_ reason: String) -> JSONError { JSONError(offset: place, reason: reason) }

    var next: UInt8? { place < bytes.count ? bytes[place] : nil }

    mutating func document() throws(JSONError) -> JSONValue {
        skipSpace()
        let value = try value(depth: 0)
        skipSpace()
        guard place == bytes.count else { throw failure("there is text after the value") }
        return value
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { place += 1 }
    }

    mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard depth < JSONValue.depthLimit else { throw failure("nested deeper than \(JSONValue.depthLimit)") }
        switch next {
        case UInt8(ascii: "{"): return .object(try object(depth: depth))
        case UInt8(ascii: "["): return .array(try array(depth: depth))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case UInt8(ascii: "N"): return try word("NaN", .number("NaN"))
        case UInt8(ascii: "I"): return try word("Infinity", .number("Infinity"))
        case UInt8(ascii: "-") where place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "I"):
            return try word("-Infinity", .number("-Infinity"))
        case UInt8(ascii: "-"), .some(0x30...0x39): return .number(try number())
        case nil: throw failure("the text ends where a value is expected")
        default: throw failure("a value is expected")
        }
    }

    mutating func word(_ text: String, _ value: JSONValue) throws(JSONError) -> JSONValue {
        guard bytes[place...].starts(with: text.utf8) else { throw failure("a value is expected") }
        place += text.utf8.count
        return value
    }

    mutating func object(depth: Int) throws(JSONError) -> JSONObject {
        var object = JSONObject()
        place += 1
        skipSpace()
        if next == UInt8(ascii: "}") {
            place += 1
            return object
        }
        while true {
            guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes is expected") }
            let key = try string()
            skipSpace()
            guard next == UInt8(ascii: ":") else { throw failure("':' is expected after a key") }
            place += 1
            skipSpace()
            object[key] = try value(depth: depth + 1)
            skipSpace()
            if try isEnd(UInt8(ascii: "}")) { return object }
        }
    }

    mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
        var array: [JSONValue] = []
        place += 1
        skipSpace()
        if next == UInt8(ascii: "]") {
            place += 1
            return array
        }
        while true {
            array.append(try value(depth: depth + 1))
            skipSpace()
            if try isEnd(UInt8(ascii: "]")) { return array }
        }
    }

    /// Passes the end of an array or object, or the comma and the space before the next element.
    mutating func isEnd(_ end: UInt8) throws(JSONError) -> Bool {
        if next == end {
            place += 1
            return true
        }
        guard next == UInt8(ascii: ",") else { throw failure("',' or '\(Character(Unicode.Scalar(end)))' is expected") }
        place += 1
        skipSpace()
        return false
    }

    mutating func number() throws(JSONError) -> String {
        let start = place
        func digits(_ parser: inout JSONParser) throws(JSONError) {
            let first = parser.place
            while let byte = parser.next, (0x30...0x39).contains(byte) { parser.place += 1 }
            if parser.place == first { throw parser.failure("a digit is expected") }
        }
        if next == UInt8(ascii: "-") { place += 1 }
        if next == UInt8(ascii: "0") { place += 1 } else { try digits(&self) }
        if next == UInt8(ascii: ".") {
            place += 1
            try digits(&self)
        }
        if next == UInt8(ascii: "e") || next == UInt8(ascii: "E") {
            place += 1
            if next == UInt8(ascii: "+") || next == UInt8(ascii: "-") { place += 1 }
            try digits(&self)
        }
        return String(decoding: bytes[start..<place], as: UTF8.self)
    }

    mutating func string() throws(JSONError) -> String {
        place += 1
        var text: [UInt8] = []
        while true {
            // Runs without escapes are taken whole.
            let start = place
            while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { place += 1 }
            text += bytes[start..<place]
            guard let byte = next else { throw failure("a string is not closed") }
            if byte == UInt8(ascii: "\"") {
                place += 1
                guard let string = String(validating: text, as: UTF8.self) else { throw failure("a string is not UTF-8") }
                return string
            }
            guard byte == UInt8(ascii: "\\") else { throw failure("a control character stands in a string") }
            place += 1
            try escape(into: &text)
        }
    }

    mutating func escape(into text: inout [UInt8]) throws(JSONError) {
        guard let byte = next else { throw failure("a string is not closed") }
        place += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var unit = UInt32(try hexadecimal())
            if (0xD800..<0xDC00).contains(unit), place + 1 < bytes.count, bytes[place] == UInt8(ascii: "\\"),
                bytes[place + 1] == UInt8(ascii: "u")
            {
                let after = place
                place += 2
                let low = UInt32(try hexadecimal())
                if (0xDC00..<0xE000).contains(low) {
                    unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00)
                } else {
                    place = after
                }
            }
            text += Array(String(Unicode.Scalar(unit) ?? "\u{FFFD}").utf8)
        default: throw failure("'\\' is followed by a character that it does not escape")
        }
    }

    mutating func hexadecimal() throws(JSONError) -> UInt16 {
        guard place + 4 <= bytes.count, bytes[place..<place + 4].allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let value = UInt16(String(decoding: bytes[place..<place + 4], as: UTF8.self), radix: 16)
        else { throw failure("'\\u' is not followed by four hexadecimal digits") }
        place += 4
        return value
    }
}
