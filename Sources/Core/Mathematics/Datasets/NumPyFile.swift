import Foundation

/// An array of real numbers in NumPy's `.npy` format.
///
/// The bytes 93 4E 55 4D 50 59 ("\x93NUMPY"), a version, the length of the header, the header as a Python dictionary
/// with `descr`, `fortran_order` and `shape`, then the elements without gaps
/// (https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html). Versions 1 to 3; booleans, integers and
/// floating-point numbers of either byte order, which become Doubles.
///
/// ```swift
/// let file = try NumPyFile(path: "logits.npy")
/// let rows = try file.matrix()
/// ```
public struct NumPyFile: Sendable, Equatable {
    /// The path, or the name given for the content.
    public let file: String
    /// The sizes of the dimensions; none for a single number.
    public let shape: [Int]
    /// The type of the elements in the file, as NumPy writes it: "<f4", "|u1", …
    public let elementType: String
    /// The elements, the last dimension fastest, whichever order the file has.
    public let values: Vector

    /// Reads a file.
    ///
    /// - Throws: `DataFileError` that names the file, the field, its value and what was expected.
    public init(path: String) throws(DataFileError) {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw DataFileError(file: path, place: "file", value: "missing or unreadable", expected: "an array in NumPy's format")
        }
        try self.init(data: data, file: path)
    }

    /// Parses the content of a file.
    ///
    /// - Parameters:
    ///   - data: the whole content.
    ///   - file: the name to give in errors.
    public init(data: Data, file: String) throws(DataFileError) {
        let bytes = [UInt8](data)
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
        let start = 8 + lengthBytes + headerLength
        guard start <= bytes.count else {
            throw fail("header length", "\(headerLength)", "at most the \(bytes.count - 8 - lengthBytes) bytes that follow")
        }
        let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
        guard let type = Self.quotedText(after: "descr", in: header) else {
            throw fail("descr", "missing or a structure", "a type such as '<f4'")
        }
        guard let order = Self.text(after: "fortran_order", in: header), order.hasPrefix("True") || order.hasPrefix("False")
        else { throw fail("fortran_order", "missing", "True or False") }
        guard let shape = Self.shape(in: header) else { throw fail("shape", "missing", "a tuple of sizes") }
        guard let element = ElementType(type) else {
            throw fail("descr", "'\(type)'", "a boolean, integer or floating-point type of at most 8 bytes")
        }
        var size = element.size
        for (dimension, length) in shape.enumerated() {
            let (product, overflow) = size.multipliedReportingOverflow(by: length)
            if overflow { throw fail("size of dimension \(dimension)", "\(length)", "an array that fits in memory") }
            size = product
        }
        guard bytes.count - start == size else {
            throw fail("number of bytes", "\(bytes.count - start)", "\(size), for \(type) of the shape \(shape)")
        }
        let count = size / element.size
        let isTransposed = order.hasPrefix("True") && shape.count > 1
        let strides = isTransposed ? Self.columnMajorStrides(shape) : []
        var index = [Int](repeating: 0, count: shape.count)
        values = bytes.withUnsafeBytes { raw in
            Vector(count: count) { place in
                guard isTransposed else { return element.value(raw, at: start + place * element.size) }
                defer { Self.advance(&index, shape) }
                return element.value(raw, at: start + zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 } * element.size)
            }
        }
        self.file = file
        self.shape = shape
        elementType = type
    }

    /// The array as a matrix.
    ///
    /// - Throws: `DataFileError` unless it has two dimensions.
    public func matrix() throws(DataFileError) -> Matrix {
        guard shape.count == 2 else {
            throw DataFileError(file: file, place: "shape", value: "\(shape)", expected: "two dimensions")
        }
        return Matrix(rows: shape[0], columns: shape[1], values)
    }

    /// The content of a file of 64-bit numbers in version 1.0.
    ///
    /// Stops the program if there are not as many values as the shape has.
    public static func data(_ values: Vector, shape: [Int]) -> Data {
        precondition(shape.reduce(1, *) == values.count, "\(values.count) values for the shape \(shape)")
        let sizes = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
        var header = "{'descr': '<f8', 'fortran_order': False, 'shape': (\(sizes)), }"
        // The elements begin at a multiple of 64 bytes; the header ends with a newline.
        header += String(repeating: " ", count: 63 - (10 + header.utf8.count) % 64) + "\n"
        var data = Data([0x93] + "NUMPY".utf8 + [1, 0])
        data.append(contentsOf: [UInt8(header.utf8.count & 0xff), UInt8(header.utf8.count >> 8)])
        data.append(contentsOf: header.utf8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { data.append(contentsOf: $0) } }
        return data
    }

    // MARK: - The header

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

    private static func columnMajorStrides(_ shape: [Int]) -> [Int] {
        var strides = [1]
        for size in shape.dropLast() { strides.append(strides[strides.count - 1] * size) }
        return strides
    }

    /// The next index, the last dimension fastest.
    private static func advance(_ index: inout [Int], _ shape: [Int]) {
        for dimension in shape.indices.reversed() {
            index[dimension] += 1
            if index[dimension] < shape[dimension] { return }
            index[dimension] = 0
        }
    }

    /// How the bytes of an element are read.
    private struct ElementType {
        let kind: Character
        let size: Int
        let isBigEndian: Bool

        init?(_ text: String) {
            var rest = Substring(text)
            isBigEndian = rest.first == ">"
            if let first = rest.first, "<>|=".contains(first) { rest = rest.dropFirst() }
            guard let kind = rest.first, let size = Int(rest.dropFirst()) else { return nil }
            switch (kind, size) {
            case ("f", 2), ("f", 4), ("f", 8), ("i", 1), ("i", 2), ("i", 4), ("i", 8), ("u", 1), ("u", 2), ("u", 4),
                ("u", 8), ("b", 1):
                break
            default: return nil
            }
            self.kind = kind
            self.size = size
        }

        func value(_ raw: UnsafeRawBufferPointer, at offset: Int) -> Double {
            var bits: UInt64 = 0
            for byte in 0..<size { bits |= UInt64(raw[offset + byte]) << UInt64(8 * (isBigEndian ? size - 1 - byte : byte)) }
            switch (kind, size) {
            case ("f", 2): return Double(Float16(bitPattern: UInt16(bits)))
            case ("f", 4): return Double(Float(bitPattern: UInt32(bits)))
            case ("f", _): return Double(bitPattern: bits)
            case ("i", _):
                let shift = UInt64(64 - 8 * size)
                return Double(Int64(bitPattern: bits << shift) >> Int64(shift))
            default: return Double(bits)
            }
        }
    }
}
