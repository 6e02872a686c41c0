import Foundation

/// The beginning of a file in NumPy's `.npy` format: what its elements are and where they stand.
///
/// The bytes 93 4E 55 4D 50 59 ("\x93NUMPY"), a version, the length of the header, the header as a Python dictionary
/// with `descr`, `fortran_order` and `shape`
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Versions 1 to 3.
public struct NumPyHeader: Sendable, Equatable {
    /// The sizes of the dimensions; none for a single number.
    public let shape: [Int]
    /// The type of the elements, as NumPy writes it: "<f4", "|u1", …
    public let elementType: String
    /// Whether the first dimension is the fastest instead of the last.
    public let isColumnMajor: Bool
    /// The number of bytes before the elements.
    public let length: Int

    /// The most bytes that come before the header's length is known.
    static let start = 12

    /// Parses the beginning of a file.
    ///
    /// - Parameters:
    ///   - bytes: the whole header at least.
    ///   - size: the size of the file.
    ///   - file: the name to give in errors.
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    init(_ bytes: [UInt8], size: Int, file: String) throws(DataFileError) {
        func fail(_ place: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: file, place: place, value: value, expected: expected)
        }
        length = try Self.length(bytes, size: size, file: file)
        let first = bytes[6] == 1 ? 10 : 12
        let header = String(decoding: bytes[first..<length], as: UTF8.self)
        guard let type = Self.quotedText(after: "descr", in: header) else {
            throw fail("descr", "missing or a structure", "a type such as '<f4'")
        }
        guard let order = Self.text(after: "fortran_order", in: header), order.hasPrefix("True") || order.hasPrefix("False")
        else { throw fail("fortran_order", "missing", "True or False") }
        guard let shape = Self.shape(in: header) else { throw fail("shape", "missing", "a tuple of sizes") }
        self.shape = shape
        elementType = type
        isColumnMajor = order.hasPrefix("True")
    }

    /// Reads the beginning of a file.
    ///
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    public init(path: String) throws(DataFileError) {
        let missing = DataFileError(
            file: path, place: "file", value: "missing or unreadable", expected: "an array in NumPy's format")
        guard let handle = FileHandle(forReadingAtPath: path) else { throw missing }
        defer { try? handle.close() }
        func read(_ count: Int) throws(DataFileError) -> [UInt8] {
            do { return [UInt8](try handle.read(upToCount: count) ?? Data()) } catch { throw missing }
        }
        guard let end = try? handle.seekToEnd(), (try? handle.seek(toOffset: 0)) != nil else { throw missing }
        let first = try read(Self.start)
        let length = try Self.length(first, size: Int(end), file: path)
        try self.init(first + read(max(0, length - first.count)), size: Int(end), file: path)
    }

    /// The bytes before the elements, from the first 12.
    private static func length(_ bytes: [UInt8], size: Int, file: String) throws(DataFileError) -> Int {
        func fail(_ place: String, _ value: String, _ expected: String) -> DataFileError {
            DataFileError(file: file, place: place, value: value, expected: expected)
        }
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else {
            throw fail("magic number", bytes.prefix(6).map(String.init).joined(separator: " "), "\\x93NUMPY")
        }
        guard (1...3).contains(bytes[6]) else { throw fail("version", "\(bytes[6]).\(bytes[7])", "1.0, 2.0 or 3.0") }
        let lengthBytes = bytes[6] == 1 ? 2 : 4
        guard bytes.count >= 8 + lengthBytes else {
            throw fail("length", "\(bytes.count) bytes", "at least \(8 + lengthBytes) bytes")
        }
        let headerLength = bytes[8..<8 + lengthBytes].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard 8 + lengthBytes + headerLength <= size else {
            throw fail("header length", "\(headerLength)", "at most the \(size - 8 - lengthBytes) bytes that follow")
        }
        return 8 + lengthBytes + headerLength
    }

    /// What stands behind a key's colon.
    private static func text(after key: String, in header: String) -> Substring? {
        for quote in ["'", "\""] {
            if let range = header.range(of: quote + key + quote) {
                let rest = header[range.upperBound...].drop { $0 == " " }
                return rest.first == ":" ? rest.dropFirst().drop { $0 == " " } : nil
            }
        }
        return nil
    }

    private static func quotedText(after key: String, in header: String) -> String? {
        guard let rest = text(after: key, in: header), let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        let content = rest.dropFirst()
        return content.firstIndex(of: quote).map { String(content[..<$0]) }
    }

    private static func shape(in header: String) -> [Int]? {
        guard let rest = text(after: "shape", in: header), rest.first == "(", let end = rest.firstIndex(of: ")") else { return nil }
        var sizes: [Int] = []
        for part in rest[rest.index(after: rest.startIndex)..<end].split(separator: ",") {
            let number = part.filter { $0 != " " }
            if number.isEmpty { continue }
            guard let size = Int(number), size >= 0 else { return nil }
            sizes.append(size)
        }
        return sizes
    }
}
